"""Runs a `pull_worker` process for the front."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from huebrush_backend.server.pull_worker import REPORT_MARK, PullTask

COMMAND = ("-m", "huebrush_backend.server.pull_worker")
STOP_SECONDS = 5.0
"""Seconds that a process has to stop when asked, before it is killed."""

log = logging.getLogger("pull")


class PullProcess:
    """A running process that fetches a release.

    `on_report` is called with each report, and `on_exit` once with the status at the end, both in the event loop. Must
    be made in the main thread (like `WorkerProcess`). Raises OSError when the process cannot be started.
    """

    def __init__(
        self, task: PullTask, on_report: Callable[[dict[str, Any]], None], on_exit: Callable[[int], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_report, self._on_exit = on_report, on_exit
        self._ended = asyncio.Event()
        self._process = subprocess.Popen(
            [sys.executable, *COMMAND],
            stdin=subprocess.PIPE,  # stays open; its end tells the process that the front has ended
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUTF8": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # the process ended at once; the reading thread reports it
            self._process.stdin.write(task.to_line())
            self._process.stdin.flush()
        threading.Thread(target=self._read, name="pull-output", daemon=True).start()

    def stop(self) -> None:
        """Ask the process to end, and kill it if it does not."""
        with contextlib.suppress(OSError):
            self._process.terminate()
        self._loop.call_later(STOP_SECONDS, self._kill)

    async def close(self) -> None:
        """End the process and wait until it has ended. Its callbacks are not called any more."""
        self._on_report, self._on_exit = (lambda report: None), (lambda status: None)
        self.stop()
        await self._ended.wait()

    def _kill(self) -> None:
        with contextlib.suppress(OSError):
            self._process.kill()

    def _read(self) -> None:
        assert self._process.stdout is not None and self._process.stdin is not None
        for line in self._process.stdout:
            said, mark, report = line.decode("utf-8", "replace").rstrip().rpartition(REPORT_MARK)
            if not mark:
                said, report = report, ""
            if said:
                log.info("%s", said[:2000])
            if report:
                with contextlib.suppress(ValueError):  # the process was killed in the middle of a report
                    self._call(self._take, json.loads(report))
        status = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        self._call(self._end, status)

    def _call(self, function: Callable[..., None], value: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, so nothing needs the report
            self._loop.call_soon_threadsafe(function, value)

    def _take(self, report: dict[str, Any]) -> None:
        self._on_report(report)

    def _end(self, status: int) -> None:
        self._ended.set()
        self._on_exit(status)
