"""Which regions a stroke means."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.colors.stroke_regions import touched_regions
from huebrush_backend.flats.regions.find_regions import Regions, find_regions

STEP, EDGE = 40, 200


def fence() -> tuple[np.ndarray, Regions]:
    """Five strips beside each other, each 40 pixels wide with its line."""
    ink = np.zeros((EDGE, EDGE), np.uint8)
    for x in range(STEP, EDGE, STEP):
        cv2.line(ink, (x, 0), (x, EDGE), (255,), 3)
    return ink, find_regions(ink, gap=4)


def strips(found: np.ndarray) -> list[bool]:
    """Which strips are meant: each wholly or not at all, up to the lines between them."""
    parts = [found[:, x + 4 : x + STEP - 4] for x in range(0, EDGE, STEP)]
    assert all(part.all() or not part.any() for part in parts)
    return [bool(part.all()) for part in parts]


def stroke(*points: tuple[int, int], width: int = 12) -> np.ndarray:
    mask = np.zeros((EDGE, EDGE), np.uint8)
    cv2.polylines(mask, [np.array(points)], False, (255,), width)
    return mask


@pytest.mark.parametrize(
    ("points", "width", "meant"),
    [
        (((20, 50), (20, 150)), 12, [True, False, False, False, False]),
        (((34, 50), (34, 150)), 16, [True, False, False, False, False]),  # its rim slips over the line
        (((20, 100), (180, 100)), 6, [True] * 5),
        (((60, 90), (100, 110)), 10, [False, True, True, False, False]),
        (((140, 100), (140, 101)), 14, [False, False, False, True, False]),
    ],
)
def test_a_stroke_means_what_its_middle_runs_through(points, width, meant) -> None:
    ink, regions = fence()
    assert strips(touched_regions(stroke(*points, width=width), regions, ink)) == meant


def test_two_strokes_of_different_widths_count_each() -> None:
    ink, regions = fence()
    both = np.maximum(stroke((20, 50), (20, 150), width=30), stroke((140, 90), (140, 110), width=4))
    assert strips(touched_regions(both, regions, ink)) == [True, False, False, True, False]


def test_what_is_covered_for_the_most_part_is_meant() -> None:
    """A button under the rim of a wide stroke."""
    ink = np.zeros((EDGE, EDGE), np.uint8)
    cv2.circle(ink, (70, 100), 8, (255,), 2)
    regions = find_regions(ink, gap=2)
    found = touched_regions(stroke((100, 20), (100, 180), width=90), regions, ink)
    assert found[100, 70] and found[100, 150]


def test_a_stroke_on_lines_alone_means_itself() -> None:
    ink, regions = fence()
    mask = stroke((STEP, 40), (STEP, 80), width=1)
    assert np.array_equal(touched_regions(mask, regions, ink), mask > 0)
