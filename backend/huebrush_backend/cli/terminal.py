"""The terminal, or what is in its place: any encoding, closed pipes, and no talk of libraries."""

from __future__ import annotations

import codecs
import errno
import logging
import os
import sys
import warnings
from contextlib import suppress
from typing import TextIO

EXIT_CLOSED_PIPE = 141
"""Exit status when nobody reads any more, as shells have it for programs that end by SIGPIPE."""
_ERRORS = "huebrush-plain"
_PLAIN = {
    "…": "...", "–": "-", "—": "-", "‑": "-", "−": "-", "×": "x", "·": "-", "•": "-", "›": ">", "‹": "<", "▸": ">",
    "→": "->", "←": "<-", "≥": ">=", "≤": "<=", "≈": "~", "±": "+/-", "²": "^2", "³": "^3", "µ": "u", "°": " deg",
    "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "ä": "ae", "ö": "oe", "ü": "ue", "é": "e", "✓": "+", "✗": "x",
    "√": "sqrt", "Δ": "delta", "σ": "sigma", "π": "pi", "½": "1/2", "¼": "1/4", "━": "-", "╸": "-", "╺": "-",
}  # fmt: skip
"""Characters of our own sentences, and what stands for them where they cannot be shown."""


def prepare_terminal() -> None:
    """Let standard output and error take every character, and let libraries keep their advice to themselves."""
    codecs.register_error(_ERRORS, _in_plain_characters)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started the program
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_ERRORS)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    logging.lastResort = logging.NullHandler()  # the usual one shows warnings of libraries, which are for developers
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")


def flush_terminal(failure: OSError | None = None) -> int | None:
    """Write out what was printed; return None, or the exit status if it could not be.

    `failure`: the error that writing has met already.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            failure = failure or error
            _silence(stream)
        except ValueError:  # closed
            continue
    if failure is None:
        return None
    if is_closed_pipe(failure):
        return EXIT_CLOSED_PIPE
    with suppress(OSError):
        print(f"huebrush: the output cannot be written: {failure.strerror or failure}.", file=sys.stderr, flush=True)
    return 1


def is_of_output(error: BaseException) -> bool:
    """Return whether an error says that what was printed cannot be written: nobody reads, or the disk is full."""
    if not isinstance(error, OSError) or error.filename is not None:
        return False
    return is_closed_pipe(error) or error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT)


def is_closed_pipe(error: OSError) -> bool:
    """Return whether an error says that nobody reads what is written."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)


def _silence(stream: TextIO) -> None:
    """Send what a stream still holds, and all to come, nowhere; else Python complains of it when it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _in_plain_characters(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace what an encoding lacks; bytes of a file name that are no text come out as they are."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    if all("\udc80" <= character <= "\udcff" for character in text):
        return text.encode("utf-8", "surrogateescape"), error.end
    shown = (_PLAIN.get(each) or each.encode("ascii", "backslashreplace").decode("ascii") for each in text)
    return "".join(shown), error.end
