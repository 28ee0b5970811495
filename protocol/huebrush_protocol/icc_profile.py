"""ICC profiles in plain Python, for the few colours of a palette: from a profile's own values to sRGB.

Read are profiles of matrix and curves, of grey, and those with a table from device to connection space (CMYK).
Format: ICC.1:2010. The intent is relative colorimetric. Whole pictures are converted with LittleCMS instead.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255, sRGB."""
Curve = Callable[[float], float]
Row = tuple[float, float, float]

D50: Row = (0.96420288, 1.0, 0.8249054)
"""XYZ of white in the connection space."""
XYZ_TO_LINEAR_SRGB: tuple[Row, Row, Row] = (
    (3.1341846, -1.61721443, -0.49069311),
    (-0.97874993, 1.9161339, 0.03343365),
    (0.07196373, -0.22899345, 1.40574401),
)
"""From XYZ with the white D50 to linear sRGB, by Bradford's adaptation."""
_CHANNELS = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4, b"Lab ": 3}
_MOST_TABLE_ENTRIES = 1 << 24


@dataclass(frozen=True)
class IccProfile:
    """Profile of a device. `channels`: 1 grey, 3 RGB or Lab, 4 CMYK. `curves` and `matrix` (rows of XYZ) are there if
    that is all it has; otherwise `to_xyz` goes through its table."""

    channels: int
    to_xyz: Callable[[Sequence[float]], Row]
    curves: tuple[Curve, ...] = ()
    matrix: tuple[Row, ...] = ()

    def to_srgb(self, values: Sequence[float]) -> Rgb:
        """Return the sRGB of values of 0 to 1; what sRGB has not is clipped."""
        return xyz_to_srgb(self.to_xyz(values))


