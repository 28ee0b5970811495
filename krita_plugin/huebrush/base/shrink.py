"""Making pictures smaller a few rows at a time: Qt blocks Python's interpreter, and so Krita, while it scales one."""

from __future__ import annotations

from .qt import QtCore, QtGui
from .tasks import Steps

BAND_PIXELS = 1 << 18
"""Number of pixels scaled at once."""
_STRETCHED = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio
_SMOOTH = QtCore.Qt.TransformationMode.SmoothTransformation


def fitted(width: int, height: int, edge: int) -> QtCore.QSize:
    """Return the size of a picture of `width` × `height` pixels made so small that no side is longer than `edge`."""
    size = QtCore.QSize(width, height)
    if max(width, height) > edge:
        size.scale(edge, edge, QtCore.Qt.AspectRatioMode.KeepAspectRatio)
    return size.expandedTo(QtCore.QSize(1, 1))


def shrink(
    data: memoryview, width: int, height: int, stride: int, size: QtCore.QSize, pixel: QtGui.QImage.Format
) -> Steps[QtGui.QImage]:
    """Make a picture of `size` of a larger one, whose pixels in the Qt format `pixel` are `data`, with `stride` bytes
    from one row to the next. The generator's result is the picture, ARGB32; it touches no widgets."""
    small = QtGui.QImage(size, QtGui.QImage.Format.Format_ARGB32)
    small.fill(QtCore.Qt.GlobalColor.transparent)
    rows = size.height()
    step = max(1, BAND_PIXELS * rows // max(1, width * height))
    for top in range(0, rows, step):
        bottom = min(rows, top + step)
        begin, end = height * top // rows, height * bottom // rows
        band = bytes(data[stride * begin : stride * max(begin + 1, end)])
        read = QtGui.QImage(band, width, max(1, end - begin), stride, pixel)
        painter = QtGui.QPainter(small)
        painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(0, top, read.scaled(size.width(), bottom - top, _STRETCHED, _SMOOTH))
        painter.end()
        yield 0
    return small
