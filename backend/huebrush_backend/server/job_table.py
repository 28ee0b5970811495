"""The job table: waiting jobs, the running job, and outcomes not acknowledged yet. Plain data, no sockets."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from huebrush_protocol.messages import Progress
from huebrush_protocol.texts import Text


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

    If there are more than `kept_outcomes` unacknowledged outcomes, or they take more than `kept_bytes`, the oldest are
    dropped. The newest is always kept, whatever its size.
    """

    queued_jobs: int = 64
    queued_bytes: int = 2 << 30
    kept_outcomes: int = 256
    kept_bytes: int = 1 << 30


@dataclass
class Job:
    """One job.

    `user`: key of the client that submitted it, empty over ipc; no other client may touch it. `model`: its name, or
    `WITHOUT_MODEL`. `frames`: wire frames for the worker, empty after they are sent. `owner`: connection that gets the
    job's messages. `outcome`: the final wire frames, kept until acknowledged.
    """

    id: str
    owner: bytes
    model: str
    frames: list[Any]
    size: int
    user: str = ""
    state: JobState = JobState.QUEUED
    sent: bool = False
    cancelling: bool = False
    progress: Progress | None = None
    outcome: list[Any] = field(default_factory=list)


class JobTable:
    """All jobs by id, in the order of arrival. At most one runs."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._jobs: dict[str, Job] = {}
        self._queue: deque[Job] = deque()
        self._finished: deque[Job] = deque()
        self._running: Job | None = None

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
        return [*([self._running] if self._running else ()), *self._queue]

    def queued(self) -> Iterator[Job]:
        """Yield the waiting jobs, the next one first."""
        return iter(tuple(self._queue))

    def add(self, job_id: str, owner: bytes, model: str, frames: list[Any], size: int, user: str = "") -> Job:
        """Put a new job at the end of the queue.

        `job_id`: id of the job. `owner`: connection that gets its messages. `model`: name of its model. `frames`: its
        wire frames. `size`: its pixels in bytes. `user`: key of the client. Raises `QueueFull`.
        """
        if job_id in self._jobs:
            raise ValueError(f"job {job_id} is already in the table")
        waiting = sum(job.size for job in self._queue)
        if len(self._queue) >= self._limits.queued_jobs:
            raise QueueFull(Text.of("queue.jobs", count=len(self._queue)))
        if self._queue and waiting + size > self._limits.queued_bytes:
            raise QueueFull(Text.of("queue.pictures", size=waiting >> 20))
        job = Job(job_id, owner, model, frames, size, user)
        self._jobs[job_id] = job
        self._queue.append(job)
        return job

    def position(self, job: Job) -> int:
        """Return the number of jobs ahead of `job`."""
        if job.state is not JobState.QUEUED:
            return 0
        return self._queue.index(job) + (1 if self._running else 0)

    def start_next(self) -> Job | None:
        """Start the next waiting job and return it. Returns None when a job is running or no job waits."""
        if self._running is not None or not self._queue:
            return None
        self._running = self._queue.popleft()
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
