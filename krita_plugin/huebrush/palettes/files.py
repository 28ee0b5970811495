"""Palette files, read with Python's own library: GIMP's, Krita's, Adobe's, and lists of hexadecimal codes. GIMP's,
which nearly every program reads, are written too."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from ..base.colors import color_code, parse_color
from ..base.strings import text
from .color_list import UNTITLED, NamedColor, parse_palette

SUFFIX = ".gpl"
"""Suffix of the files that are written."""
PATTERNS = "*.gpl *.kpl *.ase *.hex *.txt"
LARGEST_BYTES = 1 << 22
"""Size of the largest file that is read; a palette is never as large."""
_GPL_ROW = re.compile(r"^\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(?:\s+(.*))?$")


class UnreadablePalette(Exception):
    """Error for a file that is not a palette; says why, in the artist's language."""


def read_palette(path: Path) -> tuple[NamedColor, ...]:
    """Return the colours of a palette file, "#rrggbb" in sRGB, with their names. Raises `UnreadablePalette`.

    From .kpl and .ase files, only RGB and grey colours are used; others need a profile.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UnreadablePalette(text("palette.too_large"))
        data = path.read_bytes()
        readers = {".gpl": _read_gpl, ".kpl": _read_kpl, ".ase": _read_ase}
        return tuple(readers.get(path.suffix.lower(), _read_codes)(data))
    except UnreadablePalette:
        raise
    except OSError as error:
        raise UnreadablePalette(error.strerror or str(error)) from error
    except (ValueError, KeyError, struct.error, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise UnreadablePalette(text("palette.no_palette")) from error


def write_gpl(path: Path, colors: Iterable[NamedColor]) -> None:
    """Write `colors` with their names as a palette of GIMP's. Raises OSError."""
    rows = [
        "\t".join((" ".join(f"{channel:3d}" for channel in parse_color(color) or (0, 0, 0)), name or UNTITLED.title()))
        for color, name in colors
    ]
    path.write_text("\n".join(("GIMP Palette", f"Name: {path.stem}", "#", *rows, "")), "utf-8")


def _read_codes(data: bytes) -> tuple[NamedColor, ...]:
    return parse_palette(data.decode("utf-8", "replace"))


def _read_gpl(data: bytes) -> list[NamedColor]:
    """Read GIMP's format: a line for each colour, red, green and blue first."""
    if not data.startswith(b"GIMP Palette"):
        raise ValueError("no GIMP palette")
    rows = map(_GPL_ROW.match, data.decode("utf-8", "replace").splitlines())
    return [
        (color_code(*(int(row[channel]) / 255 for channel in (1, 2, 3))), (row[4] or "").strip())
        for row in rows
        if row is not None
    ]


def _read_kpl(data: bytes) -> list[NamedColor]:
    """Read Krita's format: a ZIP archive with colorset.xml, colours with channels from 0 to 1."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.getinfo("colorset.xml").file_size > LARGEST_BYTES:
            raise UnreadablePalette(text("palette.too_large"))
        root = ElementTree.fromstring(archive.read("colorset.xml"))
    found = []
    for entry in root.iter("ColorSetEntry"):
        for color in entry:
            kind = color.tag.rpartition("}")[2]
            if kind in ("RGB", "sRGB"):
                found.append((color_code(*(float(color.attrib[channel]) for channel in "rgb")), entry.get("name", "")))
            elif kind == "Gray":
                found.append((color_code(*[float(color.attrib["g"])] * 3), entry.get("name", "")))
    return found


def _read_ase(data: bytes) -> list[NamedColor]:
    """Read Adobe Swatch Exchange: blocks with a type, a length, a name in UTF-16, and a colour's model and samples."""
    if data[:4] != b"ASEF":
        raise ValueError("no Adobe Swatch Exchange file")
    return [(color_code(*(samples * 3 if len(samples) == 1 else samples)), name) for samples, name in _ase_colors(data)]


def _ase_colors(data: bytes) -> Iterator[tuple[tuple[float, ...], str]]:
    (blocks,) = struct.unpack_from(">I", data, 8)
    at = 12
    for _ in range(blocks):
        kind, length = struct.unpack_from(">HI", data, at)
        at += 6
        if kind == 1:
            (letters,) = struct.unpack_from(">H", data, at)
            start = at + 2 + letters * 2
            model = data[start : start + 4]
            if model in (b"RGB ", b"Gray"):
                samples = struct.unpack_from(">3f" if model == b"RGB " else ">f", data, start + 4)
                yield samples, data[at + 2 : start].decode("utf-16-be", "replace").rstrip("\0")
        at += length
