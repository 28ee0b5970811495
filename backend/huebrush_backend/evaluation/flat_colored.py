"""Scores flats whose colours come from a coloured picture: rough paint, scans, results of other programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from huebrush_backend.evaluation.flat_metrics import joint_areas, spread
from huebrush_backend.evaluation.flat_sketches import closed_page
from huebrush_backend.evaluation.rough_paintings import MANNERS, OFFSET, Painted, paint_roughly
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.colored_paint import read_paint
from huebrush_backend.flats.colors.paint_offset import find_offset
from huebrush_backend.flats.colors.paint_vote import vote_by_paint
from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.regions.find_regions import Regions, find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.flats.splitting.split_regions import split_by_picture
from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.lineart import ink_coverage
from huebrush_backend.synthesis.flat_truth import INK
from huebrush_backend.synthesis.sketch_pages import SketchPage

RIGHT = 8.0
"""Difference (CIEDE2000) from the right colour up to which a region's colour is right."""
AS_PAPER = 8.0
"""Difference (CIEDE2000) from the picture's paper up to which nobody can tell paint from paper."""
WIDE = 3
"""Width of regions that are counted, in offsets of the paint: of the largest circle that fits in."""
MOSTLY = 0.9
"""Share of a region's paper that must have the right colour."""


@dataclass
class ColoredTally:
    """Sums over pages by manner of painting: shares of paper that are right, regions that are counted and right."""

    areas: dict[str, list[float]] = field(default_factory=dict)
    regions: dict[str, int] = field(default_factory=dict)
    right: dict[str, int] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON; shares 0..1, None where nothing was counted."""
        areas = [area for some in self.areas.values() for area in some]
        regions, right = sum(self.regions.values()), sum(self.right.values())
        return {
            "pages": len(areas),
            "area_right": round(float(np.mean(areas)), 4) if areas else None,
            "regions": regions,
            "regions_right": round(right / regions, 4) if regions else None,
            "area_right_by_manner": {name: round(float(np.mean(some)), 4) for name, some in self.areas.items()},
            "regions_right_by_manner": {
                name: round(self.right[name] / count, 4) for name, count in self.regions.items() if count
            },
        }


def evaluate_colored(pages: int, seed: int, on_step: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
    """Score flats of `pages` closed drawings of the set `seed`, each with a coloured picture in another manner.

    `on_step`: called with a description of each step.
    """
    tally = ColoredTally()
    manners = list(MANNERS)
    for number in range(pages):
        on_step(f"colored: page {number + 1} of {pages}")
        page, manner = closed_page(seed, number), manners[number % len(manners)]
        truth = spread(page.truth)
        painted = painting_of(page, truth, manner)
        score_colored(page, truth, painted, *colored_flats(page.lines, painted.pixels), manner, tally)
    return tally.summary()


def painting_of(page: SketchPage, truth: np.ndarray, manner: str) -> Painted:
    """Return the coloured picture of a page in a manner of MANNERS; it is always the same. `truth`: its labels, also
    under ink."""
    return paint_roughly(np.random.default_rng([page.seed, 98]), manner, truth, page.ink, page.colors)


def colored_flats(lines: np.ndarray, pixels: np.ndarray) -> tuple[Regions, RegionColors]:
    """Return the regions of line art (H,W,4) and their colours from a coloured picture (h,w,4), by the steps of a
    user's job (`engine.flats`)."""
    ink = ink_coverage(lines)
    by_lines = find_regions(ink, WidestGap(None))
    paint = read_paint(pixels, ink, find_offset(pixels, by_lines.labels, ink))
    regions = split_by_picture(by_lines, ink, paint.small)
    return regions, vote_by_paint(paint, regions.labels, regions.boxes, shared_borders(regions.labels, ink))


def score_colored(
    page: SketchPage,
    truth: np.ndarray,
    painted: Painted,
    regions: Regions,
    colors: RegionColors,
    manner: str,
    tally: ColoredTally,
) -> None:
    """Count the paper and the regions of a page that have the right colour.

    What has no paint in the picture is right where it stays unpainted, and may do so where paint looks like the paper.
    """
    free = np.where(page.ink < INK, truth, 0)
    free[page.truth == 0] = 0
    pairs = joint_areas(free, regions.labels).astype(np.float64)
    right = right_pairs(painted, colors)
    good = (pairs * right).sum(axis=1)
    areas = pairs.sum(axis=1)
    tally.areas.setdefault(manner, []).append(float(good[1:].sum() / max(1, areas[1:].sum())))
    width = widths(free, page.count)
    wide = np.flatnonzero(width >= WIDE * OFFSET * max(truth.shape))
    wide = wide[wide > 0]
    tally.regions[manner] = tally.regions.get(manner, 0) + len(wide)
    tally.right[manner] = tally.right.get(manner, 0) + int((good[wide] >= MOSTLY * areas[wide]).sum())


def right_pairs(painted: Painted, colors: RegionColors) -> np.ndarray:
    """Return (count+1, found+1) bool: whether a found region's colour is right for a true region."""
    apart = color_difference(painted.colors[:, None], colors.colors[None])
    right = (apart <= RIGHT) & colors.painted[None] & ~painted.bare[:, None]
    unpainted = ~colors.painted[None]
    right |= painted.bare[:, None] & unpainted
    if painted.paper is not None:
        like_paper = color_difference(painted.colors, painted.paper[None]) <= AS_PAPER
        right |= like_paper[:, None] & unpainted
    return right


def widths(labels: np.ndarray, count: int) -> np.ndarray:
    """Return (count+1,) float32: diameter in pixels of the largest circle in each region of `labels` (H,W)."""
    inside = (labels > 0).astype(np.uint8)
    inside[:, 1:] &= (labels[:, 1:] == labels[:, :-1]).astype(np.uint8)
    inside[1:] &= (labels[1:] == labels[:-1]).astype(np.uint8)
    depth = cv2.distanceTransform(cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0), cv2.DIST_L2, 5)
    deepest = np.zeros(count + 1, np.float32)
    np.maximum.at(deepest, labels.ravel(), np.asarray(depth)[1:-1, 1:-1].ravel())
    return 2 * deepest
