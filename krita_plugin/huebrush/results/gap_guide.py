"""A guide layer that shows the borders of regions that have no line: closed gaps, and borders between colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..base.qt import QtCore, QtGui, image_bytes
from ..base.tasks import Steps
from ..documents.find import find_node, node_id, root_node
from ..documents.scratch import SRGB_SPACE
from .flats_report import ColorBorder, GapClosure

if TYPE_CHECKING:
    from krita import Document

COLOR = QtGui.QColor(230, 0, 126)
BORDER_COLOR = QtGui.QColor(0, 150, 220)
"""Colour of a border between two colours; one across a closed gap has `COLOR`."""
PEN = 3.0
"""Width of the lines in pixels."""
MARGIN = 6
"""Room for the line's ends around its bounds, in pixels."""
LABEL = 7
"""Purple among Krita's colour labels."""


def add_gap_closures(
    document: Document, gap_closures: Sequence[GapClosure], color_borders: Sequence[ColorBorder], name: str
) -> Steps[str]:
    """Put a locked layer called `name` with a line for each of `gap_closures` and `color_borders` on top of `document`.

    One undo step; the result is the layer's id.
    """
    layer = document.createNode(name, "paintlayer")
    layer.setColorSpace(*SRGB_SPACE)
    lines = [(((x0, y0), (x1, y1)), COLOR) for x0, y0, x1, y1 in gap_closures]
    lines += [(border, BORDER_COLOR) for border in color_borders]
    for corners, color in lines:
        x, y, picture = _draw(corners, color)
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


def _draw(corners: ColorBorder, color: QtGui.QColor) -> tuple[int, int, QtGui.QImage]:
    left = int(min(x for x, _ in corners)) - MARGIN
    top = int(min(y for _, y in corners)) - MARGIN
    width = int(max(x for x, _ in corners)) - left + MARGIN + 1
    height = int(max(y for _, y in corners)) - top + MARGIN + 1
    picture = QtGui.QImage(width, height, QtGui.QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QtGui.QPainter(picture)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    places = [QtCore.QPointF(x - left, y - top) for x, y in corners]
    painter.setPen(QtGui.QPen(color, PEN))
    painter.drawPolyline(QtGui.QPolygonF(places))
    painter.setBrush(color)
    for end in (places[0], places[-1]):
        painter.drawEllipse(end, PEN / 2, PEN / 2)
    painter.end()
    return left, top, picture
