"""As much of Krita's scripting interface as the plugin's docker needs, over the Qt binding named by the environment.

Documents are trees of layers with 8-bit sRGB pixels. There is no undo, no compositing and no other colour space here,
and nothing may be proved about those with it.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

_BINDING = os.environ["HUEBRUSH_TEST_BINDING"]
QtCore: Any = importlib.import_module(f"{_BINDING}.QtCore")
QtGui: Any = importlib.import_module(f"{_BINDING}.QtGui")
QtWidgets: Any = importlib.import_module(f"{_BINDING}.QtWidgets")
QAction: Any = (QtGui if _BINDING == "PyQt6" else QtWidgets).QAction
SRGB = "sRGB-elle-V2-srgbtrc.icc"


class Node:
    """A layer: its children, bottom first, and a picture that grows with what is written."""

    def __init__(self, name: str, kind: str) -> None:
        self._name, self._kind, self._uid = name, kind, QtCore.QUuid.createUuid()
        self._children: list[Node] = []
        self._parent: Node | None = None
        self._visible, self._blending = True, "normal"
        self._label, self._alpha_locked = 0, False
        self._picture = QtGui.QImage()

    def name(self) -> str:
        return self._name

    def setName(self, name: str) -> None:
        self._name = name

    def type(self) -> str:
        return self._kind

    def uniqueId(self) -> Any:
        return self._uid

    def visible(self) -> bool:
        return self._visible

    def setVisible(self, visible: bool) -> None:
        self._visible = visible

    def blendingMode(self) -> str:
        return self._blending

    def setBlendingMode(self, mode: str) -> None:
        self._blending = mode

    def colorLabel(self) -> int:
        return self._label

    def setColorLabel(self, label: int) -> None:
        self._label = label

    def alphaLocked(self) -> bool:
        return self._alpha_locked

    def setAlphaLocked(self, locked: bool) -> None:
        self._alpha_locked = locked

    def setLocked(self, locked: bool) -> None: ...

    def setColorSpace(self, *_space: str) -> bool:
        return True

    def colorModel(self) -> str:
        return "RGBA"

    def colorDepth(self) -> str:
        return "U8"

    def colorProfile(self) -> str:
        return SRGB

    def childNodes(self) -> list[Node]:
        return list(self._children)

    def parentNode(self) -> Node | None:
        return self._parent

    def addChildNode(self, child: Node, above: Node | None) -> bool:
        index = self._children.index(above) + 1 if above is not None else len(self._children)
        self._children.insert(index, child)
        child._parent = self
        return True

    def remove(self) -> bool:
        if self._parent is not None:
            self._parent._children.remove(self)
            self._parent = None
        return True

    def duplicate(self) -> Node:
        copy = Node(self._name, self._kind)
        copy._picture, copy._blending = QtGui.QImage(self._picture), self._blending
        copy._visible, copy._label, copy._alpha_locked = self._visible, self._label, self._alpha_locked
        for child in self._children:
            copy.addChildNode(child.duplicate(), None)
        return copy

    def bounds(self) -> Any:
        return self._picture.rect()

    def setPixelData(self, data: Any, x: int, y: int, width: int, height: int) -> bool:
        if not isinstance(data, QtCore.QByteArray) or data.size() != width * height * 4:
            raise TypeError("pixels must be a QByteArray of width × height × 4 bytes")
        strip = QtGui.QImage(data.data(), width, height, width * 4, QtGui.QImage.Format.Format_ARGB32)
        size = self._picture.size().expandedTo(QtCore.QSize(x + width, y + height))
        picture = _blank(size.width(), size.height())
        painter = QtGui.QPainter(picture)
        painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(0, 0, self._picture)
        painter.drawImage(x, y, strip)
        painter.end()
        self._picture = picture
        return True

    def pixelData(self, x: int, y: int, width: int, height: int) -> Any:
        part = self._picture.copy(x, y, width, height)
        pointer = part.constBits()
        pointer.setsize(part.sizeInBytes())
        return QtCore.QByteArray(bytes(pointer))

    projectionPixelData = pixelData

    def thumbnail(self, width: int, height: int) -> Any:
        return self._picture.scaled(width, height) if not self._picture.isNull() else _blank(width, height)


def _blank(width: int, height: int) -> Any:
    picture = QtGui.QImage(width, height, QtGui.QImage.Format.Format_ARGB32)
    picture.fill(0)
    return picture


class ManagedColor:
    """An 8-bit sRGB colour: blue, green, red and alpha from 0 to 1."""

    def __init__(self, *_space: str) -> None:
        self._components = [0.0, 0.0, 0.0, 1.0]

    @classmethod
    def of(cls, *components: float) -> ManagedColor:
        color = cls()
        color.setComponents(list(components))
        return color

    def setComponents(self, components: list[float]) -> None:
        self._components = components

    def colorModel(self) -> str:
        return "RGBA"

    def colorDepth(self) -> str:
        return "U8"

    def components(self) -> list[float]:
        return self._components


class Swatch:
    """A colour of a palette."""

    def __init__(self, color: ManagedColor) -> None:
        self._color = color

    def isValid(self) -> bool:
        return True

    def name(self) -> str:
        return "Orange, warm" if self._color.components()[0] == 0.0 else "3 of #ffffff"

    def color(self) -> ManagedColor:
        return self._color


class Palette:
    """The palette of a resource, which is its colours here."""

    def __init__(self, resource: list[ManagedColor]) -> None:
        self._colors = resource

    def colorsCountTotal(self) -> int:
        return len(self._colors)

    def colorSetEntryByIndex(self, index: int) -> Swatch:
        return Swatch(self._colors[index])


class Selection:
    """A selected rectangle: one byte a pixel, 255 inside."""

    def __init__(self) -> None:
        self._rectangle = QtCore.QRect()

    def select(self, x: int, y: int, width: int, height: int, value: int) -> None:
        self._rectangle, self._value = QtCore.QRect(x, y, width, height), value

    def duplicate(self) -> Selection:
        copy = Selection()
        copy.__dict__.update(self.__dict__)
        return copy

    def pixelData(self, x: int, y: int, width: int, height: int) -> Any:
        rows = (
            bytes(self._value if self._rectangle.contains(column, row) else 0 for column in range(x, x + width))
            for row in range(y, y + height)
        )
        return QtCore.QByteArray(b"".join(rows))


class Document:
    """A page with a root node; it is open until `close`."""

    def __init__(self, width: int, height: int, name: str) -> None:
        self._size, self._name, self._file = (width, height), name, ""
        self._root = Node("root", "grouplayer")
        self._annotations: dict[str, Any] = {}
        self._active: Node | None = None
        self._selection: Selection | None = None

    def selection(self) -> Selection | None:
        return self._selection

    def setSelection(self, selection: Selection | None) -> None:
        self._selection = selection

    def width(self) -> int:
        return self._size[0]

    def height(self) -> int:
        return self._size[1]

    def name(self) -> str:
        return self._name

    def fileName(self) -> str:
        return self._file

    def setFileName(self, path: str) -> None:
        self._file = path

    def rootNode(self) -> Node:
        return self._root

    def activeNode(self) -> Node | None:
        return self._active

    def setActiveNode(self, node: Node) -> None:
        self._active = node

    def createNode(self, name: str, kind: str) -> Node:
        return Node(name, kind)

    def createGroupLayer(self, name: str) -> Node:
        return Node(name, "grouplayer")

    def colorModel(self) -> str:
        return "RGBA"

    def colorDepth(self) -> str:
        return "U8"

    def colorProfile(self) -> str:
        return SRGB

    def resolution(self) -> int:
        return 300

    def thumbnail(self, width: int, height: int) -> Any:
        return _blank(width, height)

    def annotationTypes(self) -> list[str]:
        return list(self._annotations)

    def annotation(self, key: str) -> Any:
        return self._annotations[key]

    def setAnnotation(self, key: str, _title: str, data: Any) -> None:
        self._annotations[key] = QtCore.QByteArray(data)

    def removeAnnotation(self, key: str) -> None:
        del self._annotations[key]

    def refreshProjection(self) -> None: ...

    def waitForDone(self) -> None: ...

    def setBatchmode(self, quiet: bool) -> None: ...

    def modified(self) -> bool:
        return True

    def setModified(self, modified: bool) -> None: ...

    def resizeImage(self, _x: int, _y: int, width: int, height: int) -> None:
        self._size = (width, height)

    def tryBarrierLock(self) -> bool:
        return True

    def unlock(self) -> None: ...

    def close(self) -> bool:
        Krita.instance().forget(self)
        return True


class Notifier(QtCore.QObject):
    """Krita's announcements."""

    applicationClosing = QtCore.pyqtSignal()

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

    def __init__(self, area: KisCanvasController) -> None:
        self._area = area
        self.level = 1.0

    def setZoomLevel(self, level: float) -> None:
        self.level = level
        document = Krita.instance().activeDocument()
        if document is not None:
            self._area.adjust(document.width() * level, document.height() * level)

    def rotation(self) -> float:
        return 0.0

    def mirror(self) -> bool:
        return False


class View:
    """A view of a document."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def canvas(self) -> Canvas:
        return self._canvas


class Window:
    """Krita's one window, with the canvas, the dockers and the actions of the plugins."""

    def __init__(self) -> None:
        self.main = QtWidgets.QMainWindow()
        self.actions: dict[str, Any] = {}
        area = QtWidgets.QMdiArea()
        area.setViewMode(QtWidgets.QMdiArea.ViewMode.TabbedView)
        self.area = KisCanvasController()
        area.addSubWindow(self.area).show()
        self.main.setCentralWidget(area)
        self._view = View(Canvas(self.area))

    def activeView(self) -> View:
        return self._view

    def qwindow(self) -> Any:
        return self.main

    def createAction(self, name: str, label: str, _menu: str) -> Any:
        self.actions[name] = QAction(label, self.main)
        return self.actions[name]


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
        return {"Two & more": colors, "Empty": []} if kind == "palette" else {}

    def open_window(self) -> Window:
        """Show the window with everything that plugins have added."""
        self._window = Window()
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
        document = Document(width, height, name)
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
