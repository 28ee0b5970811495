"""Controller of what is chosen elsewhere to go on from: a result on the page History, or the active layer."""

from __future__ import annotations

from collections.abc import Callable

from ...base.problems import Problem, problem
from ...base.qt import QtCore, Signal
from ...documents.find import LAYER_TYPES, active_document, node_id
from ...documents.own_layers import own_layer_ids
from ...settings.sources import ReferenceSource
from ...strokes.target_layer import result_around
from .choice import StartChoice


class GoOnController(QtCore.QObject):
    """Emits `taken` when something was chosen, and `failed(Problem)` where that is impossible or changes nothing."""

    taken = Signal()
    failed = Signal(Problem)

    def __init__(self, choice: StartChoice, line_art: Callable[[], str], parent: QtCore.QObject) -> None:
        """`line_art` returns the id of the line-art layer that is shown."""
        super().__init__(parent)
        self._choice, self._line_art = choice, line_art

    def take(self, source: ReferenceSource) -> None:
        """Choose a layer or group of the active document."""
        if source.key == self._line_art():
            self.failed.emit(problem("initial_is_line_art"))
            return
        self._choice.choose(source)
        self.taken.emit()
        if self._choice.reason:
            self.failed.emit(problem("initial_off", severity="info", reason=self._choice.reason))

    def take_active_layer(self) -> None:
        """Choose the result that the active layer is or lies in, otherwise that layer itself."""
        document = active_document()
        node = document.activeNode() if document is not None else None
        while node is not None and node.type() not in LAYER_TYPES:  # a mask stands for its layer
            node = node.parentNode()
        if document is None or node is None or node_id(node) in own_layer_ids(document):
            self.failed.emit(problem("no_start"))
            return
        chosen = result_around(document, node)[0] or node
        self.take(ReferenceSource("layer", node_id(chosen), chosen.name()))
