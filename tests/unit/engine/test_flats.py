"""Flats from the engine: without a model from hints or a palette, with fixes, and what the report says of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.engine.flats import RegionMaker
from huebrush_backend.engine.page_ink import PageInk
from huebrush_backend.engine.picture_cache import ModelPicture
from huebrush_backend.engine.plan import request_palette
from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult, Reference
from huebrush_backend.imaging.lineart import ink_coverage
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import WITHOUT_MODEL, RegionFix, RegionParameters

RED, GREEN, BLUE = (200, 30, 40), (20, 160, 60), (30, 60, 210)
LEFT, RIGHT, OUTSIDE = (100, 120), (300, 120), (10, 10)


def page(gap: int = 0) -> np.ndarray:
    """Two boxes side by side on a white page, the wall between them open for `gap` pixels."""
    grey = np.full((240, 400), 255, np.uint8)
    cv2.rectangle(grey, (40, 40), (360, 200), 0, 3)
    cv2.line(grey, (200, 40), (200, 200), 0, 3)
    if gap:
        grey[100 : 100 + gap, 195:206] = 255
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def strokes(*marks: tuple[tuple[int, int], tuple[int, int, int]]) -> np.ndarray:
    hints = np.zeros((240, 400, 4), np.uint8)
    for (x, y), color in marks:
        cv2.circle(hints, (x, y), 8, (*color, 255), -1)
    return hints


def make(
    regions: RegionParameters, hints: np.ndarray | None = None, picture: np.ndarray | None = None, gap: int = 0
) -> ColorizeResult:
    parameters = Parameters(regions=regions)
    references = (
        (Reference(np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])),) if picture is not None else ()
    )
    request = ColorizeRequest(WITHOUT_MODEL, page(gap), references, parameters, hints=hints)
    painted = ModelPicture(picture, parameters, None, ())
    made = RegionMaker().make(
        request, request_palette(request), PageInk(ink_coverage(request.line_art)), painted, lambda: None
    )
    return ColorizeResult(made.layers, {}, made.flats_report)


def color_at(result: ColorizeResult, place: tuple[int, int]) -> tuple[int, ...]:
    """The colour of the topmost layer that has one there; its alpha last."""
    for layer in reversed(result.layers):
        x, y = place[0] - layer.x, place[1] - layer.y
        if 0 <= y < layer.pixels.shape[0] and 0 <= x < layer.pixels.shape[1] and layer.pixels[y, x, 3]:
            return tuple(int(value) for value in layer.pixels[y, x])
    return (0, 0, 0, 0)


def two_tones() -> np.ndarray:
    """A picture as a model may paint it: red left, blue right, grey around."""
    picture = np.full((60, 100, 3), 128, np.uint8)
    picture[10:50, 10:50], picture[10:50, 50:90] = RED, BLUE
    return picture


def test_hints_alone_colour_the_regions_they_touch_exactly():
    result = make(RegionParameters(result="flats"), strokes((LEFT, RED), (RIGHT, BLUE)))
    assert color_at(result, LEFT) == (*RED, 255) and color_at(result, RIGHT) == (*BLUE, 255)
    assert color_at(result, OUTSIDE) == (0, 0, 0, 0)
    assert [place["kind"] for place in result.flats_report["places_to_check"]] == ["unpainted"]
    assert result.flats_report["clean"] is False and result.flats_report["regions"] == 3


def test_a_palette_alone_deals_colours_so_that_neighbours_differ():
    palette = ("#c81e28", "#14a03c", "#1e3cd2")
    result = make(RegionParameters(result="flats", palette=palette, hard_edges=True))
    found = {color_at(result, place) for place in (LEFT, RIGHT, OUTSIDE)}
    assert found == {(*RED, 255), (*GREEN, 255), (*BLUE, 255)}
    assert result.flats_report["palette"] == list(palette) and result.flats_report["clean"] is True


def test_a_picture_votes_and_hints_overrule_it():
    result = make(RegionParameters(result="flats"), strokes((RIGHT, GREEN)), two_tones())
    assert color_at(result, LEFT) == (*RED, 255)
    assert color_at(result, RIGHT) == (*GREEN, 255)
    assert color_at(result, OUTSIDE) == (128, 128, 128, 255)


def test_a_locked_palette_is_met_to_the_byte_and_what_it_lacks_is_no_alarm():
    result = make(RegionParameters(result="flats", palette=("#cc2030", "#808080")), picture=two_tones())
    assert color_at(result, LEFT) == (0xCC, 0x20, 0x30, 255)
    found = result.flats_report["places_to_check"]
    assert {fix["color"] for place in found for fix in place["fixes"]} <= {"#cc2030", "#808080", ""}
    assert not any(place["kind"] in ("off_palette", "lost_color") for place in found)


def test_two_clear_colours_in_one_region_are_never_a_clean_page():
    picture = two_tones()
    height, width = picture.shape[:2]
    picture[: height // 8, : width // 2] = GREEN
    result = make(RegionParameters(result="flats", color_borders=False), picture=picture)
    (place,) = [each for each in result.flats_report["places_to_check"] if each["kind"] == "two_colors"]
    assert result.flats_report["clean"] is False and place["visible"] > 100 and len(place["spots"][0]) == 6


def test_layers_by_colour_are_as_few_as_asked_for():
    layers = make(RegionParameters(result="flats_by_color", most_layers=1), picture=two_tones()).layers
    assert len(layers) == 3, "clearly different colours were united"


def test_an_open_palette_keeps_what_was_voted():
    result = make(RegionParameters(result="flats", palette=("#cc2030",), locked=False), picture=two_tones())
    assert color_at(result, LEFT) == (*RED, 255) and color_at(result, RIGHT) == (*BLUE, 255)


def test_regions_that_run_together_are_pointed_out_and_the_fix_parts_them():
    wanted = RegionParameters(result="flats", gap=10, color_borders=False)
    result = make(wanted, picture=two_tones(), gap=18)
    assert color_at(result, LEFT) == color_at(result, RIGHT)
    (place,) = [entry for entry in result.flats_report["places_to_check"] if entry["kind"] in ("merged", "open_gap")]
    assert place["x"] < 200 < place["x"] + place["width"] and place["y"] < 109 < place["y"] + place["height"]
    (fix,) = place["fixes"]
    closing = RegionFix(fix["kind"], fix["x"], fix["y"], fix["x2"], fix["y2"])
    mended = make(
        RegionParameters(result="flats", gap=10, color_borders=False, fixes=(closing,)), picture=two_tones(), gap=18
    )
    assert color_at(mended, LEFT) == (*RED, 255) and color_at(mended, RIGHT) == (*BLUE, 255)
    assert mended.flats_report["clean"] is True


def test_colours_part_what_runs_together_and_the_fix_takes_the_border_back():
    result = make(RegionParameters(result="flats", gap=10), picture=two_tones(), gap=18)
    assert color_at(result, LEFT) == (*RED, 255) and color_at(result, RIGHT) == (*BLUE, 255)
    (line,) = result.flats_report["color_borders"]
    assert all(195 < x < 206 and 90 < y < 130 for x, y in line) and len(line) > 1
    (place,) = result.flats_report["places_to_check"]
    assert place["kind"] == "color_border" and place["x"] < 200 < place["x"] + place["width"]
    (fix,) = place["fixes"]
    merging = RegionFix(fix["kind"], fix["x"], fix["y"], fix["x2"], fix["y2"])
    merged = make(RegionParameters(result="flats", gap=10, fixes=(merging,)), picture=two_tones(), gap=18)
    assert color_at(merged, LEFT) == color_at(merged, RIGHT)
    assert merged.flats_report["color_borders"] == []


def test_two_hints_part_a_region_and_no_place_is_made_of_that():
    hints = strokes((LEFT, RED), (RIGHT, BLUE), (OUTSIDE, GREEN))
    result = make(RegionParameters(result="flats", gap=10), hints, gap=60)
    assert color_at(result, LEFT) == (*RED, 255) and color_at(result, RIGHT) == (*BLUE, 255)
    assert color_at(result, OUTSIDE) == (*GREEN, 255)
    assert result.flats_report["clean"] is True and result.flats_report["color_borders"]


def test_a_gap_up_to_the_closing_width_is_closed_and_told():
    result = make(RegionParameters(result="flats", gap=20), picture=two_tones(), gap=18)
    assert color_at(result, LEFT) == (*RED, 255) and color_at(result, RIGHT) == (*BLUE, 255)
    (closure,) = result.flats_report["gap_closures"]
    assert closure[0] == pytest.approx(200, abs=3) and abs(closure[3] - closure[1]) == pytest.approx(19, abs=2)


def test_fixes_of_colour_and_merging_are_made():
    fixes = (RegionFix("merge", *LEFT, *RIGHT), RegionFix("color", *LEFT, color="#14a03c"))
    result = make(RegionParameters(result="flats", fixes=fixes), picture=two_tones())
    assert color_at(result, LEFT) == color_at(result, RIGHT) == (*GREEN, 255)


def test_a_layer_for_each_colour_with_its_name_and_colour():
    result = make(RegionParameters(result="flats_by_color"), strokes((LEFT, RED), (RIGHT, BLUE)))
    assert sorted(layer.color for layer in result.layers) == ["#1e3cd2", "#c81e28"]
    assert {layer.kind for layer in result.layers} == {"color"}
    assert all(layer.name.endswith(f" {layer.color}") for layer in result.layers)
    assert all(layer.pixels.shape[1] < 200 for layer in result.layers)  # no larger than what is painted


def test_a_layer_tells_the_artists_name_of_its_colour_from_the_backends_own():
    regions = RegionParameters(result="flats_by_area", palette=("#c81e28", "#1e3cd2"), palette_names=("red", ""))
    result = make(regions, picture=two_tones())
    words = {layer.color: (layer.name, layer.artists_word) for layer in result.layers}
    assert words["#c81e28"] == ("red", "red")
    assert words["#1e3cd2"][0] and words["#1e3cd2"][1] == ""


def test_the_models_picture_can_be_kept_below():
    result = make(RegionParameters(result="flats", keep_picture=True), picture=two_tones())
    assert [layer.kind for layer in result.layers] == ["picture", "flats"]


def test_regions_are_kept_while_the_lines_stay_the_same(monkeypatch):
    calls = []
    from huebrush_backend.engine import flats

    original = flats.find_regions
    monkeypatch.setattr(flats, "find_regions", lambda *words: calls.append(words) or original(*words))
    maker, parameters = RegionMaker(), Parameters(regions=RegionParameters(result="flats"))
    for hints, lines in (((LEFT, RED), page()), ((RIGHT, BLUE), page()), ((LEFT, RED), page(18))):
        request = ColorizeRequest(WITHOUT_MODEL, lines, (), parameters, hints=strokes(hints))
        maker.make(
            request,
            request_palette(request),
            PageInk(ink_coverage(lines)),
            ModelPicture(None, parameters, None, ()),
            lambda: None,
        )
    assert len(calls) == 2


def test_soft_edges_stay_on_the_lines_however_thin_they_are():
    grey = np.full((240, 400), 255, np.uint8)
    cv2.rectangle(grey, (40, 40), (360, 200), 0, 1)
    cv2.line(grey, (200, 40), (200, 200), 0, 1)
    lines = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    parameters = Parameters(regions=RegionParameters(result="flats"))
    request = ColorizeRequest(WITHOUT_MODEL, lines, (), parameters, hints=strokes((LEFT, RED), (RIGHT, BLUE)))
    painted = ModelPicture(None, parameters, None, ())
    (layer,) = (
        RegionMaker()
        .make(request, request_palette(request), PageInk(ink_coverage(lines)), painted, lambda: None)
        .layers
    )
    pixels = np.zeros((240, 400, 4), np.uint8)
    pixels[layer.y : layer.y + layer.pixels.shape[0], layer.x : layer.x + layer.pixels.shape[1]] = layer.pixels
    paper = pixels[grey == 255]
    assert {tuple(color) for color in np.unique(paper, axis=0).tolist()} == {(*RED, 255), (*BLUE, 255), (0, 0, 0, 0)}


def right_flats() -> np.ndarray:
    flats = np.full((240, 400, 4), (128, 128, 128, 255), np.uint8)
    flats[40:201, 40:200], flats[40:201, 200:361] = (*RED, 255), (*BLUE, 255)
    return flats


def check(flats: np.ndarray | None, *fixes: RegionFix, compared: Reference | None = None) -> ColorizeResult:
    parameters = Parameters(regions=RegionParameters(result="check", fixes=fixes))
    request = ColorizeRequest("demo", page(), (), parameters, flats=flats, compared=compared)
    made = RegionMaker().make(
        request,
        request_palette(request),
        PageInk(ink_coverage(page())),
        ModelPicture(None, parameters, None, ()),
        lambda: None,
    )
    return ColorizeResult(made.layers, {}, made.flats_report)


def test_the_artists_own_flats_are_checked_and_mended_on_a_layer_of_their_own():
    flats = right_flats()
    flats[100:103, 90:93, 3] = 0
    flats[150:154, 203:215] = (*RED, 255)
    found = check(flats)
    assert found.layers == () and [place["kind"] for place in found.flats_report["places_to_check"]] == [
        "leak",
        "unpainted",
    ]
    fixes = [entry["fixes"][0] for entry in found.flats_report["places_to_check"]]
    mended = check(flats, *(RegionFix("color", fix["x"], fix["y"], color=fix["color"]) for fix in fixes))
    assert mended.flats_report["clean"] is True
    assert color_at(mended, (91, 101)) == (*RED, 255) and color_at(mended, (210, 151)) == (*BLUE, 255)
    assert sum(int((layer.pixels[..., 3] > 0).sum()) for layer in mended.layers) <= 9 + 4 * 12


def test_two_results_are_compared_and_mixed_by_regions():
    """A report alone at first; then also the mix, which has the taken region of the one and all else of the other."""
    base, other = right_flats(), right_flats()
    other[40:201, 40:200], other[40:201, 200:361] = (10, 200, 90, 255), (240, 220, 20, 255)
    found = check(base, compared=Reference(other, "Two"))
    places = found.flats_report["places_to_check"]
    assert found.layers == () and found.flats_report["compared"] is True
    assert [place["kind"] for place in places] == ["differs"] * 2
    taken = next(place for place in places if place["color"] == "#0ac85a")["fixes"][0]
    mixed = check(base, RegionFix(taken["kind"], taken["x"], taken["y"]), compared=Reference(other, "Two"))
    (layer,) = mixed.layers
    assert (layer.kind, layer.name, layer.x, layer.y, layer.pixels.shape) == ("picture", "Mix", 0, 0, base.shape)
    assert color_at(mixed, (91, 101)) == (10, 200, 90, 255) and color_at(mixed, (300, 101)) == (*BLUE, 255)
    assert [place["color"] for place in mixed.flats_report["places_to_check"]] == ["#f0dc14"]
