"""A place to check in flats, and the corrections that it offers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from huebrush_protocol.texts import Text

from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.flats.regions.measure import deepest_point

MOST_DISTANCE = 40.0
"""CIEDE2000 difference from which a wrong colour is as wrong as any: nobody sees a difference between greater ones."""
MARGIN = 12
"""Pixels around an opening or a border that are shown with it."""

Points = tuple[float, float, float, float]
"""Two points x, y and x, y of a correction, in pixels of the page; the second may be unused (0, 0)."""
Spot = tuple[int, int, int, int, float, float]
"""Box of a spot: left, top, width and height in pixels of the page, and a point x, y in the region in question."""


@dataclass(frozen=True)
class Fix:
    """One way to correct a place.

    * `kind`: "close": draw a line between two points; "merge": unite the regions at both; "color": paint the region at
      the first with `color`
    * `x`, `y`: the first point
    * `x2`, `y2`: the second point
    * `more`: the same correction at further points, for a place with several spots
    * `suggested`: whether it makes the page agree better with what it was made of; the others are only choices
    """

    kind: str
    text: Text
    x: float
    y: float
    x2: float = 0.0
    y2: float = 0.0
    color: str = ""
    more: tuple[Points, ...] = ()
    suggested: bool = False

    @property
    def points(self) -> tuple[Points, ...]:
        """All points of the correction."""
        return ((self.x, self.y, self.x2, self.y2), *self.more)


@dataclass(frozen=True)
class PlaceToCheck:
    """A place to check, or several that are alike.

    * `kind`: one of those in docs/protocol.md
    * `risk`: 0..1, how likely something is wrong there
    * `text`: what may be wrong
    * `x`, `y`, `width`, `height`: box of the first spot, in pixels of the page
    * `area`: pixels in question, of all spots
    * `color`: of the region, "#rrggbb", "" if it has none
    * `fixes`: ways to correct it; suggested ones come first
    * `visible`: pixels that are expected to be wrong, where one in a nearer colour counts less: places are ranked by it
    * `spots`: all its spots, the largest first
    """

    kind: str
    risk: float
    text: Text
    x: int
    y: int
    width: int
    height: int
    area: int = 0
    color: str = ""
    fixes: tuple[Fix, ...] = ()
    visible: float = 0.0
    spots: tuple[Spot, ...] = field(default=())

    @property
    def count(self) -> int:
        """Number of spots."""
        return len(self.spots)


def seen_share(apart: float) -> float:
    """Return the share of a wrong area that a person sees, 0..1, by the difference of its colours (CIEDE2000)."""
    return min(max(apart, 0.0), MOST_DISTANCE) / MOST_DISTANCE


def inner_point(regions: Regions, region: int) -> tuple[float, float]:
    """Return x and y of the region's pixel that is furthest from its border."""
    left, top, width, height = (int(value) for value in regions.boxes[region])
    step = max(1, int(np.sqrt(width * height / 250_000)))
    window = regions.labels[top : top + height : step, left : left + width : step]
    column, row, deepest = deepest_point(window == region)
    if deepest == 0:  # the region is so slim that no sampled pixel lies in it
        rows, columns = np.nonzero(regions.labels[top : top + height, left : left + width] == region)
        return left + float(columns[0]), top + float(rows[0])
    return left + float(column * step), top + float(row * step)
