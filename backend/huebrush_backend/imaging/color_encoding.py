"""Colours encoded with primaries and a transfer function, as PNG and video name them, converted to sRGB.

Numbers are those of ITU-T H.273. Signals of high dynamic range are shown as on a screen without it: diffuse white of
203 cd/m² (ITU-R BT.2408) becomes white, and what is brighter is clipped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From encoded samples, 0..1, to linear light."""
_D65 = (0.3127, 0.3290)
_PRIMARIES: dict[int, tuple[tuple[float, float], ...]] = {
    1: (_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    4: ((0.310, 0.316), (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: (_D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: (_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    7: (_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    8: ((0.310, 0.316), (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
    9: (_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    10: ((1 / 3, 1 / 3), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),
    11: ((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: (_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    22: (_D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
}
"""White, red, green and blue as x and y."""
_SRGB_GAMMA = (0.43, 0.48)
"""Exponents that stand for sRGB, which has no exponent of its own: most programs write 1/2.2."""
_NEAR = 0.005
"""Differences of x and y within which primaries are taken for sRGB's."""
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_DIFFUSE_WHITE = 203.0


class UnknownColorsError(ValueError):
    """Colours that are not known here; the message says which."""


@attrs.frozen(eq=False)
class ColorEncoding:
    """Curve from samples to linear light, and the (3,3) matrix from there to linear sRGB. `full_range`: samples use
    the whole range, not that of television."""

    curve: Curve
    matrix: NDArray[np.float64]
    full_range: bool = True

    def to_srgb(self, samples: NDArray) -> NDArray[np.uint8]:
        """Convert (H,W) or (H,W,3) uint8 or uint16 samples to 8-bit sRGB of the same shape."""
        top = np.iinfo(samples.dtype).max
        encoded = np.arange(top + 1) / top
        if not self.full_range:
            encoded = np.clip((encoded * top / (top + 1) * 256 - 16) / 219, 0, 1)
        light = self.curve(encoded)
        if samples.ndim == 2:
            return _encoded(light)[samples]
        out = np.empty(samples.shape, np.uint8)
        light = light.astype(np.float32)
        for start in range(0, len(samples), 256):
            out[start : start + 256] = _encoded(light[samples[start : start + 256]] @ self.matrix.T.astype(np.float32))
        return out


def by_code_points(primaries: int, transfer: int, matrix: int, full_range: int) -> ColorEncoding | None:
    """Return the encoding that H.273's numbers name, None for sRGB. Raises `UnknownColorsError`."""
    if transfer not in _TRANSFERS or primaries not in _PRIMARIES or matrix != 0:
        raise UnknownColorsError(f"primaries {primaries}, transfer function {transfer}, matrix {matrix}")
    if (primaries, transfer) == (1, 13) and full_range:
        return None
    return ColorEncoding(_TRANSFERS[transfer], _to_linear_srgb(_PRIMARIES[primaries]), bool(full_range))


def by_gamma(gamma: float | None, chromaticities: Sequence[float] | None) -> ColorEncoding | None:
    """Return the encoding of PNG's gAMA and cHRM chunks, None if they mean sRGB or make no sense.

    `gamma`: exponent from light to samples. `chromaticities`: x and y of white, red, green and blue.
    """
    like_srgb = gamma is None or _SRGB_GAMMA[0] <= gamma <= _SRGB_GAMMA[1]
    points = list(zip(chromaticities[::2], chromaticities[1::2], strict=True)) if chromaticities else None
    matrix = np.eye(3)
    if points is not None and np.abs(np.subtract(points, _PRIMARIES[1])).max() > _NEAR:
        try:
            matrix = _to_linear_srgb(points)
        except (np.linalg.LinAlgError, ZeroDivisionError):
            return None
    if like_srgb and np.array_equal(matrix, np.eye(3)):
        return None
    return ColorEncoding(srgb_to_light if gamma is None or like_srgb else _power(1 / gamma), matrix)


def srgb_to_light(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the linear light of sRGB values, both 0..1."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def light_to_srgb(light: NDArray) -> NDArray:
    """Return the sRGB values, 0..1, of linear light; what lies outside 0..1 is clipped."""
    light = np.clip(np.nan_to_num(light), 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _encoded(light: NDArray) -> NDArray[np.uint8]:
    return np.rint(light_to_srgb(light) * 255).astype(np.uint8)


def _to_linear_srgb(points: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Return the matrix from linear light of these primaries to that of sRGB, white staying white."""
    white, source = _to_xyz(points)
    srgb_white, srgb = _to_xyz(_PRIMARIES[1])
    scale = np.diag((_BRADFORD @ srgb_white) / (_BRADFORD @ white))
    return np.linalg.inv(srgb) @ np.linalg.inv(_BRADFORD) @ scale @ _BRADFORD @ source


def _to_xyz(points: Sequence[tuple[float, float]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return XYZ of white, and the matrix from RGB to XYZ."""
    (white_x, white_y), *corners = points
    white = np.array([white_x / white_y, 1.0, (1 - white_x - white_y) / white_y])
    columns = np.array([[x, y, 1 - x - y] for x, y in corners]).T
    return white, columns * np.linalg.solve(columns, white)


def _power(exponent: float) -> Curve:
    return lambda values: values**exponent


def _television(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(values < 0.081, values / 4.5, ((values + 0.099) / 1.099) ** (1 / 0.45))


def _smpte_240(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(values < 0.0912, values / 4.0, ((values + 0.1115) / 1.1115) ** (1 / 0.45))


def _quantizer(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084 (PQ), in which 1 is 10000 cd/m²."""
    power = values ** (1 / 78.84375)
    light = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
    return light ** (1 / 0.1593017578125) * 10000 / _DIFFUSE_WHITE


def _hybrid_log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """ARIB STD-B67 (HLG) on a screen of 1000 cd/m², with the system's exponent 1.2 for each channel."""
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return scene**1.2 * 1000 / _DIFFUSE_WHITE


_TRANSFERS: dict[int, Curve] = {
    1: _television,
    4: _power(2.2),
    5: _power(2.8),
    6: _television,
    7: _smpte_240,
    8: _power(1.0),
    13: srgb_to_light,
    14: _television,
    15: _television,
    16: _quantizer,
    17: lambda values: values**2.6 * 52.37 / 48,
    18: _hybrid_log,
}
"""Transfer functions by their numbers in H.273."""
