"""Who may talk to the backend: only this user over ipc, only allowed keys over tcp."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
import zmq
from huebrush_backend.server.security import authorize_client, new_key_pair
from huebrush_protocol import codec
from huebrush_protocol.messages import Hello, Ping, Pong, Result, Welcome
from jobs_helper import final, submit
from serving_backend import DEADLINE, Backend

SILENCE_MS = 1500
HAS_UNIX_RIGHTS = sys.platform != "win32"
"""On Windows the folder of the user's profile keeps others out, and there are no ipc sockets."""
unix_only = pytest.mark.skipif(not HAS_UNIX_RIGHTS, reason="rights of files and ipc sockets are those of Unix")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def raw_answer(address: str, server_key: bytes = b"", keys=None) -> list[bytes] | None:
    """What a bare socket gets for a ping: the reply's frames, or None for silence."""
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    if keys is not None:
        socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = server_key, keys.public, keys.secret
    socket.connect(address)
    socket.send_multipart(codec.encode(Ping(1)))
    try:
        return socket.recv_multipart() if socket.poll(SILENCE_MS) else None
    finally:
        context.destroy(linger=0)


@unix_only
def test_everything_in_the_runtime_folder_is_private(backend: Backend):
    client = backend.client()
    assert isinstance(final(client, submit(client)), Result)
    assert backend.endpoint.address == f"ipc://{backend.runtime}/backend.sock"
    assert mode(backend.runtime) == 0o700
    for path in backend.runtime.iterdir():
        assert mode(path) & 0o077 == 0, path


def test_tcp_lets_only_allowed_keys_in(start_backend):
    backend = start_backend("--address", "tcp://127.0.0.1:*")
    endpoint = backend.endpoint
    server_key = endpoint.server_public_key.encode("ascii")
    assert raw_answer(endpoint.address) is None  # no encryption
    assert raw_answer(endpoint.address, server_key, new_key_pair()) is None  # a key, but not an allowed one
    assert raw_answer(endpoint.address, new_key_pair().public, new_key_pair()) is None  # not even the server's key
    client = backend.client()
    assert isinstance(client.hello(), Welcome)
    assert isinstance(final(client, submit(client)), Result)
    keys = backend.data / "keys"
    assert not HAS_UNIX_RIGHTS or mode(keys) == 0o700
    assert sorted(path.name for path in keys.iterdir()) == ["client.key_secret", "server.key_secret"]
    assert not HAS_UNIX_RIGHTS or all(mode(path) == 0o600 for path in keys.iterdir())


def key_pair(dashed: bool):
    """A pair whose public key begins with a dash, as one in 85 does, or does not."""
    return next(keys for keys in iter(new_key_pair, None) if keys.public.startswith(b"-") == dashed)


@pytest.mark.parametrize("dashed", [False, True])
def test_a_client_elsewhere_is_let_in_by_its_public_key(start_backend, dashed: bool):
    keys = key_pair(dashed)
    backend = start_backend("--address", "tcp://127.0.0.1:*", "--allow-client", keys.public.decode("ascii"))
    endpoint = backend.endpoint
    reply = raw_answer(endpoint.address, endpoint.server_public_key.encode("ascii"), keys)
    assert reply is not None and codec.decode(reply).message == Pong(1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--address", "udp://127.0.0.1:1"], "is not an address"),
        (["--address", "tcp://127.0.0.1:99999999"], "cannot listen"),
        pytest.param(["--address", "ipc:///tmp/open.sock"], "only you can enter", marks=unix_only),
        (["--address", "tcp://127.0.0.1:*;tcp://0.0.0.0:*"], "not one address"),
        (["--address", "tcp://127.0.0.1:*", "--address", "tcp://0.0.0.0:*"], "only one address"),
        (["--address", "ipc:///tmp/a.sock,tcp://0.0.0.0:*"], "not one address"),
        (["--allow-client", "secret"], "not a public key"),
        (["--engine", "nonesuch"], "module:factory"),
    ],
)
def test_bad_options_say_what_is_wrong(backend: Backend, options: list[str], words: str):
    command = [*backend.command[: backend.command.index("--runtime")], "--runtime", str(backend.data / "run"), *options]
    done = subprocess.run(command, env=backend.environment, capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr


@unix_only
def test_authorized_keys_are_stored_privately(root: Path):
    path = authorize_client(root / "keys", new_key_pair().public.decode("ascii"))
    assert mode(path) == 0o600 and mode(path.parent) == 0o700
    assert codec.encode(Hello("x", "y"))
