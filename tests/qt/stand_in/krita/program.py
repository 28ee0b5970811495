"""The program itself."""

from __future__ import annotations

from typing import Any

from .binding import QtCore
from .colors import ManagedColor
from .documents import Document
from .plugins import DockWidget, DockWidgetFactory, Notifier
from .windows import Preset, Window


class Krita(QtCore.QObject):
    """The program: its documents, its window and its plugins."""

    _instance: Krita | None = None

    def __init__(self) -> None:
        super().__init__()
        self._documents: list[Document] = []
        self._active: Document | None = None
        self._notifier = Notifier()
        self._extensions: list[Any] = []
        self._factories: list[DockWidgetFactory] = []
        self._window: Window | None = None

    @classmethod
    def instance(cls) -> Krita:
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    def version(self) -> str:
        return "stand-in"

    def notifier(self) -> Notifier:
        return self._notifier

    def addExtension(self, extension: Any) -> None:
        self._extensions.append(extension)
        extension.setup()

    def addDockWidgetFactory(self, factory: DockWidgetFactory) -> None:
        self._factories.append(factory)

    def action(self, name: str) -> Any | None:
        return self._window.actions.get(name) if self._window is not None else None

    def activeWindow(self) -> Window | None:
        return self._window

    def resources(self, kind: str) -> dict[str, Any]:
        colors = [ManagedColor.of(0.0, 0.4, 1.0, 1.0), ManagedColor.of(1.0, 1.0, 1.0, 1.0)]
        palettes = {"Two & more": colors, "Empty": []}
        brushes = {name: Preset(name) for name in ("b) Basic-1", "b) Basic-5 Size")}
        return palettes if kind == "palette" else brushes if kind == "preset" else {}

    def open_window(self) -> Window:
        """Show the window with everything that plugins have added."""
        self._window = Window(self.activeDocument, self.show_document)
        for extension in self._extensions:
            extension.createActions(self._window)
        for factory in self._factories:
            docker = factory.kind()
            docker.setObjectName(factory.name)
            self._window.main.addDockWidget(factory.position, docker)
        self._window.main.resize(800, 900)
        self._window.main.show()
        return self._window

    def documents(self) -> list[Document]:
        return list(self._documents)

    def activeDocument(self) -> Document | None:
        return self._active

    def createDocument(self, width: int, height: int, name: str, *_space: Any) -> Document:
        document = Document(width, height, name, self.forget)
        self._documents.append(document)
        return document

    def show_document(self, document: Document | None) -> None:
        """Make `document` the active one, and tell the dockers."""
        self._active = document
        if self._window is not None:
            for docker in self._window.main.findChildren(DockWidget):
                docker.canvasChanged(None)

    def forget(self, document: Document) -> None:
        """Drop a closed document."""
        self._documents.remove(document)
        if document is self._active:
            self.show_document(None)
