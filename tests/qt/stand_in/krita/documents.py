"""Documents and what is selected in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .binding import QtCore
from .colors import InSrgb
from .layers import Node, blank


class Selection:
    """A selected rectangle: one byte a pixel, 255 inside."""

    def __init__(self) -> None:
        self._rectangle = QtCore.QRect()

    def select(self, x: int, y: int, width: int, height: int, value: int) -> None:
        self._rectangle, self._value = QtCore.QRect(x, y, width, height), value

    def x(self) -> int:
        return self._rectangle.x()

    def y(self) -> int:
        return self._rectangle.y()

    def width(self) -> int:
        return self._rectangle.width()

    def height(self) -> int:
        return self._rectangle.height()

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


class InfoObject:
    """Settings of an export; nothing is set here."""


class Document(InSrgb):
    """A page with a root node; it is open until `close`, which tells `on_close`."""

    def __init__(self, width: int, height: int, name: str, on_close: Callable[[Document], None]) -> None:
        self._on_close = on_close
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

    def currentTime(self) -> int:
        return 0

    def createNode(self, name: str, kind: str) -> Node:
        return Node(name, kind)

    def createGroupLayer(self, name: str) -> Node:
        return Node(name, "grouplayer")

    def resolution(self) -> int:
        return 300

    def xRes(self) -> float:
        return 300.0

    def yRes(self) -> float:
        return 300.0

    def thumbnail(self, width: int, height: int) -> Any:
        return blank(width, height)

    def annotationTypes(self) -> list[str]:
        return list(self._annotations)

    def annotation(self, key: str) -> Any:
        return self._annotations[key]

    def setAnnotation(self, key: str, _title: str, data: Any) -> None:
        self._annotations[key] = QtCore.QByteArray(data)

    def removeAnnotation(self, key: str) -> None:
        del self._annotations[key]

    def pixelData(self, x: int, y: int, width: int, height: int) -> Any:
        return self._root.projectionPixelData(x, y, width, height)

    def exportImage(self, path: str, _settings: InfoObject) -> bool:
        Path(path).write_bytes(b"8BPS")
        return True

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
        self._on_close(self)
        return True
