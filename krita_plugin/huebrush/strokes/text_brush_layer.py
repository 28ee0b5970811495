"""The layer of the text brush: an ordinary paint layer on top of the page, known by a note in the document.

Krita's scripts can attach nothing to a layer, so the document's note names the layer's id, which lasts in a saved file.
Where that layer is gone, one with the brush's name counts: a copy, or one that came from another document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from krita import Krita

from ..base.colors import parse_color
from ..base.strings import text
from ..documents.find import root_node
from ..documents.krita_colors import managed_color
from ..documents.own_layers import TEXT_BRUSH_NAME, TEXT_BRUSH_NOTE, find_text_brush_layer, note_layer
from ..documents.scratch import SRGB_SPACE

if TYPE_CHECKING:
    from krita import Document, Node


OPACITY = 153
"""Of 255: lines show through strokes."""
BRUSH_TOOL = "KritaShape/KisToolBrush"
ERASER = "erase_action"


def make_text_brush_layer(document: Document) -> Node:
    """Return the text brush's layer of `document`; makes one on top of all layers, in one undo step, if needed."""
    found = find_text_brush_layer(document)
    if found is not None:
        return found
    layer = new_text_brush_layer(document)
    add_text_brush_layer(document, layer)
    return layer


def new_text_brush_layer(document: Document) -> Node:
    """Return a new layer for the text brush, not yet inserted into `document`."""
    return new_strokes_layer(document, text(TEXT_BRUSH_NAME))


def new_strokes_layer(document: Document, name: str) -> Node:
    """Return a new layer for strokes of colour through which the lines show, not yet inserted into `document`."""
    layer = document.createNode(name, "paintlayer")
    layer.setColorSpace(*SRGB_SPACE)  # painted colours stay exact, whatever the page's colour space is
    layer.setOpacity(OPACITY)
    return layer


def add_text_brush_layer(document: Document, layer: Node) -> None:
    """Put `layer` on top of all layers of `document` as the text brush's."""
    root_node(document).addChildNode(layer, None)
    note_layer(document, layer, TEXT_BRUSH_NOTE, TEXT_BRUSH_NAME)


def start_painting(document: Document, layer: Node, color: str) -> None:
    """Let the artist paint on `layer` in `color`, "#rrggbb": choose the layer, the freehand brush, and the colour."""
    layer.setVisible(True)
    layer.setLocked(False)
    document.setActiveNode(layer)
    application = Krita.instance()
    tool, eraser = application.action(BRUSH_TOOL), application.action(ERASER)
    if tool is not None:
        tool.trigger()
    if eraser is not None and eraser.isCheckable() and eraser.isChecked():
        eraser.trigger()
    window = application.activeWindow()
    view, parsed = window.activeView() if window is not None else None, parse_color(color)
    if view is not None and parsed is not None:
        view.setForeGroundColor(managed_color(parsed))
