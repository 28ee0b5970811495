"""Runs one worker process: starts it, passes on messages, notices its end. Knows nothing about jobs or clients."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import functools
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from huebrush_protocol import codec
from huebrush_protocol.codec import Received
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.locations import private_folder
from huebrush_protocol.messages import Failed, Message, Welcome
from huebrush_protocol.texts import Text

from huebrush_backend.server.engines import DEFAULT_ENGINE
from huebrush_backend.server.standstill import Patience, Standstill, Vitals
from huebrush_backend.server.worker_channel import Bootstrap

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerSettings:
    """Start settings of a worker.

    `engine`: name of the engine (see `engines`). `device`: where it computes. `force_tcp`: use tcp instead of ipc.
    `patience`: how long the worker is waited for.
    """

    runtime: Path
    engine: str = DEFAULT_ENGINE
    device: str = "auto"
    force_tcp: bool = False
    verbose: bool = False
    patience: Patience = Patience()  # noqa: RUF009


@dataclass(frozen=True)
class WorkerExit:
    """End of a worker.

    `was_ready`: it had started successfully. `last_words`: what it said last, in a message or in its output.
    `is_explained`: why it could not start is known, so that another try would fail as well. `out_of_memory`: while it
    ran, the system killed a process for lack of memory, presumably the worker. `stood_still`:
    it was killed because it gave no sign of life.
    """

    returncode: int
    was_ready: bool
    last_words: Text
    out_of_memory: bool
    stood_still: bool = False
    is_explained: bool = False


class WorkerListener(Protocol):
    """Calls that inform the manager's owner, all in the event loop."""

    def on_worker_ready(self, welcome: Welcome) -> None:
        """The worker has started and can take a job. `welcome.device`: the device it runs on, if it knows it yet."""

    def on_worker_message(self, received: Received, frames: Sequence[Any]) -> None:
        """The worker sent a message; `frames` are its wire frames."""

    def on_worker_exit(self, worker_exit: WorkerExit) -> None:
        """The worker ended although it was not stopped, or could not be started."""

    def is_owed(self) -> bool:
        """Whether the worker, which is ready, has been asked for something that it has not answered yet."""
        ...


class Process(Protocol):
    """Part of a worker's process that the manager needs (`WorkerProcess`)."""

    @property
    def pid(self) -> int:
        """The process id."""
        ...

    @property
    def tail(self) -> str:
        """The last lines of its output."""
        ...

    def vitals(self) -> Vitals:
        """Return its usage so far."""
        ...

    def kill(self) -> None:
        """End it at once."""


class Channel(Protocol):
    """Part of the channel to a worker that the manager needs (`WorkerChannel`)."""

    @property
    def socket(self) -> Any:
        """The front's end."""
        ...

    def bootstrap(self, engine: str, device: str, verbose: bool) -> Bootstrap:
        """Return the settings that the worker needs to connect and to start."""
        ...

    def close(self) -> None:
        """Close it."""


class WorkerState(enum.Enum):
    """State of the worker; see "States of jobs and of the worker" in docs/architecture.md."""

    ABSENT = "absent"
    DELAYED = "delayed"
    STARTING = "starting"
    READY = "ready"
    ENDING = "ending"


