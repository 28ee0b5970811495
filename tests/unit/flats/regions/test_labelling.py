"""Labels that are united add up, and what stays tiny is dropped."""

from __future__ import annotations

import numpy as np
from huebrush_backend.flats.regions.labelling import Labelling


def labelling() -> Labelling:
    return Labelling(np.array([[0, 1, 2, 3, 4, 4, 4, 4]], np.int32), np.array([1, 3, 2, 2, 9]), np.ones(5, np.float32))


def test_the_numbers_of_united_labels_follow_the_order_of_the_old() -> None:
    parts = labelling()
    parts.unite([(2, 4)])
    assert parts.labels.tolist() == [[0, 1, 2, 3, 2, 2, 2, 2]]
    assert parts.areas.tolist() == [0, 3, 11, 2] and parts.origin.tolist() == [0, 1, 2, 3, 2]


def test_what_is_tiny_alone_is_dropped_and_what_is_larger_together_stays() -> None:
    parts = labelling()
    parts.unite([(1, 2)], tiny=3)
    assert parts.labels.tolist() == [[0, 1, 1, 0, 2, 2, 2, 2]]
    assert parts.areas.tolist() == [0, 5, 9] and parts.count == 2


def test_pixels_labelled_since_are_counted_and_those_without_a_label_are_not() -> None:
    parts = labelling()
    parts.count_in(np.array([0, 2, 2, 7]))
    assert parts.areas.tolist() == [0, 3, 4, 2, 10]
