"""Compositing, resizing and colour difference."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.imaging.color import (
    color_difference,
    composite_over,
    flatten,
    flatten_on_white,
    lab_to_srgb,
    resize_rgba,
    srgb_to_lab,
)
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image

rgba_arrays = arrays.arrays(np.uint8, st.tuples(st.integers(1, 5), st.integers(1, 5), st.just(4)))


@given(rgba_arrays, st.tuples(*[st.integers(0, 255)] * 3))
def test_flattening_rounds_to_nearest(pixels: NDArray[np.uint8], background: tuple[int, int, int]) -> None:
    share = pixels[..., 3:] / 255
    exact = pixels[..., :3] * share + np.array(background) * (1 - share)
    assert np.abs(flatten(pixels, background) - exact).max() <= 0.5 + 1e-6


def test_flattening_on_white_hides_what_is_transparent() -> None:
    pixels = np.array([[(9, 8, 7, 0), (9, 8, 7, 255)]], np.uint8)
    assert flatten_on_white(pixels).tolist() == [[[255, 255, 255], [9, 8, 7]]]


@given(rgba_arrays, st.integers(0, 2**32 - 1))
def test_compositing_agrees_with_pillow(top: NDArray[np.uint8], seed: int) -> None:
    bottom = np.random.default_rng(seed).integers(0, 256, top.shape).astype(np.uint8)
    ours = composite_over(top, bottom)
    theirs = np.asarray(Image.alpha_composite(Image.fromarray(bottom), Image.fromarray(top)))
    assert np.abs(ours[..., 3].astype(int) - theirs[..., 3]).max() <= 1
    painted = theirs[..., 3] > 0
    # Where little is painted, the colour is a quotient of small numbers; what is seen must agree.
    seen = np.abs(ours[..., :3].astype(int) - theirs[..., :3]).max(axis=2) * (theirs[..., 3] / 255)
    assert np.all(seen[painted] <= 2)


def test_pictures_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        composite_over(np.zeros((2, 2, 4), np.uint8), np.zeros((2, 3, 4), np.uint8))


@pytest.mark.parametrize("size", [(3, 5), (40, 60)])
def test_resizing_does_not_let_hidden_colour_bleed(size: tuple[int, int]) -> None:
    pixels = np.zeros((20, 12, 4), np.uint8)
    pixels[:, :6] = (200, 100, 50, 255)
    pixels[:, 6:] = (0, 255, 0, 0)
    small = resize_rgba(pixels, *size)
    assert small.shape == (size[1], size[0], 4)
    visible = small[small[..., 3] > 40]
    assert np.abs(visible[:, :3].astype(int) - (200, 100, 50)).max() <= 2
    assert resize_rgba(pixels, 12, 20) is pixels


@given(arrays.arrays(np.uint8, (4, 3)))
def test_lab_round_trip(colors: NDArray[np.uint8]) -> None:
    assert np.abs(lab_to_srgb(srgb_to_lab(colors)).astype(int) - colors).max() <= 1


def test_colour_difference() -> None:
    black, white = np.zeros((1, 3), np.uint8), np.full((1, 3), 255, np.uint8)
    assert color_difference(black, white)[0] == pytest.approx(100, abs=0.1)
    assert color_difference(white, white)[0] == 0
