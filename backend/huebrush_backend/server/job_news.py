"""Tells clients about their jobs: accepted, how far, and the outcome."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from huebrush_protocol import codec
from huebrush_protocol.messages import Accepted, Failed, Message, Progress, failed
from huebrush_protocol.texts import Text

from huebrush_backend.server.job_table import Job, JobState, JobTable
from huebrush_backend.server.message_files import DamagedFile
from huebrush_backend.server.model_loading import ModelLoading
from huebrush_backend.server.outbox import Outlet
from huebrush_backend.server.worker_manager import WorkerExit

log = logging.getLogger(__name__)


class JobNews:
    """Tells the owners of jobs. `outlet`: the way to the clients. `log_hint`: path of the log file, for remedies."""

    def __init__(self, table: JobTable, outlet: Outlet, loading: ModelLoading, log_hint: str) -> None:
        self._table, self._outlet, self._loading, self._log_hint = table, outlet, loading, log_hint

    def send(self, owner: bytes, message: Message) -> None:
        """Send an answer."""
        self._outlet.send(owner, codec.encode(message))

    def accept(self, job: Job) -> None:
        """Tell that a job waits or runs, and why it does so again."""
        self.send(job.owner, self._accepted(job))

    def answer(self, job: Job) -> None:
        """Tell a client that asked how a job stands; what is not on disk yet is told when it is."""
        if job.state is JobState.RUNNING and job.progress is not None and not self._reason(job):
            self.send(job.owner, self._progress(job.progress))
        elif job.state in (JobState.QUEUED, JobState.RUNNING):
            self.accept(job)
            self.report(job)
        else:
            self.report(job)

    def report(self, job: Job) -> None:
        """Tell the outcome of a job, or how far it is; nothing of one that waits for the disk or in the queue."""
        if job.state is JobState.FINISHED:
            if job.outcome is not None:
                self._outlet.deliver(job.owner, lambda: self._outcome(job))
        elif job.progress is not None:
            self._outlet.offer(job.owner, codec.encode(self._progress(job.progress)))

    def preview(self, job: Job, frames: Sequence[Any]) -> None:
        """Pass a picture on."""
        self._outlet.offer(job.owner, frames)

    def tell_positions(self) -> None:
        """Tell the owners of the waiting jobs how many jobs are ahead of them, where that has changed."""
        ahead = 1 if self._table.running else 0
        for position, waiting in enumerate(self._table.queued(), ahead):
            if waiting.position != position:
                self._outlet.offer(waiting.owner, codec.encode(self._accepted(waiting)))

    def death_notice(self, job_id: str, worker_exit: WorkerExit) -> Failed:
        """Return the outcome of a job that the end of the worker has ended."""
        if worker_exit.out_of_memory:
            return failed(job_id, "out_of_memory", "memory.system")
        if worker_exit.was_ready and worker_exit.stood_still:
            return failed(job_id, "worker_died", "worker.stood_still")
        if not worker_exit.was_ready:
            said = worker_exit.last_words
            return failed(job_id, "worker_died", "worker.not_started", reason=said, log=self._log_hint)
        return failed(job_id, "worker_died", "worker.ended", status=str(worker_exit.returncode))

    def _progress(self, progress: Progress) -> Progress:
        if progress.phase != "loading":
            return progress
        return replace(progress, seconds_left=self._loading.seconds_left())

    def _accepted(self, job: Job) -> Accepted:
        job.position = self._table.position(job)
        return Accepted(job.id, job.position, self._reason(job))

    def _reason(self, job: Job) -> Text | str:
        """Return the reason why a job that a death has hit runs again, empty for others."""
        if job.deaths:
            return Text.of("job.again")
        return Text.of("job.continued") if job.restarts else ""

    def _outcome(self, job: Job) -> Sequence[Any] | None:
        """Return the frames of the outcome of a job, None if it has been forgotten. Raises OSError: try again."""
        if job.outcome is None or self._table.find(job.id) is not job:
            return None
        try:
            return job.outcome.load()
        except (FileNotFoundError, DamagedFile) as error:
            log.error("the outcome of job %s cannot be read: %s", job.id, error)
            return codec.encode(failed(job.id, "internal", "job.lost"))
