"""Which layers hold strokes that are meant for Huebrush and are no part of the picture: the text brush's, and those
over references. Notes in the document name them by their ids."""

from __future__ import annotations

import json
from typing import Any

from .documents import find_node, node_id, walk
from .qt import to_bytes
from .strings import every_text

BRUSH_NOTE = "huebrush/text-brush"
MARKS_NOTE = "huebrush/reference-brush"


def find_brush(document: Any) -> Any | None:
    """Return the text brush's layer of `document`, None where it has none.

    Where the noted layer is gone, one with the brush's name counts: a copy, or one that came from another document.
    """
    noted = _read(document, BRUSH_NOTE)
    found = find_node(document, noted) if isinstance(noted, str) and noted else None
    if found is not None:
        return found
    names = every_text("brush.layer")
    return next((node for node, _ in walk(document.rootNode()) if is_plain_name(node, names)), None)


def is_plain_name(node: Any, names: frozenset[str]) -> bool:
    """True for a paint layer that is called one of `names`."""
    return node.type() == "paintlayer" and node.name() in names


def noted_marks(document: Any) -> dict[str, str]:
    """Return by the ids of references the ids of the layers with strokes over them, which may be gone."""
    noted = _read(document, MARKS_NOTE)
    items = noted.items() if isinstance(noted, dict) else ()
    return {key: uid for key, uid in items if isinstance(uid, str)}


def mark_ids(document: Any) -> frozenset[str]:
    """Return the ids of all layers of `document` that have strokes over references, if they are still there."""
    return frozenset(noted_marks(document).values())


def strokes_within(document: Any, node: Any) -> list[list[int]]:
    """Return the ways from `node` of `document` down to such layers in it that are not hidden themselves, each as
    places among children from 0."""
    brush, ours = find_brush(document), set(mark_ids(document))
    if brush is not None:
        ours.add(node_id(brush))
    return _ways(node, ours) if ours else []


def _ways(node: Any, wanted: set[str]) -> list[list[int]]:
    found = []
    for place, child in enumerate(node.childNodes()):
        if node_id(child) in wanted:
            found += [[place]] if child.visible() else []
        elif child.type() == "grouplayer":
            found += [[place, *way] for way in _ways(child, wanted)]
    return found


def _read(document: Any, note: str) -> Any:
    if note not in document.annotationTypes():
        return None
    try:
        return json.loads(to_bytes(document.annotation(note)).decode("utf-8"))
    except ValueError:
        return None
