"""What a document's result is made of: which layers, in which colours, and how gaps in the lines are closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from huebrush_protocol.regions import (
    CHECK,
    FIXES,
    MAX_FIXES,
    PICTURE,
    WITHOUT_MODEL,
    RegionFix,
    RegionParameters,
    is_color,
)

from ..palettes.color_list import parse_palette
from .sources import ReferenceSource

PALETTE_SOURCES = ("voted", "references", "colors")
"""Where colours come from: as the model has them, as many at most from the references, or the artist's list."""
FLATS = "flats"
COLORIZE_MASK = "colorize_mask"
LARGEST_GAP = 128
INCH = 25.4
"""Millimetres in an inch."""


def _read_fix(item: Any) -> RegionFix | None:
    """Return a fix as it was stored, None for what is none."""
    try:
        x, y, x2, y2 = (float(item[name]) for name in ("x", "y", "x2", "y2"))
        fix = RegionFix(str(item["kind"]), x, y, x2, y2, str(item["color"]))
    except (KeyError, TypeError, ValueError):
        return None
    is_whole = is_color(fix.color) or (fix.kind != "color" and not fix.color)
    return fix if fix.kind in FIXES and is_whole else None


@dataclass(frozen=True)
class RegionSettings:
    """What each does: docs/parameters.md. `gap` is in pixels and counts unless `gap_automatic`; `palette_size` counts
    with the source "references", `palette` (see `parse_palette`) with "colors". `hints` holds a layer or nothing,
    and so does `flats`: the artist's own, for the result "check". `fixes` are corrections of the document's regions."""

    result: str = PICTURE
    shading: bool = False
    keep_picture: bool = False
    gap_automatic: bool = True
    gap: int = 6
    palette_source: str = PALETTE_SOURCES[0]
    palette_size: int = 16
    palette: str = ""
    locked: bool = True
    hard_edges: bool = False
    hints: tuple[ReferenceSource, ...] = field(default=())
    flats: tuple[ReferenceSource, ...] = field(default=())
    fixes: tuple[RegionFix, ...] = field(default=(), metadata={"read": _read_fix})

    @property
    def has_regions(self) -> bool:
        """True when the result is more than the model's picture."""
        return self.result != PICTURE

    @property
    def is_check(self) -> bool:
        """True when the artist's own flats are looked over, and nothing is coloured."""
        return self.result == CHECK

    @property
    def colors(self) -> tuple[str, ...]:
        """The colours of the artist's list, "#rrggbb", each once."""
        return tuple(color for color, _ in parse_palette(self.palette))


def elsewhere(chosen: RegionSettings) -> RegionSettings:
    """Return these settings for another document, which has other layers and other regions."""
    return replace(chosen, hints=(), flats=(), fixes=())


def for_new_job(chosen: RegionSettings) -> RegionSettings:
    """Return these settings for a job that the artist begins: a check begins with the flats as they are, and only what
    is put right in its list mends them."""
    return replace(chosen, fixes=()) if chosen.is_check else chosen


def with_fixes(chosen: RegionSettings, fixes: Iterable[RegionFix]) -> RegionSettings:
    """Return these settings with `fixes` made after those it has; the same one is made once."""
    return replace(chosen, fixes=tuple(dict.fromkeys((*chosen.fixes, *fixes)))[:MAX_FIXES])


def region_parameters(chosen: RegionSettings, dots_per_inch: float) -> RegionParameters:
    """Return what the backend gets of these settings for a document of this resolution."""
    if not chosen.has_regions:
        return RegionParameters()
    listed = parse_palette(chosen.palette) if chosen.palette_source == "colors" else ()
    names = tuple(name for _, name in listed)
    return RegionParameters(
        result=chosen.result,
        shading=chosen.shading,
        keep_picture=chosen.keep_picture,
        gap=None if chosen.gap_automatic else float(chosen.gap),
        dots_per_inch=max(0.0, dots_per_inch),
        palette=tuple(color for color, _ in listed),
        palette_names=names if any(names) else (),
        palette_size=chosen.palette_size if chosen.palette_source == "references" else 0,
        locked=chosen.locked,
        hard_edges=chosen.hard_edges,
        fixes=chosen.fixes,
    )


def for_model(chosen: RegionSettings, model: str) -> RegionSettings:
    """Return these settings without what a job that takes no model cannot give: light, shade and a picture."""
    if model != WITHOUT_MODEL:
        return chosen
    source = chosen.palette_source if chosen.palette_source != "references" else PALETTE_SOURCES[0]
    return replace(chosen, shading=False, keep_picture=False, palette_source=source)


def region_pictures(chosen: RegionSettings) -> tuple[tuple[str, ReferenceSource], ...]:
    """Return the pictures that these settings ask for beside lines and references: (role, source)."""
    if chosen.is_check:
        return tuple(("flats", source) for source in chosen.flats)
    return tuple(("hints", source) for source in chosen.hints) if chosen.has_regions else ()


def millimetres(pixels: float, dots_per_inch: float) -> float | None:
    """Return how much `pixels` are on paper, None where the document does not say."""
    return pixels * INCH / dots_per_inch if dots_per_inch > 0 else None
