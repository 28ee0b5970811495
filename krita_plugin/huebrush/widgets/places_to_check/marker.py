"""A ring over the canvas around a place of the page; it is a widget, so that the document knows nothing of it."""

from __future__ import annotations

from ...base.qt import QtCore, QtGui, QtWidgets
from ...documents.canvas import CanvasView
from ...results.flats_report import PlaceToCheck

SMALLEST_RADIUS = 24.0
ROOM = 1.25
"""Width of the ring, as a multiple of the place's width."""
PENS = ((QtGui.QColor(0, 0, 0, 150), 6.0), (QtGui.QColor(255, 255, 255), 4.0), (QtGui.QColor(230, 0, 126), 2.0))
"""Colours and widths of the ring, outermost first: it stands out on any picture."""
SECONDS = 6.0


class PlaceMarker(QtWidgets.QWidget):
    """Follows the canvas as it is panned and zoomed, lets the pen through, and vanishes after a while."""

    def __init__(self, view: CanvasView, place: PlaceToCheck) -> None:
        super().__init__(view.area.viewport())
        self.setObjectName("huebrush_marker")
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_NoSystemBackground)
        self._view, self._place = view, place
        for bar in view.scroll_bars:
            bar.valueChanged.connect(self._follow)
            bar.rangeChanged.connect(self._follow)
        self._follow()
        self.show()
        self.raise_()
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.deleteLater)
        self._timer.start(round(SECONDS * 1000))

    def paintEvent(self, a0: QtGui.QPaintEvent | None) -> None:
        """Draw the ring."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        margin = PENS[0][1] / 2 + 1
        ring = QtCore.QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        for color, width in PENS:
            painter.setPen(QtGui.QPen(color, width))
            painter.drawEllipse(ring)
        painter.end()

    def _follow(self, *_: object) -> None:
        place = self._place
        middle = self._view.position(place.x + place.width / 2, place.y + place.height / 2)
        wide = max(place.width, place.height) * self._view.scale() * ROOM / 2
        radius = max(SMALLEST_RADIUS, wide)
        self.setGeometry(
            QtCore.QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius).toAlignedRect()
        )
