"""Looking over painted flats: specks, leaks, empty regions and colours of no palette are found, and nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.checks.own_flats import check_flats, repair_flats
from huebrush_backend.flats.checks.place import PlaceToCheck
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.palettes.palette import Palette, parse_hex_list
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.imaging.color_codes import rgb_from_hex

RED, BLUE, GREY = (200, 30, 40), (30, 60, 210), (150, 150, 150)


def page() -> tuple[np.ndarray, np.ndarray]:
    """Ink of two boxes side by side, and flats that are right: red left, blue right, grey around."""
    ink = np.zeros((200, 300), np.uint8)
    cv2.rectangle(ink, (40, 40), (260, 160), 255, 4)
    cv2.line(ink, (150, 40), (150, 160), 255, 4)
    flats = np.full((200, 300, 4), (*GREY, 255), np.uint8)
    flats[40:161, 40:150], flats[40:161, 150:261] = (*RED, 255), (*BLUE, 255)
    return ink, flats


def check(ink: np.ndarray, flats: np.ndarray, palette: Palette | None = None) -> list[PlaceToCheck]:
    regions = find_regions(ink, 8)
    return check_flats(flats, regions, ink, shared_borders(regions.labels, ink), palette)


def test_right_flats_are_clean_on_their_palette():
    assert check(*page(), parse_hex_list("#c81e28 #1e3cd2 #969696")) == []


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_speck_left_unpainted_is_found_however_small(size: int):
    ink, flats = page()
    flats[90 : 90 + size, 80 : 80 + size, 3] = 0
    (place,) = check(ink, flats)
    assert (place.kind, place.area, place.x, place.y) == ("unpainted", size * size, 80, 90)
    assert place.fixes[0].color == "#c81e28"


def test_colour_across_a_line_is_a_leak():
    ink, flats = page()
    flats[100:104, 152:170] = (*RED, 255)
    (place,) = check(ink, flats)
    assert place.kind == "leak" and place.color == "#c81e28" and place.fixes[0].color == "#1e3cd2"
    assert 152 <= place.x <= 153 and place.y == 100


def test_an_artists_own_second_colour_is_no_leak():
    ink, flats = page()
    flats[100:120, 180:200] = (250, 240, 120, 255)
    assert check(ink, flats) == []


def test_a_region_without_colour_is_found():
    ink, flats = page()
    flats[40:161, 150:261, 3] = 0
    (place,) = check(ink, flats)
    assert place.kind == "unpainted" and place.area > 10_000 and place.risk < 0.5


def test_a_colour_of_no_palette_is_found_with_the_nearest_swatch():
    ink, flats = page()
    (place,) = check(ink, flats, parse_hex_list("#c81e29 #1e3cd2 #969696"))
    assert place.kind == "off_palette" and place.color == "#c81e28" and place.fixes[0].color == "#c81e29"


def test_flats_of_another_size_are_refused():
    ink, flats = page()
    with pytest.raises(ValueError, match="as large as the page"):
        check(ink, flats[:-1])


def test_a_stroke_across_several_regions_is_one_place_even_where_it_covers_one():
    ink, flats = page()
    cv2.circle(ink, (100, 100), 14, 255, 3)  # an iris, which the stroke covers
    flats[86:115, 86:115] = (20, 160, 60, 255)
    flats[88:113, 20:240] = (250, 240, 40, 255)
    found = check(ink, flats)
    (place,) = [place for place in found if place.kind == "across"]
    assert place is found[0] and place.color == "#faf028" and place.count == 4
    assert {fix.color for fix in place.fixes} == {"#c81e28", "#1e3cd2", "#969696"}
    assert not any(fix.suggested for fix in place.fixes), "a stripe may be meant"
    assert [other.kind for other in found[1:]] == []


def test_the_correction_of_a_stroke_fills_its_part_of_the_region_also_beside_the_lines():
    ink, flats = page()
    flats[88:113, 20:240] = (250, 240, 40, 255)
    flats[88, 20:240] = (246, 236, 46, 255)  # a soft edge
    (place,) = check(ink, flats)
    regions = find_regions(ink, 8)
    fixes = [(x, y, rgb_from_hex(fix.color)) for fix in place.fixes for x, y, _, _ in fix.points]
    mend = repair_flats(flats, regions, ink, fixes)
    mended = np.where(mend[..., 3:] > 0, mend, flats)
    assert check(ink, mended) == []
    assert (mended[ink == 0] == page()[1][ink == 0]).all()


def test_hair_in_one_colour_over_many_strands_is_no_stroke_across_lines():
    ink = np.zeros((200, 300), np.uint8)
    for x in range(30, 290, 30):
        cv2.line(ink, (x, 0), (x, 199), 255, 3)
    flats = np.full((200, 300, 4), (*RED, 255), np.uint8)
    assert check(ink, flats) == []
