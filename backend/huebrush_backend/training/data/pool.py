"""Batches of the UNet stage, drawn from the newest chunks of samples.

Which samples a step draws depends on the seed and the step alone, never on how fast the producers are: a step waits for
the chunks that it needs.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from huebrush_backend.training.data.producer import (
    Chunk,
    Recipe,
    SampleMaker,
    chunk_file,
    failure_file,
    produce,
    write_chunk,
)

PICKS_PURPOSE = 3
"""Keeps the random numbers of batches apart from others of the same seed."""


class ProducerError(RuntimeError):
    """A process that makes samples has ended; the message has its error."""


@dataclass(frozen=True)
class Schedule:
    """Chunks that a step draws from.

    * `batch`: samples a step
    * `chunk`: samples in a chunk
    * `pool`: number of newest chunks that batches are drawn from
    * `first`: number of chunks at the beginning that follow each other after `chunk` samples, so that the first samples
      are not repeated too often
    * `reuse`: afterwards a new chunk comes after so many times its samples
    """

    batch: int
    chunk: int
    pool: int
    first: int
    reuse: int

    def newest(self, step: int) -> int:
        """Return the number of the newest chunk that `step` draws from."""
        used = step * self.batch
        beginning = self.first * self.chunk
        if used < beginning:
            return used // self.chunk
        return self.first + (used - beginning) // (self.chunk * self.reuse)

    def oldest(self, step: int) -> int:
        """Return the number of the oldest chunk that `step` draws from."""
        return max(0, self.newest(step) - self.pool + 1)

    def first_step(self, number: int) -> int:
        """Return the first step that draws from chunk `number`."""
        used = self.chunk * (min(number, self.first) + max(0, number - self.first) * self.reuse)
        return -(-used // self.batch)


def planned_progress(schedule: Schedule, steps: int, number: int) -> float:
    """Return the progress, 0..1 of `steps`, at which chunk `number` is first used."""
    return min(1.0, schedule.first_step(number) / steps)


def present_progress(shared: Synchronized, number: int) -> float:
    """Return the progress of a training by time, whose end is not known as a step."""
    return float(shared.value)


class Pool:
    """The chunks of a run in `folder`, and the processes that make them.

    `producers` 0 makes the chunks in this process, when a batch needs them. `steps`: length of the training, None when
    it ends by time. In a training of several processes only the `main` one has producers; all read the same folder.
    """

    def __init__(
        self,
        folder: Path,
        recipe: Recipe,
        schedule: Schedule,
        producers: int,
        steps: int | None,
        main: bool = True,
    ) -> None:
        self._folder, self._recipe, self._schedule, self._main = folder, recipe, schedule, main
        context = multiprocessing.get_context("spawn")
        self._oldest, self._newest = context.Value("q", 0), context.Value("q", -1)
        self._progress = context.Value("d", 0.0)
        self._progress_of: Callable[[int], float] = (
            partial(present_progress, self._progress)
            if steps is None
            else partial(planned_progress, schedule, max(1, steps))
        )
        self._stop = context.Event()
        self._open: dict[int, Any] = {}
        self._maker: SampleMaker | None = None
        self._in_process = producers == 0 and main
        self._producers: list[BaseProcess] = []
        if main:
            folder.mkdir(parents=True, exist_ok=True)
            for failure in folder.glob("failure-*"):
                failure.unlink()
            shared = (self._oldest, self._newest, self._progress_of, self._stop)
            self._producers = [
                context.Process(target=produce, args=(folder, recipe, number, producers, *shared), daemon=True)
                for number in range(producers)
            ]

    def start(self, step: int) -> None:
        """Start the producers; `step` is the first that will be trained."""
        self._want(step)
        for producer in self._producers:
            producer.start()

    def set_progress(self, progress: float) -> None:
        """Tell the producers the progress of a training by time, 0..1."""
        self._progress.value = progress

    def close(self) -> None:
        """End the producers."""
        self._stop.set()
        self._open.clear()
        for producer in self._producers:
            if producer.pid is None:
                continue
            producer.join(timeout=5)  # one that still imports libraries does not look at `_stop`
            if producer.is_alive():
                producer.terminate()

    def batch(self, step: int, rows: Sequence[int], may_wait: Callable[[], bool]) -> Chunk | None:
        """Return `rows` of the batch of `step`; None when a chunk is missing and `may_wait` no longer holds.

        Raises ProducerError when a producer has ended.
        """
        self._want(step)
        rng = np.random.default_rng([self._recipe.seed, PICKS_PURPOSE, step])
        size = self._schedule.batch
        chunks = rng.integers(self._schedule.oldest(step), self._schedule.newest(step) + 1, size)
        places = rng.integers(self._schedule.chunk, size=size)
        # Where this process makes the chunks, it makes those too that only other processes' rows need.
        needed = {int(number) for number in (chunks if self._in_process else chunks[list(rows)])}
        opened = {number: self._chunk(number, may_wait) for number in sorted(needed)}
        if None in opened.values():
            return None
        samples: list[Chunk] = []
        for row in rows:
            chunk, place = opened[int(chunks[row])], int(places[row])
            samples.append({name: chunk.get_slice(name)[place] for name in chunk.keys()})  # noqa: SIM118
        return {name: np.stack([sample[name] for sample in samples]) for name in samples[0]}

    def forget(self, step: int) -> None:
        """Delete the chunks that `step`, of which the state was saved, and all later ones no longer need."""
        if not self._main:
            return
        oldest = self._schedule.oldest(step)
        for number in [number for number in list(self._open) if number < oldest]:  # a thread may be reading the next
            del self._open[number]
        for file in self._folder.glob("chunk-*.safetensors"):
            if int(file.stem.split("-")[1]) < oldest:
                with contextlib.suppress(OSError):  # Windows refuses while another process has it open
                    file.unlink()

    def _want(self, step: int) -> None:
        self._oldest.value, self._newest.value = self._schedule.oldest(step), self._schedule.newest(step)

    def _chunk(self, number: int, may_wait: Callable[[], bool]) -> Any:
        if number in self._open:
            return self._open[number]
        file = chunk_file(self._folder, number)
        while not file.exists():
            if self._stop.is_set():
                return None
            if self._in_process:
                self._maker = self._maker or SampleMaker(self._recipe)
                chunk = self._maker.make(number, self._progress_of(number), may_wait)
                if chunk is None:
                    return None
                write_chunk(chunk, file)
                break
            if not may_wait():
                return None
            self._raise_failure()
            time.sleep(0.05)
        try:
            self._open[number] = safe_open(file, framework="numpy")
        except SafetensorError:  # a damaged file is made again
            file.unlink()
            return self._chunk(number, may_wait)
        return self._open[number]

    def _raise_failure(self) -> None:
        for failure in self._folder.glob("failure-*.txt"):
            raise ProducerError(f"a process that makes samples failed:\n{failure.read_text('utf-8')}")
        for number, producer in enumerate(self._producers):
            if producer.exitcode is not None and not failure_file(self._folder, number).exists():
                raise ProducerError(
                    f"a process that makes samples ended with status {producer.exitcode}, without an error of its own; "
                    "it may have run out of memory"
                )


def keep_chunks_of(folder: Path, recipe: dict[str, Any]) -> None:
    """Delete the chunks in `folder` if they were made by another `recipe`, and write down this one."""
    file, text = folder / "recipe.json", json.dumps(recipe, indent=2, sort_keys=True) + "\n"
    if not file.exists() or file.read_text("utf-8") != text:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
