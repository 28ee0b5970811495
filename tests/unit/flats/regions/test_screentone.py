"""Dots that touch at their soft edges go; lines among them, and whatever only looks like a dot, stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.regions.screentone import clear_screentone

SIZE = 120
PITCH, RADIUS = 5.6, 2.45
"""Dots of 60 % coverage, seven tenths of a pixel apart."""


def dots(pitch: float = PITCH, radius: float = RADIUS) -> np.ndarray:
    """Coverage (SIZE, SIZE) uint8 of a slanted grid of dots."""
    y, x = np.mgrid[:SIZE, :SIZE] * np.sqrt(0.5)
    u, v = (x + y + pitch / 2) % pitch - pitch / 2, (x - y + pitch / 2) % pitch - pitch / 2
    return np.rint(255 * np.clip(radius - np.hypot(u, v) + 0.5, 0, 1)).astype(np.uint8)


def line(x: float, slope: float = 0.0, width: float = 1.4) -> np.ndarray:
    """Coverage of a steep line from top to bottom, through `x` in the middle."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    away = np.abs(columns - x - slope * (rows - SIZE / 2)) / np.hypot(1, slope)
    return np.rint(255 * np.clip(width / 2 - away + 0.5, 0, 1)).astype(np.uint8)


def cleared(ink: np.ndarray) -> np.ndarray:
    drawn = (ink >= INK).astype(np.uint8)
    assert clear_screentone(drawn, ink) is not None
    return drawn


def areas(drawn: np.ndarray) -> np.ndarray:
    """Pixels of the connected areas between what is drawn, largest first."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - drawn, connectivity=4)
    return np.sort(stats[1:, cv2.CC_STAT_AREA])[::-1]


@pytest.mark.parametrize(("pitch", "radius"), [(PITCH, RADIUS), (7.0, 3.05)])
def test_dots_that_touch_at_their_soft_edges_enclose_no_islands(pitch: float, radius: float):
    ink = dots(pitch, radius)
    assert len(areas((ink >= INK).astype(np.uint8))) > 100
    assert areas(cleared(ink))[0] > 0.9 * ink.size


@pytest.mark.parametrize("slope", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("width", [1.4, 3.0])
def test_a_line_among_the_dots_parts_them(slope: float, width: float):
    drawn = cleared(np.maximum(dots(), line(60, slope, width)))
    left, right = areas(drawn)[:2]
    assert min(left, right) > 0.4 * drawn.size


def test_a_page_without_screentone_is_left_as_it_is():
    ink = np.maximum(line(30, 0.2), line(80, -0.1, 4))
    drawn = (ink >= INK).astype(np.uint8)
    before = drawn.copy()
    assert clear_screentone(drawn, ink) is None
    assert np.array_equal(drawn, before)


def test_specks_in_grainy_lines_are_no_dots():
    grain = np.random.default_rng(3).uniform(0.6, 1, (SIZE // 3, SIZE // 3)).repeat(3, 0).repeat(3, 1)
    ink = np.rint(grain * np.maximum(line(30, 0.1, 14), line(80, -0.2, 10))).astype(np.uint8)
    drawn = (ink >= INK).astype(np.uint8)
    before = drawn.copy()
    clear_screentone(drawn, ink)
    assert np.array_equal(drawn, before)


def test_a_mark_on_a_line_far_from_the_dots_stays():
    ink = dots()
    ink[:, 60:] = line(90, 0, 1.0)[:, 60:] // 2
    ink[58:62, 88:92] = 255
    assert cleared(ink)[58:62, 88:92].all()
