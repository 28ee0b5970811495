"""The backend's log: a rotating file in the runtime folder that only its user can read."""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import logging.handlers
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huebrush_protocol.endpoint import LOG_FILE

MAX_LOG_BYTES = 1 << 20
KEPT_LOGS = 3
REMEDY = "remove it or make room, or choose another runtime folder with --runtime"
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogFileError(Exception):
    """The log cannot be written where it belongs; the message says why and what to do."""


class OneLineFormatter(logging.Formatter):
    """Formats each record as one line, so that no text of a client can pass for a record, or command a terminal.

    Characters that cannot be seen are escaped. Lines of a traceback are indented.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback's lines after it."""
        lines = [super().format(_without_traceback(record))]
        if record.exc_info:
            lines += map(escaped, self.formatException(record.exc_info).split("\n"))
        return "\n    ".join(lines)


class LogFile(logging.handlers.RotatingFileHandler):
    """A rotating file that follows no link and waits for no pipe.

    Raises OSError if the file is none of this user's own. Records that cannot be written later, because the disk is
    full for example, are lost without a word: standard error may be a pipe that nobody reads.
    """

    def _open(self) -> io.TextIOWrapper:
        stream = open(self.baseFilename, "a", encoding="utf-8", errors="backslashreplace", opener=_open_plain)  # noqa: SIM115
        assert isinstance(stream, io.TextIOWrapper)
        return stream

    def handleError(self, record: logging.LogRecord) -> None:
        """Drop the record and what the stream still holds; the next record opens the file again."""
        self.close_file()

    def close_file(self) -> None:
        """Close the file; the next record opens it again."""
        stream, self.stream = self.stream, None  # type: ignore[assignment]
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()


def reopen() -> None:
    """Let the next record open the log file anew: something has removed it."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, LogFile):
            handler.close_file()


def escaped(text: str) -> str:
    """Return `text` with escapes in place of characters that cannot be seen, such as ends of lines."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


@contextmanager
def log_to_file(runtime: Path, verbose: bool = False) -> Iterator[Path]:
    """Within the block, write this process's log to `runtime/backend.log` (1 MiB, three older files); give its path.

    Raises `LogFileError`.
    """
    path = runtime / LOG_FILE
    try:
        handler = LogFile(path, maxBytes=MAX_LOG_BYTES, backupCount=KEPT_LOGS, encoding="utf-8")
    except OSError as error:
        raise LogFileError(f"the log {path} cannot be written: {error.strerror}; {REMEDY}") from error
    _configure(handler, verbose)
    try:
        yield path
    finally:
        logging.getLogger().removeHandler(handler)
        with contextlib.suppress(OSError):  # what it still held does not fit on the disk
            handler.close()


def log_to_stderr(verbose: bool = False) -> None:
    """Write this process's log to standard error. The worker does this, and the front writes its output to the file."""
    _configure(logging.StreamHandler(sys.stderr), verbose)


def _configure(handler: logging.Handler, verbose: bool) -> None:
    handler.setFormatter(OneLineFormatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.getLogger("zmq.auth").setLevel(logging.INFO)


def _without_traceback(record: logging.LogRecord) -> logging.LogRecord:
    copy = logging.makeLogRecord(record.__dict__)
    copy.msg, copy.args = escaped(record.getMessage()), ()
    copy.exc_info = copy.exc_text = copy.stack_info = None
    return copy


def _open_plain(path: str, flags: int) -> int:
    """Open a log file for `open`. Raises OSError if it is a link, a pipe or another user's."""
    handle = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o600)
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or (sys.platform != "win32" and status.st_uid != os.getuid()):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a file of your own", path)
    return handle
