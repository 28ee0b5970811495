"""Checks the place of a picture that a command writes at its end, before the command computes."""

from __future__ import annotations

import os
from pathlib import Path

from huebrush_backend.cli.main import CommandError


def require_png_name(path: Path) -> None:
    """Raise CommandError unless `path` can be the name of a PNG file."""
    if _is_folder(path):
        raise CommandError(f"{path} is a folder; give the name of a file that ends in .png")
    if path.suffix.lower() != ".png":
        raise CommandError(f"{path} does not end in .png; the sheet is a PNG file, give it such a name")


def require_writable_png(path: Path) -> None:
    """Raise CommandError unless `path` is the name of a PNG file in a folder in which files can be made."""
    require_png_name(path)
    if not _is_folder(path.absolute().parent):
        raise CommandError(f"the folder of {path} does not exist; make it first")
    trial = path.with_name(f".{path.name}.{os.getpid()}.part")  # as long as the name that a picture has at first
    try:
        trial.open("xb").close()
        trial.unlink()
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}; choose another place") from error


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # such as a name that is too long
        return False
