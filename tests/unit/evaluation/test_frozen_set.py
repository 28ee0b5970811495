"""The frozen set: its drawings never change, whatever becomes of the generator."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest
from huebrush_backend.evaluation.pairs import HeldOutPair, held_out_pair, visible_parts_of

HASHES = {
    (0, 0): "6e4229fa0ee3c3b3",
    (0, 7): "be97409cf1bad183",
    (0, 23): "83a25ae400c209f7",
    (11, 0): "a1ced502a36a1f1d",
    (11, 7): "c98e70962aa33955",
    (11, 23): "91132c45e3c8ad21",
    (77, 0): "8351cd92b5e34724",
    (77, 7): "9f9b3be44bc3caee",
    (77, 23): "022b381fcf6eff24",
    (78, 0): "7fe0a6eac798be2e",
    (78, 7): "840f301cbc3a9a58",
    (78, 23): "4433a90671153550",
}
"""Hashes of pairs by the number of the set and the index of the pair. Never change one: figures of past versions would
no longer compare. New kinds of drawing are sets of their own (`evaluation/sets.py`)."""


def digest(pair: HeldOutPair) -> str:
    pictures = (pair.drawing.labels, pair.drawing.ink, pair.reference, pair.reference_drawing.labels, pair.truth)
    return sha256(b"".join(np.ascontiguousarray(picture).tobytes() for picture in pictures)).hexdigest()[:16]


@pytest.mark.parametrize(("number", "index"), HASHES)
def test_pairs_are_the_bytes_that_they_always_were(number: int, index: int) -> None:
    assert digest(held_out_pair(number, index)) == HASHES[number, index]


def test_other_seeds_and_other_indices_are_other_pairs() -> None:
    pictures = [held_out_pair(seed, index).truth for seed, index in ((0, 0), (0, 1), (1, 0), (2**32 - 1, 0))]
    for number, picture in enumerate(pictures):
        assert not any(np.array_equal(picture, other) for other in pictures[number + 1 :])


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        held_out_pair(seed, 0)


def test_reference_and_drawing_differ_but_share_parts_and_colours() -> None:
    pair = held_out_pair(0, 2)
    shared = visible_parts_of(pair.drawing.labels) & visible_parts_of(pair.reference_drawing.labels)
    assert shared.sum() >= 2
    assert (pair.drawing.labels != pair.reference_drawing.labels).mean() > 0.05
    assert np.array_equal(pair.truth, pair.palette.colors[pair.drawing.labels])


@pytest.mark.parametrize("index", range(3))
def test_the_contradicting_drawing_shares_fewer_parts_but_enough_to_score(index: int) -> None:
    pair = held_out_pair(0, index)
    shown = visible_parts_of(pair.drawing.labels)
    usual, bad = (
        int((visible_parts_of(drawing.labels) & shown)[1:].sum())
        for drawing in (pair.reference_drawing, pair.contradicting_drawing)
    )
    assert 2 <= bad < usual
