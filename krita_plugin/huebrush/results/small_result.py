"""A small picture of a result, made of its layers as the backend sent them. It touches no widgets: threads may call
it."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from huebrush_protocol.frames import Image

from ..base.colors import parse_color
from ..base.qt import QtCore, QtGui
from ..base.shrink import fitted, shrink
from ..base.tasks import Steps
from ..documents.colorize_mask import MASK_LINES
from .writeback import STROKE

EDGE = 512
"""Longest side of the picture, in pixels."""
_Mode = QtGui.QPainter.CompositionMode
_Format = QtGui.QImage.Format
_BLENDS = MappingProxyType({"multiply": _Mode.CompositionMode_Multiply, "screen": _Mode.CompositionMode_Screen})


def small_result(images: Sequence[Image], width: int, height: int) -> Steps[QtGui.QImage]:
    """Return (as the generator's result) `images`, bottom to top, on a transparent page of `width` × `height` pixels,
    no side longer than `EDGE`. What is neither 8-bit BGRA nor GRAY with a colour is left out."""
    size = fitted(width, height, EDGE)
    page = QtGui.QImage(size, _Format.Format_ARGB32_Premultiplied)
    page.fill(QtCore.Qt.GlobalColor.transparent)
    across, down = size.width() / width, size.height() / height
    for image in images:
        header = image.header
        if header.dtype != "uint8" or header.kind in (MASK_LINES, STROKE):
            continue
        target = QtCore.QRectF(header.x * across, header.y * down, header.width * across, header.height * down)
        small = target.size().toSize().expandedTo(QtCore.QSize(1, 1))
        layer = yield from _small_layer(image, small)
        if layer is not None:
            painter = QtGui.QPainter(page)
            painter.setCompositionMode(_BLENDS.get(header.blend, _Mode.CompositionMode_SourceOver))
            painter.drawImage(target.topLeft(), layer)
            painter.end()
    return page


def _small_layer(image: Image, size: QtCore.QSize) -> Steps[QtGui.QImage | None]:
    header, color = image.header, parse_color(image.header.color)
    shape = image.data, header.width, header.height, image.stride, size
    if header.order == "BGRA":
        return (yield from shrink(*shape, _Format.Format_ARGB32))
    if header.order != "GRAY" or color is None:
        return None
    alpha = yield from shrink(*shape, _Format.Format_Grayscale8)
    layer = QtGui.QImage(size, _Format.Format_ARGB32)
    layer.fill(QtGui.QColor(*color))
    layer.setAlphaChannel(alpha.convertToFormat(_Format.Format_Grayscale8))
    return layer
