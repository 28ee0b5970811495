"""A loop with its own time, workers that do what a test says, and a disk that may be full or stuck."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huebrush_backend.server.job_keeper import Done, Work
from huebrush_backend.server.job_store import JobStore, Row
from huebrush_backend.server.message_files import Parcel
from huebrush_backend.server.standstill import Vitals
from huebrush_backend.server.worker_channel import Bootstrap
from huebrush_protocol import codec
from huebrush_protocol.messages import Message, Submit


class TestLoop(asyncio.SelectorEventLoop):
    """An event loop whose time stands still until a test moves it."""

    __test__ = False
    now = 1000.0

    def __init__(self) -> None:
        super().__init__()
        self._timers: list[asyncio.TimerHandle] = []

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, **context: Any) -> asyncio.TimerHandle:
        """Note the timer."""
        self._timers = [timer for timer in self._timers if not timer.cancelled() and timer.when() > self.now]
        self._timers.append(super().call_at(when, callback, *args, **context))
        return self._timers[-1]

    def forget_everything(self) -> None:
        """Let nothing happen that was planned, as if the process had died."""
        for planned in (*asyncio.all_tasks(self), *self._timers):
            planned.cancel()
        self.settle()

    def time(self) -> float:
        """Return the test's time."""
        return self.now

    def settle(self) -> None:
        """Run all that is due."""
        for _ in range(8):
            self.run_until_complete(asyncio.sleep(0))

    def advance(self, seconds: float, each: Callable[[], bool] = lambda: False) -> None:
        """Let time pass in steps, and call `each` after every one; end early when it returns True."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 1.0)
            self.settle()
            if each():
                return


class FakeSocket:
    """The front's end of a channel; what the worker gets is in `inbox`."""

    def __init__(self) -> None:
        self.inbox: list[Message] = []
        self.outbox: asyncio.Queue[Sequence[Any]] = asyncio.Queue()

    def send_multipart(self, frames: Sequence[Any], copy: bool = True) -> None:
        """Bring a message to the worker."""
        self.inbox.append(codec.decode([bytes(frame) for frame in frames]).message)

    def recv_multipart(self, copy: bool = True) -> Coroutine[Any, Any, Sequence[Any]]:
        """Wait for the worker's next message."""
        return self.outbox.get()


@dataclass
class FakeWorker:
    """A worker's channel and process in one."""

    socket: FakeSocket = field(default_factory=FakeSocket)
    on_exit: Callable[[int], None] = lambda status: None
    launched: bool = False
    alive: bool = True
    killed: bool = False
    killable: bool = True
    works: bool = True
    cpu: float = 0.0
    pid: int = 1
    tail: str = ""

    def bootstrap(self, engine: str, device: str, verbose: bool) -> Bootstrap:
        """See `Channel`."""
        return Bootstrap("ipc:///nowhere", 1, engine, device, verbose)

    def close(self) -> None:
        """See `Channel`."""

    def vitals(self) -> Vitals:
        """Work for a second, unless it hangs."""
        self.cpu += float(self.works and self.alive)
        return Vitals(cpu=self.cpu)

    def kill(self) -> None:
        """End, if that is possible."""
        self.killed = True
        if self.killable:
            self.die(-9)

    def die(self, status: int) -> None:
        """End the process."""
        if self.alive:
            self.alive = False
            self.on_exit(status)

    def say(self, message: Message, frames: Sequence[bytes] = ()) -> None:
        """Send a message to the front."""
        self.socket.outbox.put_nowait(codec.encode(message, list(frames)))

    @property
    def jobs(self) -> list[str]:
        """The jobs it was ever given."""
        return [message.job for message in self.socket.inbox if isinstance(message, Submit)]


class Disk(JobStore):
    """The table of jobs in a folder; it is its own background, and stands still while it is `stuck`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.full = self.stuck = False
        self._held: list[tuple[Work, Done]] = []

    def run(self, work: Work, done: Done) -> None:
        """See `Background`."""
        self._held.append((work, done))
        asyncio.get_running_loop().call_soon(self.go_on)

    def go_on(self) -> None:
        """Do what is to be done, unless stuck."""
        while self._held and not self.stuck:
            work, done = self._held.pop(0)
            done(work())

    def add(self, row: Row, frames: Sequence[Any]) -> Parcel:
        """See `JobStore`."""
        self._require_room()
        return super().add(row, frames)

    def finish(self, row: Row, frames: Sequence[Any]) -> Parcel:
        """See `JobStore`."""
        self._require_room()
        return super().finish(row, frames)

    def _require_room(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
