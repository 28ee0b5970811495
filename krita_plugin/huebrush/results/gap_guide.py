"""A guide layer that shows the borders of regions that have no line: closed gaps, and borders between colours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..base.qt import QtCore, QtGui, image_bytes, to_bytes
from ..base.tasks import BREATHE, Steps
from ..documents.active_layer import artists_layer_active, give_back_active
from ..documents.find import document_key, find_node, node_id, root_node
from ..documents.scratch import SRGB_SPACE
from .flats_report import ColorBorder, FlatsReport

if TYPE_CHECKING:
    from krita import Document, Node

COLOR = QtGui.QColor(230, 0, 126)
BORDER_COLOR = QtGui.QColor(0, 150, 220)
"""Colour of a border between two colours; one across a closed gap has `COLOR`."""
PEN = 3.0
"""Width of the lines in pixels."""
MARGIN = 6
"""Room for the line's ends around its bounds, in pixels."""
LABEL = 7
"""Purple among Krita's colour labels."""


def add_gap_closures(document: Document, report: FlatsReport, name: str) -> Steps[str]:
    """Put a locked layer called `name` with a line for each border of `report` that has none on top of `document`.

    One undo step; the artist's layer stays the active one, as nobody can paint on this one. The result is the layer's
    id.
    """
    layer = document.createNode(name, "paintlayer")
    layer.setColorSpace(*SRGB_SPACE)
    for corners, color in _lines(report):
        _draw(layer, corners, color)
        yield 0
    layer.setColorLabel(LABEL)
    layer.setLocked(True)
    with artists_layer_active(document) as selected:
        root_node(document).addChildNode(layer, None)
        yield BREATHE
        yield from give_back_active(document_key(document), selected, node_id(layer))
    return node_id(layer)


def find_gap_closures(document: Document, name: str) -> Node | None:
    """Return the topmost such layer of `document`, None without one: it has this name, our colour and lock, and lies in
    no group."""
    for node in reversed(root_node(document).childNodes()):
        if node.name() == name and node.type() == "paintlayer" and node.colorLabel() == LABEL and node.locked():
            return node
    return None


def redraw_gap_closures(document: Document, uid: str, before: FlatsReport | None, after: FlatsReport) -> Steps[None]:
    """Show the borders of another report, `after` in place of `before`, on the layer with this id. No undo step: the
    layer follows the result that is shown, and so do undo and redo. All goes where `before` is not known."""
    layer = find_node(document, uid)
    if layer is None:
        return
    for box in [layer.bounds()] if before is None else [_box(corners) for corners, _ in _lines(before)]:
        empty = QtCore.QByteArray(bytes(4 * box.width() * box.height()))
        layer.setPixelData(empty, box.x(), box.y(), box.width(), box.height())
        yield 0
    for corners, color in _lines(after):
        _draw(layer, corners, color)
        yield 0
    document.refreshProjection()


def remove_gap_closures(document: Document, uid: str) -> bool:
    """Remove the layer with this id; return False when it is gone already."""
    layer = find_node(document, uid) if uid else None
    if layer is None:
        return False
    layer.setLocked(False)
    return bool(layer.remove())


def _lines(report: FlatsReport) -> Iterator[tuple[ColorBorder, QtGui.QColor]]:
    """Corners and colour of each line of the guide."""
    for x0, y0, x1, y1 in report.gap_closures:
        yield ((x0, y0), (x1, y1)), COLOR
    for border in report.color_borders:
        yield border, BORDER_COLOR


def _box(corners: ColorBorder) -> QtCore.QRect:
    """The pixels that a line with these corners may touch."""
    left = int(min(x for x, _ in corners)) - MARGIN
    top = int(min(y for _, y in corners)) - MARGIN
    width = int(max(x for x, _ in corners)) - left + MARGIN + 1
    height = int(max(y for _, y in corners)) - top + MARGIN + 1
    return QtCore.QRect(left, top, width, height)


def _draw(layer: Node, corners: ColorBorder, color: QtGui.QColor) -> None:
    """Draw a line over what the layer shows: the lines' boxes overlap."""
    box = _box(corners)
    place = (box.x(), box.y(), box.width(), box.height())
    shown = to_bytes(layer.pixelData(*place))
    picture = QtGui.QImage(shown, box.width(), box.height(), 4 * box.width(), QtGui.QImage.Format.Format_ARGB32).copy()
    painter = QtGui.QPainter(picture)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    places = [QtCore.QPointF(x - box.x(), y - box.y()) for x, y in corners]
    painter.setPen(QtGui.QPen(color, PEN))
    painter.drawPolyline(QtGui.QPolygonF(places))
    painter.setBrush(color)
    for end in (places[0], places[-1]):
        painter.drawEllipse(end, PEN / 2, PEN / 2)
    painter.end()
    layer.setPixelData(QtCore.QByteArray(image_bytes(picture)), *place)
