"""Has the jobs kept on disk without ever waiting for the disk: a thread does it, and tells when it is done.

Where the disk is full, read-only or stuck, messages stay in memory, and the backend works on as if there were no disk.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from huebrush_backend.server.job_store import JobStore, Row
from huebrush_backend.server.message_files import Parcel

STUCK_SECONDS = 10.0
"""Time that the disk has for one message, before that is left in memory."""

Work = Callable[[], Any]
Done = Callable[[Any], None]

log = logging.getLogger(__name__)


class Background(Protocol):
    """Does work in order, beside the event loop."""

    def run(self, work: Work, done: Done) -> None:
        """Do `work`, which does not raise, and call `done` in the event loop with what it returned."""


class BackgroundThread:
    """A thread for the disk. It ends with the process, even where the disk never answers."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tasks: queue.SimpleQueue[tuple[Work, Done]] = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="job-store", daemon=True).start()

    def run(self, work: Work, done: Done) -> None:
        """See `Background`."""
        self._tasks.put((work, done))

    def _serve(self) -> None:
        while True:
            work, done = self._tasks.get()
            result = work()
            try:
                self._loop.call_soon_threadsafe(done, result)
            except RuntimeError:  # the loop is closed: nobody needs the answer
                return
            del work, done, result  # they would keep a message until the next one


class JobKeeper:
    """Keeps jobs and outcomes in a `store`; without one, or where it fails, in memory."""

    def __init__(self, store: JobStore | None, background: Background) -> None:
        self._store, self._background = store, background
        self._waiting = 0
        self._is_stuck = self._has_failed = False
        self._idle = asyncio.Event()
        self._idle.set()

    def keep_job(self, row: Row, frames: Sequence[Any], done: Callable[[Parcel], None]) -> None:
        """Keep what was sent for a new job; `done` is told where it is, once."""
        self._keep(lambda store: store.add(row, frames), frames, done)

    def keep_outcome(self, row: Row, frames: Sequence[Any], done: Callable[[Parcel], None]) -> None:
        """Keep the outcome of a job; `done` is told where it is, once."""
        self._keep(lambda store: store.finish(row, frames), frames, done)

    def note(self, row: Row) -> None:
        """Keep what has changed of an unfinished job."""
        self._run(lambda store: store.note(row), lambda _: None)

    def forget(self, job_id: str) -> None:
        """Remove a job."""
        self._run(lambda store: store.forget(job_id), lambda _: None)

    async def close(self, remove_all: bool) -> None:
        """Wait until everything is kept, and close the table. `remove_all`: nobody will ask for it any more."""
        self._run(lambda store: store.close(remove_all), lambda _: None)
        try:
            await asyncio.wait_for(self._idle.wait(), STUCK_SECONDS)
        except asyncio.TimeoutError:
            log.warning("the disk does not answer; jobs that wait for it are lost")

    def _keep(self, work: Callable[[JobStore], Parcel], frames: Sequence[Any], done: Callable[[Parcel], None]) -> None:
        if self._store is None or self._is_stuck:
            asyncio.get_running_loop().call_soon(done, Parcel(frames))
            return
        keeping = _Keeping(frames, done, self._note_stuck)
        self._run(work, keeping.end)

    def _note_stuck(self) -> None:
        self._is_stuck = True
        log.warning("the disk does not answer; messages stay in memory")

    def _run(self, work: Callable[[JobStore], Any], done: Done) -> None:
        store = self._store
        if store is None:
            return

        def attempt() -> Any:
            try:
                return work(store), None
            except (OSError, sqlite3.Error) as error:
                return None, error
            except Exception as error:
                log.exception("the table of jobs failed")
                return None, error

        def finish(result: Any) -> None:
            self._waiting -= 1
            if not self._waiting:
                self._is_stuck = False
                self._idle.set()
            kept, error = result
            if error is not None and not self._has_failed:
                log.warning("jobs are kept in memory only, and end with the backend: %s", error)
            self._has_failed = error is not None
            done(kept)

        self._waiting += 1
        self._idle.clear()
        self._background.run(attempt, finish)


class _Keeping:
    """A message on its way to the disk. Calls `done` once: it is there, cannot be, or that takes too long."""

    def __init__(self, frames: Sequence[Any], done: Callable[[Parcel], None], on_stuck: Callable[[], None]) -> None:
        self._in_memory, self._done, self._on_stuck = Parcel(frames), done, on_stuck
        self._timer: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(STUCK_SECONDS, self._give_up)

    def end(self, parcel: Parcel | None) -> None:
        """Note where the message is now, None if it could not be kept."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._done(parcel or self._in_memory)

    def _give_up(self) -> None:
        self._timer = None
        self._on_stuck()
        self._done(self._in_memory)
