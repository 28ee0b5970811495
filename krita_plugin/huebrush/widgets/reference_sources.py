"""What can be offered as a reference now."""

from __future__ import annotations

from .. import documents
from ..brush_layer import pickable_layers
from ..capture import ReferenceSource


def offered_references(line_art: str) -> list[ReferenceSource]:
    """Return the active document's layers but for the one with the id `line_art`, then the other open documents."""
    document = documents.active_document()
    if document is None:
        return []
    offered = [
        ReferenceSource("layer", entry.uid, entry.name) for entry in pickable_layers(document) if entry.uid != line_art
    ]
    own = documents.document_key(document)
    for other in documents.open_documents():
        key = documents.document_key(other)
        if key != own:
            offered.append(ReferenceSource("document", key, documents.document_title(other)))
    return offered
