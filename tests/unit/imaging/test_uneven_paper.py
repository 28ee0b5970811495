"""Line art is read right in photographs, on dark and toned paper, with shadows and with much black."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.imaging.files import read_picture
from huebrush_backend.imaging.lineart import LineArtError, Reading, ink_coverage, normalize_line_art, separate_lines
from numpy.typing import NDArray

CASES = Path(__file__).resolve().parents[2] / "data" / "lineart"
HEIGHT, WIDTH = 480, 640
Floats = NDArray[np.floating]


def drawing(thickness: int = 3) -> Floats:
    """True coverage (H,W) 0..1 of houses and circles with closed outlines."""
    plane = np.zeros((HEIGHT, WIDTH), np.uint8)
    for left in range(40, 600, 140):
        cv2.rectangle(plane, (left, 200), (left + 100, 400), 255, thickness, cv2.LINE_AA)
        cv2.circle(plane, (left + 50, 110), 55, 255, thickness, cv2.LINE_AA)
        cv2.line(plane, (left, 300), (left + 100, 250), 255, thickness, cv2.LINE_AA)
    return plane / 255


def places() -> tuple[Floats, Floats]:
    """Rows and columns (H,W), 0..1."""
    rows, columns = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j]
    return rows, columns


def page(coverage: Floats, light: Floats | float = 1.0, paper: float = 0.9, ink: float = 0.15, noise: float = 2.0):
    """(H,W,4) uint8 RGBA: lines on paper of this reflectance, under this light (H,W) 0..1."""
    tone = (paper * (1 - coverage) + ink * coverage) * light
    tone = cv2.GaussianBlur(tone.astype(np.float32), (0, 0), 0.7) * 255
    tone = np.rint(np.clip(tone + np.random.default_rng(1).normal(0, noise, tone.shape), 0, 255)).astype(np.uint8)
    return np.dstack([tone, tone, tone, np.full_like(tone, 255)])


def recall_and_precision(ink: Floats, coverage: Floats) -> tuple[float, float]:
    """Shares of the true ink that is found, and of found ink within 2 pixels of true ink."""
    found = ink > 0.3
    near = cv2.dilate((coverage > 0.2).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return float(found[coverage > 0.7].mean()), float(near[found].mean())


def even(rows: Floats, columns: Floats) -> Floats:
    return np.ones_like(rows + columns)


def falling(rows: Floats, columns: Floats) -> Floats:
    return 1 - 0.4 * (rows + columns) / 2


def corners(rows: Floats, columns: Floats) -> Floats:
    return 1 - 0.75 * np.clip(2 * ((rows - 0.5) ** 2 + (columns - 0.5) ** 2), 0, 1)


def hand(rows: Floats, columns: Floats) -> Floats:
    return np.where(rows + 1.3 * columns > 1.3, 0.45, 1.0)


def blinds(rows: Floats, columns: Floats) -> Floats:
    return np.where((columns * 4 + rows) % 1 < 0.5, 0.5, 1.0)


@pytest.mark.parametrize("light", [falling, corners, hand, blinds])
@pytest.mark.parametrize(("paper", "ink"), [(0.9, 0.15), (0.55, 0.1), (0.85, 0.4)])
def test_dark_lines_are_found_in_any_light(light: Callable[..., Floats], paper: float, ink: float):
    coverage = drawing()
    found = separate_lines(page(coverage, light(*places()), paper, ink))
    assert not found.paper_is_dark
    recall, precision = recall_and_precision(found.ink, coverage)
    assert recall > 0.97
    assert precision > 0.99


@pytest.mark.parametrize("light", [falling, corners, hand])
@pytest.mark.parametrize(("paper", "ink"), [(0.08, 0.95), (0.45, 0.98), (0.2, 0.8)])
def test_light_lines_are_found_in_any_light(light: Callable[..., Floats], paper: float, ink: float):
    coverage = drawing()
    # a camera sees some light from black paper too
    found = separate_lines(page(coverage, 0.35 + 0.65 * light(*places()), paper, ink))
    assert found.paper_is_dark
    recall, precision = recall_and_precision(found.ink, coverage)
    assert recall > 0.97
    assert precision > 0.97


@pytest.mark.parametrize("light", [even, falling])
def test_black_fills_of_half_the_page_stay_ink(light: Callable[..., Floats]):
    coverage = drawing()
    coverage[410:] = coverage[:, 330:] = 1
    coverage[60:160, 400:560] = drawing()[60:160, 120:280]
    found = separate_lines(page(coverage, light(*places()), ink=0.06))
    assert not found.paper_is_dark
    recall, precision = recall_and_precision(found.ink, coverage)
    assert recall > 0.97
    assert precision > 0.99


@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_lines_between_dense_dots_are_dark_lines(noise: float):
    coverage = drawing(5)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    holes = np.hypot((rows % 6) - 3, (columns % 6) - 3) < 1.9
    toned = np.maximum(coverage, 1.0 - holes)
    toned[:, :60] = coverage[:, :60]
    assert not separate_lines(page(toned, noise=noise)).paper_is_dark


def test_thick_light_lines_are_lines():
    plane = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(plane, (320, 240), (200, 150), 0, 20, 340, 255, 30, cv2.LINE_AA)
    cv2.line(plane, (250, 240), (390, 240), 255, 26, cv2.LINE_AA)
    assert separate_lines(page(plane / 255, paper=0.3, ink=0.9)).paper_is_dark
    assert not separate_lines(page(plane / 255, paper=0.8, ink=0.2)).paper_is_dark


@pytest.mark.parametrize("light_lines", [False, True])
def test_the_polarity_can_be_forced(light_lines: bool):
    coverage = drawing()
    # Wide light shapes on black, with a few dark lines in them: either may be meant.
    shapes = np.zeros((HEIGHT, WIDTH))
    shapes[100:380, 80:560] = 1
    pixels = page(shapes * (1 - coverage), paper=0.05, ink=0.95, noise=0)
    found = separate_lines(pixels, Reading(light_lines=light_lines))
    assert found.paper_is_dark is light_lines
    inside_a_shape, outside = found.ink[350, 70 + 125], found.ink[30, 30]
    assert (inside_a_shape > 0.9, outside > 0.9) == (light_lines, not light_lines)
    assert (
        np.abs(
            normalize_line_art(pixels, Reading(light_lines)) * 255 - ink_coverage(pixels, Reading(light_lines))
        ).max()
        < 1
    )


@pytest.mark.parametrize(("light_lines", "word"), [(True, "lighter"), (False, "darker")])
def test_lines_of_the_other_polarity_alone_are_none(light_lines: bool, word: str):
    paper, ink = (1.0, 0.0) if light_lines else (0.0, 1.0)
    tone = np.full((HEIGHT, WIDTH), round(255 * paper), np.uint8)
    cv2.circle(tone, (320, 240), 100, 255 * ink, 1)
    with pytest.raises(LineArtError, match=f"no lines that are {word}"):
        separate_lines(np.dstack([tone, tone, tone, np.full_like(tone, 255)]), Reading(light_lines))


@pytest.mark.parametrize("light_lines", [False, True])
def test_the_polarity_of_a_transparent_layer_can_be_forced(light_lines: bool):
    tone = np.where(drawing() > 0, 120, 0).astype(np.uint8)
    pixels = np.dstack([tone, tone, tone, np.rint(drawing() * 255).astype(np.uint8)])
    found = separate_lines(pixels, Reading(light_lines))
    assert found.paper_is_dark is light_lines
    assert found.ink.max() == 1


def test_thin_lines_of_a_photograph_enclose_the_regions_of_the_drawing():
    photograph, original = (
        ink_coverage(read_picture(CASES / name).merged().pixels)
        for name in ("phone_photo_thin.jpg", "phone_photo_thin_original.png")
    )
    expected = find_regions(original, 3.0).count
    assert expected > 150
    assert abs(find_regions(photograph, 3.0).count - expected) < 0.1 * expected


def test_the_shadow_of_a_hand_is_no_ink():
    pixels = read_picture(CASES / "hard_shadow.jpg").merged().pixels
    ink = ink_coverage(pixels)
    # The shadow covers the lower right; below the castle there are only the borders of its path.
    assert (ink[400:, 440:] >= 64).mean() < 0.01
    # The line from the tower to the right edge goes on inside the shadow.
    assert (ink[295:330, 530:595] >= 128).any(axis=0).mean() > 0.95
    # No line along the shadow's edge, where there is paper on both sides.
    assert (ink[430:475, 280:320] >= 64).mean() < 0.01
