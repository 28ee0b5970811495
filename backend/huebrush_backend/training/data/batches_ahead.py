"""Batches that are made ahead of the training: by other processes, or read by a thread."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import count, islice
from typing import Any

import cv2
import torch

from huebrush_backend.training.data.pool import ProducerError

MakeBatch = Callable[[int, Sequence[int]], Any]
"""Makes some rows of the batch of a step, given step and rows."""
Place = tuple[int, Sequence[int]]
"""A batch, or a part of it: its step, and its rows."""
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
        self._open_maker, self._parts, self._producers = open_maker, parts, producers
        self._here = _LateMaker(open_maker)
        self._processes: ProcessPoolExecutor | None = None
        self._places: Iterator[Place] = iter(())
        self._made: deque[tuple[Place, Future[Any]]] = deque()

    def start(self, step: int) -> None:
        """Start the processes; `step` is the first that will be trained."""
        if not self._producers:
            return
        # Not PyTorch's DataLoader: its processes send from a second thread, and one that is still sending when its
        # process ends takes that down with an abort, which then counts as a failure of the training.
        self._processes = ProcessPoolExecutor(
            self._producers, torch.multiprocessing.get_context("spawn"), _begin, (self._open_maker,)
        )
        self._places = ((later, rows) for later in count(step) for rows in self._parts)
        for place in islice(self._places, self._producers * AHEAD):
            self._made.append((place, self._processes.submit(_make_batch, *place)))

    def batch(self, step: int, rows: Sequence[int], may_wait: Callable[[], bool] = lambda: True) -> Any:
        """Return `rows` of the batch of `step`: after `start` with processes the next ones, else any.

        `may_wait` is not asked: a batch is at most seconds away.
        Raises ProducerError when a process has ended or failed, and ValueError when another batch comes next.
        """
        if self._processes is None:
            return self.make_here(step, rows)
        place, made = self._made[0]
        if place != (step, rows):
            raise ValueError(f"rows {rows} of step {step} were asked for where {place} come next")
        try:
            batch = made.result()
            following = next(self._places)
            self._made.append((following, self._processes.submit(_make_batch, *following)))
        except Exception as error:  # of any kind: what the process raised is raised here
            raise ProducerError(f"a process that makes batches failed: {error}") from error
        self._made.popleft()
        return batch

    def make_here(self, step: int, rows: Sequence[int]) -> Any:
        """Make any rows of any batch in this process."""
        return self._here.make(step, rows)

    def close(self) -> None:
        """End the processes, after the batches that they are making."""
        if self._processes is not None:
            self._processes.shutdown(cancel_futures=True)
        self._processes = None
        self._made.clear()


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


class _LateMaker:
    """Makes batches by a function that is opened when the first is asked for, so that its errors are told with it."""

    def __init__(self, open_maker: Callable[[], MakeBatch]) -> None:
        self._open_maker = open_maker
        self._make: MakeBatch | None = None

    def make(self, step: int, rows: Sequence[int]) -> Any:
        self._make = self._make or self._open_maker()
        return self._make(step, rows)


_maker: _LateMaker | None = None
"""In a process that makes batches: its maker."""


def _begin(open_maker: Callable[[], MakeBatch]) -> None:
    global _maker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all processes, but ends the training in good order
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    _maker = _LateMaker(open_maker)


def _make_batch(step: int, rows: Sequence[int]) -> Any:
    assert _maker is not None
    return _maker.make(step, rows)
