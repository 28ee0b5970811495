"""Palettes for all part classes: parts that appear in the same kind of picture differ from one another."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from huebrush_backend.imaging.color_words import COLORS
from huebrush_backend.synthesis.palette import Palette, color_table, mood_weights, random_palette
from huebrush_backend.synthesis.parts import ALL_PART_CLASSES, PART_CLASSES, Part
from huebrush_backend.synthesis.rich.kinds import PARTS_OF_KIND

_SEPARATION = 14.0
_JITTER = 5.0
_WHITE_PAGES = 0.25
_FEW_COLORS = 0.12
_COLORED_LINES = 0.18
_INKS = ((58, 34, 28), (30, 30, 70), (70, 30, 60), (40, 50, 44))


def rich_palette(rng: np.random.Generator) -> Palette:
    """Return a random palette for every class of `ALL_PART_CLASSES`.

    The first classes are coloured as `random_palette` does. A quarter of the pages are white, some palettes repeat
    their colours on several parts, as artists with few paints do, and some have coloured lines.
    """
    seed = int(rng.integers(2**62))
    base = random_palette(np.random.default_rng(seed))
    words, rgb, lab, distance = color_table()
    plain = len(COLORS)
    # The mood is what `random_palette` draws first, so the same seed gives the same mood.
    weights = mood_weights(np.random.default_rng(seed), lab)
    weights[plain:] = 0
    first, count = len(PART_CLASSES), len(ALL_PART_CLASSES)
    place = {word: number for number, word in enumerate(words)}
    together = _together()
    nearest = np.full((count, len(words)), np.inf)
    chosen = np.zeros(count, dtype=np.intp)
    for part in range(first):
        chosen[part] = place[base.names[part]] if base.names[part] in place else place["red"]
        nearest[together[part]] = np.minimum(nearest[together[part]], distance[chosen[part]])
    race = rng.standard_exponential((count, len(words))) / np.maximum(weights, 1e-9)
    race[:, plain:] = np.inf
    few = rng.random() < _FEW_COLORS
    kept = rng.permutation(plain)[: int(rng.integers(7, 12))]
    if few:
        race[:, np.setdiff1d(np.arange(plain), kept)] = np.inf
    for part in _order():
        options = np.where(nearest[part] > _SEPARATION, race[part], np.inf)
        index = int(options.argmin())
        if not np.isfinite(options[index]):
            index = int(np.where(np.isfinite(race[part]), nearest[part], -1).argmax())
        chosen[part] = index
        nearest[together[part]] = np.minimum(nearest[together[part]], distance[index])
    colors = rgb[chosen] + rng.uniform(-_JITTER, _JITTER, (count, 3))
    colors[:first] = base.colors
    names = [*base.names, *(words[number] for number in chosen[first:])]
    if rng.random() < _WHITE_PAGES:
        colors[Part.BACKGROUND] = 255 - rng.uniform(0, 8) * rng.uniform(0, 1, 3)
        names[Part.BACKGROUND] = "white"
    return Palette(np.clip(np.rint(colors), 0, 255).astype(np.uint8), tuple(names), _ink(rng))


def _ink(rng: np.random.Generator) -> tuple[int, int, int]:
    choice = rng.random()
    if choice < 0.55:
        return (0, 0, 0)
    if choice < 1 - _COLORED_LINES:
        return _INKS[int(rng.integers(len(_INKS)))]
    red, green, blue = (int(value) for value in rng.uniform(10, 130, 3))
    return (red, green, blue)


@lru_cache(maxsize=1)
def _together() -> np.ndarray:
    """Return True where two classes appear in the same kind of picture, (classes, classes) bool."""
    count = len(ALL_PART_CLASSES)
    together = np.zeros((count, count), bool)
    for parts in PARTS_OF_KIND.values():
        together[np.ix_(parts, parts)] = True
    return together


@lru_cache(maxsize=1)
def _order() -> tuple[int, ...]:
    """Return the rich classes in the order in which they choose their colours: those of large areas first."""
    first = len(PART_CLASSES)
    rank = np.full(len(ALL_PART_CLASSES), np.inf)
    for parts in PARTS_OF_KIND.values():
        for place, part in enumerate(parts):
            rank[part] = min(rank[part], place)
    return tuple(int(part) for part in np.argsort(rank, kind="stable") if part >= first)
