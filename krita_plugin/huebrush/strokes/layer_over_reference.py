"""Layers with brush strokes over references, and pages of which only a reference was shown: how both were kept before
references had a window of their own. Pages that were saved then are brought back, and their strokes count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..base.tasks import Steps
from ..documents.find import LAYER_TYPES, find_node, node_id, root_node
from ..documents.layer_reading import read_node
from ..documents.own_layers import find_reference_strokes, noted_reference_strokes, reference_stroke_ids
from ..documents.pixels import Rect
from ..results.recipes import read_records
from ..settings.sources import ReferenceSource
from .masks import Mask, split_brush_strokes

if TYPE_CHECKING:
    from krita import Document, Node

TAKE, LEAVE = "#19c23c", "#ff2d95"
"""Brush colours for parts that alone give colours, and for parts that are left out."""


def has_layer_over(document: Document, source: ReferenceSource) -> bool:
    """True when `document` has a layer with strokes over `source`."""
    return source.kind == "layer" and find_reference_strokes(document, source.key) is not None


def layer_strokes(document: Document, source: ReferenceSource, rect: Rect) -> Steps[list[Mask | None]]:
    """Read the strokes over the layer `source` inside `rect` of the page. The generator's result is the masks of `TAKE`
    and `LEAVE`, in coordinates of the page, None where there are none."""
    layer = find_reference_strokes(document, source.key) if source.kind == "layer" else None
    if layer is None:
        return [None, None]
    pixels = yield from read_node(document, layer, rect)
    if pixels.is_empty:
        return [None, None]
    masks = yield from split_brush_strokes(pixels, (TAKE, LEAVE))
    return [
        None
        if mask is None
        else Mask(Rect(rect.x + mask.rect.x, rect.y + mask.rect.y, mask.rect.width, mask.rect.height), mask.data)
        for mask in masks
    ]


def remove_layer_over(document: Document, source: ReferenceSource) -> None:
    """Remove the layer with strokes over `source`, if there is one, in one undo step of Krita's."""
    layer = find_reference_strokes(document, source.key) if source.kind == "layer" else None
    if layer is not None:
        layer.setLocked(False)
        layer.remove()


def show_page_again(document: Document) -> bool:
    """Show the layers of a page that was saved while only a reference and its strokes were shown; False if it was not.

    Nothing tells which layers the artist had hidden themselves, so all are shown but strokes and former results.
    """
    found = [
        (reference, strokes)
        for uid in noted_reference_strokes(document)
        if (strokes := find_reference_strokes(document, uid)) is not None
        and (reference := find_node(document, uid)) is not None
        and strokes.visible()
    ]
    was_hidden = False
    former = {record.group for record in read_records(document)[:-1]} | reference_stroke_ids(document)
    for reference, strokes in found:
        beside = _beside(document, reference, strokes)
        if beside and not any(node.visible() for node in beside):
            was_hidden = True
            for node in beside:
                if node_id(node) not in former:
                    node.setVisible(True)
            strokes.setVisible(False)
    if was_hidden:
        document.refreshProjection()
    return was_hidden


def _beside(document: Document, reference: Node, strokes: Node) -> list[Node]:
    """Return the layers beside `reference` and beside the groups around it, without its strokes."""
    root, node = root_node(document), reference
    found: list[Node] = []
    while node != root:
        parent = node.parentNode() or root
        found += [other for other in parent.childNodes() if other not in (node, strokes)]
        node = parent
    return [node for node in found if node.type() in LAYER_TYPES]
