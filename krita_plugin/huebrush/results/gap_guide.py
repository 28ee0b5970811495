"""A guide layer that shows where gaps in the lines were closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..base.qt import QtCore, QtGui, image_bytes
from ..base.tasks import Steps
from ..documents.find import find_node, node_id, root_node
from ..documents.scratch import SRGB_SPACE
from .flats_report import GapClosure

if TYPE_CHECKING:
    from krita import Document

COLOR = QtGui.QColor(230, 0, 126)
PEN = 3.0
"""Width of the lines in pixels."""
MARGIN = 6
"""Room for the line's ends around its bounds, in pixels."""
LABEL = 7
"""Purple among Krita's colour labels."""


def add_gap_closures(document: Document, gap_closures: Sequence[GapClosure], name: str) -> Steps[str]:
    """Put a locked layer called `name` with a line for each of `gap_closures` on top of `document`.

    One undo step; the result is the layer's id.
    """
    layer = document.createNode(name, "paintlayer")
    layer.setColorSpace(*SRGB_SPACE)
    for closure in gap_closures:
        x, y, picture = _draw(closure)
        data = QtCore.QByteArray(image_bytes(picture))
        layer.setPixelData(data, x, y, picture.width(), picture.height())
        yield 0
    layer.setColorLabel(LABEL)
    layer.setLocked(True)
    root_node(document).addChildNode(layer, None)
    return node_id(layer)


def remove_gap_closures(document: Document, uid: str) -> bool:
    """Remove the layer with this id; return False when it is gone already."""
    layer = find_node(document, uid) if uid else None
    if layer is None:
        return False
    layer.setLocked(False)
    return bool(layer.remove())


def _draw(closure: GapClosure) -> tuple[int, int, QtGui.QImage]:
    x0, y0, x1, y1 = closure
    left, top = int(min(x0, x1)) - MARGIN, int(min(y0, y1)) - MARGIN
    width, height = int(abs(x1 - x0)) + 2 * MARGIN + 1, int(abs(y1 - y0)) + 2 * MARGIN + 1
    picture = QtGui.QImage(width, height, QtGui.QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QtGui.QPainter(picture)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    ends = QtCore.QPointF(x0 - left, y0 - top), QtCore.QPointF(x1 - left, y1 - top)
    painter.setPen(QtGui.QPen(COLOR, PEN))
    painter.drawLine(*ends)
    painter.setBrush(COLOR)
    for end in ends:
        painter.drawEllipse(end, PEN / 2, PEN / 2)
    painter.end()
    return left, top, picture
