"""Palettes as files, recognized by their contents rather than by the ending of their name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from huebrush_protocol.palettes.binary_formats import parse_aco, parse_act, parse_ase, parse_riff, parse_vga
from huebrush_protocol.palettes.krita_format import parse_kpl
from huebrush_protocol.palettes.swatches import PaletteError, SwatchList
from huebrush_protocol.palettes.text_formats import decoded_lines, parse_gpl, parse_jasc, parse_lines
from huebrush_protocol.texts import Text

READABLE = (".gpl", ".kpl", ".ase", ".aco", ".act", ".pal", ".hex", ".txt")
"""Endings of palette files that can be read."""
_MOST_BYTES = 16 << 20
_TABLE_SIZES = (768, 772)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_swatches(path: Path) -> SwatchList:
    """Read GIMP .gpl, Krita .kpl, Adobe .ase, .aco and .act, JASC's and Microsoft's .pal, and lists of hex codes (.hex,
    .txt, paint.net's too).

    Colours stored as RGB are exact. Colours of .kpl are fractions and are rounded to the nearest value. Entries that
    are transparent are left out. A palette without a name gets the file's name. Raises `PaletteError` that says what is
    wrong, without the file's name.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PaletteError(Text.of("palette.too_large"))
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise PaletteError(Text.of("palette.unreadable", reason=reason)) from error
    found = _parser(data, path.suffix.lower())(data)
    return found if found.name else replace(found, name=path.stem)


def _parser(data: bytes, suffix: str) -> Callable[[bytes], SwatchList]:
    if data.startswith(b"PK\x03\x04"):
        return parse_kpl
    if data.startswith(b"ASEF"):
        return parse_ase
    if data.startswith(b"RIFF") and data[8:12] == b"PAL ":
        return parse_riff
    if data[4:6] == b"\xe0\xa5":
        raise PaletteError(Text.of("palette.aseprite"))
    if suffix == ".act" or (suffix == "" and len(data) in _TABLE_SIZES):
        return parse_act
    if suffix == ".aco":
        return parse_aco
    begin = "".join(decoded_lines(data[:256])[:3]).lstrip()
    if begin.startswith("GIMP Palette"):
        return parse_gpl
    if begin.startswith("JASC-PAL"):
        return parse_jasc
    if suffix in (".gpl", ".kpl", ".ase"):
        raise PaletteError(Text.of("palette.other_kind", ending=suffix))
    if b"\0" in data and not data.startswith(_UTF_16):
        if suffix == ".pal" and len(data) in _TABLE_SIZES:
            return parse_vga
        raise PaletteError(
            Text.of("palette.other_pal" if suffix == ".pal" else "palette.unknown_kind", endings=", ".join(READABLE))
        )
    return parse_lines
