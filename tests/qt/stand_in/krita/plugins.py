"""What plugins are made of, and how they hear of Krita."""

from __future__ import annotations

from typing import Any

from .binding import QtCore, QtWidgets


class Notifier(QtCore.QObject):
    """Krita's announcements."""

    applicationClosing = QtCore.pyqtSignal()
    imageSaved = QtCore.pyqtSignal(str)

    def setActive(self, active: bool) -> None: ...


class Extension(QtCore.QObject):
    """Base of plugins that add actions."""


class DockWidget(QtWidgets.QDockWidget):
    """Base of dockers."""


class DockWidgetFactoryBase:
    """Where a docker appears first."""

    class DockPosition:
        """The places."""

        DockRight = QtCore.Qt.DockWidgetArea.RightDockWidgetArea


class DockWidgetFactory:
    """How to make a docker for a window."""

    def __init__(self, name: str, position: Any, kind: type[DockWidget]) -> None:
        self.name, self.position, self.kind = name, position, kind
