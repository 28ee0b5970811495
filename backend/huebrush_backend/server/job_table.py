"""The job table: waiting jobs, the running job, and outcomes not acknowledged yet. Plain data, no sockets."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from huebrush_protocol.messages import Progress

from huebrush_backend.server.turns import Room, Turns


class JobState(enum.Enum):
    """Stage of a job's life. A forgotten job is not in the table."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"


class QueueFull(Exception):
    """The queue has reached its limit of jobs or of bytes of pixels."""


@dataclass(frozen=True)
class Limits:
    """Limits of the table. Bytes are bytes of pixels.

    One client may have at most half of what the others leave of `queued_jobs` and `queued_bytes` (`turns.Room`).
    If there are more than `kept_outcomes` unacknowledged outcomes, or they take more than `kept_bytes`, the oldest are
    dropped. The newest is always kept, whatever its size.
    """

    queued_jobs: int = 128
    queued_bytes: int = 2 << 30
    kept_outcomes: int = 256
    kept_bytes: int = 1 << 30


@dataclass
class Job:
    """One job.

    * `user`: key of the client that submitted it, empty over ipc; no other client may touch it
    * `client`: the connection that submitted it
    * `owner`: connection that gets the job's messages
    * `model`: its name, or `WITHOUT_MODEL`
    * `frames`: wire frames for the worker, empty after they are sent
    * `batch`: nobody waits for it in front of the screen
    * `position`: the number of jobs ahead of it that its owner was told last
    * `outcome`: the final wire frames, kept until acknowledged
    """

    id: str
    owner: bytes
    model: str
    frames: list[Any]
    size: int
    user: str = ""
    client: bytes = b""
    batch: bool = False
    position: int | None = None
    state: JobState = JobState.QUEUED
    sent: bool = False
    cancelling: bool = False
    progress: Progress | None = None
    outcome: list[Any] = field(default_factory=list)


class JobTable:
    """All jobs by id. At most one runs, and the others wait for their turns."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._jobs: dict[str, Job] = {}
        self._queue: deque[Job] = deque()
        self._finished: deque[Job] = deque()
        self._running: Job | None = None
        self._turns = Turns()

    @property
    def running(self) -> Job | None:
        """The running job, or None."""
        return self._running

    def __len__(self) -> int:
        return len(self._jobs)

    def find(self, job_id: str) -> Job | None:
        """Return the job with this id, or None when it is unknown or forgotten."""
        return self._jobs.get(job_id)

    def unfinished(self) -> list[Job]:
        """Return the running job, if there is one, and the waiting ones, the next one first."""
        return [*([self._running] if self._running else ()), *self.queued()]

    def queued(self) -> Iterator[Job]:
        """Yield the waiting jobs, the next one first."""
        return iter(self._turns.in_order(self._queue))

    def add(
        self,
        job_id: str,
        owner: bytes,
        model: str,
        frames: list[Any],
        size: int,
        user: str = "",
        batch: bool = False,
    ) -> Job:
        """Let a new job wait for its turn.

        `job_id`: id of the job. `owner`: connection that gets its messages. `model`: name of its model. `frames`: its
        wire frames. `size`: its pixels in bytes. `user`: key of the client. `batch`: nobody waits for it in front of
        the screen. Raises `QueueFull`.
        """
        if job_id in self._jobs:
            raise ValueError(f"job {job_id} is already in the table")
        room = Room(self._limits.queued_jobs, self._limits.queued_bytes)
        refusal = room.refusal(self._queue, user, owner, size)
        if refusal is not None:
            raise QueueFull(refusal)
        job = Job(job_id, owner, model, frames, size, user, owner, batch)
        self._jobs[job_id] = job
        self._queue.append(job)
        return job

    def position(self, job: Job) -> int:
        """Return the number of jobs ahead of `job`."""
        if job.state is not JobState.QUEUED:
            return 0
        return list(self.queued()).index(job) + (1 if self._running else 0)

    def start_next(self) -> Job | None:
        """Start the next waiting job and return it. Returns None when a job is running or no job waits."""
        if self._running is not None or not self._queue:
            return None
        self._running = self._turns.take(self._queue)
        self._queue.remove(self._running)
        self._running.state = JobState.RUNNING
        return self._running

    def finish(self, job: Job, outcome: list[Any], size: int) -> None:
        """Keep the final wire frames of an unfinished `job` (`size` bytes) until `forget`; another can run then."""
        if job is self._running:
            self._running = None
        elif job.state is JobState.QUEUED:
            self._queue.remove(job)
        job.state, job.outcome, job.size, job.frames = JobState.FINISHED, outcome, size, []
        self._finished.append(job)
        while len(self._finished) > 1 and (
            len(self._finished) > self._limits.kept_outcomes
            or sum(kept.size for kept in self._finished) > self._limits.kept_bytes
        ):
            self.forget(self._finished[0])

    def forget(self, job: Job) -> None:
        """Remove `job` in any state."""
        if job is self._running:
            self._running = None
        elif job.state is JobState.QUEUED:
            self._queue.remove(job)
        elif job.state is JobState.FINISHED:
            self._finished.remove(job)
        self._jobs.pop(job.id, None)
