"""Flats in the reference's own colours: from the engine with the built-in model, and from a picture that is given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from huebrush_backend.engine import painter
from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.flats import RegionMaker, RegionResult
from huebrush_backend.engine.page_ink import PageInk
from huebrush_backend.engine.picture_cache import ModelPicture
from huebrush_backend.engine.plan import request_palette
from huebrush_backend.engine.reference_colors import palette_of
from huebrush_backend.engine.request import ColorizeRequest, FigureMask, Reference
from huebrush_backend.evaluation.sets import frozen_pair
from huebrush_backend.flats.colors.reference_looks import ReferenceLooks
from huebrush_backend.imaging.color import color_difference, with_alpha
from huebrush_backend.imaging.color_codes import rgb_from_hex
from huebrush_backend.imaging.lineart import ink_coverage
from huebrush_protocol.parameters import Enhancement, Parameters, TextEdit
from huebrush_protocol.regions import FROM_PICTURE, RegionFix, RegionParameters

RED, BLUE, GREEN, WHITE = (200, 30, 40), (30, 60, 210), (20, 160, 60), (255, 255, 255)
LEFT, RIGHT, OUTSIDE = (100, 120), (300, 120), (10, 10)


def page() -> np.ndarray:
    """Two boxes side by side on a white page."""
    grey = np.full((240, 400), 255, np.uint8)
    cv2.rectangle(grey, (40, 40), (360, 200), 0, 3)
    cv2.line(grey, (200, 40), (200, 200), 0, 3)
    return with_alpha(np.repeat(grey[..., None], 3, axis=2))


def columns(*colors: tuple[int, int, int]) -> Reference:
    """A reference with a column of equal width in each colour."""
    pixels = np.empty((120, 120, 4), np.uint8)
    for number, color in enumerate(colors):
        pixels[:, 120 * number // len(colors) : 120 * (number + 1) // len(colors)] = (*color, 255)
    return Reference(pixels)


def muddy() -> np.ndarray:
    """A picture as a model may paint it: colours near red left and near blue right, grey around."""
    picture = np.full((60, 100, 3), 235, np.uint8)
    picture[10:50, 10:50], picture[10:50, 50:90] = (170, 60, 60), (60, 70, 170)
    return picture


def make(
    *references: Reference,
    picture: np.ndarray | None = None,
    looks: ReferenceLooks | None = None,
    regions: dict[str, Any] | None = None,
    **parameters: Any,
) -> RegionResult:
    chosen = RegionParameters(**{"result": "flats", "hard_edges": True, **(regions or {})})
    extra = {name: parameters.pop(name) for name in ("background", "hints") if name in parameters}
    made = Parameters(regions=chosen, **parameters)
    request = ColorizeRequest("demo", page(), references, made, **extra)
    painted = ModelPicture(muddy() if picture is None else picture, made, None, (), looks)
    lines = PageInk(ink_coverage(request.line_art))
    return RegionMaker().make(request, request_palette(request), lines, painted, lambda: None)


def color_at(result: Any, place: tuple[float, float]) -> tuple[int, ...]:
    x, y = place
    return tuple(int(value) for value in result.layers[-1].pixels[int(y), int(x)][:3])


def test_a_drawing_gets_the_references_own_colours_and_says_where_from(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = frozen_pair(11, 3)
    reference = Reference(with_alpha(pair.reference.picture))
    regions = RegionParameters(result="flats", hard_edges=True)
    request = ColorizeRequest(
        model="demo",
        line_art=with_alpha(np.repeat(pair.line_art[..., None], 3, axis=2)),
        references=(reference,),
        parameters=Parameters(seed=1, steps=3, regions=regions),
    )
    engine = Engine("cpu")
    first = engine.colorize(request, lambda event: None, lambda: False)
    assert not [note for note in first.recipe["notes"] if note["id"] == "note.nearest_colors"]
    assert first.recipe["parameters"]["regions"]["colors_from"] == "reference"
    there_are = {tuple(color) for color in reference.pixels[..., :3].reshape(-1, 3).tolist()}
    used = {tuple(color) for color in first.layers[0].pixels[..., :3].reshape(-1, 3).tolist()}
    assert len(used) > 3
    assert used <= there_are, "colours that the reference does not have"

    rows, pixels = first.flats_report["sources"], reference.pixels
    assert sum(row["share"] for row in rows) == pytest.approx(1, abs=0.01)
    assert [row["share"] for row in rows] == sorted((row["share"] for row in rows), reverse=True)
    assert sum(row["regions"] for row in rows) == first.flats_report["regions"]
    for row in rows:
        spot = pixels[int(row["y"] * pixels.shape[0]), int(row["x"] * pixels.shape[1]), :3]
        assert color_difference(spot, np.array(rgb_from_hex(row["reference_color"]), np.uint8)) < 12
        assert all(color_at(first, place) == rgb_from_hex(row["color"]) for place in row["points"])
        assert len(row["alternatives"]) <= 2
        for other in row["alternatives"]:
            own, swapped = (np.array(rgb_from_hex(each["color"]), np.uint8) for each in (row, other))
            assert color_difference(own, swapped) >= 10

    # From here on nothing is painted: the kept picture knows what it looked at.
    monkeypatch.setattr(painter, "paint_picture", None)
    again = engine.colorize(request, lambda event: None, lambda: False)
    assert again.flats_report["sources"] == rows
    assert np.array_equal(again.layers[0].pixels, first.layers[0].pixels)
    as_painted = replace(
        request, parameters=Parameters(seed=1, steps=3, regions=replace(regions, colors_from=FROM_PICTURE))
    )
    plain = engine.colorize(as_painted, lambda event: None, lambda: False)
    assert plain.flats_report["sources"] == []
    assert not {tuple(color) for color in plain.layers[0].pixels[..., :3].reshape(-1, 3).tolist()} <= there_are


def test_muddy_paint_takes_the_references_colours_and_grey_none() -> None:
    result = make(columns(RED, BLUE, WHITE))
    assert (color_at(result, LEFT), color_at(result, RIGHT), color_at(result, OUTSIDE)) == (RED, BLUE, WHITE)
    assert [note.id for note in result.notes] == ["note.gaps", "note.nearest_colors"]
    as_painted = make(columns(RED, BLUE, WHITE), regions={"colors_from": FROM_PICTURE})
    assert color_at(as_painted, LEFT) == (170, 60, 60)
    assert as_painted.flats_report["sources"] == []


def test_what_the_page_looked_at_outweighs_paint_between_two_colours() -> None:
    reference = columns(RED, BLUE, WHITE)
    request = ColorizeRequest("demo", page(), (reference,), Parameters())
    palette = palette_of(request)
    weights = np.full((6, 10, 3), 0.02, np.float16)
    number = {tuple(color): index for index, color in enumerate(palette.colors.tolist())}
    weights[:, :5, number[BLUE]] = weights[:, 5:, number[RED]] = 0.9
    picture = np.full((60, 100, 3), 235, np.uint8)
    picture[10:50, 10:90] = (130, 60, 130)
    result = make(reference, picture=picture, looks=ReferenceLooks(palette, weights))
    assert (color_at(result, LEFT), color_at(result, RIGHT)) == (BLUE, RED)
    assert [note.id for note in result.notes] == ["note.gaps"]


def test_each_part_can_be_swapped_by_fixes_at_its_points() -> None:
    reference = columns(RED, BLUE, WHITE)
    (row,) = [row for row in make(reference).flats_report["sources"] if row["color"] == "#c81e28"]
    assert (row["regions"], row["reference"]) == (1, 0)
    assert 0 < row["x"] < 1 / 3
    swap = row["alternatives"][0]["color"]
    fixes = tuple(RegionFix("color", x, y, color=swap) for x, y in row["points"])
    result = make(reference, regions={"fixes": fixes})
    assert color_at(result, LEFT) == rgb_from_hex(swap)
    assert "#c81e28" not in [row["color"] for row in result.flats_report["sources"]]


def test_a_locked_palette_still_wins() -> None:
    palette = ("#b41e1e", "#2828b4", "#ffffff", "#20a040")
    result = make(columns(RED, BLUE, WHITE), regions={"palette": palette})
    assert color_at(result, LEFT) == rgb_from_hex(palette[0])
    (row,) = [row for row in result.flats_report["sources"] if row["color"] == palette[0]]
    assert row["reference_color"] == "#c81e28"
    assert {other["color"] for other in row["alternatives"]} <= set(palette) - {palette[0]}


def test_hints_count_and_are_no_source() -> None:
    hints = np.zeros((240, 400, 4), np.uint8)
    cv2.circle(hints, LEFT, 8, (*GREEN, 255), -1)
    result = make(columns(RED, BLUE, WHITE), hints=hints)
    assert color_at(result, LEFT) == GREEN
    assert {row["color"] for row in result.flats_report["sources"]} == {"#1e3cd2", "#ffffff"}


def test_an_edit_by_text_keeps_what_the_model_painted() -> None:
    result = make(columns(RED, BLUE, WHITE), edits=(TextEdit("green coat"),))
    assert color_at(result, LEFT) == (170, 60, 60)
    idle = make(columns(RED, BLUE, WHITE), edits=(TextEdit("green coat", strength=0.0),))
    assert color_at(idle, LEFT) == RED


def test_what_looked_at_a_background_picture_keeps_its_paint() -> None:
    reference = columns(RED, BLUE, WHITE)
    palette = palette_of(ColorizeRequest("demo", page(), (reference,), Parameters()))
    weights = np.full((6, 10, 3), 0.3, np.float16)
    weights[:, 5:] = 0
    shown = {"background": columns(GREEN), "enhancement": Enhancement(background=True)}
    result = make(reference, looks=ReferenceLooks(palette, weights), **shown)
    assert color_at(result, LEFT) == RED
    assert color_at(result, RIGHT) == (60, 70, 170)
    assert make(reference, **shown).flats_report["sources"] == []


def test_without_references_all_is_as_painted() -> None:
    result = make()
    assert color_at(result, LEFT) == (170, 60, 60)
    assert (result.flats_report["sources"], result.flats_report["more_sources"]) == ([], 0)


def test_spots_are_those_of_the_reference_as_it_was_sent() -> None:
    sent = np.zeros((200, 400, 4), np.uint8)
    sent[50:150, 100:200] = (*RED, 255)
    sent[50:150, 200:300] = (*BLUE, 255)
    on_paper = np.full((200, 400, 4), 255, np.uint8)
    on_paper[50:150, 100:200] = (*RED, 255)
    on_paper[50:150, 200:300] = (*BLUE, 255)
    for picture, padding, trims_margins in ((sent, 1.0, False), (sent, 1.5, False), (on_paper, 1.2, True)):
        request = ColorizeRequest("demo", page(), (Reference(picture),), Parameters(reference_padding=padding))
        palette = palette_of(request, trims_margins)
        assert len(palette) >= 2
        for color, (x, y) in zip(palette.colors.tolist(), palette.spots, strict=True):
            if tuple(color) == WHITE:
                continue
            assert tuple(sent[int(y * 200), int(x * 400), :3]) == tuple(color)


def test_a_part_of_a_reference_that_does_not_count_gives_no_colour() -> None:
    left_out = np.zeros((120, 120), np.uint8)
    left_out[:, :40] = 255
    reference = replace(columns(RED, BLUE, WHITE), left_out=FigureMask(left_out))
    palette = palette_of(ColorizeRequest("demo", page(), (reference,), Parameters()))
    assert sorted(map(tuple, palette.colors.tolist())) == sorted([BLUE, WHITE])
