"""The docker around the panel, told by Krita when another canvas becomes active."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krita import DockWidget

from .base.qt import QtGui
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
        self.setWidget(self._panel)

    def canvasChanged(self, canvas: Canvas | None) -> None:
        """Called by Krita when another document or none is shown."""
        self._panel.schedule_refresh()

    def showEvent(self, a0: QtGui.QShowEvent | None) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(a0)
        self._panel.schedule_refresh()
