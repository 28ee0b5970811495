"""A palette as a list of named colours, and as the text that the docker shows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from huebrush_protocol.regions import (
    MAX_COLOR_NAME,
    MAX_PALETTE,
)

LARGEST_PALETTE = MAX_PALETTE
NamedColor = tuple[str, str]
"""Colour "#rrggbb" and its name, which may be empty."""
_CODE = re.compile(r"#?\b([0-9A-Fa-f]{6})\b")
_NAME = re.compile(r"[^\W\d_][^,;|\n]*")
"""A name begins with a letter and goes up to a comma or the like."""
UNTITLED = "untitled"
"""Name that GIMP and Krita give to a colour without one."""
_SPACE = re.compile(r"[ \t]*")


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
    """Return `name` without characters that would end it or look like a code."""
    plain = _NAME.search(_CODE.sub("", name))
    cleaned = plain[0].strip(" #") if plain else ""
    return "" if cleaned.lower() == UNTITLED else cleaned
