"""The private channel between the front and its worker: one DEALER pair that nobody else can join.

The worker reads where to connect from one line of JSON on its standard input, so that keys never appear in a process
list. On systems with ipc, the channel lies in the runtime folder (mode 0700). On others it is tcp on loopback with
CURVE, with two key pairs that are made for this worker and kept only in memory.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path

import zmq
import zmq.asyncio

from huebrush_backend.server import descriptors, security
from huebrush_backend.server.binding import can_use_ipc


@dataclass(frozen=True)
class Bootstrap:
    """Settings of a new worker process, which ends with the process `front_pid`. The keys (Z85) are empty for ipc."""

    address: str
    front_pid: int
    engine: str
    device: str
    verbose: bool = False
    front_public_key: str = ""
    public_key: str = ""
    secret_key: str = ""

    def to_line(self) -> bytes:
        """Return this as one line of JSON."""
        return json.dumps(dataclasses.asdict(self)).encode("utf-8") + b"\n"

    @staticmethod
    def from_line(line: bytes) -> Bootstrap:
        """Read a line of `to_line`. Raises `ValueError` or `TypeError` for anything else."""
        return Bootstrap(**json.loads(line))


class WorkerChannel:
    """The front's end of the channel: a bound socket for a single worker process."""

    def __init__(
        self, context: zmq.asyncio.Context, runtime: Path, number: int, gatekeeper: security.Gatekeeper, force_tcp: bool
    ) -> None:
        """Bind the socket. Raises OSError or ZMQError if that is not possible."""
        descriptors.require_for_socket()
        self.socket: zmq.asyncio.Socket = context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self._path: Path | None = runtime / f"worker-{number}.sock"
        self._keys: tuple[security.KeyPair, security.KeyPair] | None = None
        if force_tcp or not can_use_ipc(self._path):
            self._path = None
            front, worker = security.new_key_pair(), security.new_key_pair()
            self._keys = front, worker
            gatekeeper.guard(self.socket, security.WORKER_DOMAIN, front, lambda key: key == worker.public)
            self._bind("tcp://127.0.0.1:*")
            self._address = self.socket.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0")
        else:
            self._address = f"ipc://{self._path}"
            self._bind(self._address)

    def bootstrap(self, engine: str, device: str, verbose: bool) -> Bootstrap:
        """Return the settings that the worker needs to connect and to start."""
        basics = Bootstrap(self._address, os.getpid(), engine, device, verbose)
        if self._keys is None:
            return basics
        front, worker = self._keys
        return dataclasses.replace(
            basics,
            front_public_key=front.public.decode("ascii"),
            public_key=worker.public.decode("ascii"),
            secret_key=worker.secret.decode("ascii"),
        )

    def close(self) -> None:
        """Close the socket and remove its file."""
        self.socket.close(0)
        if self._path is not None:
            with contextlib.suppress(OSError):  # its folder is gone, or read-only by now
                self._path.unlink(missing_ok=True)

    def _bind(self, address: str) -> None:
        try:
            self.socket.bind(address)
        except zmq.ZMQError:
            self.socket.close(0)
            raise


def connect_to_front(context: zmq.Context, bootstrap: Bootstrap) -> zmq.Socket:
    """Connect to the front and return the worker's end of the channel."""
    socket = context.socket(zmq.DEALER)
    socket.setsockopt(zmq.LINGER, 2000)
    if bootstrap.front_public_key:
        own = security.KeyPair(bootstrap.public_key.encode("ascii"), bootstrap.secret_key.encode("ascii"))
        security.use_curve(socket, bootstrap.front_public_key.encode("ascii"), own)
    socket.connect(bootstrap.address)
    return socket
