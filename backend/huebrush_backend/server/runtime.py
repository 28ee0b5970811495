"""One backend per runtime folder: its lock, the files that announce it, and the cleaning up afterwards."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
import sys
from pathlib import Path
from typing import IO

from huebrush_protocol.endpoint import ENDPOINT_FILE, LOG_FILE, Endpoint, write_endpoint
from huebrush_protocol.locations import LocationError, krita_of_folder, private_folder

from huebrush_backend.server.lifetime import is_alive

LOCK_FILE = "backend.lock"
SOCKET_FILE = "backend.sock"
ADDRESSES = (ENDPOINT_FILE, SOCKET_FILE, "worker-*.sock")
"""Patterns of files that are valid only while their backend runs."""
RECORDS = (f".{ENDPOINT_FILE}.*", f"{LOG_FILE}*")
"""Patterns of files that stay in a reused folder: logs, and files that a crash left half written."""

log = logging.getLogger(__name__)


class AlreadyRunning(Exception):
    """Another backend serves from this runtime folder. `pid`: its process id, or 0 if it could not be read."""

    def __init__(self, folder: Path, pid: int) -> None:
        super().__init__(f"a backend already runs in {folder} (process {pid or 'unknown'})")
        self.pid = pid


class RuntimeFolder:
    """The claimed runtime folder of a running front; use as a context manager.

    Entering makes the folder, takes a lock, and removes the files of a dead predecessor. The operating system releases
    the lock when the process ends in any way. Raises `AlreadyRunning`, `LocationError` when the folder cannot be
    private, or OSError. Leaving removes the files that announce the backend. If the folder belongs to a single Krita
    and there was no error, the whole folder is removed, because the next Krita uses another folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def __enter__(self) -> RuntimeFolder:
        self._lock = _claim(self.path)
        self._remove(ADDRESSES)
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if self._lock is None:
            return
        is_ours = _is_at(
            self._lock, self.path / LOCK_FILE
        )  # else something removed it, and another backend may have it
        if is_ours:
            self._remove(ADDRESSES)
        if is_ours and error is None and self.is_of_one_krita:
            self._remove(RECORDS)
            _remove_lock(self.path / LOCK_FILE, self._lock)
            with contextlib.suppress(OSError):  # the folder holds a file of someone else
                self.path.rmdir()
        self._lock.close()
        self._lock = None

    @property
    def is_of_one_krita(self) -> bool:
        """Whether the folder is for the backend of a single running Krita, not for any backend of this user."""
        return krita_of_folder(self.path.name) is not None

    @property
    def socket_path(self) -> Path:
        """Path of the front's ipc socket."""
        return self.path / SOCKET_FILE

    def claim_again(self) -> bool:
        """Make the folder anew and lock it, if it or the lock file was removed; return whether that was so.

        Raises `AlreadyRunning` if another backend has locked it meanwhile, `LocationError` or OSError.
        """
        if self._lock is None or _is_at(self._lock, self.path / LOCK_FILE):
            return False
        fresh = _claim(self.path)
        self._lock.close()
        self._lock = fresh
        return True

    def is_announced(self) -> bool:
        """Return whether the endpoint file is there."""
        return (self.path / ENDPOINT_FILE).exists()

    def announce(self, endpoint: Endpoint) -> Path:
        """Write the endpoint file; from now on clients find this backend."""
        return write_endpoint(self.path, endpoint)

    def _remove(self, patterns: tuple[str, ...]) -> None:
        for pattern in patterns:
            for path in self.path.glob(pattern):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)


def sweep_krita_folders(parent: Path) -> None:
    """Remove from `parent` the folders of ended Kritas, which a killed backend leaves behind.

    A folder is touched only if it has the name of such a folder, is not a link, belongs to this user alone, and no
    backend runs in it. Only a backend's own files are removed; a folder with other files stays.
    """
    for folder in parent.glob("*"):
        pid = krita_of_folder(folder.name)
        if pid is None or is_alive(pid) or not _is_real_folder(folder):
            continue
        # If the folder can be claimed, it is ours and no backend serves from it. Leaving removes it.
        with contextlib.suppress(AlreadyRunning, LocationError, OSError), RuntimeFolder(folder):
            log.info("removing %s: its Krita has ended", folder)


def _is_real_folder(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    attributes = getattr(status, "st_file_attributes", 0)  # on Windows, where a junction otherwise looks like a folder
    return stat.S_ISDIR(status.st_mode) and not attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT


def _claim(folder: Path) -> IO[str]:
    """Make `folder` if it is missing; return its lock file, locked and with our process id in it."""
    while True:
        path = private_folder(folder) / LOCK_FILE
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        handle = os.open(path, flags, 0o600)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        lock = os.fdopen(handle, "r+", encoding="ascii")
        try:
            _lock_exclusively(lock)
        except OSError as error:
            lock.seek(1)
            digits = lock.read(20).strip()
            lock.close()
            raise AlreadyRunning(folder, int(digits) if digits.isdigit() else 0) from error
        if os.fstat(lock.fileno()).st_nlink:
            break
        lock.close()  # its last holder removed the file before we locked it, so the lock is useless
    try:  # past the file's buffer, whose content could not be given up where the disk is full
        os.ftruncate(lock.fileno(), 0)
        os.lseek(lock.fileno(), 0, os.SEEK_SET)
        os.write(
            lock.fileno(), f" {os.getpid()}\n".encode("ascii")
        )  # Windows locks the first byte; the rest is readable
    except OSError as error:
        lock.close()
        raise OSError(error.errno, error.strerror, str(path)) from error
    return lock


def _is_at(file: IO[str], path: Path) -> bool:
    """Return whether the open `file` is the one at `path`."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _remove_lock(path: Path, lock: IO[str]) -> None:
    """Remove the lock file while it is locked, so that no process can lock it just before it goes."""
    if sys.platform == "win32":  # Windows cannot remove open files: if this works, no other process has it open
        lock.close()
    with contextlib.suppress(OSError):
        path.unlink()


def _lock_exclusively(file: IO[str]) -> None:
    """Lock the first byte of `file` for this process. Raises `OSError` at once if another process holds the lock."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
