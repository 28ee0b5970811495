"""The window, with the canvas in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .binding import QAction, QtWidgets
from .colors import ManagedColor
from .documents import Document


class KisCanvasController(QtWidgets.QAbstractScrollArea):
    """The scroll area around the canvas; Krita lets a tenth of the page at least be seen."""

    _page = (0.0, 0.0)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.adjust(*self._page)

    def adjust(self, width: float, height: float) -> None:
        """Set the bars' ranges for a page of this size on the screen."""
        self._page = (width, height)
        room = self.viewport().size()
        for bar, page, seen in (
            (self.horizontalScrollBar(), width, room.width()),
            (self.verticalScrollBar(), height, room.height()),
        ):
            bar.setPageStep(seen)
            bar.setRange(round(-0.9 * seen), round(page - 0.1 * seen))


class Canvas:
    """What shows the active document: neither turned nor mirrored."""

    def __init__(self, area: KisCanvasController, active_document: Callable[[], Document | None]) -> None:
        self._area, self._active_document = area, active_document
        self.level = 1.0

    def setZoomLevel(self, level: float) -> None:
        self.level = level
        document = self._active_document()
        if document is not None:
            self._area.adjust(document.width() * level, document.height() * level)

    def rotation(self) -> float:
        return 0.0

    def mirror(self) -> bool:
        return False


class Preset:
    """A brush."""

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self) -> str:
        return self._name


class View:
    """A view of a document."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._foreground = ManagedColor()
        self._brush: Preset | None = Preset("Own brush")
        self._size, self._opacity, self._flow, self._blending = 12.0, 0.5, 0.6, "multiply"

    def canvas(self) -> Canvas:
        return self._canvas

    def foregroundColor(self) -> ManagedColor:
        return self._foreground

    def setForeGroundColor(self, color: ManagedColor) -> None:
        self._foreground = color

    def currentBrushPreset(self) -> Preset | None:
        return self._brush

    def activateResource(self, brush: Preset) -> None:
        self._brush = brush

    def brushSize(self) -> float:
        return self._size

    def setBrushSize(self, size: float) -> None:
        self._size = size

    def paintingOpacity(self) -> float:
        return self._opacity

    def setPaintingOpacity(self, opacity: float) -> None:
        self._opacity = opacity

    def paintingFlow(self) -> float:
        return self._flow

    def setPaintingFlow(self, flow: float) -> None:
        self._flow = flow

    def currentBlendingMode(self) -> str:
        return self._blending

    def setCurrentBlendingMode(self, mode: str) -> None:
        self._blending = mode


class Window:
    """Krita's one window, with the canvas, the dockers and the actions of the plugins."""

    def __init__(
        self, active_document: Callable[[], Document | None], show_document: Callable[[Document], None]
    ) -> None:
        self._show_document = show_document
        self.main = QtWidgets.QMainWindow()
        self.actions: dict[str, Any] = {}
        area = QtWidgets.QMdiArea()
        area.setViewMode(QtWidgets.QMdiArea.ViewMode.TabbedView)
        self.area = KisCanvasController()
        area.addSubWindow(self.area).show()
        self.main.setCentralWidget(area)
        self._view = View(Canvas(self.area, active_document))

    def activeView(self) -> View:
        return self._view

    def addView(self, document: Document) -> View:
        self._show_document(document)
        return self._view

    def qwindow(self) -> Any:
        return self.main

    def createAction(self, name: str, label: str, _menu: str) -> Any:
        self.actions[name] = QAction(label, self.main)
        return self.actions[name]
