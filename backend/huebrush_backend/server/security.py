"""CURVE keys: made at the first start, readable only by their user, and checked for every tcp connection.

The files are ZPL certificates, which every ZeroMQ binding can read (`zmq.auth.load_certificate`). They lie in
`<data folder>/keys`: `server.key_secret` is the backend's pair, `client.key_secret` the pair for clients of the same
user on this machine, and `authorized/*.key` are the public keys of clients on other machines.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import zmq
import zmq.auth
from huebrush_protocol.locations import private_folder
from zmq.auth.asyncio import AsyncioAuthenticator
from zmq.utils import z85

CLIENT_DOMAIN = "clients"
WORKER_DOMAIN = "worker"
AUTHORIZED_FOLDER = "authorized"


class KeyFileError(Exception):
    """A key or key file is not valid; the message says which one and what to do."""


@dataclass(frozen=True)
class KeyPair:
    """A CURVE key pair, each half 40 bytes of Z85 text."""

    public: bytes
    secret: bytes


def new_key_pair() -> KeyPair:
    """Make a new key pair in memory only."""
    return KeyPair(*zmq.curve_keypair())


def ensure_key_file(folder: Path, name: str) -> Path:
    """Return the path of the certificate `<folder>/<name>.key_secret`; make it (mode 0600) if it is missing.

    If two processes do this at the same time, both use the same key.
    """
    private_folder(folder)
    path = folder / f"{name}.key_secret"
    if os.path.lexists(path):
        return path
    with tempfile.TemporaryDirectory(dir=folder) as scratch:  # mode 0700
        _, secret = zmq.auth.create_certificates(scratch, name)
        fresh = Path(secret)
        fresh.chmod(0o600)
        try:
            os.link(fresh, path)  # unlike rename, this fails when another process was faster
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            fresh.replace(path)
    return path


def load_key_pair(path: Path) -> KeyPair:
    """Return the key pair in a certificate file. Raises `KeyFileError`."""
    _require_own_file(path, 0o077)
    try:
        public, secret = zmq.auth.load_certificate(path)
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path} is not a key file: {error}") from error
    if secret is None:
        raise KeyFileError(f"{path} holds no secret key")
    return KeyPair(public, secret)


def authorize_client(folder: Path, public_key: str) -> Path:
    """Allow the client with `public_key` (40 characters, Z85) from the next start on; return the new file.

    Raises `KeyFileError` when `public_key` is not a key.
    """
    key = public_key.strip()
    try:
        valid = len(key) == 40 and len(z85.decode(key.encode("ascii"))) == 32
    except (ValueError, KeyError, UnicodeEncodeError):
        valid = False
    if not valid:
        raise KeyFileError(f"{public_key!r} is not a public key: 40 characters are expected (the client shows its own)")
    name = hashlib.sha256(key.encode("ascii")).hexdigest()[:16]
    path = private_folder(private_folder(folder) / AUTHORIZED_FOLDER) / f"{name}.key"
    path.write_text(f'metadata\ncurve\n    public-key = "{key}"\n', encoding="ascii")
    path.chmod(0o600)
    return path


def _require_own_file(path: Path, forbidden: int) -> None:
    """Raise `KeyFileError` unless `path` is a file of this user without the rights `forbidden`. Windows has neither."""
    try:
        status = path.stat()
    except OSError as error:
        raise KeyFileError(f"{path} is not a key file: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileError(f"{path} is not a key file but a folder, pipe or device; remove it")
    if sys.platform == "win32":
        return
    if status.st_uid != os.getuid():
        raise KeyFileError(f"{path} belongs to another user; remove it, and the next start makes a new key")
    if stat.S_IMODE(status.st_mode) & forbidden:
        raise KeyFileError(
            f"{path} is open to other users, who may know the key: remove it and start again, which makes a new one; "
            f"or, if nobody else was on this machine, run: chmod 600 '{path}'"
        )


def allowed_clients(folder: Path) -> frozenset[bytes]:
    """Return the public keys that may connect: this user's own client key and the authorized ones."""
    keys = {load_key_pair(ensure_key_file(folder, "client")).public}
    for path in sorted((folder / AUTHORIZED_FOLDER).glob("*.key")):
        _require_own_file(path, 0o022)
        try:
            keys.add(zmq.auth.load_certificate(path)[0])
        except (OSError, ValueError) as error:
            raise KeyFileError(f"{path} is not a key file: {error}") from error
    return frozenset(keys)


class Gatekeeper:
    """The ZAP handler of a context: decides for each socket which CURVE keys may connect."""

    def __init__(self, context: zmq.Context) -> None:
        self._authenticator = AsyncioAuthenticator(context)
        self._started = False

    def guard(self, socket: zmq.Socket, domain: str, keys: KeyPair, is_allowed: Callable[[bytes], bool]) -> None:
        """Make `socket`, which is not bound yet, a CURVE server with `keys` that accepts only allowed client keys.

        `domain`: name of the socket for ZAP. `is_allowed`: says whether a client's public key may connect.
        """
        if not self._started:
            self._authenticator.start()
            self._started = True
        self._authenticator.configure_curve_callback(domain, _Provider(is_allowed))
        socket.setsockopt(zmq.CURVE_SERVER, 1)
        socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret)
        socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.public)
        socket.setsockopt(zmq.ZAP_DOMAIN, domain.encode("ascii"))
        socket.setsockopt(zmq.ZAP_ENFORCE_DOMAIN, 1)  # without the handler, no client may connect

    def close(self) -> None:
        """Stop the handler. No new client can connect from now on."""
        if self._started:
            self._authenticator.stop()
            self._started = False


def use_curve(socket: zmq.Socket, server_public_key: bytes, own: KeyPair) -> None:
    """Make `socket`, which is not connected yet, a CURVE client of the server with `server_public_key`."""
    socket.setsockopt(zmq.CURVE_SERVERKEY, server_public_key)
    socket.setsockopt(zmq.CURVE_PUBLICKEY, own.public)
    socket.setsockopt(zmq.CURVE_SECRETKEY, own.secret)


class _Provider:
    def __init__(self, is_allowed: Callable[[bytes], bool]) -> None:
        self._is_allowed = is_allowed

    def callback(self, _domain: str, key: bytes) -> bool:
        return self._is_allowed(key)
