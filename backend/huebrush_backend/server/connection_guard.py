"""Bounds the connections of the front's socket, so that a flood of clients cannot take its last descriptors."""

from __future__ import annotations

import contextlib
import logging
import os
import socket as system_socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import zmq
import zmq.asyncio
from zmq.utils.monitor import parse_monitor_message

RECOUNT_SECONDS = 1.0
"""Shortest time between two looks at whether connections that should be there have ended without a word."""
QUIET_SECONDS = 30.0
"""Time without a refusal after which a flood has ended."""

log = logging.getLogger(__name__)


class ConnectionGuard:
    """Ends each new connection to a bound socket while there are `most` already; those stay.

    A thread listens to what the socket's monitor tells. ZeroMQ accepts no further connections while nobody reads that,
    so at most a full queue of them (`descriptors.BURST`) is open before the first is ended. ZeroMQ cannot be told to
    refuse a connection; the guard shuts its descriptor down, as the client's end would, and ZeroMQ then closes it.
    The thread ends with the socket: a socket whose monitor is stopped by hand could wait for this thread for ever.
    """

    def __init__(self, socket: zmq.asyncio.Socket, most: int) -> None:
        """Watch `socket`, which is not bound yet. `most`: connections that it may have."""
        self._most = most
        self._open: set[int] = set()
        self._recounted = self._refused_at = float("-inf")
        self._refused = 0
        self._endpoint = ""
        self._is_over = False
        address = f"inproc://connections-{os.urandom(8).hex()}"
        socket.monitor(address, zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED | zmq.EVENT_MONITOR_STOPPED)
        self._events: zmq.Socket = zmq.Context.shadow(socket.context.underlying).socket(zmq.PAIR)
        self._events.setsockopt(zmq.LINGER, 0)
        self._events.setsockopt(zmq.RCVHWM, 1)
        self._events.connect(address)
        threading.Thread(target=self._watch, name="connections", daemon=True).start()

    def _watch(self) -> None:
        with contextlib.suppress(zmq.ContextTerminated):
            while not self._is_over:
                fresh = self._read()
                while not self._is_over and self._events.poll(0):
                    fresh += self._read()
                for descriptor in fresh:
                    self._admit(descriptor)
        self._events.close(0)

    def _read(self) -> list[int]:
        """Read one event; return the descriptor of a connection that it adds."""
        event = parse_monitor_message(self._events.recv_multipart())
        descriptor = int(event["value"])
        if event["event"] != zmq.EVENT_ACCEPTED:
            self._is_over = event["event"] == zmq.EVENT_MONITOR_STOPPED
            self._open.discard(descriptor)
            return []
        self._endpoint = event["endpoint"].decode("utf-8", "surrogateescape")
        self._open.add(descriptor)
        return [descriptor]

    def _admit(self, descriptor: int) -> None:
        """Keep the new connection, or end it if there are too many; it may have ended meanwhile."""
        now = time.monotonic()
        if len(self._open) > self._most and now - self._recounted >= RECOUNT_SECONDS:
            self._recounted = now
            self._open = set(filter(self._is_open, self._open))
        if len(self._open) <= self._most or descriptor not in self._open:
            if self._refused and now - self._refused_at > QUIET_SECONDS:
                log.info("clients are accepted again; %d connections were refused", self._refused)
                self._refused = 0
            return
        self._open.discard(descriptor)
        if not self._refused:
            log.warning("there are %d clients: further ones are refused until some have left", self._most)
        self._refused += 1
        self._refused_at = now
        with _borrowed(descriptor, self._endpoint) as connection, contextlib.suppress(OSError):
            if connection is not None:  # else it has ended by itself
                connection.shutdown(system_socket.SHUT_RDWR)

    def _is_open(self, descriptor: int) -> bool:
        with _borrowed(descriptor, self._endpoint) as connection:
            return connection is not None


@contextmanager
def _borrowed(descriptor: int, endpoint: str) -> Iterator[system_socket.socket | None]:
    """Give the connection with this descriptor, None if it is by now none of a client's at `endpoint`."""
    try:
        connection = system_socket.socket(fileno=descriptor)
    except OSError:
        yield None
        return
    try:
        yield connection if _is_client(connection, endpoint) else None
    finally:
        connection.detach()


def _is_client(connection: system_socket.socket, endpoint: str) -> bool:
    try:
        name = connection.getsockname()
        listens = connection.getsockopt(system_socket.SOL_SOCKET, system_socket.SO_ACCEPTCONN)
    except OSError:
        return False
    if listens:
        return False
    if endpoint.startswith("ipc://"):
        return name == endpoint.removeprefix("ipc://")
    return isinstance(name, tuple) and str(name[1]) == endpoint.rpartition(":")[2]
