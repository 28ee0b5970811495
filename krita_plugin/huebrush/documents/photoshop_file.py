"""A document as a file for Photoshop, written by Krita itself: its layers and groups, profile and resolution."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from krita import InfoObject

from ..base.problems import ProblemError, problem
from ..base.strings import text

if TYPE_CHECKING:
    from krita import Document

SUFFIX = ".psd"
LONGEST_SIDE = 30_000
"""Most pixels along a side of a PSD."""
_NAME_LENGTH = 40


def export_photoshop(document: Document, path: Path) -> None:
    """Write `document` as a PSD to `path`, completely or not at all; the document stays the file that it is.

    Raises `ProblemError` when it is too large for the format, or cannot be written.
    """
    if max(document.width(), document.height()) > LONGEST_SIDE:
        raise ProblemError(problem("psd_too_large", most=LONGEST_SIDE))
    # Krita chooses the format by the end of the name.
    partial = path.with_name(f".{path.stem[:_NAME_LENGTH]}.{os.getpid()}.part{SUFFIX}")
    try:
        with partial.open("xb"):
            pass  # says at once why nothing can be written there
        if not document.exportImage(str(partial), InfoObject()):
            raise ProblemError(problem("psd_not_written", reason=text("photoshop.refused")))
        partial.replace(path)
    except (OSError, UnicodeError) as error:  # a name of a file may not fit into the system's own letters
        reason = error.strerror if isinstance(error, OSError) else None
        raise ProblemError(problem("psd_not_written", reason=reason or str(error))) from error
    finally:
        with suppress(OSError, UnicodeError):
            partial.unlink()
