"""Batches made ahead by other processes: the same ones, in the same order, and their errors."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from huebrush_backend.training.data.batches_ahead import BatchesAhead, MakeBatch
from huebrush_backend.training.data.pool import ProducerError

PARTS = [range(0, 2), range(2, 4)]


def open_numbers() -> MakeBatch:
    def make(step: int, rows: Sequence[int]) -> tuple[torch.Tensor, int]:
        numbers = np.stack([np.random.default_rng([step, row]).integers(100, size=3) for row in rows])
        return torch.from_numpy(numbers), os.getpid()

    return make


def open_failure() -> MakeBatch:
    def make(step: int, rows: Sequence[int]) -> None:
        raise OSError("the disk is gone")

    return make


def open_end() -> MakeBatch:
    def make(step: int, rows: Sequence[int]) -> None:
        os._exit(3)

    return make


def test_batches_do_not_depend_on_the_number_of_processes() -> None:
    alone, ahead = BatchesAhead(open_numbers, PARTS, 0), BatchesAhead(open_numbers, PARTS, 2)
    try:
        for batches in (alone, ahead):
            batches.start(7)  # a continued run
        makers = set()
        for step in (7, 8, 9):
            for rows in PARTS:
                right, here = alone.batch(step, rows)
                made, maker = ahead.batch(step, rows)
                assert torch.equal(made, right)
                assert here == os.getpid()
                makers.add(maker)
        assert len(makers) == 2
        assert os.getpid() not in makers
    finally:
        ahead.close()


def test_another_order_than_that_of_the_training_is_refused() -> None:
    batches = BatchesAhead(open_numbers, PARTS, 1)
    batches.start(0)
    with pytest.raises(ValueError, match="step 3"):
        batches.batch(3, PARTS[0])
    batches.close()


@pytest.mark.parametrize(("opened", "reason"), [(open_failure, "the disk is gone"), (open_end, "exited unexpectedly")])
def test_a_failed_process_ends_the_training_with_its_error(opened, reason: str) -> None:
    batches = BatchesAhead(opened, PARTS, 1)
    batches.start(0)
    with pytest.raises(ProducerError, match=reason):
        batches.batch(0, PARTS[0])
    batches.close()
