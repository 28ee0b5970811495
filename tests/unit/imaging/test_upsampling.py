"""Colours enlarged to page size end at the lines and reach under them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.imaging.upsampling import upsample_to_lines
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

RED, BLUE = (220, 40, 30), (30, 60, 200)


def page_with_two_areas(
    size: int, line_width: int, angle: float = 20.0
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.bool_]]:
    """True colours (size,size,3) of two areas, the ink of the line between them, and where the first area is."""
    rows, columns = np.mgrid[0:size, 0:size] - size / 2
    distance = columns * np.cos(np.radians(angle)) + rows * np.sin(np.radians(angle))
    ink = np.clip(line_width / 2 + 0.5 - np.abs(distance), 0, 1).astype(np.float32)
    first = distance < 0
    return np.where(first[..., None], RED, BLUE).astype(np.uint8), ink, first


def model_picture(colors: NDArray[np.uint8], ink: NDArray[np.float32], size: int) -> NDArray[np.uint8]:
    """What a model would give: small, blurred, with the lines drawn in."""
    drawn = (colors * (1 - ink[..., None])).astype(np.uint8)
    small = cv2.resize(drawn, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.8)).astype(np.uint8)


def error(result: NDArray[np.uint8], truth: NDArray[np.uint8]) -> NDArray[np.int_]:
    return np.abs(result.astype(int) - truth).max(axis=2)


@pytest.mark.parametrize("line_width", [1, 3, 6])
@pytest.mark.parametrize("scale", [2, 4, 8])
def test_colour_ends_at_the_line_and_reaches_under_it(scale: int, line_width: int) -> None:
    size = 128 * scale
    colors, ink, first = page_with_two_areas(size, line_width)
    picture = model_picture(colors, ink, 128)
    result = upsample_to_lines(picture, ink)
    assert result.shape == colors.shape
    assert result.dtype == np.uint8
    wrong = error(result, colors)
    assert wrong[ink == 0].max() <= 40
    # Under the ink the sides may meet a pixel off the exact middle, but each pixel is one of the two colours.
    either = np.minimum(error(result, np.full_like(colors, RED)), error(result, np.full_like(colors, BLUE)))
    assert either[ink > 0].max() <= 40
    nearer_red = error(result, np.full_like(colors, RED)) < error(result, np.full_like(colors, BLUE))
    assert np.mean(nearer_red[ink > 0] == first[ink > 0]) > 0.5
    assert np.array_equal(nearer_red[ink == 0], first[ink == 0])
    # The comparison that shows the test can fail: plain enlargement blurs across.
    plain = np.asarray(cv2.resize(picture, (size, size), interpolation=cv2.INTER_CUBIC)).astype(np.uint8)
    assert error(plain, colors)[ink == 0].max() > 80


def test_without_lines_it_is_plain_enlargement() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    result = upsample_to_lines(picture, np.zeros((40, 50), np.float32))
    assert np.array_equal(result, picture)


def test_all_ink_still_gives_the_model_colours() -> None:
    picture = np.full((20, 20, 3), (10, 120, 200), np.uint8)
    result = upsample_to_lines(picture, np.ones((90, 90), np.float32))
    assert error(result, np.full_like(result, (10, 120, 200))).max() <= 1


def test_tiles_and_threads_do_not_show() -> None:
    colors, ink, _ = page_with_two_areas(2304, 5)
    picture = model_picture(colors, ink, 288)
    result = upsample_to_lines(picture, ink)
    assert error(result, colors)[ink == 0].max() <= 40
    # An even tone must stay even over the borders of the tiles.
    flat = upsample_to_lines(np.full((288, 288, 3), 77, np.uint8), ink)
    assert np.all(flat == 77)
    assert np.array_equal(result, upsample_to_lines(picture, ink, workers=1))


@given(
    height=st.integers(1, 120),
    width=st.integers(1, 120),
    small=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    seed=st.integers(0, 9),
)
@settings(max_examples=50, deadline=None)
def test_any_sizes(height: int, width: int, small: tuple[int, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    ink = (rng.random((height, width)) > 0.8).astype(np.float32)
    picture = np.full((*small, 3), rng.integers(0, 256, 3), np.uint8)
    result = upsample_to_lines(picture, ink)
    assert result.shape == (height, width, 3)
    assert error(result, np.broadcast_to(picture[0, 0], result.shape)).max() <= 1


def test_wrong_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="RGB"):
        upsample_to_lines(np.zeros((5, 5, 4), np.uint8), np.zeros((9, 9), np.float32))
    with pytest.raises(ValueError, match="ink"):
        upsample_to_lines(np.zeros((5, 5, 3), np.uint8), np.zeros((0, 9), np.float32))
