"""Layers of flat colour: exact to the byte, no seams, no larger than what is on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.clusters import unify
from huebrush_backend.flats.colors.region_colors import VOTED, RegionColors, override
from huebrush_backend.flats.layers.flats_layer import FlatLayer, flats_layer
from huebrush_backend.flats.layers.layer_per_color import color_area_layers, color_layers
from huebrush_backend.imaging.color import resize_rgba
from numpy.typing import NDArray
from simple_regions import SimpleRegions, labelled, ringed_page

RED, BLUE, SKIN, GREEN = (200, 30, 40), (20, 60, 220), (252, 214, 186), (40, 160, 80)


def painted(count: int, colors: dict[int, tuple[int, int, int]]) -> RegionColors:
    return override(RegionColors.unpainted(count), colors)


def colors_in(pixels: NDArray[np.uint8]) -> set[tuple[int, ...]]:
    return {tuple(color) for color in np.unique(pixels.reshape(-1, 4), axis=0).tolist()}


def test_hard_edges_have_no_colour_but_the_regions() -> None:
    page = ringed_page()
    colors = painted(4, {1: SKIN, 2: RED, 3: BLUE, 4: GREEN})
    layer = flats_layer(page.labels, page.boxes, colors, hard_edges=True)
    assert layer is not None
    assert colors_in(layer.pixels) == {(*color, 255) for color in (SKIN, RED, BLUE, GREEN)}
    assert (layer.pixels[..., :3] == colors.colors[page.labels]).all()


def test_soft_edges_mix_only_where_colours_meet() -> None:
    page = ringed_page()
    colors = painted(4, {1: SKIN, 2: RED, 3: BLUE, 4: RED})
    layer = flats_layer(page.labels, page.boxes, colors, hard_edges=False)
    assert layer is not None
    exact = colors.colors[page.labels]
    mixed = (layer.pixels[..., :3] != exact).any(axis=2)
    different = np.zeros(page.labels.shape, bool)
    padded = np.pad(exact, ((1, 1), (1, 1), (0, 0)), mode="edge")
    for down in range(3):
        for right in range(3):
            different |= (padded[down : down + 400, right : right + 400] != exact).any(axis=2)
    assert mixed.any()
    assert not (mixed & ~different).any()
    assert (layer.pixels[..., 3] == 255).all()


def test_an_edge_is_mixed_half_a_pixel_to_each_side() -> None:
    page = labelled(np.repeat([[1] * 4 + [2] * 4], 5, axis=0).astype(np.int32))
    layer = flats_layer(page.labels, page.boxes, painted(2, {1: (0, 0, 0), 2: (240, 240, 240)}), hard_edges=False)
    assert layer is not None
    assert (layer.pixels[..., 0] == [0, 0, 0, 60, 180, 240, 240, 240]).all()


@pytest.mark.parametrize("hard", [True, False])
def test_a_layer_is_cropped_to_what_is_painted(hard: bool) -> None:
    page = ringed_page()
    layer = flats_layer(page.labels, page.boxes, painted(4, {4: GREEN}), hard)
    assert layer is not None
    left, top, width, height = page.boxes[4].tolist()
    margin = 0 if hard else 1
    assert (layer.x, layer.y) == (left - margin, top - margin)
    assert layer.pixels.shape[:2] == (height + 2 * margin, width + 2 * margin)
    inside = page.labels[layer.y :, layer.x :][: layer.pixels.shape[0], : layer.pixels.shape[1]] == 4
    if hard:
        assert ((layer.pixels[..., 3] == 255) == inside).all()
    assert (layer.pixels[layer.pixels[..., 3] > 0][:, :3] == GREEN).all()
    assert (layer.pixels[layer.pixels[..., 3] == 0] == 0).all()


def test_nothing_painted_is_no_layer() -> None:
    page = ringed_page()
    assert flats_layer(page.labels, page.boxes, RegionColors.unpainted(4), hard_edges=True) is None


def test_bands_meet_without_a_trace() -> None:
    labels = (np.add.outer(np.arange(700), np.arange(3000)) // 40 % 2 + 1).astype(np.int32)
    page = labelled(labels)
    colors = painted(2, {1: RED, 2: BLUE})
    whole = flats_layer(labels, page.boxes, colors, hard_edges=False)
    middle = flats_layer(labels[300:400], labelled(labels[300:400]).boxes, colors, hard_edges=False)
    assert whole is not None and middle is not None
    assert (whole.pixels[301:399] == middle.pixels[1:-1]).all()


def stacked(layers: Iterable[FlatLayer], shape: tuple[int, int], paper: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Composite layers over paper as a painting program does, rounding after each."""
    page = np.empty((*shape, 3), np.float64)
    page[:] = paper
    for layer in layers:
        height, width = layer.pixels.shape[:2]
        window = page[layer.y : layer.y + height, layer.x : layer.x + width]
        alpha = layer.pixels[..., 3:] / 255
        window[:] = np.rint(layer.pixels[..., :3] * alpha + window * (1 - alpha))
    return page.astype(np.uint8)


