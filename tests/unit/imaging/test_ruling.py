"""Printed lines, squares and dots are taken out of ink coverage, and nothing of the drawing is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.imaging.lineart import Reading, ink_coverage, normalize_line_art
from huebrush_backend.imaging.ruling import remove_ruling
from huebrush_backend.synthesis.ruled_paper import RULINGS, draw_ruling
from numpy.typing import NDArray

HEIGHT, WIDTH = 700, 900
Bytes = NDArray[np.uint8]


def drawing() -> Bytes:
    """Coverage (H,W) of a drawing with straight lines of its own: a frame, a house, a fence of few boards, dots."""
    plane = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.rectangle(plane, (30, 25), (870, 670), 255, 3, cv2.LINE_AA)
    cv2.rectangle(plane, (100, 300), (380, 600), 255, 3, cv2.LINE_AA)
    cv2.line(plane, (100, 300), (240, 180), 255, 3, cv2.LINE_AA)
    cv2.line(plane, (240, 180), (380, 300), 255, 3, cv2.LINE_AA)
    cv2.circle(plane, (620, 330), 150, 255, 3, cv2.LINE_AA)
    for left in range(480, 760, 40):
        cv2.line(plane, (left, 520), (left, 640), 255, 3, cv2.LINE_AA)
    for x, y in ((600, 280), (650, 281), (622, 350)):
        cv2.circle(plane, (x, y), 4, 255, -1, cv2.LINE_AA)
    return plane


def with_ruling(kind: str, weight: float, seed: int) -> tuple[Bytes, Bytes]:
    """Coverage (H,W) of the drawing on ruled paper, and of the ruling alone, at most `weight` (0..1)."""
    share = 1 - draw_ruling(np.random.default_rng(seed), kind, HEIGHT, WIDTH).min(axis=2)
    ruling = np.rint(share / share.max() * weight * 255).astype(np.uint8)
    return np.maximum(drawing(), ruling), ruling


@pytest.mark.parametrize("kind", RULINGS)
@pytest.mark.parametrize("weight", [0.35, 0.6])
@pytest.mark.parametrize("seed", range(2))
def test_ruling_goes_and_the_drawing_stays(kind: str, weight: float, seed: int):
    ink, ruling = with_ruling(kind, weight, seed)
    cleaned = remove_ruling(ink)
    own = drawing()
    far = cv2.dilate(own, np.ones((9, 9), np.uint8)) == 0
    printed = (ruling >= 64) & far
    assert printed.sum() > 500
    assert (cleaned[printed] >= 64).mean() < 0.03
    # Lines of the drawing still enclose what they enclosed.
    assert (cleaned[own >= 200] >= 128).mean() > 0.98
    assert cv2.connectedComponents((cleaned < 64).astype(np.uint8), connectivity=4)[0] >= 5


def test_ruling_as_dark_as_the_drawing_leaves_crossing_lines_whole():
    ink, ruling = with_ruling("ruled", 1.0, 0)
    cleaned = remove_ruling(ink)
    far = cv2.dilate(drawing(), np.ones((9, 9), np.uint8)) == 0
    assert (cleaned[(ruling >= 128) & far] >= 64).mean() < 0.03
    upright = drawing()[320:580, 98:103].max(axis=1) >= 128
    assert (cleaned[320:580, 98:103].max(axis=1) >= 128)[upright].mean() > 0.97


@pytest.mark.parametrize("seed", range(4))
def test_close_and_dark_squares_go_from_a_small_busy_drawing_in_both_directions(seed: int):
    """Other slopes hit several of such lines here and there: each direction must find its own ones all the same."""
    rng = np.random.default_rng(seed)
    own = np.zeros((480, 600), np.uint8)
    for _ in range(26):
        center, axes = rng.integers(0, (600, 480)), rng.integers(15, 110, 2)
        start = int(rng.integers(0, 360))
        cv2.ellipse(
            own, center.tolist(), axes.tolist(), int(rng.integers(0, 180)), start, start + 250, 255, 5, cv2.LINE_AA
        )
    share = 1 - draw_ruling(rng, "squared", *own.shape).min(axis=2)
    ruling = np.rint(share / share.max() * 160).astype(np.uint8)
    cleaned = remove_ruling(np.maximum(own, ruling))
    far = cv2.dilate(own, np.ones((9, 9), np.uint8)) == 0
    assert (cleaned[(ruling >= 64) & far] >= 64).mean() < 0.05
    assert (cleaned[own >= 200] >= 128).mean() > 0.98


def test_a_drawing_without_ruling_is_unchanged():
    own = drawing()
    assert np.array_equal(remove_ruling(own), own)
    noisy = np.clip(own + np.random.default_rng(0).normal(0, 12, own.shape), 0, 255).astype(np.uint8)
    assert np.array_equal(remove_ruling(noisy), noisy)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (64, 64)])
def test_small_pictures_come_back(shape: tuple[int, int]):
    ink = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    assert remove_ruling(ink).shape == shape


@pytest.mark.parametrize("seed", range(6))
def test_lines_of_any_slopes_only_lose_ink(seed: int):
    rng = np.random.default_rng(seed)
    ink = np.zeros((300, 400), np.uint8)
    for row in range(10, 300, int(rng.integers(9, 30))):
        lean = int(rng.choice((-15, 15)) + rng.integers(-3, 4))
        cv2.line(ink, (0, row - lean), (399, row + lean), 255, 2, cv2.LINE_AA)
    assert (remove_ruling(ink) <= ink).all()


def test_few_straight_lines_of_a_drawing_stay():
    ink = np.zeros((300, 400), np.uint8)
    for row in (20, 85, 130, 260):
        cv2.line(ink, (10, row), (390, row), 255, 2, cv2.LINE_AA)
    assert np.array_equal(remove_ruling(ink), ink)


def test_large_pages_are_looked_at_in_a_smaller_version():
    ink, ruling = with_ruling("squared", 0.5, 1)
    large = [cv2.resize(plane, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC) for plane in (ink, ruling, drawing())]
    cleaned = remove_ruling(np.asarray(large[0], np.uint8))
    far = cv2.dilate(large[2], np.ones((21, 21), np.uint8)) == 0
    assert (cleaned[(large[1] >= 64) & far] >= 64).mean() < 0.03
    assert (cleaned[large[2] >= 200] >= 128).mean() > 0.98


def test_ruling_stays_unless_it_is_to_be_removed():
    ink, ruling = with_ruling("squared", 0.6, 2)
    pixels = np.repeat(255 - ink[..., None], 4, axis=2)
    pixels[..., 3] = 255
    printed = (ruling >= 100) & (cv2.dilate(drawing(), np.ones((9, 9), np.uint8)) == 0)
    assert (ink_coverage(pixels)[printed] >= 64).mean() > 0.9
    assert (ink_coverage(pixels, Reading(remove_ruling=True))[printed] >= 64).mean() < 0.03
    assert (normalize_line_art(pixels, Reading(remove_ruling=True))[printed] > 0.25).mean() < 0.03
