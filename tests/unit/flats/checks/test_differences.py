"""Two results compared region by region, and regions of one put into the other."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.checks.differences import find_differences, take_regions
from huebrush_backend.flats.regions.find_regions import find_regions

RED, BLUE, GREY, PINK = (200, 30, 40, 255), (30, 60, 210, 255), (150, 150, 150, 255), (250, 180, 190, 255)
LEFT, RIGHT, AROUND = (90, 100), (200, 100), (10, 10)


def page() -> tuple[np.ndarray, np.ndarray]:
    """Ink of two boxes side by side, and a result: red left, blue right, grey around."""
    ink = np.zeros((200, 300), np.uint8)
    cv2.rectangle(ink, (40, 40), (260, 160), 255, 4)
    cv2.line(ink, (150, 40), (150, 160), 255, 4)
    result = np.full((200, 300, 4), GREY, np.uint8)
    result[40:161, 40:150], result[40:161, 150:261] = RED, BLUE
    return ink, result


def test_equal_results_do_not_differ():
    ink, result = page()
    assert find_differences(result, result.copy(), find_regions(ink, 8), ink) == []


@pytest.mark.parametrize(("place", "rows"), [(LEFT, 1), (RIGHT, 3), (AROUND, 5000)])
def test_a_region_of_another_colour_is_found_alone(place: tuple[int, int], rows: int, monkeypatch: pytest.MonkeyPatch):
    """Whether the page is compared at once or in strips."""
    monkeypatch.setattr("huebrush_backend.flats.checks.differences.ROWS", rows)
    ink, base = page()
    regions = find_regions(ink, 8)
    other = np.where((regions.labels == regions.at(*place))[..., None], np.array(PINK, np.uint8), base)
    (found,) = find_differences(base, other, regions, ink)
    assert (found.kind, found.color, found.count) == ("differs", "#fab4be", 1)
    assert regions.at(found.x + found.width // 4, found.y) in (0, regions.at(*place))
    (fix,) = found.fixes
    assert fix.kind == "take" and regions.at(fix.x, fix.y) == regions.at(*place)


def test_what_shows_most_comes_first_and_each_region_is_a_place():
    """Also two small regions with the same colours, which other checks take for one."""
    ink = np.zeros((300, 300), np.uint8)
    for left in (20, 60):
        cv2.rectangle(ink, (left, 20), (left + 20, 40), 255, 2)
    cv2.rectangle(ink, (20, 100), (280, 280), 255, 2)
    regions = find_regions(ink, 4)
    base, other = np.full((300, 300, 4), GREY, np.uint8), np.full((300, 300, 4), GREY, np.uint8)
    other[22:39, 22:39] = other[22:39, 62:79] = other[102:279, 22:279] = RED
    found = find_differences(base, other, regions, ink)
    assert [place.count for place in found] == [1, 1, 1] and found[0].area > 10_000


@pytest.mark.parametrize("kind", ["on lines", "a few pixels", "slight", "under transparency"])
def test_what_nobody_sees_is_no_difference(kind: str):
    ink, base = page()
    other = base.copy()
    if kind == "on lines":
        other[ink > 0] = PINK
    elif kind == "a few pixels":
        other[100:103, 80:83] = PINK
    elif kind == "slight":
        other[..., 0] += 5
    else:
        base[..., 3] = other[..., 3] = 0
        other[..., :3] = 7
    assert find_differences(base, other, find_regions(ink, 8), ink) == []


def test_a_pattern_with_the_same_mean_differs():
    """As in two pictures of a model, whose regions have no single colour."""
    ink, base = page()
    base[60:140:2, 60:140], base[61:140:2, 60:140] = (100, 100, 100, 255), (140, 140, 140, 255)
    other = np.roll(base, 1, axis=0)
    other[ink > 0] = base[ink > 0]
    regions = find_regions(ink, 8)
    assert regions.at(*LEFT) in [
        regions.at(place.fixes[0].x, place.fixes[0].y) for place in find_differences(base, other, regions, ink)
    ]


def test_taken_regions_are_the_others_and_all_else_is_the_first_to_the_byte():
    ink, base = page()
    other = np.random.default_rng(3).integers(0, 256, base.shape, np.uint8)
    regions = find_regions(ink, 8)
    mix = take_regions(base, other, regions, [LEFT, LEFT, (400.0, -3.0)])
    taken = np.isin(regions.labels, [regions.at(*LEFT), regions.at(299, 0)])
    assert np.array_equal(mix[taken], other[taken]) and np.array_equal(mix[~taken], base[~taken])
    assert np.array_equal(take_regions(base, other, regions, []), base)
    again = find_differences(mix, other, regions, ink)
    assert [regions.at(place.fixes[0].x, place.fixes[0].y) for place in again] == [regions.at(*RIGHT)]


def test_results_of_another_size_are_refused():
    ink, base = page()
    regions = find_regions(ink, 8)
    for pair in ((base[1:], base), (base, base[..., :3])):
        with pytest.raises(ValueError, match="as large as the page"):
            find_differences(*pair, regions, ink)
        with pytest.raises(ValueError, match="as large as the page"):
            take_regions(*pair, regions, [LEFT])
