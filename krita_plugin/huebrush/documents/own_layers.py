"""The plugin's own layers in a document: those of the text brush, of the reference brush, and of the hints.

Krita's scripts can attach nothing to a layer, so notes in the document name these layers by their ids, which last in a
saved file. Where the text brush's or the hints' layer is gone, one with its name counts: a copy, or one of another
document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..base.strings import every_text, text
from .find import LayerEntry, find_node, layer_entries, node_id, root_node, walk
from .notes import read_note, write_note

if TYPE_CHECKING:
    from krita import Document, Node

REFERENCE_BRUSH_NOTE = "huebrush/reference-brush"

TEXT_BRUSH_NOTE = "huebrush/text-brush"
TEXT_BRUSH_NAME = "brush.layer"
"""The id of the name of the text brush's layer."""

HINTS_NOTE = "huebrush/hints"
HINTS_NAME = "hints.layer"
"""The id of the name of the hints' layer."""


def find_text_brush_layer(document: Document) -> Node | None:
    """Return the text brush's layer in `document`, or None."""
    return _find(document, TEXT_BRUSH_NOTE, TEXT_BRUSH_NAME)


def find_hints_layer(document: Document) -> Node | None:
    """Return the layer in `document` that was made for hints, or None."""
    return _find(document, HINTS_NOTE, HINTS_NAME)


def note_layer(document: Document, layer: Node, note: str, name: str) -> None:
    """Note that `layer` of `document` is the one of this `note`, whose name has the id `name`."""
    write_note(document, note, text(name), node_id(layer))


def _find(document: Document, note: str, name: str) -> Node | None:
    """Return the layer that a `note` of `document` names, otherwise one whose name has the id `name`."""
    uid = noted_layer(document, note)
    noted = find_node(document, uid) if uid else None
    if noted is not None:
        return noted
    names = every_text(name)
    return next((node for node, _ in walk(root_node(document)) if is_plain_name(node, names)), None)


def is_plain_name(node: Node, names: frozenset[str]) -> bool:
    """True for a paint layer that is called one of `names`."""
    return node.type() == "paintlayer" and node.name() in names


def pickable_layers(document: Document) -> list[LayerEntry]:
    """Return the layers of `document` that can be picked as line art or reference: all but our own."""
    ours = own_layer_ids(document)
    return [entry for entry in layer_entries(document) if entry.uid not in ours]


def brush_strokes_within(document: Document, node: Node) -> list[list[int]]:
    """Return the paths from `node` of `document` down to the visible layers of ours inside it, each a list of child
    indices from 0."""
    ours = own_layer_ids(document)
    return _ways(node, ours) if ours else []


def own_layer_ids(document: Document) -> frozenset[str]:
    """Return the ids of all layers of our own in `document`."""
    found = (find_text_brush_layer(document), find_hints_layer(document))
    return reference_stroke_ids(document) | {node_id(layer) for layer in found if layer is not None}


def _ways(node: Node, uids: frozenset[str]) -> list[list[int]]:
    ways: list[list[int]] = []
    for place, child in enumerate(node.childNodes()):
        if node_id(child) in uids:
            ways += [[place]] if child.visible() else []
        elif child.type() == "grouplayer":
            ways += [[place, *way] for way in _ways(child, uids)]
    return ways


def noted_layer(document: Document, note: str) -> str:
    """Return the id of the layer that a `note` of `document` names, which may be gone; "" without the note."""
    uid = read_note(document, note)
    return uid if isinstance(uid, str) else ""


def find_reference_strokes(document: Document, reference: str) -> Node | None:
    """Return the layer with the strokes over the layer with the id `reference`, or None."""
    uid = noted_reference_strokes(document).get(reference, "")
    return find_node(document, uid) if uid else None


def reference_stroke_ids(document: Document) -> frozenset[str]:
    """Return the ids of all layers of `document` that have such strokes, if they are still there."""
    return frozenset(noted_reference_strokes(document).values())


def noted_reference_strokes(document: Document) -> dict[str, str]:
    """Return the ids of the layers with strokes by those of their references, {} where the note cannot be read."""
    noted = read_note(document, REFERENCE_BRUSH_NOTE)
    items = noted.items() if isinstance(noted, dict) else ()
    return {key: uid for key, uid in items if isinstance(uid, str)}
