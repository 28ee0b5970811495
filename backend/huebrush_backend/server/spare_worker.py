"""Launches worker processes, and keeps one in spare: started, its libraries imported, without a model.

Nearly all the time from a worker's death to the next result went into imports.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import psutil

from huebrush_backend.server.worker_channel import Bootstrap
from huebrush_backend.server.worker_process import WorkerProcess

IDLE_LOOKS = 3
"""Looks at an idle worker after which a spare one is started, so that it takes nothing from a job."""
FREE_BYTES = 4 << 30
"""Memory that must be available for a spare, which takes a few hundred MiB."""

log = logging.getLogger(__name__)


class WorkerLauncher:
    """Launches workers with `engine` in `folder`; at most one waits in spare."""

    def __init__(self, folder: Path, engine: str) -> None:
        self._folder, self._engine = folder, engine
        self._spare: WorkerProcess | None = None
        self._idle_looks = 0

    def launch(self, bootstrap: Bootstrap, on_exit: Callable[[int], None]) -> WorkerProcess:
        """Let the spare begin, if there is one that can, else a new process. Raises OSError."""
        process, self._spare, self._idle_looks = self._spare, None, 0
        if process is not None and not process.can_begin:
            process.kill()
            process = None
        if process is None:
            process = WorkerProcess(self._folder)
        process.begin(bootstrap, on_exit)
        return process

    def on_look(self, is_idle: bool) -> None:
        """Note that the worker is ready, and whether it `is_idle`; start a spare after a while, where memory allows."""
        self._idle_looks = self._idle_looks + 1 if is_idle else 0
        if self._idle_looks < IDLE_LOOKS or (self._spare is not None and self._spare.can_begin):
            return
        self._idle_looks = 0
        self.close()
        if psutil.virtual_memory().available < FREE_BYTES:
            return
        try:
            self._spare = WorkerProcess(self._folder, (str(os.getpid()), self._engine))
        except OSError as error:
            log.warning("no spare worker can be started: %s", error)
        else:
            log.info("spare worker process %d started", self._spare.pid)

    def close(self) -> None:
        """End the spare."""
        if self._spare is not None:
            self._spare.kill()
            self._spare = None
