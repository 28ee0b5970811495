"""Text brush, from the first stroke until its strokes have become a result, and strokes of a result brought back.

In Krita, removing the brush layer and inserting the result are two undo steps. This module keeps them together: when
undo brings the layer back while the result is there, the result is undone too, and redo does both again. For the
artist, applying is one step.

Likewise, bringing strokes back is one step in Krita, and showing the edited layer in the result's place is none: when
undo takes the strokes away, what was shown before is shown again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from krita import Krita

from ..base.qt import QtCore, Signal
from ..documents.find import active_document, document_key, find_document, find_node, node_id, root_node, walk
from ..documents.own_layers import find_text_brush_layer
from ..results.recipes import RecipeKeeper
from .reopen_edits import Reopened
from .target_layer import is_seen
from .text_brush_layer import make_text_brush_layer, start_painting

if TYPE_CHECKING:
    from krita import Document, ManagedColor, Node, View

SETTLE_MILLISECONDS = 50
"""Milliseconds that Krita may take to activate another layer after one was removed."""
BUSY_MILLISECONDS = 50
"""Milliseconds to wait while Krita is composing the page: until then it ignores undo and redo silently."""


@dataclass
class _Removal:
    document: str
    result: str
    brush: str
    is_done: bool = True


@dataclass
class _Mending:
    """Strokes that were brought back: whether they are there, and by layer id what is visible with and without them."""

    document: str
    brush: str
    visible: dict[str, bool]
    former: dict[str, bool]
    is_there: bool = True


@dataclass(frozen=True)
class _Before:
    """State before the brush: the id of the artist's layer, their colour, and the brush's colour."""

    layer: str
    color: ManagedColor
    brush_color: list[float]


class TextBrush(QtCore.QObject):
    """Text brush, and the pairs of brush layer and result that are checked after each undo and redo. Emits
    `mending_undone(brush, bool)` with the id of the layer of strokes that were brought back: True when undo has taken
    them away, False when redo has brought them again."""

    mending_undone = Signal(str, bool)

    def __init__(self, recipes: RecipeKeeper, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._removals: list[_Removal] = []
        self._before: dict[str, _Before] = {}
        self._mendings: list[_Mending] = []
        recipes.looked.connect(self._on_looked)

    def begin(self, document: Document, color: str) -> None:
        """Let the artist paint in `color`, "#rrggbb", on the text brush's layer of `document`; makes it if needed."""
        key, active, view = document_key(document), document.activeNode(), _view()
        former = find_text_brush_layer(document)
        is_brushing = former is not None and active is not None and node_id(former) == node_id(active)
        foreground = view.foregroundColor() if view is not None else None
        start_painting(document, make_text_brush_layer(document), color)
        if not is_brushing and active is not None and view is not None and foreground is not None:
            self._before[key] = _Before(node_id(active), foreground, view.foregroundColor().components())
        elif view is not None and key in self._before:
            known = self._before[key]
            self._before[key] = _Before(known.layer, known.color, view.foregroundColor().components())

    def follow_mending(self, document: Document, reopened: Reopened) -> None:
        """Let undo of what was `reopened` in `document` leave what was there before."""
        self._mendings = [entry for entry in self._mendings if find_document(entry.document) is not None]
        visible = {}
        for uid in reopened.visible:
            node = find_node(document, uid)
            visible[uid] = node is not None and node.visible()
        self._mendings.append(_Mending(document_key(document), reopened.brush, visible, reopened.visible))

    def finish(self, document: Document, brush: str, result: str) -> None:
        """Remove the layer with the id `brush`, which has become the layer or group with the id `result`, and give the
        artist back the layer and the colour that they had."""
        layer = find_node(document, brush)
        if layer is None:
            return
        key = document_key(document)
        self._removals = [entry for entry in self._removals if find_document(entry.document) is not None]
        layer.setLocked(False)
        if layer.remove():
            self._removals.append(_Removal(key, result, brush))
        QtCore.QTimer.singleShot(SETTLE_MILLISECONDS, lambda: self._give_back(key, result))

    def _give_back(self, key: str, result: str) -> None:
        document, before = active_document(), self._before.pop(key, None)
        if document is None or document_key(document) != key:
            return
        view = _view()
        if before is not None and view is not None and view.foregroundColor().components() == before.brush_color:
            view.setForeGroundColor(before.color)
        node, made = find_node(document, before.layer) if before is not None else None, find_node(document, result)
        if node is None or (made is not None and not is_seen(document, node)):
            node = made  # the artist was on what has been edited, and goes on from there
        if node is not None:
            document.setActiveNode(node)

    def _on_looked(self, document: Document) -> None:
        key = document_key(document)
        entries = [entry for entry in self._removals if entry.document == key]
        mendings = [entry for entry in self._mendings if entry.document == key]
        if not entries and not mendings:
            return
        nodes = {node_id(node): node for node, _ in walk(root_node(document))}
        applied = {entry.brush for entry in entries if entry.result in nodes}
        for mending in mendings:
            is_there = mending.brush in nodes or mending.brush in applied
            if is_there != mending.is_there:
                mending.is_there = is_there
                _show(document, nodes, mending.visible if is_there else mending.former)
                self.mending_undone.emit(mending.brush, not is_there)
        for entry in entries:
            has_result, has_brush = entry.result in nodes, entry.brush in nodes
            if has_result and has_brush:
                name = "edit_undo" if entry.is_done else "edit_redo"
                QtCore.QTimer.singleShot(0, lambda name=name, entry=entry: self._go_on(entry, name))
                return
            entry.is_done = has_result

    def _go_on(self, entry: _Removal, name: str) -> None:
        """Undo or redo the other half of a pair too, unless that has happened meanwhile."""
        document = active_document()
        if document is None or document_key(document) != entry.document:
            return
        if find_node(document, entry.result) is None or find_node(document, entry.brush) is None:
            return
        if not document.tryBarrierLock():
            QtCore.QTimer.singleShot(BUSY_MILLISECONDS, lambda: self._go_on(entry, name))
            return
        document.unlock()
        action = Krita.instance().action(name)
        if action is not None:
            action.trigger()


def _show(document: Document, nodes: Mapping[str, Node], visible: Mapping[str, bool]) -> None:
    """Show or hide the layers with these ids."""
    for uid, is_visible in visible.items():
        if uid in nodes and nodes[uid].visible() != is_visible:
            nodes[uid].setVisible(is_visible)
    document.refreshProjection()


def _view() -> View | None:
    window = Krita.instance().activeWindow()
    return window.activeView() if window is not None else None
