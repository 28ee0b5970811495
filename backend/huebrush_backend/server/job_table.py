"""The job table: waiting jobs, the running job, and outcomes not acknowledged yet. Plain data, no sockets, no disk."""

from __future__ import annotations

import enum
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from huebrush_protocol.messages import Progress

from huebrush_backend.server.job_store import Row
from huebrush_backend.server.message_files import Parcel
from huebrush_backend.server.turns import Room, Turns


class JobState(enum.Enum):
    """Stage of a job's life. A forgotten job is not in the table."""

    ARRIVING = "arriving"
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"


class QueueFull(Exception):
    """The queue has reached its limit of jobs or of bytes of pixels."""


@dataclass(frozen=True)
class Limits:
    """Limits of the table. Bytes are bytes of pixels.

    One client may have at most half of what the others leave of `queued_jobs` and `queued_bytes` (`turns.Room`).
    If there are more than `kept_outcomes` unacknowledged outcomes, or those on disk take more than `kept_bytes`, or the
    others more than `memory_bytes`, the oldest are dropped. The newest is always kept, whatever its size.
    """

    queued_jobs: int = 128
    queued_bytes: int = 2 << 30
    kept_outcomes: int = 256
    kept_bytes: int = 4 << 30
    memory_bytes: int = 1 << 30


@dataclass
class Job:
    """One job.

    * `user`: key of the client that submitted it, empty over ipc; no other client may touch it
    * `client`: the connection that submitted it
    * `owner`: connection that gets the job's messages
    * `model`: its name, or `WITHOUT_MODEL`
    * `size`: bytes of its pixels; at the end, of the outcome's
    * `batch`: nobody waits for it in front of the screen
    * `position`: the number of jobs ahead of it that its owner was told last
    * `place`: grows with the order of arrival
    * `input`: what the client sent, for the worker; kept until the end
    * `sent`: the worker has it
    * `deaths`, `restarts`: how often a worker's or a front's death hit it
    * `outcome`: the final message, kept until acknowledged; None while it is being written
    * `since`: when it came or ended (Unix time)
    """

    id: str
    owner: bytes
    model: str
    size: int
    user: str = ""
    client: bytes = b""
    batch: bool = False
    position: int | None = None
    place: int = 0
    input: Parcel = Parcel()  # noqa: RUF009
    state: JobState = JobState.ARRIVING
    sent: bool = False
    cancelling: bool = False
    deaths: int = 0
    restarts: int = 0
    progress: Progress | None = None
    outcome: Parcel | None = None
    since: float = 0.0

    def row(self) -> Row:
        """Return its entry in the table on disk."""
        return Row(
            id=self.id,
            user=self.user,
            model=self.model,
            place=self.place,
            size=self.size,
            batch=self.batch,
            is_finished=self.state is JobState.FINISHED,
            is_running=self.sent,
            deaths=self.deaths,
            restarts=self.restarts,
            since=self.since,
        )


class JobTable:
    """All jobs by id. At most one runs, and the others wait for their turns, once they are on disk."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._jobs: dict[str, Job] = {}
        self._arriving: deque[Job] = deque()
        self._queue: deque[Job] = deque()
        self._finished: deque[Job] = deque()
        self._running: Job | None = None
        self._turns = Turns()
        self._places = 0

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
        return [*([self._running] if self._running else ()), *self.queued(), *self._arriving]

    def queued(self) -> Iterator[Job]:
        """Yield the waiting jobs, the next one first."""
        return iter(self._turns.in_order(self._queue))

    def add(self, job_id: str, owner: bytes, model: str, size: int, user: str = "", batch: bool = False) -> Job:
        """Add a job that arrives; it waits for its turn from `enqueue` on.

        `job_id`: id of the job. `owner`: connection that gets its messages. `model`: name of its model. `size`: its
        pixels in bytes. `user`: key of the client. `batch`: nobody waits for it in front of the screen. Raises
        `QueueFull`.
        """
        if job_id in self._jobs:
            raise ValueError(f"job {job_id} is already in the table")
        room = Room(self._limits.queued_jobs, self._limits.queued_bytes)
        refusal = room.refusal([*self._queue, *self._arriving], user, owner, size)
        if refusal is not None:
            raise QueueFull(refusal)
        self._places += 1
        job = Job(job_id, owner, model, size, user, owner, batch, place=self._places, since=time.time())
        self._jobs[job_id] = job
        self._arriving.append(job)
        return job

    def enqueue(self, job: Job, sent: Parcel) -> None:
        """Put a job that has arrived at the end of the queue. `sent`: what the client sent."""
        self._arriving.remove(job)
        job.state, job.input = JobState.QUEUED, sent
        self._queue.append(job)

    def restore(self, row: Row, kept: Parcel) -> Job:
        """Take over a job of a front that died, and return it; call this for each in the order of arrival.

        `row`: what is known of it. `kept`: its outcome, or what the client sent.
        """
        job = Job(row.id, b"", row.model, row.size, row.user, batch=row.batch, place=row.place, since=row.since)
        job.deaths, job.restarts = row.deaths, row.restarts
        self._jobs[job.id] = job
        self._places = max(self._places, row.place)
        if row.is_finished:
            job.state, job.outcome = JobState.FINISHED, kept
            self._finished.append(job)
        else:
            job.state, job.input = JobState.QUEUED, kept
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

    def bytes_in_memory(self) -> int:
        """Return the bytes of pixels that are in memory, as they are not on disk, or not yet."""
        kept = {job.id: job.outcome if job.state is JobState.FINISHED else job.input for job in self._jobs.values()}
        return sum(job.size for job in self._jobs.values() if getattr(kept[job.id], "path", None) is None)

    def finish(self, job: Job, size: int) -> None:
        """End an unfinished `job`, whose outcome has `size` bytes of pixels; another can run then.

        `keep` follows when the outcome is written.
        """
        self._leave(job)
        job.state, job.sent, job.size, job.input = JobState.FINISHED, False, size, Parcel()
        job.since = time.time()
        self._finished.append(job)

    def keep(self, job: Job, outcome: Parcel) -> list[Job]:
        """Keep the outcome of a finished `job` until `forget`; return the older ones that must be forgotten for it."""
        job.outcome = outcome
        limits, dropped = self._limits, list[Job]()
        finished = [kept for kept in self._finished if kept.outcome is not None]
        while len(finished) > 1 and (
            len(finished) > limits.kept_outcomes
            or _bytes(finished, on_disk=True) > limits.kept_bytes
            or _bytes(finished, on_disk=False) > limits.memory_bytes
        ):
            dropped.append(finished.pop(0))
        return dropped

    def expired(self, before: float) -> list[Job]:
        """Return the finished jobs that ended before this time (Unix time)."""
        return [job for job in self._finished if job.since < before]

    def forget(self, job: Job) -> None:
        """Remove `job` in any state."""
        self._leave(job)
        self._jobs.pop(job.id, None)

    def _leave(self, job: Job) -> None:
        if job is self._running:
            self._running = None
        elif job.state is JobState.ARRIVING:
            self._arriving.remove(job)
        elif job.state is JobState.QUEUED:
            self._queue.remove(job)
        elif job.state is JobState.FINISHED:
            self._finished.remove(job)


def _bytes(finished: list[Job], on_disk: bool) -> int:
    return sum(job.size for job in finished if job.outcome is not None and (job.outcome.path is not None) is on_disk)
