"""The front's socket: bound to an ipc path in a private folder, or to tcp with CURVE."""

from __future__ import annotations

import contextlib
import re
import socket as system_socket
import stat
import sys
from pathlib import Path

import zmq
import zmq.asyncio
from huebrush_protocol.endpoint import Endpoint
from huebrush_protocol.frames import MAX_FRAME_BYTES

from huebrush_backend import __version__
from huebrush_backend.server import descriptors, security
from huebrush_backend.server.connection_guard import ConnectionGuard
from huebrush_backend.server.outbox import SEND_LIMIT

MAX_IPC_PATH = 103
"""Longest path of a Unix socket, in bytes, that every system accepts (macOS: 104 with the closing zero)."""
IPC = "ipc://"
DEFAULT_TCP = "tcp://127.0.0.1:*"
HANDSHAKE_SECONDS = 10.0


class AddressError(Exception):
    """The backend cannot listen at the address; the message says why and what to do."""


def default_address(socket_path: Path) -> str:
    """Return the default address: ipc at `socket_path`, or a free tcp port on loopback where ipc is not possible."""
    return f"ipc://{socket_path}" if can_use_ipc(socket_path) else DEFAULT_TCP


def can_use_ipc(socket_path: Path) -> bool:
    """Return whether the system has ipc sockets, at this path, and allows enough files for them."""
    return (
        sys.platform != "win32"
        and zmq.has("ipc")
        and len(bytes(socket_path)) <= MAX_IPC_PATH
        and descriptors.leave_room_for_ipc()
    )


def bind_front(
    context: zmq.asyncio.Context,
    address: str,
    keys_folder: Path,
    gatekeeper: security.Gatekeeper,
    pid: int,
    handshake_seconds: float = HANDSHAKE_SECONDS,
) -> tuple[zmq.asyncio.Socket, Endpoint]:
    """Bind a ROUTER socket to `address`; return it with the endpoint to announce.

    Connections over tcp are always encrypted and authenticated. They are bounded, and end if the client does not say
    who it is, or its machine is gone.

    `context`: ZeroMQ context of the socket.
    `address`: where to listen.
    `keys_folder`: folder with the keys for tcp.
    `gatekeeper`: decides which keys may connect.
    `pid`: process id for the endpoint.
    `handshake_seconds`: time that a client has to say who it is, before its connection is ended.

    Raises `AddressError` or `security.KeyFileError`.
    """
    socket = context.socket(zmq.ROUTER)
    socket.setsockopt(zmq.LINGER, 1000)
    socket.setsockopt(zmq.SNDHWM, SEND_LIMIT)
    socket.setsockopt(zmq.ROUTER_MANDATORY, 1)  # to be told what cannot be sent now; see `outbox`
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
    socket.setsockopt(zmq.HANDSHAKE_IVL, max(1, round(handshake_seconds * 1000)))
    for option, value in ((zmq.TCP_KEEPALIVE, 1), (zmq.TCP_KEEPALIVE_IDLE, 60), (zmq.TCP_KEEPALIVE_INTVL, 20)):
        socket.setsockopt(option, value)
    ConnectionGuard(socket, descriptors.most_connections(descriptors.allowed()))
    try:
        if address.startswith(IPC):
            if "://" in address.removeprefix(IPC):
                raise AddressError(f"{address!r} is not one address; use ipc:///PATH")
            _bind_ipc(socket, Path(address.removeprefix(IPC)))
            return socket, Endpoint(address, pid, __version__)
        if address.startswith("tcp://"):
            return socket, _bind_tcp(socket, address, keys_folder, gatekeeper, pid)
        raise AddressError(f"{address!r} is not an address; use tcp://HOST:PORT or ipc:///PATH")
    except zmq.ZMQError as error:
        socket.close(0)
        raise AddressError(f"cannot listen at {address}: {error}") from error
    except (AddressError, security.KeyFileError):
        socket.close(0)
        raise


def bind_again(socket: zmq.asyncio.Socket, address: str) -> None:
    """Bind `socket`, which is bound to this ipc address, there once more: its file is gone. Raises ZMQError or OSError.

    Connections stay, while unbinding it first would end them.
    """
    socket.bind(address)
    Path(address.removeprefix(IPC)).chmod(0o600)


def _bind_ipc(socket: zmq.asyncio.Socket, path: Path) -> None:
    if not path.is_absolute():
        raise AddressError(f"ipc://{path}: the path must be absolute")
    if len(bytes(path)) > MAX_IPC_PATH:
        raise AddressError(f"ipc://{path}: the path is longer than {MAX_IPC_PATH} bytes; choose a shorter one")
    if not path.parent.is_dir() or stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        raise AddressError(f"{path.parent} must be a folder that only you can enter; run: chmod 700 '{path.parent}'")
    if _somebody_listens(path):
        raise AddressError(f"another program listens at {path}")
    socket.bind(f"ipc://{path}")
    path.chmod(0o600)


def _bind_tcp(
    socket: zmq.asyncio.Socket, address: str, keys_folder: Path, gatekeeper: security.Gatekeeper, pid: int
) -> Endpoint:
    if not re.fullmatch(r"tcp://([^\s:/;,]+|\[[0-9A-Fa-f:.%\w]+\]):[^\s:/;,]+", address):
        raise AddressError(f"{address!r} is not one address; use tcp://HOST:PORT")
    port = address.rpartition(":")[2]
    if port != "*" and not (port.isdecimal() and int(port) <= 65535):  # ZeroMQ would accept any number, modulo 65536
        raise AddressError(f"cannot listen at {address}: the port must be 1 to 65535, or * for a free one")
    server = security.load_key_pair(security.ensure_key_file(keys_folder, "server"))
    allowed = security.allowed_clients(keys_folder)
    gatekeeper.guard(socket, security.CLIENT_DOMAIN, server, allowed.__contains__)
    socket.bind(address)
    bound = socket.getsockopt_string(zmq.LAST_ENDPOINT)
    reachable = bound.rstrip("\0").replace("tcp://0.0.0.0:", "tcp://127.0.0.1:")
    client_file = security.ensure_key_file(keys_folder, "client")
    return Endpoint(reachable, pid, __version__, server.public.decode("ascii"), str(client_file))


def _somebody_listens(path: Path) -> bool:
    if not path.exists():
        return False
    with contextlib.closing(system_socket.socket(system_socket.AF_UNIX)) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
