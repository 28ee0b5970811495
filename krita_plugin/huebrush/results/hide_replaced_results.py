"""Results that replace former ones, in one undo step.

Removing a layer by script would be a second undo step. Hiding one is no undo step: the former group is hidden when its
successor is inserted, shown again when undo takes the successor away, and hidden again with redo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..base.qt import QtCore
from ..documents.find import document_key, find_document, node_id, root_node, walk
from .recipes import RecipeKeeper

if TYPE_CHECKING:
    from krita import Document, Node


@dataclass
class _Replacement:
    document: str
    group: str
    former: str
    is_there: bool = True


class ReplacedResults(QtCore.QObject):
    """Pairs of results, new and former, that are checked after each undo and redo, together with the recipes."""

    def __init__(self, recipes: RecipeKeeper, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._known: list[_Replacement] = []
        recipes.looked.connect(self._on_looked)

    def replace(self, document: Document, former: str, group: str) -> None:
        """Hide the group with the id `former` as long as the group with the id `group` is there."""
        self._known = [entry for entry in self._known if find_document(entry.document) is not None]
        node = _nodes(document).get(former)
        if node is not None and node.visible():
            self._known.append(_Replacement(document_key(document), group, former))
            _set_visible(document, node, visible=False)

    def hide(self, document: Document, former: str, again: str = "") -> None:
        """Hide the group with the id `former`, which a result without layers has replaced. `again`: the id of the one
        that was hidden for its sake, and is seen again now; empty for none."""
        nodes = _nodes(document)
        node, hidden = nodes.get(former), nodes.get(again)
        if node is not None and node.visible():
            _set_visible(document, node, visible=False)
        if hidden is not None and not hidden.visible():
            _set_visible(document, hidden, visible=True)

    def _on_looked(self, document: Document) -> None:
        key = document_key(document)
        entries = [entry for entry in self._known if entry.document == key]
        if not entries:
            return
        nodes = _nodes(document)
        for entry in entries:
            is_there = entry.group in nodes
            if is_there != entry.is_there:
                entry.is_there = is_there
                if entry.former in nodes:
                    _set_visible(document, nodes[entry.former], visible=not is_there)


def _nodes(document: Document) -> dict[str, Node]:
    return {node_id(node): node for node, _ in walk(root_node(document))}


def _set_visible(document: Document, node: Node, visible: bool) -> None:
    node.setVisible(visible)
    document.refreshProjection()
