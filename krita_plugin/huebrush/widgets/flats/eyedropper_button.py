"""The button of an eyedropper, which takes a colour from the canvas."""

from __future__ import annotations

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...documents.eyedropper import Eyedropper
from ..pages.glyphs import page_glyph

LEAST_EDGE = 16
"""Least edge of the glyph in pixels; it grows with the font."""
CURSOR = QtCore.QSize(24, 24)
TIP = QtCore.QPoint(2, 22)
"""Place of the tip in the picture of the cursor."""


class EyedropperButton(QtWidgets.QToolButton):
    """Down while the eyedropper is taken up. Emits `picked("#rrggbb")`."""

    picked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setCheckable(True)
        self.setAccessibleName(text("eyedropper"))
        self.setToolTip(text("eyedropper.tip"))
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self._eyedropper = Eyedropper(self)
        self._eyedropper.picked.connect(self.picked)
        self._eyedropper.used.connect(self.setChecked)
        self.clicked.connect(self._on_clicked)
        self._draw_glyph()

    def hideEvent(self, a0: QtGui.QHideEvent | None) -> None:
        """Put the eyedropper down when what the colour is for is out of sight."""
        self._eyedropper.put_down()
        super().hideEvent(a0)

    def changeEvent(self, a0: QtCore.QEvent | None) -> None:
        """Follow the colours and the font of the theme."""
        super().changeEvent(a0)
        if never_none(a0).type() in (QtCore.QEvent.Type.PaletteChange, QtCore.QEvent.Type.FontChange):
            self._draw_glyph()

    def _on_clicked(self, checked: bool) -> None:
        if checked:
            self._eyedropper.take_up(_cursor())
        else:
            self._eyedropper.put_down()

    def _draw_glyph(self) -> None:
        color = self.palette().color(QtGui.QPalette.ColorRole.WindowText)
        edge = max(LEAST_EDGE, self.fontMetrics().height())
        size = QtCore.QSize(edge, edge)
        self.setIconSize(size)
        self.setIcon(page_glyph("eyedropper", color, size, self.devicePixelRatioF()))


def _cursor() -> QtGui.QCursor:
    """Return an eyedropper that is seen on dark and on light pages."""
    picture = QtGui.QPixmap(CURSOR)
    picture.fill(QtCore.Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(picture)
    black, white = (
        page_glyph("eyedropper", QtGui.QColor(name), CURSOR, 1.0).pixmap(CURSOR) for name in ("#000000", "#ffffff")
    )
    for x, y in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawPixmap(x, y, white)
    painter.drawPixmap(0, 0, black)
    painter.end()
    return QtGui.QCursor(picture, TIP.x(), TIP.y())
