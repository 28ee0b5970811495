"""Krita's canvas: zoom and pan to a place of the page, and find a place of the page on the canvas.

Krita 5.2 and later say where a point of the page is on the canvas. Before that only the scroll bars around it tell:
their values are offsets into the page as it is shown, zoomed, mirrored and turned, and their ranges tell how large that
is (from 5.3.4.1 on the ranges are others). The bars also pan the canvas in every Krita: `Canvas.setPreferredCenter`,
which 5.3 brought, takes no account of turning and mirroring.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from krita import Krita

from ..base.qt import QtCore, QtGui, QtWidgets, never_none
from .find import active_document

if TYPE_CHECKING:
    from krita import Canvas, Document, View

CONTROLLER = "KisCanvasController"
"""The class of the scroll area around Krita's canvas."""
SHARE = 0.2
"""Share of the canvas' shorter side that a place fills when it is shown."""
LARGEST_ZOOM = 2.0
"""Largest zoom level: single pixels say little."""
NEAR_PIXELS = 3.0
SAME_SCALE = 0.005
"""Differences between two states of a canvas that count as none: pixels of the screen, and share of the scale."""


@dataclass(frozen=True)
class CanvasState:
    """State of a canvas: the page's point in its middle, the size of a pixel of the page in pixels of the screen, the
    rotation in degrees, and whether it is mirrored."""

    x: float
    y: float
    scale: float
    rotation: float
    mirror: bool

    def is_like(self, other: CanvasState) -> bool:
        """True where nobody would see a difference: the middle is within a few pixels, all else is the same."""
        near = NEAR_PIXELS / max(self.scale, other.scale, 1e-9)
        is_same_place = abs(self.x - other.x) <= near and abs(self.y - other.y) <= near
        is_same_way = abs(self.rotation - other.rotation) < 0.01 and self.mirror == other.mirror
        return is_same_place and is_same_way and abs(self.scale / max(other.scale, 1e-9) - 1) < SAME_SCALE


@dataclass(frozen=True)
class CanvasView:
    """Krita's view of a document, and the scroll area that shows its canvas."""

    document: Document
    view: View
    area: QtWidgets.QAbstractScrollArea

    @property
    def scroll_bars(self) -> tuple[QtWidgets.QScrollBar, QtWidgets.QScrollBar]:
        """The one across and the one down."""
        return never_none(self.area.horizontalScrollBar()), never_none(self.area.verticalScrollBar())

    @property
    def canvas(self) -> Canvas:
        """The canvas, which zooms, turns and mirrors the page."""
        return self.view.canvas()

    def position(self, x: float, y: float) -> QtCore.QPointF:
        """Return the position of the page's point `x`, `y` in the viewport now."""
        return self._transform().map(QtCore.QPointF(x, y))

    def page_point(self, position: QtCore.QPointF) -> QtCore.QPointF:
        """Return the point of the page that is at `position` in the viewport now."""
        return self._transform().inverted()[0].map(position)

    def scale(self) -> float:
        """Return the size of one pixel of the page in pixels of the screen."""
        return math.sqrt(abs(self._transform().determinant()))

    def show(self, x: float, y: float, width: float, height: float) -> None:
        """Zoom and pan until the rectangle is in the middle, with a margin around it."""
        viewport = never_none(self.area.viewport()).size()
        room = SHARE * min(viewport.width(), viewport.height())
        self.canvas.setZoomLevel(min(LARGEST_ZOOM, room / max(1.0, width, height)))
        self._pan(x + width / 2, y + height / 2)

    def state(self) -> CanvasState:
        """Return the present state of the canvas."""
        viewport = never_none(self.area.viewport()).size()
        back, _ = self._transform().inverted()
        middle = back.map(QtCore.QPointF(viewport.width() / 2, viewport.height() / 2))
        canvas = self.canvas
        return CanvasState(middle.x(), middle.y(), self.scale(), canvas.rotation(), canvas.mirror())

    def restore(self, state: CanvasState) -> None:
        """Show again what was shown in `state`."""
        if self.canvas.mirror() != state.mirror:
            self.canvas.setMirror(state.mirror)
        if abs(self.canvas.rotation() - state.rotation) > 1e-6:
            self.canvas.setRotation(state.rotation)
        self.canvas.setZoomLevel(state.scale)
        reached = self.scale()
        if reached > 0 and abs(reached / state.scale - 1) > SAME_SCALE / 10:  # as on a screen with dense pixels
            self.canvas.setZoomLevel(state.scale * state.scale / reached)
        self._pan(state.x, state.y)

    def _pan(self, x: float, y: float) -> None:
        """Pan until the page's point is in the middle."""
        viewport, place = never_none(self.area.viewport()).size(), self.position(x, y)
        across, down = self.scroll_bars
        across.setValue(across.value() + round(place.x() - viewport.width() / 2))
        down.setValue(down.value() + round(place.y() - viewport.height() / 2))

    def _transform(self) -> QtGui.QTransform:
        """Return the transform from points of the page to points of the viewport."""
        if hasattr(self.view, "flakeToImageTransform"):
            to_flake, _ = self.view.flakeToImageTransform().inverted()
            return to_flake * self.view.flakeToCanvasTransform()
        return self._transform_of_scroll_bars()

    def _transform_of_scroll_bars(self) -> QtGui.QTransform:
        """Return the same transform from the scroll bars, whatever mode of zooming is set."""
        turn = QtGui.QTransform()
        turn.rotate(self.canvas.rotation())
        if self.canvas.mirror():
            turn.scale(-1, 1)
        shown = turn.mapRect(QtCore.QRectF(0, 0, self.document.width(), self.document.height()))
        across, down = self.scroll_bars
        scale = (across.minimum() + across.maximum() + across.pageStep()) / max(1.0, shown.width())
        place = QtGui.QTransform()
        place.translate(-across.value(), -down.value())
        place.scale(scale, scale)
        place.translate(-shown.x(), -shown.y())
        return turn * place


def canvas_view() -> CanvasView | None:
    """Return the canvas in front, None while there is none."""
    window, document = Krita.instance().activeWindow(), active_document()
    view = window.activeView() if window is not None else None
    if document is None or window is None or view is None:
        return None
    windows = window.qwindow().findChild(QtWidgets.QMdiArea)
    if windows is None:
        return None
    shown = windows.currentSubWindow() or windows
    areas = (area for area in shown.findChildren(QtWidgets.QAbstractScrollArea) if area.isVisible())
    area = next((area for area in areas if never_none(area.metaObject()).className() == CONTROLLER), None)
    return CanvasView(document, view, area) if area is not None else None
