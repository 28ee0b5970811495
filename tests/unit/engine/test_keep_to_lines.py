"""Results in which the picture keeps to the lines: pictures, those under flats, comic pages, and edits with a mask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from huebrush_backend.engine import painter
from huebrush_backend.engine.edits_kept_to_lines import edits_kept_to_lines
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.picture_cache import ModelPicture
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, Reference
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.imaging.brush_masks import Window
from huebrush_backend.imaging.color import color_difference
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import RegionParameters

SIDE = 400
BLUE, YELLOW, RED = (40, 80, 200), (240, 220, 120), (210, 40, 60)
RIGHT_OF_LINE = (slice(20, 380), slice(210, 380))

Colorize = Callable[[Parameters], ColorizeResult]


def ink() -> np.ndarray:
    """A line in the middle of the page, from top to bottom."""
    coverage = np.zeros((SIDE, SIDE), np.uint8)
    cv2.line(coverage, (200, 0), (200, SIDE - 1), (255,), 5)
    return coverage


def spilled() -> np.ndarray:
    """A picture of the page, a quarter as large: blue and yellow, with a patch of blue over the line."""
    picture = np.full((100, 100, 3), YELLOW, np.uint8)
    picture[:, :50] = BLUE
    cv2.circle(picture, (51, 40), 8, BLUE, -1)
    return picture


def off(pixels: np.ndarray, color: tuple[int, int, int]) -> float:
    return float(
        color_difference(pixels[..., :3], np.broadcast_to(np.array(color, np.uint8), pixels[..., :3].shape)).max()
    )


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[ColorizeRequest]:
    """The requests that the model was asked to paint; it paints `spilled`."""
    requests = []

    def paint(request: ColorizeRequest, *others: object) -> ModelPicture:
        requests.append(request)
        return ModelPicture(spilled(), request.parameters, None, ())

    monkeypatch.setattr(painter, "paint_picture", paint)
    return requests


@pytest.fixture
def colorize(painted: list[ColorizeRequest]) -> Colorize:
    engine = Engine("cpu")
    lines = np.zeros((SIDE, SIDE, 4), np.uint8)
    lines[..., 3] = ink()
    reference = Reference(np.full((32, 32, 4), 255, np.uint8))

    def run(parameters: Parameters) -> ColorizeResult:
        request = ColorizeRequest("demo", lines, (reference,), parameters)
        return engine.colorize(request, lambda event: None, lambda: False)

    return run


def test_the_picture_keeps_to_the_lines_unless_it_shall_not(colorize: Colorize, painted: list[ColorizeRequest]) -> None:
    kept, spilling = (colorize(Parameters(keep_to_lines=chosen)) for chosen in (True, False))
    assert off(kept.layers[0].pixels[RIGHT_OF_LINE], YELLOW) < 12
    assert off(spilling.layers[0].pixels[RIGHT_OF_LINE], YELLOW) > 40
    assert len(painted) == 1, "the switch needs no new picture"
    assert [made.recipe["parameters"]["keep_to_lines"] for made in (kept, spilling)] == [True, False]


def test_flats_are_the_same_and_the_picture_under_them_keeps_to_the_lines(colorize: Colorize) -> None:
    regions = RegionParameters(result="flats", keep_picture=True, shading=True)
    kept, spilling = (colorize(Parameters(keep_to_lines=chosen, regions=regions)) for chosen in (True, False))
    assert [layer.name for layer in kept.layers] == [layer.name for layer in spilling.layers]
    for one, other in zip(kept.layers[1:], spilling.layers[1:], strict=True):
        assert np.array_equal(one.pixels, other.pixels)
    assert kept.layers[0].kind == "picture"
    assert off(kept.layers[0].pixels[RIGHT_OF_LINE], YELLOW) < 12
    assert off(spilling.layers[0].pixels[RIGHT_OF_LINE], YELLOW) > 40


def edited(mask: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """The picture of an edit inside `mask`, kept to the lines, at the page's size."""
    regions = find_regions(ink(), 0)
    kept = edits_kept_to_lines(picture, regions, Window(0, 0, SIDE, SIDE), [mask], ink())
    return np.asarray(cv2.resize(kept, (SIDE, SIDE)), np.uint8)


def test_an_edit_in_a_part_of_a_region_keeps_its_new_colour() -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[240:320, 206:280] = 255
    picture = np.full((100, 100, 3), YELLOW, np.uint8)
    picture[:, :50] = BLUE
    picture[60:80, 51:70] = BLUE
    assert off(edited(mask, picture)[244:316, 212:276], BLUE) < 6


def test_the_old_colour_does_not_spill_into_an_edit_over_the_line() -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[:, 200:] = 255
    picture = spilled()
    picture[:, 50:][color_difference(picture[:, 50:], np.array(YELLOW, np.uint8)[None, None]) < 5] = RED
    assert off(edited(mask, picture)[RIGHT_OF_LINE], RED) < 12


def test_a_section_of_the_page_is_kept_to_its_own_lines() -> None:
    regions = find_regions(ink(), 0)
    window = Window(100, 60, 200, 200)
    mask = np.full((200, 200), 255, np.uint8)
    section = spilled()[15:65, 25:75]
    kept = edits_kept_to_lines(section, regions, window, [mask], ink()[window.slices])
    large = np.asarray(cv2.resize(kept, (200, 200)), np.uint8)
    assert off(large[10:190, 112:190], YELLOW) < 12


def test_a_page_of_one_region_is_left_alone(colorize: Colorize) -> None:
    lone = replace(find_regions(np.zeros((SIDE, SIDE), np.uint8), 0))
    kept = edits_kept_to_lines(
        spilled(), lone, Window(0, 0, SIDE, SIDE), [np.full((SIDE, SIDE), 255, np.uint8)], np.zeros_like(ink())
    )
    assert np.array_equal(kept, spilled())
