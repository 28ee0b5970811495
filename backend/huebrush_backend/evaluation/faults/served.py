"""A backend that is to be broken: started in a folder of its own, killed, started again."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
from huebrush_protocol.endpoint import EndpointError, read_endpoint

from huebrush_backend.server.client import Client

START_SECONDS = 60.0
END_SECONDS = 30.0
PATIENCE = "0.05"
"""Factor of the time that the backend waits for a worker, so that a stopped one is noticed in half a second."""
MARK = "HUEBRUSH_BENCH_FAULTS"
"""Environment variable by which the processes of a backend are known, whoever their parent is."""
NOWHERE = "http://127.0.0.1:9"
"""Address at which no hub answers."""
KEPT = (
    "run/backend.lock",
    "run/backend.log*",
    "data/keys/*",
    "data/*.json",
    "data/cache/jobs/*/jobs.sqlite*",
    "output",
)
"""Patterns of files that a backend leaves in its folders on purpose, below the root."""


TABLE = "jobs.sqlite"
"""Name of the table of jobs on disk, whose `id` is the name of each job's files."""


class FaultBenchError(Exception):
    """The backend cannot be tried; the message says why."""


class Served:
    """`huebrush serve` below the folder `root`, whose path must be short."""

    def __init__(self, root: Path) -> None:
        self.root, self.runtime = root, root / "run"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of all processes that belong to this backend."""
        own = {"HUEBRUSH_DATA": "data", "HUEBRUSH_MODELS": "models"}
        return {
            **os.environ,
            **{name: str(self.root / folder) for name, folder in own.items()},
            "HF_ENDPOINT": NOWHERE,
            MARK: str(self.root),
        }

    @property
    def front(self) -> psutil.Process:
        """The front's process."""
        assert self._process is not None
        return psutil.Process(self._process.pid)

    @property
    def is_alive(self) -> bool:
        """Whether the front runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def is_announced(self) -> bool:
        """Whether clients can find the front."""
        assert self._process is not None
        try:
            return read_endpoint(self.runtime).pid == self._process.pid
        except EndpointError:
            return False

    @property
    def address(self) -> str:
        """The address at which the front listens."""
        return read_endpoint(self.runtime).address

    def start(self) -> None:
        """Start the front, and wait until clients can connect. Raises FaultBenchError."""
        command = [sys.executable, "-m", "huebrush_backend.cli.main", "serve", "--runtime", str(self.runtime)]
        command += ["--parent", str(os.getpid()), "--patience", PATIENCE]
        command += ["--engine", "huebrush_backend.evaluation.faults.engine:create_engine"]
        with (self.root / "output").open("ab") as output:
            self._process = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_announced:
            if not self.is_alive or time.monotonic() > deadline:
                said = (self.root / "output").read_text("utf-8", "replace")[-1000:]
                raise FaultBenchError(f"the backend did not start: {said}")
            time.sleep(0.01)

    def connect(self) -> Client:
        """Return a new connection."""
        return Client.open(self.runtime, timeout=END_SECONDS)

    def children(self) -> list[psutil.Process]:
        """Return the processes that the front has started: the worker and what fetches models."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return self.front.children()
        return []

    def kill_front(self) -> None:
        """Kill the front and wait for its end."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> bool:
        """End the front as users do; return whether it had to be killed."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill_front()
            return True
        return False

    def processes_left(self) -> list[psutil.Process]:
        """Return the processes of this backend that still run a while after its end."""
        deadline = time.monotonic() + END_SECONDS
        while left := [process for process in psutil.process_iter() if self._is_ours(process)]:
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        return left

    def kill_all(self) -> None:
        """Kill every process of this backend."""
        for process in [each for each in psutil.process_iter() if self._is_ours(each)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def files_left(self) -> list[str]:
        """Return the files that a backend which has ended left behind, by their paths below the root.

        Outcomes that nobody has acknowledged, such as those of mutated jobs, are kept on purpose.
        """
        files = [path for path in self.root.rglob("*") if not path.is_dir()]
        kept = {name for path in files if path.name == TABLE for name in _jobs_in(path)}
        places = [path.relative_to(self.root) for path in files if path.stem not in kept]
        return [str(path) for path in places if not any(path.match(pattern) for pattern in KEPT)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(MARK) == str(self.root)
        except (psutil.Error, OSError):
            return False


def _jobs_in(table: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(table)) as database:
        try:
            return [job for (job,) in database.execute("SELECT id FROM jobs")]
        except sqlite3.Error:
            return []