class WorkerManager:
    """At most one worker at a time; `start` makes one, `restart` replaces it, `close` ends it for good.

    Each `start` is followed by `on_worker_ready` or `on_worker_exit`, whatever goes wrong: a worker that cannot be
    made, that stands still or that cannot even be killed counts as ended.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        listener: WorkerListener,
        open_channel: Callable[[int], Channel],
        launch: Callable[[Bootstrap, Callable[[int], None]], Process],
        on_look: Callable[[bool], None] = lambda is_idle: None,
    ) -> None:
        """Make a manager without a worker.

        `open_channel`: makes the channel of the worker of this number. `launch`: starts a process and calls a function,
        in the event loop, when it has ended. Both may raise any error. `on_look`: called at each look at a worker that
        is ready, with whether it is idle.
        """
        self._settings, self._listener = settings, listener
        self._open_channel, self._launch, self._on_look = open_channel, launch, on_look
        self._state = WorkerState.ABSENT
        self._channel: Channel | None = None
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._burial: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._standstill = Standstill(settings.patience, lambda: asyncio.get_running_loop().time())
        self._ended = asyncio.Event()
        self._ended.set()
        self._was_ready = self._restarting = self._closing = self._stood_still = self._knows_device = False
        self._number = self._failures = self._messages = 0
        self._retry_at = 0.0
        self._start_error = Text()
        self._oom_kills = 0

    @property
    def is_ready(self) -> bool:
        """Whether a worker runs and has reported that it can take a job."""
        return self._state is WorkerState.READY

    @property
    def state(self) -> WorkerState:
        """The worker's state."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The worker's process id, None when there is none."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the worker unless there is one; after failed starts not at once. Never raises."""
        if self._state is not WorkerState.ABSENT or self._closing:
            return
        loop = asyncio.get_running_loop()
        self._ended.clear()
        if loop.time() < self._retry_at:
            self._state = WorkerState.DELAYED
            self._timer = loop.call_at(self._retry_at, self._start_now)
        else:
            self._start_now()

    def send(self, frames: Sequence[Any]) -> None:
        """Send wire frames to the worker, which must be ready."""
        if self._channel is None or self._state is not WorkerState.READY:
            raise RuntimeError("there is no worker to send to")
        self._channel.socket.send_multipart(list(frames), copy=False)

    def send_message(self, message: Message) -> None:
        """Send a message without images to the worker, which must be ready."""
        self.send(codec.encode(message))

    def kill(self) -> None:
        """Kill the worker; `on_worker_exit` follows."""
        if self._state not in (WorkerState.STARTING, WorkerState.READY):
            return
        self._state = WorkerState.ENDING
        if self._process is None:
            return  # it could not be launched; its end is on the way
        self._set_timer(self._settings.patience.end, self._give_up)
        self._process.kill()

    def restart(self) -> None:
        """Replace the worker by a new one. `on_worker_exit` is not called."""
        if self._state is WorkerState.ABSENT:
            self.start()
        elif self._state is WorkerState.READY:
            self._restarting = True
            self.kill()

    async def close(self) -> None:
        """Kill the worker and wait until it has ended. `start` does nothing from now on."""
        self._closing = True
        if self._state is WorkerState.DELAYED:
            self._stop_timer()
            self._state = WorkerState.ABSENT
            self._ended.set()
        self.kill()
        await self._ended.wait()

    def _start_now(self) -> None:
        settings = self._settings
        self._state = WorkerState.STARTING
        self._number += 1
        self._oom_kills = _oom_kill_count()
        self._start_error = Text()
        self._was_ready = self._stood_still = self._knows_device = False
        self._standstill.forget()
        try:
            private_folder(settings.runtime)  # made anew, if something has removed it
            self._channel = self._open_channel(self._number)
            self._reader = asyncio.create_task(self._read(self._channel.socket))
            bootstrap = self._channel.bootstrap(settings.engine, settings.device, settings.verbose)
            self._process = self._launch(bootstrap, functools.partial(self._process_ended, self._number))
        except Exception as error:  # whatever it is, those who wait must be told
            self._start_error = Text.about(error)
            log.error("the worker cannot be started: %s", error)
            asyncio.get_running_loop().call_soon(self._process_ended, self._number, -1)
            return
        self._set_timer(settings.patience.look, self._look)
        log.info("worker process %d started", self._process.pid)

    def _look(self) -> None:
        """Look from time to time whether the worker stands still although it owes something."""
        process = self._process
        if process is None or self._state not in (WorkerState.STARTING, WorkerState.READY):
            return
        starts = self._state is WorkerState.STARTING
        if not starts:
            self._on_look(self._knows_device and not self._listener.is_owed())
        if not (starts or self._listener.is_owed()):
            self._standstill.forget()
        else:
            vitals = process.vitals()
            vitals = dataclasses.replace(vitals, said=vitals.said + self._messages)
            if self._standstill.look(vitals, starts):
                log.error("the worker process %d stands still and is ended", process.pid)
                self._stood_still = True
                if starts:
                    self._start_error = Text.of("worker.stood_still")
                self.kill()
                return
        self._set_timer(self._settings.patience.look, self._look)

    def _give_up(self) -> None:
        log.error("the worker process %s cannot be killed; it is left alone", self.pid)
        self._process_ended(self._number, -9)

    async def _read(self, socket: Any) -> None:
        while True:  # no local variable here: it would keep the last result's pixels until the next message
            self._take(await socket.recv_multipart(copy=False))

    def _take(self, frames: Sequence[Any]) -> None:
        self._messages += 1
        try:
            received = codec.decode(frames)
            if isinstance(received.message, Welcome):
                self._knows_device = bool(received.message.device)
            if isinstance(received.message, Welcome) and self._state is not WorkerState.READY:
                self._welcome(received.message)
            elif isinstance(received.message, Failed) and not received.message.job:
                self._start_error = Text.from_data(received.message.message)
            elif not self._restarting:
                self._listener.on_worker_message(received, frames)
        except ProtocolError as error:
            log.error("unreadable message from the worker: %s", error)
        except Exception:
            log.exception("a message from the worker could not be handled")

    def _welcome(self, welcome: Welcome) -> None:
        if self._state is not WorkerState.STARTING:
            return  # said while it is ended
        self._state, self._was_ready, self._failures = WorkerState.READY, True, 0
        self._standstill.forget()
        log.info("worker is ready on %s", welcome.device or "a device that the first model chooses")
        self._listener.on_worker_ready(welcome)

    def _process_ended(self, number: int, returncode: int) -> None:
        if number != self._number or self._burial is not None or self._ended.is_set():
            return  # one that had been given up has ended at last
        self._stop_timer()
        self._state = WorkerState.ENDING
        self._burial = asyncio.ensure_future(self._bury(returncode))

    async def _bury(self, returncode: int) -> None:
        """Read the worker's last messages, remove its channel, and tell the listener or start the next worker."""
        if not (self._closing or self._restarting or self._channel is None):
            await asyncio.sleep(self._settings.patience.last_words)
        restarting, self._restarting = self._restarting, False
        lines = self._process.tail.strip().splitlines() if self._process else []
        last_words = self._start_error or (Text(lines[-1][:900]) if lines else Text.of("worker.silent"))
        log.info("worker process ended with status %d", returncode)
        if self._reader is not None:
            self._reader.cancel()
        if self._channel is not None:
            self._channel.close()
        self._process = self._channel = self._reader = self._burial = None
        self._state = WorkerState.ABSENT
        self._ended.set()
        if self._closing:
            return
        if not self._was_ready:
            self._failures += 1
            self._retry_at = asyncio.get_running_loop().time() + self._settings.patience.retry(self._failures)
        if restarting:
            self.start()
            return
        out_of_memory = returncode == -9 and not self._stood_still and _oom_kill_count() > self._oom_kills
        is_explained = bool(self._start_error) and not self._stood_still
        worker_exit = WorkerExit(
            returncode, self._was_ready, last_words, out_of_memory, self._stood_still, is_explained
        )
        try:
            self._listener.on_worker_exit(worker_exit)
        except Exception:
            log.exception("the worker's end could not be handled")

    def _set_timer(self, seconds: float, call: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(seconds, call)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


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
