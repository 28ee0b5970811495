"""Results that take the place of former ones, in one undo step.

A script can remove a layer, but that would be an undo step of its own beside the insertion. Hiding one is none: the
former group is hidden when its successor is inserted, shown again when undo takes the successor away, and hidden again
with redo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..base.qt import QtCore
from ..documents.find import document_key, find_document, node_id, walk
from .recipes import RecipeKeeper


@dataclass
class _Replacement:
    document: str
    group: str
    former: str
    is_there: bool = True


class ReplacedResults(QtCore.QObject):
    """Looks after each undo and redo, when the keeper of the recipes does, which groups are there."""

    def __init__(self, recipes: RecipeKeeper, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._known: list[_Replacement] = []
        recipes.looked.connect(self._on_looked)

    def replace(self, document: Any, former: str, group: str) -> None:
        """Hide the group with the id `former` for as long as that with the id `group` is there."""
        self._known = [entry for entry in self._known if find_document(entry.document) is not None]
        node = _nodes(document).get(former)
        if node is not None and node.visible():
            self._known.append(_Replacement(document_key(document), group, former))
            _set_visible(document, node, visible=False)

    def hide(self, document: Any, former: str) -> None:
        """Hide the group with the id `former`, which a result without layers has replaced."""
        node = _nodes(document).get(former)
        if node is not None and node.visible():
            _set_visible(document, node, visible=False)

    def _on_looked(self, document: Any) -> None:
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


def _nodes(document: Any) -> dict[str, Any]:
    return {node_id(node): node for node, _ in walk(document.rootNode())}


def _set_visible(document: Any, node: Any, visible: bool) -> None:
    node.setVisible(visible)
    document.refreshProjection()
