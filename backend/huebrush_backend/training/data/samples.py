"""Training pairs: line art of one drawing, a reference in the same palette, and the right answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from huebrush_backend.synthesis import Drawing, Palette, color_picture
from huebrush_backend.training.data.bank import Bank
from huebrush_backend.training.strategies.options import Strategies
from huebrush_backend.training.strategies.reference_picture import vary_reference

if TYPE_CHECKING:
    from huebrush_backend.drawings.pairs import DrawnPair
    from huebrush_backend.drawings.sources import PairSource


@dataclass(frozen=True)
class Pair:
    """Line art, reference and right answer.

    * `ink`: (H,W) float32 0..1
    * `target`: flats without lines, (H,W,3) uint8
    * `reference`: (H,W,3) uint8
    * `labels`, `reference_labels`: part classes of target and reference, (H,W) uint8; `NO_PART` where nothing is known
    * `is_named`: false if the labels are the same in both, but no part classes
    """

    ink: np.ndarray
    target: np.ndarray
    reference: np.ndarray
    labels: np.ndarray
    reference_labels: np.ndarray
    is_named: bool = True


def random_pair(bank: Bank, rng: np.random.Generator, strategies: Strategies, progress: float = 0.0) -> Pair:
    """Choose a drawing, its palette, and a reference at random.

    A share of the references are deformed copies of the drawing (the paper's deformation training). The others are
    another drawing in the same palette, which a generator of drawings can make, but a collection of pictures does not
    have. `progress`: how far the training is, 0..1.
    """
    index = int(rng.integers(len(bank)))
    drawing, palette = bank.drawing(index), bank.palettes[rng.integers(len(bank.palettes))]
    is_mirrored = rng.random() < 0.5  # the whole pair; `strategies.mirror_share` mirrors the reference alone
    ink, target = vary_ink(drawing.ink, rng), color_picture(drawing, palette, ink=False, shading=False)
    # What strategies decide comes last: runs with other strategies learn from the same line art and answers.
    if rng.random() < strategies.copy_share:
        shown, is_copy = drawing, True
    else:
        shown, is_copy = bank.drawing(bank.partner(index, rng)), False
    planes = ink, target, drawing.labels, varied_picture(shown, palette, rng), shown.labels
    if is_mirrored:
        planes = tuple(np.ascontiguousarray(plane[:, ::-1]) for plane in planes)
    ink, target, labels, picture, shown_labels = planes
    reference, reference_labels = vary_reference(picture, shown_labels, is_copy, strategies, progress, rng)
    return Pair(ink, target, reference, labels, reference_labels)


def pair_from(
    source: PairSource, rng: np.random.Generator, size: int, strategies: Strategies, progress: float = 0.0
) -> Pair:
    """Choose a pair of drawings or pictures by others at random.

    Its reference, another view of the same drawing, is changed like the references that are copies of our own drawings.

    `source`: the pairs.
    `rng`: chooses.
    `size`: side of the pictures in pixels.
    `strategies`: how references are changed.
    `progress`: how far the training is, 0..1.
    """
    drawn = drawn_by_others(source, rng, size)
    reference, labels = vary_reference(drawn.reference, drawn.reference_labels, True, strategies, progress, rng)
    return Pair(drawn.ink, drawn.target, reference, drawn.labels, labels, is_named=False)


def drawn_by_others(source: PairSource, rng: np.random.Generator, size: int) -> DrawnPair:
    """Choose a pair of drawings or pictures by others at random, as the source makes it."""
    return source.pair(int(rng.integers(2**31)), int(rng.integers(2**31)), size)


def varied_picture(drawing: Drawing, palette: Palette, rng: np.random.Generator) -> np.ndarray:
    """Paint a picture as references may look: mostly inked and shaded."""
    return color_picture(drawing, palette, ink=rng.random() < 0.85, shading=rng.random() < 0.7)


def vary_ink(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change the line weight, softness and darkness of ink coverage 0..1 at random."""
    lines = ink.astype(np.float32) / 255
    if rng.random() < 0.4:
        lines = cv2.GaussianBlur(lines, (0, 0), float(rng.uniform(0.3, 1.0)))
        lines = np.clip(lines * rng.uniform(1.0, 2.2), 0, 1)
    return np.clip(lines * rng.uniform(0.75, 1.1), 0, 1)
