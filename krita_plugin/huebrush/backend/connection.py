"""Connection to the backend from the plugin's side: found or started, greeted, ready, lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_protocol.endpoint import Endpoint, EndpointError, read_endpoint
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.locations import LocationError
from huebrush_protocol.messages import Failed, Hello, Message, ModelInfo, Models, Ping, Pong, Welcome
from huebrush_protocol.version import VERSION

from ..base.problems import Problem, ProblemError, Remedy, from_failure, problem
from ..base.qt import QtCore, Signal
from ..base.strings import text, translated
from ..base.vendoring import Bytes, MissingLibrary, Transport, load_transport
from .channel import Channel
from .process import BackendProcess, read_installation
from .state import BackendState

if TYPE_CHECKING:
    import zmq
    from huebrush_protocol.codec import Received

READY_SECONDS = 90
"""Seconds that a backend may take from its start to its answer; a cold disk and a virus scanner are slow."""
HEARTBEAT_SECONDS = 5
SILENCE_SECONDS = 40
"""Seconds of silence during a job after which the connection counts as lost."""
MOST_REVIVALS = 3
"""Number of times in a row that a backend which ends during jobs is started again by itself; it has kept them."""


class LinkState(Enum):
    """State of the connection; the value names its sentence in the catalogue."""

    OFF = "off"
    STARTING = "starting"
    GREETING = "greeting"
    READY = "ready"
    FAILED = "failed"


class Link(QtCore.QObject):
    """Connection that starts a backend when asked (or uses the one at `endpoint_path`) and exchanges messages.

    Emits `state_changed` on each change, `received(Received)` for each message about a job, and `lost(Problem)` when
    the backend could not be started or went away. Emits `time_to_ask(is_new)` when it is time to ask the backend after
    jobs: the connection `is_new`, or a moment has passed. Runs timers only while starting or while `set_busy(True)`.
    """

    state_changed = Signal()
    received = Signal(object)
    lost = Signal(object)
    time_to_ask = Signal(bool)

    def __init__(self, installation_folder: Path, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self.state = LinkState.OFF
        self.problem: Problem | None = None
        self.welcome: Welcome | None = None
        self.models: tuple[ModelInfo, ...] = ()
        self.device = ""
        self.endpoint_path = ""
        self.transport_origin = ""
        self._folder = installation_folder
        self._transport: Transport | None = None
        self._context: zmq.Context[zmq.Socket[bytes]] | None = None
        self._channel: Channel | None = None
        self._process: BackendProcess | None = None
        self._last_log = ""
        self._heard = 0.0
        self._revivals = 0
        self._deadline = QtCore.QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.timeout.connect(self._on_deadline)
        self._heartbeat = QtCore.QTimer(self)
        self._heartbeat.setInterval(HEARTBEAT_SECONDS * 1000)
        self._heartbeat.timeout.connect(self._on_heartbeat)

    @property
    def is_ready(self) -> bool:
        """True when messages can be sent."""
        return self.state is LinkState.READY

    def can(self, capability: str) -> bool:
        """False when the backend has said what it can do and `capability` is not among it."""
        return self.welcome is None or capability in self.welcome.capabilities

    @property
    def known(self) -> BackendState:
        """Known facts about the backend."""
        return BackendState(self.is_ready, self.models, self.welcome.capabilities if self.welcome else ())

    @property
    def backend_pid(self) -> int:
        """Process id of the backend that we started, otherwise 0."""
        return self._process.pid if self._process else 0

    @property
    def can_start(self) -> bool:
        """True if there is a backend to start, or one of the user's to connect to."""
        try:
            return bool(self.endpoint_path or read_installation(self._folder))
        except ProblemError:
            return False

    def ensure(self) -> None:
        """Start or connect, unless that is under way or done; signals report the outcome."""
        if self.state in (LinkState.OFF, LinkState.FAILED):
            self._begin()

    def stop(self) -> None:
        """Close the connection, and end the backend if we started it."""
        self._drop()
        self._change(LinkState.OFF)

    def shut_down(self) -> None:
        """Stop, and end ZeroMQ's threads: Krita is closing."""
        self.stop()
        if self._context is not None:
            self._context.destroy(linger=0)
            self._context = None

    def send(self, message: Message, frames: Sequence[Bytes] = ()) -> None:
        """Send `message`; does nothing while there is no connection. Raises `ProtocolError` for an invalid message."""
        if self._channel is not None and self.is_ready:
            self._channel.send(message, frames)

    def set_busy(self, busy: bool) -> None:
        """Listen for the backend's heartbeat while a job runs; stay silent otherwise."""
        if busy and not self._heartbeat.isActive():
            self._heard = time.monotonic()
            self._heartbeat.start()
        elif not busy:
            self._heartbeat.stop()
            self._revivals = 0

    def log_tail(self) -> str:
        """Return the end of the backend's log, even after the backend has ended."""
        return self._process.log_tail() if self._process else self._last_log

    def _begin(self) -> None:
        self._drop()
        self._change(LinkState.STARTING)
        self._deadline.start(READY_SECONDS * 1000)
        try:
            self._transport = self._transport or load_transport()
            self.transport_origin = self._transport.origin
            if self.endpoint_path:
                self._connect(read_endpoint(Path(self.endpoint_path).expanduser()))
                return
            self._process = BackendProcess(read_installation(self._folder), self.device, self)
            self._process.announced.connect(self._on_announced)
            self._process.ended.connect(self._on_ended)
        except MissingLibrary as error:
            self._fail(problem("zmq_missing", reason=error))
        except EndpointError as error:
            self._fail(problem("endpoint_unreadable", Remedy.START, reason=error))
        except LocationError as error:
            self._fail(problem("runtime_folder", Remedy.START, reason=error))
        except ProblemError as error:
            self._fail(error.problem)

    def _on_announced(self, path: Path) -> None:
        try:
            self._connect(read_endpoint(path))
        except EndpointError as error:
            self._fail(problem("endpoint_unreadable", Remedy.START, reason=error))

    def _connect(self, endpoint: Endpoint) -> None:
        assert self._transport is not None
        context = self._context or self._transport.zmq.Context(io_threads=1)
        self._context = context
        try:
            self._channel = Channel(
                transport=self._transport,
                context=context,
                endpoint=endpoint,
                on_message=self._on_message,
                on_garbage=self._on_garbage,
                parent=self,
            )
        except (OSError, ValueError, self._transport.zmq.ZMQError) as error:
            self._fail(problem("endpoint_unreadable", Remedy.START, reason=error))
            return
        self._change(LinkState.GREETING)
        self._channel.send(Hello("krita-plugin", VERSION))

    def _on_message(self, received: Received) -> None:
        self._heard = time.monotonic()
        message = received.message
        if isinstance(message, Welcome):
            self.welcome, self.models = message, _named(message.models)
            self._deadline.stop()
            is_new = not self.is_ready
            self._change(LinkState.READY)
            if is_new:
                self.time_to_ask.emit(True)
        elif isinstance(message, Models):
            self.models = _named(message.models)
            self.state_changed.emit()
        elif isinstance(message, Failed) and message.code == "version":
            shown = problem("wrong_version", detail=translated(message.message))
            told = translated(message.remedy)  # which side to update
            self._later(lambda: self._fail(replace(shown, advice=told or shown.advice)))
        elif isinstance(message, Failed) and not message.job:
            self._later(lambda: self.lost.emit(from_failure(message)))
        elif not isinstance(message, Pong):
            self.received.emit(received)

    def _on_garbage(self, error: ProtocolError) -> None:
        self._later(lambda: self._fail(problem("garbled", Remedy.START, reason=error)))

    def _later(self, action: Callable[[], object]) -> None:
        """Run `action` once the channel is not in the middle of reading (it must not be closed there)."""
        QtCore.QTimer.singleShot(0, action)

    def _on_deadline(self) -> None:
        self._fail(problem("backend_silent", Remedy.START, seconds=READY_SECONDS))

    def _on_ended(self, description: str) -> None:
        if self.is_ready and self._heartbeat.isActive() and self._revivals < MOST_REVIVALS:
            self._revivals += 1
            self._begin()
        elif self.is_ready:
            self._fail(problem("backend_stopped", Remedy.START, reason=description))
        else:
            self._fail(problem("backend_failed", Remedy.LOG, reason=description))

    def _on_heartbeat(self) -> None:
        if not self.is_ready:
            return
        if time.monotonic() - self._heard > SILENCE_SECONDS:
            self._fail(problem("backend_lost", Remedy.START, seconds=SILENCE_SECONDS))
        else:
            self.send(Ping())
            self.time_to_ask.emit(False)

    def _fail(self, reason: Problem) -> None:
        self._drop()
        self._change(LinkState.FAILED, reason)
        self.lost.emit(reason)

    def _drop(self) -> None:
        self._deadline.stop()
        self._heartbeat.stop()
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._process is not None:
            self._last_log = self._process.log_tail()
            self._process.stop()
            self._process = None

    def _change(self, state: LinkState, reason: Problem | None = None) -> None:
        self.state, self.problem = state, reason
        self.state_changed.emit()


def _named(models: Iterable[ModelInfo]) -> tuple[ModelInfo, ...]:
    """Return `models`, the built-in one called as it is in the language Krita runs in; the others' titles are names."""
    return tuple(replace(model, title=text("model.builtin")) if model.builtin else model for model in models)
