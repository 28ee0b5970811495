"""Flats from a coloured picture, and from nothing: what gives the colours, what is refused, what the recipe says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from huebrush_backend.engine.colored import colored_layer
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.plan import make_plan
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, EngineError, FigureMask, Reference
from huebrush_backend.models.catalog import ModelEntry
from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameters import Parameters, TextEdit
from huebrush_protocol.regions import WITHOUT_MODEL, RegionParameters

RED, GREEN, BLUE, WHITE = (200, 30, 40), (20, 160, 60), (30, 60, 210), (255, 255, 255)
LEFT, RIGHT, OUTSIDE = (100, 120), (300, 120), (10, 10)
SIZE = WIDTH, HEIGHT = 400, 240


def page() -> np.ndarray:
    """Two boxes side by side on a transparent page."""
    lines = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    cv2.rectangle(lines, (40, 40), (360, 200), (0, 0, 0, 255), 3)
    cv2.line(lines, (200, 40), (200, 200), (0, 0, 0, 255), 3)
    return lines


def painted(*boxes: tuple[tuple[int, int, int, int], tuple[int, ...]], ground: tuple[int, ...] = (0, 0, 0, 0)) -> Any:
    pixels = np.full((HEIGHT, WIDTH, 4), ground, np.uint8)
    for (left, top, right, bottom), color in boxes:
        pixels[top:bottom, left:right] = color if len(color) == 4 else (*color, 255)
    return pixels


ROUGH = painted(((30, 30, 214, 212), RED), ((192, 34, 366, 196), BLUE))
"""Red left and blue right, each over its lines."""


def request(colored: np.ndarray | None, regions: RegionParameters | None = None, **options: Any) -> ColorizeRequest:
    regions = RegionParameters("flats", hard_edges=True) if regions is None else regions
    own = {key: options.pop(key) for key in list(options) if key in ColorizeRequest.__dataclass_fields__}
    made = ColorizeRequest(WITHOUT_MODEL, page(), (), Parameters(regions=regions, **options))
    return replace(made, **{"colored": None if colored is None else Reference(colored, "rough.png"), **own})


def make(wanted: ColorizeRequest) -> ColorizeResult:
    return Engine("cpu").colorize(wanted, lambda event: None, lambda: False)


def color_at(result: ColorizeResult, place: tuple[int, int]) -> tuple[int, ...]:
    """The colour of the topmost layer that has one there; its alpha last."""
    for layer in reversed(result.layers):
        x, y = place[0] - layer.x, place[1] - layer.y
        if 0 <= y < layer.pixels.shape[0] and 0 <= x < layer.pixels.shape[1] and layer.pixels[y, x, 3]:
            return tuple(int(value) for value in layer.pixels[y, x])
    return (0, 0, 0, 0)


def test_regions_get_exactly_the_colour_that_they_mostly_show() -> None:
    result = make(request(ROUGH))
    assert [color_at(result, place) for place in (LEFT, RIGHT)] == [(*RED, 255), (*BLUE, 255)]
    assert color_at(result, OUTSIDE) == (0, 0, 0, 0)
    (place,) = result.flats_report["places_to_check"]
    assert place["kind"] == "unpainted"
    assert set(result.flats_report["palette"]) == {"#c81e28", "#1e3cd2"}


def test_the_recipe_has_the_picture_and_no_model() -> None:
    recipe = make(request(ROUGH)).recipe
    (given,) = [item for item in recipe["inputs"] if item["role"] == "colored"]
    assert (given["name"], given["width"], given["height"], len(given["sha256"])) == ("rough.png", WIDTH, HEIGHT, 64)
    assert (recipe["model"], recipe["model_sha256"], recipe["dtype"]) == ("none", "", "")


@pytest.mark.parametrize("ratio", [0.3, 1.0, 2.5])
def test_the_picture_may_have_any_size(ratio: float) -> None:
    size = (round(WIDTH * ratio), round(HEIGHT * ratio))
    result = make(request(cv2.resize(ROUGH, size, interpolation=cv2.INTER_NEAREST)))
    assert [color_at(result, place) for place in (LEFT, RIGHT)] == [(*RED, 255), (*BLUE, 255)]


def test_paint_that_lies_off_is_moved_back_and_said_to_be() -> None:
    exact = painted(((40, 40, 200, 200), RED), ((200, 40, 360, 200), BLUE))
    result = make(request(np.roll(exact, (4, -5), (0, 1))))
    said = [note["arguments"] for note in result.recipe["notes"] if note["id"] == "note.paint_off"]
    assert len(said) == 1 and abs(said[0]["across"] + 5) <= 1 and abs(said[0]["down"] - 4) <= 1
    assert not any(note["id"] == "note.paint_off" for note in make(request(exact)).recipe["notes"])


def test_hints_and_fixes_win_over_the_picture() -> None:
    hints = painted(((90, 110, 110, 130), GREEN))
    assert color_at(make(request(ROUGH, hints=hints)), LEFT) == (*GREEN, 255)


def test_a_brushed_edit_with_a_colour_acts_and_words_are_refused() -> None:
    mask = FigureMask(painted(((250, 80, 340, 160), WHITE))[..., 3])
    edit = TextEdit("#14a03c", mask=0)
    assert color_at(make(request(ROUGH, edits=(edit,), edit_masks=(mask,))), RIGHT) == (*GREEN, 255)
    with pytest.raises(EngineError, match="words that name a colour"):
        make(request(ROUGH, edits=(replace(edit, target="lace"),), edit_masks=(mask,)))
    with pytest.raises(EngineError, match="no model paints"):
        make(request(ROUGH, edits=(TextEdit("red hair"),)))


def test_a_palette_of_the_picture_and_a_list_are_kept_to() -> None:
    of_picture = RegionParameters("flats", palette_size=2, hard_edges=True)
    assert set(make(request(ROUGH, of_picture)).flats_report["palette"]) == {"#c81e28", "#1e3cd2"}
    listed = RegionParameters("flats", palette=("#e02020", "#2020e0"), hard_edges=True)
    result = make(request(ROUGH, listed))
    assert [color_at(result, place)[:3] for place in (LEFT, RIGHT)] == [(0xE0, 0x20, 0x20), (0x20, 0x20, 0xE0)]


def test_layers_are_made_as_with_a_model() -> None:
    by_color = make(request(ROUGH, RegionParameters("flats_by_color"))).layers
    assert sorted(layer.color for layer in by_color) == ["#1e3cd2", "#c81e28"]
    assert {layer.kind for layer in make(request(ROUGH, RegionParameters("colorize_mask"))).layers} == {"stroke"}
    shaded = ROUGH.copy()
    shaded[50:190, 50:90, :3] = (120, 18, 24)
    kinds = [layer.kind for layer in make(request(shaded, RegionParameters("flats", shading=True))).layers]
    assert kinds[:2] == ["flats", "shade"]
    kept = make(request(ROUGH, RegionParameters("flats", keep_picture=True))).layers[0]
    assert kept.kind == "picture" and np.array_equal(kept.pixels, ROUGH)
    assert colored_layer(Reference(ROUGH), 200, 120).pixels.shape == (120, 200, 4)


def test_an_open_region_is_parted_between_two_paints() -> None:
    lines = page()
    lines[105:125, 195:206] = 0
    result = make(request(ROUGH, line_art=lines, parameters=Parameters(regions=RegionParameters("flats", gap=0.0))))
    assert [color_at(result, place) for place in (LEFT, RIGHT)] == [(*RED, 255), (*BLUE, 255)]
    assert result.flats_report["color_borders"]


def test_paper_of_an_opaque_picture_stays_unpainted_and_can_be_taken() -> None:
    result = make(request(painted(((40, 40, 200, 200), RED), ground=(*WHITE, 255))))
    assert color_at(result, LEFT) == (*RED, 255) and color_at(result, RIGHT) == (0, 0, 0, 0)
    places = result.flats_report["places_to_check"]
    assert {place["kind"] for place in places} == {"unpainted"} and len(places) == 2
    assert all(place["fixes"][0]["color"] == "#ffffff" for place in places)


def test_a_picture_painted_all_over_has_no_paper() -> None:
    result = make(request(painted(((40, 40, 200, 200), WHITE), ((200, 40, 360, 200), RED), ground=(*BLUE, 255))))
    found = [color_at(result, place)[:3] for place in (LEFT, RIGHT, OUTSIDE)]
    assert found == [WHITE, RED, BLUE]


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (request(painted()), "'rough.png' is empty"),
        (request(page()), "is the line art itself"),
        (request(ROUGH[:100]), "differ in shape"),
        (request(ROUGH, model="plain"), "no model can paint"),
        (request(ROUGH, RegionParameters("picture")), "there is no picture, only flats"),
        (
            request(
                ROUGH,
                before=Reference(ROUGH),
                edits=(TextEdit("#14a03c", mask=0),),
                edit_masks=(FigureMask(ROUGH[..., 3]),),
            ),
            "cannot change a layer",
        ),
        (request(None, hints=painted()), "The layer of hints is empty"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_done(wanted: ColorizeRequest, says: str) -> None:
    entry = ModelEntry(ModelInfo("plain", "plain", "test", "", available=True), None)  # type: ignore[arg-type]
    with pytest.raises(EngineError, match=says) as caught:
        make_plan(wanted, lambda name: entry)
    assert caught.value.code == "bad_input" and caught.value.remedy


def test_a_picture_that_shows_only_the_lines_is_refused() -> None:
    scan = np.where(page()[..., 3:] > 0, np.uint8(0), np.uint8(255)) * np.ones(4, np.uint8)
    scan[..., 3] = 255
    with pytest.raises(EngineError, match="shows no paint between the lines") as caught:
        make(request(scan))
    assert "colour in the shapes" in caught.value.remedy


def test_nothing_to_take_from_gives_each_region_a_colour_of_its_own() -> None:
    result = make(request(None))
    found = [color_at(result, place)[:3] for place in (LEFT, RIGHT, OUTSIDE)]
    assert len(set(found)) == 3 and result.flats_report["clean"]
    assert any(note["id"] == "note.different_colors" for note in result.recipe["notes"])
    again = make(request(None, seed=1))
    assert [color_at(again, place)[:3] for place in (LEFT, RIGHT, OUTSIDE)] != found
