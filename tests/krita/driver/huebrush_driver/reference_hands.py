"""Painting over a reference as an artist does: real mouse events and keys in the window that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from huebrush.base.qt import QtCore, QtGui, QtWidgets
from krita import Krita

from .hands import LEFT, QTest, spin

Point = tuple[float, float]
NOTHING = QtCore.Qt.MouseButton.NoButton


def window() -> Any:
    """Return the window of the reference, None while there is none."""
    own = Krita.instance().activeWindow().qwindow()
    found = own.findChildren(QtWidgets.QDialog, "huebrush_strokes_window")
    return next((shown for shown in found if shown.isVisible()), None)


def press_key(key: str, held: Any = QtCore.Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key on the picture, by its name in Qt, such as "R" or "Escape"."""
    QTest.keyClick(window().canvas, getattr(QtCore.Qt.Key, f"Key_{key}"), held)
    spin()


def stroke(points: Sequence[Point], size: float = 30.0) -> None:
    """Draw through these points of the page with the tool in hand, its brush `size` pixels of the page wide."""
    rect = window().canvas.strokes.frame.rect
    width = round(1000 * size / max(rect.width, rect.height))
    window().findChild(QtWidgets.QSlider, "huebrush_strokes_size").setValue(width)
    begin(points[0])
    for point in points[1:-1]:
        _send(QtCore.QEvent.Type.MouseMove, point, LEFT)
        spin(0.02)
    end(points[-1])


def begin(point: Point) -> None:
    """Begin a stroke at this point of the page."""
    _send(QtCore.QEvent.Type.MouseButtonPress, point, LEFT)
    spin()


def end(point: Point) -> None:
    """End the stroke at this point of the page."""
    _send(QtCore.QEvent.Type.MouseMove, point, LEFT)
    _send(QtCore.QEvent.Type.MouseButtonRelease, point, NOTHING)
    spin()


def _send(kind: QtCore.QEvent.Type, point: Point, held: QtCore.Qt.MouseButton) -> None:
    canvas = window().canvas
    rect = canvas.strokes.frame.rect
    place = canvas.position((point[0] - rect.x) / rect.width, (point[1] - rect.y) / rect.height)
    at = QtCore.QPointF(canvas.mapToGlobal(place.toPoint()))
    button = NOTHING if kind == QtCore.QEvent.Type.MouseMove else LEFT
    event = QtGui.QMouseEvent(kind, place, at, button, held, QtCore.Qt.KeyboardModifier.NoModifier)
    QtWidgets.QApplication.sendEvent(canvas, event)
