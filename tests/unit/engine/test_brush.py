"""The text brush with the real engine and the built-in model: what is asked for inside, the same bytes outside."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, FigureMask, Reference
from huebrush_backend.imaging.oklab import srgb_to_oklab
from huebrush_protocol.parameters import Parameters, TextEdit
from huebrush_protocol.regions import WITHOUT_MODEL, RegionParameters

HEIGHT, WIDTH = 160, 224
LEFT, RIGHT = (slice(40, 120), slice(30, 105)), (slice(40, 120), slice(120, 195))
RED, GREEN = (200, 30, 40), (20, 160, 60)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("cpu")


def lines(scale: int = 1) -> np.ndarray:
    """Two boxes side by side, ink on nothing."""
    page = np.zeros((HEIGHT * scale, WIDTH * scale, 4), np.uint8)
    for left in (28, 118):
        corners = (left * scale, 38 * scale), ((left + 79) * scale, 121 * scale)
        cv2.rectangle(page, *corners, (0, 0, 0, 255), 2 * scale)
    return page


def before(scale: int = 1) -> np.ndarray:
    """A layer that nobody paints twice: noise, transparent at its edge."""
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (HEIGHT * scale, WIDTH * scale, 4), np.uint8)
    pixels[:, : 20 * scale, 3] = 0
    return pixels


def mask(place: tuple[slice, slice], scale: int = 1) -> FigureMask:
    pixels = np.zeros((HEIGHT * scale, WIDTH * scale), np.uint8)
    pixels[place] = 255
    return FigureMask(pixels, "mask")


def request(*edits: TextEdit, masks: tuple[FigureMask, ...], **options: Any) -> ColorizeRequest:
    reference = np.full((32, 32, 4), (90, 120, 200, 255), np.uint8)
    parameters = Parameters(steps=2, edits=edits, regions=options.pop("regions", RegionParameters()))
    made = ColorizeRequest("demo", lines(), (Reference(reference),), parameters, edit_masks=masks)
    return replace(made, **options)


def run(engine: Engine, wanted: ColorizeRequest) -> ColorizeResult:
    return engine.colorize(wanted, lambda event: None, lambda: False)


def layer_of(result: ColorizeResult) -> np.ndarray:
    (layer,) = result.layers
    assert (layer.x, layer.y) == (0, 0)
    return layer.pixels


def median(pixels: np.ndarray, place: tuple[slice, slice]) -> np.ndarray:
    return np.median(pixels[place][5:-5, 5:-5, :3].reshape(-1, 3), axis=0)


def distance(found: np.ndarray, color: tuple[int, int, int]) -> float:
    """How far two colours are apart in Oklab; red and green, as above, are by 0.35."""
    return float(np.linalg.norm(srgb_to_oklab(found.astype(np.uint8)) - srgb_to_oklab(np.array(color, np.uint8))))


@pytest.mark.parametrize("target", ["#c81e28", "crimson top", "striped shirt"])
def test_outside_the_mask_every_pixel_is_the_layers_own(engine: Engine, target: str) -> None:
    original = before()
    found = layer_of(run(engine, request(TextEdit(target, mask=0), masks=(mask(LEFT),), before=Reference(original))))
    outside = mask(LEFT).pixels == 0
    assert np.array_equal(found[outside], original[outside])
    assert (found[LEFT][..., 3] == 255).all()
    assert not np.array_equal(found[LEFT], original[LEFT])


@pytest.mark.parametrize(("target", "color"), [("#c81e28", RED), ("a crimson top", (180, 22, 50))])
def test_a_colour_is_reached_inside(engine: Engine, target: str, color: tuple[int, int, int]) -> None:
    found = layer_of(run(engine, request(TextEdit(target, mask=0), masks=(mask(LEFT),), before=Reference(before()))))
    assert distance(median(found, LEFT), color) < 0.03


def test_without_a_layer_the_models_own_picture_is_edited(engine: Engine) -> None:
    edit = TextEdit("#c81e28", mask=0)
    plain = layer_of(run(engine, request(masks=())))
    found = layer_of(run(engine, request(edit, masks=(mask(LEFT),))))
    outside = mask(LEFT).pixels == 0
    assert np.array_equal(found[outside], plain[outside]) and not np.array_equal(found, plain)
    off = request(replace(edit, strength=0.0), masks=(mask(LEFT),))
    assert np.array_equal(layer_of(run(engine, off)), plain)


def test_where_masks_overlap_the_later_edit_wins(engine: Engine) -> None:
    both = (slice(40, 120), slice(30, 195))
    edits = (TextEdit("#c81e28", mask=0), TextEdit("#14a03c", mask=1))
    found = layer_of(run(engine, request(*edits, masks=(mask(both), mask(RIGHT)), before=Reference(before()))))
    assert distance(median(found, LEFT), RED) < 0.1 and distance(median(found, RIGHT), GREEN) < 0.1
    turned = layer_of(run(engine, request(*edits[::-1], masks=(mask(both), mask(RIGHT)), before=Reference(before()))))
    assert distance(median(turned, RIGHT), RED) < 0.1


def test_a_feather_fades_out_inwards(engine: Engine) -> None:
    grey = np.full((HEIGHT, WIDTH, 4), (128, 128, 128, 255), np.uint8)
    edit = TextEdit("#c81e28", mask=0, feather=16)
    found = layer_of(run(engine, request(edit, masks=(mask(LEFT),), before=Reference(grey))))
    outside = mask(LEFT).pixels == 0
    assert np.array_equal(found[outside], grey[outside])
    reds = found[80, 30:70, 0].astype(int)
    assert 128 <= reds[0] < reds[4] < reds[10] and reds[-1] > 180


def test_a_small_place_of_a_large_page_is_reached(engine: Engine) -> None:
    """12 pixels of 1280: less than three of what the model looks at, were all of the page put before it."""
    scale, eye = 8, (slice(600, 612), slice(500, 512))
    page = np.full((HEIGHT * scale, WIDTH * scale, 4), (240, 220, 200, 255), np.uint8)
    art = lines(scale)
    cv2.circle(art, (506, 606), 10, (0, 0, 0, 255), 2)
    wanted = request(TextEdit("emerald eyes", mask=0), masks=(mask(eye, scale),), line_art=art)
    found = layer_of(run(engine, replace(wanted, before=Reference(page))))
    changed = (found != page).any(axis=2)
    assert changed[eye].all() and changed.sum() == 144
    assert np.median(found[eye][..., :3].reshape(-1, 3), axis=0) == pytest.approx((20, 172, 112), abs=6)


def test_flats_get_the_colour_exactly_in_the_regions_that_are_brushed(engine: Engine) -> None:
    stroke = mask((slice(75, 85), slice(50, 80)))
    wanted = request(TextEdit("#c81e28", mask=0), masks=(stroke,), regions=RegionParameters(result="flats"))
    (layer,) = run(engine, replace(wanted, model=WITHOUT_MODEL, references=())).layers
    assert tuple(layer.pixels[60 - layer.y, 90 - layer.x]) == (*RED, 255)
    painted = run(engine, wanted).layers[0]
    assert tuple(painted.pixels[60 - painted.y, 90 - painted.x]) == (*RED, 255)
    assert tuple(painted.pixels[80 - painted.y, 160 - painted.x, :3]) != RED


def test_flats_of_a_layer_change_inside_the_mask_alone(engine: Engine) -> None:
    stroke, original = mask((slice(75, 85), slice(50, 80))), before()
    wanted = request(TextEdit("#c81e28", mask=0), masks=(stroke,), regions=RegionParameters(result="flats"))
    found = layer_of(run(engine, replace(wanted, before=Reference(original))))
    inside = stroke.pixels > 0
    assert np.array_equal(found[~inside], original[~inside])
    assert (found[inside] == (*RED, 255)).all()


def test_a_stroke_can_mean_whole_regions(engine: Engine) -> None:
    """Its box alone changes, all of it; another edit with the same mask keeps to the mask."""
    stroke, original = mask((slice(75, 85), slice(50, 80))), before()
    whole = TextEdit("#c81e28", mask=0, whole_regions=True)
    result = run(engine, request(whole, masks=(stroke,), before=Reference(original)))
    changed = (layer_of(result) != original).any(axis=2)
    assert changed[42:118, 32:103].all() and not changed[:, 112:].any() and not changed[:30].any()
    assert result.recipe["parameters"]["edits"][0]["mask"] == 0, "the recipe has what was asked for"
    assert [entry["role"] for entry in result.recipe["inputs"]].count("edit_mask") == 1
    edits = (TextEdit("#14a03c", mask=0), whole)
    found = run(engine, request(*edits, masks=(stroke,), before=Reference(original)))
    assert found.recipe["overlaps"] == [[1, 0]]
    assert distance(median(layer_of(found), (slice(70, 90), slice(45, 85))), RED) < 0.1


def test_a_whole_region_ends_where_the_layers_colours_do_if_the_line_is_open(engine: Engine) -> None:
    """The box has no line for a third of one side, but its colour ends there."""
    open_page = lines()
    open_page[60:86, 104:112] = 0
    painted = np.full((HEIGHT, WIDTH, 4), (250, 250, 250, 255), np.uint8)
    painted[38:122, 28:108] = (40, 90, 200, 255)
    stroke, whole = mask((slice(75, 85), slice(50, 80))), TextEdit("#c81e28", mask=0, whole_regions=True)
    wanted = replace(request(whole, masks=(stroke,), before=Reference(painted)), line_art=open_page)
    changed = (layer_of(run(engine, wanted)) != painted).any(axis=2)
    assert changed[42:118, 32:100].all() and not changed[:, 114:].any() and not changed[:30].any()


def test_overlaps_are_in_the_recipe(engine: Engine) -> None:
    """By the edits' places among all of the request."""
    edits = (TextEdit("blue"), TextEdit("#c81e28", mask=0), TextEdit("#14a03c", mask=1))
    apart = run(engine, request(*edits, masks=(mask(LEFT), mask(RIGHT)), before=Reference(before())))
    both = mask((slice(40, 120), slice(30, 195)))
    across = run(engine, request(*edits, masks=(mask(LEFT), both), before=Reference(before())))
    assert (apart.recipe["overlaps"], across.recipe["overlaps"]) == ([], [[2, 1]])


