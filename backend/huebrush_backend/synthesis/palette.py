"""Palettes: one named sRGB colour for each part class, clearly different from one another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab

from huebrush_backend.imaging.color_words import COLORS, SKIN_COLORS, SKINS
from huebrush_backend.synthesis.parts import PART_CLASSES, Part

_NEAR_WHITE = (252, 252, 252)

_FIRST = (
    Part.SKIN, Part.HAIR, Part.BACKGROUND, Part.TOP, Part.BOTTOM, Part.EYES, Part.JACKET, Part.HAT, Part.LEGWEAR,
    Part.RIBBON, Part.SHOES, Part.NECKWEAR, Part.BAG, Part.BELT, Part.BACKDROP, Part.ANIMAL, Part.GROUND,
    Part.FOLIAGE, Part.WALL, Part.ROOF, Part.BALLOON, Part.TRUNK, Part.DOOR, Part.MOON, Part.CLOUD, Part.FLOWER,
)  # fmt: skip
"""Order in which parts choose their colours; earlier parts have more choice."""

_SEPARATION = 17.0
_JITTER = 5.0


@dataclass(frozen=True)
class Palette:
    """Colours of a drawing: `colors` (len(PART_CLASSES), 3) uint8 sRGB by label, `names` a colour word for each, and
    `ink` the line's colour."""

    colors: np.ndarray
    names: tuple[str, ...]
    ink: tuple[int, int, int] = (0, 0, 0)


@lru_cache(maxsize=1)
def color_table() -> tuple[tuple[str, ...], np.ndarray, np.ndarray, np.ndarray]:
    """Return words, sRGB (n, 3) float, CIELAB (n, 3) and the CIEDE2000 matrix (n, n); skins come last."""
    words = (*COLORS, *SKINS)
    rgb = np.array([*COLORS.values(), *SKIN_COLORS.values()], dtype=np.float64)
    lab = rgb2lab(rgb[None] / 255)[0]
    return words, rgb, lab, deltaE_ciede2000(lab[:, None], lab[None])


def random_palette(rng: np.random.Generator) -> Palette:
    """Return a random palette: pastel, vivid, dark, muted or any; skin mostly natural, background light or dark.

    Colours of the first parts (skin, hair, background, garments) differ by about 12 CIEDE2000 or more. When the
    vocabulary runs out, late scene parts take the word farthest from all others.
    """
    words, rgb, lab, distance = color_table()
    count, plain = len(words), len(COLORS)
    weights = mood_weights(rng, lab)
    weights[plain:] = 0.0
    # Exponential race: the smallest of e / w is a draw in proportion to w, for all parts at once.
    race = rng.standard_exponential((len(_FIRST), count)) / np.maximum(weights, 1e-9)
    race[:, plain:] = np.inf
    if rng.random() < 0.82:
        race[0] = np.inf
        race[0, plain:] = rng.standard_exponential(count - plain) / (1.6, 2.4, 1.6, 1.0, 1.0, 0.8)
    lightness = lab[:, 0]
    race[2] *= np.where((lightness > 80) if rng.random() < 0.65 else (lightness < 60), 1.0, 1e4)
    nearest = np.full(count, np.inf)
    chosen = np.zeros(len(PART_CLASSES), dtype=np.intp)
    for row, part in zip(race, _FIRST, strict=True):
        allowed = nearest > _SEPARATION
        options = np.where(allowed & np.isfinite(row), row, np.inf)
        index = int(options.argmin())
        if not np.isfinite(options[index]):
            index = int(np.where(np.isfinite(row), nearest, -1).argmax())
        chosen[part] = index
        nearest = np.minimum(nearest, distance[index])
    colors = rgb[chosen] + rng.uniform(-_JITTER, _JITTER, (len(PART_CLASSES), 3))
    colors[Part.EYE_WHITE] = np.array(_NEAR_WHITE) - rng.uniform(0, 14, 3)
    names = [words[i] for i in chosen]
    names[Part.EYE_WHITE] = "white"
    mouth = int(rng.integers(3))
    colors[Part.MOUTH] = ((206, 84, 90), (160, 52, 60), (232, 130, 130))[mouth] + rng.uniform(-10, 10, 3)
    names[Part.MOUTH] = ("red", "dark red", "pink")[mouth]
    ink = (0, 0, 0)
    if rng.random() < 0.3:
        ink = ((58, 34, 28), (30, 30, 70), (70, 30, 60), (40, 50, 44))[int(rng.integers(4))]
    return Palette(np.clip(np.rint(colors), 0, 255).astype(np.uint8), tuple(names), ink)


def mood_weights(rng: np.random.Generator, lab: np.ndarray) -> np.ndarray:
    """Return the likelihood of each word in a palette of a random mood."""
    mood = rng.random()
    lightness, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    if mood < 0.45:
        return np.ones(len(lab))
    if mood < 0.6:  # pastel
        centre = (84, 28)
    elif mood < 0.75:  # vivid
        centre = (56, 78)
    elif mood < 0.87:  # dark
        centre = (30, 34)
    else:  # muted
        centre = (56, 18)
    return 0.06 + np.exp(-(((lightness - centre[0]) / 17) ** 2) - ((chroma - centre[1]) / 20) ** 2)
