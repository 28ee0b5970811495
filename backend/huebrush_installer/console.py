"""Output of the installer on the terminal."""

from __future__ import annotations

import os
import sys
from typing import TextIO

_STYLES = {"step": "1;36", "note": "2", "warning": "33", "problem": "1;31", "success": "1;32"}


class Console:
    """Prints numbered steps, notes and warnings, in colour if the terminal supports it."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stdout
        self._colored = self._stream.isatty() and "NO_COLOR" not in os.environ
        self._steps = 0

    def step(self, text: str) -> None:
        """Announce the next step."""
        self._steps += 1
        self._write("step", f"[{self._steps}] {text}")

    def note(self, text: str) -> None:
        """Print a note about the current step."""
        self._write("note", f"    {text}")

    def warning(self, text: str) -> None:
        """Print a warning; the work continues."""
        self._write("warning", f"  ! {text}")

    def problem(self, text: str) -> None:
        """Print what went wrong."""
        self._write("problem", f"Error: {text}")

    def success(self, text: str) -> None:
        """Print what was done."""
        self._write("success", text)

    def _write(self, style: str, text: str) -> None:
        line = f"\033[{_STYLES[style]}m{text}\033[0m" if self._colored else text
        print(line, file=self._stream, flush=True)
