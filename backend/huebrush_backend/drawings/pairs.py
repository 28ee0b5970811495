"""Makes pairs to learn from or to measure with: line art of one view, a reference, and the right answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.drawings.border_lines import random_style
from huebrush_backend.drawings.labelled import GROUND, LabelledDrawing
from huebrush_backend.drawings.palettes import random_colors, random_ground
from huebrush_backend.drawings.svg_parts import NO_PART
from huebrush_backend.drawings.svg_shapes import Rgb
from huebrush_backend.drawings.views import apply_view, on_ground, random_view

SIZE = 256
MOST_PARTS = 27
"""Number of parts of a pair that have a label of their own, the largest first. With the ground they are as many as the
part classes of the drawings that the project makes itself."""
UNLABELLED = 255
"""Label of pixels that belong to no part."""
_OWN_COLORS = 0.25
_INKED_REFERENCE = 0.5
_OTHER_SURROUND = 0.3


@dataclass(frozen=True)
class DrawnPair:
    """Line art, reference and right answer.

    * `ink`: (H,W) float32 0..1
    * `target`: colours without lines, (H,W,3) uint8
    * `reference`: (H,W,3) uint8
    * `labels`, `reference_labels`: parts of target and reference, (H,W) uint8: 0 around the figure, 1 and more the
      parts of this drawing, the same in both, `UNLABELLED` for what is no part
    * `colors`: right colour of each label from 0 on, (parts,3) uint8; empty if nothing is labelled
    """

    ink: NDArray[np.float32]
    target: NDArray[np.uint8]
    reference: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    reference_labels: NDArray[np.uint8]
    colors: NDArray[np.uint8]


def pair_of_drawing(drawing: LabelledDrawing, rng: np.random.Generator, size: int = SIZE) -> DrawnPair:
    """Return a random pair of one drawing: mostly in new colours, with another view of it as the reference.

    The same drawing, state of `rng` and size give the same pair.
    """
    ground = random_ground(rng)
    if rng.random() >= _OWN_COLORS:
        parts = range(len(drawing.parts.names))
        drawing = drawing.recolored(dict(zip(parts, random_colors(drawing.parts.colors, rng, [ground]), strict=True)))
    style = None if drawing.has_strokes and rng.random() < 0.7 else random_style(rng)
    rendering = drawing.render(size, size, style, rng, margin=float(rng.uniform(0.02, 0.15)))
    labels = pair_labels(rendering.labels)
    colors = np.array([ground, *drawing.parts.colors[:MOST_PARTS]], np.uint8)
    target = on_ground(rendering.painting, ground)
    seen = on_ground(rendering.picture, ground)
    if rng.random() < _INKED_REFERENCE and not drawing.has_strokes:
        seen = _inked(seen, rendering.ink, rng)
    surround: tuple[Rgb, int] = (ground, 0)
    if rng.random() < _OTHER_SURROUND:
        surround = (random_ground(rng), UNLABELLED)
    reference, reference_labels = apply_view(seen, labels, random_view(rng), rng, surround)
    return DrawnPair(_varied(rendering.ink, rng), target, reference, labels, reference_labels, colors)


def pair_labels(labels: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Return the labels of a rendering as those of a pair."""
    table = np.full(2 + max(0, int(labels.max()) + 1), UNLABELLED, np.uint8)
    kept = min(len(table) - 2, MOST_PARTS)
    table[:kept] = np.arange(1, kept + 1)
    table[GROUND], table[NO_PART] = 0, UNLABELLED
    return table[labels]


def pair_of_pictures(
    picture: NDArray[np.uint8],
    ink: NDArray[np.float32],
    other: NDArray[np.uint8] | None,
    rng: np.random.Generator,
    size: int = SIZE,
) -> DrawnPair:
    """Return a pair of a colour picture (H,W,3) and its lines (H,W).

    `other`: the reference (H,W,3), of any size; None for another view of the picture itself. Nothing is labelled, as
    nobody knows the parts.
    """
    area = _random_square(picture.shape[0], picture.shape[1], rng)
    target, lines = (_resized(plane[area], size) for plane in (picture, ink))
    if rng.random() < 0.5:
        target, lines = (np.ascontiguousarray(plane[:, ::-1]) for plane in (target, lines))
    nothing = np.full((size, size), UNLABELLED, np.uint8)
    if other is None:
        reference, _ = apply_view(target, nothing, random_view(rng), rng)
    else:
        reference = _resized(other[_random_square(other.shape[0], other.shape[1], rng)], size)
        if rng.random() < 0.5:
            reference = np.ascontiguousarray(reference[:, ::-1])
    return DrawnPair(
        _varied(np.clip(lines, 0, 1).astype(np.float32), rng),
        target,
        reference,
        nothing,
        nothing,
        np.zeros((0, 3), np.uint8),
    )


def pair_sheet(pairs: Sequence[DrawnPair]) -> NDArray[np.uint8]:
    """Return a contact sheet (H,W,3): a row for each pair with line art, right answer, parts, reference, its parts."""
    rows = []
    for pair in pairs:
        lines = np.rint(255 * (1 - pair.ink)).astype(np.uint8)
        rows.append(
            np.concatenate(
                [
                    np.repeat(lines[..., None], 3, axis=2),
                    pair.target,
                    _label_colors()[pair.labels],
                    pair.reference,
                    _label_colors()[pair.reference_labels],
                ],
                axis=1,
            )
        )
    return np.concatenate(rows)


@lru_cache(maxsize=1)
def _label_colors() -> NDArray[np.uint8]:
    """Return a colour for each label, (256,3): white around the figure, grey for no part."""
    colors = np.random.default_rng(5).integers(30, 230, (256, 3)).astype(np.uint8)
    colors[0], colors[UNLABELLED] = 255, 128
    return colors


def _inked(picture: NDArray[np.uint8], ink: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw lines over `picture` in black or in a dark colour."""
    color = rng.uniform(0, 70, 3) if rng.random() < 0.3 else np.zeros(3)
    cover = ink[..., None]
    return np.rint(picture * (1 - cover) + color * cover).astype(np.uint8)


def _varied(ink: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Change the softness and darkness of lines at random."""
    if rng.random() < 0.3:
        softer = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.3, 0.9)))
        ink = np.asarray(softer * rng.uniform(1.0, 1.8), np.float32)
    return np.clip(ink * rng.uniform(0.75, 1.1), 0, 1).astype(np.float32)


def _random_square(height: int, width: int, rng: np.random.Generator) -> tuple[slice, slice]:
    """Return a random square of at least 80 % of the shorter side."""
    side = max(1, round(min(height, width) * rng.uniform(0.8, 1.0)))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    return slice(top, top + side), slice(left, left + side)


def _resized(picture: NDArray, size: int) -> NDArray:
    smaller = picture.shape[0] > size
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
