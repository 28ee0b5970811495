"""Layers that are selected in Krita's Layers docker, which may be several: Krita selects each layer that is inserted,
and no other one. Scripts can ask which are selected; only the docker's list can select several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from krita import Krita

from ..base.qt import QtCore, QtWidgets
from .find import active_document, node_id, root_node

if TYPE_CHECKING:
    from krita import Document, Node

LAYER_LIST = "listLayers"
"""The object name of the tree view in the Layers docker."""
SELECT = QtCore.QItemSelectionModel.SelectionFlag.Select | QtCore.QItemSelectionModel.SelectionFlag.Rows
CHOOSE = QtCore.QItemSelectionModel.SelectionFlag.ClearAndSelect | QtCore.QItemSelectionModel.SelectionFlag.Rows


def layer_list() -> QtWidgets.QTreeView | None:
    """Return the list in the Layers docker of the active window."""
    window = Krita.instance().activeWindow()
    return window.qwindow().findChild(QtWidgets.QTreeView, LAYER_LIST) if window is not None else None


def selected_nodes() -> list[Node] | None:
    """Return the selected nodes of the document in front, among them the active one; None where Krita does not tell.

    No event runs meanwhile, unlike in `Document.activeNode` from 5.2 on.
    """
    window = Krita.instance().activeWindow()
    view = window.activeView() if window is not None else None
    return view.selectedNodes() if view is not None and hasattr(view, "selectedNodes") else None


def selected_layers(document: Document) -> list[Node]:
    """Return the selected layers and masks of `document`, none if it is not in front."""
    return (selected_nodes() or []) if active_document() == document else []


def select_too(document: Document, nodes: Iterable[Node]) -> None:
    """Select `nodes` of `document` beside the active one, where it is in front and the Layers docker knows them."""
    shown, selected = layer_list(), {node_id(node) for node in selected_layers(document)}
    if shown is None or active_document() != document:
        return
    for node in nodes:
        index = _index(document, shown, node) if node_id(node) not in selected else QtCore.QModelIndex()
        model = shown.selectionModel()
        if index.isValid() and model is not None:
            model.select(index, SELECT)


def activate_in_list(document: Document, node: Node) -> bool:
    """Make `node` of `document`, which is in front, the active one by a choice in the Layers docker; False where that
    does not know it yet. No event runs meanwhile, unlike in `Document.setActiveNode` from 5.2 on."""
    shown = layer_list()
    index = _index(document, shown, node) if shown is not None else QtCore.QModelIndex()
    chosen = shown.selectionModel() if shown is not None else None
    if chosen is None or not index.isValid():
        return False
    # The list may be behind and take it for the active one.
    chosen.setCurrentIndex(QtCore.QModelIndex(), QtCore.QItemSelectionModel.SelectionFlag.NoUpdate)
    chosen.setCurrentIndex(index, CHOOSE)
    return selected_nodes() == [node]


def _index(document: Document, shown: QtWidgets.QTreeView, node: Node) -> QtCore.QModelIndex:
    """Return the place of `node` in the list, topmost first within its parent; an invalid one where it is not there."""
    parent, model, root = node.parentNode(), shown.model(), root_node(document)
    if parent is None or model is None:
        return QtCore.QModelIndex()
    above = QtCore.QModelIndex() if parent == root else _index(document, shown, parent)
    siblings = parent.childNodes()
    if node not in siblings or not (parent == root or above.isValid()):
        return QtCore.QModelIndex()
    index = model.index(len(siblings) - 1 - siblings.index(node), 0, above)
    is_it = index.data(QtCore.Qt.ItemDataRole.DisplayRole) == node.name()
    return index if is_it else QtCore.QModelIndex()
