"""Painting on the canvas as an artist does: real mouse events on Krita's own canvas widget."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from huebrush.base.qt import QtCore, QtGui, QtWidgets
from huebrush.documents.canvas import CanvasView, canvas_view
from krita import Krita, Selection

from .hands import LEFT, document, spin

Point = tuple[float, float]
STEPS = 4
"""Events between two points of a stroke."""


def look_at(x: float, y: float, width: float, height: float) -> None:
    """Zoom and pan to a rectangle of the page."""
    _view().show(x, y, width, height)
    spin(0.5)


def stroke(points: Sequence[Point], size: float = 30.0) -> None:
    """Draw a line through these points of the page with the tool in hand, its brush `size` pixels of the page wide."""
    Krita.instance().activeWindow().activeView().setBrushSize(size)
    kinds, nothing = QtCore.QEvent.Type, QtCore.Qt.MouseButton.NoButton
    path = [points[0], *(_between(*pair, step / STEPS) for pair in pairwise(points) for step in _steps())]
    target = _canvas()
    first = _at(target, points[0])
    QtWidgets.QApplication.sendEvent(target, QtGui.QEnterEvent(first, first, _global(target, first)))
    _send(target, kinds.MouseMove, points[0], nothing, nothing)
    spin(0.1)
    _send(target, kinds.MouseButtonPress, points[0], LEFT, LEFT)
    for point in path:
        _send(target, kinds.MouseMove, point, nothing, LEFT)
        spin(0.02)
    _send(target, kinds.MouseButtonRelease, points[-1], LEFT, nothing)
    spin(0.2)
    document().waitForDone()


def press(point: Point, size: float = 8.0) -> None:
    """Put the tool in hand, its brush `size` pixels of the page wide, down on the page, and leave it there."""
    Krita.instance().activeWindow().activeView().setBrushSize(size)
    kinds, nothing = QtCore.QEvent.Type, QtCore.Qt.MouseButton.NoButton
    target = _canvas()
    first = _at(target, point)
    QtWidgets.QApplication.sendEvent(target, QtGui.QEnterEvent(first, first, _global(target, first)))
    _send(target, kinds.MouseMove, point, nothing, nothing)
    spin(0.1)
    _send(target, kinds.MouseButtonPress, point, LEFT, LEFT)


def press_at_once(point: Point) -> None:
    """Put the tool in hand down on the page, in a single event, and leave it there."""
    kinds, nothing = QtCore.QEvent.Type, QtCore.Qt.MouseButton.NoButton
    target = _canvas()
    first = _at(target, point)
    QtWidgets.QApplication.sendEvent(target, QtGui.QEnterEvent(first, first, _global(target, first)))
    _send(target, kinds.MouseMove, point, nothing, nothing)
    _send(target, kinds.MouseButtonPress, point, LEFT, LEFT)


def release_at_once(point: Point) -> None:
    """Draw on to this point of the page and take the tool off it, in a single event; then the pointer moves on, as any
    does."""
    kinds, nothing = QtCore.QEvent.Type, QtCore.Qt.MouseButton.NoButton
    _send(_canvas(), kinds.MouseMove, point, nothing, LEFT)
    _send(_canvas(), kinds.MouseButtonRelease, point, LEFT, nothing)
    _send(_canvas(), kinds.MouseMove, point, nothing, nothing)


def draw(points: Sequence[Point]) -> None:
    """Draw on, through these points of the page."""
    for point in points:
        _send(_canvas(), QtCore.QEvent.Type.MouseMove, point, QtCore.Qt.MouseButton.NoButton, LEFT)
        spin(0.02)


def release(point: Point) -> None:
    """Take the tool off the page."""
    _send(_canvas(), QtCore.QEvent.Type.MouseButtonRelease, point, LEFT, QtCore.Qt.MouseButton.NoButton)
    spin(0.2)


class Pen:
    """Draws through `points` of the page as the view shows it now: where they are on the canvas is looked up once, so
    that an event costs nothing but what Krita does with it."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._target = _canvas()
        self._places = [(at := _at(self._target, point), _global(self._target, at)) for point in points]

    def press(self, index: int) -> None:
        """Put the tool in hand down at the point `index`."""
        at, on_screen = self._places[index]
        QtWidgets.QApplication.sendEvent(self._target, QtGui.QEnterEvent(at, at, on_screen))
        nothing = QtCore.Qt.MouseButton.NoButton
        self._send(QtCore.QEvent.Type.MouseMove, index, nothing, nothing)
        self._send(QtCore.QEvent.Type.MouseButtonPress, index, LEFT, LEFT)

    def move(self, index: int) -> None:
        """Draw on to the point `index`."""
        self._send(QtCore.QEvent.Type.MouseMove, index, QtCore.Qt.MouseButton.NoButton, LEFT)

    def release(self, index: int) -> None:
        """Take the tool off the page at the point `index`."""
        self._send(QtCore.QEvent.Type.MouseButtonRelease, index, LEFT, QtCore.Qt.MouseButton.NoButton)

    def _send(self, kind: Any, index: int, button: Any, buttons: Any) -> None:
        keys = QtCore.Qt.KeyboardModifier.NoModifier
        event = QtGui.QMouseEvent(kind, *self._places[index], button, buttons, keys)
        QtWidgets.QApplication.sendEvent(self._target, event)


