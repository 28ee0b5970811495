"""The layer of the text brush: an ordinary paint layer on top of the page, known by a note in the document.

Krita's scripts can attach nothing to a layer, so the document's note names the layer's id, which lasts in a saved file.
Where that layer is gone, one with the brush's name counts: a copy, or one that came from another document.
"""

from __future__ import annotations

import json
from typing import Any

from krita import Krita

from .color_codes import parse_color
from .documents import LayerEntry, find_node, layer_entries, node_id, walk
from .managed_colors import managed_color
from .marks_note import mark_ids
from .qt import QtCore, to_bytes
from .scratch import SRGB_SPACE
from .strings import every_text, text

NOTE = "huebrush/text-brush"
OPACITY = 153
"""Of 255: lines show through strokes."""
BRUSH_TOOL = "KritaShape/KisToolBrush"
ERASER = "erase_action"


def find_brush(document: Any) -> Any | None:
    """Return the text brush's layer of `document`, None where it has none."""
    noted = find_node(document, _note(document)) if _note(document) else None
    if noted is not None:
        return noted
    names = every_text("brush.layer")
    return next((node for node, _ in walk(document.rootNode()) if is_plain_name(node, names)), None)


def is_plain_name(node: Any, names: frozenset[str]) -> bool:
    """True for a paint layer that is called one of `names`."""
    return node.type() == "paintlayer" and node.name() in names


def pickable_layers(document: Any) -> list[LayerEntry]:
    """Return the layers of `document` that can be picked as line art or reference: all but those of our brushes."""
    brush, ours = find_brush(document), set(mark_ids(document))
    if brush is not None:
        ours.add(node_id(brush))
    return [entry for entry in layer_entries(document) if entry.uid not in ours]


def strokes_within(document: Any, node: Any) -> list[list[int]]:
    """Return the ways from `node` of `document` down to layers of our brushes in it that are not hidden themselves,
    each as places among children from 0."""
    brush, ours = find_brush(document), set(mark_ids(document))
    if brush is not None:
        ours.add(node_id(brush))
    return _ways(node, ours) if ours else []


def make_brush(document: Any) -> Any:
    """Return the text brush's layer of `document`: the one there is, else a new one on top of all layers, in one undo
    step."""
    found = find_brush(document)
    if found is not None:
        return found
    layer = empty_brush(document)
    add_brush(document, layer)
    return layer


def empty_brush(document: Any) -> Any:
    """Return a new layer for the text brush, which `document` does not hold yet."""
    layer = document.createNode(text("brush.layer"), "paintlayer")
    layer.setColorSpace(*SRGB_SPACE)  # what is painted is read to the very colour, whatever the page is in
    layer.setOpacity(OPACITY)
    return layer


def add_brush(document: Any, layer: Any) -> None:
    """Put `layer` on top of all layers of `document` as the text brush's."""
    document.rootNode().addChildNode(layer, None)
    document.setAnnotation(NOTE, text("brush.layer"), QtCore.QByteArray(json.dumps(node_id(layer)).encode("utf-8")))


def take_brush(document: Any, layer: Any, color: str) -> None:
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


def _ways(node: Any, wanted: set[str]) -> list[list[int]]:
    found: list[list[int]] = []
    for place, child in enumerate(node.childNodes()):
        if node_id(child) in wanted:
            found += [[place]] if child.visible() else []
        elif child.type() == "grouplayer":
            found += [[place, *way] for way in _ways(child, wanted)]
    return found


def _note(document: Any) -> str:
    if NOTE not in document.annotationTypes():
        return ""
    try:
        uid = json.loads(to_bytes(document.annotation(NOTE)).decode("utf-8"))
    except ValueError:
        return ""
    return uid if isinstance(uid, str) else ""
