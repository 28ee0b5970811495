"""Settings of a document's result: its layers, its colours, and the closing of gaps in the lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from huebrush_protocol.regions import (
    CHECK,
    FIXES,
    FROM_REFERENCE,
    MAX_FIXES,
    MAX_PAGE_EDGE,
    MILLIMETRES,
    MOST_LAYERS,
    PICTURE,
    PIXELS,
    RegionFix,
    is_color,
)

from ..palettes.color_list import parse_palette
from .sources import ReferenceSource

OWN_COLORS = "colors"
PALETTE_SOURCES = ("voted", "references", OWN_COLORS)
"""Sources of colours: the model's picture, a number of colours from the references, or the artist's list."""
FLATS = "flats"
FLATS_BY_COLOR = "flats_by_color"
COLORIZE_MASK = "colorize_mask"
LARGEST_GAP = 128
"""Widest gap that can be typed, in any of the units."""
TENTHS = 10
"""Steps of a millimetre in which a gap is kept."""
INCH = 25.4
"""Millimetres in an inch."""


def _read_fix(item: object) -> RegionFix | None:
    """Return a stored fix, None for a malformed one."""
    if not isinstance(item, dict):
        return None
    try:
        x, y, x2, y2 = (float(item[name]) for name in ("x", "y", "x2", "y2"))
        fix = RegionFix(kind=str(item["kind"]), x=x, y=y, x2=x2, y2=y2, color=str(item["color"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if not all(0.0 <= place <= MAX_PAGE_EDGE for place in (x, y, x2, y2)):  # also not NaN
        return None
    is_whole = is_color(fix.color) or (fix.kind != "color" and not fix.color)
    return fix if fix.kind in FIXES and is_whole else None


@dataclass(frozen=True)
class RegionSettings:
    """Settings of the result, explained in docs/parameters.md.

    * `gap`: counts unless `gap_automatic`; in pixels, line widths or tenths of a millimetre
    * `gap_unit`: one of the protocol's GAP_UNITS
    * `colors_from`: one of the protocol's COLORS_FROM
    * `palette_size`: counts with the source "references"
    * `palette`: counts with the source "colors"; see `parse_palette`
    * `palette_name`: name of the file or the palette of Krita's that `palette` is; empty for the artist's own
    * `most_layers`: counts with a layer for each colour and no locked palette
    * `hints`: a layer or nothing
    * `flats`: a layer or nothing: the artist's own flats, for the result "check"
    * `compared`: another result, which the `flats` are compared with, or nothing
    * `fixes`: corrections of the document's regions
    """

    result: str = PICTURE
    shading: bool = False
    keep_picture: bool = False
    gap_automatic: bool = True
    gap: int = 6
    gap_unit: str = PIXELS
    palette_source: str = PALETTE_SOURCES[0]
    palette_size: int = 16
    palette: str = ""
    palette_name: str = ""
    locked: bool = True
    most_layers: int = MOST_LAYERS
    hard_edges: bool = False
    color_borders: bool = True
    paint_paper: bool = False
    colors_from: str = FROM_REFERENCE
    hints: tuple[ReferenceSource, ...] = field(default=())
    flats: tuple[ReferenceSource, ...] = field(default=())
    compared: tuple[ReferenceSource, ...] = field(default=())
    fixes: tuple[RegionFix, ...] = field(default=(), metadata={"read": _read_fix})

    @property
    def has_regions(self) -> bool:
        """True when the result is more than the model's picture."""
        return self.result != PICTURE

    @property
    def is_check(self) -> bool:
        """True when the artist's own flats are checked, and nothing is coloured."""
        return self.result == CHECK

    @property
    def is_comparison(self) -> bool:
        """True when two results are compared, and regions of one put into the other."""
        return self.is_check and bool(self.flats and self.compared)

    @property
    def gap_width(self) -> float:
        """The widest gap in its unit."""
        return self.gap / TENTHS if self.gap_unit == MILLIMETRES else float(self.gap)

    @property
    def colors(self) -> tuple[str, ...]:
        """The colours of the artist's list, "#rrggbb", each once."""
        return tuple(color for color, _ in parse_palette(self.palette))


def for_other_document(chosen: RegionSettings) -> RegionSettings:
    """Return these settings for another document, which has other layers and other regions."""
    return replace(chosen, hints=(), flats=(), compared=(), fixes=())


def comparison(chosen: RegionSettings, base: ReferenceSource, other: ReferenceSource) -> RegionSettings:
    """Return the settings that compare two results, `base` and `other`, by the regions that are `chosen`."""
    return replace(chosen, result=CHECK, flats=(base,), compared=(other,), fixes=())


def with_palette_of(chosen: RegionSettings, other: RegionSettings) -> RegionSettings:
    """Return these settings with the colours that `other` has chosen."""
    return replace(
        chosen,
        colors_from=other.colors_from,
        palette_source=other.palette_source,
        palette_size=other.palette_size,
        palette=other.palette,
        palette_name=other.palette_name,
        locked=other.locked,
    )


def with_fixes(chosen: RegionSettings, fixes: Iterable[RegionFix]) -> RegionSettings:
    """Return these settings with `fixes` added at the end; the same fix is not added twice."""
    return replace(chosen, fixes=tuple(dict.fromkeys((*chosen.fixes, *fixes)))[:MAX_FIXES])


def with_color_at(chosen: RegionSettings, points: Iterable[tuple[float, float]], color: str) -> RegionSettings:
    """Return these settings with a fix of this `color` at each of `points`, instead of the colours fixed there before;
    with "", those are only taken back."""
    places = dict.fromkeys(points)
    kept = tuple(fix for fix in chosen.fixes if fix.kind != "color" or (fix.x, fix.y) not in places)
    made = [RegionFix("color", x, y, color=color) for x, y in places] if color else []
    return with_fixes(replace(chosen, fixes=kept), made)


def millimetres(pixels: float, dots_per_inch: float) -> float | None:
    """Return the length of `pixels` on paper in millimetres, None without a resolution."""
    return pixels * INCH / dots_per_inch if dots_per_inch > 0 else None
