"""Layouts of comic pages: panels, gutters, balloons and lettering are found, and other drawings have none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.comics.layout import PageLayout, find_layout
from huebrush_backend.synthesis import draw
from huebrush_backend.synthesis.comic_pages import draw_comic_page

from tests.unit.comics.comic_drawings import PANELS, comic_page, speech, write


def layout_of(ink: np.ndarray) -> PageLayout:
    layout = find_layout(ink)
    assert layout is not None
    return layout


def test_panels_are_found_in_reading_order() -> None:
    layout = layout_of(comic_page())
    assert layout.found == 3
    for (left, top, right, bottom), (x, y, width, height) in zip(PANELS, layout.boxes, strict=True):
        assert abs(x - left) <= 4 and abs(y - top) <= 4
        assert abs(x + width - right) <= 4 and abs(y + height - bottom) <= 4


def test_gutters_and_margins_are_found_and_nothing_inside_panels() -> None:
    layout = layout_of(comic_page())
    for x, y in ((10, 10), (300, 312), (300, 500), (590, 790)):
        assert layout.gutters[y, x]
    for left, top, right, bottom in PANELS:
        assert not layout.gutters[top:bottom, left:right].any()


def test_a_larger_page_has_the_same_layout_at_its_own_size() -> None:
    large = np.asarray(cv2.resize(comic_page(), (2400, 3200), interpolation=cv2.INTER_LINEAR))
    layout = layout_of(large)
    assert layout.found == 3 and layout.scale < 1
    for (left, top, _, _), (x, y, _, _) in zip(PANELS, layout.boxes, strict=True):
        assert abs(x - 4 * left) <= 16 and abs(y - 4 * top) <= 16


@pytest.mark.parametrize("seed", range(8))
def test_a_drawing_without_panels_has_no_layout(seed: int) -> None:
    assert find_layout(draw(np.random.default_rng(seed), 400).ink) is None


def test_drawings_with_frames_in_them_have_no_layout() -> None:
    ink = np.zeros((600, 600), np.uint8)
    cv2.rectangle(ink, (60, 60), (540, 590), 255, 3)  # a house with windows, not in the middle of the page
    for x in (110, 260, 410):
        cv2.rectangle(ink, (x, 160), (x + 80, 300), 255, 3)
    cv2.fillPoly(ink, [np.array([(30, 60), (300, 5), (570, 60)])], 255)
    assert find_layout(ink) is None
    assert find_layout(np.zeros((500, 400), np.uint8)) is None


def test_a_balloon_with_words_is_found_with_its_tail() -> None:
    ink = comic_page()
    speech(ink, 200, 110)
    tail = np.array([(190, 153), (230, 151), (240, 200)])
    cv2.fillPoly(ink, [tail], 0)
    cv2.polylines(ink, [tail], True, 255, 2)
    cv2.line(ink, (193, 150), (227, 150), 0, 7)
    layout = layout_of(ink)
    assert layout.balloons.max() == 1
    assert layout.balloons[110, 120] and layout.balloons[175, 230]
    assert not layout.balloons[110, 320]


def test_a_balloon_that_is_open_at_its_tail_is_closed_there() -> None:
    ink = comic_page()
    speech(ink, 200, 110)
    cv2.rectangle(ink, (196, 148), (201, 162), 0, -1)
    layout = layout_of(ink)
    assert layout.balloons[110, 120] == 1
    assert not layout.balloons[200:290, 60:540].any()


@pytest.mark.parametrize("thing", ["face", "plate", "egg", "windows"])
def test_a_shape_with_something_else_in_it_is_no_balloon(thing: str) -> None:
    ink = comic_page()
    speech(ink, 140, 90)
    cv2.ellipse(ink, (400, 150), (80, 95), 0, 0, 360, 255, 3)
    if thing == "face":
        for x in (370, 430):
            cv2.ellipse(ink, (x, 135), (12, 8), 0, 0, 360, 255, 2)
            cv2.circle(ink, (x, 135), 4, 255, -1)
            cv2.line(ink, (x - 12, 118), (x + 12, 116), 255, 2)
        cv2.line(ink, (398, 150), (394, 168), 255, 2)
        cv2.ellipse(ink, (400, 190), (22, 10), 0, 0, 180, 255, 2)
    elif thing == "plate":
        cv2.ellipse(ink, (400, 150), (55, 68), 0, 0, 360, 255, 2)
    elif thing == "egg":
        for x in (380, 400, 420):
            cv2.circle(ink, (x, 150), 4, 255, -1)
    else:
        for x in (360, 390, 420):
            cv2.rectangle(ink, (x, 140), (x + 18, 162), 255, 2)
    layout = layout_of(ink)
    assert layout.balloons.max() == 1  # the real one
    assert not layout.balloons[150 - 60 : 150 + 60, 340:460].any()


def test_a_caption_at_a_border_is_told_from_a_balloon() -> None:
    ink = comic_page()
    cv2.rectangle(ink, (40, 40), (210, 80), 0, -1)
    cv2.rectangle(ink, (40, 40), (210, 80), 255, 3)
    write(ink, "LATER THAT DAY", 52, 66)
    layout = layout_of(ink)
    assert layout.balloons.max() == 1 and layout.captions == (1,)


def test_bold_letters_outside_of_balloons_are_lettering() -> None:
    ink = comic_page()
    speech(ink, 140, 90)
    write(ink, "BOOM", 330, 110, 1.4, 6)
    layout = layout_of(ink)
    assert layout.lettering[60:115, 325:450].any()
    assert layout.balloons[60:115, 325:450].max() == 0


@pytest.mark.parametrize("kind", ["slanted", "wobbly", "double", "bleeding", "black", "breakout", "borderless"])
def test_gutters_of_every_kind_are_found(kind: str) -> None:
    page = draw_comic_page(1, kind)
    layout = layout_of(page.ink)
    found = layout.gutters > 0
    assert (page.gutters & ~found).sum() <= 0.08 * page.gutters.sum()
    assert (page.painted & found).sum() <= 0.01 * page.painted.sum()


def test_another_array_is_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        find_layout(np.zeros((300, 300), np.float32))  # type: ignore[arg-type]


def test_a_wall_with_windows_that_does_not_reach_the_pages_edge_is_no_gutter() -> None:
    ink = np.zeros((600, 800), np.uint8)
    cv2.rectangle(ink, (60, 60), (740, 540), 255, 3)
    for left, top in ((100, 100), (320, 100), (540, 100), (100, 320), (320, 320), (540, 320)):
        cv2.rectangle(ink, (left, top), (left + 160, top + 180), 255, 3)
    layout = find_layout(ink)
    assert layout is None or (layout.found == 1 and not layout.gutters[90, 300] and not layout.gutters[300, 290])


def sketched_page(stroke: int = 2) -> np.ndarray:
    """Four panels whose borders are three strokes each that overshoot the corners across the gutters."""
    rng = np.random.default_rng(5)
    ink = np.zeros((1000, 800), np.uint8)
    for left, top, right, bottom in (
        (50, 50, 392, 470),
        (410, 50, 750, 470),
        (50, 488, 392, 950),
        (410, 488, 750, 950),
    ):
        for _ in range(3):
            for x in (left, right):
                x += int(rng.integers(-2, 3))
                cv2.line(ink, (x, top - int(rng.integers(7, 12))), (x, bottom + int(rng.integers(7, 12))), 255, stroke)
            for y in (top, bottom):
                y += int(rng.integers(-2, 3))
                cv2.line(ink, (left - int(rng.integers(7, 12)), y), (right + int(rng.integers(7, 12)), y), 255, stroke)
        cv2.circle(ink, ((left + right) // 2, bottom - 120), 80, 255, 3)
    return ink


@pytest.mark.parametrize("stroke", [1, 2])
def test_gutters_that_overshooting_borders_cut_up_are_found(stroke: int) -> None:
    layout = layout_of(sketched_page(stroke))
    assert layout.found == 4
    for x, y in ((401, 200), (401, 700), (200, 479), (600, 479), (401, 479)):
        assert layout.gutters[y, x], (x, y)
    assert not layout.gutters[100:400, 100:350].any()


def test_a_caption_between_overshooting_borders_is_no_gutter() -> None:
    page = draw_comic_page(22009, "sketch")
    layout = layout_of(page.ink)
    assert (layout.balloons[page.balloons] > 0).mean() >= 0.9
    assert layout.gutters[page.balloons].mean() <= 0.01


def test_a_gutter_with_corners_whose_ends_touching_borders_close_is_found() -> None:
    ink = comic_page()
    for left, top, right, bottom in ((100, 300, 150, 324), (450, 300, 500, 324), (288, 560, 312, 640)):
        cv2.rectangle(ink, (left, top), (right, bottom), 255, -1)
    layout = layout_of(ink)
    assert layout.found == 3
    for x, y in ((60, 312), (300, 312), (540, 312), (300, 450), (300, 700)):
        assert layout.gutters[y, x], (x, y)


def test_a_stripe_between_the_borders_of_a_panel_is_no_gutter() -> None:
    ink = comic_page()
    for y in (180, 200):
        cv2.line(ink, (40, y), (560, y), 255, 3)
    layout = layout_of(ink)
    assert layout.found == 3 and not layout.gutters[190, 100:500].any()


def test_a_balloon_over_a_gutter_does_not_join_its_panels() -> None:
    ink = comic_page()
    speech(ink, 300, 360, (110, 60))  # over the upper end of the gutter between the lower panels
    layout = layout_of(ink)
    assert layout.found == 3 and layout.balloons.max() == 1
    assert layout.panels[600, 150] != layout.panels[600, 450]


def test_bits_of_the_drawing_along_a_border_are_not_in_the_balloon_that_it_cuts() -> None:
    ink = comic_page()
    cv2.ellipse(ink, (450, 80), (100, 60), 0, 0, 360, 0, -1)
    cv2.ellipse(ink, (450, 80), (100, 60), 0, 0, 360, 255, 2)
    write(ink, "WAIT FOR", 406, 76)
    write(ink, "ME HERE", 406, 98)
    ink[:38] = 0
    cv2.line(ink, (40, 40), (560, 40), 255, 4)
    cv2.line(ink, (420, 46), (470, 46), 255, 2)  # of a cloud, say, that the balloon covers
    layout = layout_of(ink)
    assert layout.found == 3 and layout.balloons.max() == 1
    assert layout.balloons[110, 450] and layout.balloons[60, 400]


def test_a_balloon_that_is_open_to_the_gutter_is_no_gutter() -> None:
    ink = comic_page()
    cv2.rectangle(ink, (120, 36), (290, 110), 0, -1)
    cv2.polylines(ink, [np.array([(120, 40), (120, 110), (290, 110), (290, 40)])], False, 255, 2)
    write(ink, "WAIT FOR", 150, 72)
    write(ink, "ME HERE", 150, 96)
    layout = layout_of(ink)
    assert layout.found == 3 and layout.balloons.max() == 1
    assert layout.balloons[60, 270] and not layout.gutters[60, 270]


@pytest.mark.parametrize(("width", "is_inset"), [(4, True), (1, False)])
def test_a_panel_inside_another_has_a_rim_of_paper_and_a_picture_on_the_wall_has_a_frame(
    width: int, is_inset: bool
) -> None:
    ink = comic_page()
    for grown in (0, 10):
        cv2.rectangle(ink, (390 - grown, 90 - grown), (530 + grown, 220 + grown), 255, width)
    layout = layout_of(ink)
    assert layout.found == (4 if is_inset else 3)
    assert bool(layout.gutters[85, 450]) == is_inset


def test_a_rim_that_something_in_front_cuts_open_is_one() -> None:
    ink = comic_page()
    for grown in (0, 10):
        cv2.rectangle(ink, (390 - grown, 90 - grown), (530 + grown, 220 + grown), 255, 4)
    cv2.rectangle(ink, (440, 200), (470, 250), 0, -1)
    cv2.rectangle(ink, (440, 200), (470, 250), 255, 4)
    layout = layout_of(ink)
    assert layout.found == 4 and layout.gutters[85, 450] and not layout.gutters[240, 455]


@pytest.mark.parametrize("above", ["LOUD", "door"])
def test_what_stands_on_the_border_of_a_caption_is_not_counted_to_its_text(above: str) -> None:
    ink = comic_page()
    cv2.rectangle(ink, (42, 200), (250, 298), 0, -1)
    cv2.rectangle(ink, (42, 200), (250, 298), 255, 4)
    for row, words in enumerate(("TOMORROW I WAIT", "FOR HIM HERE")):
        write(ink, words, 60, 219 + 24 * row)
    if above == "door":
        for x in (90, 112, 134, 156):  # shapes as high as letters
            cv2.ellipse(ink, (x, 196), (5, 12), 0, 180, 360, 255, 1)
    else:
        write(ink, "WAIT HERE", 70, 195)
    layout = find_layout(ink)
    assert layout is not None
    assert layout.balloons[280, 150] and not layout.balloons[190, 200]


def test_a_spiky_balloon_that_a_border_cuts_off_is_one() -> None:
    page = draw_comic_page(22_028, "wobbly", 900, 1270)  # notches between the spikes hang from the border
    layout = layout_of(page.ink)
    found = cv2.resize(layout.balloons, page.balloons.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    assert (page.balloons & ~found).sum() < 0.01 * page.balloons.sum()
