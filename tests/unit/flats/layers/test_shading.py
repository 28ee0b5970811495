"""Shadow and light of the model's picture stay inside their region, and make the picture again over its own flats."""

from __future__ import annotations

import cv2
import numpy as np
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.colors.vote import vote
from huebrush_backend.flats.layers.flats_layer import FlatLayer
from huebrush_backend.flats.layers.shading import shading_layers
from numpy.typing import NDArray
from simple_regions import SimpleRegions, ringed_page

COLORS = [(252, 214, 186), (200, 60, 60), (60, 90, 220), (60, 160, 90)]


def flat(page: SimpleRegions) -> NDArray[np.uint8]:
    return np.array([(0, 0, 0), *COLORS], np.uint8)[page.labels]


def model_picture(page: SimpleRegions, shading: NDArray[np.float32], side: int = 100) -> NDArray[np.uint8]:
    lit = flat(page) * shading[..., None] * (1 - page.ink[..., None] / np.float32(255))
    return np.rint(cv2.resize(lit.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)).astype(np.uint8)


def ask(page: SimpleRegions, picture: NDArray[np.uint8]) -> tuple[list[FlatLayer], RegionColors]:
    voted = vote(picture, page.labels, page.boxes, page.ink, shared_borders(page.labels, page.ink))
    return shading_layers(picture, page.labels, page.boxes, page.ink, voted), voted


def opacity(layer: FlatLayer, shape: tuple[int, ...]) -> NDArray[np.float64]:
    page = np.zeros(shape)
    height, width = layer.pixels.shape[:2]
    page[layer.y : layer.y + height, layer.x : layer.x + width] = layer.pixels[..., 3] / 255
    return page


def half_shaded(page: SimpleRegions, label: int) -> NDArray[np.float32]:
    """The lower part of one region in shadow."""
    shading = np.ones(page.labels.shape, np.float32)
    shading[220:][page.labels[220:] == label] = 0.6
    return shading


def test_an_even_picture_has_no_shading_whatever_its_lines() -> None:
    page = ringed_page()
    assert ask(page, model_picture(page, np.ones((400, 400), np.float32)))[0] == []


def test_a_shadow_is_a_multiply_layer_inside_its_region() -> None:
    page = ringed_page()
    label = int(page.labels[200, 300])
    (shadow,), _ = ask(page, model_picture(page, half_shaded(page, label)))
    assert (shadow.blend, shadow.kind, shadow.color) == ("multiply", "shade", (0, 0, 0))
    alpha = opacity(shadow, page.labels.shape)
    assert (page.labels[alpha > 0] == label).all()
    inner = cv2.erode((page.labels == label).astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
    assert np.abs(alpha[240:][inner[240:]] - 0.4).max() < 0.06
    assert alpha[:205][inner[:205]].max() < 0.02


def test_multiplied_over_the_flats_it_makes_the_picture_again_and_over_others_the_same_shadow() -> None:
    page = ringed_page()
    label = int(page.labels[200, 300])
    shading = half_shaded(page, label)
    (shadow,), voted = ask(page, model_picture(page, shading))
    alpha = opacity(shadow, page.labels.shape)
    shown = voted.colors[page.labels] * (1 - alpha[..., None])
    away = (page.ink == 0) & (cv2.dilate(page.ink, np.ones((17, 17), np.uint8)) == 0)
    away[208:232] = False  # the shadow's edge, as soft as the small picture has it
    assert np.abs(shown - flat(page) * shading[..., None])[away].max() < 12


def test_a_light_is_a_screen_layer() -> None:
    page = ringed_page()
    label = int(page.labels[200, 300])
    picture = model_picture(page, np.ones((400, 400), np.float32))
    cells = cv2.resize((page.labels == label).astype(np.uint8), (100, 100), interpolation=cv2.INTER_NEAREST) > 0
    cells[:60] = False
    cells &= picture.sum(axis=2) > 300
    picture[cells] = 255 - ((255 - picture[cells]) * 0.6).astype(np.uint8)
    layers, _ = ask(page, picture)
    light = next(layer for layer in layers if layer.kind == "light")
    assert (light.blend, light.color) == ("screen", (255, 255, 255))
    alpha = opacity(light, page.labels.shape)
    assert (page.labels[alpha > 0] == label).all()
    assert 0.3 < alpha[255, 300] < 0.45


def test_another_part_that_ran_into_a_region_is_no_shadow() -> None:
    page = ringed_page()
    picture = model_picture(page, np.ones((400, 400), np.float32))
    picture[54:62, 68:82] = (90, 20, 160)  # in the right circle, red
    assert ask(page, picture)[0] == []
