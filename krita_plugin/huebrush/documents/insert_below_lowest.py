"""Insertion of a group below the lowest layer: scripts cannot do it, the list in Krita's Layers docker can.

`Node.addChildNode` only inserts above another layer. A drop at the end of the Layers docker's list inserts below the
lowest one, in one undo step and without touching any layer; but it takes only what the list itself hands out. So the
group is first inserted above the line art, taken from the list, and that insertion undone; then a copy is dropped at
the end. What is left on the undo stack is the drop alone.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

from krita import Krita

from ..base.problems import Problem, ProblemError, Remedy, problem
from ..base.qt import QtCore, QtWidgets, never_none
from ..base.tasks import Steps
from .find import active_document, document_key, find_document, find_node, node_id

if TYPE_CHECKING:
    from krita import Document, Node

LAYER_LIST = "listLayers"
"""The object name of the tree view in the Layers docker."""
WAIT_MILLISECONDS = 20
MOST_WAITS = 250
"""Number of waits for the list to notice a new layer, when Krita's event loop runs; a busy machine may be slow."""


def insert_below_lowest(key: str, lines: Node, group: Node) -> Steps[Node]:
    """Insert a copy of `group` below the layer `lines`, the lowest of its parent, in the document with this `key`.

    The generator's result is the new group; `group` itself, of a scratch document, is left with another name, hidden.
    Raises `ProblemError` ("document_closed", or "lowest_layer" when the Layers docker does not show the document),
    and leaves the layers as they were then.
    """
    name, mark = group.name(), str(uuid.uuid4())
    document, _ = _shown(key)
    parent = never_none(lines.parentNode())
    group.setName(mark)
    group.setVisible(False)  # Krita need not compose the page for a moment's sake
    first = group.duplicate()
    parent.addChildNode(first, lines)
    try:
        row = yield from _row_of(key, mark)
        rows = never_none(row.model())
        dragged = rows.mimeData([row])
        list_end = QtCore.QPersistentModelIndex(row.parent())  # the row itself goes with the insertion
        _undo_insertion(document, first)
    except ProblemError:
        _withdraw(key, node_id(first))
        raise
    first.setVisible(True)
    with _unlocked(parent):
        end = QtCore.QModelIndex(list_end)
        rows.dropMimeData(dragged, QtCore.Qt.DropAction.CopyAction, rows.rowCount(end), 0, end)
    yield from _until_idle(key)
    inserted = parent.childNodes()[0]
    if node_id(inserted) == node_id(lines):
        raise ProblemError(_not_possible())
    inserted.setName(name)  # Krita calls it a copy
    return inserted


def _shown(key: str) -> tuple[Document, QtCore.QAbstractItemModel]:
    """Return the document and the list of its layers. Raises ProblemError when no Layers docker shows it."""
    _open(key)
    document, window = active_document(), Krita.instance().activeWindow()
    view = window.qwindow().findChild(QtWidgets.QTreeView, LAYER_LIST) if window is not None else None
    if document is None or document_key(document) != key or view is None:
        raise ProblemError(_not_possible())
    rows = never_none(view.model())
    return document, never_none(rows.sourceModel()) if isinstance(rows, QtCore.QSortFilterProxyModel) else rows


def _row_of(key: str, mark: str) -> Steps[QtCore.QModelIndex]:
    """Wait until the list has the layer named `mark` and return its index."""
    match = QtCore.Qt.MatchFlag.MatchExactly | QtCore.Qt.MatchFlag.MatchRecursive
    for _ in range(MOST_WAITS):
        yield WAIT_MILLISECONDS
        _, rows = _shown(key)
        found = rows.match(rows.index(0, 0), QtCore.Qt.ItemDataRole.DisplayRole, mark, 1, match)
        if found:
            return found[0]
    raise ProblemError(_not_possible())


def _undo_insertion(document: Document, inserted: Node) -> None:
    """Undo the insertion of a layer. If the artist was quicker and another step was undone, redo that step."""
    document.waitForDone()
    never_none(Krita.instance().action("edit_undo")).trigger()
    document.waitForDone()
    if find_node(document, node_id(inserted)) is not None:
        never_none(Krita.instance().action("edit_redo")).trigger()
        document.waitForDone()
        raise ProblemError(_not_possible())


def _until_idle(key: str) -> Steps[None]:
    """Wait until Krita has finished its work; unlike `waitForDone`, without blocking it."""
    while not _open(key).tryBarrierLock():
        yield WAIT_MILLISECONDS
    _open(key).unlock()


def _open(key: str) -> Document:
    document = find_document(key)
    if document is None:
        raise ProblemError(problem("document_closed", Remedy.PLACE))
    return document


def _withdraw(key: str, uid: str) -> None:
    """Remove a layer that cannot stay where it is; this adds undo steps."""
    document = find_document(key)
    node = find_node(document, uid) if document is not None else None
    if node is not None:
        node.remove()


@contextlib.contextmanager
def _unlocked(group: Node) -> Iterator[None]:
    """Unlock `group` and all groups around it for the block: Krita drops nothing into a locked group."""
    locked = []
    current: Node | None = group
    while current is not None:
        if current.locked():
            locked.append(current)
            current.setLocked(False)
        current = current.parentNode()
    try:
        yield
    finally:
        for node in locked:
            node.setLocked(True)


def _not_possible() -> Problem:
    return problem("lowest_layer", Remedy.PLACE)
