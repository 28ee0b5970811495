"""Random numbers of training, as functions of the seed, the step and the row of the batch.

They depend neither on time nor on how many processes or parts a batch is divided among. So a run gives the same numbers
again, continues after a pause as if there had been none, and is the same on one device and on several.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
import torch


def mixed_seed(*numbers: int) -> int:
    """Return a seed of 63 bits that depends on each of `numbers` and their order."""
    low, high = np.random.SeedSequence(numbers).generate_state(2)
    return (int(high) << 32 | int(low)) >> 1


def seed_everything(*numbers: int) -> None:
    """Seed the global generators of Python, NumPy and PyTorch."""
    seed = mixed_seed(*numbers)
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


class Randomness:
    """Random numbers for some rows of the batch of one step.

    Each row has a generator of its own, on the CPU whatever the device, so a row's numbers do not depend on which other
    rows are computed beside it.

    `seed`: seed of the run.
    `step`: number of the step.
    `rows`: numbers of the rows in the whole batch.
    `device`: where the results go.
    """

    def __init__(self, seed: int, step: int, rows: Sequence[int], device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self._rows = [_generator(seed, step, 1 + row) for row in rows]
        self._batch = _generator(seed, step, 0)

    def __len__(self) -> int:
        return len(self._rows)

    def uniform(self, *shape: int) -> torch.Tensor:
        """Return even random numbers in 0..1, without 1: (rows,*shape) float32."""
        return self._stacked(lambda generator: torch.rand(shape, generator=generator))

    def normal(self, *shape: int) -> torch.Tensor:
        """Return normal random numbers: (rows,*shape) float32."""
        return self._stacked(lambda generator: torch.randn(shape, generator=generator))

    def integers(self, end: int, *shape: int) -> torch.Tensor:
        """Return random whole numbers from 0 to `end` - 1: (rows,*shape) int64."""
        return self._stacked(lambda generator: torch.randint(end, shape, generator=generator))

    def permutations(self, count: int) -> torch.Tensor:
        """Return a permutation of the numbers below `count` for each row: (rows,count) int64."""
        return self._stacked(lambda generator: torch.randperm(count, generator=generator))

    def batch_permutation(self, count: int) -> torch.Tensor:
        """Return one permutation of the numbers below `count` that all rows of the batch share: (count,) int64."""
        return torch.randperm(count, generator=self._batch).to(self.device)

    def batch_uniform(self, *shape: int) -> torch.Tensor:
        """Return even random numbers in 0..1, without 1, that all rows of the batch share: (*shape,) float32."""
        return torch.rand(shape, generator=self._batch).to(self.device)

    def _stacked(self, draw: Callable[[torch.Generator], torch.Tensor]) -> torch.Tensor:
        return torch.stack([draw(generator) for generator in self._rows]).to(self.device)


def _generator(*numbers: int) -> torch.Generator:
    return torch.Generator().manual_seed(mixed_seed(*numbers))
