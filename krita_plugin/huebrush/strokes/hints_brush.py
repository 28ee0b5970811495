"""Painting hints: a layer of our own for strokes of colour, and a brush that fits, until the artist is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..base.qt import QtCore
from ..base.strings import text
from ..documents.find import document_key, find_document, node_id, root_node
from ..documents.krita_colors import active_view
from ..documents.own_layers import HINTS_NAME, HINTS_NOTE, find_hints_layer, note_layer, noted_layer
from ..settings.sources import ReferenceSource
from .artists_tools import ArtistsTools, take_hard_brush
from .target_layer import is_seen
from .text_brush_layer import new_strokes_layer, start_painting

if TYPE_CHECKING:
    from krita import Document, Node


class HintsBrush(QtCore.QObject):
    """Brush for hints, and what the artist had in hand before, in each document in which hints are painted now."""

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._before: dict[str, ArtistsTools] = {}

    def is_painting(self, document: Document) -> bool:
        """True from `begin` to `finish`, while the layer is there."""
        return document_key(document) in self._before and find_hints_layer(document) is not None

    def begin(self, document: Document, color: str = "") -> ReferenceSource:
        """Let the artist paint hints in `document`, which is in front, and return their layer. It is made on top of all
        others, in one undo step, if needed. `color`: "#rrggbb" to begin with, "" for the artist's own."""
        key, view = document_key(document), active_view()
        self._before = {known: tools for known, tools in self._before.items() if find_document(known) is not None}
        if view is not None and key not in self._before:
            self._before[key] = ArtistsTools.read(document, view)
        layer = find_hints_layer(document) or _add_layer(document)
        start_painting(document, layer, color)
        if view is not None:
            take_hard_brush(document, view)
        return source_of(layer)

    def finish(self, document: Document) -> None:
        """Give the artist back layer, tool, brush and colour."""
        before, view = self._before.pop(document_key(document), None), active_view()
        if before is not None and view is not None:
            layer = find_hints_layer(document)
            before.give_back(document, view, node_id(layer) if layer is not None else "")

    def remove(self, document: Document) -> None:
        """Remove the hints with their layer, in one undo step."""
        layer = find_hints_layer(document)
        self.finish(document)
        if layer is not None:
            layer.setLocked(False)
            layer.remove()


def source_of(layer: Node) -> ReferenceSource:
    """Return `layer` as a source of hints."""
    return ReferenceSource("layer", node_id(layer), layer.name())


def is_noted(document: Document, source: ReferenceSource) -> bool:
    """True when `source` is the layer that was made for hints in `document`, which may be gone."""
    return bool(source.key) and source.key == noted_layer(document, HINTS_NOTE)


def hidden_hints(document: Document) -> str:
    """Return the id of the layer that was made for hints in `document` if it is hidden: then hints do not count."""
    layer = find_hints_layer(document)
    return node_id(layer) if layer is not None and not is_seen(document, layer) else ""


def _add_layer(document: Document) -> Node:
    layer = new_strokes_layer(document, text(HINTS_NAME))
    root_node(document).addChildNode(layer, None)
    note_layer(document, layer, HINTS_NOTE, HINTS_NAME)
    return layer
