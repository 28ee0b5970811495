"""A label of one line that ends in an ellipsis where it has no room; its tool tip says all of it."""

from __future__ import annotations

from ...base.qt import QtCore, QtGui, QtWidgets


class ElidedLabel(QtWidgets.QLabel):
    """Shows plain text on one line as wide as it gets, or, with `set_wrapped(True)`, all of it on several."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Preferred)

    def set_wrapped(self, wrapped: bool) -> None:
        """Show all of the text on as many lines as it takes, or one line."""
        if wrapped != self.wordWrap():
            self.setWordWrap(wrapped)
            self._show_tip()
            self.updateGeometry()
            self.update()

    def minimumSizeHint(self) -> QtCore.QSize:
        """One line of any width."""
        return super().minimumSizeHint() if self.wordWrap() else QtCore.QSize(0, self.fontMetrics().height())

    def setText(self, a0: str | None) -> None:
        """Show another text."""
        super().setText(a0)
        self._show_tip()

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Say all of the text by the tool tip where it is cut."""
        super().resizeEvent(a0)
        self._show_tip()

    def paintEvent(self, a0: QtGui.QPaintEvent | None) -> None:
        """Paint the text, cut at its end where it has no room."""
        if self.wordWrap():
            super().paintEvent(a0)
            return
        painter = QtGui.QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        align = QtCore.Qt.AlignmentFlag.AlignLeft | QtCore.Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), int(QtWidgets.QStyle.visualAlignment(self.layoutDirection(), align)), self._cut())
        painter.end()

    def _cut(self) -> str:
        return self.fontMetrics().elidedText(self.text(), QtCore.Qt.TextElideMode.ElideRight, self.width())

    def _show_tip(self) -> None:
        self.setToolTip(self.text() if not self.wordWrap() and self._cut() != self.text() else "")
