"""A real front process with a real worker process, started as `huebrush serve` starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from huebrush_backend.server.client import Client
from huebrush_protocol.endpoint import ENDPOINT_FILE, Endpoint, EndpointError, read_endpoint

HERE = Path(__file__).parent
DEADLINE = 300.0
"""Seconds after which something that must happen counts as not happening (generous: machines can be busy)."""


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Wait until `condition()` is true; fail the test, saying what was waited for, when it never is."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain for: {what}")
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """True when the process has ended (a zombie has)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Backend:
    """One `huebrush serve` process in its own folders."""

    def __init__(
        self,
        root: Path,
        *options: str,
        engine: str | None = "fake_engine:create_engine",
        runtime: str = "run",
        limits: str = "",
    ) -> None:
        """`engine`: the engine plug, None for the real one. `runtime`: the runtime folder's name in `root`. `limits`:
        options of the shell's ulimit, such as "-n 256"."""
        self.runtime, self.data, self.engine_folder = root / runtime, root / "data", root / "engine"
        self.engine_folder.mkdir(exist_ok=True)
        self.environment = {
            **os.environ,
            "HUEBRUSH_DATA": str(self.data),
            "FAKE_ENGINE_FOLDER": str(self.engine_folder),
            "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
        }
        plug = ["--engine", engine] if engine else []
        self.command = [sys.executable, "-m", "huebrush_backend.cli.main", "serve", "--runtime", str(self.runtime)]
        self.command += [*plug, "--parent", str(os.getpid()), *options]
        if limits:
            self.command = ["sh", "-c", f'ulimit {limits}; exec "$@"', "sh", *self.command]
        self.process = subprocess.Popen(self.command, env=self.environment, stdout=subprocess.PIPE, text=True)
        self._clients: list[Client] = []

    @property
    def endpoint(self) -> Endpoint:
        """What the backend announced; waits until it has."""

        def announced() -> bool:
            assert self.process.poll() is None, f"the backend ended with status {self.process.returncode}"
            try:
                return read_endpoint(self.runtime).pid == self.process.pid
            except EndpointError:
                return False

        wait_until(announced, ENDPOINT_FILE)
        return read_endpoint(self.runtime)

    def client(self) -> Client:
        """Return a new connection, closed at the end of the test."""
        client = Client(self.endpoint, timeout=DEADLINE)
        self._clients.append(client)
        return client

    @property
    def worker_pid(self) -> int:
        """The process id that the fake engine left; waits until there is one."""
        path = self.engine_folder / "worker.pid"
        wait_until(lambda: path.exists() and path.read_text(encoding="ascii"), "the worker's process id")
        return int(path.read_text(encoding="ascii"))

    def steps_done(self) -> int:
        """How many denoising steps the fake engine has done in its latest job."""
        path = self.engine_folder / "steps"
        return int(path.read_text(encoding="ascii")) if path.exists() else 0

    def wait_until_held(self, step: int) -> None:
        """Wait until a "gated" job has begun `step` and is held in it."""
        path = self.engine_folder / "held"
        wait_until(lambda: path.exists() and path.read_text(encoding="ascii") == str(step), f"step {step} to begin")

    def allow_step(self, step: int) -> None:
        """Let a "gated" job do its `step`."""
        (self.engine_folder / f"step-{step}").touch()

    def kill(self) -> None:
        """End the front, and with it the worker, as a crash would."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """End everything that this object started."""
        for client in self._clients:
            client.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