def dot(x: float, y: float, size: float) -> None:
    """Touch the page once, with a hand that is not wholly still."""
    stroke([(x - 0.5, y), (x + 0.5, y)], size)


def select(x: int, y: int, width: int, height: int) -> None:
    """Select a rectangle."""
    selection = Selection()
    selection.select(x, y, width, height, 255)
    document().setSelection(selection)
    spin(0.1)


def foreground() -> list[int]:
    """Return the colour in hand, red, green and blue of 255."""
    blue, green, red = Krita.instance().activeWindow().activeView().foregroundColor().components()[:3]
    return [round(255 * channel) for channel in (red, green, blue)]


def set_foreground(red: int, green: int, blue: int) -> None:
    """Take a colour in hand."""
    from huebrush.documents.krita_colors import managed_color

    Krita.instance().activeWindow().activeView().setForeGroundColor(managed_color((red, green, blue)))
    spin(0.1)


def _steps() -> range:
    return range(1, STEPS + 1)


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _view() -> CanvasView:
    found = canvas_view()
    assert found is not None, "there is no canvas"
    return found


def _canvas() -> Any:
    """Return the widget that Krita paints the page on, a child of the scroll area's viewport."""
    viewport = _view().area.viewport()
    shown = [child for child in viewport.findChildren(QtWidgets.QWidget) if child.isVisible()]
    return next((child for child in shown if "Canvas" in str(child.metaObject().className())), viewport)


def _at(target: Any, point: Point) -> QtCore.QPointF:
    viewport = _view().area.viewport()
    return (
        _view().position(*point) - QtCore.QPointF(target.mapTo(viewport, QtCore.QPoint(0, 0)))
        if (target is not viewport)
        else _view().position(*point)
    )


def _global(target: Any, at: QtCore.QPointF) -> QtCore.QPointF:
    return QtCore.QPointF(target.mapToGlobal(at.toPoint()))


def _send(target: Any, kind: Any, point: Point, button: Any, buttons: Any) -> None:
    at = _at(target, point)
    room = QtCore.QRectF(target.rect())
    if not room.contains(at):
        raise RuntimeError(f"{point} is not on the canvas now: it would be at {at.x()}, {at.y()} of {room}")
    keys = QtCore.Qt.KeyboardModifier.NoModifier
    event = QtGui.QMouseEvent(kind, at, _global(target, at), button, buttons, keys)
    QtWidgets.QApplication.sendEvent(target, event)
