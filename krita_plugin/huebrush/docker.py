"""The docker: a scrollable frame around the panel, told by Krita when another canvas becomes active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krita import DockWidget

from .base.qt import QtCore, QtGui, QtWidgets, never_none
from .base.strings import text
from .session import session
from .widgets.panel import Panel

if TYPE_CHECKING:
    from krita import Canvas

DOCKER_ID = "huebrush"


class HuebrushDocker(DockWidget):
    """Docker with one `Panel`. While it is hidden, changes are only noted; they are read when it is shown again."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(text("docker.title"))
        self._panel = Panel(session())
        frame = QtWidgets.QScrollArea()
        frame.setWidgetResizable(True)
        frame.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        frame.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        frame.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        frame.setWidget(self._panel)
        frame.setMinimumWidth(self._panel.minimumSizeHint().width())
        self._frame = frame
        self._panel.error_shown.connect(self._scroll_to_top)
        self.setWidget(frame)

    def canvasChanged(self, canvas: Canvas | None) -> None:
        """Called by Krita when another document or none is shown."""
        self._panel.schedule_refresh()

    def showEvent(self, a0: QtGui.QShowEvent | None) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(a0)
        self._panel.schedule_refresh()

    def _scroll_to_top(self) -> None:
        """Bring an error into view: whoever presses Colorize in a low docker has scrolled down to it."""
        never_none(self._frame.verticalScrollBar()).setValue(0)
