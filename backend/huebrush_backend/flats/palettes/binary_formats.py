"""Adobe's palettes: swatch exchange (.ase), colour swatches (.aco) and colour tables (.act).

Formats: "Adobe Photoshop File Formats Specification" (.aco, .act); .ase is not published and is read as open-source
programs agree on it. CMYK becomes sRGB as (1 - c)(1 - k), as in other programs without a profile.
"""

from __future__ import annotations

import colorsys
import struct
from collections.abc import Callable, Sequence

import numpy as np

from huebrush_backend.flats.palettes.palette import Palette, PaletteError, Swatch, make_palette
from huebrush_backend.imaging.color import lab_to_srgb
from huebrush_backend.imaging.color_codes import Rgb

_DAMAGED = "it is damaged or not complete. Save the palette again."
_ASE_COLOR = 0x0001
_ACT_COLORS = 256


def parse_ase(data: bytes) -> Palette:
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
        raise PaletteError(_DAMAGED) from error
    return make_palette(swatches, inexact=inexact)


def parse_aco(data: bytes) -> Palette:
    """Read a Photoshop colour swatches file, with names if it has them. Raises `PaletteError`."""
    try:
        version, count = struct.unpack_from(">HH", data, 0)
        if version not in (1, 2):
            raise PaletteError(_DAMAGED)
        place = 4
        if version == 1:
            swatches, inexact, place = _aco_section(data, place, count, named=False)
            if len(data) >= place + 4 and struct.unpack_from(">HH", data, place) == (2, count):
                swatches, inexact, _ = _aco_section(data, place + 4, count, named=True)
        else:
            swatches, inexact, _ = _aco_section(data, place, count, named=True)
    except struct.error as error:
        raise PaletteError(_DAMAGED) from error
    return make_palette(swatches, inexact=inexact)


def parse_act(data: bytes) -> Palette:
    """Read a Photoshop colour table of 256 colours. Raises `PaletteError`.

    A table with a count at its end uses fewer; without a count, equal colours at the end are padding.
    """
    if len(data) not in (3 * _ACT_COLORS, 3 * _ACT_COLORS + 4):
        raise PaletteError("it is not a colour table of 768 or 772 bytes. Save the palette again.")
    colors = [tuple(data[place : place + 3]) for place in range(0, 3 * _ACT_COLORS, 3)]
    count = struct.unpack_from(">H", data, 768)[0] if len(data) > 768 else 0
    if 0 < count <= _ACT_COLORS:
        colors = colors[:count]
    else:
        while len(colors) > 1 and colors[-1] == colors[-2]:
            colors.pop()
    return make_palette([Swatch((red, green, blue)) for red, green, blue in colors])


def _ase_color(model: bytes, data: bytes, place: int) -> tuple[Rgb, bool]:
    if model == b"RGB ":
        return _bytes(struct.unpack_from(">3f", data, place)), True
    if model == b"Gray":
        (tone,) = struct.unpack_from(">f", data, place)
        return _bytes((tone, tone, tone)), True
    if model == b"CMYK":
        return _from_cmyk(struct.unpack_from(">4f", data, place)), False
    if model == b"LAB ":
        lightness, a, b = struct.unpack_from(">3f", data, place)
        return _from_lab((100 * lightness, a, b)), False
    raise PaletteError(f"it has a colour of an unknown kind, {model!r}. Save the palette with RGB colours.")


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
            raise PaletteError(f"it has a colour of an unknown kind, {space}. Save the palette with RGB colours.")
        convert, exact = _ACO_SPACES[space]
        swatches.append(Swatch(convert(values), name))
        inexact += not exact
    return swatches, inexact, place


def _aco_lab(values: Sequence[int]) -> Rgb:
    a, b = (value - 65536 if value >= 32768 else value for value in values[1:3])
    return _from_lab((values[0] / 100, a / 100, b / 100))


def _bytes(values: Sequence[float]) -> Rgb:
    red, green, blue = (round(255 * min(1.0, max(0.0, value))) for value in values[:3])
    return red, green, blue


def _from_cmyk(inks: Sequence[float]) -> Rgb:
    return _bytes([(1 - ink) * (1 - inks[3]) for ink in inks[:3]])


def _from_lab(lab: tuple[float, float, float]) -> Rgb:
    red, green, blue = lab_to_srgb(np.array(lab)).tolist()
    return red, green, blue


_ACO_SPACES: dict[int, tuple[Callable[[Sequence[int]], Rgb], bool]] = {
    0: (lambda values: _bytes([value / 65535 for value in values]), True),
    1: (lambda values: _bytes(colorsys.hsv_to_rgb(*(value / 65535 for value in values[:3]))), True),
    2: (lambda values: _from_cmyk([1 - value / 65535 for value in values]), False),
    7: (_aco_lab, False),
    8: (lambda values: _bytes([1 - values[0] / 10000] * 3), True),
}
"""Photoshop's numbers for colour spaces, each with the conversion of four 16-bit values to sRGB and whether it is
exact."""
