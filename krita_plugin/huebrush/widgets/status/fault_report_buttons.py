"""Help when something does not work: the backend's log and the fault report."""

from __future__ import annotations

from ...backend.connection import Link
from ...backend.fault_report import build_fault_report
from ...base.qt import QtWidgets
from .log_window import LogWindow, copy_text


class FaultReport:
    """Window of the log, made when it is first needed as a child of `parent`, and the copied fault report."""

    def __init__(self, link: Link, parent: QtWidgets.QWidget) -> None:
        self._link, self._parent = link, parent
        self._window: LogWindow | None = None

    def show_log(self) -> None:
        """Show the backend's log in a window of its own."""
        if self._window is None:
            self._window = LogWindow(self._link.log_tail, lambda: build_fault_report(self._link), self._parent)
        self._window.refresh()
        self._window.show()
        self._window.raise_()

    def copy(self) -> None:
        """Put the fault report on the clipboard."""
        copy_text(build_fault_report(self._link))
