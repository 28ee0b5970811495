"""Insertion of a group below the lowest layer: scripts cannot do it, the list in Krita's Layers docker can.

`Node.addChildNode` only inserts above another layer. A drop at the end of the Layers docker's list inserts below the
lowest one, in one undo step and without touching any layer; but it takes only what the list itself hands out. So the
group is first inserted above the line art, taken from the list, and that insertion undone; then a copy is dropped at
the end. What is left on the undo stack is the drop alone.

Nothing of the artist's may come in between, or Ctrl+Z would take the insertion for theirs. So all of it is done in two
events that follow each other: the second is sent in the first, behind Krita's own message to the list. What comes in
between all the same finds no insertion: it is undone before a key, a button or a pen that goes down has any effect, and
undone in its own document where another one has come to the front. Then the list is tried again later.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

from krita import Krita

from ..base.problems import Problem, ProblemError, Remedy, problem
from ..base.qt import QtCore, never_none
from ..base.tasks import BREATHE, Steps
from .active_layer import is_within
from .find import active_document, document_key, find_document, is_open, node_id
from .selected_layers import layer_list

if TYPE_CHECKING:
    from krita import Document, Node

LOWEST_LAYER = "lowest_layer"
"""Code of the problem that nothing can be inserted below the lowest layer now."""
WAIT_MILLISECONDS = 20
DROP_SECONDS = 0.5
"""Seconds that Krita's threads may take to insert what was dropped, before the artist gets the next word."""
_NEXT = QtCore.QEvent.Type.User
"""The type of the second event."""
_Kind = QtCore.QEvent.Type
_MESSAGE = int(getattr(_Kind.MetaCall, "value", _Kind.MetaCall))
"""The type of a message between threads, a number in both bindings."""
_ACTS = frozenset(
    (
        *(_Kind.ShortcutOverride, _Kind.KeyPress, _Kind.MouseButtonPress, _Kind.MouseButtonDblClick, _Kind.Wheel),
        *(_Kind.TabletPress, _Kind.TouchBegin, _Kind.DragEnter, _Kind.Drop, _Kind.Close),
    )
)
"""The artist's next act begins with one of these events."""


def insert_below_lowest(key: str, lines: Node, group: Node) -> Steps[str]:
    """Insert a copy of `group` below the layer `lines`, the lowest of its parent, in the document with this `key`.

    Begins at once, in an event that the caller has waited for, such as the end of `BREATHE`. The generator's result is
    the id of the new group, which the artist may have undone already; `group` itself, of a scratch document, is left
    hidden. It is "" where the list did not get the layer in time: try again later. Raises `ProblemError`
    ("document_closed", or "lowest_layer" when the Layers docker does not show the document). In both cases the layers
    and the undo steps are as they were.
    """
    insertion = _Insertion(_shown(key), lines, group)
    while not insertion.is_over:
        yield BREATHE
    # While a transform is being set up, Krita is never idle: what was dropped is all that is waited for.
    while insertion.is_dropped and not insertion.inserted:
        yield WAIT_MILLISECONDS
        document = _open(key)
        is_idle = document.tryBarrierLock()
        if is_idle:
            document.unlock()
        insertion.notice()
        if is_idle and not insertion.inserted:
            raise ProblemError(_not_possible())
    return insertion.inserted


