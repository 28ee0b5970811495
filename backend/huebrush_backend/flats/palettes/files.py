"""Palettes as files, recognized by their contents rather than by the ending of their name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from huebrush_backend.flats.palettes.binary_formats import parse_aco, parse_act, parse_ase
from huebrush_backend.flats.palettes.krita_format import parse_kpl
from huebrush_backend.flats.palettes.palette import Palette, PaletteError
from huebrush_backend.flats.palettes.text_formats import parse_gpl, parse_jasc, parse_lines

READABLE = (".gpl", ".kpl", ".ase", ".aco", ".act", ".pal", ".hex", ".txt")
"""Endings of palette files that can be read."""
_MOST_BYTES = 16 << 20


def read_palette(path: Path) -> Palette:
    """Read GIMP .gpl, Krita .kpl, Adobe .ase, .aco and .act, JASC .pal, and lists of hex codes (.hex, .txt).

    Colours stored as RGB are exact. Colours of .kpl are fractions and are rounded to the nearest value. A palette
    without a name gets the file's name. Raises `PaletteError` whose message names the file.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise PaletteError("the file is too large for a palette.")
        data = path.read_bytes()
        palette = _parser(data, path.suffix.lower())(data)
    except PaletteError as error:
        raise PaletteError(f"{path}: {error}") from error
    except OSError as error:
        raise PaletteError(f"{path}: it cannot be read: {error.strerror or error}.") from error
    return Palette(palette.swatches, palette.name or path.stem, palette.inexact)


def _parser(data: bytes, suffix: str) -> Callable[[bytes], Palette]:
    if data.startswith(b"PK\x03\x04"):
        return parse_kpl
    if data.startswith(b"ASEF"):
        return parse_ase
    if data[4:6] == b"\xe0\xa5":
        raise PaletteError("this is a picture made with Aseprite. Save its palette there as .gpl and choose that.")
    start = data[:64].lstrip(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"GIMP Palette"):
        return parse_gpl
    if start.startswith(b"JASC-PAL"):
        return parse_jasc
    if suffix == ".act" or (suffix == "" and len(data) in (768, 772)):
        return parse_act
    if suffix == ".aco":
        return parse_aco
    if suffix in (".gpl", ".kpl", ".ase"):
        raise PaletteError(f"it is not a {suffix} palette, or it is damaged. Save it again, as .gpl for instance.")
    if b"\0" in data:
        raise PaletteError(f"it is not a palette that can be read. Save it as one of {', '.join(READABLE)}.")
    return parse_lines
