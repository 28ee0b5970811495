"""Oklab: a colour space in which equal distances look about equally large, and medians look like the colours they are
of.

Björn Ottosson, "A perceptual color space for image processing", 2020 (https://bottosson.github.io/posts/oklab/), with
the sRGB transfer function of IEC 61966-2-1. A distance of 0.01 is about the smallest visible one side by side.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.imaging.color_encoding import light_to_srgb, srgb_to_light

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def srgb_to_oklab(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Convert (…,3) uint8 sRGB to Oklab, (…,3) float32: L 0..1, a and b about -0.4..0.4."""
    linear = _linear_levels()[rgb]
    cones = np.cbrt(linear @ _TO_CONES.T.astype(np.float32))
    return (cones @ _TO_OKLAB.T.astype(np.float32)).astype(np.float32)


@lru_cache(maxsize=1)
def _linear_levels() -> NDArray[np.float32]:
    return srgb_to_light(np.arange(256) / 255).astype(np.float32)


def oklab_to_srgb(lab: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Convert (…,3) Oklab to uint8 sRGB; colours out of gamut are clipped."""
    cones = lab @ np.linalg.inv(_TO_OKLAB).T.astype(np.float32)
    light = cones**3 @ np.linalg.inv(_TO_CONES).T.astype(np.float32)
    return np.rint(light_to_srgb(light) * 255).astype(np.uint8)
