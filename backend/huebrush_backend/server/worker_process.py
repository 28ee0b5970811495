"""One worker process: starts it with its bootstrap line, logs its output, and reports its end.

It uses `subprocess` with two threads instead of asyncio, because the event loop that ZeroMQ needs on Windows cannot run
asyncio subprocesses.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from huebrush_backend.server.standstill import Vitals
from huebrush_backend.server.worker_channel import Bootstrap

TAIL_LINES = 12
MAX_LINE = 2000
COMMAND = ("-m", "huebrush_backend.server.worker")

PATIENT_THREADS = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "12000"}
"""Variables that let the worker's threads spin only shortly while they wait for each other and then sleep. By default
they spin for long, which takes the cores from Krita and from each other where other programs compute; threads that
sleep at once are slower alone (see `huebrush bench load`)."""

log = logging.getLogger("worker")


class WorkerProcess:
    """A running worker process, which does nothing before `begin`.

    Must be made in the main thread: on Linux the worker is killed when the thread that started it ends.
    """

    def __init__(self, folder: Path, words: Sequence[str] = ()) -> None:
        """Start a process in `folder`; `words` make it a spare (see `worker`)."""
        self._loop = asyncio.get_running_loop()
        self._on_exit: Callable[[int], None] | None = None
        self._returncode: int | None = None
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._said = 0
        self._process = subprocess.Popen(
            [sys.executable, *COMMAND, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**patient_threads(os.environ), **os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._reader = threading.Thread(target=self._read_output, name="worker-output", daemon=True)
        try:
            self._reader.start()
            threading.Thread(target=self._wait, name="worker-wait", daemon=True).start()
        except RuntimeError:  # the system starts no more threads
            self._process.kill()
            raise

    def begin(self, bootstrap: Bootstrap, on_exit: Callable[[int], None]) -> None:
        """Let it work; `on_exit(returncode)` is called once, in the event loop, when the process has ended."""
        self._on_exit = on_exit
        if self._returncode is not None:
            self._loop.call_soon(on_exit, self._returncode)
            return
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # the process has just ended; the waiting thread reports it
            self._process.stdin.write(bootstrap.to_line())
            self._process.stdin.flush()

    @property
    def can_begin(self) -> bool:
        """Whether it runs, and is not stopped."""
        return self._process.poll() is None and not self.vitals().stopped

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def tail(self) -> str:
        """Return the last lines of the process's output."""
        return "\n".join(self._tail)

    def vitals(self) -> Vitals:
        """Return the usage of the process so far; that of one that works, if the system does not tell it."""
        try:
            process = psutil.Process(self._process.pid)
            with process.oneshot():
                times, status = process.cpu_times(), process.status()
            transferred = _transferred(process)
        except (psutil.Error, OSError):  # a sandbox forbids it, or this process may open no more files
            return Vitals(cpu=time.monotonic(), said=self._said)
        stopped = status in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
        return Vitals(times.user + times.system, transferred, self._said, stopped)

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def _read_output(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        rest = ""
        while chunk := os.read(stream.fileno(), 65536):
            self._said += len(chunk)
            *lines, rest = re.split(r"[\r\n]+", rest + chunk.decode("utf-8", "replace"))
            self._log([*lines, rest] if len(rest) > MAX_LINE else lines)
            rest = "" if len(rest) > MAX_LINE else rest
        self._log([rest])

    def _log(self, lines: list[str]) -> None:
        for line in filter(str.strip, lines):
            self._tail.append(line[:MAX_LINE])
            log.info("%s", line[:MAX_LINE])

    def _wait(self) -> None:
        returncode = self._process.wait()
        self._reader.join(timeout=1.0)  # the last output; the limit is for a grandchild that holds the pipe open
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not (stream is self._process.stdout and self._reader.is_alive()):
                with contextlib.suppress(OSError):
                    stream.close()
        with contextlib.suppress(RuntimeError):  # the loop is closed, so nothing needs the call
            self._loop.call_soon_threadsafe(self._end, returncode)

    def _end(self, returncode: int) -> None:
        self._returncode = returncode
        if self._on_exit is not None:
            self._on_exit(returncode)


def _transferred(process: psutil.Process) -> int:
    """Return the bytes that `process` has read and written, also from memory where the system tells it; else 0."""
    try:
        counters = process.io_counters()  # type: ignore[attr-defined]  # not on macOS
    except (AttributeError, psutil.AccessDenied):
        return 0
    return int(counters.read_bytes + counters.write_bytes + getattr(counters, "read_chars", 0))


def patient_threads(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of `PATIENT_THREADS`, or none where the user's environment decides how threads wait."""
    return {} if PATIENT_THREADS.keys() & environment.keys() else PATIENT_THREADS
