"""Reads small files that others may have written: never waits, reads only regular files, and only up to a limit.

Uses the standard library only, as this also runs in Krita.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from huebrush_protocol.texts import Text

MOST_BYTES = 1 << 20
"""Largest small file."""


class SmallFileError(Exception):
    """A file cannot be read as what it should be; the first argument is a `Text` that says why, without its path."""


def read_small_file(file: Path, most: int = MOST_BYTES) -> bytes:
    """Return the content of a regular file, or of one that `file` links to.

    A pipe, device, folder or larger file is refused. Raises `FileNotFoundError` if there is no such file, and
    `SmallFileError`.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # asked before opening too: to open a device may do something
            raise SmallFileError(Text.of("file.not_regular"))
        # Without O_NONBLOCK, a pipe that has just taken the file's place would be waited for.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise SmallFileError(Text.of("file.not_regular"))
            content = stream.read(most + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SmallFileError(Text(error.strerror or str(error))) from error
    if len(content) > most:
        raise SmallFileError(Text.of("file.too_large", size=max(status.st_size, len(content)), most=most))
    return content


def read_json_map(file: Path, most: int = MOST_BYTES) -> dict[str, Any]:
    """Return the map in a JSON file. Raises `FileNotFoundError` and `SmallFileError`."""
    content = read_small_file(file, most)
    try:
        values = json.loads(content.decode("utf-8"))
    except RecursionError as error:
        raise SmallFileError(Text.of("file.too_deep")) from error
    except ValueError as error:
        raise SmallFileError(Text.of("file.no_json", reason=str(error)[:200])) from error
    if not isinstance(values, dict):
        raise SmallFileError(Text.of("file.no_map"))
    return values
