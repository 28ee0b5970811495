"""What edits in known places are worth: the metrics by hand, and the suite with a colorizer whose faults are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from huebrush_backend.engine.request import (
    ColorizeRequest,
    ColorizeResult,
    EventCallback,
    PaintedEvent,
    ResultLayer,
)
from huebrush_backend.evaluation.edit_pages import CLEARLY_ANOTHER, LARGE_SHARE, edit_page
from huebrush_backend.evaluation.edit_scores import (
    EditScore,
    color_word_distance,
    is_reached,
    locality,
    part_color,
    pixels_changed,
    summary,
)
from huebrush_backend.evaluation.edit_suite import evaluate_edits
from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.imaging.color_words import named_color
from huebrush_backend.synthesis import COLORS
from skimage.color import deltaE_ciede2000

LEFT = np.zeros((40, 60), bool)
LEFT[:, :20] = True


def filled(color: tuple[int, int, int], other: tuple[int, int, int]) -> np.ndarray:
    picture = np.empty((40, 60, 3), np.uint8)
    picture[...] = other
    picture[LEFT] = color
    return picture


def test_a_word_is_reached_by_what_is_nearest_to_it() -> None:
    no_ink = np.zeros((40, 60), np.uint8)
    color = part_color(filled((48, 106, 214), (0, 0, 0)), LEFT, no_ink)
    assert is_reached(color, "blue") and not is_reached(color, "royal blue")
    assert 0 < color_word_distance(color, "blue") < 3 < color_word_distance(color, "red")


def test_ink_and_the_border_of_a_part_do_not_count() -> None:
    picture = filled(COLORS["blue"], COLORS["red"])
    ink = np.zeros((40, 60), np.uint8)
    ink[:, 5:13] = 255
    picture[:, 5:13] = 0
    picture[:, 19] = COLORS["red"]
    assert is_reached(part_color(picture, LEFT, ink), "blue")


def test_pixels_count_as_changed_by_alpha_alone() -> None:
    before = np.zeros((40, 60, 4), np.uint8)
    after = before.copy()
    after[3, 40, 3] = after[4, 50, 0] = after[5, 5, 0] = 1
    assert pixels_changed(before, after, ~LEFT) == 2


def test_locality_is_the_share_of_what_changed() -> None:
    before = filled((90, 90, 90), (90, 90, 90))
    assert locality(before, filled((200, 30, 40), (90, 90, 90)), LEFT) == 1
    assert locality(before, filled((200, 30, 40), (200, 30, 40)), LEFT) == pytest.approx(1 / 3)
    assert locality(before, filled((90, 90, 90), (200, 30, 40)), LEFT) == 0
    assert locality(before, before, LEFT) == 0


def test_nothing_scored_has_no_shares() -> None:
    assert summary([])["reached"] is None and summary([])["edits"] == 0
    score = EditScore("large", True, False, 1.0, 4, 0.5)
    figures = summary([score, EditScore("small", False, False, 5.0, 3, 0.25)])
    assert (figures["reached"], figures["reached_by_model"], figures["median_delta_e"]) == (0.5, 0, 3)
    assert (figures["pixels_changed_outside"], figures["locality"]) == (7, 0.375)


def test_pages_ask_for_colours_that_are_not_there_by_words_that_name_them() -> None:
    pages = [edit_page(2, index, 128) for index in range(6)]
    edits = [(page, edit) for page in pages for edit in page.edits]
    assert {edit.size for _, edit in edits} == {"large", "small"}
    for page, edit in edits:
        share = edit.mask.mean()
        assert (share >= LARGE_SHARE) == (edit.size == "large") and share > 0
        assert named_color(edit.instead) == COLORS[edit.color]
        asked = to_lab(np.array(COLORS[edit.color], np.uint8))
        there = to_lab(page.pair.palette.colors[edit.part])
        assert deltaE_ciede2000(asked, there) >= CLEARLY_ANOTHER
    again = edit_page(2, 3, 128)
    assert [edit.instead for edit in again.edits] == [edit.instead for edit in pages[3].edits]
    assert any(edit_page(3, index, 128).edits[0].instead != pages[index].edits[0].instead for index in range(3))


Paint = Callable[[ColorizeRequest, np.ndarray], tuple[np.ndarray, np.ndarray | None]]


class ScriptedColorizer:
    """Colours the page grey, and an edit as its script says: the layer, and what the model itself painted."""

    def __init__(self, edit: Paint) -> None:
        self.edit, self.requests = edit, []

    def device_description(self) -> str:
        return "script"

    def colorize(
        self, request: ColorizeRequest, on_event: EventCallback, is_cancelled: Callable[[], bool]
    ) -> ColorizeResult:
        self.requests.append(request)
        pixels = np.full_like(request.line_art, 128)
        pixels[..., 3] = 255
        if request.parameters.edits:
            pixels, painted = self.edit(request, pixels)
            if painted is not None:
                on_event(PaintedEvent(8, 4, painted[4:, 8:]))
        return ColorizeResult((ResultLayer("Colour", pixels),), {})


def asked(request: ColorizeRequest) -> tuple[int, int, int]:
    color = named_color(request.parameters.edits[0].target)
    assert color is not None
    return color


def test_the_suite_tells_what_was_shifted_and_what_moved() -> None:
    def edit(request: ColorizeRequest, page: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        if not request.edit_masks:
            page[..., :3] = asked(request)
            return page, None
        raw = page[..., :3].copy()
        page[request.edit_masks[0].pixels > 0, :3] = asked(request)
        return page, raw

    colorizer = ScriptedColorizer(edit)
    report = evaluate_edits(colorizer, "demo", 2, 0, 3, page_of=lambda seed, index: edit_page(seed, index, 128))
    assert report["brushed"]["reached"] == 1 and report["brushed"]["reached_by_model"] == 0
    assert report["brushed"]["pixels_changed_outside"] == 0 and report["brushed"]["locality"] == 0
    for way in ("automatic", "everywhere"):
        assert report[way]["reached"] == report[way]["reached_by_model"] == 1
        assert report[way]["pixels_changed_outside"] > 0 and 0 < report[way]["locality"] < 1
    assert report["brushed"]["large"]["edits"] == 2
    brushed, automatic, everywhere = (request.parameters.edits[0] for request in colorizer.requests[1:4])
    assert brushed.is_brushed and brushed.target == automatic.target
    assert automatic.control == automatic.anchor and everywhere.control is None
    before = colorizer.requests[1].before
    assert before is not None and (before.pixels[..., :3] == 128).all()


def test_a_pixel_outside_is_counted() -> None:
    def brushed_alone(request: ColorizeRequest, page: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        if not request.edit_masks:
            return page, None
        mask = request.edit_masks[0].pixels
        page[mask > 0, :3] = asked(request)
        page.reshape(-1, 4)[np.flatnonzero(mask.ravel() == 0)[0], 3] = 254
        return page, page[..., :3].copy()

    colorizer = ScriptedColorizer(brushed_alone)
    report = evaluate_edits(colorizer, "demo", 1, 0, 3, page_of=lambda seed, index: edit_page(seed, index, 128))
    figures = report["brushed"]
    assert figures["pixels_changed_outside"] == figures["edits"] > 0
    assert report["everywhere"]["reached"] == 0
