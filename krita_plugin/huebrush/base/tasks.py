"""Long work on Krita's main thread, cut into slices with the event loop between them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from functools import partial
from typing import TypeVar

from .qt import QtCore

T = TypeVar("T")

SLICE_SECONDS = 0.01
"""Seconds that one slice works before the event loop runs; a single step of a generator may take longer."""

BREATHE = 1
"""Value that a generator yields to let the event loop run now, however short the step was. Yield it before and after
long calls to Krita that cannot be cut, so that two of them never block Krita in one go."""

Steps = Generator[int, None, T]
"""Generator that does a little work in each step. It yields the milliseconds to wait before the next step (0: none),
and returns its result, a `T`."""


THREAD_MILLISECONDS = 15
"""Milliseconds between two looks whether a thread has ended; a signal from it could reach deleted objects."""


def in_thread(function: Callable[[], T]) -> Steps[T]:
    """Run `function` in a thread of its own; it must not touch Krita or widgets. The generator's result is its result.

    Raises the errors that `function` raises. Useful for work that releases Python's interpreter lock: reading files,
    and Qt's image readers.
    """
    returned: list[T] = []
    raised: list[Exception] = []

    def run() -> None:
        try:
            returned.append(function())
        except Exception as error:  # raised again where somebody waits for the result
            raised.append(error)

    thread = threading.Thread(target=run, name="huebrush", daemon=True)
    thread.start()
    while thread.is_alive():
        yield THREAD_MILLISECONDS
    if raised:
        raise raised[0]
    return returned[0]


def finish(steps: Steps[T]) -> T:
    """Do all `steps` now, and return their result: in a thread, where nobody waits between two of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


class SlicedTask(QtCore.QObject):
    """Task that runs a generator of `Steps` slice by slice, then calls `on_done(result)` or `on_error(exception)`.

    After `cancel`, nothing is called any more.
    """

    def __init__(
        self,
        steps: Steps[T],
        on_done: Callable[[T], None],
        on_error: Callable[[Exception], None],
        parent: QtCore.QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._steps = _then(steps, on_done)
        self._on_error = on_error
        self._active = True
        self._running = False
        self._schedule(0)

    def cancel(self) -> None:
        """Stop before the next step. The generator's `finally` blocks run now, or when the current step has ended
        (some of Krita's calls let events run inside them, so this may be called from within a step)."""
        if self._active:
            self._active = False
            if not self._running:
                self._close()

    def _close(self) -> None:
        self._steps.close()
        self.deleteLater()

    def _schedule(self, milliseconds: int) -> None:
        QtCore.QTimer.singleShot(milliseconds, self._run_slice)

    def _run_slice(self) -> None:
        if not self._active or self._running:
            return
        started = time.monotonic()
        self._running = True
        try:
            while True:
                wait = next(self._steps)
                if not self._active:  # cancelled from within the step
                    self._running = False
                    self._close()
                    return
                if wait or time.monotonic() - started >= SLICE_SECONDS:
                    self._running = False
                    self._schedule(wait)
                    return
        except StopIteration as stop:
            self._end(stop.value)
        except Exception as error:  # whatever went wrong must be shown in the docker, not lost in an event handler
            self._end(partial(self._on_error, error))

    def _end(self, tell: Callable[[], None]) -> None:
        self._running = False
        if self._active:  # told in an event of its own: the last step may have taken long enough
            QtCore.QTimer.singleShot(BREATHE, lambda: self._tell(tell))
        else:
            self.deleteLater()

    def _tell(self, tell: Callable[[], None]) -> None:
        if self._active:
            self._active = False
            self.deleteLater()
            tell()


def _then(steps: Steps[T], on_done: Callable[[T], None]) -> Steps[Callable[[], None]]:
    """Do `steps`; the generator's result is a call of `on_done` with theirs, still to be made."""
    result = yield from steps
    return partial(on_done, result)
