"""Palette files: all kinds that the command line reads too, and GIMP's, which nearly every program reads, to write."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from huebrush_protocol.palettes.files import READABLE, read_swatches

from ..base.colors import parse_color
from .color_list import UNTITLED, NamedColor

SUFFIX = ".gpl"
"""Suffix of the files that are written."""
PATTERNS = " ".join(f"*{suffix}" for suffix in READABLE)


def read_palette(path: Path) -> tuple[NamedColor, ...]:
    """Return the colours of a palette file, "#rrggbb" in sRGB, with their names. Raises `PaletteError` of the
    protocol."""
    return tuple((swatch.hex, swatch.name) for swatch in read_swatches(path).swatches)


def write_gpl(path: Path, colors: Iterable[NamedColor]) -> None:
    """Write `colors` with their names as a palette of GIMP's. Raises OSError."""
    rows = [
        "\t".join((" ".join(f"{channel:3d}" for channel in parse_color(color) or (0, 0, 0)), name or UNTITLED.title()))
        for color, name in colors
    ]
    path.write_text("\n".join(("GIMP Palette", f"Name: {path.stem}", "#", *rows, "")), "utf-8")
