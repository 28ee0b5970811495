"""Batches that are made ahead of the training: by other processes, or read by a thread."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import cv2
import torch
from torch.utils.data import DataLoader, Dataset

from huebrush_backend.training.data.pool import ProducerError

MakeBatch = Callable[[int, Sequence[int]], Any]
"""Makes some rows of the batch of a step, given step and rows."""
AHEAD = 2
"""Number of batches that each process makes before the training needs them."""


class BatchesAhead:
    """Makes the batches of a training in `producers` processes, ahead and in order; 0 makes them in this process.

    The batches do not depend on the number of processes.

    `open_maker`: returns the function that makes a batch; it is sent to the processes, and called once in each.
    `parts`: rows of each part of a step that this process asks for, in order.
    `producers`: number of processes.
    """

    def __init__(self, open_maker: Callable[[], MakeBatch], parts: Sequence[Sequence[int]], producers: int) -> None:
        self._batches, self._parts, self._producers = _Batches(open_maker), parts, producers
        self._made: Iterator[Any] | None = None

    def start(self, step: int) -> None:
        """Start the processes; `step` is the first that will be trained."""
        if not self._producers:
            return
        loader = DataLoader(
            self._batches,
            batch_size=None,
            collate_fn=_as_made,
            sampler=_Order(step, self._parts),
            num_workers=self._producers,
            prefetch_factor=AHEAD,
            worker_init_fn=_begin,
            multiprocessing_context="spawn",
        )
        self._made = iter(loader)

    def batch(self, step: int, rows: Sequence[int], may_wait: Callable[[], bool] = lambda: True) -> Any:
        """Return `rows` of the batch of `step`: after `start` with processes the next ones, else any.

        `may_wait` is not asked: a batch is at most seconds away.
        Raises ProducerError when a process has ended.
        """
        if self._made is None:
            return self.make_here(step, rows)
        try:
            made, batch = next(self._made)
        except Exception as error:  # of any kind: PyTorch raises what the process raised
            raise ProducerError(f"a process that makes batches failed:\n{error}") from error
        if made != (step, rows):
            raise ValueError(f"rows {rows} of step {step} were asked for where {made} come next")
        return batch

    def make_here(self, step: int, rows: Sequence[int]) -> Any:
        """Make any rows of any batch in this process."""
        return self._batches[step, rows][1]

    def close(self) -> None:
        """End the processes."""
        self._made = None


class NextBatch:
    """Reads the next batch in a thread while the present one is computed.

    `get_batch`: reads rows of a step's batch.
    `parts`: rows of each part of a step that this process asks for, in order.
    """

    def __init__(
        self, get_batch: Callable[[int, Sequence[int], Callable[[], bool]], Any], parts: Sequence[Sequence[int]]
    ) -> None:
        self._get, self._parts = get_batch, parts
        self._thread = ThreadPoolExecutor(1)
        self._place: tuple[int, Sequence[int]] | None = None
        self._next: Future[Any] | None = None

    def batch(self, step: int, rows: Sequence[int], may_wait: Callable[[], bool]) -> Any:
        """Return `rows` of the batch of `step`, and begin to read those that follow.

        `may_wait`: whether it may still wait for samples; without, None is returned.
        """
        if self._next is None or self._place != (step, rows):
            self._next = self._thread.submit(self._get, step, rows, may_wait)
        batch = self._next.result()
        number = self._parts.index(rows) + 1
        self._place = (step, self._parts[number]) if number < len(self._parts) else (step + 1, self._parts[0])
        self._next = self._thread.submit(self._get, *self._place, may_wait)
        return batch

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)


class _Batches(Dataset):
    """Batches by step and rows, made by a function that is opened where it is needed."""

    def __init__(self, open_maker: Callable[[], MakeBatch]) -> None:
        self._open_maker = open_maker
        self._make: MakeBatch | None = None

    def __getitem__(self, place: tuple[int, Sequence[int]]) -> tuple[tuple[int, Sequence[int]], Any]:
        self._make = self._make or self._open_maker()
        return place, self._make(*place)

    def __getstate__(self) -> dict[str, Any]:
        return {"_open_maker": self._open_maker, "_make": None}  # each process opens its own


class _Order:
    """The order in which a training asks for batches, from `step` on, without end."""

    def __init__(self, step: int, parts: Sequence[Sequence[int]]) -> None:
        self._step, self._parts = step, parts

    def __iter__(self) -> Iterator[tuple[int, Sequence[int]]]:
        step = self._step
        while True:
            for rows in self._parts:
                yield step, rows
            step += 1


def _as_made(batch: Any) -> Any:
    return batch


def _begin(worker: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all processes, but ends the training in good order
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
