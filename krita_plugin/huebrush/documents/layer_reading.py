"""Reading what a layer shows: alone, in a group or outside the page, in the frame that is shown now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ..base.problems import problem
from ..base.qt import QtGui, image_bytes
from ..base.tasks import BREATHE, Steps
from .find import node_id, require_open, root_node, walk
from .own_layers import brush_strokes_within
from .pixels import PIXELS_AT_ONCE, Pixels, Rect, read_strips
from .scratch import compose, resolution_of, scratch_document

if TYPE_CHECKING:
    from krita import Document, GroupLayer, Node

OPAQUE = 255
"""Krita's number for full opacity."""


def is_plain(node: Node) -> bool:
    """True for a paint layer without masks and styles: what it shows is its own pixels."""
    return node.type() == "paintlayer" and not node.childNodes() and not has_style(node)


def has_style(node: Node) -> bool:
    """True for a layer with a layer style, such as a shadow or an outline: Krita draws it around the layer's picture
    where the layer is composed with others."""
    return bool(node.layerStyleToAsl())


def page_of(document: Document) -> Rect:
    """Return the rectangle of the whole page."""
    return Rect(0, 0, document.width(), document.height())


def read_node(document: Document, node: Node, rect: Rect) -> Steps[Pixels]:
    """Read `rect`, which may reach beyond the page, of `node` of `document` as `Pixels` (the generator's result).

    A plain paint layer is read from a duplicate, which Krita makes without copying, so that painting meanwhile does
    not mix two states. Anything with masks, children or a layer style is read as it appears, without the strokes of our
    brushes inside it. What inherits alpha is clipped as it is seen. Krita converts the colours.
    """
    if is_plain(node):
        yield 0
        pixels = yield from read_strips(document, node.duplicate(), rect, projected=False)
    else:
        strokes = brush_strokes_within(document, node)
        if not strokes and _is_composed(document, node) and page_of(document).holds(rect):
            pixels = yield from read_strips(document, node, rect, projected=True)
        else:
            pixels = yield from read_copies(document, (node,), rect, strokes)
    if not pixels.is_empty and node_id(node) != node_id(root_node(document)) and node.inheritAlpha():
        shape = yield from read_copies(document, layers_below(document, node), rect)
        pixels = yield from _clipped(pixels, shape)
    return pixels


def layers_below(document: Document, node: Node) -> tuple[Node, ...]:
    """Return the visible layers, bottom first, whose alpha a layer inherits: those below it in its group, and below
    that if it is a pass-through group."""
    parent, found = node.parentNode(), []
    while parent is not None:
        siblings = parent.childNodes()
        below = siblings[: siblings.index(node)]
        found = [layer for layer in below if layer.visible() and not layer.type().endswith("mask")] + found
        node, parent = parent, parent.parentNode()
        if not _passes_through(document, node):
            break
    return tuple(found)


def read_copies(
    document: Document, nodes: Sequence[Node], rect: Rect, strokes: Sequence[Sequence[int]] = ()
) -> Steps[Pixels]:
    """Read `rect` of copies of `nodes` of `document`, bottom first, composed in a document of their own, as they are in
    the frame that is shown now. The layers that the paths in `strokes` lead to, of a single node, are hidden."""
    space = (document.colorModel(), document.colorDepth(), document.colorProfile())
    page, closed = page_of(document), problem("document_closed_early")
    area = page.united(rect) if page.meets(rect) else rect
    with scratch_document("huebrush-capture", resolution_of(document), space) as scratch:
        yield BREATHE
        require_open(scratch, closed)
        if len(nodes) == 1:
            copy = _copy_to(scratch, document, nodes[0], strokes)
        else:
            copy = scratch.createGroupLayer("huebrush-below")
            root_node(scratch).addChildNode(copy, None)
            for node in nodes:
                copy.addChildNode(node.duplicate(), None)
        if document.currentTime() != scratch.currentTime():
            scratch.setCurrentTime(document.currentTime())
        if area != page:
            _renew_styles(scratch)
        yield from compose(scratch, (area.x, area.y, area.width, area.height), closed)
        place = Rect(rect.x - area.x, rect.y - area.y, rect.width, rect.height)
        pixels = yield from read_strips(scratch, copy, place, projected=True)
        yield BREATHE
    yield BREATHE
    return replace(pixels, rect=rect)


