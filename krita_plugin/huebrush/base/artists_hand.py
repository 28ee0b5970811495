"""Whether the artist's hand is at work: a pen, a finger or a button of the mouse is down.

A layer that is inserted in the middle of a stroke cuts the stroke off, so what changes a document waits until the hand
is up. Qt knows of the mouse's buttons; of pens and fingers only the events tell, which are watched while a job runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from .qt import QtCore, QtGui, QtWidgets
from .tasks import Steps

WAIT_MILLISECONDS = 20
"""Milliseconds between two looks whether the hand is up."""
SETTLE_MILLISECONDS = 60
"""Milliseconds that the hand has to be up: between two strokes of hatching it hardly leaves the tablet."""
Kind = QtCore.QEvent.Type
_MOUSE = (Kind.MouseButtonPress, Kind.MouseButtonRelease, Kind.MouseMove, Kind.MouseButtonDblClick)
_PEN = (Kind.TabletPress, Kind.TabletMove, Kind.TabletRelease)
_DRAGS = (Kind.DragEnter, Kind.DragMove, Kind.DragLeave, Kind.Drop)
_TOUCH_BEGINS = (Kind.TouchBegin, Kind.TouchUpdate)
_TOUCH_ENDS = (Kind.TouchEnd, Kind.TouchCancel)
_WATCHED = frozenset((*_MOUSE, *_PEN, Kind.TabletLeaveProximity, *_DRAGS, *_TOUCH_BEGINS, *_TOUCH_ENDS))


class ArtistsHand(QtCore.QObject):
    """Watches presses and releases of pens, fingers and buttons in all of Krita's windows, between `watch` and
    `rest`."""

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._is_watching = False
        self._has_button = self._has_pen = self._has_finger = False
        self._own_loops: list[int] = []

    @property
    def is_down(self) -> bool:
        """True while a pen, a finger or a button is down."""
        is_pressed = QtWidgets.QApplication.mouseButtons() != QtCore.Qt.MouseButton.NoButton
        return is_pressed or self._has_button or self._has_pen or self._has_finger

    @property
    def is_asked(self) -> bool:
        """True while Krita waits for an answer of the artist's: a menu or a dialog is open."""
        return _running_loops() > (self._own_loops[-1] if self._own_loops else 1)

    @property
    def is_in_own_loop(self) -> bool:
        """True within a block of `in_own_loop`."""
        return bool(self._own_loops)

    @contextmanager
    def in_own_loop(self) -> Iterator[None]:
        """Let the block run an event loop that asks the artist nothing; nor do those ask that it is run in."""
        self._own_loops.append(_running_loops() + 1)
        try:
            yield
        finally:
            self._own_loops.pop()

    def watch(self) -> None:
        """Begin to watch."""
        application = QtWidgets.QApplication.instance()
        if application is not None and not self._is_watching:
            self._is_watching = True
            application.installEventFilter(self)

    def rest(self) -> None:
        """Watch no longer: each event of Krita's passes through here while this watches."""
        application = QtWidgets.QApplication.instance()
        if application is not None and self._is_watching:
            self._is_watching = False
            application.removeEventFilter(self)
        self._has_button = self._has_pen = self._has_finger = False

    def eventFilter(self, a0: QtCore.QObject | None, a1: QtCore.QEvent | None) -> bool:
        """Take note of the event `a1`, and let it pass."""
        kind = a1.type() if a1 is not None else None
        if kind not in _WATCHED:
            return False
        nothing = QtCore.Qt.MouseButton.NoButton
        if kind in _MOUSE and isinstance(a1, QtGui.QMouseEvent):
            self._has_button = a1.buttons() != nothing
        elif kind in _PEN and isinstance(a1, QtGui.QTabletEvent):
            self._has_pen = kind != Kind.TabletRelease and a1.buttons() != nothing
        elif kind in _TOUCH_BEGINS:
            self._has_finger = True
        elif kind in _TOUCH_ENDS:
            self._has_finger = False
        elif kind == Kind.TabletLeaveProximity:
            self._has_pen = False
        elif kind in _DRAGS:  # whoever drags gets the release of the button, which nobody else sees
            self._has_button = False
        return False


@lru_cache(maxsize=1)
def artists_hand() -> ArtistsHand:
    """Return the one watch of this Krita."""
    return ArtistsHand(QtWidgets.QApplication.instance())


def until_hand_is_up() -> Steps[None]:
    """Wait until the artist's hand is up, and no menu or dialog is open. When that has been so all along, no event
    runs: what was looked at still holds.

    What is done next, up to the next step, is done before the artist can press again.
    """
    hand = artists_hand()
    while hand.is_down or hand.is_asked:
        while hand.is_down or hand.is_asked:
            yield WAIT_MILLISECONDS
        yield SETTLE_MILLISECONDS


def _running_loops() -> int:
    """Return the number of event loops that run within each other; Krita's own is the first."""
    thread = QtCore.QThread.currentThread()
    return thread.loopLevel() if thread is not None else 0
