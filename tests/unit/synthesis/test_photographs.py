"""How photographs look: a little different, and everything in its place."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from huebrush_backend.synthesis.rich import PhotographLooks, photograph

LOOKS = [field.name for field in fields(PhotographLooks)]
NONE = PhotographLooks(**dict.fromkeys(LOOKS, 0.0))


def picture_of_blocks() -> np.ndarray:
    greys = np.random.default_rng(0).integers(10, 200, (6, 6), np.uint8)
    return np.repeat(np.kron(greys, np.ones((16, 16), np.uint8))[..., None], 3, axis=2)


def test_nothing_happens_when_all_shares_are_zero() -> None:
    picture = picture_of_blocks()
    assert np.array_equal(photograph(np.random.default_rng(1), picture, NONE), picture)


@pytest.mark.parametrize("look", LOOKS)
def test_each_look_changes_the_picture_a_little(look: str) -> None:
    picture = picture_of_blocks()
    changed = photograph(np.random.default_rng(3), picture, replace(NONE, **{look: 1.0}))
    assert changed.shape == picture.shape
    assert changed.dtype == np.uint8
    difference = np.abs(changed.astype(int) - picture).mean()
    moved = np.abs(changed.astype(int) - np.roll(picture, 8, axis=1)).mean()
    assert 0 < difference < 25
    assert difference < moved / 2


def test_the_same_generator_state_gives_the_same_look() -> None:
    first, again = (photograph(np.random.default_rng(5), picture_of_blocks(), PhotographLooks()) for _ in range(2))
    assert np.array_equal(first, again)
