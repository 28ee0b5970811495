"""Strips for phones are cut at their gutters, or where the fewest lines are."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from huebrush_backend.comics.layout import find_layout
from huebrush_backend.comics.strips import LONGEST, SHORTEST, cut_rows


def test_cuts_lie_in_the_middle_of_empty_bands() -> None:
    ink = np.zeros((4000, 200), np.uint8)
    ink[:, 40:44] = 255
    for top in range(280, 4000, 280):
        ink[top - 20 : top + 20] = 0
    for row in cut_rows(ink):
        assert ink[row - 10 : row + 10].max() == 0


def test_pieces_of_a_strip_without_gutters_are_neither_short_nor_long() -> None:
    rng = np.random.default_rng(1)
    ink = np.where(rng.random((5000, 200)) < 0.05, 255, 0).astype(np.uint8)
    ink[1333] = 0
    rows = [0, *cut_rows(ink), 5000]
    for first, last in pairwise(rows):
        assert SHORTEST * 200 - 1 <= last - first <= LONGEST * 200 + 1


def test_a_long_strip_has_its_panels() -> None:
    ink = np.zeros((5000, 300), np.uint8)
    tops = range(40, 4700, 460)
    for top in tops:
        cv2.rectangle(ink, (20, top), (280, top + 380), 255, 3)
        cv2.circle(ink, (150, top + 200), 70, 255, 3)
    layout = find_layout(ink)
    assert layout is not None and layout.found == len(tops)
    assert [abs(box[1] - top) <= 4 for box, top in zip(layout.boxes, tops, strict=True)] == [True] * len(tops)
    assert layout.gutters[20, 150] and layout.gutters[440, 150] and not layout.gutters[200, 150]


def test_a_strip_without_panels_is_painted_in_pieces_and_nothing_stays_paper() -> None:
    ink = np.zeros((3000, 300), np.uint8)
    for y in range(100, 3000, 90):
        cv2.circle(ink, (90 + y % 120, y), 60, 255, 3)
    layout = find_layout(ink)
    assert layout is not None and layout.found == 0 and len(layout.boxes) >= 5
    assert not layout.paper.any() and layout.panels.min() >= 1
