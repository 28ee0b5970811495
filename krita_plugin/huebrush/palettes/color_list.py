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
_CODE = re.compile(r'#?\b([0-9A-Fa-f]{6})\b(?:[ \t]+"([^"\n]*)")?')
"""A code, and after it a name in quotes, which may have any characters."""
_NAME = re.compile(r"[^\W\d_][^,;|\n]*")
"""A name begins with a letter and goes up to a comma or the like."""
UNTITLED = "untitled"
"""Name that GIMP and Krita give to a colour without one."""
_SPACE = re.compile(r"[ \t]*")


def parse_palette(codes: str) -> tuple[NamedColor, ...]:
    """Return the colours that `codes` names, each once and at most as many as the backend takes.

    `codes` has hexadecimal codes with anything between them; words after a code, up to a comma or in quotes, are its
    name.
    """
    found = list(_CODE.finditer(codes))
    colors: dict[str, str] = {}
    for index, code in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(codes)
        space = _SPACE.match(codes, code.end(), end)
        plain = _NAME.match(codes, space.end() if space else end, end)
        name = code[2] if code[2] is not None else plain[0] if plain else ""
        colors.setdefault(f"#{code[1].lower()}", name.strip()[:MAX_COLOR_NAME].strip())
    return tuple(colors.items())[:LARGEST_PALETTE]


def write_palette(colors: Iterable[NamedColor]) -> str:
    """Return `colors` as a list that `parse_palette` reads, names and all. A name that would be read as something else
    is in quotes."""
    return ", ".join(_write(color, _clean(name)) for color, name in colors)


def _write(color: str, name: str) -> str:
    plain = f"{color} {name}".strip()
    return plain if parse_palette(plain) == ((color, name),) else f'{color} "{name}"'


def _clean(name: str) -> str:
    """Return `name` in one line, as long as a name may be, and without what ends a quotation; "" for none."""
    cleaned = " ".join(name.replace('"', "”").split())[:MAX_COLOR_NAME].strip()
    return "" if cleaned.lower() == UNTITLED else cleaned
