"""Areas that dots of screentone cut off go back to their area, and no line among dots is lost by that."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.dotted_borders import dotted_pairs
from huebrush_backend.flats.regions.find_regions import find_regions

PITCH, RADIUS = 8.0, 2.9


def toned(shape: tuple[int, int], turn: float, offset: float) -> np.ndarray:
    """Coverage (H,W) uint8 of dots in rows that are turned by `turn` radians."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    u, v = x * np.cos(turn) + y * np.sin(turn) + offset, y * np.cos(turn) - x * np.sin(turn)
    away = np.hypot((u + PITCH / 2) % PITCH - PITCH / 2, (v + PITCH / 2) % PITCH - PITCH / 2)
    return np.rint(255 * np.clip(RADIUS - away + 0.5, 0, 1)).astype(np.uint8)


@pytest.mark.parametrize("turn", [0.7854, 0.6, 0.4])
def test_dots_along_a_line_cut_little_off_and_the_line_parts_its_areas(turn: float):
    ink = np.zeros((300, 300), np.uint8)
    cv2.rectangle(ink, (10, 10), (290, 290), 255, 3)
    cv2.line(ink, (150, 10), (165, 290), 255, 2, cv2.LINE_AA)
    ink[12:289, 12:289] = np.maximum(ink, toned(ink.shape, turn, 1.5))[12:289, 12:289]

    regions = find_regions(ink, 4)

    left, right = regions.at(80, 150), regions.at(230, 150)
    assert left != right
    assert min(regions.areas[left], regions.areas[right]) > 0.44 * np.delete(regions.areas, regions.at(2, 2)).sum()


def cut_off(on_dots: int) -> list[tuple[int, int]]:
    """Area 2 in area 1, whose border of 12 pixels below area 3 lies on dots for `on_dots` pixels."""
    labels = np.ones((40, 40), np.int32)
    labels[20:] = 3
    labels[17:20, 10:22] = 2
    dots = np.zeros(labels.shape, bool)
    dots[19:21, 10 : 10 + on_dots] = True
    return dotted_pairs(labels, dots, np.array([0, 10, 1.5, 10], np.float32), 2.0)


def test_an_area_goes_with_another_if_enough_of_their_border_lies_on_dots():
    assert cut_off(5) == []
    assert cut_off(8) == [(2, 3)]


def test_an_area_goes_with_one_other_only():
    labels = np.ones((40, 40), np.int32)
    labels[:, 20:] = 3
    labels[10:20, 18:22] = 2
    dots = np.zeros(labels.shape, bool)
    dots[8:22, 16:24] = True
    dots[8:14, 16:20] = False
    assert dotted_pairs(labels, dots, np.array([0, 10, 1.5, 10], np.float32), 2.0) == [(2, 3)]


def test_large_areas_stay_apart_on_dots_too():
    labels = np.ones((40, 40), np.int32)
    labels[20:] = 2
    assert dotted_pairs(labels, np.ones(labels.shape, bool), np.array([0, 10, 10], np.float32), 2.0) == []
