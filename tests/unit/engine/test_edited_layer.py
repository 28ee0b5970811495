"""Layers that are edited: flats stay flat and are not painted anew, and lines drawn from a picture stay in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from huebrush_backend.engine.edited_layer import has_lines
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, FigureMask, Reference
from huebrush_backend.imaging.color import composite_over
from huebrush_backend.imaging.line_extraction import extract_lines, line_art_layer
from huebrush_protocol.parameters import EXTRACT, Parameters, TextEdit
from huebrush_protocol.regions import STACKS, WITHOUT_MODEL, RegionParameters

HEIGHT, WIDTH = 160, 224
PLACE = (slice(40, 120), slice(60, 170))
RED, GREEN = (200, 30, 40), (20, 160, 60)
FLATS = RegionParameters(result="flats")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("cpu")


def picture() -> np.ndarray:
    """Two boxes side by side, drawn in black on white."""
    page = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    for left in (28, 118):
        cv2.rectangle(page, (left, 38), (left + 79, 121), (0, 0, 0, 255), 3)
    return page


def colors() -> np.ndarray:
    """An opaque layer in which neighbouring pixels differ, none of them dark."""
    layer = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    layer[..., :3] = np.random.default_rng(3).integers(120, 256, (HEIGHT, WIDTH, 3), np.uint8)
    return layer


def seen() -> np.ndarray:
    """The layer with the picture's lines over it, as a group of the two shows it."""
    return composite_over(line_art_layer(extract_lines(picture())), colors())


def mask(place: tuple[slice, slice]) -> FigureMask:
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[place] = 255
    return FigureMask(pixels, "mask")


def edited(engine: Engine, before: np.ndarray, *edits: TextEdit, **options: Any) -> ColorizeResult:
    """Edit `before` at PLACE, or where `masks` are, by a page drawn as a picture."""
    regions = options.pop("regions", RegionParameters())
    parameters = Parameters(steps=2, edits=edits, regions=regions, sketch_mode=EXTRACT)
    reference = Reference(np.full((32, 32, 4), (90, 120, 200, 255), np.uint8))
    masks = options.pop("masks", (mask(PLACE),))
    request = ColorizeRequest("demo", picture(), (reference,), parameters, before=Reference(before), edit_masks=masks)
    return engine.colorize(replace(request, **options), lambda event: None, lambda: False)


def layer_of(result: ColorizeResult) -> np.ndarray:
    (layer,) = result.layers
    return layer.pixels


def test_lines_are_known_in_what_is_seen_and_not_in_the_colours_alone() -> None:
    ink = extract_lines(picture())
    request = ColorizeRequest("demo", picture(), (), Parameters(sketch_mode=EXTRACT), before=Reference(seen()))
    assert has_lines(request, ink)
    assert not has_lines(replace(request, before=Reference(colors())), ink)
    assert not has_lines(replace(request, before=None), ink)
    assert not has_lines(replace(request, parameters=Parameters()), ink), "the artist's own lie above all"


@pytest.mark.parametrize("regions", [RegionParameters(), FLATS])
def test_extracted_lines_stay_in_the_layer_that_has_them(engine: Engine, regions: RegionParameters) -> None:
    before, ink = seen(), extract_lines(picture())
    found = layer_of(edited(engine, before, TextEdit("#c81e28", mask=0), regions=regions))
    inside = mask(PLACE).pixels > 0
    assert np.array_equal(found[~inside], before[~inside])
    core, free = inside & (ink > 0.95), inside & (ink == 0)
    assert core.sum() > 100 and (found[core][:, :3] < 40).all()
    assert tuple(np.median(found[free][:, :3], axis=0)) == pytest.approx(RED, abs=12)


def test_colours_below_lines_get_no_second_lines(engine: Engine) -> None:
    found = layer_of(edited(engine, colors(), TextEdit("#c81e28", mask=0), regions=FLATS))
    assert (found[PLACE] == (*RED, 255)).all()


def test_a_page_that_is_coloured_anew_has_its_lines_in_a_layer_of_their_own(engine: Engine) -> None:
    parameters = Parameters(steps=2, edits=(TextEdit("#c81e28", mask=0),), sketch_mode=EXTRACT)
    reference = Reference(np.full((32, 32, 4), (90, 120, 200, 255), np.uint8))
    request = ColorizeRequest("demo", picture(), (reference,), parameters, edit_masks=(mask(PLACE),))
    result = engine.colorize(request, lambda event: None, lambda: False)
    assert [layer.kind for layer in result.layers] == ["picture", "lines"]
    assert tuple(np.median(result.layers[0].pixels[PLACE][..., :3], axis=(0, 1))) == pytest.approx(RED, abs=12)


def test_flats_are_filled_in_the_order_of_the_edits(engine: Engine) -> None:
    """One region or several, what is painted is one even colour; where masks meet, the later one's."""
    over = mask((slice(100, 140), slice(100, 130)))
    edits = TextEdit("#c81e28", mask=0), TextEdit("#14a03c", mask=1)
    result = edited(engine, colors(), *edits, regions=FLATS, masks=(mask(PLACE), over), model=WITHOUT_MODEL)
    found, later = layer_of(result), over.pixels > 0
    assert (found[later] == (*GREEN, 255)).all()
    assert (found[(mask(PLACE).pixels > 0) & ~later] == (*RED, 255)).all()
    assert result.recipe["overlaps"] == [[1, 0]] and result.flats_report == {}


def test_flats_by_words_take_the_colour_that_the_model_paints_there(engine: Engine) -> None:
    result = edited(engine, colors(), TextEdit("striped shirt", mask=0), regions=FLATS)
    inside = layer_of(result)[PLACE].reshape(-1, 4)
    assert (inside == inside[0]).all() and inside[0, 3] == 255
    assert result.recipe["parameters"]["reference_guidance"] is not None, "the recipe leaves nothing open"


@pytest.mark.parametrize(("result", "kind"), STACKS.items())
def test_of_a_stack_of_layers_only_the_fills_come_back(engine: Engine, result: str, kind: str) -> None:
    """One layer for each edit, in its colour, cropped; laid over the stack they are what the one layer would be."""
    edits = TextEdit("#c81e28", mask=0), TextEdit("#14a03c", mask=1, feather=12)
    masks = mask(PLACE), mask((slice(100, 140), slice(100, 130)))
    options = {"masks": masks, "model": WITHOUT_MODEL}
    made = edited(engine, colors(), *edits, regions=RegionParameters(result), **options).layers
    assert [(layer.kind, layer.color) for layer in made] == [(kind, "#c81e28"), (kind, "#14a03c")]
    assert made[0].name == "red #c81e28" and (made[0].x, made[0].y, *made[0].pixels.shape) == (60, 40, 80, 110, 4)
    page = colors()
    for layer in made:
        height, width = layer.pixels.shape[:2]
        place = page[layer.y : layer.y + height, layer.x : layer.x + width]
        place[...] = composite_over(layer.pixels, place)
    assert np.abs(page.astype(int) - layer_of(edited(engine, colors(), *edits, regions=FLATS, **options))).max() <= 1


def test_flats_fade_out_over_the_feather(engine: Engine) -> None:
    grey = np.full((HEIGHT, WIDTH, 4), (128, 128, 128, 255), np.uint8)
    found = layer_of(edited(engine, grey, TextEdit("#c81e28", mask=0, feather=16), regions=FLATS))
    assert np.array_equal(found[mask(PLACE).pixels == 0], grey[mask(PLACE).pixels == 0])
    reds = found[80, 60:90, 0].astype(int)
    assert 128 <= reds[0] < reds[4] < reds[10] and reds[-1] == RED[0]
