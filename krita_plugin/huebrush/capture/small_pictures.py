"""Small pictures of what was read for a job, for looking at."""

from __future__ import annotations

from huebrush_protocol.messages import ImageHeader

from ..base.qt import QtGui
from ..base.shrink import fitted, shrink
from ..base.tasks import Steps


def small_picture(header: ImageHeader, frame: memoryview | bytes, edge: int) -> Steps[QtGui.QImage]:
    """Make a picture of packed BGRA bytes with its longest side at most `edge` pixels, a few rows at a time; it is the
    generator's result."""
    size = fitted(header.width, header.height, edge)
    pixel = QtGui.QImage.Format.Format_ARGB32
    return shrink(memoryview(frame), header.width, header.height, 4 * header.width, size, pixel)
