"""Panels such as people draw them: over one another, open at their corners, bleeding, and with faces in them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.comics.layout import PageLayout, find_layout

from tests.unit.comics.comic_drawings import comic_page, speech

Box = tuple[int, int, int, int]


def layout_of(ink: np.ndarray) -> PageLayout:
    layout = find_layout(ink)
    assert layout is not None
    return layout


def panel(ink: np.ndarray, box: Box) -> None:
    """Draw a panel over what is there: its paper, a ground line, a circle and its border."""
    left, top, right, bottom = box
    cv2.rectangle(ink, (left, top), (right, bottom), 0, -1)
    cv2.line(ink, (left, bottom - 40), (right, bottom - 52), 255, 3)
    cv2.circle(ink, ((left + right) // 2, (top + bottom) // 2), 40, 255, 3)
    cv2.rectangle(ink, (left, top), (right, bottom), 255, 4)


def overlapping(boxes: list[Box]) -> np.ndarray:
    ink = np.zeros((1100, 800), np.uint8)
    for box in boxes:
        panel(ink, box)
    return ink


def hand_drawn_border(ink: np.ndarray, box: Box, short: int) -> None:
    """Draw a border whose four lines begin and end `short` pixels before the corners."""
    left, top, right, bottom = box
    for y in (top, bottom):
        cv2.line(ink, (left + short, y), (right - short, y), 255, 4)
    for x in (left, right):
        cv2.line(ink, (x, top + short), (x, bottom - short), 255, 4)


def face(ink: np.ndarray, x: int, y: int, eyes: str) -> None:
    """Draw a simple face with eyes of a kind."""
    cv2.ellipse(ink, (x, y), (60, 75), 0, 0, 360, 255, 3)
    for side in (-1, 1):
        place = (x + 24 * side, y - 10)
        if eyes == "ovals":
            cv2.ellipse(ink, place, (13, 9), 0, 0, 360, 255, 3)
            cv2.ellipse(ink, place, (5, 7), 0, 0, 360, 255, 3)
        elif eyes == "crosses":
            cv2.drawMarker(ink, place, 255, cv2.MARKER_TILTED_CROSS, 18, 3)
        else:
            cv2.ellipse(ink, place, (14, 12), 0, 180, 360, 255, 4)
            cv2.ellipse(ink, place, (6, 12), 0, 0, 360, 255, 3)
    cv2.polylines(ink, [np.array([(x, y), (x - 5, y + 14), (x + 4, y + 16)])], False, 255, 3)
    cv2.ellipse(ink, (x, y + 30), (24, 14), 0, 20, 160, 255, 3)


def test_panels_over_others_are_told_apart() -> None:
    boxes = [(40, 40, 480, 460), (410, 330, 760, 680), (40, 500, 390, 790), (330, 720, 760, 1060), (40, 830, 300, 1060)]
    layout = layout_of(overlapping(boxes))
    assert layout.found == 5
    inside = [layout.panels[top + 25, right - 25] for _, top, right, _ in boxes]
    assert len(set(inside)) == 5 and all(inside)


def test_a_panel_in_front_of_four_is_one_and_no_gutter_runs_through_it() -> None:
    boxes = [(40, 40, 390, 520), (410, 40, 760, 520), (40, 540, 390, 1060), (410, 540, 760, 1060), (290, 430, 510, 640)]
    layout = layout_of(overlapping(boxes))
    assert layout.found == 5
    left, top, right, bottom = boxes[-1]
    inside = np.s_[top + 8 : bottom - 8, left + 8 : right - 8]
    assert not layout.gutters[inside].any()
    assert len(np.unique(layout.panels[inside])) == 1


def test_a_figure_in_front_of_a_gutter_does_not_end_it() -> None:
    ink = overlapping([(40, 40, 760, 520), (40, 540, 390, 1060), (410, 540, 760, 1060)])
    cv2.circle(ink, (400, 620), 50, 0, -1)
    cv2.circle(ink, (400, 620), 50, 255, 3)
    layout = layout_of(ink)
    assert layout.found == 3
    assert layout.gutters[600, 350] == 0 and layout.gutters[800, 400] == 1


@pytest.mark.parametrize("short", [5, 8])
def test_panels_that_are_open_at_their_corners_are_no_gutters(short: int) -> None:
    ink = np.zeros((1420, 1000), np.uint8)
    boxes = [(50, 50, 490, 450), (510, 50, 950, 450), (50, 470, 950, 960), (50, 980, 490, 1370), (510, 980, 950, 1370)]
    for box in boxes:
        hand_drawn_border(ink, box, short)
        cv2.circle(ink, ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2), 90, 255, 4)
    layout = layout_of(ink)
    assert layout.found == 5
    for left, top, right, bottom in boxes:
        assert layout.gutters[top + 20 : bottom - 20, left + 20 : right - 20].mean() < 0.01
    assert layout.gutters[460, 300] and layout.gutters[250, 500] and layout.gutters[20, 500]


def test_a_wall_with_windows_in_a_panel_that_bleeds_is_no_gutter() -> None:
    ink = np.zeros((1420, 1000), np.uint8)
    for box in ((-20, -20, 480, 450), (510, 50, 950, 450), (-20, 470, 1020, 960), (50, 980, 490, 1370)):
        cv2.rectangle(ink, box[:2], box[2:], 255, 4)
    cv2.rectangle(ink, (510, 980), (950, 1370), 255, 4)
    for x in (60, 300):
        cv2.rectangle(ink, (x, 90), (x + 110, 230), 255, 4)
    cv2.line(ink, (0, 330), (480, 350), 255, 4)
    layout = layout_of(ink)
    assert layout.found == 5
    assert not layout.gutters[:300, :470].any()
    assert layout.gutters[460, 300] and layout.gutters[20, 700] and layout.gutters[700, 20] == 0


@pytest.mark.parametrize("eyes", ["ovals", "crosses", "lashes"])
def test_faces_on_a_page_without_words_are_no_balloons(eyes: str) -> None:
    ink = comic_page()
    face(ink, 160, 160, eyes)
    face(ink, 440, 450, eyes)
    assert not layout_of(ink).balloons.any()


def test_a_word_with_equal_ends_is_speech() -> None:
    ink = comic_page()
    speech(ink, 300, 150, (120, 60), ("WOW NOON", "OTTO"))
    assert layout_of(ink).balloons.max() == 1
