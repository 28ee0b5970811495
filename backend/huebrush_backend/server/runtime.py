"""One backend per runtime folder: the lock, and the files that tell others where it is."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import IO

from huebrush_protocol.endpoint import ENDPOINT_FILE, Endpoint, write_endpoint
from huebrush_protocol.locations import private_folder

LOCK_FILE = "backend.lock"
SOCKET_FILE = "backend.sock"
WORKER_SOCKET_PATTERN = "worker-*.sock"


class AlreadyRunning(Exception):
    """Another backend serves from this runtime folder. `pid` is its process (0 where it could not be read)."""

    def __init__(self, folder: Path, pid: int) -> None:
        super().__init__(f"a backend already runs in {folder} (process {pid or 'unknown'})")
        self.pid = pid


class RuntimeFolder:
    """The claimed runtime folder of a running front; use as a context manager.

    Entering takes a lock that the operating system drops when the process ends, whatever way it ended, and removes
    what a dead predecessor left. Raises `AlreadyRunning`, or `LocationError` when the folder cannot be private.
    """

    def __init__(self, path: Path) -> None:
        self.path = private_folder(path)
        self._lock: IO[str] | None = None

    def __enter__(self) -> RuntimeFolder:
        lock = os.fdopen(os.open(self.path / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="ascii")
        try:
            _lock_exclusively(lock)
        except OSError as error:
            lock.seek(1)
            digits = lock.read(20).strip()
            lock.close()
            raise AlreadyRunning(self.path, int(digits) if digits.isdigit() else 0) from error
        lock.seek(0)
        lock.truncate()
        lock.write(f" {os.getpid()}\n")  # the first byte is what Windows locks; the rest stays readable
        lock.flush()
        self._lock = lock
        self.clean()
        return self

    def __exit__(self, *_: object) -> None:
        self.clean()
        if self._lock is not None:
            self._lock.close()  # the lock file itself stays: removing it would let two processes hold "the" lock
            self._lock = None

    @property
    def socket_path(self) -> Path:
        """Where the front's ipc socket lies."""
        return self.path / SOCKET_FILE

    def announce(self, endpoint: Endpoint) -> Path:
        """Write the endpoint file; from now on clients find this backend."""
        return write_endpoint(self.path, endpoint)

    def clean(self) -> None:
        """Remove the endpoint file and sockets."""
        for path in (self.path / ENDPOINT_FILE, self.socket_path, *self.path.glob(WORKER_SOCKET_PATTERN)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _lock_exclusively(file: IO[str]) -> None:
    """Lock the first byte of `file` for this process alone, or raise `OSError` at once."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
