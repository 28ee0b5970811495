"""Ctrl+C: a command ends promptly by it, also in the middle of a long computation, and leaves nothing behind."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import NoReturn

from huebrush_backend.cli.terminal import flush_terminal

EXIT_CANCELLED = 130
"""Exit status after Ctrl+C, as shells have it."""
PATIENCE = 0.5
"""Seconds that a command has to end by itself after Ctrl+C, before it is ended."""
_CLEARING = 2.0


class Interruption:
    """Whether Ctrl+C was pressed, and whether the command must not be ended from outside now."""

    def __init__(self) -> None:
        self.pressed = threading.Event()
        self.patience = PATIENCE
        self.ending = threading.Lock()
        self._busy = 0
        self._free = threading.Event()
        self._free.set()

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """Let the code inside end by itself, however long it takes."""
        self._busy += 1
        self._free.clear()
        try:
            yield
        finally:
            self._busy -= 1
            if not self._busy:
                self._free.set()

    def wait_until_free(self) -> None:
        """Wait until no code is held off."""
        self._free.wait()


@cache
def interruption() -> Interruption:
    """Return the one of this process."""
    return Interruption()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let the code inside end by itself after Ctrl+C, such as a training that saves its state."""
    with interruption().held_off():
        yield


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Give the code inside some more time to end by itself after Ctrl+C, such as for the figures of what was done."""
    before, interruption().patience = interruption().patience, seconds
    try:
        yield
    finally:
        interruption().patience = before


@contextmanager
def prompt_end() -> Iterator[None]:
    """End this process within about a second of Ctrl+C, even if its main thread computes in a library and sees nothing.

    The main thread gets its KeyboardInterrupt, or whatever the command has put in its place, and has `PATIENCE` to end.
    Then temporary files are removed, processes that were started are ended, and the process ends with 130.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    reading, writing = os.pipe()
    if os.name != "nt":  # where a pipe has no such mode, and Python wants none
        os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reading,), daemon=True, name="ctrl-c").start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)


def _watch(reading: int) -> None:
    """Wait for Ctrl+C; then give the main thread `patience` to end, and end the process."""
    while True:
        told = os.read(reading, 64)
        if not told:
            return
        if signal.SIGINT in told:
            break
    interruption().pressed.set()
    time.sleep(interruption().patience)
    interruption().wait_until_free()
    end_now()


def end_now() -> NoReturn:
    """End the process with 130, after its children and its temporary files.

    It ends here and not in Python's own way, since Python ends with another status if a library has met Ctrl+C first.
    """
    if not interruption().ending.acquire(blocking=False):
        threading.Event().wait()  # another thread ends the process already
    clearing = threading.Thread(target=_clear, daemon=True)
    clearing.start()
    clearing.join(_CLEARING)
    flush_terminal()
    with suppress(OSError):
        os.write(2, b"Cancelled.\n")
    os._exit(EXIT_CANCELLED)


def _clear() -> None:
    with suppress(Exception):
        _end_children()
    with suppress(Exception):
        atexit._run_exitfuncs()  # temporary folders are removed there


def _end_children() -> None:
    import psutil

    children = psutil.Process().children(recursive=True)
    for child in children:
        with suppress(psutil.Error):
            child.terminate()
    _, alive = psutil.wait_procs(children, timeout=0.3)
    for child in alive:
        with suppress(psutil.Error):
            child.kill()


def quiet_unraisable(report: sys.UnraisableHookArgs) -> None:
    """Tell of errors in destructors as Python does, but not of Ctrl+C that happened to come there."""
    if not isinstance(report.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(report)
