"""Layers: trees of them, with 8-bit sRGB pixels."""

from __future__ import annotations

from typing import Any

from .binding import QtCore, QtGui
from .colors import InSrgb


class Node(InSrgb):
    """A layer: its children, bottom first, and a picture that grows with what is written."""

    def __init__(self, name: str, kind: str) -> None:
        self._name, self._kind, self._uid = name, kind, QtCore.QUuid.createUuid()
        self._children: list[Node] = []
        self._parent: Node | None = None
        self._visible, self._blending = True, "normal"
        self._opacity = 255
        self._label, self._alpha_locked, self._locked = 0, False, False
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

    def locked(self) -> bool:
        return self._locked

    def setLocked(self, locked: bool) -> None:
        self._locked = locked

    def inheritAlpha(self) -> bool:
        return False

    def layerStyleToAsl(self) -> str:
        return ""

    def opacity(self) -> int:
        return self._opacity

    def setOpacity(self, opacity: int) -> None:
        self._opacity = opacity

    def setColorSpace(self, *_space: str) -> bool:
        return True

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
        picture = blank(size.width(), size.height())
        painter = QtGui.QPainter(picture)
        painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(0, 0, self._picture)
        painter.drawImage(x, y, strip)
        painter.end()
        self._picture = picture
        return True

    def pixelData(self, x: int, y: int, width: int, height: int) -> Any:
        part = self._picture.copy(x, y, width, height) if not self._picture.isNull() else blank(width, height)
        pointer = part.constBits()
        pointer.setsize(part.sizeInBytes())
        return QtCore.QByteArray(bytes(pointer))

    def projectionPixelData(self, x: int, y: int, width: int, height: int) -> Any:
        shown = self._picture.copy(x, y, width, height) if not self._picture.isNull() else blank(width, height)
        painter = QtGui.QPainter(shown)
        for child in self._children:  # a group shows what is visible in it, as if all were opaque and normal
            if child._visible:
                painter.drawImage(-x, -y, child._picture)
        painter.end()
        pointer = shown.constBits()
        pointer.setsize(shown.sizeInBytes())
        return QtCore.QByteArray(bytes(pointer))

    def thumbnail(self, width: int, height: int) -> Any:
        return self._picture.scaled(width, height) if not self._picture.isNull() else blank(width, height)


def blank(width: int, height: int) -> Any:
    """Return a transparent picture."""
    picture = QtGui.QImage(width, height, QtGui.QImage.Format.Format_ARGB32)
    picture.fill(0)
    return picture
