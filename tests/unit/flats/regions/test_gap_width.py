"""The widest gap in pixels, in widths of the lines and in millimetres, and by itself."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap, automatic_gap
from huebrush_backend.flats.regions.ink import line_width

BLACK = 255


def test_the_automatic_gap_follows_the_width_of_the_lines():
    assert automatic_gap(5.0, 2896, 4096) == pytest.approx(40)
    assert automatic_gap(5.0, 6071, 8598) == pytest.approx(40)
    assert automatic_gap(0.3, 900, 900) == pytest.approx(3)


def test_the_automatic_gap_of_an_icon_with_very_thick_lines_is_a_part_of_its_size():
    assert automatic_gap(40.0, 256, 300) == pytest.approx(32)


def test_a_gap_can_be_given_in_every_unit():
    assert WidestGap(24).pixels(5, 900, 900) == 24
    assert WidestGap(8, "lines").pixels(5, 900, 900) == pytest.approx(40)
    assert WidestGap(1.5, "mm", 600).pixels(5, 900, 900) == pytest.approx(35.43, abs=0.01)
    assert WidestGap(500, "lines").pixels(5, 900, 900) == 512


def test_millimetres_need_a_resolution():
    with pytest.raises(ValueError, match="resolution"):
        WidestGap(1.5, "mm").pixels(5, 900, 900)


def folded(opening: int) -> np.ndarray:
    """A box with a fold that ends `opening` pixels before its right side, and a line that stops as far from another."""
    ink = np.zeros((400, 500), np.uint8)
    cv2.rectangle(ink, (60, 60), (340, 340), BLACK, 4)
    cv2.line(ink, (60, 200), (340 - opening, 200), BLACK, 4)
    return ink


def test_by_itself_a_line_that_ends_far_from_the_next_is_a_fold():
    ink = folded(4 * round(line_width(folded(20))))
    assert find_regions(ink, WidestGap()).count == 2
    assert find_regions(ink, 40).count == 3


def test_by_itself_an_outline_is_closed_where_two_ends_face_each_other_over_several_widths_of_the_line():
    ink = folded(140)
    ink[40:80, 150:170] = 0
    regions = find_regions(ink, WidestGap())
    assert regions.count == 2 and len(regions.gap_closures) == 1
    assert regions.gap == pytest.approx(8 * regions.line_width)


@pytest.mark.parametrize("opening", [28, 34])
def test_by_itself_two_folds_that_point_at_each_other_do_not_part_a_shape(opening: int) -> None:
    ink = np.zeros((400, 500), np.uint8)
    cv2.rectangle(ink, (40, 40), (460, 360), 255, 4)
    cv2.line(ink, (250, 40), (250, 200 - opening // 2), 255, 4)
    cv2.line(ink, (250, 360), (250, 200 + opening // 2), 255, 4)
    regions = find_regions(ink, WidestGap())
    assert regions.gap > opening and regions.at(150, 200) == regions.at(350, 200)
    assert find_regions(ink, float(regions.gap)).count == regions.count + 1  # a width of the artist's own is obeyed


def test_by_itself_as_wide_an_opening_of_an_outline_is_closed() -> None:
    ink = np.zeros((400, 500), np.uint8)
    cv2.rectangle(ink, (40, 40), (460, 360), 255, 4)
    ink[185:211, 455:466] = 0
    regions = find_regions(ink, WidestGap())
    assert regions.at(250, 200) != regions.at(490, 200)