def busy_page() -> SimpleRegions:
    """Seven regions that meet in corners, in slanted lines and in a thread of one pixel."""
    y, x = np.mgrid[:90, :120]
    labels = 1 + (x + 2 * y > 130).astype(np.int32) + 2 * (3 * x - y > 150)
    labels[(x - 60) ** 2 + (y - 45) ** 2 < 300] = 5
    labels[(x - 62) ** 2 + (y - 45) ** 2 < 60] = 6
    labels[abs(x - y - 10) < 1] = 7
    return labelled(labels.astype(np.int32))


BUSY = {1: SKIN, 2: RED, 3: BLUE, 4: GREEN, 5: (250, 250, 250), 6: RED, 7: (10, 10, 10)}


@pytest.mark.parametrize("hard", [True, False])
@pytest.mark.parametrize("paper", [(255, 255, 255), (255, 0, 255)])
def test_a_stack_by_colour_has_no_seam(hard: bool, paper: tuple[int, int, int]) -> None:
    page = busy_page()
    colors = painted(7, BUSY)
    layers = list(color_layers(page.labels, page.boxes, page.areas, colors, hard))
    single = flats_layer(page.labels, page.boxes, colors, hard)
    assert single is not None
    assert len(layers) == 6
    shown = stacked(layers, (90, 120), paper)
    assert np.abs(shown.astype(int) - single.pixels[..., :3]).max() <= (0 if hard else 2)


@pytest.mark.parametrize("paper", [(255, 255, 255), (255, 0, 255)])
def test_a_stack_beside_paper_looks_like_the_single_layer(paper: tuple[int, int, int]) -> None:
    page = busy_page()
    colors = painted(7, {label: color for label, color in BUSY.items() if label not in (1, 5)})
    shown = stacked(color_layers(page.labels, page.boxes, page.areas, colors, False), (90, 120), paper)
    single = flats_layer(page.labels, page.boxes, colors, False)
    assert single is not None
    expected = stacked([single], (90, 120), paper)
    assert np.abs(shown.astype(int) - expected).max() <= 2


def test_a_stack_stays_closed_when_its_layers_are_scaled() -> None:
    page = busy_page()
    layers = []
    for layer in color_layers(page.labels, page.boxes, page.areas, painted(7, BUSY), True):
        whole = np.zeros((90, 120, 4), np.uint8)
        whole[layer.y : layer.y + layer.pixels.shape[0], layer.x : layer.x + layer.pixels.shape[1]] = layer.pixels
        layers.append(replace(layer, pixels=resize_rgba(whole, 264, 198), x=0, y=0))
    cover = 1 - np.prod([1 - layer.pixels[..., 3] / 255 for layer in layers], axis=0)
    assert cover.min() > 0.995


