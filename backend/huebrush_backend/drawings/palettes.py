"""Other palettes for a drawing: its colours turned round the colour circle, given to other parts, or all new."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.drawings.svg_shapes import Rgb
from huebrush_backend.imaging.color_words import NAMED_COLORS
from huebrush_backend.imaging.oklab import oklab_to_srgb, srgb_to_oklab

APART = 0.09
"""Distance in Oklab that new colours keep from one another while there is room."""
_CANDIDATES = 24
_JITTER = 6.0


def random_colors(present: Sequence[Rgb], rng: np.random.Generator, others: Sequence[Rgb] = ()) -> tuple[Rgb, ...]:
    """Return a new colour for each of the `present` ones, in their order.

    `others`: colours that stay, such as the ground's, from which the new ones keep apart.
    """
    if rng.random() < 0.3:
        turned = _turned(present, rng)
        if _least_distance([*turned, *others]) >= min(APART / 2, _least_distance([*present, *others])):
            return turned
    vocabulary = np.array(list(NAMED_COLORS.values()), np.float64)
    taken = srgb_to_oklab(np.array(others, np.uint8).reshape(-1, 3))
    colors: list[Rgb] = []
    for _ in present:
        picks = vocabulary[rng.integers(len(vocabulary), size=_CANDIDATES)] + rng.uniform(-_JITTER, _JITTER, 3)
        rgb = np.clip(np.rint(picks), 0, 255).astype(np.uint8)
        lab = srgb_to_oklab(rgb)
        distance = _to_nearest(lab, taken)
        far = np.flatnonzero(distance >= APART)
        chosen = int(far[0]) if len(far) else int(distance.argmax())
        taken = np.concatenate([taken, lab[chosen : chosen + 1]])
        colors.append(_as_rgb(rgb[chosen]))
    return tuple(colors)


def random_ground(rng: np.random.Generator) -> Rgb:
    """Return the colour of the paper or backdrop around a figure: often white, else mostly light."""
    kind = rng.random()
    if kind < 0.35:
        return 255, 255, 255
    lightness, chroma = (rng.uniform(0.8, 0.98), rng.uniform(0, 0.07)) if kind < 0.8 else (
        rng.uniform(0.25, 0.8),
        rng.uniform(0, 0.15),
    )  # fmt: skip
    angle = rng.uniform(0, 2 * np.pi)
    return _as_rgb(oklab_to_srgb(np.array([lightness, chroma * np.cos(angle), chroma * np.sin(angle)], np.float32)))


def _turned(present: Sequence[Rgb], rng: np.random.Generator) -> tuple[Rgb, ...]:
    """Return the colours turned round the circle of hues, all by the same angle."""
    lab = srgb_to_oklab(np.array(present, np.uint8).reshape(-1, 3))
    angle = rng.uniform(0.6, 2 * np.pi - 0.6)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    turned = np.concatenate([lab[:, :1], lab[:, 1:] @ turn.T], axis=1)
    return tuple(_as_rgb(color) for color in oklab_to_srgb(turned))


def _least_distance(colors: Sequence[Rgb]) -> float:
    lab = srgb_to_oklab(np.array(colors, np.uint8).reshape(-1, 3))
    if len(lab) < 2:
        return np.inf
    return min(float(_to_nearest(lab[i : i + 1], lab[:i])[0]) for i in range(1, len(lab)))


def _to_nearest(lab: NDArray[np.float32], taken: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the distance of each of `lab` (N,3) from the nearest of `taken` (M,3); infinite without any."""
    if not len(taken):
        return np.full(len(lab), np.inf, np.float32)
    return np.linalg.norm(lab[:, None] - taken[None], axis=2).min(axis=1)


def _as_rgb(color: NDArray[np.uint8]) -> Rgb:
    red, green, blue = (int(value) for value in color)
    return red, green, blue
