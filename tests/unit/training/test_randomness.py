"""Random numbers that depend on seed, step and row alone."""

from __future__ import annotations

import random

import numpy as np
import torch
from huebrush_backend.training.randomness import Randomness, mixed_seed, seed_everything


def numbers(source: Randomness) -> list[torch.Tensor]:
    return [source.uniform(), source.normal(2, 3), source.integers(1000, 4), source.permutations(50)]


def test_a_row_has_the_same_numbers_alone_and_beside_others() -> None:
    together = numbers(Randomness(3, 10, range(4)))
    parts = zip(numbers(Randomness(3, 10, [0, 1])), numbers(Randomness(3, 10, [2, 3])), strict=True)
    for whole, (first, second) in zip(together, parts, strict=True):
        torch.testing.assert_close(whole, torch.cat([first, second]), rtol=0, atol=0)


def test_rows_steps_and_seeds_differ() -> None:
    drawn = [Randomness(seed, step, [row]).normal(4) for seed in (0, 1) for step in (0, 1) for row in (0, 1)]
    assert len({tuple(values.flatten().tolist()) for values in drawn}) == 8


def test_what_a_batch_shares_does_not_depend_on_the_rows() -> None:
    first, second = Randomness(3, 10, [0]), Randomness(3, 10, [5, 6])
    torch.testing.assert_close(first.batch_permutation(30), second.batch_permutation(30))
    torch.testing.assert_close(first.batch_uniform(3), second.batch_uniform(3))


def test_seeding_everything_repeats_all_three_generators() -> None:
    drawn = []
    for _ in range(2):
        seed_everything(5, 6)
        drawn.append((random.random(), float(np.random.random()), float(torch.rand(()))))
    assert drawn[0] == drawn[1]
    assert mixed_seed(1, 2) != mixed_seed(2, 1)
