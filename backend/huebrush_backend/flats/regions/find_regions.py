"""Regions of a drawing: from ink coverage to a label for every pixel of the page.

A region is an area that the lines enclose. Gaps in the lines are closed by straight segments first (`gaps`), so a
region's border is the drawing's own wherever it has lines. Labels go on under the ink to its middle
(`grow_under_ink`): neighbours meet there, and no pixel is left without a region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.allocation import give_back_freed_memory
from huebrush_backend.flats.regions.distances import Depths, measure
from huebrush_backend.flats.regions.dotted_borders import dotted_pairs
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.flats.regions.gaps import (
    ANY_WIDTH,
    SLIM_SINGLE,
    FoldLimits,
    GapLine,
    Parts,
    find_gaps,
    side_labels,
    worth_closing,
)
from huebrush_backend.flats.regions.grow_under_ink import grow_under_ink
from huebrush_backend.flats.regions.ink import INK, draw_walls, solid_lines
from huebrush_backend.flats.regions.labelling import Labelling
from huebrush_backend.flats.regions.measure import Component, boxes, inner_radii
from huebrush_backend.flats.regions.slivers import sliver_pairs

SUSPECT = 2.0
"""Width of an opening, as a multiple of the closed gap, up to which it is listed."""
LEAST_REACH = 32.0
"""Smallest depth in pixels to which areas are measured: a deeper area is not slim."""
TINY_AREA = 4
"""Largest number of connected free pixels that are the roughness of a line, not a region."""
SINGLE = 2.0
"""Widest gap, in widths of the lines, that is closed by itself where one line ends and the other goes on: further off
the end may be a fold's. Gaps of a shape's outline to the page's edge are closed all the same."""
DOUBLE = 4.0
"""The same where two ends face each other: further apart they may be two folds in one shape."""
MISSED = 1.0
"""Widest gap, in widths of the lines, across which a line that ends just missed the other: folds end further off."""


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


@dataclass(frozen=True)
class GapLimits:
    """Widest gaps to close, in pixels: `gap` in general, `dashed` in dashed lines, `folds` inside shapes."""

    gap: float
    dashed: float
    folds: FoldLimits


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


def find_regions(ink: NDArray[np.uint8], gap: float | WidestGap, repairs: RegionRepairs | None = None) -> Regions:
    """Return the regions of a drawing.

    `ink` (H,W) uint8 is coverage, 0 paper to 255 full ink. `gap` is the widest gap to close, a number in pixels; 0
    closes none. What a gap closes, a wider one closes too. Raises ValueError for an array of another shape or type, and
    for a gap in millimetres without a resolution.
    """
    if ink.ndim != 2 or 0 in ink.shape or ink.dtype != np.uint8:
        raise ValueError(f"ink must be (H,W) uint8, got {ink.shape} {ink.dtype}")
    repairs = repairs or RegionRepairs()
    lines = solid_lines(ink)
    width = lines.width
    free, dashes, screens, dots = lines.free, lines.dashes, lines.screens, lines.dots
    del lines
    limits = _limits(gap if isinstance(gap, WidestGap) else WidestGap(gap), width, ink.shape)
    gap = limits.gap
    reach = max(LEAST_REACH, (limits.dashed if len(dashes) else gap) + width)
    depths, necks = measure(free, gap * SUSPECT, reach)
    gaps = find_gaps(free, necks, width, dashes)
    draw_walls(free, repairs.closed, thickness=2)
    labelling, gap_closures, suspects = _close(free, gaps, limits, depths)
    del free
    labels = labelling.labels
    paper = np.flatnonzero((labels == 0) & (ink < INK))  # under gap closures, or mistaken for pinholes of grainy lines
    _join(labels, paper)
    labelling.count_in(paper)
    labelling.unite((), tiny=TINY_AREA)
    _join(labels, paper[labels.reshape(-1)[paper] == 0])
    grow_under_ink(labels)
    give_back_freed_memory()
    labelling.unite(sliver_pairs(labels, ink, labelling.radii, width, screens))
    if dots is not None:
        labelling.unite(dotted_pairs(labels, dots, labelling.radii, width))
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


def _limits(gap: WidestGap, line_width: float, shape: tuple[int, ...]) -> GapLimits:
    height, width = shape
    pixels = gap.pixels(line_width, width, height)
    if gap.is_automatic:
        folds = FoldLimits(SINGLE * line_width, DOUBLE * line_width, SLIM_SINGLE, MISSED * line_width)
        return GapLimits(pixels, SUSPECT * pixels, folds)
    return GapLimits(pixels, pixels, ANY_WIDTH)


