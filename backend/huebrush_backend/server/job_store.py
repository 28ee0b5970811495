"""The table of jobs on disk: a SQLite database for what is known of them, and a file for each message with pictures.

All calls block and belong into one thread (`job_keeper`). A front that died leaves its jobs here to the next one of the
same runtime folder. What cannot be read, or is of another version, is removed: a fresh start.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import re
import shutil
import sqlite3
import stat
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from huebrush_protocol.locations import cache_folder, krita_of_folder, private_folder

from huebrush_backend.server.lifetime import is_alive
from huebrush_backend.server.message_files import Parcel, size_of, write_frames

DATABASE = "jobs.sqlite"
VERSION = 1
"""Version of the table."""
KEPT_SECONDS = 3 * 24 * 3600.0
"""Time after which what nobody asked for is deleted."""
LEFT_FREE = 256 << 20
"""Bytes that stay free on the disk."""
INPUT, OUTCOME = ".job", ".end"
"""Ends of the names of files: of what a client sent, and of what it gets."""
_KINDS = {"str": "TEXT", "int": "INTEGER", "bool": "INTEGER", "float": "REAL"}

log = logging.getLogger(__name__)


@dataclass
class Row:
    """Entry of a job in the table.

    `place`: grows with the order of arrival. `size`: bytes of the pixels that were sent, or of the outcome.
    `batch`: nobody waits for it in front of the screen. `deaths`,
    `restarts`: how often a worker's or a front's death hit it. `since`: when it came, or was finished (Unix time).
    """

    id: str
    user: str
    model: str
    place: int
    size: int
    batch: bool
    is_finished: bool
    is_running: bool
    deaths: int
    restarts: int
    since: float


class JobStore:
    """The table in `folder`. Its methods raise `OSError` or `sqlite3.Error`, and then have changed nothing."""

    def __init__(self, folder: Path) -> None:
        """Open the table or make a new one. Raises `LocationError`, `OSError`, or `sqlite3.Error` if it is in use."""
        self._folder = private_folder(folder)
        try:
            self._database = self._open()
        except sqlite3.OperationalError:  # another front uses it, or the disk is full: nothing is wrong with the table
            raise
        except (sqlite3.DatabaseError, ValueError) as error:
            self._database = self._start_afresh(error)

    def rows(self) -> list[Row]:
        """Return all jobs in the order of arrival, without those that nobody asked for in time, and tidy up."""
        self._database.execute("DELETE FROM jobs WHERE since < ?", (time.time() - KEPT_SECONDS,))
        rows = [Row(*values) for values in self._database.execute("SELECT * FROM jobs ORDER BY place")]
        known = {DATABASE, *(row.id + (OUTCOME if row.is_finished else INPUT) for row in rows)}
        for path in self._folder.iterdir():
            if path.name not in known and not path.name.startswith(DATABASE):
                remove(path)
        return rows

    def parcel(self, row: Row) -> Parcel:
        """Return the message that is kept of a job: its outcome, or what was sent."""
        return Parcel(path=self._path(row.id, row.is_finished))

    def add(self, row: Row, frames: Sequence[Any]) -> Parcel:
        """Keep a new job with the frames that were sent."""
        return self._write(row, frames)

    def finish(self, row: Row, frames: Sequence[Any]) -> Parcel:
        """Keep the outcome of a job in place of what was sent."""
        parcel = self._write(row, frames)
        remove(self._path(row.id, False))
        return parcel

    def note(self, row: Row) -> None:
        """Keep what has changed of an unfinished job."""
        self._database.execute(
            "UPDATE jobs SET is_running = ?, deaths = ?, restarts = ? WHERE id = ?",
            (row.is_running, row.deaths, row.restarts, row.id),
        )

    def forget(self, job_id: str) -> None:
        """Remove a job."""
        self._database.execute("DELETE FROM jobs WHERE id = ?", (job_id,))
        for is_finished in (False, True):
            remove(self._path(job_id, is_finished))

    def close(self, remove_all: bool) -> None:
        """Close the table. `remove_all`: nobody will ask for it any more."""
        with contextlib.suppress(sqlite3.Error):
            self._database.close()
        if remove_all:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, job_id: str, is_finished: bool) -> Path:
        return self._folder / (job_id + (OUTCOME if is_finished else INPUT))

    def _write(self, row: Row, frames: Sequence[Any]) -> Parcel:
        path = self._path(row.id, row.is_finished)
        if shutil.disk_usage(self._folder).free < LEFT_FREE + sum(map(size_of, frames)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._folder))
        write_frames(path, frames)
        try:
            values = astuple(row)
            self._database.execute(f"INSERT OR REPLACE INTO jobs VALUES ({', '.join('?' * len(values))})", values)
        except sqlite3.Error:
            remove(path)
            raise
        return Parcel(path=path)

    def _open(self) -> sqlite3.Connection:
        for path in self._folder.glob(f"{DATABASE}*"):  # with the files that SQLite keeps beside it
            if not stat.S_ISREG(path.lstat().st_mode):
                raise ValueError(f"{path} is not a regular file")
        database = sqlite3.connect(self._folder / DATABASE, timeout=0.0, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            _make_table(database)
        except BaseException:
            database.close()
            raise
        return database

    def _start_afresh(self, reason: Exception) -> sqlite3.Connection:
        log.warning("the table of jobs in %s cannot be used (%s); a new one is begun", self._folder, reason)
        for path in self._folder.iterdir():
            remove(path)
        return self._open()


def store_folder(runtime: Path) -> Path:
    """Return the folder for the table of the front that serves from `runtime`."""
    digest = hashlib.sha256(os.fsencode(runtime.absolute())).hexdigest()[:12]
    return _all_stores() / f"{runtime.name}-{digest}"


def sweep_stores(own: Path) -> None:
    """Remove the tables of ended Kritas, and others that nobody has used for long, but not `own`."""
    for folder in _all_stores().glob("*-*"):
        name = re.sub("-[0-9a-f]{12}$", "", folder.name)
        pid = krita_of_folder(name)
        with contextlib.suppress(OSError, sqlite3.Error, ValueError):
            if folder == own or folder.is_symlink() or name == folder.name:
                continue
            is_old = max(path.stat().st_mtime for path in (folder, *folder.iterdir())) < time.time() - KEPT_SECONDS
            if (is_old if pid is None else not is_alive(pid)) and not _is_in_use(folder):
                log.info("removing %s: nobody will ask for its jobs", folder)
                shutil.rmtree(folder)


def remove(path: Path) -> None:
    """Remove a file, or a folder in its place, if that is possible."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _all_stores() -> Path:
    return cache_folder() / "jobs"


def _make_table(database: sqlite3.Connection) -> None:
    """Make the table in a new database. Raises ValueError for one that is damaged or of another version."""
    (is_whole,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if is_whole != "ok":
        raise ValueError(is_whole)
    names = [field.name for field in fields(Row)]
    if database.execute("SELECT 1 FROM sqlite_master").fetchone():
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version != VERSION or [column[1] for column in database.execute("PRAGMA table_info(jobs)")] != names:
            raise ValueError(f"it is of version {version}")
        return
    columns = ", ".join(f"{field.name} {_KINDS[str(field.type)]} NOT NULL" for field in fields(Row))
    database.execute(f"CREATE TABLE jobs ({columns}, PRIMARY KEY (id))")
    database.execute(f"PRAGMA user_version = {VERSION}")


def _is_in_use(folder: Path) -> bool:
    """Return whether a front has the table in `folder` open."""
    if not (folder / DATABASE).is_file():
        return False
    with contextlib.closing(sqlite3.connect(folder / DATABASE, timeout=0.0)) as database:
        try:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            return "locked" in str(error)
        except sqlite3.DatabaseError:
            return False
    return False
