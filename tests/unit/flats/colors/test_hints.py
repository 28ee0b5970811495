"""Flats without a model: hints in the brush's exact colour, and colours spread from a palette."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.hints import hint_colors, with_hints
from huebrush_backend.flats.colors.region_colors import HINTED, INHERITED, NONE, SPREAD, UNSURE, VOTED, RegionColors
from huebrush_backend.flats.colors.spread_palette import spread_palette
from huebrush_backend.flats.palettes.palette import make_palette
from huebrush_protocol.palettes.swatches import Swatch
from numpy.typing import NDArray
from simple_regions import SimpleRegions, labelled, ringed_page

RED, BLUE, SKIN = (200, 30, 40), (20, 60, 220), (252, 214, 186)
Place = tuple[int, int]


def strokes(page: SimpleRegions, *lines: tuple[Place, Place, tuple[int, int, int]]) -> NDArray[np.uint8]:
    """Soft-edged brush strokes on a transparent layer."""
    layer = np.zeros((*page.labels.shape, 4), np.uint8)
    for start, end, color in lines:
        cover = np.zeros(page.labels.shape, np.uint8)
        cv2.line(cover, start, end, 255, 7, cv2.LINE_AA)
        above = cover > layer[..., 3]
        layer[above, :3] = color
        layer[..., 3] = np.maximum(layer[..., 3], cover)
    return layer


def ask(page: SimpleRegions, layer: NDArray[np.uint8]) -> RegionColors:
    return hint_colors(layer, page.labels, page.areas, shared_borders(page.labels, page.ink), page.ink)


def test_a_region_takes_the_brushs_colour_to_the_byte() -> None:
    page = ringed_page()
    label = page.labels[200, 300]
    found = ask(page, strokes(page, ((280, 190), (320, 210), RED)))
    assert tuple(found.colors[label]) == RED
    assert found.sources[label] == HINTED
    assert found.confidence[label] == 1
    others = [other for other in range(1, 5) if other != label]
    assert (found.sources[others] == NONE).all()


def test_a_half_transparent_brush_hints_too() -> None:
    page = ringed_page()
    layer = strokes(page, ((280, 190), (320, 210), RED))
    layer[..., 3] //= 2
    assert tuple(ask(page, layer).colors[page.labels[200, 300]]) == RED


def test_the_colour_that_covers_more_wins_and_the_other_is_remembered() -> None:
    page = ringed_page()
    found = ask(page, strokes(page, ((250, 190), (350, 190), BLUE), ((290, 230), (310, 230), RED)))
    label = page.labels[200, 300]
    assert tuple(found.colors[label]) == BLUE
    assert tuple(found.alternatives[label]) == RED
    assert 0.5 < found.confidence[label] < 1


def test_a_stroke_that_slips_over_a_line_hints_at_one_region_alone() -> None:
    page = ringed_page()
    edge = int(np.nonzero(page.labels[200] == page.labels[200, 300])[0].max())
    found = ask(page, strokes(page, ((230, 200), (edge + 2, 200), RED)))
    assert found.sources[page.labels[200, 300]] == HINTED
    assert found.sources[page.labels[5, 5]] == NONE


def test_one_stroke_may_hint_at_many_regions() -> None:
    page = ringed_page()
    found = ask(page, strokes(page, ((60, 200), (340, 200), RED)))
    assert (found.sources[[page.labels[200, 40], page.labels[200, 100], page.labels[200, 300]]] == HINTED).all()


def small_parts() -> SimpleRegions:
    labels = np.ones((200, 200), np.int32)
    labels[40:160, 40:160] = 2
    labels[80:84, 80:84] = 3  # a speck within
    labels[:4, :4] = 4  # a speck in the page's corner
    labels[100:140, 60:100] = 5  # not small
    return labelled(labels)


def test_hints_overrule_other_colours_which_become_the_alternative() -> None:
    page = ringed_page()
    label = page.labels[200, 300]
    before = RegionColors.unpainted(len(page.areas) - 1)
    before.colors[:], before.sources[:] = BLUE, VOTED
    found = with_hints(before, ask(page, strokes(page, ((280, 190), (320, 210), RED))))
    assert (found.colors[label].tolist(), found.alternatives[label].tolist()) == (list(RED), list(BLUE))
    assert (found.sources[label], found.confidence[label]) == (HINTED, 1)
    assert (np.delete(found.colors, label, 0) == BLUE).all() and (np.delete(found.sources, label) == VOTED).all()
    assert (before.colors == BLUE).all()


def test_specks_without_a_hint_take_their_neighbours_colour_but_nothing_large_or_at_the_edge_does() -> None:
    page = small_parts()
    found = ask(page, strokes(page, ((60, 60), (140, 60), SKIN), ((10, 180), (190, 180), BLUE)))
    assert found.sources[1:].tolist() == [HINTED, HINTED, INHERITED, NONE, NONE]
    assert tuple(found.colors[3]) == SKIN
    assert found.confidence[3] < UNSURE


def test_an_empty_layer_hints_at_nothing() -> None:
    page = ringed_page()
    assert not ask(page, np.zeros((400, 400, 4), np.uint8)).painted.any()


def test_hints_of_another_size_are_refused() -> None:
    page = ringed_page()
    with pytest.raises(ValueError, match="as large as the page"):
        ask(page, np.zeros((40, 40, 4), np.uint8))


def checkered() -> SimpleRegions:
    labels = np.arange(1, 121, dtype=np.int32).reshape(10, 12).repeat(10, 0).repeat(10, 1)
    return labelled(labels)


def test_spread_colours_tell_neighbours_apart_and_use_the_whole_palette() -> None:
    page = checkered()
    palette = make_palette(
        [Swatch(color) for color in (RED, BLUE, SKIN, (40, 160, 80), (250, 250, 250), (203, 30, 42))]
    )
    borders = shared_borders(page.labels)
    spread = spread_palette(palette, page.areas, borders, seed=3)
    assert (spread.sources[1:] == SPREAD).all()
    first, second = spread.colors[borders.first].astype(int), spread.colors[borders.second].astype(int)
    assert np.abs(first - second).max(axis=1).min() > 10  # the two reds do not lie side by side either
    assert len(np.unique(spread.colors[1:], axis=0)) == 6
    again, other = (spread_palette(palette, page.areas, borders, seed).colors for seed in (3, 4))
    assert (again == spread.colors).all()
    assert (other != spread.colors).any()


def test_one_colour_can_be_spread_to_all() -> None:
    page = checkered()
    spread = spread_palette(make_palette([Swatch(RED)]), page.areas, shared_borders(page.labels))
    assert {tuple(color) for color in spread.colors[1:].tolist()} == {RED}