def _close(
    free: NDArray[np.uint8], gaps: Sequence[GapLine], limits: GapLimits, depths: Depths
) -> tuple[Labelling, list[tuple[GapLine, int, int]], list[GapLine]]:
    """Return a label for each area between the lines of `free` (H,W) and the walls across `gaps` up to the width `gap`.

    Also returns these walls, with the labels on both sides, and the wider gaps that connect two parts of some size.
    All areas are first split at all gaps, and those that prove to be none or too wide are opened again. So one
    labelling answers everything. Afterwards `free` has walls at all gaps.
    """
    line, pixels = _crossed(free, gaps)
    free.reshape(-1)[pixels] = 0
    # 16-bit labels would not do, however few areas there are: OpenCV counts far more of them on the way.
    _, found, statistics, _ = cv2.connectedComponentsWithStats(free, connectivity=4, ltype=cv2.CV_32S)
    labels, stats = np.asarray(found, np.int32), np.asarray(statistics, np.int32)
    areas = stats[:, cv2.CC_STAT_AREA]
    radii = inner_radii(Component(labels, stats), depths)
    sides = side_labels(labels, gaps, depths)
    outside = np.zeros(len(areas), bool)
    outside[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = True
    parts = Parts(radii, outside, sides, _touched(labels, line, pixels, len(gaps)))
    worth = worth_closing(gaps, parts, limits.folds)
    closed = worth & np.array([line.width <= (limits.dashed if line.dashed else limits.gap) for line in gaps], bool)
    passages = np.setdiff1d(pixels[~closed[line]], pixels[closed[line]])
    pairs = _join(labels, passages)
    joined = Labelling(labels, areas, radii)
    joined.count_in(passages)
    joined.unite(pairs)
    new = joined.origin
    separating = [
        wide
        for wide, (first, second), fits in zip(gaps, sides, worth & ~closed, strict=True)
        if fits and first and second and first != second and new[first] == new[second]
        if min(areas[first], areas[second]) > (2 * wide.width) ** 2
    ]
    walls = [
        (narrow, int(new[first]), int(new[second]))
        for narrow, (first, second), fits in zip(gaps, sides, closed, strict=True)
        if fits and first and second and new[first] != new[second]
    ]
    return Labelling(labels, joined.areas, joined.radii), walls, separating  # `origin` of the new one starts with these


def _crossed(free: NDArray[np.uint8], gaps: Sequence[GapLine]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the free pixels across the `gaps`: (n,) index of the gap, (n,) index into the flattened page."""
    ends = np.array([gap.segment for gap in gaps], np.int64).reshape(-1, 4)
    steps = np.abs(ends[:, 2:] - ends[:, :2]).max(axis=1) if len(ends) else np.zeros(0, np.int64)
    line = np.repeat(np.arange(len(ends)), steps + 1)
    along = (np.arange(len(line)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)) / np.maximum(steps[line], 1)
    x, y = (ends[line, at] + np.rint((ends[line, at + 2] - ends[line, at]) * along).astype(np.int64) for at in (0, 1))
    places = y * free.shape[1] + x
    kept = free.reshape(-1)[places] > 0
    return line[kept], places[kept]


def _touched(
    labels: NDArray[np.int32], line: NDArray[np.intp], pixels: NDArray[np.intp], count: int
) -> list[list[int]]:
    """Return for each of `count` lines the labels beside its pixels; `line` and `pixels` are as of `_crossed`."""
    beside = labels.reshape(-1)[_beside(pixels, labels.shape)]
    codes = (line << 32 | beside).reshape(-1)[beside.reshape(-1) > 0]
    codes = codes[np.concatenate([np.ones(min(1, len(codes)), bool), codes[1:] != codes[:-1]])]  # most are repeated
    code = np.unique(codes)
    ends, label = np.searchsorted(code >> 32, np.arange(count + 1)), code & 0xFFFFFFFF
    return [label[first:last].tolist() for first, last in pairwise(ends)]


def _beside(pixels: NDArray[np.intp], shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Return the four neighbours (4,n) of `pixels` (n,), all as indices into a flattened page of this `shape`."""
    height, width = shape
    rows, columns = np.divmod(pixels, width)
    return np.stack(
        [
            np.maximum(rows - 1, 0) * width + columns,
            np.minimum(rows + 1, height - 1) * width + columns,
            rows * width + np.maximum(columns - 1, 0),
            rows * width + np.minimum(columns + 1, width - 1),
        ]
    )


def _join(labels: NDArray[np.int32], passages: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Label the `passages` (n,), which have label 0, like the pixels beside them; return the label pairs they join."""
    flat = labels.reshape(-1)
    beside = _beside(passages, labels.shape)
    bare = np.flatnonzero(flat[passages] == 0)
    while bare.size:
        found = flat[beside[:, bare]].max(axis=0)
        reached = found > 0
        if not reached.any():
            break
        flat[passages[bare[reached]]] = found[reached]
        bare = bare[~reached]
    one, other = flat[passages].astype(np.int64), flat[beside]
    codes = (one << 32 | other)[(one > 0) & (other > 0) & (one != other)]
    codes = np.unique(codes)
    return list(zip((codes >> 32).tolist(), (codes & 0xFFFFFFFF).tolist(), strict=True))


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
