"""Regions parted by colours: where lines are open and nowhere else, to the page's pixel, and taken back by a merge."""

from __future__ import annotations

from itertools import chain

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.checks.places_to_check import beside_border
from huebrush_backend.flats.regions.find_regions import RegionRepairs, Regions, find_regions
from huebrush_backend.flats.splitting.color_patches import cluster_colors, perceived
from huebrush_backend.flats.splitting.hint_strokes import hint_groups
from huebrush_backend.flats.splitting.split_regions import split_by_hints, split_by_picture
from huebrush_backend.imaging.color_codes import pack_rgb
from numpy.typing import NDArray

SKIN, WHITE, RED, BLUE, GREEN = (240, 190, 160), (250, 250, 250), (200, 40, 40), (40, 70, 200), (40, 150, 60)
SIZE = 600
PICTURE = 256
MIDDLE, CORNER = (300, 300), (30, 30)


def ring(openings: tuple[tuple[int, int], ...], size: int = SIZE, thickness: int = 4, tone: int = 255) -> NDArray:
    """Coverage of a circle, open from one to another angle in degrees in several places."""
    ink = np.zeros((size, size), np.uint8)
    middle, radius = (size // 2, size // 2), round(size * 0.3)
    last = [end for _, end in openings][-1:] + [end for _, end in openings][:-1]
    for (begin, _), end in zip(openings, last, strict=True):
        cv2.ellipse(ink, middle, (radius, radius), 0, end - (360 if end > begin else 0), begin, tone, thickness)
    return ink


def disc_picture(inner: tuple[int, ...] = SKIN, outer: tuple[int, ...] = WHITE, soft: float = 2.0) -> NDArray[np.uint8]:
    """What a model paints of the ring: a disc in its place, soft, over the lines."""
    picture = np.full((PICTURE, PICTURE, 3), outer, np.uint8)
    cv2.circle(picture, (PICTURE // 2, PICTURE // 2), round(PICTURE * 0.3), inner, -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), soft), np.uint8)


def parted(ink: NDArray[np.uint8], picture: NDArray[np.uint8], *merged: tuple[float, float, float, float]) -> Regions:
    return split_by_picture(find_regions(ink, 3, RegionRepairs(merged=merged)), ink, picture, merged)


@pytest.mark.parametrize("openings", [((10, 22),), ((80, 110),), ((0, 10), (100, 112), (200, 218))])
def test_an_open_outline_is_closed_between_two_colours(openings: tuple[tuple[int, int], ...]) -> None:
    ink = ring(openings)
    assert find_regions(ink, 3).count == 1
    regions = parted(ink, disc_picture())
    assert regions.count == 2 and regions.at(*MIDDLE) != regions.at(*CORNER)
    truth = cv2.circle(np.zeros((SIZE, SIZE), np.uint8), (300, 300), 180, 1, -1) > 0
    assert np.mean((regions.labels == regions.at(*MIDDLE)) != truth) < 0.01


def test_each_opening_is_told_with_a_line_across_it() -> None:
    regions = parted(ring(((80, 110),)), disc_picture())
    (border,) = regions.color_borders
    x, y = np.array(list(chain.from_iterable(border.lines))).T
    assert y.min() > 440 and y.max() < 520 and np.ptp(x) > 60
    assert set(border.regions) == {1, 2} and not border.by_hand


def test_a_faint_line_is_a_border_too() -> None:
    ink = np.maximum(ring(((0, 180),)), ring(((180, 360),), thickness=3, tone=45))
    assert find_regions(ink, 3).count == 1
    regions = parted(ink, disc_picture())
    truth = cv2.circle(np.zeros((SIZE, SIZE), np.uint8), (300, 300), 180, 1, -1) > 0
    assert regions.count == 2
    assert np.mean((regions.labels == regions.at(*MIDDLE)) != truth) < 0.01


def test_one_colour_on_both_sides_of_an_opening_is_not_parted() -> None:
    ink = ring(((80, 110),))
    assert parted(ink, disc_picture(SKIN, SKIN)).color_borders == ()
    assert parted(ink, disc_picture((236, 188, 160), SKIN)).count == 1


@pytest.mark.parametrize("tint", [(255, 243, 235), (255, 241, 230), (248, 232, 224), (255, 228, 212), (226, 240, 255)])
def test_a_pale_tint_is_no_white_paper(tint: tuple[int, int, int]) -> None:
    for paper in ((255, 255, 255), WHITE):
        regions = parted(ring(((80, 100),)), disc_picture(tint, paper))
        assert regions.count == 2 and regions.at(*MIDDLE) != regions.at(*CORNER)


@pytest.mark.parametrize("other", [(244, 244, 244), (252, 250, 246), (236, 236, 238)])
def test_white_in_soft_light_stays_white(other: tuple[int, int, int]) -> None:
    assert parted(ring(((80, 100),)), disc_picture(other, (255, 255, 255))).count == 1


@pytest.mark.parametrize("kind", ["shine", "two tones", "shadow", "gradient", "dots"])
def test_a_closed_shape_that_the_picture_mottles_stays_whole(kind: str) -> None:
    ink = np.zeros((SIZE, SIZE), np.uint8)
    cv2.ellipse(ink, MIDDLE, (220, 170), 0, 0, 360, 255, 4)
    for x in (230, 300, 370):  # strokes that begin at the border and end inside
        cv2.line(ink, (x, 130), (x + 15, 240), 255, 4)
    picture = np.full((PICTURE, PICTURE, 3), (90, 50, 30), np.uint8)
    if kind == "shine":
        cv2.ellipse(picture, (128, 110), (60, 12), 0, 0, 360, (235, 205, 180), -1)
    elif kind == "two tones":
        picture[:, 128:] = (30, 60, 130)
    elif kind == "shadow":
        picture[150:] = (25, 12, 10)
    elif kind == "gradient":
        picture[:] = np.linspace((30, 20, 60), (240, 180, 60), PICTURE)[:, None].astype(np.uint8)
    else:
        for x in range(20, PICTURE, 30):
            for y in range(20, PICTURE, 30):
                cv2.circle(picture, (x, y), 8, (230, 220, 80), -1)
    before = find_regions(ink, 3)
    inside = parted(ink, np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.uint8))
    shape = before.labels == before.at(300, 380)
    assert len(np.unique(inside.labels[shape])) == 1


def test_what_is_not_parted_stays_to_the_pixel() -> None:
    ink = ring(((80, 110),))
    cv2.rectangle(ink, (20, 440), (120, 560), 255, 4)
    before = find_regions(ink, 3)
    regions = split_by_picture(before, ink, disc_picture())
    box = before.labels == before.at(70, 500)
    assert len(np.unique(regions.labels[box])) == 1
    assert np.array_equal(regions.labels == regions.at(70, 500), box)
    assert np.array_equal(before.labels, find_regions(ink, 3).labels), "the regions given were changed"


def test_every_pixel_keeps_a_region_and_the_measures_are_right() -> None:
    ink = ring(((0, 15), (100, 130)))
    regions = parted(ink, disc_picture())
    assert regions.labels.min() == 1 and regions.labels.max() == regions.count
    for label in range(1, regions.count + 1):
        rows, columns = np.nonzero(regions.labels == label)
        left, top, width, height = regions.boxes[label]
        assert (left, top) == (columns.min(), rows.min())
        assert (left + width, top + height) == (columns.max() + 1, rows.max() + 1)
        assert regions.areas[label] == np.count_nonzero((regions.labels == label) & (ink < 64))


def test_a_border_is_taken_back_by_a_merge_across_it() -> None:
    ink = ring(((80, 110),))
    regions = parted(ink, disc_picture(), (300.0, 400.0, 300.0, 560.0))
    assert regions.count == 1 and regions.color_borders == ()


def test_a_page_many_times_the_grid_is_parted_at_its_own_lines() -> None:
    ink = ring(((80, 95),), size=3000, thickness=14)
    regions = parted(ink, disc_picture())
    inner = regions.labels == regions.at(1500, 1500)
    truth = cv2.circle(np.zeros((3000, 3000), np.uint8), (1500, 1500), 900, 1, -1) > 0
    assert regions.count == 2 and np.mean(inner != truth) < 0.002
    along = np.s_[1300:1700, 2300:2500]  # where there is a line, the border is in its middle
    assert np.abs((inner[along]).sum(axis=1) - (truth[along]).sum(axis=1)).max() <= 3


def test_an_opening_smaller_than_a_cell_of_the_grid_is_found_and_shown() -> None:
    ink = ring(((90, 91),), size=3000, thickness=14)
    assert find_regions(ink, 0).count == 1
    regions = split_by_picture(find_regions(ink, 0), ink, disc_picture(BLUE))
    assert regions.count == 2 and regions.at(1500, 1500) != regions.at(30, 30)
    (border,) = regions.color_borders
    assert all(len(line) > 1 for line in border.lines)
    beside = beside_border(regions.labels, border)
    assert beside is not None and {regions.at(*beside[:2]), regions.at(*beside[2:])} == {1, 2}


def test_the_same_page_gives_the_same_bytes() -> None:
    ink, picture = ring(((0, 15), (100, 130))), disc_picture()
    one, other = parted(ink, picture), parted(ink, picture)
    assert np.array_equal(one.labels, other.labels) and one.color_borders == other.color_borders


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 2), (64, 64)])
def test_small_and_narrow_pages_and_pictures_do_no_harm(shape: tuple[int, int]) -> None:
    ink = np.zeros(shape, np.uint8)
    ink[shape[0] // 2] = 255
    picture = np.random.default_rng(1).integers(0, 256, (7, 5, 3), np.uint8)
    regions = find_regions(ink, 3)
    assert split_by_picture(regions, ink, picture).count >= 1


def hints_at(*strokes: tuple[tuple[int, int], tuple[int, int, int]]) -> NDArray[np.uint8]:
    layer = np.zeros((SIZE, SIZE, 4), np.uint8)
    for place, color in strokes:
        cv2.circle(layer, place, 12, (*color, 255), -1)
    return layer


def test_two_hints_part_an_open_shape_at_its_opening() -> None:
    ink = ring(((80, 110),))
    regions = split_by_hints(find_regions(ink, 3), ink, hints_at(((300, 250), RED), ((60, 60), BLUE)))
    truth = cv2.circle(np.zeros((SIZE, SIZE), np.uint8), (300, 300), 180, 1, -1) > 0
    assert regions.count == 2
    assert np.mean((regions.labels == regions.at(*MIDDLE)) != truth) < 0.02
    assert all(border.by_hand for border in regions.color_borders) and regions.color_borders


def test_two_hints_on_open_paper_meet_halfway() -> None:
    ink = np.zeros((SIZE, SIZE), np.uint8)
    ink[:2] = 255
    regions = split_by_hints(find_regions(ink, 3), ink, hints_at(((150, 300), RED), ((450, 300), BLUE)))
    assert regions.count == 2
    assert 280 < np.count_nonzero(regions.labels[300] == regions.at(150, 300)) < 320


def test_three_hints_make_three_parts_and_one_colour_twice_makes_none() -> None:
    ink = ring(((80, 110),))
    regions = find_regions(ink, 3)
    three = hints_at(((300, 250), RED), ((60, 60), BLUE), ((540, 540), GREEN))
    assert split_by_hints(regions, ink, three).count == 3
    twice = hints_at(((300, 250), RED), ((60, 60), RED))
    assert split_by_hints(regions, ink, twice) is regions


def test_a_brush_that_mixes_its_colour_is_one_hint() -> None:
    rng = np.random.default_rng(3)
    mixed = np.clip(np.array(RED) + rng.integers(-4, 5, (400, 3)), 0, 255).astype(np.uint8)
    assert set(hint_groups(pack_rgb(mixed).astype(np.int64)).tolist()) == {1}
    both = np.concatenate([mixed, np.tile(np.array(BLUE, np.uint8), (200, 1))])
    assert set(hint_groups(pack_rgb(both).astype(np.int64)).tolist()) == {1, 2}
    speck = np.concatenate([mixed, np.tile(np.array(BLUE, np.uint8), (3, 1))])
    assert hint_groups(pack_rgb(speck).astype(np.int64)).max() == 1


def test_colours_are_clustered_by_what_an_eye_tells_apart() -> None:
    rng = np.random.default_rng(5)
    values = np.concatenate([np.array(color) + rng.integers(-6, 7, (300, 3)) for color in (SKIN, RED, BLUE)])
    assert len(cluster_colors(perceived(np.clip(values, 0, 255).astype(np.uint8)))) == 3


def test_a_long_page_is_parted_window_by_window() -> None:
    openings = (((80, 110),), ((10, 22),), ((200, 224),))
    ink = np.concatenate([ring(each) for each in openings])
    picture = np.concatenate([disc_picture(inner) for inner in (SKIN, BLUE, GREEN)])
    windows = [(slice(top, top + SIZE), slice(0, SIZE)) for top in range(0, 3 * SIZE, SIZE)]
    before = find_regions(ink, 3)
    assert before.count == 1
    regions = split_by_picture(before, ink, picture, windows=windows)
    assert regions.count == 4 and (before.labels == 1).all()
    paper = regions.at(*CORNER)
    for number, window in enumerate(windows):
        alone = split_by_picture(find_regions(ink[window], 3), ink[window], disc_picture((SKIN, BLUE, GREEN)[number]))
        inside = regions.labels[window] != paper
        assert np.array_equal(inside, alone.labels != alone.at(*CORNER))
        (border,) = [each for each in regions.color_borders if regions.at(300, 300 + SIZE * number) in each.regions]
        shifted = tuple(tuple((x, y + SIZE * number) for x, y in line) for line in alone.color_borders[0].lines)
        assert border.lines == shifted
    whole = split_by_picture(before, ink, picture, merged=[(300, 300, *CORNER)], windows=windows)
    assert whole.count == 3 and whole.at(*MIDDLE) == whole.at(*CORNER)


def test_an_open_page_of_many_colours_is_parted_at_each_of_them() -> None:
    hues = [
        (230, 40, 40), (240, 140, 30), (240, 220, 60), (130, 200, 40), (40, 150, 60), (40, 190, 190), (60, 120, 230),
        (40, 40, 130), (140, 60, 200), (240, 150, 190), (120, 70, 40), (110, 110, 110), (30, 30, 30), (250, 215, 170),
        (170, 30, 100),
    ]  # fmt: skip
    places = [(100 + 200 * (i % 4), 100 + 200 * (i // 4)) for i in range(len(hues))]
    ink, picture = np.zeros((800, 800), np.uint8), np.full((400, 400, 3), 250, np.uint8)
    for (x, y), hue in zip(places, hues, strict=True):
        cv2.ellipse(ink, (x, y), (70, 70), 0, 20, 340, 255, 4)
        cv2.circle(picture, (x // 2, y // 2), 35, hue, -1)
    regions = parted(ink, np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.uint8))
    assert regions.count == len(hues) + 1 and len({regions.at(x, y) for x, y in places}) == len(hues)
