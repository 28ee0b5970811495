"""The docker around the panel, told by Krita when another canvas becomes active."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from krita import DockWidget

from .base.qt import QtCore, QtGui, QtWidgets
from .base.strings import text
from .documents.find import active_document
from .session import session
from .widgets.panel import Panel

if TYPE_CHECKING:
    from krita import Canvas

DOCKER_ID = "huebrush"
USABLE_HEIGHT = 460
"""Height in pixels, with the title, at which the first page shows all of its controls."""
LEAST_HEIGHT = 300
"""Height from which the docker is left as it is."""
SETTLED_MILLISECONDS = 400
"""Time after the first show until Krita's window has settled where everything lies."""
PRESETS = "PresetDocker"
"""Krita's docker of brush presets."""


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
        QtCore.QTimer.singleShot(0, self._panel.reference_brush.bring_back)  # also while the docker is hidden
        self._settle_in()

    def showEvent(self, a0: QtGui.QShowEvent | None) -> None:
        """Catch up with what happened while hidden."""
        super().showEvent(a0)
        self._panel.schedule_refresh()
        self._settle_in()

    def _settle_in(self) -> None:
        """At the first show beside a document, ask for a usable height, soon: Krita moves its dockers first."""
        if not session().store.plugin.was_shown and self.isVisible():
            QtCore.QTimer.singleShot(SETTLED_MILLISECONDS, self._take_height)

    def _take_height(self) -> None:
        """Ask for a usable height: Krita gives a new docker what the others leave over.

        On a screen that is too low for all of them, the docker becomes a tab beside the brush presets. Without a
        document, Krita hides its dockers: then it is not the time yet.
        """
        window, store = self.parentWidget(), session().store
        if store.plugin.was_shown or active_document() is None or not isinstance(window, QtWidgets.QMainWindow):
            return
        if not self.isFloating() and self.height() < LEAST_HEIGHT:
            window.resizeDocks([self], [USABLE_HEIGHT], QtCore.Qt.Orientation.Vertical)
            presets = window.findChild(QtWidgets.QDockWidget, PRESETS)
            if self.height() < LEAST_HEIGHT and presets is not None and self._is_below(presets, window):
                window.tabifyDockWidget(presets, self)
                self.raise_()
                window.resizeDocks([self], [USABLE_HEIGHT], QtCore.Qt.Orientation.Vertical)
        with suppress(OSError):  # it is said when the artist changes something
            store.save_plugin(replace(store.plugin, was_shown=True))

    def _is_below(self, other: QtWidgets.QDockWidget, window: QtWidgets.QMainWindow) -> bool:
        """True where `other` is seen in the same part of Krita's window."""
        is_there = other.isVisible() and not other.isFloating()
        return is_there and window.dockWidgetArea(other) == window.dockWidgetArea(self)
