"""Choice between PyQt5 and PyQt6: all other code uses the binding that Krita has loaded.

Krita loads its binding before it imports a plugin, so `sys.modules` decides. A second Qt must never be loaded beside
it. Outside Krita (tests), the binding that is already imported is used, otherwise the first one found.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING, TypeVar


def _binding() -> str:
    for name in ("PyQt6", "PyQt5"):
        if f"{name}.QtCore" in sys.modules:
            return name
    for name in ("PyQt5", "PyQt6"):
        if importlib.util.find_spec(name) is not None:
            return name
    raise ImportError("neither PyQt5 nor PyQt6 is available: this Krita was built without Python support for Qt")


BINDING = _binding()

if TYPE_CHECKING:
    from PyQt6 import QtCore, QtGui, QtWidgets
else:
    QtCore = importlib.import_module(f"{BINDING}.QtCore")
    QtGui = importlib.import_module(f"{BINDING}.QtGui")
    QtWidgets = importlib.import_module(f"{BINDING}.QtWidgets")

Signal = QtCore.pyqtSignal

T = TypeVar("T")


def never_none(value: T | None) -> T:
    """Return `value`, which PyQt's type hints say may be None, as they do of every pointer, and which never is here."""
    assert value is not None
    return value


def mouse_position(event: QtGui.QMouseEvent) -> QtCore.QPointF:
    """Return the position of the pointer in the widget that gets `event`."""
    return getattr(event, "position" if BINDING == "PyQt6" else "localPos")()


def channels(color: QtGui.QColor) -> tuple[int, int, int, int]:
    """Return red, green, blue and alpha of `color`, 0 to 255."""
    return color.red(), color.green(), color.blue(), color.alpha()


def to_bytes(data: QtCore.QByteArray | bytes | memoryview) -> bytes:
    """Return a QByteArray (or anything bytes-like) as `bytes`; Qt 6 does not convert by itself."""
    return data.data() if isinstance(data, QtCore.QByteArray) else bytes(data)


def image_bytes(image: QtGui.QImage) -> bytes:
    """Return the pixels of `image` as packed BGRA, straight alpha (rows without padding)."""
    converted = image.convertToFormat(QtGui.QImage.Format.Format_ARGB32)
    return packed_bytes(converted)  # 4 bytes per pixel: rows are never padded


def packed_bytes(image: QtGui.QImage) -> bytes:
    """Return the bytes of `image` as they lie in memory, whatever its format."""
    return never_none(image.constBits()).asstring(image.sizeInBytes())


def image_from_rgb(data: bytes, width: int, height: int, stride: int) -> QtGui.QImage:
    """Return a QImage with its own copy of packed or strided 8-bit RGB `data`."""
    return QtGui.QImage(data, width, height, stride, QtGui.QImage.Format.Format_RGB888).copy()


def image_from_gray(data: bytes, width: int, height: int) -> QtGui.QImage:
    """Return a QImage with its own copy of packed 8-bit grey `data`."""
    return QtGui.QImage(data, width, height, width, QtGui.QImage.Format.Format_Grayscale8).copy()


__all__ = [
    "BINDING",
    "QtCore",
    "QtGui",
    "QtWidgets",
    "Signal",
    "channels",
    "image_bytes",
    "image_from_gray",
    "image_from_rgb",
    "mouse_position",
    "never_none",
    "packed_bytes",
    "to_bytes",
]
