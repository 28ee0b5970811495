"""Regions of line art: complete, ended by lines, whole where a line only ends, closed where one has a gap."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions import line_ends
from huebrush_backend.flats.regions.find_regions import RegionRepairs, Regions, find_regions

BLACK = 255


def page(height: int = 200, width: int = 300) -> np.ndarray:
    return np.zeros((height, width), np.uint8)


def box(ink: np.ndarray, left: int, top: int, right: int, bottom: int, thickness: int = 3) -> None:
    cv2.rectangle(ink, (left, top), (right, bottom), BLACK, thickness, cv2.LINE_AA)


def without(ink: np.ndarray, x: int, y: int, width: int, height: int) -> np.ndarray:
    ink[y : y + height, x : x + width] = 0
    return ink


def labels_at(regions: Regions, *places: tuple[int, int]) -> list[int]:
    return [regions.at(x, y) for x, y in places]


def test_every_pixel_has_a_region_and_neighbours_meet_in_the_middle_of_a_line():
    ink = page()
    cv2.line(ink, (150, 0), (150, 199), BLACK, 9)
    regions = find_regions(ink, 10)
    assert regions.count == 2
    assert regions.labels.min() == 1 and regions.labels.dtype == np.int32
    borders = np.argmax(regions.labels != regions.labels[:, :1], axis=1)
    assert set(borders) <= {150, 151}


def test_a_closed_page_gets_no_gap_closures():
    ink = page()
    box(ink, 40, 40, 160, 160)
    cv2.circle(ink, (230, 100), 40, BLACK, 3, cv2.LINE_AA)
    regions = find_regions(ink, 12)
    assert regions.count == 3 and regions.gap_closures == () and regions.open_gaps == ()
    assert regions.areas[regions.at(100, 100)] == pytest.approx(116 * 116, rel=0.02)
    assert list(regions.boxes[regions.at(230, 100)]) == pytest.approx([190, 60, 81, 81], abs=2)


@pytest.mark.parametrize("width", [1, 2, 5, 9, 12])
@pytest.mark.parametrize("place", ["middle of a line", "corner"])
def test_a_gap_is_closed(width: int, place: str):
    ink = page()
    box(ink, 40, 40, 160, 160)
    if place == "corner":
        without(ink, 36, 36, 7 + width, 8)
    else:
        without(ink, 90, 35, width, 10)
    regions = find_regions(ink, 13)
    inside, outside = labels_at(regions, (100, 100), (10, 10))
    assert regions.count == 2 and inside != outside
    assert [set(closure.regions) for closure in regions.gap_closures] == [{inside, outside}]


def test_a_line_that_stops_short_of_another_is_taken_to_it():
    ink = page()
    box(ink, 20, 20, 280, 180)
    cv2.line(ink, (150, 20), (150, 170), BLACK, 3)
    regions = find_regions(ink, 12)
    left, right = labels_at(regions, (80, 100), (220, 100))
    assert left != right
    assert regions.gap_closures[0].y1 == pytest.approx(179, abs=3) or regions.gap_closures[0].y0 == pytest.approx(
        179, abs=3
    )


def test_a_gap_just_behind_where_two_lines_join_is_closed():
    ink = page()
    box(ink, 40, 40, 260, 160)
    cv2.line(ink, (60, 40), (150, 98), BLACK, 3, cv2.LINE_AA)
    cv2.line(ink, (150, 40), (150, 101), BLACK, 3, cv2.LINE_AA)
    cv2.line(ink, (151, 107), (260, 160), BLACK, 3, cv2.LINE_AA)
    cv2.line(ink, (151, 107), (120, 160), BLACK, 3, cv2.LINE_AA)
    regions = find_regions(ink, 8)
    left, right = labels_at(regions, (70, 120), (220, 80))
    assert left != right and len(regions.gap_closures) == 1


def test_a_pupil_that_comes_close_to_its_eyes_outline_does_not_part_the_iris():
    ink = page()
    cv2.ellipse(ink, (150, 100), (28, 32), 0, 0, 360, BLACK, 3, cv2.LINE_AA)
    cv2.ellipse(ink, (150, 100), (11, 24), 0, 0, 360, BLACK, -1, cv2.LINE_AA)
    regions = find_regions(ink, 9)
    assert regions.count == 2 and regions.gap_closures == ()


def test_a_wider_gap_stays_open_and_is_pointed_out():
    ink = page()
    box(ink, 40, 40, 160, 160)
    without(ink, 90, 35, 18, 10)
    regions = find_regions(ink, 12)
    assert regions.count == 1 and regions.gap_closures == ()
    (gap,) = regions.open_gaps
    assert gap.width == pytest.approx(18, abs=2) and gap.region == 1
    assert (gap.x0 + gap.x1) / 2 == pytest.approx(99, abs=2)


def test_without_a_gap_to_close_nothing_is_closed():
    ink = page()
    box(ink, 40, 40, 160, 160)
    without(ink, 90, 35, 1, 10)
    assert find_regions(ink, 0).count == 1


def test_a_fold_that_ends_within_a_shape_does_not_part_it():
    ink = page()
    box(ink, 40, 20, 260, 180)
    cv2.line(ink, (40, 100), (150, 100), BLACK, 3, cv2.LINE_AA)
    cv2.line(ink, (60, 40), (110, 70), BLACK, 3, cv2.LINE_AA)
    regions = find_regions(ink, 12)
    assert regions.count == 2 and regions.gap_closures == ()


def test_a_waist_between_passing_lines_does_not_part_a_shape():
    ink = page()
    shape = np.array([[40, 20], [260, 20], [154, 100], [260, 180], [40, 180], [146, 100]])
    cv2.polylines(ink, [shape], True, BLACK, 3, cv2.LINE_AA)
    regions = find_regions(ink, 12)
    top, bottom, left = labels_at(regions, (150, 40), (150, 160), (20, 100))
    assert top == bottom != left


def test_the_slim_tip_of_a_lock_belongs_to_the_lock():
    ink = page(300, 300)
    cv2.polylines(ink, [np.array([[60, 20], [150, 20], [110, 280]])], True, BLACK, 3, cv2.LINE_AA)
    regions = find_regions(ink, 14)
    tip, lock, outside = labels_at(regions, (110, 258), (105, 60), (20, 200))
    assert tip == lock != outside and regions.count == 2


def test_a_strand_thinner_than_the_gap_stays_whole():
    ink = page()
    cv2.line(ink, (20, 90), (280, 60), BLACK, 2, cv2.LINE_AA)
    cv2.line(ink, (20, 98), (280, 68), BLACK, 2, cv2.LINE_AA)
    cv2.line(ink, (20, 90), (20, 98), BLACK, 2)
    cv2.line(ink, (280, 60), (280, 68), BLACK, 2)
    regions = find_regions(ink, 14)
    assert regions.count == 2
    assert regions.at(150, 79) == regions.at(30, 93) == regions.at(270, 65) != regions.at(150, 20)


def test_dots_of_screentone_and_freckles_enclose_nothing():
    ink = page()
    box(ink, 20, 20, 280, 180)
    for y in range(30, 175, 9):
        for x in range(30, 275, 9):
            cv2.circle(ink, (x, y), 3, BLACK, -1, cv2.LINE_AA)
    assert find_regions(ink, 12).count == 2


TIP_AT_AN_OUTLINE = """
....fb............
....fb............
....fb............
....fb............
....fb............
....fb............
....fb............
....fb..........18
....fb.........6ef
....fb......38dfff
....fb....5cffffff
....fb...6ffffffc7
....fb...8fffe92..
....fb...19a6.....
....fb............
....fb............
....fb............
...4fb............
"""
"""Coverage in steps of 17, from a page on which the gap to the tip is closed along the outline."""


def test_paper_under_a_closure_has_no_label_from_beyond_an_outline():
    rows = TIP_AT_AN_OUTLINE.replace(".", "0").split()
    ink = np.array([[int(step, 16) * 17 for step in row] for row in rows], np.uint8)
    regions = find_regions(ink, 4.76)
    assert len(regions.gap_closures) == 1
    assert (regions.labels[:, 6:] != regions.at(0, 8)).all()


def test_paper_between_two_grainy_lines_does_not_go_with_their_pinholes():
    ink = page()
    box(ink, 40, 40, 160, 160, 5)
    box(ink, 100, 156, 130, 164, 5)
    grain = np.random.default_rng(2).random(ink.shape)
    ink[grain < 0.08] = 0
    ink[158:161, 100:131] = BLACK
    ink[159, 102:129] = 0
    regions = find_regions(ink, 6)
    assert len({*labels_at(regions, (115, 159), (115, 100), (115, 190))}) == 3


def test_repairs_by_hand_close_and_merge():
    ink = page()
    box(ink, 40, 40, 160, 160)
    without(ink, 80, 35, 40, 10)
    cv2.circle(ink, (230, 100), 40, BLACK, 3, cv2.LINE_AA)
    repairs = RegionRepairs(closed=((79, 40, 121, 40),), merged=((100, 100, 230, 100),))
    regions = find_regions(ink, 12, repairs)
    inside, circle, outside = labels_at(regions, (100, 100), (230, 100), (10, 10))
    assert inside == circle != outside and regions.count == 2
    assert regions.areas[inside] == pytest.approx(118 * 118 + np.pi * 38**2, rel=0.05)


def test_a_page_of_ink_alone_is_one_region():
    assert find_regions(np.full((20, 30), 255, np.uint8), 5).count == 1


def test_large_filled_shadows_are_shared_out_without_a_hole():
    ink = page(900, 400)
    ink[100:800, 50:350] = 255
    regions = find_regions(ink, 10)
    assert regions.labels.min() >= 1 and regions.count == 1


def test_regions_are_the_same_on_any_number_of_cores(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(3)
    ink = page(1300, 600)
    for _ in range(45):
        center, axes = rng.integers(0, [600, 1300]).tolist(), rng.integers(20, 160, 2).tolist()
        cv2.ellipse(ink, center, axes, float(rng.uniform(0, 180)), 0, 345, BLACK, 3, cv2.LINE_AA)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    one = find_regions(ink, 15)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    three = find_regions(ink, 15)
    assert np.array_equal(one.labels, three.labels) and one.gap_closures == three.gap_closures


@pytest.mark.parametrize("wrong", [np.zeros((4, 4)), np.zeros((0, 4), np.uint8), np.zeros((4, 4, 4), np.uint8)])
def test_a_wrong_array_is_refused(wrong: np.ndarray):
    with pytest.raises(ValueError, match="ink must be"):
        find_regions(wrong, 5)


def test_a_gap_at_the_tip_of_a_small_shape_does_not_open_it_to_what_lies_beyond_its_line():
    ink = page()
    outline = np.array([(100, 60), (140, 60), (104, 96), (100, 96)])
    cv2.polylines(ink, [outline], True, BLACK, 2)
    cv2.line(ink, (138, 64), (133, 69), BLACK, 1)
    inside, outside = labels_at(find_regions(ink, 10), (110, 70), (20, 100))
    assert inside != outside


def test_gaps_are_the_same_however_many_line_ends_are_looked_at_together(monkeypatch: pytest.MonkeyPatch):
    ink = without(page(), 98, 0, 7, 200)
    box(ink, 40, 40, 260, 160)
    for x in range(60, 250, 20):
        ink[38:43, x : x + 4] = 0
    together = find_regions(ink, 8)
    monkeypatch.setattr(line_ends, "SHEET_PIXELS", 1)
    assert find_regions(ink, 8).gap_closures == together.gap_closures != ()


def test_a_page_of_more_strokes_than_16_bits_can_count_is_searched_for_open_gaps_too():
    ink = np.zeros((1000, 1500), np.uint8)
    for top in range(40, 850, 5):  # combs: OpenCV gives each space between their teeth a number at first
        ink[top, 40:1460] = 255
        ink[top : top + 3, 40:1460:3] = 255
    cv2.rectangle(ink, (10, 10), (1490, 990), 255, 5)
    cv2.line(ink, (10, 920), (700, 920), 255, 5)
    cv2.line(ink, (720, 920), (1490, 920), 255, 5)

    (gap,) = find_regions(ink, 10).open_gaps

    assert (gap.x0 + gap.x1) / 2 == pytest.approx(710, abs=5) and gap.y0 == pytest.approx(920, abs=5)
