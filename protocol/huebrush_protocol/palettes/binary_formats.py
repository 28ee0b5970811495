"""Palettes of numbers: Adobe's swatch exchange (.ase), colour swatches (.aco) and colour tables (.act), Microsoft's
.pal, and tables of bytes.

Formats: "Adobe Photoshop File Formats Specification" (.aco, .act); .ase is not published and is read as open-source
programs agree on it. CMYK becomes sRGB as (1 - c)(1 - k), as in other programs without a profile.
"""

from __future__ import annotations

import colorsys
import math
import struct
from collections.abc import Callable, Sequence

from huebrush_protocol.icc_profile import Rgb, to_byte
from huebrush_protocol.palettes.conversions import from_cmyk, from_lab
from huebrush_protocol.palettes.swatches import PaletteError, Swatch, SwatchList, list_of
from huebrush_protocol.texts import Text

_ASE_COLOR = 0x0001
_TABLE_COLORS = 256
_LARGEST_OF_VGA = 63
"""Largest sample of tables for VGA, which has 6 bits."""


def parse_ase(data: bytes) -> SwatchList:
    """Read an Adobe swatch exchange file, one group after the other. Raises `PaletteError`."""
    swatches, inexact = [], 0
    try:
        (blocks,) = struct.unpack_from(">I", data, 8)
        place = 12
        for _ in range(blocks):
            kind, length = struct.unpack_from(">HI", data, place)
            place += 6
            if kind == _ASE_COLOR:
                (characters,) = struct.unpack_from(">H", data, place)
                begin = place + 2 + 2 * characters
                name = data[place + 2 : begin].decode("utf-16-be", "replace").rstrip("\0").strip()
                model = data[begin : begin + 4]
                rgb, exact = _ase_color(model, data, begin + 4)
                swatches.append(Swatch(rgb, name))
                inexact += not exact
            place += length
    except struct.error as error:
        raise _damaged() from error
    return list_of(swatches, inexact=inexact)


def parse_aco(data: bytes) -> SwatchList:
    """Read a Photoshop colour swatches file, with names if it has them. Raises `PaletteError`."""
    try:
        version, count = struct.unpack_from(">HH", data, 0)
        if version not in (1, 2):
            raise _damaged()
        place = 4
        if version == 1:
            swatches, inexact, place = _aco_section(data, place, count, named=False)
            if len(data) >= place + 4 and struct.unpack_from(">HH", data, place) == (2, count):
                swatches, inexact, _ = _aco_section(data, place + 4, count, named=True)
        else:
            swatches, inexact, _ = _aco_section(data, place, count, named=True)
    except struct.error as error:
        raise _damaged() from error
    return list_of(swatches, inexact=inexact)


def parse_act(data: bytes) -> SwatchList:
    """Read a Photoshop colour table of 256 colours. Raises `PaletteError`.

    A table with a count at its end uses fewer, and may name a transparent one; without a count, equal colours at the
    end are padding.
    """
    if len(data) not in (3 * _TABLE_COLORS, 3 * _TABLE_COLORS + 4):
        raise PaletteError(Text.of("palette.table_size"))
    colors = [tuple(data[place : place + 3]) for place in range(0, 3 * _TABLE_COLORS, 3)]
    count, transparent = struct.unpack_from(">HH", data, 768) if len(data) > 768 else (0, 0xFFFF)
    if 0 < count <= _TABLE_COLORS:
        colors = colors[:count]
    else:
        while len(colors) > 1 and colors[-1] == colors[-2]:
            colors.pop()
    return list_of(
        Swatch((red, green, blue)) for place, (red, green, blue) in enumerate(colors) if place != transparent
    )


def parse_vga(data: bytes) -> SwatchList:
    """Read a table of 256 colours of old programs, of 8 bits or, as for VGA, of 6. Raises `PaletteError`."""
    if max(data, default=0) <= _LARGEST_OF_VGA:
        data = bytes(round(value * 255 / _LARGEST_OF_VGA) for value in data)
    return parse_act(data)


def parse_riff(data: bytes) -> SwatchList:
    """Read Microsoft's palette, in the chunk "data" of a RIFF file. Raises `PaletteError`."""
    try:
        place = 12
        while data[place : place + 4] != b"data":
            (length,) = struct.unpack_from("<I", data, place + 4)
            place += 8 + length + length % 2
        (count,) = struct.unpack_from("<H", data, place + 10)
        entries = struct.unpack_from(f"{4 * count}B", data, place + 12)
    except struct.error as error:
        raise _damaged() from error
    return list_of(Swatch((red, green, blue)) for red, green, blue, _ in zip(*[iter(entries)] * 4, strict=True))


def _damaged() -> PaletteError:
    return PaletteError(Text.of("palette.damaged"))


def _ase_color(model: bytes, data: bytes, place: int) -> tuple[Rgb, bool]:
    if model == b"RGB ":
        return _bytes(struct.unpack_from(">3f", data, place)), True
    if model == b"Gray":
        (tone,) = struct.unpack_from(">f", data, place)
        return _bytes((tone, tone, tone)), True
    if model == b"CMYK":
        return from_cmyk(_finite(struct.unpack_from(">4f", data, place))), False
    if model == b"LAB ":
        lightness, a, b = _finite(struct.unpack_from(">3f", data, place))
        return from_lab((100 * lightness, a, b)), False
    raise PaletteError(Text.of("palette.color_kind", kind=repr(model.decode("latin-1"))))


def _aco_section(data: bytes, place: int, count: int, named: bool) -> tuple[list[Swatch], int, int]:
    swatches, inexact = [], 0
    for _ in range(count):
        space, *values = struct.unpack_from(">5H", data, place)
        place += 10
        name = ""
        if named:
            (characters,) = struct.unpack_from(">I", data, place)
            name = data[place + 4 : place + 4 + 2 * characters].decode("utf-16-be", "replace").rstrip("\0").strip()
            place += 4 + 2 * characters
        if space not in _ACO_SPACES:
            raise PaletteError(Text.of("palette.color_kind", kind=space))
        convert, exact = _ACO_SPACES[space]
        swatches.append(Swatch(convert(values), name))
        inexact += not exact
    return swatches, inexact, place


def _aco_lab(values: Sequence[int]) -> Rgb:
    a, b = (value - 65536 if value >= 32768 else value for value in values[1:3])
    return from_lab((values[0] / 100, a / 100, b / 100))


def _finite(values: Sequence[float]) -> Sequence[float]:
    if not all(map(math.isfinite, values)):
        raise _damaged()
    return values


def _bytes(values: Sequence[float]) -> Rgb:
    red, green, blue = (to_byte(value) for value in _finite(values)[:3])
    return red, green, blue


_ACO_SPACES: dict[int, tuple[Callable[[Sequence[int]], Rgb], bool]] = {
    0: (lambda values: _bytes([value / 65535 for value in values]), True),
    1: (lambda values: _bytes(colorsys.hsv_to_rgb(*(value / 65535 for value in values[:3]))), True),
    2: (lambda values: from_cmyk([1 - value / 65535 for value in values]), False),
    7: (_aco_lab, False),
    8: (lambda values: _bytes([1 - values[0] / 10000] * 3), True),
}
"""Photoshop's numbers for colour spaces, each with the conversion of four 16-bit values to sRGB and whether it is
exact."""
