"""Checks the places of all files that a command writes at its end, before the command computes."""

from __future__ import annotations

import os
import secrets
import stat
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from huebrush_backend.cli.interruption import uninterrupted
from huebrush_backend.cli.main import CommandError
from huebrush_backend.imaging.files.writing import delivery, exists

ANOTHER = "choose another --output"
"""Remedy in messages, where the option is called so."""


def require_places(
    written: Iterable[Path], inputs: Iterable[Path] = (), overwrite: bool = False, remedy: str = ANOTHER
) -> None:
    """Raise `CommandError` unless each file of `written` can be made, and none of them costs the user another one.

    That is: it is none of the `inputs` and no other one of `written`, by whatever spelling or link; it exists not yet,
    or may be replaced (`overwrite`); and its folder is there and lets files be made, which is tried.
    """
    sources, places = tuple(inputs), tuple(written)
    for index, path in enumerate(places):
        _require_file_name(path, remedy)
        if any(is_same_file(path, source) for source in sources):
            raise CommandError(f"{path} is one of the inputs; {remedy}.")
        if any(is_same_file(path, other) for other in places[:index]):
            raise CommandError(f"{path} would be written twice; {remedy}, or another name for the other file.")
        if exists(path):
            if not overwrite:
                raise CommandError(f"{path} exists already. {remedy.capitalize()}, or add --overwrite.")
            _require_replaceable(path, remedy)
    for path in places:
        _try_folder(path, remedy)


def make_folder(folder: Path) -> None:
    """Make `folder` and those around it, unless they are there. Raises `CommandError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} cannot be made: {_reason(error)}; choose another folder.") from error


def require_ending(path: Path, endings: Sequence[str], what: str) -> None:
    """Raise `CommandError` unless the name of `path` has one of `endings`. `what` is written there: "lines are"."""
    if path.suffix.lower() not in endings:
        raise CommandError(f"{path}: {what} written as {' or '.join(endings)}; give it such a name.")


def deliver(path: Path, write: Callable[[Path], object], overwrite: bool) -> Path:
    """Let `write` make a file in a hidden place, then put it where `path` says; return where it is.

    Without `overwrite` a file that has appeared there meanwhile stays, and ours gets the next free name. Raises
    `PictureError`.
    """
    with delivery([path]) as files:
        write(files.staged[path])
        with uninterrupted():
            return files.publish([path] if overwrite else [])[0]


def is_same_file(first: Path, second: Path) -> bool:
    """Return whether two paths are, or would be, the same file: by links, by spelling, or where case does not count.

    Names that differ only in case or in the form of accents are taken for the same on every system, since a folder may
    be on a disk, or go to one, where they are.
    """
    try:
        if first.samefile(second):
            return True
    except (OSError, ValueError):  # one is not there yet
        pass
    return _spelling(first) == _spelling(second)


def _spelling(path: Path) -> str:
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()


def _require_file_name(path: Path, remedy: str) -> None:
    if not path.name:
        raise CommandError(f"{path} is no name of a file; {remedy}.")
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = None
    except (OSError, ValueError) as error:  # such as a name that is too long, or a link to itself
        raise CommandError(f"{path} cannot be written: {_reason(error)}; {remedy}.") from error
    if mode is not None and stat.S_ISDIR(mode):
        raise CommandError(f"{path}: this is a folder; give a file name.")
    if mode is not None and not stat.S_ISREG(mode):
        raise CommandError(f"{path} is no plain file, so it cannot be replaced; {remedy}.")
    if not path.absolute().parent.is_dir():
        raise CommandError(f"{path}: the folder {path.parent} does not exist. Make it first.")


def _require_replaceable(path: Path, remedy: str) -> None:
    """Raise CommandError for a file that is protected against writing, which must not be replaced either."""
    try:
        if path.exists():  # else it is a link that leads nowhere
            path.open("r+b").close()
    except OSError as error:
        raise CommandError(f"{path} cannot be replaced: {_reason(error)}; {remedy}.") from error


def _try_folder(path: Path, remedy: str) -> None:
    trial = path.with_name(f".huebrush-{secrets.token_hex(6)}.part")
    try:
        trial.open("xb").close()
        trial.unlink()
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {_reason(error)}; {remedy}.") from error


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
