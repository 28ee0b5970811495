"""The front: owns the ROUTER socket that all clients talk to, validates messages, and answers. It computes nothing."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import zmq
import zmq.asyncio
from huebrush_protocol import codec
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.messages import (
    CAPABILITIES,
    PROTOCOL_VERSION,
    Acknowledge,
    Cancel,
    Fetch,
    Hello,
    ListModels,
    Locate,
    Message,
    ModelInfo,
    Models,
    Ping,
    Pong,
    Submit,
    Welcome,
    failed,
)
from huebrush_protocol.preparing import Prepare
from huebrush_protocol.pulls import CancelPull, ListReleases, Pull, PullProgress, SetModelsFolder
from huebrush_protocol.texts import Text

from huebrush_backend import __version__
from huebrush_backend.server.dispatcher import Dispatcher
from huebrush_backend.server.outbox import Outbox
from huebrush_backend.server.pulls import Pulls

SUPPORTED_VERSIONS = (PROTOCOL_VERSION,)
REMEMBERED_CONNECTIONS = 64
"""Number of latest connections that get a message when the device becomes known."""

log = logging.getLogger(__name__)


class Front:
    """Reads messages from the socket one after another until it is cancelled. No message can stop it."""

    def __init__(self, socket: zmq.asyncio.Socket, list_models: Callable[[], Sequence[ModelInfo]]) -> None:
        self._socket = socket
        self.outbox = Outbox(socket)
        self._list_models = list_models
        self._dispatcher: Dispatcher | None = None
        self._pulls = Pulls(self.tell_all, list_models)
        self._greeted: OrderedDict[bytes, None] = OrderedDict()
        self._device: Text | str = ""

    def attach(self, dispatcher: Dispatcher) -> None:
        """Set the dispatcher, which handles messages about jobs."""
        self._dispatcher = dispatcher

    def set_device(self, device: Text | str) -> None:
        """Remember the worker's device, and tell the connected clients if it is new. Empty: it is not known yet."""
        if not device or device == self._device:
            return
        self._device = device
        self.tell_all(self._welcome())

    def tell_all(self, message: Message) -> None:
        """Send `message` to every client that has said hello."""
        for connection in self._greeted:
            if isinstance(message, PullProgress):
                self.outbox.offer(connection, codec.encode(message))
            else:
                self._send_message(connection, message)

    async def close(self) -> None:
        """Stop fetching models, and send what can be sent now."""
        await self._pulls.close()
        self.outbox.close()

    async def serve(self) -> None:
        """Answer messages until this task is cancelled."""
        while True:  # no local variable here: it would keep the last job's pixels until the next message
            self._answer(await self._socket.recv_multipart(copy=False))

    def _answer(self, frames: Sequence[Any]) -> None:
        connection = frames[0].bytes
        self.outbox.on_read(connection)
        try:
            self._handle(connection, frames[1:])
        except ProtocolError as error:
            log.warning("refused a message: %s", error)
            answer = failed(error.job, error.code, "message.refused", reason=error.message)
            if error.code == "bad_input":
                answer = replace(answer, remedy="")
            self._send_message(connection, answer)
        except Exception as error:
            log.exception("a message could not be handled")
            reason = f"{type(error).__name__}: {error}"[:900]
            self._send_message(connection, failed("", "internal", "internal", reason=reason))

    def _handle(self, connection: bytes, frames: Sequence[Any]) -> None:
        received = codec.decode(frames)
        message = received.message
        if isinstance(message, Ping):
            self._send_message(connection, Pong(message.token))
        elif isinstance(message, Hello):
            self._greet(connection, message)
        elif isinstance(message, ListModels):
            self._send_message(connection, Models(tuple(self._list_models())))
        elif isinstance(message, (Submit, Locate)):
            size = sum(image.data.nbytes for image in received.images)
            log.info("job %s: %s, %d images, %d bytes", message.job, message.model, len(received.images), size)
            self._jobs().submit(connection, user_of(frames), message, frames, size)
        elif isinstance(message, Prepare):
            self._jobs().prepare(connection, message)
        elif isinstance(message, Fetch):
            self._jobs().fetch(connection, user_of(frames), message.job)
        elif isinstance(message, Cancel):
            self._jobs().cancel(connection, user_of(frames), message.job)
        elif isinstance(message, Acknowledge):
            self._jobs().acknowledge(user_of(frames), message.job)
        elif isinstance(message, (ListReleases, SetModelsFolder, Pull, CancelPull)):
            self._handle_pull(connection, message)
        else:
            raise ProtocolError.of("unknown_message", "message.not_for_backend", type=type(message).__name__)

    def _handle_pull(self, connection: bytes, message: ListReleases | SetModelsFolder | Pull | CancelPull) -> None:
        answer: Message | None = None
        if isinstance(message, ListReleases):
            answer = self._pulls.releases()
        elif isinstance(message, SetModelsFolder):
            answer = self._pulls.set_models_folder(message.folder)
        elif isinstance(message, Pull):
            answer = self._pulls.pull(message)
        else:
            answer = self._pulls.cancel(message.release)
        if answer is not None:
            self._send_message(connection, answer)

    def _greet(self, connection: bytes, hello: Hello) -> None:
        if not set(hello.versions) & set(SUPPORTED_VERSIONS):
            spoken = ", ".join(map(str, SUPPORTED_VERSIONS))
            offered = ", ".join(map(str, hello.versions[:16]))
            older = max(hello.versions) < min(SUPPORTED_VERSIONS)
            refused = failed(
                "",
                "version",
                "version.plugin_old" if older else "version.backend_old",
                backend=__version__,
                spoken=spoken,
                client=hello.client[:64],
                offered=offered,
            )
            self._send_message(connection, refused)
            return
        log.info("client %s %s", hello.client[:64], hello.client_version[:64])
        self._greeted[connection] = None
        self._greeted.move_to_end(connection)
        while len(self._greeted) > REMEMBERED_CONNECTIONS:
            self._greeted.popitem(last=False)
        self._send_message(connection, self._welcome())

    def _welcome(self) -> Welcome:
        return Welcome(PROTOCOL_VERSION, __version__, self._device, tuple(self._list_models()), CAPABILITIES)

    def _send_message(self, connection: bytes, message: Message) -> None:
        self.outbox.send(connection, codec.encode(message))

    def _jobs(self) -> Dispatcher:
        if self._dispatcher is None:
            raise RuntimeError("no dispatcher is attached")
        return self._dispatcher


def user_of(frames: Sequence[Any]) -> str:
    """Return the public key (Z85) with which a message came over tcp, empty for one that came over ipc."""
    try:
        user = frames[0].get("User-Id")
    except (zmq.ZMQError, AttributeError):  # the connection has none
        return ""
    return user if isinstance(user, str) else ""
