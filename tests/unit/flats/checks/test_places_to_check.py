"""What a page of flats is said to need looking at, in which order, and what can be done about it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.checks.places_to_check import PlaceToCheck, find_places_to_check, inner_point
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.region_colors import INHERITED, NONE, SPREAD, VOTED, RegionColors
from huebrush_backend.flats.regions.find_regions import Regions, find_regions

RED, BLUE, GREY = (200, 30, 40), (30, 60, 210), (150, 150, 150)
LEFT, RIGHT, OUTSIDE = (100, 100), (200, 100), (10, 10)


@pytest.fixture(scope="module")
def ink() -> np.ndarray:
    """Two boxes side by side."""
    drawn = np.zeros((200, 300), np.uint8)
    cv2.rectangle(drawn, (40, 40), (260, 160), 255, 4)
    cv2.line(drawn, (150, 40), (150, 160), 255, 4)
    return drawn


@pytest.fixture(scope="module")
def regions(ink: np.ndarray) -> Regions:
    return find_regions(ink, 8)


def colored(regions: Regions) -> RegionColors:
    """Every region in a colour of its own, and sure of it."""
    colors = RegionColors.unpainted(regions.count)
    for place, color in ((LEFT, RED), (RIGHT, BLUE), (OUTSIDE, GREY)):
        colors.colors[regions.at(*place)] = colors.alternatives[regions.at(*place)] = color
    colors.confidence[1:], colors.sources[1:] = 0.9, VOTED
    return colors


def places(regions: Regions, ink: np.ndarray, colors: RegionColors, **moved: np.ndarray) -> list[PlaceToCheck]:
    return find_places_to_check(regions, colors, shared_borders(regions.labels, ink), **moved)


def test_a_page_that_is_sure_of_everything_is_clean(regions: Regions, ink: np.ndarray):
    assert places(regions, ink, colored(regions)) == []


def test_an_unsure_region_offers_its_second_colour_and_its_neighbours(regions: Regions, ink: np.ndarray):
    colors, left = colored(regions), regions.at(*LEFT)
    colors.confidence[left], colors.sources[left], colors.alternatives[left] = 0.2, INHERITED, (20, 160, 60)
    (place,) = places(regions, ink, colors)
    assert (place.kind, place.color, place.area) == ("unsure", "#c81e28", int(regions.areas[left]))
    assert [fix.color for fix in place.fixes] == ["#14a03c", "#969696"]
    assert all(regions.at(fix.x, fix.y) == left for fix in place.fixes)


def test_a_region_unsure_of_its_neighbours_own_colour_can_join_it(regions: Regions, ink: np.ndarray):
    colors, left, outside = colored(regions), regions.at(*LEFT), regions.at(*OUTSIDE)
    colors.confidence[left], colors.colors[left], colors.alternatives[left] = 0.2, GREY, GREY
    (fix,) = places(regions, ink, colors)[0].fixes
    assert fix.kind == "merge" and {regions.at(fix.x, fix.y), regions.at(fix.x2, fix.y2)} == {left, outside}


def test_the_less_sure_the_higher_it_stands(regions: Regions, ink: np.ndarray):
    colors = colored(regions)
    colors.confidence[regions.at(*LEFT)], colors.confidence[regions.at(*RIGHT)] = 0.4, 0.1
    assert [place.color for place in places(regions, ink, colors)] == ["#1e3cd2", "#c81e28"]


def test_colours_that_were_spread_are_no_guesses(regions: Regions, ink: np.ndarray):
    colors = colored(regions)
    colors.confidence[:], colors.sources[1:] = 0, SPREAD
    assert places(regions, ink, colors) == []


def test_an_unpainted_region_offers_its_neighbours_colour(regions: Regions, ink: np.ndarray):
    colors = colored(regions)
    colors.sources[regions.at(*LEFT)] = NONE
    (place,) = places(regions, ink, colors)
    assert (place.kind, place.color, [fix.color for fix in place.fixes]) == ("unpainted", "", ["#969696"])


def test_a_colour_far_from_the_palette_can_be_had_all_the_same(regions: Regions, ink: np.ndarray):
    colors, left = colored(regions), regions.at(*LEFT)
    voted, moved = colors.colors.copy(), np.zeros(regions.count + 1, np.float32)
    voted[left], moved[left] = (20, 160, 60), 40.0
    (place,) = places(regions, ink, colors, voted=voted, moved=moved)
    assert place.kind == "off_palette" and [fix.color for fix in place.fixes] == ["#14a03c"]


def test_the_inner_point_of_a_ring_lies_on_the_ring():
    drawn = np.zeros((120, 120), np.uint8)
    cv2.circle(drawn, (60, 60), 50, 255, 3)
    cv2.circle(drawn, (60, 60), 40, 255, 3)
    found = find_regions(drawn, 4)
    ring = found.at(60, 15)
    assert found.at(*inner_point(found, ring)) == ring and found.count == 3
