"""Brush on references: shows the chosen reference alone, with its strokes on top, until the artist goes on.

Showing and hiding layers is no undo step in Krita. At the end, the layers are as they were before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from krita import Krita

from ..base.problems import ProblemError, problem
from ..base.qt import QtCore
from ..documents.find import LAYER_TYPES, document_key, find_node, node_id, root_node
from ..documents.own_layers import find_reference_strokes
from ..settings.sources import ReferenceSource
from .reference_strokes import make_reference_strokes
from .text_brush_layer import start_painting

if TYPE_CHECKING:
    from krita import Document, ManagedColor, Node, View

FILL = "fill_selection_foreground_color"
SETTLE_MILLISECONDS = 150
"""Milliseconds to wait before looking whether Krita has activated a chosen layer."""
MOST_TRIES = 40


@dataclass(frozen=True)
class _Before:
    """State before the brush: the visibility of the layers that were changed since, by id, the id of the strokes'
    layer, and the artist's own layer and colour."""

    visible: dict[str, bool]
    strokes: str
    layer: str
    color: ManagedColor | None


class ReferenceBrush(QtCore.QObject):
    """Brush on references, and the documents that show a reference alone now."""

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._before: dict[str, _Before] = {}

    def begin(self, document: Document, source: ReferenceSource, color: str) -> None:
        """Let the artist paint in `color` over the reference `source`, shown alone. A selection is filled.

        Raises `ProblemError` if it is not a layer of `document`.
        """
        if source.kind != "layer":
            raise ProblemError(problem("brush_needs_layer", name=source.name))
        reference = find_node(document, source.key)
        if reference is None:
            raise ProblemError(problem("reference_deleted", name=source.name))
        key, view = document_key(document), _view()
        former, known = document.activeNode(), self._before.get(key)
        foreground = view.foregroundColor() if view is not None else None
        if known is not None and known.strokes != _id(find_reference_strokes(document, source.key)):
            self.finish(document)
            known = None
        strokes = make_reference_strokes(document, source)
        if known is None:
            own = _id(document.activeNode() if former is None else former)
            self._before[key] = _Before({}, node_id(strokes), own, foreground)
            self._before[key].visible.update(_show_alone(document, reference, strokes))
        start_painting(document, strokes, color)
        document.refreshProjection()
        if document.selection() is not None:
            QtCore.QTimer.singleShot(SETTLE_MILLISECONDS, lambda: _fill(key, node_id(strokes)))

    def finish(self, document: Document) -> None:
        """Show the page again, hide the strokes over references, and give the artist back their layer and colour."""
        before = self._before.pop(document_key(document), None)
        if before is None:
            return
        for uid, visible in before.visible.items():
            node = find_node(document, uid)
            if node is not None and node.visible() != visible:
                node.setVisible(visible)
        strokes, own, view = find_node(document, before.strokes), find_node(document, before.layer), _view()
        if strokes is not None:
            strokes.setVisible(False)
        if own is not None and _id(document.activeNode()) == before.strokes:
            document.setActiveNode(own)
            if view is not None and before.color is not None:
                view.setForeGroundColor(before.color)
        document.refreshProjection()

    def use_whole(self, document: Document, source: ReferenceSource) -> None:
        """Remove the strokes over `source`, in one undo step of Krita's."""
        self.finish(document)
        strokes = find_reference_strokes(document, source.key)
        if strokes is not None:
            strokes.setLocked(False)
            strokes.remove()


def _show_alone(document: Document, reference: Node, strokes: Node) -> dict[str, bool]:
    """Hide all layers except `reference`, its children, the groups around it, and `strokes`.

    Return the former visibility of each layer whose visibility has changed, by id.
    """
    root, changed = root_node(document), dict[str, bool]()
    node: Node | None = reference
    while node is not None and node != root:
        _set(node, True, changed)
        parent = node.parentNode() or root
        for sibling in parent.childNodes():
            if sibling not in (node, strokes) and sibling.type() in LAYER_TYPES:  # a hidden selection would be none
                _set(sibling, False, changed)
        node = parent
    return changed


def _set(node: Node, visible: bool, changed: dict[str, bool]) -> None:
    if node.visible() != visible:
        changed[node_id(node)] = not visible
        node.setVisible(visible)


def _fill(key: str, strokes: str, tries: int = MOST_TRIES) -> None:
    """Fill the selection with Krita's own action, which can be undone, once the strokes' layer is active and Krita is
    idle. Does nothing if the artist has gone on to something else."""
    document = Krita.instance().activeDocument()
    if document is None or document_key(document) != key or document.selection() is None:
        return
    if _id(document.activeNode()) != strokes or not document.tryBarrierLock():
        if tries:
            QtCore.QTimer.singleShot(SETTLE_MILLISECONDS, lambda: _fill(key, strokes, tries - 1))
        return
    document.unlock()
    action = Krita.instance().action(FILL)
    if action is not None:
        action.trigger()


def _id(node: Node | None) -> str:
    return "" if node is None else node_id(node)


def _view() -> View | None:
    window = Krita.instance().activeWindow()
    return window.activeView() if window is not None else None
