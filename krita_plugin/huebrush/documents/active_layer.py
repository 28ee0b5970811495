"""A page between two works of the artist's, when layers can be inserted, and the active layer or mask, which stays the
active one: Krita activates each layer that a script inserts (5.1, 5.3 and 6.0; 5.2 does not)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from krita import Krita

from ..base.artists_hand import until_hand_is_up
from ..base.qt import QtCore, never_none
from ..base.tasks import Steps
from .find import LAYER_TYPES, active_document, document_key, find_document, find_node, node_id, root_node, walk
from .selected_layers import activate_in_list, select_too, selected_layers, selected_nodes
from .tool_in_hand import has_open_ended_tool

if TYPE_CHECKING:
    from krita import Document, Node

READY_MILLISECONDS = 20
"""Wait between two looks whether Krita has finished."""
MOST_LOOKS = 6000
"""Looks whether Krita has finished, for two minutes: to turn a large page takes it a while."""
OPEN_ENDED_LOOKS = 100
"""The same while a tool is in hand with which the artist decides when Krita has finished."""
SOON_MILLISECONDS, LATER_MILLISECONDS = 10, 50
"""Waits between two looks whether Krita has activated what was inserted, in the first tenth of a second and later."""
MOST_MILLISECONDS = 2000
"""Longest wait for that: Krita's threads tell it when they are done, after tenths of a second if a stroke has just
ended or the machine is busy."""
QUIET_MILLISECONDS = 300
"""Wait in which Krita is idle and has activated nothing, where it need not."""
SETTLED_MILLISECONDS = 200
"""Wait in which Krita is idle and the artist's own is active again, after which it stays so."""
ACTIVATES_NOTHING = "5.2."
"""The Kritas that leave the active layer alone, by the beginning of their version."""
MOST_DEPTH = 4
"""Events within events before each of which the artist's own node is activated."""
_Kind = QtCore.QEvent.Type
_ACTS = frozenset(
    (
        *(_Kind.ShortcutOverride, _Kind.KeyPress, _Kind.MouseButtonPress, _Kind.MouseButtonDblClick),
        *(_Kind.MouseButtonRelease, _Kind.TabletPress, _Kind.TabletRelease, _Kind.TouchBegin),
    )
)
"""The events with which the artist does something."""
_MESSAGES = frozenset((_Kind.MetaCall, _Kind.Timer, _Kind.SockAct, _Kind.Shortcut, _Kind.User))
"""The events with which programs do something."""


def until_ready(key: str) -> Steps[None]:
    """Wait until the artist's hand is up and Krita has finished what they did last with the document with this `key`: a
    stroke, a turn of the page. It never finishes while a transform is being set up; then this ends after a moment.

    When all has been so already, no event runs: what was looked at still holds.
    """
    looks = 0
    while looks < (OPEN_ENDED_LOOKS if has_open_ended_tool() else MOST_LOOKS):
        yield from until_hand_is_up()
        document = find_document(key)
        if document is None:
            return
        if document.tryBarrierLock():
            document.unlock()
            return
        looks += 1
        yield READY_MILLISECONDS
    yield from until_hand_is_up()


@contextmanager
def artists_layer_active(document: Document) -> Iterator[list[Node]]:
    """Yield the active node of `document`, if any, and after it all nodes that are selected beside it.

    Events may run before the block begins (from 5.2 on). During it, each act of the artist's, even one that comes at
    once, finds the layer active that they chose, and not one that was inserted since: a stroke on a group would be
    none, and the transform tool would transform the result. Nothing else that is done finds a node active that is not
    in the document any more: from 5.2 on Krita's tools crash on that.
    """
    active = document.activeNode()
    guard = _Guard(document, active) if active is not None else None
    try:
        yield [] if active is None else [active, *(node for node in selected_layers(document) if node != active)]
    finally:
        if guard is not None:
            guard.end()


class _Guard(QtCore.QObject):
    """Sees to the active node of a document before each event that something may be done in, until `end`."""

    def __init__(self, document: Document, active: Node) -> None:
        """Begin. `active`: the node that the artist has chosen."""
        application = never_none(QtCore.QCoreApplication.instance())
        super().__init__(application)
        self._key, self._active = document_key(document), active
        self._known = {node_id(node) for node, _ in walk(root_node(document))}
        self._has_acted, self._depth = False, 0
        application.installEventFilter(self)

    def end(self) -> None:
        """Watch no longer."""
        never_none(QtCore.QCoreApplication.instance()).removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, a0: QtCore.QObject | None, a1: QtCore.QEvent | None) -> bool:
        """Activate the artist's own node before the event `a1`, if it must not meet the active one; let it pass."""
        kind = a1.type() if a1 is not None else None
        is_act = kind in _ACTS
        # From 5.2 on Krita lets events run before it activates a node, and these must not meet the wrong one either.
        if (is_act or kind in _MESSAGES) and self._depth < MOST_DEPTH:
            self._depth += 1
            try:
                self._before(is_act)
            finally:
                self._depth -= 1
        return False

    def _before(self, is_act: bool) -> None:
        selected = selected_nodes()
        if selected == [self._active]:
            return
        document = active_document()
        if document is None or document_key(document) != self._key:
            return
        if selected is None:  # this Krita does not tell; it lets no events run while it tells which one is active
            active = document.activeNode()
            selected = [active] if active is not None else []
        if is_act and not self._has_acted:
            is_wrong = self._active not in selected
        else:
            own = (node for node in selected if node.type() in LAYER_TYPES)
            is_wrong = any(node.parentNode() is None or (is_act and node_id(node) not in self._known) for node in own)
        self._has_acted = self._has_acted or is_act
        if is_wrong and is_within(document, self._active) and not activate_in_list(document, self._active):
            document.setActiveNode(self._active)


def give_back_active(key: str, selected: Sequence[Node], inserted: str) -> Steps[None]:
    """Make the first of `selected`, a layer or a mask, the active node of the document with this `key` again, if both
    are there, as soon as Krita has activated the layer with the id `inserted`; select the others beside it. The artist
    may have undone the insertion already."""
    waited, quiet = 0, 0
    enough = MOST_MILLISECONDS if _activates(key) else QUIET_MILLISECONDS
    active = selected[0] if selected else None
    while active is not None and waited < MOST_MILLISECONDS and quiet < enough:
        wait = SOON_MILLISECONDS if waited < 100 else LATER_MILLISECONDS
        yield wait
        waited += wait
        document = find_document(key)
        if document is None or not is_within(document, active):
            break
        if find_node(document, inserted) is None:
            document.setActiveNode(active)
            break
        now = document.activeNode()
        if now is not None and node_id(now) == inserted:
            document.setActiveNode(active)
            quiet, enough = 0, SETTLED_MILLISECONDS
        elif document.tryBarrierLock():
            document.unlock()
            quiet += wait
            if quiet >= enough == SETTLED_MILLISECONDS and len(selected) > 1:
                select_too(document, selected[1:])
    yield from until_hand_is_up()  # the artist may have begun a stroke: what follows waits for its end


def _activates(key: str) -> bool:
    """True when Krita will activate what was inserted into the document with this `key`, however long it takes."""
    shown = active_document()
    is_shown = shown is not None and document_key(shown) == key
    return is_shown and not Krita.instance().version().startswith(ACTIVATES_NOTHING)


def is_within(document: Document, node: Node) -> bool:
    """True when `node` is among the layers of `document` and their masks."""
    root, current = root_node(document), node.parentNode()
    while current is not None and current != root:
        current = current.parentNode()
    return current is not None
