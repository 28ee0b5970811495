"""Spots in the references that the colours of flats came from, part by part, and other colours that a part could have.

A part is all regions that took one colour of a reference (docs/protocol.md, "The flats report"). Malformed entries are
ignored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huebrush_protocol.regions import RegionFix, is_color

Point = tuple[float, float]
"""A place x, y of the page, in pixels."""


@dataclass(frozen=True)
class ColorSpot:
    """A colour and where it is in a reference.

    * `color`: on the page, "#rrggbb"
    * `reference`: number of the reference, from 0, among those of a job whose weight is not 0
    * `reference_color`: in the reference, "#rrggbb"
    * `x`, `y`: the spot, in shares 0 to 1 of the reference's width and height
    """

    color: str
    reference: int
    reference_color: str
    x: float
    y: float


@dataclass(frozen=True)
class ColorPart:
    """A part of a page as a report has it: the `spot` of its colour, its `share` of the page (0 to 1), how many
    `regions` it has, `points` inside them, the largest region's first, and `alternatives`, the likelier first."""

    spot: ColorSpot
    share: float
    regions: int
    points: tuple[Point, ...]
    alternatives: tuple[ColorSpot, ...]


@dataclass(frozen=True)
class PartNow:
    """A part with the `color` that it has now, which is another than the report's where the artist has swapped it."""

    part: ColorPart
    color: str

    @property
    def is_swapped(self) -> bool:
        """True when the artist has given it another colour."""
        return self.color != self.part.spot.color

    @property
    def spot(self) -> ColorSpot | None:
        """Spot of its present colour in a reference; None for a colour that is no choice of the part's."""
        return next((spot for spot in self._all if spot.color == self.color), None)

    @property
    def choices(self) -> tuple[ColorSpot, ...]:
        """Other colours that it could have; for a swapped part, the first one is what it had before."""
        return tuple(spot for spot in self._all if spot.color != self.color)

    @property
    def _all(self) -> tuple[ColorSpot, ...]:
        return (self.part.spot, *self.part.alternatives)


def read_color_sources(report: Mapping[str, object]) -> tuple[tuple[ColorPart, ...], int]:
    """Return the parts of a report, the largest first, and how many more there are; none where it has no `sources`."""
    rows, more = report.get("sources"), report.get("more_sources")
    parts = [part for part in map(_part, rows if isinstance(rows, (list, tuple)) else ()) if part is not None]
    parts.sort(key=lambda part: -part.share)
    return tuple(parts), more if isinstance(more, int) and more > 0 else 0


def parts_now(
    shown: Sequence[ColorPart], earlier: Iterable[Sequence[ColorPart]], fixes: Iterable[RegionFix]
) -> tuple[PartNow, ...]:
    """Return the parts of a page with their present colours, the largest first.

    `shown`: parts of the result that is shown. Regions whose colour the artist has fixed are in none of these, so
    swapped parts are found among those of the results before it: `earlier`, the newest first. `fixes`: of the result
    that is shown.
    """
    fixed = {(fix.x, fix.y): fix.color for fix in fixes if fix.kind == "color"}
    found = [PartNow(part, part.spot.color) for part in shown]
    taken = {point for part in shown for point in part.points}
    for parts in earlier:
        for part in parts:
            points = set(part.points)
            if points <= fixed.keys() and not points & taken:
                found.append(PartNow(part, fixed[part.points[0]]))
                taken |= points
    return tuple(sorted(found, key=lambda now: -now.part.share))


def _part(item: object) -> ColorPart | None:
    spot = _spot(item)
    if spot is None or not isinstance(item, Mapping):
        return None
    points = tuple(point for point in map(_point, _rows(item, "points")) if point is not None)
    share, regions = _number(item.get("share")), _number(item.get("regions"))
    if not points or share is None or regions is None:
        return None
    alternatives = (_spot(other) for other in _rows(item, "alternatives"))
    return ColorPart(spot, share, int(regions), points, tuple(it for it in alternatives if it is not None))


def _spot(item: object) -> ColorSpot | None:
    if not isinstance(item, Mapping):
        return None
    color, there = item.get("color"), item.get("reference_color")
    reference, x, y = (_number(item.get(name)) for name in ("reference", "x", "y"))
    if not isinstance(color, str) or not is_color(color) or reference is None or x is None or y is None:
        return None
    there = there if isinstance(there, str) and is_color(there) else color
    return ColorSpot(color, int(reference), there, min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))


def _point(item: object) -> Point | None:
    if not isinstance(item, (list, tuple)) or len(item) != 2:
        return None
    x, y = _number(item[0]), _number(item[1])
    return None if x is None or y is None else (x, y)


def _rows(item: Mapping[str, object], name: str) -> list[object]:
    value = item.get(name)
    return list(value) if isinstance(value, (list, tuple)) else []


def _number(value: object) -> float | None:
    """Return a finite number of 0 or more as it is, None for anything else."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None
