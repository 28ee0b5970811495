"""Regions of a drawing: from ink coverage to a label for every pixel of the page.

A region is an area that the lines enclose. Gaps in the lines are closed by straight segments first (`gaps`), so a
region's border is the drawing's own wherever it has lines. Labels go on under the ink to its middle
(`grow_under_ink`): neighbours meet there, and no pixel is left without a region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import draw

from huebrush_backend.allocation import give_back_freed_memory
from huebrush_backend.flats.regions.distances import Depths, measure
from huebrush_backend.flats.regions.gaps import GapLine, drop_needless_gaps, find_gaps, side_labels
from huebrush_backend.flats.regions.grow_under_ink import grow_under_ink
from huebrush_backend.flats.regions.ink import INK, draw_walls, line_width, solid_lines
from huebrush_backend.flats.regions.labelling import Labelling
from huebrush_backend.flats.regions.measure import Component, boxes, inner_radii
from huebrush_backend.flats.regions.slivers import sliver_pairs

SUSPECT = 2.0
"""Width of an opening, as a multiple of the closed gap, up to which it is listed."""
LEAST_REACH = 32.0
"""Smallest depth in pixels to which areas are measured: a deeper area is not slim."""
TINY_AREA = 4
"""Largest number of connected free pixels that are the roughness of a line, not a region."""
AUTOMATIC_GAP = 12 / 4096
"""Default gap to close, as a share of the page's longer side."""
AUTOMATIC_GAP_INCHES = 26 / 600
"""Default gap to close where the resolution is known, in inches: about 1.1 mm."""


@dataclass(frozen=True)
class GapClosure:
    """A line that the drawing does not have, drawn across a gap.

    * `x0`, `y0`, `x1`, `y1`: its ends, in pixels of the page
    * `width`: the gap's width in pixels
    * `regions`: the labels on both sides
    """

    x0: float
    y0: float
    x1: float
    y1: float
    width: float
    regions: tuple[int, int]


@dataclass(frozen=True)
class OpenGap:
    """An opening that looks like a gap but is wider than the gaps to close: two regions may have run together in
    `region`."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float
    region: int


@dataclass(frozen=True)
class ColorBorder:
    """The border between two colours of one area of the lines (`flats.splitting`).

    * `lines`: the pieces of it that run through paper: corners x, y of polylines, in pixels of the page
    * `regions`: the labels on both sides
    * `by_hand`: whether hints of the artist ask for it, not the model's picture
    """

    lines: tuple[tuple[tuple[float, float], ...], ...]
    regions: tuple[int, int]
    by_hand: bool = False


@dataclass(frozen=True)
class RegionRepairs:
    """Repairs by hand, in pixels: `closed` segments (x0, y0, x1, y1), and `merged` pairs of points in the same form."""

    closed: tuple[tuple[float, float, float, float], ...] = ()
    merged: tuple[tuple[float, float, float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions of a page.

    * `labels`: (H,W) int32, a region 1..`count` for every pixel, also under the ink
    * `gap_closures`, `open_gaps`: gaps that were closed, and openings that may be gaps
    * `areas`: (count+1,) int64, free pixels of each region
    * `boxes`: (count+1,4) int32, left, top, width and height of all its pixels
    * `gap`: width in pixels of the gaps that were closed
    * `line_width`: width of the lines in pixels
    * `color_borders`: borders without a line

    Entries 0 are empty.
    """

    labels: NDArray[np.int32]
    count: int
    gap_closures: tuple[GapClosure, ...]
    open_gaps: tuple[OpenGap, ...]
    areas: NDArray[np.int64]
    boxes: NDArray[np.int32]
    gap: float
    line_width: float
    color_borders: tuple[ColorBorder, ...] = ()

    def at(self, x: float, y: float) -> int:
        """Return the region at a point; a point outside the page counts as the nearest pixel."""
        height, width = self.labels.shape
        return int(self.labels[min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)])


def automatic_gap(width: int, height: int, dots_per_inch: float = 0.0) -> float:
    """Return the gap to close on a page of this size, in pixels; by its resolution if that is known (not 0)."""
    if dots_per_inch > 0:
        return max(3.0, AUTOMATIC_GAP_INCHES * dots_per_inch)
    return max(3.0, AUTOMATIC_GAP * max(width, height))


