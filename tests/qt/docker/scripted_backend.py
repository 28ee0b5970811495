"""The other end of a real ZeroMQ socket, which says what the test tells it to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import zmq
from hands import wait_for
from huebrush_protocol.codec import decode, encode
from huebrush_protocol.endpoint import Endpoint, write_endpoint
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import Hello, Message, ModelInfo, Ping, Welcome

M = TypeVar("M")
QUIET_MILLISECONDS = 200
MODELS = (
    ModelInfo("demo", "Demo", "demo", "GPL-3.0-or-later", available=True, builtin=True),
    ModelInfo("big", "Big", "big", "unknown", available=False, remedy="Fetch it."),
)


class ScriptedBackend:
    """Listens in `folder`; `endpoint` is the file that leads there. `images` came with the latest message."""

    def __init__(self, folder: Path) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        address = f"ipc://{folder / 'socket'}"
        self._socket.bind(address)
        self._client = b""
        self.images: list[Image] = []
        self.endpoint = write_endpoint(folder, Endpoint(address))

    def receive(self, kind: type[M]) -> M:
        """Wait for the plugin's next message, which must be a `kind`, and return it. A ping may come at any time, while
        the plugin waits for something; it is passed over unless it is asked for."""
        while True:
            wait_for(lambda: self._socket.poll(0), f"a {kind.__name__} from the plugin")
            self._client, *frames = self._socket.recv_multipart(copy=False)
            received = decode(frames)
            message: Any = received.message
            if isinstance(message, kind):
                break
            assert isinstance(message, Ping), message
        self.images = received.images
        return message

    @property
    def is_quiet(self) -> bool:
        """Whether no further message comes from the plugin within a moment."""
        return not self._socket.poll(QUIET_MILLISECONDS)

    def send(self, message: Message, frames: Sequence[bytes] = ()) -> None:
        """Send `message` to the plugin."""
        self._socket.send_multipart([self._client, *encode(message, frames)])

    def send_garbage(self) -> None:
        """Send bytes that are no message."""
        self._socket.send_multipart([self._client, b"\xc1"])

    def greet(self, capabilities: tuple[str, ...] = ()) -> None:
        """Answer the plugin's first message."""
        assert self.receive(Hello).client == "krita-plugin"
        self.send(Welcome(1, "test", "a processor", MODELS, capabilities))

    def close(self) -> None:
        """Stop listening."""
        self._context.destroy(linger=0)
