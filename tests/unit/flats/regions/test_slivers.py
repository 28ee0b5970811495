"""What hatching and screentone cut off goes back to its area, and shapes that only look alike stay apart."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.adjacency import Contacts, find_contacts
from huebrush_backend.flats.regions.find_regions import RegionRepairs, Regions, find_regions
from huebrush_backend.flats.regions.hatching import hatching_contacts

BLACK = 255
FIXED = 4
"""Bits of a pixel's fraction in OpenCV's coordinates."""


def page(height: int, width: int) -> np.ndarray:
    return np.zeros((height, width), np.uint8)


def box(ink: np.ndarray, left: int, top: int, right: int, bottom: int, thickness: int = 3) -> None:
    cv2.rectangle(ink, (left, top), (right, bottom), BLACK, thickness, cv2.LINE_AA)


def labels_at(regions: Regions, *places: tuple[int, int]) -> list[int]:
    return [regions.at(x, y) for x, y in places]


def hatched() -> np.ndarray:
    """Three panels, of which the first is hatched above a line across it."""
    ink = page(700, 900)
    for left in (20, 320, 620):
        box(ink, left, 20, left + 260, 680, 7)
    for x in range(60, 260, 22):
        cv2.line(ink, (x, 20), (x, 200), BLACK, 2)
    cv2.line(ink, (20, 200), (280, 200), BLACK, 7)
    return ink


def test_hatching_from_outline_to_outline_does_not_cut_a_shape_into_strips():
    assert find_regions(hatched(), 12).count == 5


def test_regions_are_merged_by_hand_where_hatching_was_put_together_too():
    regions = find_regions(hatched(), 12, RegionRepairs(merged=((450, 300, 750, 300),)))
    first, second, third, shadow = labels_at(regions, (150, 400), (450, 300), (750, 300), (150, 100))
    assert second == third and len({first, second, shadow}) == 3 and regions.count == 4


def test_strands_parted_by_lines_of_full_width_stay_apart():
    ink = page(400, 500)
    box(ink, 40, 40, 460, 360, 3)
    for x in range(60, 450, 14):
        cv2.line(ink, (x, 40), (x, 360), BLACK, 3)
    assert find_regions(ink, 12).count > 25


def test_the_islands_of_a_dense_screentone_are_one_region():
    ink = page(500, 500)
    box(ink, 10, 10, 490, 490, 5)
    for y in range(40, 460, 12):
        for x in range(40, 460, 12):
            cv2.circle(ink, (x, y), 6, BLACK, -1, cv2.LINE_AA)
    assert find_regions(ink, 6).count < 9


def test_small_shapes_of_full_lines_close_together_stay_apart():
    ink = page(700, 900)
    for left in (20, 320, 620):
        box(ink, left, 20, left + 260, 680, 3)
    for y in range(100, 200, 10):
        for x in range(60, 90, 10):
            box(ink, x, y, x + 10, y + 10, 3)
    assert find_regions(ink, 6).count == 4 + 10 * 3


def crosshatched(width: int) -> np.ndarray:
    """Boxes of lines `width` wide, the first hatched crosswise in its lower third, where the light ends the strokes."""
    ink = page(600, 1500)
    for left in (60, 600, 1100):
        box(ink, left, 60, left + 360, 540, width)
    strokes = page(600, 1500)
    for start in range(-600, 1200, 5 * width):
        cv2.line(strokes, (start, 0), (start + 600, 600), BLACK, max(1, width // 3), cv2.LINE_AA)
        cv2.line(strokes, (start, 0), (start - 600, 600), BLACK, max(1, width // 3), cv2.LINE_AA)
    strokes[:380] = strokes[:, :60] = strokes[:, 420:] = strokes[540:] = 0
    return np.maximum(ink, strokes)


@pytest.mark.parametrize("width", [3, 5, 8])
def test_crosswise_hatching_belongs_to_the_area_that_it_ends_in(width: int):
    regions = find_regions(crosshatched(width), 10)
    light = regions.at(240, 150)
    inside = regions.labels[70:530, 70:410]
    assert (inside == light).mean() > 0.97


@pytest.mark.parametrize(("width", "belongs"), [(2.4, True), (3.4, False)])
def test_hatching_belongs_to_the_area_behind_a_line_only_where_that_is_as_thin_as_its_strokes(
    width: float, belongs: bool
):
    strips = Contacts(
        first=np.array([1, 2, 3, 4, 5]),
        second=np.array([2, 3, 4, 5, 6]),
        length=np.array([100.0, 100, 100, 100, 60]),
        width=np.array([2.0, 2, 2, 2, width]),
        angle=np.array([0.1, 0.1, 0.1, 0.1, 1.6]),
        bend=np.zeros(5),
    )
    radii = np.array([0, 9, 9, 9, 9, 9, 90], np.float32)
    assert hatching_contacts(strips, radii, line_width=4, outline_width=8).tolist() == [True] * 4 + [belongs]


def pleats(spacing: int, thickness: int, outlines: int = 6) -> np.ndarray:
    """Ten pleats of a skirt, below a coat and above a floor."""
    ink = page(1200, 800)
    width = 10 * spacing
    box(ink, 60, 60, 740, 500, outlines)
    box(ink, 100, 500, 100 + width, 800, outlines)
    cv2.line(ink, (0, 1000), (800, 1000), BLACK, outlines)
    for x in range(100 + spacing, 100 + width, spacing):
        cv2.line(ink, (x, 500), (x, 800), BLACK, thickness)
    return ink


def test_pleats_parted_by_thin_lines_stay_apart_where_they_are_wider_than_strips_of_hatching():
    assert find_regions(pleats(60, 2), 12).count == 13


def test_thin_lines_close_together_are_hatching():
    assert find_regions(pleats(24, 2), 12).count == 4


def test_the_rungs_of_a_fence_are_no_hatching_where_they_are_half_as_thick_as_its_outline():
    assert find_regions(pleats(40, 6, outlines=12), 12).count == 13


def test_buttons_with_thin_lines_are_no_hatching():
    ink = page(700, 300)
    box(ink, 20, 20, 280, 680, 6)
    for y in range(60, 660, 50):
        cv2.circle(ink, (150, y), 14, BLACK, 2, cv2.LINE_AA)
    assert find_regions(ink, 6).count == 14


def test_contacts_know_the_line_between_two_areas_to_a_fraction_of_a_pixel():
    ink = page(300, 300)
    ink[:, :8] = ink[:, 292:] = BLACK
    line = np.array([(150.3, 0), (150.3, 300), (152.8, 300), (152.8, 0)])
    cv2.fillPoly(ink, [np.rint(line * (1 << FIXED)).astype(np.int32)], BLACK, cv2.LINE_AA, FIXED)
    labels = np.ones((300, 300), np.int32)
    labels[:, 152:] = 2
    contacts = find_contacts(labels, ink, 4)
    assert (contacts.first.tolist(), contacts.second.tolist(), contacts.length.tolist()) == ([1], [2], [300])
    assert contacts.angle[0] == pytest.approx(np.pi / 2) and contacts.bend[0] == pytest.approx(0, abs=1e-6)
    assert contacts.width[0] == pytest.approx(int(ink[100, 140:160].sum()) / 255, rel=0.1)


def test_pale_lines_are_as_wide_as_dark_ones():
    ink = page(300, 300)
    cv2.line(ink, (150, 0), (150, 300), BLACK, 4)
    labels = np.ones((300, 300), np.int32)
    labels[:, 150:] = 2
    dark, pale = (find_contacts(labels, shade, 4).width[0] for shade in (ink, ink // 2))
    assert pale == pytest.approx(dark, rel=0.05)


def test_a_light_screen_of_lines_thinner_than_outlines_is_one_region() -> None:
    ink = np.zeros((400, 500), np.uint8)
    for x in range(47, 440, 12):
        cv2.line(ink, (x, 40), (x, 360), 255, 3)
    cv2.rectangle(ink, (40, 40), (446, 360), 255, 5)
    cv2.circle(ink, (475, 200), 20, 255, 5)
    assert find_regions(ink, 12).count == 3