def find_regions(ink: NDArray[np.uint8], gap: float, repairs: RegionRepairs | None = None) -> Regions:
    """Return the regions of a drawing.

    `ink` (H,W) uint8 is coverage, 0 paper to 255 full ink. `gap` is the widest gap to close in pixels; 0 closes none.
    Raises ValueError for an array of another shape or type.
    """
    if ink.ndim != 2 or 0 in ink.shape or ink.dtype != np.uint8:
        raise ValueError(f"ink must be (H,W) uint8, got {ink.shape} {ink.dtype}")
    repairs = repairs or RegionRepairs()
    width = line_width(ink)
    free = solid_lines(ink, width, gap)
    depths, necks = measure(free, gap * SUSPECT, max(LEAST_REACH, gap + width))
    gaps = find_gaps(free, necks, gap * SUSPECT, width)
    gaps_to_close = [line for line in gaps if line.width <= gap]
    doubtful = [line for line in gaps if line.width > gap]
    draw_walls(free, [line.segment for line in gaps_to_close])
    draw_walls(free, repairs.closed, thickness=2)

    labelling, suspects = _connected(free, doubtful, depths)
    del free
    labels = labelling.labels
    gap_closures, needless = drop_needless_gaps(
        gaps_to_close, side_labels(labels, gaps_to_close, depths), labelling.radii
    )
    paper = np.flatnonzero((labels == 0) & (ink < INK))  # under gap closures, or mistaken for pinholes of grainy lines
    _join(labels, paper)
    labelling.count_in(paper)
    labelling.unite(needless, tiny=TINY_AREA)
    _join(labels, paper[labels.reshape(-1)[paper] == 0])
    grow_under_ink(labels)
    give_back_freed_memory()
    labelling.unite(sliver_pairs(labels, ink, labelling.radii, width))
    labelling.unite(pairs_at(labels, repairs.merged))
    count, areas = labelling.count, labelling.areas
    if count == 0:  # all ink
        labels[:], count, areas = 1, 1, np.zeros(2, np.int64)
    sides = [
        (line, int(labelling.origin[first]), int(labelling.origin[second])) for line, first, second in gap_closures
    ]
    return Regions(
        labels=labels,
        count=count,
        gap_closures=tuple(GapClosure(*line.segment, line.width, (one, two)) for line, one, two in sides if one != two),
        open_gaps=tuple(OpenGap(*line.segment, line.width, _at(labels, line)) for line in suspects),
        areas=areas,
        boxes=boxes(labels, count),
        gap=gap,
        line_width=width,
    )


def _connected(free: NDArray[np.uint8], doubtful: Sequence[GapLine], depths: Depths) -> tuple[Labelling, list[GapLine]]:
    """Return a label for each connected area of `free` (H,W), and the `doubtful` gaps that split one into two of some
    size.

    All areas are first split at the doubtful gaps, then joined again there, so one labelling answers both. Afterwards
    `free` has walls at these gaps.
    """
    passages = _passages(free, doubtful)
    free.reshape(-1)[passages] = 0
    # 16-bit labels would not do, however few areas there are: OpenCV counts far more of them on the way.
    _, found, statistics, _ = cv2.connectedComponentsWithStats(free, connectivity=4, ltype=cv2.CV_32S)
    labels, stats = np.asarray(found, np.int32), np.asarray(statistics, np.int32)
    areas = stats[:, cv2.CC_STAT_AREA]
    sides = side_labels(labels, doubtful, depths)
    pairs = _join(labels, passages)
    joined = Labelling(labels, areas, inner_radii(Component(labels, stats), depths))
    joined.count_in(passages)
    joined.unite(pairs)
    separating = [
        gap
        for gap, (first, second) in zip(doubtful, sides, strict=True)
        if first and second and first != second and joined.origin[first] == joined.origin[second]
        if min(areas[first], areas[second]) > (2 * gap.width) ** 2
    ]
    return Labelling(labels, joined.areas, joined.radii), separating  # `origin` of the new one starts with these


def _passages(free: NDArray[np.uint8], gaps: Sequence[GapLine]) -> NDArray[np.intp]:
    """Return the free pixels across the `gaps`, as indices (n,) into the flattened page."""
    if not gaps:
        return np.zeros(0, np.intp)
    rows, columns = np.concatenate(
        [np.asarray(draw.line(y0, x0, y1, x1), np.intp) for x0, y0, x1, y1 in (gap.segment for gap in gaps)], axis=1
    )
    places = np.unique(rows * free.shape[1] + columns)
    return places[free.reshape(-1)[places] > 0]


def _join(labels: NDArray[np.int32], passages: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Label the `passages` (n,), which have label 0, like the pixels beside them; return the label pairs they join."""
    flat = labels.reshape(-1)
    height, width = labels.shape
    rows, columns = np.divmod(passages, width)
    beside = np.stack(
        [
            np.maximum(rows - 1, 0) * width + columns,
            np.minimum(rows + 1, height - 1) * width + columns,
            rows * width + np.maximum(columns - 1, 0),
            rows * width + np.minimum(columns + 1, width - 1),
        ]
    )
    while True:
        bare = flat[passages] == 0
        found = flat[beside[:, bare]].max(axis=0, initial=0)
        if not found.any():
            break
        flat[passages[bare]] = found
    one, other = np.broadcast_to(flat[passages], beside.shape), flat[beside]
    pairs = np.stack([one, other], axis=-1)[(one > 0) & (other > 0) & (one != other)]
    return [(int(first), int(second)) for first, second in np.unique(pairs, axis=0)]


def pairs_at(labels: NDArray[np.int32], places: Sequence[tuple[float, float, float, float]]) -> list[tuple[int, int]]:
    """Return the labels at both ends of each (x0, y0, x1, y1); points outside the page count as the nearest pixel."""
    height, width = labels.shape
    ends = np.asarray(places, np.float64).reshape(-1, 2, 2)
    columns = np.clip(ends[..., 0].astype(int), 0, width - 1)
    rows = np.clip(ends[..., 1].astype(int), 0, height - 1)
    return [(int(first), int(second)) for first, second in labels[rows, columns]]


def _at(labels: NDArray[np.int32], line: GapLine) -> int:
    x, y = line.middle
    return int(labels[round(y), round(x)])
