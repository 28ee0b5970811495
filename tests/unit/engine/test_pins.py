"""Pins: what an earlier result shows there stays, to the byte, in a picture and in flats."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.pins import with_pins
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, Reference, ResultLayer
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import WITHOUT_MODEL, RegionFix, RegionParameters

HEIGHT, WIDTH = 240, 400
GREEN, PLUM = "#14a03c", "#7a2a6e"
LEFT, RIGHT = (100, 120), (300, 120)
PALETTE = ("#c81e28", GREEN, "#1e3cd2")


def page() -> np.ndarray:
    grey = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.rectangle(grey, (40, 40), (360, 200), 0, 3)
    cv2.line(grey, (200, 40), (200, 200), 0, 3)
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def pins(place: tuple[slice, slice], *, noise: bool = False) -> Reference:
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[place] = (0x7A, 0x2A, 0x6E, 255)
    if noise:
        pixels[place] = np.random.default_rng(5).integers(1, 256, pixels[place].shape, np.uint8)
    return Reference(pixels, "Result 1")


def flats(pinned: Reference | None, seed: int = 0, **regions: object) -> ColorizeResult:
    chosen = RegionParameters(result="flats", palette=PALETTE, **regions)  # type: ignore[arg-type]
    parameters = Parameters(seed=seed, regions=chosen)
    request = ColorizeRequest(WITHOUT_MODEL, page(), (), parameters, pinned=pinned)
    return Engine("cpu").colorize(request, lambda _: None, lambda: False)


def on_page(layer: ResultLayer) -> np.ndarray:
    canvas = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    height, width = layer.pixels.shape[:2]
    canvas[layer.y : layer.y + height, layer.x : layer.x + width] = layer.pixels
    return canvas


def color_at(result: ColorizeResult, x: int, y: int) -> str:
    return "#" + bytes(on_page(result.layers[0])[y, x, :3].tolist()).hex()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_pinned_region_of_an_earlier_result_stays_while_others_follow_the_palette(seed: int) -> None:
    earlier = on_page(flats(None, 0).layers[0])
    pinned = earlier.copy()
    pinned[:, : WIDTH // 2] = 0
    now = on_page(flats(Reference(pinned), seed, hard_edges=True).layers[0])
    here = pinned[..., 3] > 0
    assert np.array_equal(now[here], earlier[here])


def test_a_pin_wins_over_a_fix_and_the_whole_region_has_its_color() -> None:
    fix = RegionFix("color", *LEFT, color=GREEN)
    without, pinned = flats(None, fixes=(fix,)), flats(pins(np.s_[45:195, 45:195]), fixes=(fix,))
    assert color_at(without, *LEFT) == GREEN
    assert np.array_equal(on_page(pinned.layers[0])[45:195, 45:195], pins(np.s_[45:195, 45:195]).pixels[45:195, 45:195])
    assert color_at(pinned, 100, 42) == PLUM, "as far as its lines"
    assert color_at(pinned, *RIGHT) == color_at(without, *RIGHT)


def test_a_small_pin_keeps_its_own_pixels_only() -> None:
    place = np.s_[100:130, 80:120]
    was, now = on_page(flats(None).layers[0]), on_page(flats(pins(place, noise=True)).layers[0])
    assert np.array_equal(now[place], pins(place, noise=True).pixels[place])
    now[place] = was[place]
    assert np.array_equal(now, was)


def test_half_transparent_pixels_stay_in_a_picture_that_is_smaller_than_the_page() -> None:
    pinned = pins(np.s_[0:60, 0:90], noise=True)
    request = ColorizeRequest("demo", page(), (), Parameters(), pinned=pinned)
    painted = ResultLayer("Colour", np.full((50, 50, 4), 77, np.uint8), 40, 30, "picture")
    lines = ResultLayer("Lines", page(), kind="lines")
    (found, above) = with_pins(request, [painted, lines])
    here = pinned.pixels[..., 3] > 0
    assert above is lines and np.array_equal(found.pixels[here], pinned.pixels[here])
    expected = np.where(here[..., None], pinned.pixels, on_page(painted))
    assert np.array_equal(on_page(found), expected)


def test_pins_are_there_where_nothing_else_is_painted_and_below_the_shade() -> None:
    regions = RegionParameters(result="flats")
    pinned = pins(np.s_[0:9, 0:9])
    request = ColorizeRequest("demo", page(), (), Parameters(regions=regions), pinned=pinned)
    picture, shade = (ResultLayer(kind, page(), kind=kind) for kind in ("picture", "shade"))
    found = with_pins(request, [picture, shade])
    assert [layer.kind for layer in found] == ["picture", "flats", "shade"]
    assert np.array_equal(found[1].pixels, pinned.pixels)
