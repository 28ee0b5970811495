"""Says what is wrong and offers a remedy, without blocking any work."""

from __future__ import annotations

from ...base.problems import Problem, Remedy
from ...base.qt import QtCore, QtGui, QtWidgets, Signal, channels
from ...base.strings import text
from ..controls.buttons import tool_button
from .message_view import MessageView, Room

TINTS = {"error": QtGui.QColor(214, 69, 65), "info": QtGui.QColor(61, 126, 199)}
TINT_SHARE, EDGE_SHARE = 0.22, 0.7
"""Share of the tint in the background and in its edge, 0 to 1."""
CORNER = 4
REMEDY_SHARE = 0.55
"""Share of the banner's width that the remedy takes at most where it stands beside the message, 0 to 1."""


def blend(base: QtGui.QColor, tint: QtGui.QColor, share: float) -> QtGui.QColor:
    """Return `base` with `share` (0 to 1) of `tint` mixed in."""
    pairs = zip(channels(base)[:3], channels(tint)[:3], strict=True)
    return QtGui.QColor(*(round(own * (1 - share) + other * share) for own, other in pairs))


class Banner(QtWidgets.QWidget):
    """Shows one `Problem`. Emits `remedy_chosen(Remedy)` for its button, and `dismissed` for its cross."""

    remedy_chosen = Signal(object)
    dismissed = Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("huebrush_banner")
        self.problem: Problem | None = None
        self._room, self._lines = Room.ALL, 1
        self._words = MessageView()
        self._remedy = QtWidgets.QPushButton(text(f"remedy.{Remedy.RETRY.value}"))
        self._remedy.setObjectName("huebrush_banner_remedy")
        self._remedy.clicked.connect(self._choose)
        close = tool_button("huebrush_banner_dismiss", "✕", text("banner.dismiss"), self.dismissed.emit)
        close.setAutoRaise(True)
        self._grid = QtWidgets.QGridLayout(self)
        self._grid.setContentsMargins(8, 3, 3, 3)
        self._grid.setSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self._words, 0, 0)
        self._grid.addWidget(close, 0, 2, QtCore.Qt.AlignmentFlag.AlignTop)
        self._place_remedy()
        self.hide()

    def lines_in(self, height: int) -> int:
        """Return the number of lines of the message in `height` pixels with the remedy below them."""
        margins, spacing = self._grid.contentsMargins(), self._grid.spacing()
        rest = height - margins.top() - margins.bottom() - spacing - self._remedy.sizeHint().height()
        return rest // self.fontMetrics().lineSpacing()

    def set_room(self, room: Room, lines: int = 1) -> None:
        """Say as much as there is `room` for (see `MessageView`), with the advice as the tool tip where it is left
        out."""
        if (room, lines) != (self._room, self._lines):
            self._room, self._lines = room, lines
            self._place_remedy()
            self._show_remedy()
            self._show_tip()

    def set_highest(self, height: int) -> None:
        """Let the words be at most `height` pixels high; longer ones scroll."""
        self._words.set_highest(height)

    def show_problem(self, problem: Problem | None) -> None:
        """Show `problem`, or hide for None."""
        if problem == self.problem:
            return
        self.problem = problem
        if problem is not None:
            self._words.show_words(problem.message, problem.advice)
            self._remedy.setVisible(problem.remedy is not Remedy.NONE)
            self._show_remedy()
            self.setAccessibleName(f"{problem.message} {problem.advice}")
            self.update()
        self._show_tip()
        self.setVisible(problem is not None)

    def paintEvent(self, a0: QtGui.QPaintEvent | None) -> None:
        """Fill the strip with a tint of the window's colour as it is now.

        (A style sheet would keep the tint of the theme at the time when it was set.)
        """
        if self.problem is None:
            return
        tint = TINTS[self.problem.severity]
        window = self.palette().color(QtGui.QPalette.ColorRole.Window)
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setBrush(blend(window, tint, TINT_SHARE))
        painter.setPen(blend(window, tint, EDGE_SHARE))
        painter.drawRoundedRect(QtCore.QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
        painter.end()

    def _place_remedy(self) -> None:
        """Put the button beside the message where there is one line only, else below the words."""
        self._words.set_room(self._room, self._lines)
        left = QtCore.Qt.AlignmentFlag.AlignLeft
        self._grid.addWidget(self._remedy, *((0, 1) if self._room is Room.LINE else (1, 0)), left)

    def _show_remedy(self) -> None:
        """Name the remedy, beside the message with as many letters as leave room for that."""
        if self.problem is None or self.problem.remedy is Remedy.NONE:
            return
        words = text(f"remedy.{self.problem.remedy.value}")
        self._remedy.setText(words)
        shown, is_beside = words, self._room is Room.LINE
        if is_beside:
            metrics = self.fontMetrics()
            frame = self._remedy.sizeHint().width() - metrics.horizontalAdvance(words)
            room = round(REMEDY_SHARE * self.width()) - frame
            shown = metrics.elidedText(words, QtCore.Qt.TextElideMode.ElideRight, room)
            self._remedy.setText(shown)
        self._remedy.setMinimumWidth(1 if is_beside else 0)  # 0: as its words need
        self._remedy.setToolTip(words if shown != words else "")
        self._remedy.setAccessibleName(words)

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Follow the width."""
        super().resizeEvent(a0)
        self._show_remedy()

    def _show_tip(self) -> None:
        self.setToolTip(self.problem.advice if self.problem is not None and self._room is not Room.ALL else "")

    def _choose(self) -> None:
        if self.problem is not None:
            self.remedy_chosen.emit(self.problem.remedy)
