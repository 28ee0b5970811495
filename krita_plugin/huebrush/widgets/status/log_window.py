"""A window with the end of the backend's log, beside Krita and never in its way."""

from __future__ import annotations

from collections.abc import Callable

from ...base.qt import QtGui, QtWidgets, never_none
from ...base.strings import text


class LogWindow(QtWidgets.QDialog):
    """Shows what `read` returns; `fault_report` returns what the copy button puts on the clipboard."""

    def __init__(self, read: Callable[[], str], fault_report: Callable[[], str], parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._read = read
        self.setObjectName("huebrush_log_window")
        self.setWindowTitle(text("log.title"))
        self.setModal(False)
        self.resize(640, 400)
        self._text = QtWidgets.QPlainTextEdit()
        self._text.setObjectName("huebrush_log_text")
        self._text.setReadOnly(True)
        self._text.setAccessibleName(text("log.title"))
        self._text.setFont(QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.SystemFont.FixedFont))
        refresh = QtWidgets.QPushButton(text("log.refresh"))
        refresh.clicked.connect(lambda _checked=False: self.refresh())
        copy = QtWidgets.QPushButton(text("backend.fault_report"))
        copy.clicked.connect(lambda _checked=False: copy_text(fault_report()))
        close = QtWidgets.QPushButton(text("log.close"))
        close.clicked.connect(lambda _checked=False: self.close())
        buttons = QtWidgets.QHBoxLayout()
        buttons.addWidget(refresh)
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QtWidgets.QVBoxLayout(self)
        layout.addWidget(self._text)
        layout.addLayout(buttons)

    def refresh(self) -> None:
        """Read the log again and show its end."""
        self._text.setPlainText(self._read() or text("log.empty"))
        bar = never_none(self._text.verticalScrollBar())
        bar.setValue(bar.maximum())


def copy_text(text: str) -> None:
    """Put `text` on the clipboard."""
    never_none(QtWidgets.QApplication.clipboard()).setText(text)
