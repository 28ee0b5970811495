"""Long work on Krita's main thread, cut into slices with the event loop between them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from .qt import QtCore

SLICE_SECONDS = 0.01
"""How long one slice works before the event loop gets its turn; one step of a generator may take longer."""

BREATHE = 1
"""What a generator yields to let the event loop have its turn however short the step was: before and after calls of
Krita's that take long and cannot be cut, so that no two of them hold Krita up in one go."""

Steps = Generator[int, None, Any]
"""A generator doing a little work per step. It yields how many milliseconds to wait before the next step (0: none)
and returns its result."""


THREAD_MILLISECONDS = 15
"""How often to look whether a thread has ended; a signal from it could reach objects that are gone by then."""


def in_thread(function: Callable[[], Any]) -> Steps:
    """Run `function`, which must not touch Krita or widgets, in a thread of its own; the result is what it returns.

    Raises what it raises. Worth it for what lets go of Python's interpreter meanwhile: files, and Qt's image readers.
    """
    returned: list[Any] = []
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


class SlicedTask(QtCore.QObject):
    """Runs a generator of `Steps` a slice at a time, then calls `on_done(result)` or `on_error(exception)`.

    Nothing is called any more after `cancel`.
    """

    def __init__(
        self,
        steps: Steps,
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
        parent: QtCore.QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._steps = steps
        self._on_done = on_done
        self._on_error = on_error
        self._active = True
        self._running = False
        self._schedule(0)

    def cancel(self) -> None:
        """Stop before the next step; the generator's `finally` blocks run now, or when the step in hand is through
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
            self._end(self._on_done, stop.value)
        except Exception as error:  # whatever went wrong must be shown in the docker, not lost in an event handler
            self._end(self._on_error, error)

    def _end(self, callback: Callable[[Any], None], value: Any) -> None:
        self._running = False
        if self._active:  # told in an event of its own: the last step may have taken long enough
            QtCore.QTimer.singleShot(BREATHE, lambda: self._tell(callback, value))
        else:
            self.deleteLater()

    def _tell(self, callback: Callable[[Any], None], value: Any) -> None:
        if self._active:
            self._active = False
            self.deleteLater()
            callback(value)
