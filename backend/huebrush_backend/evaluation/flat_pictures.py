"""Pictures as a model would paint them of drawings whose right colours are known: small, soft, shaded, a little off."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from skimage.color import lab2rgb, rgb2lab

SOFT = 0.9
"""Standard deviation in pixels of the blur over the whole picture."""
_BLEEDING, _BLED_SHARE, _BLED_PATCH = 3.0, 0.4, 30
"""Bleeding over lines: standard deviation of its blur, share of the colour, and size of its patches in pixels."""
_STRAY, _STRAY_PATCH = 1.0, 16
"""Straying of colours from the lines: standard deviation in pixels, and length of a swing."""
_RUN = (4, 140)
"""Running of colours through openings: fewest and most steps of a blur that lines stop; few are likelier."""
_STOPS = 4.0
"""Factor on the coverage of a line in the small picture; from 1 the line stops colours entirely."""
_SHADES, _SHADE_PATCH = 7.0, 24
"""Largest loss of lightness by shading in CIELAB, and size of its patches in pixels."""
_WHITE, _SHADED_WHITE = 94.0, 0.2
"""Lightness (CIELAB) from which paint counts as white, and share of the shading that it gets: models keep it clean."""
_TONES, _TONE_PATCH = 1.5, 100
"""Slow shifts of tone: largest standard deviation in CIELAB, and size of its patches in pixels."""
_MOTTLE, _MOTTLE_PATCH = 1.0, 3
"""Mottling: largest standard deviation in CIELAB, and size of its patches in pixels."""


@dataclass(frozen=True)
class Painting:
    """Manner in which a simulated model paints.

    * `size`: longer side of the picture in pixels
    * `wrong`: share 0..1 of regions that get the colour of another region
    * `blotches`: share 0..1 of the picture that lies in blotches of other colours, whatever the lines say
    """

    size: int = 512
    wrong: float = 0.0
    blotches: float = 0.0


def painted_picture(
    rng: np.random.Generator, right: np.ndarray, ink: np.ndarray, size: int, blotches: float = 0.0
) -> np.ndarray:
    """Return a picture (h,w,3) uint8 sRGB as a model would paint it.

    * `right`: (H,W,3) uint8 sRGB, the right colour of every pixel, under the lines too
    * `ink`: (H,W) uint8, coverage of the lines
    * `size`: longer side of the picture in pixels
    * `blotches`: share 0..1 of the picture in blotches of other colours
    """
    height, width = ink.shape
    scale = size / max(height, width)
    extent = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(right, extent, interpolation=cv2.INTER_AREA).astype(np.float32)
    across, down = np.meshgrid(np.arange(extent[0], dtype=np.float32), np.arange(extent[1], dtype=np.float32))
    away = [_STRAY * smooth_noise(rng, extent, _STRAY_PATCH) for _ in range(2)]
    small = cv2.remap(small, across + away[0], down + away[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lines = cv2.resize(ink, extent, interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    small = _run_out(small, lines[..., 0], int(np.exp(rng.uniform(*np.log(_RUN)))))
    where = np.clip(smooth_noise(rng, extent, _BLED_PATCH), 0, 1)[..., None] * _BLED_SHARE
    small = (1 - where) * small + where * cv2.GaussianBlur(small, (0, 0), _BLEEDING)
    if blotches > 0:
        noise = smooth_noise(rng, extent, max(4, size // 16))
        inside = (noise > np.quantile(noise, 1 - blotches))[..., None]
        small = np.where(inside, np.roll(small, (extent[1] // 3, extent[0] // 3), (0, 1)), small)
    lab = rgb2lab(np.clip(small, 0, 255) / 255)
    shade = np.where(lab[..., 0] > _WHITE, _SHADED_WHITE, 1.0) * np.clip(smooth_noise(rng, extent, _SHADE_PATCH), 0, 2)
    lab[..., 0] -= _SHADES * float(rng.random()) * shade
    for most, patch in ((_TONES, _TONE_PATCH), (_MOTTLE, _MOTTLE_PATCH)):
        lab += most * float(rng.random()) * np.stack([smooth_noise(rng, extent, patch) for _ in range(3)], axis=2)
    picture = shown(lab) * (1 - 0.85 * lines)
    return np.clip(np.rint(cv2.GaussianBlur(picture, (0, 0), SOFT)), 0, 255).astype(np.uint8)


def _run_out(picture: np.ndarray, lines: np.ndarray, steps: int) -> np.ndarray:
    """Return a picture (h,w,3) float32 whose colours have run into each other where no line (h,w) 0..1 stops them."""
    free = np.clip(1 - _STOPS * lines, 0, 1)
    share = free[..., None]
    weight = np.maximum(cv2.blur(free, (3, 3)), 1e-3)[..., None]
    for _ in range(steps):
        run = cv2.blur(picture * share, (3, 3)) / weight
        picture = (1 - share) * picture + share * run
    return picture


def shown(lab: np.ndarray) -> np.ndarray:
    """Return CIELAB (...,3) as sRGB 0..255, float; colours out of gamut are clipped."""
    lightness = np.clip(lab[..., 0], 0, 100)
    yellowest = 200 * (lightness + 16) / 116  # Beyond it, CIE Z would be negative.
    inside = np.stack([lightness, lab[..., 1], np.minimum(lab[..., 2], 0.999 * yellowest)], axis=-1)
    return np.clip(lab2rgb(inside), 0, 1) * 255


def with_wrong_regions(rng: np.random.Generator, colors: np.ndarray, share: float) -> np.ndarray:
    """Return the colours (n, 3) of regions, where a `share` (0..1) of them have the colour of another region."""
    result = colors.copy()
    wrong = np.flatnonzero(rng.random(len(colors) - 1) < share) + 1
    result[wrong] = colors[rng.integers(1, len(colors), len(wrong))]
    return result


def smooth_noise(rng: np.random.Generator, size: tuple[int, int], pixels: int) -> np.ndarray:
    """Return smooth noise (h,w) float32 of mean 0 and standard deviation 1, in patches of about `pixels` pixels.

    `size` is (width, height).
    """
    width, height = size
    noise = rng.standard_normal((height // pixels + 2, width // pixels + 2)).astype(np.float32)
    wide = cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC)
    return (wide - wide.mean()) / max(float(wide.std()), 1e-6)
