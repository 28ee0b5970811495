"""Where the artist looks: zooming and panning the canvas to a place of the page, and finding a place on the canvas.

Krita's scripts can zoom the canvas but not pan it. Its scroll bars can be set, though: their values are offsets into
the page as it is shown, zoomed, mirrored and turned, and their ranges tell how large that is. So positions come from
what the bars say, whatever mode of zooming is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from krita import Krita

from ..base.qt import QtCore, QtGui, QtWidgets
from .find import active_document, document_key

CONTROLLER = "KisCanvasController"
"""The class of the scroll area around Krita's canvas."""
SHARE = 0.2
"""How much of the canvas' shorter side a place takes when it is shown."""
LARGEST_ZOOM = 2.0
"""Nothing is enlarged further than this: pixels alone say little."""


@dataclass(frozen=True)
class CanvasView:
    """The canvas of the document with this `key` and the scroll area that shows it."""

    key: str
    canvas: Any
    area: Any

    def position(self, x: float, y: float) -> QtCore.QPointF:
        """Return where the point `x`, `y` of the page is in the viewport now."""
        bars = self.area.horizontalScrollBar(), self.area.verticalScrollBar()
        content = self._content(x, y)
        return QtCore.QPointF(content.x() - bars[0].value(), content.y() - bars[1].value())

    def scale(self) -> float:
        """Return how many pixels of the screen one of the page takes."""
        bar, shown = self.area.horizontalScrollBar(), self._turned()[1]
        return (bar.minimum() + bar.maximum() + bar.pageStep()) / max(1.0, shown.width())

    def show(self, x: float, y: float, width: float, height: float) -> None:
        """Zoom and pan until the rectangle stands in the middle, with something around it."""
        viewport = self.area.viewport().size()
        room = SHARE * min(viewport.width(), viewport.height())
        self.canvas.setZoomLevel(min(LARGEST_ZOOM, room / max(1.0, width, height)))
        content = self._content(x + width / 2, y + height / 2)
        self.area.horizontalScrollBar().setValue(round(content.x() - viewport.width() / 2))
        self.area.verticalScrollBar().setValue(round(content.y() - viewport.height() / 2))

    def _content(self, x: float, y: float) -> QtCore.QPointF:
        """Return a point of the page in the coordinates of the scroll bars."""
        turn, shown = self._turned()
        scale = self.scale()
        turned = turn.map(QtCore.QPointF(x, y))
        return QtCore.QPointF((turned.x() - shown.x()) * scale, (turned.y() - shown.y()) * scale)

    def _turned(self) -> tuple[QtGui.QTransform, QtCore.QRectF]:
        """Return how the page is mirrored and turned, and its bounds after that, unscaled."""
        document = active_document()
        size = (document.width(), document.height()) if document is not None else (1, 1)
        turn = QtGui.QTransform()
        turn.rotate(self.canvas.rotation())
        if self.canvas.mirror():
            turn.scale(-1, 1)
        return turn, turn.mapRect(QtCore.QRectF(0, 0, *size))


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
    area = next((area for area in areas if area.metaObject().className() == CONTROLLER), None)
    return CanvasView(document_key(document), view.canvas(), area) if area is not None else None