def parse_icc_profile(data: bytes) -> IccProfile | None:
    """Return the profile in `data`, None if it is damaged or of a kind that is not read here."""
    try:
        if data[36:40] != b"acsp" or data[16:20] not in _CHANNELS:
            return None
        (count,) = struct.unpack_from(">I", data, 128)
        tags = {}
        for place in range(132, 132 + 12 * min(count, 200), 12):
            name, begin, size = struct.unpack_from(">4sII", data, place)
            tags[name] = data[begin : begin + size]
        channels = _CHANNELS[data[16:20]]
        for name in (b"A2B1", b"A2B0"):
            if name in tags:
                return IccProfile(channels, _table(tags[name], data[20:24], channels))
        if channels == 1:
            return _grey(_curve(tags[b"kTRC"])[0])
        curves = tuple(_curve(tags[name])[0] for name in (b"rTRC", b"gTRC", b"bTRC"))
        columns = [_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
        return _by_matrix(curves, tuple(zip(*columns, strict=True)))
    except (struct.error, KeyError, ValueError, IndexError, ZeroDivisionError, OverflowError):
        return None


def xyz_to_srgb(xyz: Sequence[float]) -> Rgb:
    """Return the sRGB of XYZ with the white D50."""
    red, green, blue = (to_byte(encode(value)) for value in _multiply(XYZ_TO_LINEAR_SRGB, xyz))
    return red, green, blue


def lab_to_xyz(lab: Sequence[float], white: Row = D50) -> Row:
    """Return the XYZ of CIELAB with this white: L 0 to 100, a and b about ±128."""
    middle = (lab[0] + 16) / 116
    x, y, z = (
        part**3 if part > 6 / 29 else 3 * (6 / 29) ** 2 * (part - 4 / 29)
        for part in (middle + lab[1] / 500, middle, middle - lab[2] / 200)
    )
    return x * white[0], y * white[1], z * white[2]


def encode(light: float) -> float:
    """Return the sRGB value, 0 to 1, of linear light."""
    light = min(1.0, max(0.0, light))
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def to_byte(value: float) -> int:
    """Return a value of 0 to 1, or beyond, as a whole number of 0 to 255."""
    return round(255 * min(1.0, max(0.0, value)))


def _multiply(rows: Sequence[Sequence[float]], values: Sequence[float]) -> Row:
    x, y, z = (sum(factor * value for factor, value in zip(row, values, strict=True)) for row in rows)
    return x, y, z


def _by_matrix(curves: tuple[Curve, ...], matrix: tuple[Row, ...]) -> IccProfile:
    def to_xyz(values: Sequence[float]) -> Row:
        return _multiply(matrix, [curve(value) for curve, value in zip(curves, values, strict=True)])

    return IccProfile(3, to_xyz, curves, matrix)


def _grey(curve: Curve) -> IccProfile:
    def to_xyz(values: Sequence[float]) -> Row:
        light = curve(values[0])
        return light * D50[0], light * D50[1], light * D50[2]

    return IccProfile(1, to_xyz, (curve,))


def _xyz(tag: bytes) -> Row:
    x, y, z = struct.unpack_from(">3i", tag, 8)
    return x / 65536, y / 65536, z / 65536


def _curve(tag: bytes) -> tuple[Curve, int]:
    """Return a curve, and how many bytes it takes."""
    if tag[:4] == b"para":
        (kind,) = struct.unpack_from(">H", tag, 8)
        count = (1, 3, 4, 5, 7)[kind]
        numbers = [value / 65536 for value in struct.unpack_from(f">{count}i", tag, 12)]
        return _parametric(kind, numbers), 12 + 4 * count
    if tag[:4] != b"curv":
        raise ValueError("no curve")
    (count,) = struct.unpack_from(">I", tag, 8)
    if count > _MOST_TABLE_ENTRIES:
        raise ValueError("too long a curve")
    entries = struct.unpack_from(f">{count}H", tag, 12)
    if count == 1:
        gamma = entries[0] / 256
        return (lambda value: max(value, 0.0) ** gamma), 14
    return (_sampled([entry / 65535 for entry in entries]) if count else lambda value: value), 12 + 2 * count


def _parametric(kind: int, numbers: Sequence[float]) -> Curve:
    gamma, a, b, c, d, e, f = (*numbers, *(0.0,) * (7 - len(numbers)))
    if kind == 0:
        a, b, d = 1.0, 0.0, 0.0
    elif kind in (1, 2):
        d, e, f, c = -b / a, c, c, 0.0

    def curve(value: float) -> float:
        return max(a * value + b, 0.0) ** gamma + e if value >= d else c * value + f

    return curve


def _sampled(entries: Sequence[float]) -> Curve:
    def curve(value: float) -> float:
        place = min(1.0, max(0.0, value)) * (len(entries) - 1)
        low = min(int(place), len(entries) - 2)
        return entries[low] + (entries[low + 1] - entries[low]) * (place - low)

    return curve


def _table(tag: bytes, space: bytes, channels: int) -> Callable[[Sequence[float]], Row]:
    """Return the way through a table to XYZ. `space` is the connection space."""
    inputs, outputs = tag[8], tag[9]
    if inputs != channels or outputs != 3:
        raise ValueError("an odd table")
    if tag[:4] == b"mAB ":
        stages, scale = _stages_of_curves(tag, inputs), 1.0
    elif tag[:4] in (b"mft1", b"mft2"):
        stages, scale = _stages_of_tables(tag, inputs), 65535 / 65280 if tag[:4] == b"mft2" else 1.0
    else:
        raise ValueError("an unknown table")

    def to_xyz(values: Sequence[float]) -> Row:
        for stage in stages:
            values = stage(values)
        if space == b"XYZ ":
            x, y, z = (value * (1 + 32767 / 32768) for value in values)
            return x, y, z
        first, second, third = (value * scale for value in values)
        return lab_to_xyz((first * 100, second * 255 - 128, third * 255 - 128))

    return to_xyz


Stage = Callable[[Sequence[float]], Sequence[float]]


def _stages_of_tables(tag: bytes, inputs: int) -> list[Stage]:
    grid, wide = tag[10], tag[:4] == b"mft2"
    before, after = struct.unpack_from(">2H", tag, 48) if wide else (256, 256)
    sizes = (before * inputs, grid**inputs * 3, after * 3)
    if sum(sizes) > _MOST_TABLE_ENTRIES or min(before, after, grid) < 2:
        raise ValueError("an odd table")
    numbers = struct.unpack_from(f">{sum(sizes)}{'H' if wide else 'B'}", tag, 52 if wide else 48)
    values = [number / (65535 if wide else 255) for number in numbers]
    first, table = values[: sizes[0]], values[sizes[0] : sizes[0] + sizes[1]]
    last = values[sizes[0] + sizes[1] :]
    return [
        _each([_sampled(first[before * at : before * (at + 1)]) for at in range(inputs)]),
        _interpolation([grid] * inputs, table),
        _each([_sampled(last[after * at : after * (at + 1)]) for at in range(3)]),
    ]


def _stages_of_curves(tag: bytes, inputs: int) -> list[Stage]:
    b_curves, matrix, m_curves, table, a_curves = struct.unpack_from(">5I", tag, 12)
    stages: list[Stage] = []
    if a_curves and table:
        grid = list(tag[table : table + inputs])
        size = 3
        for points in grid:
            size *= points
        if size > _MOST_TABLE_ENTRIES or min(grid) < 2:
            raise ValueError("an odd table")
        wide = tag[table + 16] == 2
        numbers = struct.unpack_from(f">{size}{'H' if wide else 'B'}", tag, table + 20)
        values = [number / (65535 if wide else 255) for number in numbers]
        stages += [_each(_curves(tag, a_curves, inputs)), _interpolation(grid, values)]
    if m_curves and matrix:
        numbers = [value / 65536 for value in struct.unpack_from(">12i", tag, matrix)]
        rows = [numbers[3 * at : 3 * at + 3] for at in range(3)]
        stages += [_each(_curves(tag, m_curves, 3)), _affine(rows, numbers[9:])]
    return [*stages, _each(_curves(tag, b_curves, 3))]


def _curves(tag: bytes, place: int, count: int) -> list[Curve]:
    curves = []
    for _ in range(count):
        curve, size = _curve(tag[place:])
        curves.append(curve)
        place += (size + 3) // 4 * 4
    return curves


def _each(curves: Sequence[Curve]) -> Stage:
    return lambda values: [curve(value) for curve, value in zip(curves, values, strict=True)]


def _affine(rows: Sequence[Sequence[float]], offsets: Sequence[float]) -> Stage:
    return lambda values: [value + offset for value, offset in zip(_multiply(rows, values), offsets, strict=True)]


def _interpolation(grid: Sequence[int], table: Sequence[float]) -> Stage:
    """Return linear interpolation in a table of three values a point; the last input changes fastest."""

    def at(values: Sequence[float]) -> list[float]:
        places = [min(1.0, max(0.0, value)) * (points - 1) for value, points in zip(values, grid, strict=True)]
        lows = [min(int(place), points - 2) for place, points in zip(places, grid, strict=True)]
        found = [0.0, 0.0, 0.0]
        for corner in product((0, 1), repeat=len(grid)):
            share, index = 1.0, 0
            for place, low, points, step in zip(places, lows, grid, corner, strict=True):
                share *= place - low if step else 1 - (place - low)
                index = index * points + low + step
            if share:
                for channel in range(3):
                    found[channel] += share * table[3 * index + channel]
        return found

    return at
