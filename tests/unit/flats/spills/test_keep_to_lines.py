"""What a picture spilled over lines is pulled back; what it has inside a region stays."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.measure import boxes
from huebrush_backend.flats.spills.keep_to_lines import keep_to_lines
from huebrush_backend.flats.spills.own_fields import label_guide, softened
from huebrush_backend.imaging.color import color_difference

SIDE, PAGE = 128, 512
"""Size of the picture and of the page, in pixels."""
BLUE, YELLOW, RED, WHITE = (40, 80, 200), (240, 220, 120), (210, 40, 60), (255, 255, 255)
LAVENDER = (160, 180, 230)


def page_with_lines(*columns: int) -> np.ndarray:
    """Ink of upright lines in these columns of the picture; the page is four times as large."""
    ink = np.zeros((PAGE, PAGE), np.uint8)
    for column in columns:
        cv2.line(ink, (4 * column, 0), (4 * column, PAGE - 1), (255,), 5)
    return ink


def painted(*strips: tuple[int, tuple[int, int, int]]) -> np.ndarray:
    """A picture of strips: the column from which each has its colour."""
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    for column, color in strips:
        picture[:, column:] = color
    return picture


def kept(picture: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """The picture as it is kept to the lines, in its own size."""
    result = keep_to_lines(picture, find_regions(ink, 0), ink)
    return np.asarray(cv2.resize(result, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def off(picture: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    return color_difference(picture, np.broadcast_to(np.array(color, np.uint8), picture.shape))


def soft(picture: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.uint8)


def test_a_patch_over_a_line_takes_the_colour_of_its_own_region() -> None:
    picture = painted((0, BLUE), (64, YELLOW))
    cv2.circle(picture, (66, 40), 9, BLUE, -1)
    result = kept(soft(picture), page_with_lines(64))
    assert off(soft(picture)[:, 67:], YELLOW).max() > 40
    assert off(result[:, 67:], YELLOW).max() < 6
    assert off(result[:, :61], BLUE).max() < 6


def test_both_sides_of_a_line_are_cleared_where_a_border_of_colours_swings() -> None:
    picture = painted((0, BLUE), (64, YELLOW))
    for row in range(SIDE):
        edge = 64 + round(7 * np.sin(row / 11))
        picture[row, :edge], picture[row, edge:] = BLUE, YELLOW
    result = kept(soft(picture), page_with_lines(64))
    assert off(result[:, :60], BLUE).max() < 8
    assert off(result[:, 68:], YELLOW).max() < 8


def test_a_spill_is_followed_over_a_narrow_region_into_the_next() -> None:
    picture = painted((0, BLUE), (56, YELLOW), (68, RED))
    cv2.rectangle(picture, (50, 40), (73, 52), BLUE, -1)
    result = kept(soft(picture), page_with_lines(56, 68))
    assert off(result[:, 71:], RED).max() < 10
    assert off(result[:, 59:66], YELLOW).max() < 10


def test_light_shade_and_soft_transitions_stay() -> None:
    picture = painted((0, BLUE), (64, YELLOW))
    shade = np.linspace(1.0, 0.6, SIDE)[:, None, None]
    picture[:, 64:] = np.rint(picture[:, 64:] * shade).astype(np.uint8)
    picture[:50, 80:100] = np.rint(picture[:50, 80:100] * 0.7).astype(np.uint8)
    result = kept(soft(picture), page_with_lines(64))
    changed = color_difference(result, soft(picture))
    assert changed[:, 70:].max() < 4
    assert changed[:, :58].max() < 4


def test_a_colour_like_a_neighbours_stays_where_it_does_not_touch_the_line() -> None:
    picture = painted((0, BLUE), (48, YELLOW))
    cv2.circle(picture, (96, 64), 10, BLUE, -1)
    result = kept(soft(picture), page_with_lines(48))
    assert off(result[60:68, 92:100], BLUE).max() < 4


@pytest.mark.parametrize(("radius", "stays"), [(4, True), (8, False)])
def test_what_is_smaller_than_a_cell_of_the_latent_spills_nothing(radius: int, stays: bool) -> None:
    """The light in an eye is no source of the white beside it."""
    ink = np.zeros((PAGE, PAGE), np.uint8)
    cv2.circle(ink, (4 * 64, 4 * 64), 4 * radius, (255,), 5)
    picture = painted((0, BLUE))
    cv2.circle(picture, (64, 64), radius, WHITE, -1)
    cv2.rectangle(picture, (64 + radius, 61), (64 + radius + 5, 67), WHITE, -1)
    result = kept(soft(picture), ink)
    white = off(result[62:67, 64 + radius + 2 : 64 + radius + 4], WHITE)
    assert (white.max() < 12) if stays else (white.min() > 30)


@pytest.mark.parametrize(("line", "stays"), [(0, True), (1, False)])
def test_colours_that_meet_on_bare_paper_run_into_each_other(line: int, stays: bool) -> None:
    """The picture may have parted a region where no line is: nothing is spilled over that border."""
    picture = painted((0, BLUE), (64, YELLOW))
    cv2.rectangle(picture, (60, 30), (70, 60), BLUE, -1)
    ink = page_with_lines(64)
    regions, whole = find_regions(ink, 0), ink if line else np.zeros_like(ink)
    result = keep_to_lines(soft(picture), regions, whole)
    patch = off(np.asarray(cv2.resize(result, (SIDE, SIDE), interpolation=cv2.INTER_AREA))[34:56, 66:69], BLUE)
    assert (patch.max() < 4) if stays else (patch.min() > 30)


def test_what_is_pulled_back_passes_softly_into_what_stays() -> None:
    labels = np.ones((20, 40), np.int32)
    labels[:, 30:] = 2
    share = np.zeros(labels.shape, np.float32)
    share[:, 15:30] = 1
    soft_share = softened(share, label_guide(labels), 1.4)
    assert 0.2 < soft_share[10, 14] < 0.9
    assert soft_share[:, 15:30].min() > 0.95 and soft_share[:, 30:].max() < 0.01


def test_paint_that_reaches_far_into_a_region_is_its_own() -> None:
    picture = painted((0, BLUE), (48, YELLOW))
    picture[:44, 48:104] = BLUE
    result = kept(soft(picture), page_with_lines(48))
    assert off(result[4:40, 52:100], BLUE).max() < 6


def test_a_broad_part_along_a_line_is_the_regions_own_paint() -> None:
    picture = painted((0, BLUE), (48, YELLOW))
    picture[24:104, 48:65] = BLUE
    result = kept(soft(picture), page_with_lines(48))
    assert off(result[28:100, 52:62], BLUE).max() < 4


def test_a_broad_shadow_that_only_resembles_the_neighbour_stays() -> None:
    purple, shadow = (60, 10, 70), (120, 22, 34)
    picture = painted((0, purple), (64, RED))
    cv2.circle(picture, (64, 40), 8, shadow, -1)
    picture[:, :64] = purple
    result = kept(soft(picture), page_with_lines(64))
    assert off(result[36:44, 67:70], shadow).max() < 4


def test_a_patch_larger_than_what_it_resembles_is_no_spill_of_it() -> None:
    ink = page_with_lines()
    cv2.circle(ink, (256, 256), 20, (255,), 5)
    picture = painted((0, YELLOW))
    picture[56:72, 46:82] = BLUE
    result = kept(soft(picture), ink)
    assert off(result[60:68, 48:56], BLUE).max() < 6


def test_a_part_that_lines_surround_is_no_spill() -> None:
    ink = page_with_lines(64)
    cv2.line(ink, (256, 200), (300, 200), (255,), 5)
    cv2.line(ink, (300, 200), (300, 300), (255,), 5)
    cv2.line(ink, (300, 300), (264, 300), (255,), 5)
    picture = painted((0, BLUE), (64, YELLOW))
    picture[50:75, 64:75] = BLUE
    regions = find_regions(ink, 0)
    whole = np.where(regions.labels == regions.at(280, 250), regions.at(400, 250), regions.labels).astype(np.int32)
    joined = replace(regions, labels=whole, boxes=boxes(whole, regions.count))
    result = cv2.resize(keep_to_lines(soft(picture), joined, ink), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    assert off(np.asarray(result)[54:71, 67:72], BLUE).max() < 6


@pytest.mark.parametrize("columns", [(), (20,)])
def test_a_picture_without_spills_is_left_as_it_is(columns: tuple[int, ...]) -> None:
    picture = painted((0, WHITE), (20, BLUE)) if columns else painted((0, BLUE))
    result = kept(picture, page_with_lines(*columns))
    assert color_difference(result, picture)[:, [*range(17), *range(24, SIDE)]].max() < 3


def test_a_region_too_slim_for_a_colour_of_its_own_takes_the_nearer_neighbours() -> None:
    picture = painted((0, BLUE), (62, (170, 65, 110)), (65, RED))
    result = keep_to_lines(picture, find_regions(page_with_lines(62, 65), 0), page_with_lines(62, 65))
    assert off(result[:, 127:128], RED).max() < 12


def test_a_slim_region_that_has_a_middle_keeps_its_colour() -> None:
    mixture = (170, 65, 110)
    picture = painted((0, BLUE), (60, mixture), (66, RED))
    result = keep_to_lines(picture, find_regions(page_with_lines(60, 66), 0), page_with_lines(60, 66))
    assert off(result[:, 124:129], mixture).max() < 8


def test_no_seam_stays_around_a_spill_that_fades_into_a_colour_which_another_region_has() -> None:
    picture = painted((0, BLUE), (48, WHITE), (100, LAVENDER))
    cv2.circle(picture, (48, 64), 11, BLUE, -1)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.0), np.uint8)
    result = kept(picture, page_with_lines(48, 100))
    assert off(picture[:, 52:90], WHITE).max() > 40
    assert off(result[:, 52:90], WHITE).max() < 6


def test_a_wide_rim_of_a_spill_goes_with_it_though_a_region_nearby_has_its_colour() -> None:
    mixture = (148, 168, 228)
    picture = painted((0, BLUE), (40, WHITE), (62, mixture))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    away = np.where(columns < 40, np.inf, np.hypot(rows - 64, columns - 40))
    picture[away < 15] = mixture
    picture[away < 8] = BLUE
    result = kept(soft(picture), page_with_lines(40, 62))
    assert off(soft(picture)[:, 43:59], WHITE).max() > 40
    assert off(result[:, 43:59], WHITE).max() < 6


def test_a_spill_over_a_bold_part_of_a_line_is_no_drawn_part() -> None:
    ink = page_with_lines(64)
    cv2.rectangle(ink, (256, 140), (278, 340), (255,), -1)
    picture = painted((0, BLUE), (64, YELLOW))
    cv2.ellipse(picture, (66, 60), (12, 22), 0, 0, 360, BLUE, -1)
    assert off(kept(soft(picture), ink)[:, 72:], YELLOW).max() < 6


def test_a_patch_that_covers_most_of_a_small_region_is_its_own_paint() -> None:
    ink = page_with_lines(64)
    cv2.rectangle(ink, (256, 200), (300, 260), (255,), 5)
    picture = painted((0, BLUE), (64, YELLOW))
    picture[50:65, 64:75] = BLUE
    picture[50:65, 72:75] = RED
    assert off(kept(soft(picture), ink)[54:61, 67:70], BLUE).max() < 10


def test_windows_are_kept_one_by_one_and_the_rest_stays() -> None:
    picture = painted((0, BLUE), (64, YELLOW))
    for row in (30, 100):
        cv2.circle(picture, (66, row), 8, BLUE, -1)
    ink = page_with_lines(64)
    window = (slice(0, PAGE // 2), slice(0, PAGE))
    result = keep_to_lines(soft(picture), find_regions(ink, 0), ink, windows=[window])
    small = np.asarray(cv2.resize(result, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    assert off(small[:60, 67:], YELLOW).max() < 6
    assert off(small[98:102, 67:71], BLUE).max() < 6


def test_the_rim_of_a_bay_keeps_the_colour_of_the_bay_though_its_region_has_another_beyond() -> None:
    """A background that is white between the points of a figure, and brown below them."""
    teal, brown = (20, 128, 128), (112, 64, 24)
    ink = np.zeros((PAGE, PAGE), np.uint8)
    outline = np.array([(0, 80), (54, 80), (60, 30), (68, 30), (74, 80), (SIDE, 80)]) * 4
    cv2.polylines(ink, [outline], False, (255,), 5)
    picture = np.full((SIDE, SIDE, 3), teal, np.uint8)
    cv2.fillPoly(picture, [np.array([*outline // 4, (SIDE, SIDE), (0, SIDE)])], brown)
    cv2.fillPoly(picture, [np.array([(55, 70), (60, 31), (68, 31), (73, 70)])], WHITE)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.6), np.uint8)
    result = kept(picture, ink)
    assert off(picture[31:33, 61:67], WHITE).max() > 20
    assert off(result[31:36, 61:67], WHITE).max() < 8


def test_a_spill_is_found_though_own_paint_with_some_of_its_colour_hangs_together_with_it() -> None:
    """A streak that is nearly half of the spill's colour goes from it far into the region, and stays."""
    streak = (139, 82, 135)
    picture = painted((0, BLUE), (64, RED))
    picture[60:68, 64:122] = streak
    cv2.circle(picture, (66, 64), 6, BLUE, -1)
    result = kept(soft(picture), page_with_lines(64))
    assert off(soft(picture)[61:68, 67:70], BLUE).max() < 4
    assert off(result[61:68, 67:70], BLUE).min() > 30
    assert off(result[62:67, 85:120], streak).max() < 4
