"""Strip that says what is wrong and offers a remedy, without blocking any work."""

from __future__ import annotations

from ...base.problems import Problem, Remedy
from ...base.qt import QtCore, QtGui, QtWidgets, Signal, channels
from ...base.strings import text

TINTS = {"error": QtGui.QColor(214, 69, 65), "info": QtGui.QColor(61, 126, 199)}
TINT_SHARE, EDGE_SHARE = 0.22, 0.7
"""Share of the tint in the background and in its edge, 0 to 1."""
CORNER = 4


def blend(base: QtGui.QColor, tint: QtGui.QColor, share: float) -> QtGui.QColor:
    """Return `base` with `share` (0 to 1) of `tint` mixed in."""
    pairs = zip(channels(base)[:3], channels(tint)[:3], strict=True)
    return QtGui.QColor(*(round(own * (1 - share) + other * share) for own, other in pairs))


class Banner(QtWidgets.QWidget):
    """Shows one `Problem`. Emits `remedy_chosen(Remedy)` for its button, `dismissed` for its cross, and `error_shown`
    when it has begun to show an error."""

    remedy_chosen = Signal(object)
    dismissed = Signal()
    error_shown = Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("huebrush_banner")
        self.problem: Problem | None = None
        self._message = QtWidgets.QLabel()
        self._message.setObjectName("huebrush_banner_text")
        self._message.setWordWrap(True)
        self._message.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self._message.setTextInteractionFlags(
            QtCore.Qt.TextInteractionFlag.TextSelectableByMouse | QtCore.Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        bold = self._message.font()
        bold.setBold(True)
        self._message.setFont(bold)
        self._advice = QtWidgets.QLabel()
        self._advice.setObjectName("huebrush_banner_advice")
        self._advice.setWordWrap(True)
        self._advice.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self._remedy = QtWidgets.QPushButton(text(f"remedy.{Remedy.RETRY.value}"))
        self._remedy.setObjectName("huebrush_banner_remedy")
        self._remedy.clicked.connect(self._choose)
        close = QtWidgets.QPushButton(text("banner.dismiss"))
        close.setObjectName("huebrush_banner_dismiss")
        close.clicked.connect(self.dismissed)
        buttons = QtWidgets.QHBoxLayout()
        buttons.addWidget(self._remedy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self._message)
        layout.addWidget(self._advice)
        layout.addLayout(buttons)
        self.hide()

    def show_problem(self, problem: Problem | None) -> None:
        """Show `problem`, or hide for None."""
        if problem == self.problem:
            return
        self.problem = problem
        if problem is not None:
            self._message.setText(problem.message)
            self._advice.setText(problem.advice)
            self._advice.setVisible(bool(problem.advice))
            self._remedy.setVisible(problem.remedy is not Remedy.NONE)
            if problem.remedy is not Remedy.NONE:
                self._remedy.setText(text(f"remedy.{problem.remedy.value}"))
            self.setAccessibleName(f"{problem.message} {problem.advice}")
            self.update()
        self.setVisible(problem is not None)
        if problem is not None and problem.severity == "error":
            self.error_shown.emit()

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

    def _choose(self) -> None:
        if self.problem is not None:
            self.remedy_chosen.emit(self.problem.remedy)
