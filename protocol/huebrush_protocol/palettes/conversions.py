"""Colours of other models as sRGB, where a palette has no profile for them."""

from __future__ import annotations

from collections.abc import Sequence

from huebrush_protocol.icc_profile import Rgb, encode, lab_to_xyz, to_byte

_D65 = (0.95047, 1.0, 1.08883)
_TO_LINEAR_SRGB = (
    (3.24048134, -1.53715152, -0.49853633),
    (-0.96925495, 1.87599, 0.04155593),
    (0.05564664, -0.20404134, 1.05731107),
)


def from_cmyk(inks: Sequence[float]) -> Rgb:
    """Return the sRGB of inks of 0 to 1, by the simple formula of programs without a profile."""
    red, green, blue = (to_byte((1 - ink) * (1 - inks[3])) for ink in inks[:3])
    return red, green, blue


def from_lab(lab: Sequence[float]) -> Rgb:
    """Return the sRGB of CIELAB, its white being sRGB's; what sRGB has not is clipped."""
    xyz = lab_to_xyz(lab, _D65)
    red, green, blue = (
        to_byte(encode(sum(factor * value for factor, value in zip(row, xyz, strict=True)))) for row in _TO_LINEAR_SRGB
    )
    return red, green, blue
