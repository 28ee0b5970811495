"""Which layers of a document have strokes of the brush over which references.

Scripts can attach nothing to a layer of Krita's, so a note in the document names the layers by their ids, which last in
a saved file.
"""

from __future__ import annotations

import json
from typing import Any

from .documents import find_node
from .qt import to_bytes

NOTE = "huebrush/reference-brush"


def find_marks(document: Any, reference: str) -> Any | None:
    """Return the layer with the strokes over the layer with the id `reference`, None where there are none."""
    uid = noted_marks(document).get(reference, "")
    return find_node(document, uid) if uid else None


def mark_ids(document: Any) -> frozenset[str]:
    """Return the ids of all layers of `document` that have such strokes, if they are still there."""
    return frozenset(noted_marks(document).values())


def noted_marks(document: Any) -> dict[str, str]:
    """Return the ids of the layers with strokes by those of their references, {} where the note cannot be read."""
    if NOTE not in document.annotationTypes():
        return {}
    try:
        noted = json.loads(to_bytes(document.annotation(NOTE)).decode("utf-8"))
    except ValueError:
        return {}
    items = noted.items() if isinstance(noted, dict) else ()
    return {key: uid for key, uid in items if isinstance(uid, str)}
