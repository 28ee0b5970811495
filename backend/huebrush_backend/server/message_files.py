"""Wire frames of one message, in memory or in a file. A file is mapped, so what is only sent takes no memory."""

from __future__ import annotations

import errno
import mmap
import os
import stat
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zmq

MAGIC = b"HBMSG1\0\0"
PART = ".part"
"""End of the name of a file that is being written."""
_NO_DESCRIPTOR: dict[str, Any] = {"trackfd": False} if sys.version_info >= (3, 13) else {}
"""Option with which a mapped file keeps no descriptor open; older Pythons do not have it."""
_COUNT = struct.Struct("<Q")
_PASSING = frozenset({errno.EAGAIN, errno.EINTR, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""Errors after which the same file may be read a while later."""


class DamagedFile(Exception):
    """A file does not hold what was once written; the message says which."""


@dataclass(frozen=True)
class Parcel:
    """The frames of a message: in `frames`, or in the file `path`."""

    frames: Sequence[Any] = ()
    path: Path | None = None

    def load(self) -> list[Any]:
        """Return the frames. Raises `OSError` or `DamagedFile`."""
        return list(self.frames) if self.path is None else read_frames(self.path)


def size_of(frame: Any) -> int:
    """Return the bytes of a frame: bytes, a view or a `zmq.Frame`."""
    return _view(frame).nbytes


def write_frames(path: Path, frames: Sequence[Any]) -> None:
    """Write `frames` to a file that only this user can read; it appears under its name when it is whole.

    Raises `OSError`; then nothing is left of it.
    """
    part = path.with_name(path.name + PART)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    views = [_view(frame) for frame in frames]
    try:
        with os.fdopen(os.open(part, flags, 0o600), "wb") as stream:
            stream.write(MAGIC + b"".join(map(_COUNT.pack, (len(views), *(view.nbytes for view in views)))))
            for view in views:
                stream.write(view)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def read_frames(path: Path) -> list[memoryview]:
    """Return the frames in a file of `write_frames`.

    Raises `DamagedFile`; `FileNotFoundError`; and other kinds of `OSError` if it may be read a while later.
    """
    with os.fdopen(_open_regular(path), "rb") as stream:
        try:
            data = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ, **_NO_DESCRIPTOR))
        except ValueError as error:  # it is empty
            raise DamagedFile(f"{path} is damaged") from error
    start = len(MAGIC) + _COUNT.size
    try:
        if data[: len(MAGIC)] != MAGIC:
            raise ValueError
        (count,) = _COUNT.unpack_from(data, len(MAGIC))
        if count > (data.nbytes - start) // _COUNT.size:
            raise ValueError
        sizes = struct.unpack_from(f"<{count}Q", data, start)
        start += count * _COUNT.size
        if start + sum(sizes) != data.nbytes:
            raise ValueError
    except (ValueError, struct.error) as error:
        raise DamagedFile(f"{path} is damaged") from error
    frames = []
    for size in sizes:
        frames.append(data[start : start + size])
        start += size
    return frames


def _open_regular(path: Path) -> int:
    """Open a file to read, and never wait for what somebody has put in its place: a pipe, a link, a folder."""
    flags = os.O_RDONLY
    for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _PASSING:
            raise
        raise DamagedFile(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DamagedFile(f"{path} is not a regular file")
    return descriptor


def _view(frame: Any) -> memoryview:
    view = memoryview(frame.buffer if isinstance(frame, zmq.Frame) else frame)
    return view if view.format == "B" and view.ndim == 1 else view.cast("B")
