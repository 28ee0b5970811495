"""Folders where the backend and its clients meet, by the standard library alone (this also runs inside Krita)."""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
from pathlib import Path


class LocationError(Exception):
    """A folder that must be private is not, or cannot be made; the message says which and what to do."""


def runtime_folder() -> Path:
    """Return the folder for sockets and logs, made private (0700) to this user.

    `$HUEBRUSH_RUNTIME`, else `$XDG_RUNTIME_DIR/huebrush`, else `%LOCALAPPDATA%\\Huebrush\\run` on Windows, else
    `<tmp>/huebrush-<uid>`. Raises `LocationError` when the folder belongs to somebody else or is open to others.
    """
    chosen = os.environ.get("HUEBRUSH_RUNTIME")
    if chosen:
        return private_folder(Path(chosen))
    if sys.platform == "win32":
        return private_folder(_windows_local_data() / "Huebrush" / "run")
    session = os.environ.get("XDG_RUNTIME_DIR")
    if session and Path(session).is_dir():
        return private_folder(Path(session) / "huebrush")
    return private_folder(Path(tempfile.gettempdir()) / f"huebrush-{os.getuid()}")


def krita_folder_name(pid: int) -> str:
    """Return the name, in the runtime folder, of the folder for the backend of the Krita whose process is `pid`."""
    return f"krita-{pid}"


def krita_of_folder(name: str) -> int | None:
    """Return the process that a folder called `name` is for, None when `krita_folder_name` gives no such name."""
    found = re.fullmatch(r"krita-([1-9][0-9]{0,9})", name, re.ASCII)
    return int(found[1]) if found else None


def data_folder() -> Path:
    """Return the folder for models and keys (not made here): `$HUEBRUSH_DATA` or the platform's place for user data."""
    chosen = os.environ.get("HUEBRUSH_DATA")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return _windows_local_data() / "huebrush"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "huebrush"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "huebrush"


def private_folder(path: Path) -> Path:
    """Make `path` (and its parents) if need be, and return it once it is certain that only this user can enter it.

    Raises `LocationError` when it belongs to another user, is a link or no folder, has files and is open to others, or
    cannot be made. An empty folder of our own that is open to others is narrowed to 0700. On Windows the protection of
    the user's profile folder is relied on.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform == "win32":
            return path
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise LocationError(f"{path} is a link, not a folder; remove it, or set HUEBRUSH_RUNTIME to another folder")
        if status.st_uid != os.getuid():
            raise LocationError(f"{path} belongs to another user; set HUEBRUSH_RUNTIME to a folder of your own")
        if stat.S_IMODE(status.st_mode) & 0o077:
            if any(path.iterdir()):  # never change the rights of somebody's filled folder behind their back
                raise LocationError(f"{path} is open to other users; run: chmod 700 '{path}'")
            path.chmod(0o700)
    except OSError as error:
        raise LocationError(f"{path} cannot be used as a private folder: {error}") from error
    return path


def _windows_local_data() -> Path:
    return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