class _Insertion(QtCore.QObject):
    """The two events: the first is the one in which this is made. Then `is_over`, and the group `is_dropped` if the
    list had it; `inserted` is the new group's id as soon as Krita's threads have inserted it."""

    def __init__(self, shown: tuple[Document, QtCore.QAbstractItemModel], lines: Node, group: Node) -> None:
        super().__init__(QtCore.QCoreApplication.instance())
        self.is_over = self.is_dropped = self._is_undone = False
        self.inserted = ""
        self._document, self._rows = shown
        self._lines, self._parent = lines, never_none(lines.parentNode())
        self._name = group.name()
        group.setVisible(False)  # Krita need not compose the page for a moment's sake
        self._first = group.duplicate()
        self._first.setName(str(uuid.uuid4()))  # the list is asked by name: no other layer has this one, now or before
        self._taken: tuple[QtCore.QMimeData, QtCore.QPersistentModelIndex] | None = None
        self._rows.rowsInserted.connect(self._take)
        self._let_threads_finish()
        self._parent.addChildNode(self._first, lines)
        self._let_threads_finish()
        never_none(QtCore.QCoreApplication.instance()).installEventFilter(self)
        QtCore.QCoreApplication.postEvent(self, QtCore.QEvent(_NEXT))  # behind Krita's message to the list

    def event(self, a0: QtCore.QEvent | None) -> bool:
        """Do the second event's work."""
        if a0 is None or a0.type() != _NEXT:
            return super().event(a0)
        try:
            never_none(QtCore.QCoreApplication.instance()).removeEventFilter(self)
            self._rows.rowsInserted.disconnect(self._take)
            self._undo()
            if self._taken is not None and active_document() == self._document:
                self._drop(*self._taken)
        finally:
            self.is_over = True
            self.deleteLater()
        return True

    def eventFilter(self, a0: QtCore.QObject | None, a1: QtCore.QEvent | None) -> bool:
        """Undo the insertion before the artist's next act."""
        if a1 is not None and a1.type() in _ACTS and not self._is_undone:
            self._undo()
            self._taken = None  # the list would be changed in the middle of the act
        return False

    def _take(self, parent: QtCore.QModelIndex, first: int, last: int) -> None:
        """Take the new row out of the list, as the beginning of a drag does. Where the insertion is undone already,
        Krita's message comes late: it aborts when a layer is taken that is in no document."""
        if self._is_undone or not is_within(self._document, self._first):
            return
        for number in range(first, last + 1):
            row = self._rows.index(number, 0, parent)
            if self._taken is None and row.data(QtCore.Qt.ItemDataRole.DisplayRole) == self._first.name():
                dragged = never_none(self._rows.mimeData([row]))
                self._taken = dragged, QtCore.QPersistentModelIndex(parent)

    def _undo(self) -> None:
        """Undo the insertion, once. A script that has undone it before meant the artist's own last step."""
        if self._is_undone:
            return
        self._is_undone = True
        if not is_open(self._document):
            return
        with _in_front(self._document):
            self._let_threads_finish()
            if is_within(self._document, self._first):
                never_none(Krita.instance().action("edit_undo")).trigger()
                self._let_threads_finish()

    def _let_threads_finish(self) -> None:
        """Wait as `waitForDone` does, in which 5.2 lets events run, and thus the artist's acts and other scripts'."""
        deadline = time.monotonic() + DROP_SECONDS
        while not self._document.tryBarrierLock():
            if time.monotonic() > deadline:
                self._document.waitForDone()
                return
            time.sleep(0.001)
        self._document.unlock()

    def _drop(self, dragged: QtCore.QMimeData, list_end: QtCore.QPersistentModelIndex) -> None:
        self._first.setVisible(True)
        redo = never_none(Krita.instance().action("edit_redo"))
        undone = redo.text()
        with _unlocked(self._parent):
            end = QtCore.QModelIndex(list_end)
            copy = QtCore.Qt.DropAction.CopyAction
            self.is_dropped = self._rows.dropMimeData(dragged, copy, self._rows.rowCount(end), 0, end)
            # Until the step is on the stack, redo would bring the first insertion back. From 5.2 on Krita's threads
            # leave putting it there to this one, in a message.
            deadline = time.monotonic() + DROP_SECONDS
            while self.is_dropped and time.monotonic() < deadline and not (self.inserted and redo.text() != undone):
                self.notice()
                QtCore.QCoreApplication.sendPostedEvents(None, _MESSAGE)
                time.sleep(0.001)
        self._let_threads_finish()
        self.notice()

    def notice(self) -> None:
        """See whether the group is there, and give it its name: Krita calls it a copy."""
        children = self._parent.childNodes()
        if not self.inserted and children and node_id(children[0]) != node_id(self._lines):
            children[0].setName(self._name)
            self.inserted = node_id(children[0])


def _shown(key: str) -> tuple[Document, QtCore.QAbstractItemModel]:
    """Return the document and the list of its layers. Raises ProblemError when no Layers docker shows it."""
    _open(key)
    document, view = active_document(), layer_list()
    if document is None or document_key(document) != key or view is None:
        raise ProblemError(_not_possible())
    rows = never_none(view.model())
    return document, never_none(rows.sourceModel()) if isinstance(rows, QtCore.QSortFilterProxyModel) else rows


def _open(key: str) -> Document:
    document = find_document(key)
    if document is None:
        raise ProblemError(problem("document_closed", Remedy.PLACE))
    return document


@contextlib.contextmanager
def _in_front(document: Document) -> Iterator[None]:
    """Bring `document` to the front for the block, if another one is there: Krita undoes in that."""
    views, active = Krita.instance().views(), active_document()
    own, other = (next((view for view in views if view.document() == it), None) for it in (document, active))
    if active == document or own is None:
        yield
        return
    own.setVisible()
    try:
        yield
    finally:
        if other is not None:
            other.setVisible()


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
    return problem(LOWEST_LAYER, Remedy.PLACE)
