"""Dashed lines close, and what only looks like one does not."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.flats.regions.ink import solid_lines

BLACK = 255
SIZE = 400
CASES = Path(__file__).parents[3] / "data/lineart"


def page() -> np.ndarray:
    return np.zeros((SIZE, SIZE), np.uint8)


def dashed(points: np.ndarray, dash: float, gap: float, width: int, offset: float = 0.0) -> np.ndarray:
    """Coverage of a closed path (n,2) in dashes, as many as fit; they start at `offset`, a share of a step."""
    ink = page()
    path = np.concatenate([points, points[:1]])
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    count = round(along[-1] / (dash + gap))
    step = along[-1] / count
    for start in (np.arange(count) + offset) * step:
        at = np.linspace(start, start + step * dash / (dash + gap), 12) % along[-1]
        places = np.stack([np.interp(at, along, path[:, axis]) for axis in (0, 1)], axis=1)
        cv2.polylines(ink, [np.rint(places * 16).astype(np.int32)], False, BLACK, width, cv2.LINE_AA, 4)
    return ink


def circle() -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    return SIZE / 2 + 140 * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def square() -> np.ndarray:
    corners = np.array([(90, 120), (300, 90), (320, 290), (110, 310), (90, 120)], float)
    return np.concatenate([np.linspace(*ends, 100, endpoint=False) for ends in pairwise(corners)])


@pytest.mark.parametrize("offset", [0.0, 0.35, 0.7])
@pytest.mark.parametrize(("dash", "gap", "width"), [(8, 5, 3), (10, 14, 3), (16, 12, 4), (9, 9, 2), (24, 30, 4)])
def test_a_dashed_circle_is_a_closed_line(dash: float, gap: float, width: int, offset: float):
    regions = find_regions(dashed(circle(), dash, gap, width, offset), WidestGap())
    assert regions.count == 2 and regions.at(200, 200) != regions.at(5, 5)


@pytest.mark.parametrize("offset", [0.0, 0.2, 0.4, 0.6, 0.8])
@pytest.mark.parametrize(("dash", "gap", "width"), [(12, 8, 3), (18, 14, 4)])
def test_the_corners_of_a_dashed_shape_close_wherever_the_dashes_begin(
    dash: float, gap: float, width: int, offset: float
):
    regions = find_regions(dashed(square(), dash, gap, width, offset), WidestGap())
    assert regions.at(200, 200) != regions.at(5, 5)


@pytest.mark.parametrize("gap", [6, 12, 48, 192])
def test_short_dashes_close_with_every_gap_that_is_wide_enough(gap: float):
    ink = cv2.imread(str(CASES / "short_dashes.png"), cv2.IMREAD_GRAYSCALE)
    assert ink is not None
    assert find_regions(255 - ink, gap).count == 2


def test_dashes_further_apart_than_the_gap_stay_open():
    assert find_regions(dashed(circle(), 10, 14, 3), 6).count == 1


def test_a_dashed_outline_close_to_a_frame_closes_too():
    points = circle()
    ink = dashed(points, 16, 20, 4)
    cv2.rectangle(ink, (48, 48), (352, 352), BLACK, 4)
    regions = find_regions(ink, WidestGap())
    assert len({regions.at(200, 200), regions.at(60, 60), regions.at(5, 5)}) == 3


@pytest.mark.parametrize("radius", [2, 4])
def test_dotted_lines_freckles_and_rows_of_buttons_are_no_lines(radius: int):
    ink = page()
    cv2.rectangle(ink, (10, 10), (390, 390), BLACK, 3)
    for x, y in dashed_places(circle(), 16):
        cv2.circle(ink, (x, y), radius, BLACK, -1, cv2.LINE_AA)
    assert find_regions(ink, WidestGap()).count == 2


def dashed_places(points: np.ndarray, step: int) -> list[tuple[int, int]]:
    return [(round(x), round(y)) for x, y in points[::step].tolist()]


def test_a_field_of_short_strokes_is_a_texture():
    ink = page()
    for row, y in enumerate(range(40, 360, 9)):
        for x in range(40 + 7 * (row % 2), 350, 16):
            cv2.line(ink, (x, y), (x + 8, y), BLACK, 2)
    assert len(solid_lines(ink).dashes) == 0


def test_two_dashes_are_no_row():
    ink = page()
    cv2.line(ink, (100, 100), (108, 100), BLACK, 3)
    cv2.line(ink, (116, 100), (124, 100), BLACK, 3)
    assert len(solid_lines(ink).dashes) == 0
    cv2.line(ink, (132, 100), (140, 100), BLACK, 3)
    assert len(solid_lines(ink).dashes) == 3
