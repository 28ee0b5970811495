"""Boxes of labels."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.flats.regions.measure import boxes
from scipy import ndimage


@pytest.mark.parametrize("shape", [(1, 1), (7, 1), (1, 9), (40, 30), (1500, 1100)], ids=str)
def test_boxes_hold_exactly_the_pixels_of_each_label(shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(3)
    coarse = generator.integers(0, 9, (shape[0] // 5 + 1, shape[1] // 5 + 1), np.int32)
    labels = np.ascontiguousarray(np.kron(coarse, np.ones((5, 5), np.int32))[: shape[0], : shape[1]])
    count = 11  # more than there are

    found = boxes(labels, count)

    expected = np.zeros((count + 1, 4), np.int32)
    for label, place in enumerate(ndimage.find_objects(labels, count), 1):
        if place is not None:
            rows, columns = place
            expected[label] = columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start
    np.testing.assert_array_equal(found, expected)