@pytest.mark.parametrize("hard", [True, False])
def test_each_layer_has_one_exact_colour_and_no_empty_rim(hard: bool) -> None:
    page = busy_page()
    for layer in color_layers(page.labels, page.boxes, page.areas, painted(7, BUSY), hard):
        shown = layer.pixels[..., 3] > 0
        assert {tuple(color) for color in layer.pixels[shown][:, :3].tolist()} == {layer.color}
        assert (layer.pixels[~shown] == 0).all()
        assert shown[0].any() and shown[-1].any() and shown[:, 0].any() and shown[:, -1].any()
        if hard:
            assert (layer.pixels[shown][:, 3] == 255).all()


def test_layers_are_named_and_the_largest_lies_lowest() -> None:
    page = ringed_page()
    colors = painted(4, {1: SKIN, 2: (124, 78, 46), 3: (20, 60, 220), 4: (124, 78, 46)})
    layers = list(color_layers(page.labels, page.boxes, page.areas, colors, True, names={(20, 60, 220): "Coat"}))
    assert [layer.name for layer in layers] == ["fair skin #fcd6ba", "Coat #143cdc", "brown #7c4e2e"]
    assert [layer.artists_word for layer in layers] == ["", "Coat", ""]
    assert [layer.kind for layer in layers] == ["color"] * 3


def test_what_has_no_colour_is_on_no_layer() -> None:
    page = ringed_page()
    assert list(color_layers(page.labels, page.boxes, page.areas, RegionColors.unpainted(4), True)) == []
    (layer,) = color_layers(page.labels, page.boxes, page.areas, painted(4, {4: GREEN}), True)
    assert (layer.x, layer.y, *layer.pixels.shape[1::-1]) == tuple(page.boxes[4].tolist())


def test_more_colours_than_fit_a_byte_make_as_many_layers() -> None:
    labels = np.arange(1, 301, dtype=np.int32).reshape(15, 20).repeat(3, 0).repeat(3, 1)
    page = labelled(labels)
    colors = painted(300, {label: (label % 256, label // 256, 7) for label in range(1, 301)})
    layers = list(color_layers(page.labels, page.boxes, page.areas, colors, True))
    assert len(layers) == 300
    assert (stacked(layers, labels.shape, (255, 0, 255)) == colors.colors[labels]).all()


def test_parts_are_regions_of_one_colour_that_touch() -> None:
    brown = (124, 78, 46)
    labels = np.ones((40, 60), np.int32)
    labels[5:35, 5:15], labels[5:35, 15:25] = 2, 3  # two strands of one hair
    labels[5:15, 40:50], labels[15:25, 50:56] = 4, 5  # two that meet in a corner alone
    page = labelled(labels)
    colors = painted(5, {1: SKIN, 2: brown, 3: brown, 4: brown, 5: brown})
    borders = shared_borders(page.labels)
    layers = list(color_area_layers(page.labels, page.boxes, page.areas, borders, colors, True))
    assert [layer.name for layer in layers] == ["fair skin", "brown 1", "brown 2", "brown 3"]
    assert layers[1].pixels[..., 3].sum() // 255 == 600
    few = list(color_area_layers(page.labels, page.boxes, page.areas, borders, colors, True, most=2))
    assert [layer.name for layer in few] == ["fair skin", "brown", "brown, small areas"]
    for some in (layers, few):
        assert (stacked(some, (40, 60), (255, 0, 255)) == colors.colors[labels]).all()


def test_nearly_equal_votes_become_one_colour() -> None:
    colors = painted(4, {1: SKIN, 2: (124, 78, 46), 3: (126, 79, 47), 4: (122, 77, 46)})
    votes = replace(colors, sources=np.full(5, VOTED, np.uint8))
    even = unify(votes, np.array([0, 10, 500, 90, 80]))
    assert even.colors[1:].tolist() == [list(SKIN), [124, 78, 46], [124, 78, 46], [124, 78, 46]]
    assert (unify(colors, np.array([0, 10, 500, 90, 80])).colors == colors.colors).all()  # fixed by the artist
