"""The guide layers of all open documents, which show the borders without a line of the result that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..base.problems import problem
from ..base.qt import QtCore, Signal
from ..base.strings import text
from ..base.tasks import SlicedTask
from ..documents.find import document_key, find_node, node_id, while_open
from .flats_report import FlatsReport
from .gap_guide import add_gap_closures, find_gap_closures, redraw_gap_closures, remove_gap_closures

if TYPE_CHECKING:
    from krita import Document, Node


class GapGuides(QtCore.QObject):
    """One for all of Krita's windows: a layer is drawn once, whichever of them shows its document. Emits `changed`."""

    changed = Signal()

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, tuple[str, FlatsReport | None]] = {}
        """Ids of the layers, and the reports that they show, by document key. None for a layer that was in the document
        when it was opened."""
        self._is_redrawing = False

    def layer(self, document: Document | None) -> Node | None:
        """Return the layer, also one from before the document was opened: Krita knows layers for longer than we do."""
        if document is None:
            return None
        key = document_key(document)
        uid = self._shown[key][0] if key in self._shown else ""
        layer = find_node(document, uid) if uid else None
        if layer is None:
            layer = find_gap_closures(document, text("places_to_check.gap_closures_layer"))
            if layer is not None:
                self._shown[key] = node_id(layer), None
        return layer

    def toggle(self, document: Document, report: FlatsReport) -> None:
        """Show the borders of `report` on a layer of their own, or remove that layer."""
        key, layer = document_key(document), self.layer(document)
        self._shown.pop(key, None)
        if layer is not None and remove_gap_closures(document, node_id(layer)):
            self.changed.emit()
            return

        def keep(uid: str) -> None:
            self._shown[key] = uid, report
            self.changed.emit()

        steps = add_gap_closures(document, report, text("places_to_check.gap_closures_layer"))
        steps = while_open(document, steps, problem("document_closed_early"))
        SlicedTask(steps, keep, lambda _error: self.changed.emit(), self)

    def follow(self, document: Document | None, report: FlatsReport | None) -> None:
        """Let the layer show the borders of `report`, if there is that layer and it shows others."""
        if document is None or report is None or self.layer(document) is None:
            return
        key = document_key(document)
        uid, shown = self._shown[key]
        if shown == report or self._is_redrawing:
            return
        self._shown[key], self._is_redrawing = (uid, report), True
        steps = redraw_gap_closures(document, uid, shown, report)
        steps = while_open(document, steps, problem("document_closed_early"))
        SlicedTask(steps, self._on_redrawn, self._on_redrawn, self)

    def _on_redrawn(self, _result: object) -> None:
        self._is_redrawing = False
        self.changed.emit()  # another report may have come meanwhile