def _clipped(pixels: Pixels, shape: Pixels) -> Steps[Pixels]:
    """Multiply the alpha of `pixels` by that of `shape`, of the same rectangle."""
    width, row, visible = pixels.rect.width, 0, 0
    format_ = QtGui.QImage.Format
    rows_at_once = max(1, PIXELS_AT_ONCE // width)
    while row < pixels.rect.height:
        rows = min(rows_at_once, pixels.rect.height - row)
        place = slice(row * width * 4, (row + rows) * width * 4)
        alpha = bytes(shape.data[place])[3::4]
        if alpha.count(255) < len(alpha):
            band = QtGui.QImage(bytes(pixels.data[place]), width, rows, width * 4, format_.Format_ARGB32).copy()
            painter = QtGui.QPainter(band)
            painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_DestinationIn)
            painter.drawImage(0, 0, QtGui.QImage(alpha, width, rows, width, format_.Format_Alpha8))
            painter.end()
            pixels.data[place] = image_bytes(band)
        seen = bytes(pixels.data[place])[3::4]
        visible += len(seen) - seen.count(0)
        row += rows
        yield BREATHE
    return replace(pixels, is_opaque=pixels.is_opaque and shape.is_opaque, is_empty=visible == 0)


def _copy_to(scratch: Document, document: Document, node: Node, strokes: Sequence[Sequence[int]]) -> Node:
    """Put a copy of `node` of `document` into `scratch`, visible by itself, and return it, or a group around it that
    shows its style too. The layers that the paths in `strokes` lead to are hidden."""
    if node_id(node) == node_id(root_node(document)):
        copy = scratch.createGroupLayer("huebrush-root")  # a root cannot be copied
        root_node(scratch).addChildNode(copy, None)
        for place, child in enumerate(node.childNodes()):
            duplicate = child.duplicate()
            for way in strokes:
                if way[0] == place:
                    _hide(duplicate, way[1:])
            copy.addChildNode(duplicate, None)
        return copy
    copy = node.duplicate()
    copy.setVisible(True)
    if hasattr(copy, "setPassThroughMode"):
        cast("GroupLayer", copy).setPassThroughMode(False)
    for way in strokes:
        _hide(copy, way)
    if not has_style(node):
        root_node(scratch).addChildNode(copy, None)
        return copy
    around = scratch.createGroupLayer("huebrush-styled")  # a layer's own picture is without its style
    root_node(scratch).addChildNode(around, None)
    copy.setOpacity(OPAQUE)
    copy.setInheritAlpha(False)
    around.addChildNode(copy, None)
    return around


def _renew_styles(scratch: Document) -> None:
    """Give the layers of `scratch` their own styles again: the style of a copy draws no further than the page that the
    copy was made of."""
    for node, _ in walk(root_node(scratch)):
        style = node.layerStyleToAsl()
        if style:
            node.setLayerStyleFromAsl(style)


def _hide(node: Node, way: Sequence[int]) -> None:
    """Hide the node at the end of the path `way`, a row of child indices that begins at `node`."""
    for place in way:
        node = node.childNodes()[place]
    node.setVisible(False)


def _is_composed(document: Document, node: Node) -> bool:
    """True when Krita keeps an up-to-date picture of `node`: visible up to the root, and neither a pass-through group
    nor with a style."""
    root = node_id(root_node(document))
    if _passes_through(document, node) or has_style(node):
        return False
    current: Node | None = node
    while current is not None and node_id(current) != root:
        if not current.visible():
            return False
        current = current.parentNode()
    return True


def _passes_through(document: Document, node: Node) -> bool:
    """True for a group that is not composed by itself."""
    is_root = node_id(node) == node_id(root_node(document))
    return not is_root and bool(getattr(node, "passThroughMode", lambda: False)())
