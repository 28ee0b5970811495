"""Colours as small squares, of which those that hardly differ are marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...base.qt import QtCore, QtGui, QtWidgets, never_none
from ...base.strings import text

EDGE = 16
GAP = 3
MARK = 6
"""Edge of the corner that marks a near-duplicate, in pixels like the two above."""


class Swatches(QtWidgets.QWidget):
    """Shows colours in as many rows as they need; the arrow keys walk through them, with the code as a tool tip."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        policy = QtWidgets.QSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self._colors: tuple[str, ...] = ()
        self._doubles: Mapping[str, tuple[str, float]] = {}
        self._current = 0
        self.show_colors(())

    @property
    def colors(self) -> tuple[str, ...]:
        """The colours shown, "#rrggbb"."""
        return self._colors

    def show_colors(self, colors: Sequence[str], doubles: Mapping[str, tuple[str, float]] | None = None) -> None:
        """Show `colors`; `doubles` has for each near-duplicate its nearest other colour and the ΔE between them."""
        self._colors, self._doubles = tuple(colors), doubles or {}
        self._current = 0
        self.setVisible(bool(colors))
        self.setAccessibleName(text("swatches.name", colors=", ".join(self._colors)))
        self._fit()
        self.update()

    def describe(self, index: int) -> str:
        """Return the tool tip of a colour: its code, and the colour that it hardly differs from, if any."""
        color = self._colors[index]
        if color not in self._doubles:
            return color
        other, difference = self._doubles[color]
        return text("swatches.double", color=color, other=other, difference=f"{difference:.1f}")

    def event(self, a0: QtCore.QEvent | None) -> bool:
        """Show a colour's code while the pointer rests on it."""
        event = never_none(a0)
        if event.type() == QtCore.QEvent.Type.ToolTip:
            assert isinstance(event, QtGui.QHelpEvent)
            index = self._at(event.pos())
            QtWidgets.QToolTip.showText(event.globalPos(), self.describe(index) if index is not None else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, a0: QtGui.QKeyEvent | None) -> None:
        """Walk through the colours."""
        event = never_none(a0)
        steps = {QtCore.Qt.Key.Key_Right: 1, QtCore.Qt.Key.Key_Left: -1}
        step = steps.get(QtCore.Qt.Key(event.key()))
        if step is None or not self._colors:
            super().keyPressEvent(event)
            return
        self._current = (self._current + step) % len(self._colors)
        place = self._square(self._current)
        QtWidgets.QToolTip.showText(self.mapToGlobal(place.bottomLeft()), self.describe(self._current), self)
        self.setAccessibleDescription(self.describe(self._current))
        self.update()

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Be as tall as the rows at this width."""
        super().resizeEvent(a0)
        self._fit()

    def paintEvent(self, a0: QtGui.QPaintEvent | None) -> None:
        """Draw the squares, a corner of the window's colour in near-duplicates, a frame around the current one."""
        painter = QtGui.QPainter(self)
        palette = self.palette()
        edge = palette.color(QtGui.QPalette.ColorRole.WindowText)
        edge.setAlpha(110)
        for index, color in enumerate(self._colors):
            square = self._square(index)
            painter.setPen(edge)
            painter.setBrush(QtGui.QColor(color))
            painter.drawRect(square.adjusted(0, 0, -1, -1))
            if color in self._doubles:
                corner = square.topRight()
                painter.setPen(QtCore.Qt.PenStyle.NoPen)
                painter.setBrush(QtGui.QColor(255, 255, 255))
                painter.drawPolygon(_triangle(corner, MARK + 2))
                painter.setBrush(QtGui.QColor(200, 30, 30))
                painter.drawPolygon(_triangle(corner, MARK))
            if self.hasFocus() and index == self._current:
                painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
                painter.setPen(QtGui.QPen(palette.color(QtGui.QPalette.ColorRole.Highlight), 2))
                painter.drawRect(square)
        painter.end()

    def _columns(self) -> int:
        return max(1, (self.width() - 2 + GAP) // (EDGE + GAP))

    def _square(self, index: int) -> QtCore.QRect:
        row, column = divmod(index, self._columns())
        return QtCore.QRect(1 + column * (EDGE + GAP), 1 + row * (EDGE + GAP), EDGE, EDGE)

    def _at(self, position: QtCore.QPoint) -> int | None:
        return next((at for at in range(len(self._colors)) if self._square(at).contains(position)), None)

    def _fit(self) -> None:
        rows = -(-len(self._colors) // self._columns())
        self.setFixedHeight(max(1, rows * (EDGE + GAP)) + 2)


def _triangle(corner: QtCore.QPoint, edge: int) -> QtGui.QPolygon:
    return QtGui.QPolygon([corner, corner - QtCore.QPoint(edge, 0), corner + QtCore.QPoint(0, edge)])
