"""Batches made ahead by other processes: the same ones, in the same order, and their errors."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from huebrush_backend.training.data.batches_ahead import BatchesAhead, MakeBatch, NextBatch
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
        assert 1 <= len(makers) <= 2
        assert os.getpid() not in makers
    finally:
        ahead.close()


def test_another_order_than_that_of_the_training_is_refused() -> None:
    batches = BatchesAhead(open_numbers, PARTS, 1)
    batches.start(0)
    with pytest.raises(ValueError, match="step 3"):
        batches.batch(3, PARTS[0])
    batches.close()


@pytest.mark.parametrize(("opened", "reason"), [(open_failure, "the disk is gone"), (open_end, "terminated abruptly")])
def test_a_failed_process_ends_the_training_with_its_error(opened, reason: str) -> None:
    batches = BatchesAhead(opened, PARTS, 1)
    batches.start(0)
    with pytest.raises(ProducerError, match=reason):
        batches.batch(0, PARTS[0])
    batches.close()


def test_the_next_batch_is_read_while_the_present_one_is_used() -> None:
    asked: list[tuple[int, range]] = []
    second = threading.Event()

    def read(step: int, rows: Sequence[int], may_wait: Callable[[], bool]) -> int:
        asked.append((step, range(rows[0], rows[-1] + 1)))
        if len(asked) == 2:
            second.set()
        return step

    reader = NextBatch(read, PARTS)
    assert reader.batch(5, PARTS[0], lambda: True) == 5
    assert second.wait(10)  # before anybody asks for it
    assert [reader.batch(5, PARTS[1], lambda: True), reader.batch(6, PARTS[0], lambda: True)] == [5, 6]
    reader.close()
    assert asked[:3] == [(5, PARTS[0]), (5, PARTS[1]), (6, PARTS[0])]


def test_an_error_in_reading_reaches_the_training() -> None:
    def read(step: int, rows: Sequence[int], may_wait: Callable[[], bool]) -> int:
        if step == 1:
            raise ProducerError("no more samples")
        return step

    reader = NextBatch(read, PARTS[:1])
    assert reader.batch(0, PARTS[0], lambda: True) == 0
    with pytest.raises(ProducerError, match="no more samples"):
        reader.batch(1, PARTS[0], lambda: True)
    reader.close()
