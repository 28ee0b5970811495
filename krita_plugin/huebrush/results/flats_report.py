"""Report on a result, as the docker shows it: places to check, with suggestions, what shows most first.

The report comes from the backend (docs/protocol.md, "The flats report"); missing and malformed entries are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from huebrush_protocol.regions import FIXES, RegionFix, is_color
from huebrush_protocol.texts import Text

from ..base.strings import translated
from .color_sources import ColorPart, read_color_sources

GapClosure = tuple[float, float, float, float]
"""Ends x, y and x, y of a line that closes a gap, in pixels of the page."""

ColorBorder = tuple[tuple[float, float], ...]
"""Corners x, y of a border between two colours where there is no line, in pixels of the page."""

Box = tuple[float, float, float, float]
"""Left, top, width and height of a rectangle, in pixels of the page."""


PlaceKey = tuple[str, int, int, int, int]
"""Identity of a place, also in the report on the next result: its kind and its rectangle in whole pixels."""


@dataclass(frozen=True)
class Suggestion:
    """Correction that one click makes, at one point or several, and the text of its button.

    `is_suggested`: whether the backend found that it improves the page; the others are only choices.
    """

    fixes: tuple[RegionFix, ...]
    text: str
    is_suggested: bool

    @property
    def fix(self) -> RegionFix:
        """The correction at the first point."""
        return self.fixes[0]


@dataclass(frozen=True)
class PlaceToCheck:
    """Place to check: a rectangle in pixels of the page, the probability of a mistake there (`risk`, 0 to 1), and the
    `area` in question in pixels.

    `visible`: how much of a fault a person would probably see, in pixels. `spots`: rectangles of all places that are
    alike, this one first; the `area` is theirs together.
    """

    kind: str
    risk: float
    text: str
    x: float
    y: float
    width: float
    height: float
    area: int
    color: str
    suggestions: tuple[Suggestion, ...]
    visible: float = 0.0
    spots: tuple[Box, ...] = ()

    @property
    def place_key(self) -> PlaceKey:
        """Return the identity of this place."""
        return self.kind, round(self.x), round(self.y), round(self.width), round(self.height)

    @property
    def suggested(self) -> tuple[RegionFix, ...]:
        """The corrections that improve the page."""
        return tuple(fix for suggestion in self.suggestions if suggestion.is_suggested for fix in suggestion.fixes)

    def at_spot(self, index: int) -> PlaceToCheck:
        """Return this place with the rectangle of another of its spots."""
        x, y, width, height = self.spots[index] if self.spots else (self.x, self.y, self.width, self.height)
        return replace(self, x=x, y=y, width=width, height=height)


@dataclass(frozen=True)
class FlatsReport:
    """Report on flats. `palette`: the colours used, "#rrggbb". `doubles`: pairs of them with their ΔE2000, below 3.
    `sources`: where the colours came from, and `more_sources`: how many more parts there are. `is_of_part`: it has the
    places within what was selected, not those of the whole page. `is_comparison`: its places are the regions
    in which two results differ."""

    regions: int
    gap: float
    palette: tuple[str, ...]
    doubles: tuple[tuple[str, str, float], ...]
    gap_closures: tuple[GapClosure, ...]
    color_borders: tuple[ColorBorder, ...]
    places: tuple[PlaceToCheck, ...]
    sources: tuple[ColorPart, ...] = ()
    more_sources: int = 0
    is_of_part: bool = False
    is_comparison: bool = False

    def nearest_doubles(self) -> dict[str, tuple[str, float]]:
        """Return the nearest other colour for each near-duplicate, and the ΔE2000 between them."""
        nearest: dict[str, tuple[str, float]] = {}
        for one, other, difference in sorted(self.doubles, key=lambda pair: pair[2]):
            nearest.setdefault(one, (other, difference))
            nearest.setdefault(other, (one, difference))
        return nearest

    def best_fixes(self) -> tuple[RegionFix, ...]:
        """Return all corrections that improve the page."""
        return tuple(fix for place in self.places for fix in place.suggested)


def read_flats_report(report: Mapping[str, object]) -> FlatsReport | None:
    """Read `report`; return None when it is empty, as for a job without regions."""
    if not report:
        return None
    places = [_place(item) for item in _rows(report, "places_to_check")]
    sources, more_sources = read_color_sources(report)
    return FlatsReport(
        regions=int(_number(report.get("regions"))),
        gap=_number(report.get("gap")),
        sources=sources,
        more_sources=more_sources,
        palette=tuple(color for color in _rows(report, "palette") if isinstance(color, str) and is_color(color)),
        doubles=tuple(
            (item[0], item[1], _number(item[2]))
            for item in _rows(report, "near_duplicates")
            if isinstance(item, (list, tuple)) and len(item) == 3 and all(isinstance(it, str) for it in item[:2])
        ),
        gap_closures=tuple(
            (_number(item[0]), _number(item[1]), _number(item[2]), _number(item[3]))
            for item in _rows(report, "gap_closures")
            if isinstance(item, (list, tuple)) and len(item) >= 4
        ),
        color_borders=tuple(border for border in map(_border, _rows(report, "color_borders")) if len(border) > 1),
        is_comparison=report.get("compared") is True,
        places=tuple(sorted((it for it in places if it is not None), key=lambda it: -it.visible)),
    )


def _border(item: object) -> ColorBorder:
    """Return the corners of a border; none for malformed ones."""
    corners = item if isinstance(item, (list, tuple)) else ()
    return tuple(
        (_number(corner[0]), _number(corner[1]))
        for corner in corners
        if isinstance(corner, (list, tuple)) and len(corner) == 2
    )


def _place(item: object) -> PlaceToCheck | None:
    if not isinstance(item, Mapping):
        return None
    try:
        said = translated(Text.from_data(item.get("text")))
    except ValueError:
        return None
    color = item.get("color")
    suggestions = (_suggestion(fix) for fix in _rows(item, "fixes"))
    return PlaceToCheck(
        kind=str(item.get("kind", "")),
        risk=_number(item.get("risk")),
        text=said,
        x=_number(item.get("x")),
        y=_number(item.get("y")),
        width=_number(item.get("width")),
        height=_number(item.get("height")),
        area=int(_number(item.get("area"))),
        color=color if isinstance(color, str) and is_color(color) else "",
        suggestions=tuple(it for it in suggestions if it is not None),
        visible=_number(item.get("visible")),
        spots=tuple(_box(spot) for spot in _rows(item, "spots") if isinstance(spot, (list, tuple)) and len(spot) >= 4),
    )


def _box(spot: Sequence[object]) -> Box:
    return _number(spot[0]), _number(spot[1]), _number(spot[2]), _number(spot[3])


def _suggestion(item: object) -> Suggestion | None:
    if not isinstance(item, Mapping) or item.get("kind") not in FIXES:
        return None
    color = item.get("color")
    wanted = color if isinstance(color, str) and is_color(color) else ""
    if item["kind"] == "color" and not wanted:
        return None
    points = [[item.get(name) for name in ("x", "y", "x2", "y2")]]
    points += [list(more) for more in _rows(item, "more") if isinstance(more, (list, tuple)) and len(more) == 4]
    fixes = tuple(RegionFix(item["kind"], *(_number(value) for value in four), color=wanted) for four in points)
    is_suggested = item.get("suggested") is True
    try:
        return Suggestion(fixes, translated(Text.from_data(item.get("text"))), is_suggested)
    except ValueError:
        return Suggestion(fixes, item["kind"], is_suggested)


def _rows(item: Mapping[str, object], name: str) -> list[object]:
    value = item.get(name)
    return list(value) if isinstance(value, (list, tuple)) else []


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