def test_edits_masks_and_the_layer_are_in_the_recipe(engine: Engine) -> None:
    edit = TextEdit("#c81e28", mask=0)
    recipe = run(engine, request(edit, masks=(mask(LEFT),), before=Reference(before(), "Flats"))).recipe
    kept = {entry["role"]: entry for entry in recipe["inputs"]}
    assert kept["before"]["name"] == "Flats"
    assert kept["edit_mask"]["sha256"] == hashlib.sha256(mask(LEFT).pixels.tobytes()).hexdigest()
    assert recipe["parameters"]["edits"][0]["target"] == "#c81e28"
    assert recipe["parameters"]["reference_guidance"] is not None


def patch() -> Reference:
    """Lace to cut out of another reference: green stripes with dark ones, red around it that is transparent."""
    pixels = np.zeros((60, 90, 4), np.uint8)
    pixels[..., :3] = RED
    pixels[10:50, 20:80] = (*GREEN, 255)
    pixels[10:50:8, 20:80] = (10, 60, 30, 255)
    return Reference(pixels, "lace")


def test_a_place_gets_the_colour_of_a_patch_and_looks_at_it(engine: Engine) -> None:
    edit, original = TextEdit("lace", mask=0, patch=0), before()
    wanted = request(edit, masks=(mask(LEFT),), before=Reference(original), edit_patches=(patch(),))
    result = run(engine, wanted)
    found, outside = layer_of(result), mask(LEFT).pixels == 0
    assert np.array_equal(found[outside], original[outside])
    assert distance(median(found, LEFT), GREEN) < 0.03
    assert [entry["name"] for entry in result.recipe["inputs"] if entry["role"] == "edit_patch"] == ["lace"]
    swatch = replace(wanted, parameters=replace(wanted.parameters, edits=(TextEdit("#14a03c", mask=0),)))
    assert not np.array_equal(layer_of(run(engine, swatch))[LEFT], found[LEFT]), "the patch is more than its colour"


def test_flats_get_the_colour_of_a_patch_without_a_model(engine: Engine) -> None:
    stroke = mask((slice(75, 85), slice(50, 80)))
    edit = TextEdit("lace", mask=0, patch=0)
    wanted = request(edit, masks=(stroke,), regions=RegionParameters(result="flats"), edit_patches=(patch(),))
    (layer,) = run(engine, replace(wanted, model=WITHOUT_MODEL, references=())).layers
    assert tuple(layer.pixels[60 - layer.y, 90 - layer.x]) == (*GREEN, 255)
