"""Line ends inside a shape: folds that stop a little short, and gaps."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap

AUTOMATIC = WidestGap()
LINE = 3


def shape_with_a_fold(half: int, opening: int) -> np.ndarray:
    """A box of two parts `half` wide inside, and a line between them that stops `opening` pixels below its top."""
    ink = np.zeros((260, 320), np.uint8)
    left, right = 40, 40 + 2 * half + 2 * LINE
    cv2.rectangle(ink, (left, 40), (right, 220), 255, LINE)
    middle = (left + right) // 2
    ink[42 + opening : 220, middle - 1 : middle + 2] = 255
    return ink


def parts(ink: np.ndarray, gap: float | WidestGap) -> int:
    """Number of regions in the box; the page around it is one."""
    return find_regions(ink, gap).count - 1


@pytest.mark.parametrize("turns", range(4))
def test_a_fold_that_stops_close_to_the_outline_of_a_slim_shape_does_not_cut_it(turns: int) -> None:
    ink = np.rot90(shape_with_a_fold(18, 7), turns).copy()
    assert parts(ink, AUTOMATIC) == 1
    assert parts(ink, 8) == 2  # a width that the artist gave is a wish


@pytest.mark.parametrize("turns", range(4))
def test_the_same_opening_between_wide_parts_is_a_gap(turns: int) -> None:
    assert parts(np.rot90(shape_with_a_fold(50, 7), turns).copy(), AUTOMATIC) == 2


@pytest.mark.parametrize("turns", range(4))
def test_a_line_that_just_missed_the_outline_of_a_slim_shape_is_closed(turns: int) -> None:
    assert parts(np.rot90(shape_with_a_fold(10, 2), turns).copy(), AUTOMATIC) == 2
