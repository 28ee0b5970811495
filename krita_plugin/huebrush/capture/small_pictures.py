"""Small pictures of references that were read for a job, for looking at."""

from __future__ import annotations

from huebrush_protocol.messages import ImageHeader

from ..base.qt import QtCore, QtGui


def small_picture(header: ImageHeader, frame: memoryview | bytes, edge: int) -> QtGui.QImage:
    """Return a picture of packed BGRA bytes with its longest side at most `edge` pixels."""
    picture = QtGui.QImage(
        bytes(frame), header.width, header.height, 4 * header.width, QtGui.QImage.Format.Format_ARGB32
    )
    size = picture.size()
    if max(size.width(), size.height()) > edge:
        size.scale(edge, edge, QtCore.Qt.AspectRatioMode.KeepAspectRatio)
    return picture.scaled(size).copy()
