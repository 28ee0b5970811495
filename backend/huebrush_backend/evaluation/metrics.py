"""Measures of a coloured picture: right colours of the parts, and colour borders that follow the lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab

from huebrush_backend.evaluation.pairs import visible_parts_of
from huebrush_backend.synthesis import PART_CLASSES

SAME_COLOR = 3.0
"""Difference (CIEDE2000) below which two colours count as equal."""
EROSION_RADII = (2, 1, 0)
INK_LEVEL = 96
"""Ink coverage (0..255) from which a pixel belongs to a line."""
LINE_REACH = 2.0
"""Largest distance in pixels between a colour border and its line."""
BORDER_STEP = 10.0
"""Difference (CIEDE2000) between two parts from which a border between them must show."""
EDGE_SLOPE = 4.0
"""Change of CIELAB from one pixel to the next that makes a colour edge."""


@dataclass(frozen=True)
class PartScore:
    """Score of one part in one picture: whether its colour is right, and CIEDE2000 from the right colour."""

    part: int
    correct: bool
    delta_e: float


@dataclass(frozen=True)
class LineFidelity:
    """Counts of line and colour edge pixels, which can be added up over pictures.

    `line_pixels`: pixels of lines between parts of different colours. `line_hits`: how many of them have a colour edge
    near. `edge_pixels`: pixels of colour edges. `edge_hits`: how many of them have a line near.
    """

    line_hits: int = 0
    line_pixels: int = 0
    edge_hits: int = 0
    edge_pixels: int = 0

    def __add__(self, other: LineFidelity) -> LineFidelity:
        """Return the counts of both."""
        return LineFidelity(
            self.line_hits + other.line_hits,
            self.line_pixels + other.line_pixels,
            self.edge_hits + other.edge_hits,
            self.edge_pixels + other.edge_pixels,
        )

    @property
    def recall(self) -> float | None:
        """Share of line pixels with a colour edge near; None when there are no line pixels."""
        return self.line_hits / self.line_pixels if self.line_pixels else None

    @property
    def precision(self) -> float | None:
        """Share of edge pixels with a line near; None when there are no colour edges."""
        return self.edge_hits / self.edge_pixels if self.edge_pixels else None


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """Return 8-bit sRGB (...,3) as CIELAB (D65), float64."""
    return rgb2lab(rgb.astype(np.float64) / 255)


def score_parts(
    picture: np.ndarray, labels: np.ndarray, ink: np.ndarray, reference_labels: np.ndarray | None, colors: np.ndarray
) -> list[PartScore]:
    """Score the parts of `picture` that both the drawing and the reference show.

    A part's colour is the median over its inside. It is right if the nearest of the reference's colours is the part's
    own colour, or counts as equal to it.

    `picture`: the coloured drawing, (H,W,3) uint8.
    `labels`: parts of the drawing, (H,W) integers.
    `ink`: ink coverage of the drawing, (H,W) uint8.
    `reference_labels`: parts of the reference, (h,w) integers, -1 for none; None if unknown, then as the drawing's.
    `colors`: right colour of each part class, (classes,3) uint8.
    """
    shown = visible_parts_of(labels if reference_labels is None else reference_labels, len(colors))
    candidates = np.flatnonzero(shown)
    right = to_lab(colors)
    picture_lab = to_lab(picture)
    scores = []
    for part in np.flatnonzero(shown & visible_parts_of(labels, len(colors))):
        color = np.median(picture_lab[inside_part(labels == part, ink)], axis=0)
        nearest = candidates[deltaE_ciede2000(right[candidates], color[None]).argmin()]
        correct = nearest == part or deltaE_ciede2000(right[nearest], right[part]) < SAME_COLOR
        scores.append(PartScore(int(part), bool(correct), float(deltaE_ciede2000(color, right[part]))))
    return scores


def part_changes(
    picture: np.ndarray, other: np.ndarray, labels: np.ndarray, ink: np.ndarray, classes: int = len(PART_CLASSES)
) -> dict[int, float]:
    """Return, for each part that the drawing shows, CIEDE2000 between its colours in two pictures (H,W,3) uint8.

    `labels` and `ink` as in `score_parts`. `classes`: number of parts that there are.
    """
    first, second = to_lab(picture), to_lab(other)
    changes = {}
    for part in np.flatnonzero(visible_parts_of(labels, classes)):
        inside = inside_part(labels == part, ink)
        before, after = (np.median(lab[inside], axis=0) for lab in (first, second))
        changes[int(part)] = float(deltaE_ciede2000(before, after))
    return changes


def inside_part(mask: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Return the inside of a part, (H,W) bool: its pixels away from its border and from lines.

    If there are none, pixels nearer to the border or the lines are returned. `mask` of the part (H,W) bool, `ink`
    (H,W) uint8.
    """
    for inside in _insides(mask, ink):
        if inside.any():
            return inside
    return mask


def _insides(mask: np.ndarray, ink: np.ndarray) -> Iterator[np.ndarray]:
    for radius in EROSION_RADII:
        kernel = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
        eroded = cv2.erode(mask.astype(np.uint8), kernel, borderType=cv2.BORDER_REPLICATE).astype(bool)
        yield eroded & (ink < INK_LEVEL)


def score_lines(picture: np.ndarray, labels: np.ndarray, ink: np.ndarray, colors: np.ndarray) -> LineFidelity:
    """Count how well the colour edges of `picture` (H,W,3) uint8 follow the lines. Arguments as in `score_parts`."""
    lines = ink >= INK_LEVEL
    edges = color_edges(picture)
    separating = lines & _near(_borders(labels, colors))
    return LineFidelity(
        line_hits=int((separating & _near(edges)).sum()),
        line_pixels=int(separating.sum()),
        edge_hits=int((edges & _near(lines)).sum()),
        edge_pixels=int(edges.sum()),
    )


def color_edges(picture: np.ndarray) -> np.ndarray:
    """Mark where the colour of `picture` (H,W,3) uint8 changes fast, (H,W) bool."""
    lab = to_lab(picture).astype(np.float32)
    across, down = (
        cv2.Sobel(lab, cv2.CV_32F, dx, dy, scale=1 / 8, borderType=cv2.BORDER_REPLICATE) for dx, dy in ((1, 0), (0, 1))
    )
    return np.sqrt((across**2 + down**2).sum(axis=2)) >= EDGE_SLOPE


def _borders(labels: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Mark the pixels with a neighbour in a part of a clearly different colour."""
    lab = to_lab(colors)
    apart = np.pad(deltaE_ciede2000(lab[:, None], lab[None]) >= BORDER_STEP, (0, 1))  # last: no part
    labels = np.where(labels < 0, len(colors), labels)
    borders = np.zeros(labels.shape, bool)
    for first, second in (
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
    ):
        differs = apart[labels[first], labels[second]]
        borders[first] |= differs
        borders[second] |= differs
    return borders


def _near(mask: np.ndarray) -> np.ndarray:
    """Mark the pixels at most `LINE_REACH` away from a pixel of `mask`."""
    if not mask.any():
        return np.zeros(mask.shape, bool)
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= LINE_REACH
