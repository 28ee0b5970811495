"""What a document's result is made of: which layers, in which colours, and how gaps in the lines are closed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from huebrush_protocol.regions import (
    CHECK,
    FIXES,
    MAX_COLOR_NAME,
    MAX_FIXES,
    MAX_PALETTE,
    PICTURE,
    WITHOUT_MODEL,
    RegionFix,
    RegionParameters,
    is_color,
)

from .capture import ReferenceSource

PALETTE_SOURCES = ("voted", "references", "colors")
"""Where colours come from: as the model has them, as many at most from the references, or the artist's list."""
FLATS = "flats"
COLORIZE_MASK = "colorize_mask"
LARGEST_GAP = 128
LARGEST_PALETTE = MAX_PALETTE
INCH = 25.4
"""Millimetres in an inch."""
NamedColor = tuple[str, str]
"""A colour "#rrggbb" and what it is called, which may be nothing."""
_CODE = re.compile(r"#?\b([0-9A-Fa-f]{6})\b")
_NAME = re.compile(r"[^\W\d_][^,;|\n]*")
"""A name begins with a letter and goes up to a comma or the like."""
UNTITLED = "untitled"
"""What GIMP and Krita call a colour that has no name."""
_SPACE = re.compile(r"[ \t]*")


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


def parse_palette(codes: str) -> tuple[NamedColor, ...]:
    """Return the colours that `codes` names, each once and at most as many as the backend takes.

    `codes` has hexadecimal codes with anything between them; words after a code, up to a comma, are its name.
    """
    found = list(_CODE.finditer(codes))
    colors: dict[str, str] = {}
    for index, code in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(codes)
        space = _SPACE.match(codes, code.end(), end)
        name = _NAME.match(codes, space.end() if space else end, end)
        colors.setdefault(f"#{code[1].lower()}", name[0].strip()[:MAX_COLOR_NAME] if name else "")
    return tuple(colors.items())[:LARGEST_PALETTE]


def write_palette(colors: Iterable[NamedColor]) -> str:
    """Return `colors` as a list that `parse_palette` reads."""
    return ", ".join(f"{color} {_clean(name)}".strip() for color, name in colors)


def _clean(name: str) -> str:
    """Return `name` without what would end it, or be taken for a code."""
    plain = _NAME.search(_CODE.sub("", name))
    cleaned = plain[0].strip(" #") if plain else ""
    return "" if cleaned.lower() == UNTITLED else cleaned


def elsewhere(chosen: RegionSettings) -> RegionSettings:
    """Return these settings for another document, which has other layers and other regions."""
    return replace(chosen, hints=(), flats=(), fixes=())


def afresh(chosen: RegionSettings) -> RegionSettings:
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
