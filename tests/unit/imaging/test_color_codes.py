"""Colours as text and as numbers."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.imaging.color_codes import hex_color, pack_rgb, rgb_from_hex, unpack_rgb
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray


def test_colours_are_written_and_read_as_hex() -> None:
    assert hex_color((200, 30, 7)) == hex_color(np.array([200, 30, 7], np.uint8)) == "#c81e07"
    assert rgb_from_hex("#c81e07") == (200, 30, 7)


@pytest.mark.parametrize("code", ["", "#c81e0", "#c81e0701", "#c81e0g", "red"])
def test_what_is_no_hex_colour_is_refused(code: str) -> None:
    with pytest.raises(ValueError):
        rgb_from_hex(code)


@given(arrays.arrays(np.uint8, (4, 2, 3)), st.integers(0, 1 << 30))
def test_packed_colours_keep_their_order_and_come_back(rgb: NDArray[np.uint8], label: int) -> None:
    numbers = pack_rgb(rgb)
    assert numbers.max() < 1 << 24
    assert sorted(rgb.reshape(-1, 3).tolist()) == unpack_rgb(np.sort(numbers.ravel())).tolist()
    assert (unpack_rgb(label << 24 | numbers) == rgb).all()
