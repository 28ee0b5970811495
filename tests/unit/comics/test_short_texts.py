"""Balloons of few letters are told by the page's other letters; tails, captions at edges and margins go with them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.comics.layout import PageLayout, find_layout

from tests.unit.comics.comic_drawings import comic_page, speech, write


def layout_of(ink: np.ndarray) -> PageLayout:
    layout = find_layout(ink)
    assert layout is not None
    return layout


def bubble(ink: np.ndarray, x: int, y: int, words: tuple[str, ...], half: tuple[int, int] = (45, 30)) -> None:
    """Draw a balloon around `x`, `y` with rows of words in its middle."""
    cv2.ellipse(ink, (x, y), half, 0, 0, 360, 0, -1)
    cv2.ellipse(ink, (x, y), half, 0, 0, 360, 255, 2)
    for row, text in enumerate(words):
        (wide, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.55, 1)
        write(ink, text, x - wide // 2, y + 6 + 22 * row - 11 * (len(words) - 1))


@pytest.mark.parametrize("words", [("I!",), ("IT.",), ("I",), ("NO!",), ("OFF",), ("I", "ER.")])
def test_a_balloon_of_few_letters_is_found_beside_one_of_many(words: tuple[str, ...]) -> None:
    ink = comic_page()
    speech(ink, 150, 100, words=("I WAIT FOR", "HIM OFTEN"))
    bubble(ink, 420, 110, words)
    layout = layout_of(ink)
    assert layout.balloons.max() == 2 and layout.balloons[110, 385] and layout.lettering[95:125, 400:440].any()


def test_few_letters_alone_on_a_page_are_no_speech() -> None:
    ink = comic_page()
    bubble(ink, 420, 110, ("I!",))
    assert layout_of(ink).balloons.max() == 0


@pytest.mark.parametrize("thing", ["nose and mouth", "grass", "bark", "shine", "button"])
def test_marks_of_a_drawing_in_a_closed_shape_are_no_speech(thing: str) -> None:
    ink = comic_page()
    speech(ink, 150, 100, words=("I WAIT FOR", "HIM OFTEN"))
    cv2.ellipse(ink, (400, 150), (70, 75), 0, 0, 360, 255, 3)
    if thing == "nose and mouth":
        cv2.polylines(ink, [np.array([(400, 140), (396, 150), (402, 152)])], False, 255, 2)
        cv2.ellipse(ink, (400, 168), (14, 9), 0, 0, 180, 255, 2)
        cv2.line(ink, (386, 168), (414, 168), 255, 2)
    elif thing == "grass":
        for x, y in ((370, 140), (392, 150), (425, 140)):
            for lean in (-7, 0, 7):
                cv2.line(ink, (x, y + 14), (x + lean, y), 255, 2)
    elif thing == "bark":
        for x, y in ((370, 130), (400, 150), (380, 170)):
            across = np.arange(0, 44)
            wave = np.stack([x + across, y + 6 * np.sin(across / 5)], 1)
            cv2.polylines(ink, [wave.astype(np.int32)], False, 255, 2)
    elif thing == "shine":
        cv2.ellipse(ink, (400, 150), (14, 12), 0, 200, 290, 255, 2)
    else:
        cv2.circle(ink, (400, 150), 6, 255, 2)
    layout = layout_of(ink)
    assert layout.balloons.max() == 1 and not layout.balloons[100:200, 345:455].any()


def test_a_long_tail_that_is_open_at_its_tip_belongs_to_its_balloon() -> None:
    ink = comic_page()
    speech(ink, 150, 90)
    cv2.fillPoly(ink, [np.array([(150, 120), (176, 120), (330, 270)])], 0)
    for x, y in ((150, 133), (176, 130)):
        cv2.line(ink, (x, y), (330, 270), 255, 1, cv2.LINE_AA)
    cv2.circle(ink, (330, 270), 5, 0, -1)
    layout = layout_of(ink)
    assert layout.balloons.max() == 1
    assert layout.balloons[160, 187] and layout.balloons[225, 274] and layout.balloons[240, 293]
    assert not layout.balloons[225, 320]


def test_a_short_caption_at_the_pages_edge_is_one() -> None:
    ink = np.zeros((800, 600), np.uint8)
    for left, top, right, bottom in ((-9, -9, 290, 390), (310, -9, 609, 390), (-9, 410, 609, 809)):
        cv2.rectangle(ink, (left, top), (right, bottom), 255, 3)
        cv2.circle(ink, (max(left, 0) + 150, bottom - 150), 60, 255, 3)
    cv2.rectangle(ink, (40, -9), (130, 40), 255, 2)
    write(ink, "AT ONE", 52, 26)
    layout = layout_of(ink)
    assert layout.captions == (1,) and layout.balloons[8, 60]


def test_a_margin_that_a_balloon_and_its_tail_cut_off_is_a_gutter() -> None:
    ink = comic_page()
    cv2.ellipse(ink, (540, 420), (90, 45), 0, 0, 360, 0, -1)
    cv2.ellipse(ink, (540, 420), (90, 45), 0, 0, 360, 255, 2)
    write(ink, "WAIT FOR", 490, 414)
    write(ink, "ME HERE", 490, 436)
    tail = np.array([(575, 458), (592, 452), (562, 640)])
    cv2.fillPoly(ink, [tail], 0)
    cv2.polylines(ink, [tail[[0, 2, 1]]], False, 255, 2)
    layout = layout_of(ink)
    assert layout.gutters[520, 566] and layout.gutters[500, 594] and layout.gutters[700, 590]
    assert not layout.gutters[600, 400:550].any()


def test_a_balloon_open_to_the_gutter_takes_no_other_paper_of_the_panels_hull() -> None:
    ink = comic_page()
    cv2.rectangle(ink, (120, 36), (290, 110), 0, -1)
    cv2.polylines(ink, [np.array([(120, 40), (120, 110), (290, 110), (290, 40)])], False, 255, 2)
    write(ink, "WAIT FOR", 150, 72)
    write(ink, "ME HERE", 150, 96)
    cv2.rectangle(ink, (555, 120), (565, 240), 0, -1)  # the border wanders inwards
    cv2.polylines(ink, [np.array([(560, 118), (552, 150), (552, 210), (560, 242)])], False, 255, 4)
    layout = layout_of(ink)
    assert layout.balloons[60, 270] and layout.gutters[180, 558]


def test_a_wall_beside_the_border_of_a_panel_that_bleeds_is_no_gutter() -> None:
    ink = np.zeros((1800, 400), np.uint8)
    for top in (60, 500, 940, 1380):
        cv2.rectangle(ink, (1, top), (398, top + 380), 255, 3)
        cv2.circle(ink, (280, top + 120), 60, 255, 3)
    cv2.rectangle(ink, (1, 1100), (160, 1320), 255, 3)  # a house with a window
    cv2.rectangle(ink, (50, 1150), (100, 1200), 255, 3)
    layout = layout_of(ink)
    assert layout.gutters[470, 200] and layout.gutters[1345, 200] and not layout.gutters[1110:1310, 10:150].any()


def test_eyes_on_both_sides_of_a_tail_are_no_letters_of_its_balloon() -> None:
    ink = comic_page()
    cv2.ellipse(ink, (300, 230), (150, 65), 0, 0, 360, 255, 3)
    for x in (230, 370):
        cv2.ellipse(ink, (x, 215), (20, 17), 0, 0, 360, 255, 3)
        cv2.circle(ink, (x, 215), 7, 255, -1)
    speech(ink, 300, 100)
    tail = np.array([(290, 135), (312, 135), (296, 250)])
    cv2.fillPoly(ink, [tail], 0)
    cv2.polylines(ink, [tail[[0, 2, 1]]], False, 255, 2)
    cv2.line(ink, (292, 144), (309, 144), 0, 5)
    layout = layout_of(ink)
    assert layout.balloons[100, 230] and layout.balloons[200, 298] and not layout.balloons[230, 180]


def test_texts_far_to_the_left_and_above_are_not_counted_to_a_balloon() -> None:
    ink = np.zeros((1400, 1000), np.uint8)
    for top in (40, 720):
        cv2.rectangle(ink, (40, top), (960, top + 640), 255, 4)
        cv2.circle(ink, (200, top + 500), 60, 255, 3)
    speech(ink, 200, 130)
    speech(ink, 840, 1200)
    layout = layout_of(ink)
    assert layout.balloons.max() == 2 and layout.balloons[130, 130] and layout.balloons[1200, 770]
