"""What a page of flats is said to need looking at, in which order, and what can be done about it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.checks.lost_colors import counted_regions
from huebrush_backend.flats.checks.picture_evidence import gather_evidence
from huebrush_backend.flats.checks.place import PlaceToCheck, inner_point
from huebrush_backend.flats.checks.places_to_check import find_places_to_check
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.region_colors import FIXED, INHERITED, NONE, SPREAD, VOTED, RegionColors
from huebrush_backend.flats.regions.find_regions import Regions, find_regions
from huebrush_backend.imaging.color_codes import hex_color

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


def places(
    regions: Regions,
    ink: np.ndarray,
    colors: RegionColors,
    picture: np.ndarray | None = None,
    allowed: tuple[tuple[int, int, int], ...] | None = None,
) -> list[PlaceToCheck]:
    evidence = None
    if picture is not None:
        swatches = None if allowed is None else np.array(allowed, np.uint8)
        evidence = gather_evidence(picture, regions, ink, counted_regions(colors), swatches)
    return find_places_to_check(regions, colors, shared_borders(regions.labels, ink), ink, evidence)


def painted(regions: Regions, colors: RegionColors) -> np.ndarray:
    """A picture that has exactly these colours."""
    return colors.colors[regions.labels]


def test_a_page_that_is_sure_of_everything_is_clean(regions: Regions, ink: np.ndarray):
    colors = colored(regions)
    assert places(regions, ink, colors) == []
    assert places(regions, ink, colors, painted(regions, colors)) == []


def test_an_unsure_region_offers_its_second_colour_and_its_neighbours(regions: Regions, ink: np.ndarray):
    colors, left = colored(regions), regions.at(*LEFT)
    colors.confidence[left], colors.sources[left], colors.alternatives[left] = 0.2, INHERITED, (20, 160, 60)
    (place,) = places(regions, ink, colors)
    assert (place.kind, place.color, place.area) == ("unsure", "#c81e28", int(regions.areas[left]))
    assert [fix.color for fix in place.fixes] == ["#14a03c", "#969696"]
    assert all(regions.at(fix.x, fix.y) == left for fix in place.fixes)
    assert not any(fix.suggested for fix in place.fixes), "a guess is no suggestion"


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
    assert not place.fixes[0].suggested, "a large region may be meant to stay empty"


def test_a_forgotten_speck_within_one_colour_is_suggested_to_be_filled():
    drawn = np.zeros((400, 400), np.uint8)
    cv2.circle(drawn, (200, 200), 6, 255, 2)
    found = find_regions(drawn, 0)
    colors = RegionColors.unpainted(found.count)
    colors.colors[1:], colors.alternatives[1:], colors.confidence[1:], colors.sources[1:] = RED, RED, 0.9, VOTED
    colors.sources[found.at(200, 200)] = NONE
    (place,) = places(found, drawn, colors)
    assert [(fix.color, fix.suggested) for fix in place.fixes] == [("#c81e28", True)]


def test_a_region_with_two_clear_colours_is_never_a_clean_page(regions: Regions, ink: np.ndarray):
    colors = colored(regions)
    picture = painted(regions, colors)
    picture[60:100, 60:120] = (250, 230, 60)
    (place,) = places(regions, ink, colors, picture)
    assert (place.kind, place.color) == ("two_colors", "#c81e28")
    left, top, width, height, x, y = place.spots[0]
    assert regions.at(x, y) == regions.at(*LEFT) and 60 <= x < 120 and 60 <= y < 100
    assert left <= 62 and top <= 62 and left + width >= 118 and top + height >= 98
    assert place.area == pytest.approx(2400, rel=0.2)


def test_shade_is_no_second_colour(regions: Regions, ink: np.ndarray):
    colors = colored(regions)
    picture = painted(regions, colors)
    picture[60:100, 60:120] = (150, 20, 30)
    assert places(regions, ink, colors, picture) == []


def test_a_region_that_the_picture_shows_otherwise_is_suggested_to_become_so(regions: Regions, ink: np.ndarray):
    colors, left = colored(regions), regions.at(*LEFT)
    picture = painted(regions, colors)
    colors.colors[left] = (250, 230, 60)
    (place,) = places(regions, ink, colors, picture)
    assert [(fix.color, fix.suggested) for fix in place.fixes] == [("#c81e28", True)]
    colors.colors[left], colors.sources[left] = RED, FIXED
    assert places(regions, ink, colors, picture) == [], "what was carried out is suggested again"


def test_the_artists_own_colour_is_not_doubted(regions: Regions, ink: np.ndarray):
    colors = colored(regions)
    picture = painted(regions, colors)
    colors.colors[regions.at(*LEFT)], colors.sources[regions.at(*LEFT)] = (250, 230, 60), FIXED
    assert places(regions, ink, colors, picture) == []


def test_a_locked_palette_is_no_alarm_and_nothing_outside_it_is_offered(regions: Regions, ink: np.ndarray):
    colors, left = colored(regions), regions.at(*LEFT)
    picture = painted(regions, colors)
    picture[regions.labels == left] = (250, 230, 60)  # far from every swatch; grey is the nearest one
    colors.colors[left] = colors.alternatives[left] = GREY
    assert places(regions, ink, colors, picture, allowed=(RED, BLUE, GREY)) == []
    colors.colors[left] = BLUE
    (place,) = places(regions, ink, colors, picture, allowed=(RED, BLUE, GREY))
    assert {fix.color for fix in place.fixes} <= {"#c81e28", "#1e3cd2", "#969696"}


def test_a_colour_of_the_picture_in_small_pieces_only_is_still_lost():
    drawn = np.zeros((300, 300), np.uint8)
    found = find_regions(drawn, 0)
    colors = RegionColors.unpainted(1)
    colors.colors[1], colors.alternatives[1], colors.confidence[1], colors.sources[1] = BLUE, BLUE, 0.9, VOTED
    picture = np.full((300, 300, 3), BLUE, np.uint8)
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        picture[20 + row : 280 : 8, 20 + column : 280 : 8] = (250, 230, 60)
    assert [place.kind for place in places(found, drawn, colors, picture)] == ["lost_color"]


def test_what_shows_most_comes_first(regions: Regions, ink: np.ndarray):
    colors = colored(regions)
    picture = painted(regions, colors)
    picture[60:75, 60:75] = (250, 230, 60)
    picture[60:140, 170:240] = (250, 230, 60)
    found = places(regions, ink, colors, picture)
    assert [place.color for place in found] == ["#1e3cd2", "#c81e28"]
    assert found[0].visible > 10 * found[1].visible > 0


def test_the_inner_point_of_a_ring_lies_on_the_ring():
    drawn = np.zeros((120, 120), np.uint8)
    cv2.circle(drawn, (60, 60), 50, 255, 3)
    cv2.circle(drawn, (60, 60), 40, 255, 3)
    found = find_regions(drawn, 4)
    ring = found.at(60, 15)
    assert found.at(*inner_point(found, ring)) == ring and found.count == 3


def test_a_picture_that_does_not_decide_raises_doubts_but_suggests_nothing(regions: Regions, ink: np.ndarray):
    colors, left = colored(regions), regions.at(*LEFT)
    picture = painted(regions, colors)
    colors.colors[left] = (250, 230, 60)
    evidence = gather_evidence(picture, regions, ink, counted_regions(colors), decides=False)
    (place,) = find_places_to_check(regions, colors, shared_borders(regions.labels, ink), ink, evidence)
    assert [(fix.color, fix.suggested) for fix in place.fixes] == [("#c81e28", False)]


def test_a_large_region_is_offered_none_of_the_colours_that_only_small_ones_may_have(regions: Regions, ink: np.ndarray):
    """The black of a pupil is nearest to a dark coat, but the coat gets a colour of the reference's own areas."""
    colors, left = colored(regions), regions.at(*LEFT)
    picture = painted(regions, colors)
    picture[regions.labels == left] = (20, 10, 40)
    allowed = np.array([RED, BLUE, GREY, (0, 0, 0)], np.uint8)

    def found(minor: list[bool]) -> list[PlaceToCheck]:
        evidence = gather_evidence(
            picture, regions, ink, counted_regions(colors), allowed, decides=False, minor=np.array(minor)
        )
        return find_places_to_check(regions, colors, shared_borders(regions.labels, ink), ink, evidence)

    assert [fix.color for place in found([False] * 4) for fix in place.fixes] == ["#000000"]
    (place,) = found([False, False, False, True])
    assert [fix.color for fix in place.fixes] == [hex_color(BLUE)]
    assert "#000000" not in str(place.text)
    colors.colors[left] = BLUE
    assert found([False, False, False, True]) == []
