"""Openings that were left open: whether closing them would part two areas, and whether the picture wants that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.checks.picture_evidence import NOTICE, Evidence
from huebrush_backend.flats.regions.find_regions import OpenGap, Regions
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.regions.measure import boxes
from huebrush_backend.flats.splitting.working_grid import WorkingGrid, working_grid
from huebrush_backend.imaging.oklab import srgb_to_oklab

PURE = 0.8
"""Share of the cells of a side that must be near its tone for the picture to be clear about it."""
LEAST_SIDE = 4.0
"""Width of an area worth closing an opening for, in widths of the opening."""


@dataclass(frozen=True)
class Separation:
    """Openings of one region that part it if they are closed together.

    * `gaps`: the openings
    * `area`: pixels of the page that would get a colour of their own
    * `apart`: difference of their colour (CIEDE2000) by the picture, None without a picture
    * `is_clear`: whether closing improves the page: the picture has one colour on each side, and they differ; or there
      is no picture, and the areas are much wider than the openings
    """

    gaps: tuple[OpenGap, ...]
    region: int
    area: float
    apart: float | None
    is_clear: bool


def find_separations(
    regions: Regions, ink: NDArray[np.uint8], colors: NDArray[np.uint8], evidence: Evidence | None
) -> list[Separation]:
    """Return the openings of the page that part a region when they are closed.

    `ink`: (H,W) uint8, coverage of the lines. `colors`: (count+1,3) uint8, the flats' colours.
    """
    by_region: dict[int, list[OpenGap]] = defaultdict(list)
    for gap in regions.open_gaps:
        by_region[gap.region].append(gap)
    if not by_region:
        return []
    grid = working_grid(regions, ink)
    windows = boxes(grid.labels, regions.count)
    found = []
    for region, gaps in sorted(by_region.items()):
        left, top, width, height = windows[region].tolist()
        window = slice(top, top + height), slice(left, left + width)
        sides = _Sides(grid, window, region, gaps)
        if evidence is None:
            found += _without_picture(sides, region)
        else:
            found += _with_picture(sides, region, colors, evidence)
    return found


class _Sides:
    """The areas of one region when all its `gaps` are closed, 1..count, and which of them each gap parts."""

    def __init__(self, grid: WorkingGrid, window: tuple[slice, slice], region: int, gaps: Sequence[OpenGap]) -> None:
        across, down = grid.scale
        self.cell = across * down
        self.gaps = gaps
        free = ((grid.labels[window] == region) & (grid.ink[window] < INK)).astype(np.uint8)
        walls = np.zeros_like(free)
        ends = []
        for gap in gaps:
            one, other = (
                (round(x / across - window[1].start), round(y / down - window[0].start))
                for x, y in ((gap.x0, gap.y0), (gap.x1, gap.y1))
            )
            ends.append((one, other))
            cv2.line(walls, one, other, 1, 2)
        count, areas, stats, _ = cv2.connectedComponentsWithStats(free & (1 - walls), connectivity=4)
        self.areas = np.asarray(areas, np.int32)
        self.size = np.asarray(stats[:, cv2.CC_STAT_AREA], np.float64) * self.cell
        self.count = count - 1
        self.pairs = [self._beside(*points) for points in ends]
        self.rows, self.columns = np.nonzero(self.areas)
        self._at = window[0].start, window[1].start
        self._scale = grid.scale

    def tones(self, evidence: Evidence, region: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the evidence's tones in this region, (n,), and the area that each lies in, (n,)."""
        rows = ((self.rows + self._at[0] + 0.5) * self._scale[1] / evidence.cell[1]).astype(int)
        columns = ((self.columns + self._at[1] + 0.5) * self._scale[0] / evidence.cell[0]).astype(int)
        rows, columns = np.minimum(rows, evidence.label.shape[0] - 1), np.minimum(columns, evidence.label.shape[1] - 1)
        speaks = evidence.label[rows, columns] == region
        return (
            evidence.tone[rows, columns][speaks].astype(np.intp),
            self.areas[self.rows, self.columns][speaks].astype(np.intp),
        )

    def _beside(self, one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int] | None:
        """Return the two largest areas beside the line from one point to the other, None for fewer."""
        left, right = max(0, min(one[0], other[0]) - 4), max(one[0], other[0]) + 5
        top, bottom = max(0, min(one[1], other[1]) - 4), max(one[1], other[1]) + 5
        part = self.areas[top:bottom, left:right]
        if part.size == 0:
            return None
        line = np.zeros(part.shape, np.uint8)
        cv2.line(line, (one[0] - left, one[1] - top), (other[0] - left, other[1] - top), 1, 6)
        near = np.unique(part[(line > 0) & (part > 0)])
        if len(near) < 2:
            return None
        first, second = near[np.argsort(-self.size[near], kind="stable")[:2]].tolist()
        return first, second


def _without_picture(sides: _Sides, region: int) -> Iterator[Separation]:
    for gap, pair in zip(sides.gaps, sides.pairs, strict=True):
        if pair is not None:
            area = float(min(sides.size[pair[0]], sides.size[pair[1]]))
            yield Separation((gap,), region, area, None, area >= (LEAST_SIDE * gap.width) ** 2)


def _with_picture(sides: _Sides, region: int, colors: NDArray[np.uint8], evidence: Evidence) -> Iterator[Separation]:
    """Yield the region's gaps that part areas in which the picture clearly has different colours, and the others that
    part anything."""
    tones, owner = sides.tones(evidence, region)
    main = np.full(sides.count + 1, -1, np.intp)
    pure = np.zeros(sides.count + 1)
    lab = srgb_to_oklab(evidence.tones)
    for area in np.unique(owner).tolist():
        own = tones[owner == area]
        middle = np.median(lab[own], axis=0)
        main[area] = own[np.linalg.norm(lab[own] - middle, axis=1).argmin()]
        pure[area] = (evidence.apart(own, np.tile(evidence.tones[main[area]], (len(own), 1))) < NOTICE).mean()
    known = (main >= 0) & (pure >= PURE)
    clear, vague = [], []
    for gap, pair in zip(sides.gaps, sides.pairs, strict=True):
        if pair is None:
            continue
        if known[pair[0]] and known[pair[1]] and _apart(evidence, main[list(pair)]) >= NOTICE:
            clear.append((gap, pair))
        else:
            vague.append((gap, pair))
    # A gap between areas of one colour may stay open, as long as it leads round to no other colour.
    groups = _united(sides.count, [pair for _, pair in vague])
    clear = [(gap, pair) for gap, pair in clear if groups[pair[0]] != groups[pair[1]]]
    if clear:
        own = np.tile(colors[region], (len(main), 1))
        far = np.zeros(len(main))
        far[known] = evidence.apart(main[known], own[known])
        touched = np.unique([pair for _, pair in clear])
        wrong = touched[far[touched] >= NOTICE]
        if len(wrong):
            area = float(sides.size[wrong].sum())
            mean = float(np.average(far[wrong], weights=sides.size[wrong]))
            yield Separation(tuple(gap for gap, _ in clear), region, area, mean, True)
    for gap, pair in vague:
        yield Separation((gap,), region, float(min(sides.size[pair[0]], sides.size[pair[1]])), 0.0, False)


def _apart(evidence: Evidence, tones: NDArray[np.intp]) -> float:
    return float(evidence.apart(tones[:1], evidence.tones[tones[1:]])[0])


def _united(count: int, pairs: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    """Return the group of each area 0..count when those of each of the `pairs` are one."""
    group = np.arange(count + 1)
    for one, other in pairs:
        group[group == group[other]] = group[one]
    return group
