"""A region's colour is one that the picture has in that region: not its lines', not the mean of two tones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.region_colors import FIXED, INHERITED, UNSURE, VOTED, RegionColors, override
from huebrush_backend.flats.colors.vote import vote
from numpy.typing import NDArray
from simple_regions import SimpleRegions, labelled, ringed_page

RED, BLUE, SKIN, GREEN = (200, 30, 40), (20, 60, 220), (252, 214, 186), (40, 160, 80)


def ask(page: SimpleRegions, picture: NDArray[np.uint8], swatches: NDArray[np.uint8] | None = None) -> RegionColors:
    borders = shared_borders(page.labels, page.ink)
    return vote(picture, page.labels, page.boxes, page.ink, borders, swatches)


def model_picture(page: SimpleRegions, colors: list[tuple[int, int, int]], side: int = 64) -> NDArray[np.uint8]:
    """What a model paints: soft, small, lines and all."""
    flat = np.array([(0, 0, 0), *colors], np.uint8)[page.labels].astype(np.float32)
    lined = flat * (1 - page.ink[..., None] / np.float32(255))
    small = cv2.resize(lined, (side, side), interpolation=cv2.INTER_AREA)
    return np.rint(cv2.GaussianBlur(small, (0, 0), 0.6)).astype(np.uint8)


def test_each_region_gets_its_colour_without_its_lines_halo() -> None:
    page = ringed_page()
    colors = [SKIN, RED, BLUE, GREEN]
    found = ask(page, model_picture(page, colors, 96))
    assert np.abs(found.colors[1:].astype(int) - colors).max() <= 2
    assert (found.sources[1:] == VOTED).all()
    assert (found.confidence[1:] >= UNSURE).all()


def test_a_colour_even_in_the_picture_is_kept_to_the_byte() -> None:
    page = ringed_page()
    picture = np.array([(0, 0, 0), SKIN, RED, BLUE, GREEN], np.uint8)[page.labels]
    assert ask(page, picture).colors[1:].tolist() == [list(color) for color in (SKIN, RED, BLUE, GREEN)]


@pytest.mark.parametrize("share", [0.55, 0.7])
def test_two_tones_are_not_mixed(share: float) -> None:
    page = labelled(np.ones((100, 100), np.int32))
    picture = np.empty((50, 50, 3), np.uint8)
    picture[:] = BLUE
    picture[:, : round(50 * share)] = RED
    noise = np.random.default_rng(0).integers(-6, 7, picture.shape)
    found = ask(page, np.clip(picture + noise, 0, 255).astype(np.uint8))
    assert np.abs(found.colors[1].astype(int) - RED).max() <= 6
    assert np.abs(found.alternatives[1].astype(int) - BLUE).max() <= 6
    assert found.confidence[1] < share + 0.05


def test_a_part_in_shadow_keeps_its_lit_colour() -> None:
    page = labelled(np.ones((100, 100), np.int32))
    picture = np.empty((50, 50, 3), np.uint8)
    picture[:] = (np.array(RED) * 0.55).astype(np.uint8)
    picture[:, :22] = RED
    assert tuple(ask(page, picture).colors[1]) == RED


def test_an_even_gradient_is_voted_by_its_middle() -> None:
    page = labelled(np.ones((100, 100), np.int32))
    picture = np.repeat(np.linspace(80, 180, 50).astype(np.uint8)[None, :, None], 50, axis=0).repeat(3, axis=2)
    assert abs(int(ask(page, picture).colors[1, 0]) - 130) <= 3


def small_parts(seen: tuple[int, int, int]) -> tuple[SimpleRegions, NDArray[np.uint8]]:
    """Two areas, side by side, and a speck between, longer beside the left one, that a cell of 10 pixels cannot
    hold."""
    labels = np.ones((200, 200), np.int32)
    labels[:, 105:] = 2
    labels[104:107, 102:107] = 3
    picture = np.empty((20, 20, 3), np.uint8)
    picture[:, :10], picture[:, 10:] = SKIN, BLUE
    picture[10, 10] = seen
    return labelled(labels), picture


def test_a_region_too_small_for_the_picture_takes_the_neighbour_that_is_seen_there() -> None:
    for color in (SKIN, BLUE):
        page, picture = small_parts(color)
        found = ask(page, picture)
        assert tuple(found.colors[3]) == color
        assert found.sources[3] == INHERITED
        assert found.confidence[3] < UNSURE


def test_a_known_colour_that_is_seen_goes_before_a_neighbour() -> None:
    page, picture = small_parts((44, 156, 84))
    assert tuple(ask(page, picture, np.array([SKIN, BLUE, GREEN], np.uint8)).colors[3]) == GREEN
    assert tuple(ask(page, picture).colors[3]) in (SKIN, BLUE)


def test_a_tip_cut_off_by_a_closed_gap_goes_with_what_it_was_cut_from() -> None:
    labels = np.ones((200, 200), np.int32)
    labels[:, 100:] = 2
    labels[100:103, 100:106] = 3
    ink = np.zeros((200, 200), np.uint8)
    ink[98:105, 98:108] = 255
    ink[100:103, 99:105] = 0  # free to the left, inked to the right
    page = labelled(labels, ink)
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[:, :10], picture[:, 10:] = SKIN, BLUE
    picture[10, 10] = (70, 70, 70)
    assert tuple(ask(page, picture).colors[3]) == SKIN


def test_a_region_wholly_under_ink_is_painted_too() -> None:
    page = ringed_page()
    blob = page.ink.copy()
    blob[page.labels == 4] = 255
    found = ask(labelled(page.labels, blob), model_picture(page, [SKIN, RED, BLUE, GREEN]))
    assert found.painted[1:].all()


def test_a_picture_larger_than_the_page_votes_alike() -> None:
    page = ringed_page(200)
    colors = np.array([(0, 0, 0), SKIN, RED, BLUE, GREEN], np.uint8)[page.labels]
    large = cv2.resize(colors, (1600, 1600), interpolation=cv2.INTER_NEAREST)
    assert ask(page, np.asarray(large, np.uint8)).colors[1:].tolist() == [list(c) for c in (SKIN, RED, BLUE, GREEN)]


def test_the_same_votes_give_the_same_bytes() -> None:
    page = ringed_page()
    picture = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    first, second = ask(page, picture), ask(page, picture)
    assert first.colors.tobytes() == second.colors.tobytes()
    assert first.confidence.tobytes() == second.confidence.tobytes()


def test_overriding_sets_exactly_the_regions_given() -> None:
    page = ringed_page()
    before = ask(page, model_picture(page, [SKIN, RED, BLUE, GREEN]))
    after = override(before, {3: (1, 2, 3)})
    assert tuple(after.colors[3]) == (1, 2, 3)
    assert after.sources[3] == FIXED
    assert (after.alternatives[3] == before.colors[3]).all()
    rest = [1, 2, 4]
    assert (after.colors[rest] == before.colors[rest]).all()
    assert (after.sources[rest] == VOTED).all()


@pytest.mark.parametrize("fixed", [{9: (1, 2, 3)}, {0: (1, 2, 3)}, {1: (1, 2, 256)}])
def test_overriding_refuses_what_is_no_region_or_no_colour(fixed: dict[int, tuple[int, int, int]]) -> None:
    with pytest.raises(ValueError, match=r"region|colour"):
        override(RegionColors.unpainted(4), fixed)
