"""Sends jobs to the worker, and the worker's messages to the clients that wait for them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from huebrush_protocol import codec
from huebrush_protocol.messages import (
    Cancel,
    Cancelled,
    Failed,
    Locate,
    Located,
    ModelInfo,
    Preview,
    Progress,
    Result,
    Submit,
    Welcome,
    failed,
)
from huebrush_protocol.preparing import Preparation, Prepare
from huebrush_protocol.regions import WITHOUT_MODEL
from huebrush_protocol.texts import Text

from huebrush_backend.server.job_keeper import JobKeeper
from huebrush_backend.server.job_news import JobNews
from huebrush_backend.server.job_store import KEPT_SECONDS, Row
from huebrush_backend.server.job_table import Job, JobState, JobTable, QueueFull
from huebrush_backend.server.message_files import DamagedFile, Parcel
from huebrush_backend.server.model_loading import ModelLoading
from huebrush_backend.server.outbox import Outlet
from huebrush_backend.server.preparing import Preparing
from huebrush_backend.server.worker_manager import WorkerExit, WorkerManager

LOADING_TICK_SECONDS = 1.0
"""Seconds from one report of a model that loads to the next."""
EXPIRY_SECONDS = 600.0
"""Seconds from one look for outcomes that were kept too long to the next."""
MOST_RESTARTS = 5
"""Deaths of the front in the middle of a job after which that is not begun again: perhaps it is the cause."""

log = logging.getLogger(__name__)


class Dispatcher:
    """Owns the job table. The front calls it for clients' messages about jobs, the worker manager for the worker's."""

    def __init__(
        self,
        table: JobTable,
        keeper: JobKeeper,
        outlet: Outlet,
        list_models: Callable[[], Sequence[ModelInfo]],
        on_device: Callable[[Text | str], None],
        log_hint: str,
        cancel_seconds: float,
    ) -> None:
        """Make a dispatcher; `attach` must follow.

        `table`: the job table.
        `keeper`: keeps the table on disk.
        `outlet`: the way to the clients.
        `list_models`: returns the models.
        `on_device`: called with the device that the worker runs on.
        `log_hint`: path of the log file, for remedies.
        `cancel_seconds`: time that the worker has to stop a cancelled job before it is killed.
        """
        self._table, self._keeper = table, keeper
        self._list_models, self._on_device = list_models, on_device
        self._cancel_seconds = cancel_seconds
        self._manager: WorkerManager | None = None
        self._cancel_timer: asyncio.TimerHandle | None = None
        self._loading_timer: asyncio.TimerHandle | None = None
        self._loading = ModelLoading()
        self._news = JobNews(table, outlet, self._loading, log_hint)
        self._preparing = Preparing(outlet, self._loading)

    def attach(self, manager: WorkerManager) -> None:
        """Set the manager of the worker that runs the jobs."""
        self._manager = manager

    def take_over(self, kept: Sequence[tuple[Row, Parcel]]) -> None:
        """Go on with the jobs that a front which died has left: what is known of each, and its message."""
        for row, parcel in kept:
            job = self._table.restore(row, parcel)
            if row.is_running:
                job.restarts += 1
                self._keeper.note(job.row())
            if job.restarts > MOST_RESTARTS:
                self._finish(job, codec.encode(failed(job.id, "worker_died", "job.restarts")), 0, pump=False)
        if kept:
            log.info("took over %d jobs", len(kept))
        self._pump()
        self._forget_expired()

    # Requests of clients

    def submit(self, owner: bytes, user: str, message: Submit | Locate, frames: Sequence[Any], size: int) -> None:
        """Add a job, or report its state if it is already known.

        `owner`: connection of the client. `user`: the client's key, empty over ipc; only who submitted a job may touch
        it. `message`: the job. `frames`: its wire frames. `size`: its pixels in bytes.
        """
        known = self._table.find(message.job)
        if known is not None and known.user != user:
            self._news.send(owner, failed(message.job, "unknown_job", "job.unknown"))
            return
        if known is not None:
            known.owner = owner
            self._news.answer(known)
            return
        refusal = self._refusal(message)
        if refusal is not None:
            self._news.send(owner, refusal)
            return
        try:
            batch = isinstance(message, Submit) and message.batch
            job = self._table.add(message.job, owner, message.model, size, user, batch)
        except QueueFull as error:
            self._news.send(owner, failed(message.job, "busy", "queue.full", reason=Text.about(error)))
            return
        self._keeper.keep_job(job.row(), list(frames), lambda sent: self._on_arrived(job, sent))

    def prepare(self, owner: bytes, message: Prepare) -> None:
        """Load a model for later jobs as soon as no job runs; `owner` is told how far it is."""
        model = next((model for model in self._list_models() if model.name == message.model), None)
        if model is None or not model.available:
            self._news.send(owner, Preparation(message.model, "stopped"))
            return
        self._preparing.ask(owner, message.model)
        self._pump()
        self._tell_loading()

    def fetch(self, owner: bytes, user: str, job_id: str) -> None:
        """Report the state of a job, and send its messages to `owner` from now on."""
        job = self._find(user, job_id)
        if job is None:
            self._news.send(owner, failed(job_id, "unknown_job", "job.unknown"))
            return
        job.owner = owner
        self._news.answer(job)

    def cancel(self, owner: bytes, user: str, job_id: str) -> None:
        """Stop a job: a waiting job at once, the running job when the worker notices."""
        job = self._find(user, job_id)
        if job is None:
            self._news.send(owner, failed(job_id, "unknown_job", "job.unknown"))
            return
        job.owner = owner
        if job.state is JobState.RUNNING and job.sent:
            if not job.cancelling:
                job.cancelling = True
                self._keeper.forget(job.id)  # a front to come shall not begin it again
                if not self._worker().is_ready:  # it is being ended, which ends the job
                    return
                self._worker().send_message(Cancel(job.id))
                loop = asyncio.get_running_loop()
                self._cancel_timer = loop.call_later(self._cancel_seconds, self._kill_stuck, job)
            return
        self._end_cancelled(job)

    def acknowledge(self, user: str, job_id: str) -> None:
        """Forget a finished job. Does nothing if the job is unknown or not finished."""
        job = self._find(user, job_id)
        if job is not None and job.state is JobState.FINISHED:
            self._forget(job)

    def end_jobs(self) -> None:
        """Tell the clients of all unfinished jobs that the backend ends."""
        for job in self._table.unfinished():
            if job.cancelling:
                self._stop_cancel_timer()
                self._forget(job)
                self._news.send(job.owner, Cancelled(job.id))
                continue
            self._finish(job, codec.encode(failed(job.id, "worker_died", "backend.ending")), 0, pump=False)

    # Calls of the worker manager

    def on_worker_ready(self, welcome: Welcome) -> None:
        """See `WorkerListener`."""
        self._on_device(welcome.device)
        self._send_running()
        if self._table.running is None:
            self._preparing.go_on(self._worker())

    def on_worker_message(self, received: codec.Received, frames: Sequence[Any]) -> None:
        """See `WorkerListener`."""
        message, job = received.message, self._table.running
        if isinstance(message, Preparation):
            self._preparing.on_answer(message)
            self._pump()
        elif isinstance(message, Welcome):  # it has found out its device
            self._on_device(message.device)
        elif job is None or not job.sent or getattr(message, "job", None) != job.id:
            log.debug("the worker sent %s for a job that is not running", type(message).__name__)
        elif isinstance(message, Progress):
            self._follow_loading(job, message)
            job.progress = message
            self._news.report(job)
        elif isinstance(message, Preview):
            self._news.preview(job, frames)
        elif job.cancelling or isinstance(message, Cancelled):
            self._end_cancelled(job)
        elif isinstance(message, (Result, Located, Failed)):
            if isinstance(message, Failed):
                self._preparing.on_job_ended(job.model)
            else:
                self._note_loaded(job)
            retire = isinstance(message, Failed) and message.code == "out_of_memory"
            self._finish(job, frames, sum(image.data.nbytes for image in received.images), pump=not retire)
            if retire:  # the free memory is fragmented; a new process starts clean
                self._preparing.on_lost()
                self._worker().restart()
                self._pump()

    def on_worker_exit(self, worker_exit: WorkerExit) -> None:
        """See `WorkerListener`."""
        job = self._table.running
        self._preparing.on_lost()
        if job is None:
            self._pump()
            return
        if worker_exit.was_ready and not job.sent:  # it came while the worker was ending
            self._await_worker(job)
            return
        if not job.cancelling and self._may_run_again(job, worker_exit):
            job.deaths, job.sent = job.deaths + 1, False
            log.info("job %s runs again on a new worker", job.id)
            self._keeper.note(job.row())
            self._news.accept(job)
            self._await_worker(job)
            return
        if worker_exit.was_ready:
            self._worker().start()  # ready for the next job; a worker that cannot start is tried again only for one
        if job.cancelling:
            self._end_cancelled(job)
        else:
            self._finish(job, codec.encode(self._news.death_notice(job.id, worker_exit)), 0)

    def is_owed(self) -> bool:
        """See `WorkerListener`."""
        job = self._table.running
        return self._preparing.is_under_way or (job is not None and job.sent)

    # Internals

    def _find(self, user: str, job_id: str) -> Job | None:
        job = self._table.find(job_id)
        return job if job is not None and job.user == user else None

    def _on_arrived(self, job: Job, sent: Parcel) -> None:
        """Queue a job that is on disk, if that was possible: from now on no death of a process costs it."""
        if self._table.find(job.id) is not job or job.state is not JobState.ARRIVING:
            return  # it was cancelled meanwhile
        self._table.enqueue(job, sent)
        self._news.accept(job)
        self._news.tell_positions()  # it may go before others
        if job.model != WITHOUT_MODEL:
            self._preparing.drop_wish(job.model)
        self._pump()

    def _may_run_again(self, job: Job, worker_exit: WorkerExit) -> bool:
        if job.deaths or worker_exit.out_of_memory:
            return False
        return worker_exit.was_ready or not worker_exit.is_explained

    def _forget(self, job: Job) -> None:
        self._table.forget(job)
        self._keeper.forget(job.id)

    def _forget_expired(self) -> None:
        """Forget from now on the outcomes that nobody has acknowledged in time."""
        for job in self._table.expired(time.time() - KEPT_SECONDS):
            self._forget(job)
        asyncio.get_running_loop().call_later(EXPIRY_SECONDS, self._forget_expired)

    def _pump(self) -> None:
        """Start the next job if no job is running."""
        job = self._table.start_next()
        if job is None:
            if self._table.running is None:
                self._preparing.go_on(self._worker())
            return
        self._news.tell_positions()
        if self._worker().is_ready:
            self._send_running()
        else:
            self._await_worker(job)

    def _await_worker(self, job: Job) -> None:
        """Start a worker for the running `job`, which it gets when it is ready."""
        if job.model != WITHOUT_MODEL:
            self._loading.begin(job.model, starts_worker=True)
        job.progress = Progress(job.id, "loading")
        self._worker().start()
        self._tell_loading()

    def _send_running(self) -> None:
        job = self._table.running
        if job is None or job.sent:
            return
        try:
            frames = job.input.load()
        except (OSError, DamagedFile) as error:
            log.error("job %s cannot be run: %s", job.id, error)
            self._finish(job, codec.encode(failed(job.id, "internal", "job.lost")), 0)
            return
        self._worker().send(frames)
        job.sent = True
        self._keeper.note(job.row())
        if self._preparing.is_under_way:  # the worker reads the job when the model is loaded
            job.progress = Progress(job.id, "loading")
            self._tell_loading()

    def _finish(self, job: Job, outcome: Sequence[Any], size: int, pump: bool = True) -> None:
        """End a job; its client is told as soon as the outcome is on disk, if that is possible."""
        if job is self._table.running:
            self._stop_cancel_timer()
        self._table.finish(job, size)
        self._keeper.keep_outcome(job.row(), list(outcome), lambda parcel: self._on_kept(job, parcel))
        if pump:
            self._pump()

    def _on_kept(self, job: Job, outcome: Parcel) -> None:
        if self._table.find(job.id) is not job:
            return  # acknowledged meanwhile
        for dropped in self._table.keep(job, outcome):
            self._forget(dropped)
        self._news.report(job)

    def _end_cancelled(self, job: Job) -> None:
        if job is self._table.running:
            self._stop_cancel_timer()
            self._preparing.on_job_ended(job.model)
        self._forget(job)
        self._news.send(job.owner, Cancelled(job.id))
        self._news.tell_positions()
        self._pump()

    def _follow_loading(self, job: Job, progress: Progress) -> None:
        """Note from the progress of a job whether its model loads or is loaded."""
        if progress.phase != "loading":
            self._note_loaded(job)
        elif job.model != WITHOUT_MODEL:
            self._loading.begin(job.model, starts_worker=False)
            self._plan_tick()

    def _note_loaded(self, job: Job) -> None:
        if job.model != WITHOUT_MODEL:
            self._preparing.on_loaded(job.model)

    def _tell_loading(self) -> None:
        """Tell everyone who waits for a model how long it will take, now and each second until it is loaded."""
        job = self._table.running
        if job is not None and job.progress is not None and job.progress.phase == "loading":
            self._news.report(job)
        self._preparing.tell()
        self._plan_tick()

    def _plan_tick(self) -> None:
        if self._loading_timer is not None:
            self._loading_timer.cancel()
            self._loading_timer = None
        if self._loading.loading is not None:
            loop = asyncio.get_running_loop()
            self._loading_timer = loop.call_later(LOADING_TICK_SECONDS, self._tell_loading)

    def _kill_stuck(self, job: Job) -> None:
        if job is self._table.running:
            log.warning("job %s did not stop %g s after it was cancelled", job.id, self._cancel_seconds)
            self._worker().kill()

    def _stop_cancel_timer(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer.cancel()
            self._cancel_timer = None

    def _refusal(self, message: Submit | Locate) -> Failed | None:
        """Return a refusal if the job cannot run, else None."""
        if message.model == WITHOUT_MODEL and isinstance(message, Submit):
            return None
        models = {model.name: model for model in self._list_models()}
        model = models.get(message.model)
        if model is None:
            names = ", ".join(models) or "–"
            return failed(message.job, "unknown_model", "model.unknown", model=message.model, names=names)
        if not model.available:
            return Failed(message.job, "model_missing", Text.of("model.not_installed", title=model.title), model.remedy)
        return None

    def _worker(self) -> WorkerManager:
        if self._manager is None:
            raise RuntimeError("no worker manager is attached")
        return self._manager
