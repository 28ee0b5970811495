"""Layers that a person can handle: tones that can hardly be told apart become one, clearly different ones never."""

from __future__ import annotations

import numpy as np
from huebrush_backend.flats.colors.few_tones import CLEARLY_APART, reduce_tones
from huebrush_backend.flats.colors.region_colors import HINTED, VOTED, RegionColors
from huebrush_backend.imaging.color import color_difference


def regions_in(colors: list[tuple[int, int, int]]) -> RegionColors:
    found = RegionColors.unpainted(len(colors))
    found.colors[1:], found.confidence[1:], found.sources[1:] = colors, 0.9, VOTED
    return found


def tones(colors: RegionColors) -> set[tuple[int, ...]]:
    return set(map(tuple, colors.colors[colors.painted].tolist()))


def test_a_sketch_of_many_tones_gets_as_many_layers_as_asked():
    rng = np.random.default_rng(1)
    base = rng.integers(30, 220, (8, 3))
    shades = [tuple((base[number % 8] + rng.integers(-9, 10, 3)).tolist()) for number in range(98)]
    colors = regions_in(shades)
    areas = np.append(0, rng.integers(5, 5000, 98))
    reduced = reduce_tones(colors, areas, 24)
    assert len(tones(colors)) > 90 and len(tones(reduced)) == 24
    assert tones(reduced) <= tones(colors), "a colour was made up"
    assert color_difference(colors.colors[1:], reduced.colors[1:]).max() < CLEARLY_APART


def test_few_tones_stay_as_they_are():
    colors = regions_in([(200, 30, 40), (198, 32, 41)])
    assert reduce_tones(colors, np.array([0, 10, 10]), 2) is colors


def test_clearly_different_tones_stay_apart_even_if_there_are_too_many():
    colors = regions_in([(200, 30, 40), (30, 60, 210), (20, 160, 60), (0, 0, 0)])
    assert len(tones(reduce_tones(colors, np.array([0, 5000, 5000, 5000, 3]), 1))) == 4


def test_the_smaller_tone_takes_the_larger_ones_colour():
    colors = regions_in([(200, 30, 40), (206, 40, 48), (30, 60, 210)])
    assert tones(reduce_tones(colors, np.array([0, 10, 900, 900]), 2)) == {(206, 40, 48), (30, 60, 210)}


def test_the_artists_own_colours_stay_to_the_byte():
    colors = regions_in([(200, 30, 40), (206, 40, 48)])
    colors.sources[1] = HINTED
    assert tones(reduce_tones(colors, np.array([0, 10, 900]), 1)) == {(200, 30, 40)}
