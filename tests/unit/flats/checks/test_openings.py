"""Openings in lines: closing them is suggested where that parts two clear colours, and not where it changes nothing."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.checks.lost_colors import counted_regions
from huebrush_backend.flats.checks.openings import Separation, find_separations
from huebrush_backend.flats.checks.picture_evidence import gather_evidence
from huebrush_backend.flats.colors.region_colors import VOTED, RegionColors
from huebrush_backend.flats.regions.find_regions import OpenGap, Regions, find_regions

RED, BLUE = (200, 30, 40), (30, 60, 210)


@pytest.fixture(scope="module")
def ink() -> np.ndarray:
    """A box with an opening of 14 px in its right side."""
    drawn = np.zeros((300, 300), np.uint8)
    cv2.rectangle(drawn, (60, 60), (240, 240), 255, 3)
    drawn[143:157, 230:250] = 0
    return drawn


@pytest.fixture(scope="module")
def regions(ink: np.ndarray) -> Regions:
    found = find_regions(ink, 9)
    assert found.count == 1 and len(found.open_gaps) == 1
    return found


def separations(regions: Regions, ink: np.ndarray, picture: np.ndarray | None) -> list[Separation]:
    colors = RegionColors.unpainted(regions.count)
    colors.colors[1], colors.confidence[1], colors.sources[1] = BLUE, 0.9, VOTED
    evidence = None if picture is None else gather_evidence(picture, regions, ink, counted_regions(colors))
    return find_separations(regions, ink, colors.colors, evidence)


def test_two_colours_are_parted(regions: Regions, ink: np.ndarray):
    picture = np.full((300, 300, 3), BLUE, np.uint8)
    picture[60:241, 60:241] = RED
    (found,) = separations(regions, ink, picture)
    assert found.is_clear and found.apart is not None and found.apart > 20
    assert found.area == pytest.approx(177 * 177, rel=0.1)


def test_one_colour_is_left_alone(regions: Regions, ink: np.ndarray):
    found = separations(regions, ink, np.full((300, 300, 3), BLUE, np.uint8))
    assert not any(each.is_clear for each in found)


def test_a_mottled_side_is_not_clear(regions: Regions, ink: np.ndarray):
    picture = np.full((300, 300, 3), BLUE, np.uint8)
    picture[60:241, 60:150] = RED
    assert not any(each.is_clear for each in separations(regions, ink, picture))


def test_without_a_picture_a_wide_area_behind_an_opening_is_worth_closing(regions: Regions, ink: np.ndarray):
    (found,) = separations(regions, ink, None)
    assert found.is_clear and found.apart is None


def test_an_opening_into_a_corner_without_room_is_not():
    drawn = np.zeros((300, 300), np.uint8)
    cv2.rectangle(drawn, (130, 130), (165, 165), 255, 3)
    drawn[140:156, 160:170] = 0
    found = find_regions(drawn, 0)
    found = replace(found, open_gaps=(OpenGap(165.0, 139.0, 165.0, 156.0, 17.0, 1),))
    (each,) = separations(found, drawn, None)
    assert each.area < 35 * 35 and not each.is_clear
