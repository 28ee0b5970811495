"""Mottled pictures: shine, shadow, patterns and blotches inside shapes, which no flats should follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from skimage.color import rgb2lab

from huebrush_backend.evaluation.flat_pictures import shown, smooth_noise

_STRONGEST = 60.0
_WEAKEST = 28.0
"""Largest and smallest difference (CIELAB) between a shape's colour and the other tone in it."""
_NEAR_WHITE, _NEAR_BLACK = 96.0, 8.0
"""Lightness (CIELAB) of hard shine and of hard shadow."""

Mottle = Callable[[np.random.Generator, np.ndarray, np.ndarray], np.ndarray]
"""Function that returns a shape's colours (h,w,3) CIELAB from its mask (h,w) bool and its own colour (3,) CIELAB."""


def mottled(rng: np.random.Generator, right: np.ndarray, truth: np.ndarray, chosen: Mapping[int, str]) -> np.ndarray:
    """Return the right colours (H,W,3) uint8 sRGB with the regions in `chosen` mottled; each has a kind of MOTTLES.

    `right`: (H,W,3) uint8 sRGB. `truth`: (H,W) int32 labels.
    """
    result = right.copy()
    for label, kind in chosen.items():
        rows, columns = np.nonzero(truth == label)
        window = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        mask = truth[window] == label
        own = rgb2lab(right[rows[0], columns[0]][None, None] / 255)[0, 0]
        tones = shown(MOTTLES[kind](rng, mask, own))
        result[window][mask] = np.rint(tones).astype(np.uint8)[mask]
    return result


def _shine(rng: np.random.Generator, mask: np.ndarray, own: np.ndarray) -> np.ndarray:
    """One or two bands of light across hair, jagged along the strands."""
    along, across = _axes(rng, mask)
    share = np.zeros(mask.shape)
    jagged = 0.05 * _noise_along(rng, across, 24)
    for _ in range(int(rng.integers(1, 3))):
        middle, half = rng.uniform(-0.3, 0.3), rng.uniform(0.04, 0.12)
        share = np.maximum(share, np.abs(along + 0.25 * across**2 - middle + jagged) < half)
    light = np.array([_NEAR_WHITE, 0.15 * own[1], 0.15 * own[2]]) if rng.random() < 0.6 else own + np.array([35, 0, 0])
    return _between(own, light, share)


def _two_tone(rng: np.random.Generator, mask: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Two halves of clearly different hues, parted by a wavy line anywhere."""
    along, across = _axes(rng, mask)
    edge = rng.uniform(-0.25, 0.25) + 0.04 * np.sin(across * rng.uniform(2, 12) + rng.uniform(0, 6))
    return _between(own, _other(rng, own), along > edge)


def _cel(rng: np.random.Generator, mask: np.ndarray, own: np.ndarray) -> np.ndarray:
    """A hard shadow along one side, at times almost black."""
    angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.35) * np.sqrt(mask.sum())
    move = np.array([[1, 0, reach * np.cos(angle)], [0, 1, reach * np.sin(angle)]])
    lit = cv2.warpAffine(mask.astype(np.uint8), move, mask.shape[::-1], flags=cv2.INTER_NEAREST)
    black = rng.random() < 0.35
    dark = (
        np.array([_NEAR_BLACK, 0.3 * own[1], 0.3 * own[2]])
        if black
        else own * np.array([rng.uniform(0.45, 0.7), 0.9, 0.9])
    )
    return _between(own, dark, lit == 0)


def _gradient(rng: np.random.Generator, mask: np.ndarray, own: np.ndarray) -> np.ndarray:
    """A slow change to another colour."""
    along, _ = _axes(rng, mask)
    return _between(own, _other(rng, own), np.clip(along + 0.5, 0, 1))


def _stripes(rng: np.random.Generator, mask: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Stripes or checks of two colours."""
    along, across = _axes(rng, mask)
    count = rng.uniform(2, 9)
    share = (along * count) % 1 < 0.5
    if rng.random() < 0.3:
        share = share ^ ((across * count) % 1 < 0.5)
    return _between(own, _other(rng, own), share)


def _dots(rng: np.random.Generator, mask: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Dots of another colour."""
    along, across = _axes(rng, mask)
    count = rng.uniform(3, 8)
    u, v = (along * count) % 1 - 0.5, (across * count) % 1 - 0.5
    return _between(own, _other(rng, own), np.hypot(u, v) < rng.uniform(0.2, 0.42))


def _blotches(rng: np.random.Generator, mask: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Soft blotches of other tones, as models make them where they are unsure."""
    size = max(4, int(np.sqrt(mask.sum()) * rng.uniform(0.15, 0.5)))
    noise = smooth_noise(rng, mask.shape[::-1], size)
    return _between(own, _other(rng, own), np.clip(noise * rng.uniform(0.8, 3) - rng.uniform(0, 1), 0, 1))


MOTTLES: Mapping[str, Mottle] = {
    "shine": _shine,
    "two_tone": _two_tone,
    "cel": _cel,
    "gradient": _gradient,
    "stripes": _stripes,
    "dots": _dots,
    "blotches": _blotches,
}
"""Kinds of mottled shapes by name."""


def _other(rng: np.random.Generator, own: np.ndarray) -> np.ndarray:
    """Return another colour (3,) CIELAB: of another hue, lighter or darker."""
    amount, turn = rng.uniform(_WEAKEST, _STRONGEST), rng.uniform(0, 2 * np.pi)
    light = rng.uniform(-0.6, 0.6)
    step = amount * np.array([light, np.cos(turn) * np.sqrt(1 - light**2), np.sin(turn) * np.sqrt(1 - light**2)])
    other = own + step
    other[0] = np.clip(other[0], 10, 95)
    return other


def _axes(rng: np.random.Generator, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two coordinates (h,w) across a shape's window, turned anyhow: 0 in the middle, 1 for the longer side."""
    height, width = mask.shape
    down, right = np.mgrid[0:height, 0:width]
    angle = rng.uniform(0, 2 * np.pi)
    u, v = (right - width / 2) / max(width, height), (down - height / 2) / max(width, height)
    return np.cos(angle) * u + np.sin(angle) * v, np.cos(angle) * v - np.sin(angle) * u


def _noise_along(rng: np.random.Generator, across: np.ndarray, steps: int) -> np.ndarray:
    knots = rng.standard_normal(steps)
    return np.interp(across.ravel(), np.linspace(-0.8, 0.8, steps), knots).reshape(across.shape)


def _between(own: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return the mixture (h,w,3) CIELAB of two colours; `share` (h,w) 0..1 is that of the other."""
    weight = np.asarray(share, float)[..., None]
    return own * (1 - weight) + other * weight
