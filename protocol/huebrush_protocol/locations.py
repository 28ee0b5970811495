"""Folders that the backend and its clients share. Uses the standard library only, as this also runs in Krita."""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
from pathlib import Path

from huebrush_protocol.texts import Text

RUNTIME_VARIABLE = "HUEBRUSH_RUNTIME"
"""Environment variable that names the runtime folder."""


class LocationError(Exception):
    """A folder is not private although it must be, or cannot be made; the message says which, and what to do."""


def runtime_folder() -> Path:
    """Return the folder for sockets and logs; make it if needed, private (0700) to this user.

    `$HUEBRUSH_RUNTIME`, else `$XDG_RUNTIME_DIR/huebrush`, else `%LOCALAPPDATA%\\Huebrush\\run` on Windows, else
    `<tmp>/huebrush-<uid>`. Raises `LocationError` if the folder belongs to another user or is open to others.
    """
    chosen = os.environ.get(RUNTIME_VARIABLE)
    if chosen:
        return private_folder(Path(chosen))
    if sys.platform == "win32":
        return private_folder(_windows_local_data() / "Huebrush" / "run")
    session = os.environ.get("XDG_RUNTIME_DIR")
    if session and Path(session).is_dir():
        return private_folder(Path(session) / "huebrush")
    return private_folder(Path(tempfile.gettempdir()) / f"huebrush-{os.getuid()}")


def krita_folder_name(pid: int) -> str:
    """Return the name of the subfolder of the runtime folder that the backend of the Krita process `pid` uses."""
    return f"krita-{pid}"


def krita_of_folder(name: str) -> int | None:
    """Return the process of a folder named by `krita_folder_name`, None for any other `name`."""
    found = re.fullmatch(r"krita-([1-9][0-9]{0,9})", name, re.ASCII)
    return int(found[1]) if found else None


def data_folder() -> Path:
    """Return the folder for models and keys: `$HUEBRUSH_DATA`, or one in the platform's folder for user data.

    The folder is not made here.
    """
    chosen = os.environ.get("HUEBRUSH_DATA")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return _windows_local_data() / "huebrush"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "huebrush"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "huebrush"


def cache_folder() -> Path:
    """Return the folder for what can be made again: in `$HUEBRUSH_DATA`, or one in the platform's folder for caches.

    The folder is not made here.
    """
    chosen = os.environ.get("HUEBRUSH_DATA")
    if chosen:
        return Path(chosen) / "cache"
    if sys.platform == "win32":
        return _windows_local_data() / "huebrush" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "huebrush"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "huebrush"


def private_folder(path: Path) -> Path:
    """Make `path` and its parents if needed, check that only this user can enter it, and return it.

    Raises `LocationError` if it belongs to another user, is a link or not a folder, is open to others and not empty,
    lies where another user could replace it, or cannot be made. If this user's folder is empty and open to others, its
    mode is set to 0700. On Windows nothing is checked: the user's profile folder is protected already.
    """
    try:
        if sys.platform == "win32":
            path.mkdir(parents=True, exist_ok=True)
            return path
        _require_safe_place(path)  # before something is made there
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise LocationError(Text.of("folder.link", folder=str(path), variable=RUNTIME_VARIABLE))
        if status.st_uid != os.getuid():
            raise LocationError(Text.of("folder.of_another", folder=str(path), variable=RUNTIME_VARIABLE))
        if stat.S_IMODE(status.st_mode) & 0o077:
            if any(path.iterdir()):  # never silently change the rights of a folder with files
                raise LocationError(Text.of("folder.open", folder=str(path)))
            path.chmod(0o700)
    except OSError as error:
        raise LocationError(
            Text.of("folder.unusable", folder=str(path), variable=RUNTIME_VARIABLE, reason=Text.about(error))
        ) from error
    return path


def _require_safe_place(path: Path) -> None:
    """Raise `LocationError` if a folder or link on the way to `path` lets another user than root replace what is there.

    A folder that everybody may write to does so, except if its sticky bit is set, as that of /tmp.
    """
    trusted = _trusted_users()
    followed = Path(os.path.realpath(path.parent))
    for place in {*path.absolute().parents, followed, *followed.parents}:
        try:
            status = place.lstat()
        except FileNotFoundError:  # to be made by us
            continue
        if status.st_uid not in trusted:
            raise LocationError(
                Text.of("folder.below_another", folder=str(path), parent=str(place), variable=RUNTIME_VARIABLE)
            )
        if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
            raise LocationError(
                Text.of("folder.below_open", folder=str(path), parent=str(place), variable=RUNTIME_VARIABLE)
            )


def _trusted_users() -> set[int]:
    """Return the users whose folders are safe: this one, root, and in a sandbox the number that stands for root."""
    trusted = {0, os.getuid()}
    try:
        mapped = [line.split() for line in Path("/proc/self/uid_map").read_text("ascii").splitlines()]
        if not any(first == "0" and outside == "0" for first, outside, _ in mapped):
            trusted.add(int(Path("/proc/sys/kernel/overflowuid").read_text("ascii")))
    except (OSError, ValueError):  # not Linux
        pass
    return trusted


def _windows_local_data() -> Path:
    return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
