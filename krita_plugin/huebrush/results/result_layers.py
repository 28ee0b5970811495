"""Layers of a document in the order in which an artist looks for them: their own first, those of results last."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ..documents.find import LayerEntry
from ..documents.own_layers import pickable_layers
from .recipes import result_groups

if TYPE_CHECKING:
    from krita import Document


def layers_to_pick(document: Document) -> list[LayerEntry]:
    """Return the layers of `document` that can be picked, topmost first: the artist's own, then those of results, with
    all that lies in them."""
    results = result_groups(document)
    own: list[LayerEntry] = []
    made: list[LayerEntry] = []
    group_depth: int | None = None
    for entry in pickable_layers(document):
        if group_depth is not None and entry.depth <= group_depth:
            group_depth = None
        if group_depth is None and entry.uid in results:
            group_depth = entry.depth
        if group_depth is None:
            own.append(entry)
        else:
            made.append(dataclasses.replace(entry, depth=entry.depth - group_depth, is_result=True))
    return own + made
