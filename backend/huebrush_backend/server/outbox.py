"""Brings the front's messages to its clients: those that a client does not read yet wait here.

ZeroMQ drops without a word what a connection cannot take. So the socket is asked to refuse it instead
(`zmq.ROUTER_MANDATORY`), and what was refused is tried again: outcomes and answers until the client reads or is gone,
progress and previews never.
"""

from __future__ import annotations

import asyncio
import enum
import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import zmq
import zmq.asyncio

FIRST_RETRY = 0.01
LONGEST_RETRY = 0.25
"""Seconds from one try to the next while a client does not read."""
BULKY = 64 << 10
"""Bytes of a message from which on only one at a time is on its way to a connection, so that the rest stays on disk."""
MOST_WAITING = 1 << 16
MOST_BYTES = 16 << 20
MOST_BYTES_IN_ALL = 256 << 20
"""Messages that wait for one client, bytes of its answers, and bytes of all answers: further ones are dropped then."""
SEND_LIMIT = 256
"""Messages on their way to one connection (`zmq.SNDHWM`)."""

Load = Callable[[], Sequence[Any] | None]
"""Function that returns the wire frames of a message, or None if there is nothing to send any more. It may raise
OSError; then it is called again later."""

log = logging.getLogger(__name__)


class Outlet(Protocol):
    """The way to the clients, for those who do not know of connections (see `Outbox`)."""

    def offer(self, connection: bytes, frames: Sequence[Any]) -> None:
        """Send a message that may be thrown away."""

    def send(self, connection: bytes, frames: Sequence[Any]) -> None:
        """Send a message that waits until it is read."""

    def deliver(self, connection: bytes, load: Load) -> None:
        """Send a message that is loaded when the client can take it."""


class _Try(enum.Enum):
    SENT = enum.auto()
    FULL = enum.auto()
    GONE = enum.auto()


@dataclass
class _Waiting:
    """One message that waits: `load` returns its frames. `size`: bytes of an answer, 0 for what is loaded later."""

    load: Load
    size: int


class Outbox:
    """Sends messages to connections, in order for each, and never waits for one."""

    def __init__(self, socket: zmq.asyncio.Socket) -> None:
        self._socket = socket
        self._waiting: dict[bytes, deque[_Waiting]] = {}
        self._sizes: Counter[bytes] = Counter()
        self._bulky: dict[bytes, zmq.MessageTracker] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._pause = FIRST_RETRY

    @property
    def waiting(self) -> int:
        """The number of messages that wait for a client to read."""
        return sum(map(len, self._waiting.values()))

    def offer(self, connection: bytes, frames: Sequence[Any]) -> None:
        """Send a message now, or throw it away if the client does not keep up."""
        if connection in self._waiting:
            return
        if not self._is_bulky_under_way(connection) or sum(map(_size, frames)) < BULKY:
            self._send_now(connection, frames)

    def send(self, connection: bytes, frames: Sequence[Any]) -> None:
        """Send a message as soon as the client reads."""
        if connection not in self._waiting and self._send_now(connection, frames) is not _Try.FULL:
            return
        kept = [bytes(frame) for frame in frames]
        self._append(connection, _Waiting(lambda: kept, sum(map(len, kept))))

    def deliver(self, connection: bytes, load: Load) -> None:
        """Send the message that `load` returns when the client can take it; until then nothing of it is in memory."""
        self._append(connection, _Waiting(load, 0))
        self.on_read(connection)

    def on_read(self, connection: bytes) -> None:
        """Note that a message came from `connection`, which therefore may read again."""
        if connection in self._waiting:
            self._flush(connection)

    def close(self) -> None:
        """Send what can be sent now, and forget the rest."""
        self._flush_all()
        self._waiting.clear()
        self._sizes.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _append(self, connection: bytes, message: _Waiting) -> None:
        queue = self._waiting.get(connection, deque())
        most = min(MOST_BYTES, MOST_BYTES_IN_ALL - self._sizes.total() + self._sizes[connection])
        if len(queue) >= MOST_WAITING or (message.size and self._sizes[connection] + message.size > most):
            log.warning("a client leaves too much unread; a message to it is dropped")
            return
        queue.append(message)
        self._waiting[connection] = queue
        self._sizes[connection] += message.size
        self._plan(FIRST_RETRY)

    def _flush_all(self) -> None:
        self._timer = None
        went = [self._flush(connection) for connection in list(self._waiting)]
        self._pause = FIRST_RETRY if any(went) else min(LONGEST_RETRY, 2 * self._pause)
        if self._waiting:
            self._plan(self._pause)

    def _flush(self, connection: bytes) -> bool:
        """Send what waits for `connection`, as far as it can take it; return whether something was sent."""
        queue, went = self._waiting[connection], False
        while queue:
            if not queue[0].size and self._is_bulky_under_way(connection):
                return went
            try:
                frames = queue[0].load()
            except OSError as error:  # no descriptor or memory is left for it now
                log.warning("a message cannot be loaded yet: %s", error)
                return went
            tried = _Try.SENT if frames is None else self._send_now(connection, frames)
            if tried is _Try.FULL:
                return went
            if tried is _Try.GONE:
                break
            went = True
            self._sizes[connection] -= queue.popleft().size
        del self._waiting[connection], self._sizes[connection]
        return went

    def _send_now(self, connection: bytes, frames: Sequence[Any]) -> _Try:
        trackers: list[zmq.MessageTracker] = []
        parts = [connection, *(_tracked(frame, trackers) for frame in frames)]
        future = self._socket.send_multipart(parts, flags=zmq.NOBLOCK, copy=False)
        assert isinstance(future, asyncio.Future)  # and done already, as it does not wait
        error = future.exception()
        if error is None:
            if trackers:
                self._bulky = {known: tracker for known, tracker in self._bulky.items() if not tracker.done}
                self._bulky[connection] = zmq.MessageTracker(*trackers)
            return _Try.SENT
        if isinstance(error, zmq.Again):
            return _Try.FULL
        if not isinstance(error, zmq.ZMQError) or error.errno != zmq.EHOSTUNREACH:
            log.warning("a message could not be sent: %s", error)
        return _Try.GONE

    def _is_bulky_under_way(self, connection: bytes) -> bool:
        tracker = self._bulky.get(connection)
        return tracker is not None and not tracker.done

    def _plan(self, pause: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(pause, self._flush_all)


def _size(frame: Any) -> int:
    return memoryview(frame.buffer if isinstance(frame, zmq.Frame) else frame).nbytes


def _tracked(frame: Any, trackers: list[zmq.MessageTracker]) -> Any:
    """Return `frame` as it is sent; a large one is tracked until ZeroMQ has let go of it."""
    view = memoryview(frame.buffer if isinstance(frame, zmq.Frame) else frame)
    if view.nbytes < BULKY:
        return frame
    tracked = zmq.Frame(view, track=True, copy=False, copy_threshold=0)
    assert tracked.tracker is not None
    trackers.append(tracked.tracker)
    return tracked
