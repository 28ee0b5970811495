"""Runs one worker process: starts it, passes on messages, notices its end. Knows nothing about jobs or clients."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import zmq
import zmq.asyncio
from huebrush_protocol import codec
from huebrush_protocol.codec import Received
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.messages import Failed, Message, Welcome
from huebrush_protocol.texts import Text

from huebrush_backend.server.engines import DEFAULT_ENGINE
from huebrush_backend.server.security import Gatekeeper
from huebrush_backend.server.worker_channel import WorkerChannel
from huebrush_backend.server.worker_process import WorkerProcess

LAST_WORDS_SECONDS = 0.2
"""Seconds to wait for messages that a dead worker had already sent."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerSettings:
    """Start settings of a worker.

    `engine`: name of the engine (see `engines`). `device`: where it computes. `force_tcp`: use tcp instead of ipc.
    """

    runtime: Path
    engine: str = DEFAULT_ENGINE
    device: str = "auto"
    force_tcp: bool = False
    verbose: bool = False


@dataclass(frozen=True)
class WorkerExit:
    """End of a worker.

    `was_ready`: it had started successfully. `last_words`: what it said last, in a message or in its output.
    `out_of_memory`: while it ran, the system killed a process for lack of memory, presumably the worker.
    """

    returncode: int
    was_ready: bool
    last_words: Text
    out_of_memory: bool


class WorkerListener(Protocol):
    """Calls that inform the manager's owner, all in the event loop."""

    def on_worker_ready(self, welcome: Welcome) -> None:
        """The worker has started and can take a job. `welcome.device`: the device it runs on."""

    def on_worker_message(self, received: Received, frames: Sequence[Any]) -> None:
        """The worker sent a message; `frames` are its wire frames."""

    def on_worker_exit(self, worker_exit: WorkerExit) -> None:
        """The worker ended although it was not stopped."""


class WorkerManager:
    """At most one worker at a time; `start` makes one, `restart` replaces it, `close` ends it for good."""

    def __init__(
        self,
        context: zmq.asyncio.Context,
        gatekeeper: Gatekeeper,
        settings: WorkerSettings,
        listener: WorkerListener,
    ) -> None:
        self._context, self._gatekeeper = context, gatekeeper
        self._settings, self._listener = settings, listener
        self._channel: WorkerChannel | None = None
        self._process: WorkerProcess | None = None
        self._reader: asyncio.Task[None] | None = None
        self._burial: asyncio.Future[None] | None = None
        self._ended = asyncio.Event()
        self._ended.set()
        self._ready = self._restarting = self._closing = False
        self._number = 0
        self._start_error = Text()
        self._oom_kills = 0

    @property
    def is_ready(self) -> bool:
        """Whether a worker runs and has reported that it can take a job."""
        return self._ready

    @property
    def pid(self) -> int | None:
        """The worker's process id, None when there is none."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the worker unless there is one. `on_worker_ready` or `on_worker_exit` follows."""
        if self._channel is not None or self._closing:
            return
        self._number += 1
        settings = self._settings
        self._channel = WorkerChannel(
            self._context, settings.runtime, self._number, self._gatekeeper, settings.force_tcp
        )
        self._reader = asyncio.create_task(self._read(self._channel.socket))
        self._oom_kills = _oom_kill_count()
        self._start_error = Text()
        self._ended.clear()
        bootstrap = self._channel.bootstrap(settings.engine, settings.device, settings.verbose)
        try:
            self._process = WorkerProcess(bootstrap, settings.runtime, self._process_ended)
        except OSError as error:
            self._start_error = Text.about(error)
            log.error("the worker cannot be started: %s", error)
            asyncio.get_running_loop().call_soon(self._process_ended, -1)
            return
        log.info("worker process %d started", self._process.pid)

    def send(self, frames: Sequence[Any]) -> None:
        """Send wire frames to the worker, which must be ready."""
        if self._channel is None or not self._ready:
            raise RuntimeError("there is no worker to send to")
        self._channel.socket.send_multipart(list(frames), copy=False)

    def send_message(self, message: Message) -> None:
        """Send a message without images to the worker, which must be ready."""
        self.send(codec.encode(message))

    def kill(self) -> None:
        """Kill the worker; `on_worker_exit` follows."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        """Replace the worker by a new one. `on_worker_exit` is not called."""
        if self._process is None:
            self.start()
            return
        self._ready, self._restarting = False, True
        self._process.kill()

    async def close(self) -> None:
        """Kill the worker and wait until it has ended. `start` does nothing from now on."""
        self._closing = True
        self.kill()
        await self._ended.wait()

    async def _read(self, socket: zmq.asyncio.Socket) -> None:
        while True:  # no local variable here: it would keep the last result's pixels until the next message
            self._take(await socket.recv_multipart(copy=False))

    def _take(self, frames: Sequence[Any]) -> None:
        try:
            received = codec.decode(frames)
            if isinstance(received.message, Welcome):
                self._ready = not self._restarting
                log.info("worker is ready on %s", received.message.device)
                self._listener.on_worker_ready(received.message)
            elif isinstance(received.message, Failed) and not received.message.job:
                self._start_error = Text.from_data(received.message.message)
            elif not self._restarting:
                self._listener.on_worker_message(received, frames)
        except ProtocolError as error:
            log.error("unreadable message from the worker: %s", error)
        except Exception:
            log.exception("a message from the worker could not be handled")

    def _process_ended(self, returncode: int) -> None:
        self._burial = asyncio.ensure_future(self._bury(returncode))

    async def _bury(self, returncode: int) -> None:
        """Read the worker's last messages, remove its channel, and tell the listener or start the next worker."""
        if not (self._closing or self._restarting):
            await asyncio.sleep(LAST_WORDS_SECONDS)
        was_ready, restarting = self._ready, self._restarting
        self._ready = self._restarting = False
        lines = self._process.tail.strip().splitlines() if self._process else []
        last_words = self._start_error or (Text(lines[-1][:900]) if lines else Text.of("worker.silent"))
        log.info("worker process ended with status %d", returncode)
        if self._reader is not None:
            self._reader.cancel()
        if self._channel is not None:
            self._channel.close()
        self._process = self._channel = self._reader = None
        self._ended.set()
        if self._closing:
            return
        if restarting:
            self.start()
            return
        out_of_memory = returncode == -9 and _oom_kill_count() > self._oom_kills
        self._listener.on_worker_exit(WorkerExit(returncode, was_ready, last_words, out_of_memory))


def _oom_kill_count() -> int:
    """Count the processes that Linux has killed for lack of memory since boot; 0 if unknown."""
    if sys.platform != "linux":
        return 0
    try:
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    except (OSError, ValueError):
        pass
    return 0
