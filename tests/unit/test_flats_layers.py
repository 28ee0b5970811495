"""Layers of flat colour: exact to the byte, no seams, no larger than what is on them."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.flats.layers import flats_layer
from huebrush_backend.flats.region_colors import RegionColors, override
from numpy.typing import NDArray
from simple_regions import labelled, ringed_page

RED, BLUE, SKIN, GREEN = (200, 30, 40), (20, 60, 220), (252, 214, 186), (40, 160, 80)


def painted(count: int, colors: dict[int, tuple[int, int, int]]) -> RegionColors:
    return override(RegionColors.unpainted(count), colors)


def colours_in(pixels: NDArray[np.uint8]) -> set[tuple[int, ...]]:
    return {tuple(color) for color in np.unique(pixels.reshape(-1, 4), axis=0).tolist()}


def test_hard_edges_have_no_colour_but_the_regions() -> None:
    page = ringed_page()
    colors = painted(4, {1: SKIN, 2: RED, 3: BLUE, 4: GREEN})
    layer = flats_layer(page.labels, page.boxes, colors, hard_edges=True)
    assert layer is not None
    assert colours_in(layer.pixels) == {(*color, 255) for color in (SKIN, RED, BLUE, GREEN)}
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
