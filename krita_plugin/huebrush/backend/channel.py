"""One ZeroMQ connection to the backend, driven by Krita's event loop: no thread and no polling.

The file descriptor that ZeroMQ offers is edge-triggered: after every send and every wake-up it must be drained until
there is nothing left, or the connection stalls.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from huebrush_protocol.endpoint import Endpoint
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.messages import Message

from ..base.qt import QtCore
from ..base.vendoring import Bytes, Transport

if TYPE_CHECKING:
    import zmq
    from huebrush_protocol.codec import Received  # needs msgpack, which is found only when a connection is made

RETRY_MILLISECONDS = 20
"""Milliseconds to wait before sending again when the queue to the backend is full."""


class Channel(QtCore.QObject):
    """DEALER socket that calls `on_message(received)` for each valid message, and `on_garbage(error)` for others."""

    def __init__(
        self,
        transport: Transport,
        context: zmq.Context[zmq.Socket[bytes]],
        endpoint: Endpoint,
        on_message: Callable[[Received], None],
        on_garbage: Callable[[ProtocolError], None],
        parent: QtCore.QObject | None = None,
    ) -> None:
        """Connect to `endpoint`. Raises OSError or ValueError when its key file cannot be used."""
        super().__init__(parent)
        self._zmq, self._codec = transport.zmq, transport.codec
        self._on_message, self._on_garbage = on_message, on_garbage
        self._outgoing: deque[list[Bytes]] = deque()
        self._draining = False
        self._socket = context.socket(self._zmq.DEALER)
        self._socket.linger = 0
        if endpoint.server_public_key:
            public, secret = self._zmq.auth.load_certificate(endpoint.client_key_file)
            self._socket.curve_publickey, self._socket.curve_secretkey = public, secret
            self._socket.curve_serverkey = endpoint.server_public_key.encode("ascii")
        self._socket.connect(endpoint.address)
        descriptor = self._socket.fileno()  # a plain number, which PyQt's stubs leave out
        self._notifier = QtCore.QSocketNotifier(descriptor, QtCore.QSocketNotifier.Type.Read, self)  # type: ignore[arg-type]
        self._notifier.activated.connect(self._wake)

    def send(self, message: Message, frames: Sequence[Bytes] = ()) -> None:
        """Queue `message` with its image frames; they must not change any more. Raises `ProtocolError`."""
        self._outgoing.append(self._codec.encode(message, frames))
        self._wake()

    def close(self) -> None:
        """Close the socket at once; what was not sent yet is dropped."""
        self._notifier.setEnabled(False)
        self._outgoing.clear()
        if not self._socket.closed:
            self._socket.close(0)
        self.deleteLater()

    def _wake(self, *_: object) -> None:
        self._flush()
        QtCore.QTimer.singleShot(0, self._drain)

    def _flush(self) -> None:
        while self._outgoing and not self._socket.closed:
            try:
                self._socket.send_multipart(self._outgoing[0], flags=self._zmq.NOBLOCK, copy=False)
            except self._zmq.Again:
                QtCore.QTimer.singleShot(RETRY_MILLISECONDS, self._wake)
                return
            self._outgoing.popleft()

    def _drain(self) -> None:
        if self._draining:
            return
        self._draining = True
        try:
            while not self._socket.closed and self._socket.getsockopt(self._zmq.EVENTS) & self._zmq.POLLIN:
                frames = self._socket.recv_multipart(flags=self._zmq.NOBLOCK, copy=False)
                try:
                    received = self._codec.decode(frames)
                except ProtocolError as error:
                    self._on_garbage(error)
                else:
                    self._on_message(received)
        finally:
            self._draining = False
