"""The choice of hints: painted on a layer made for them, or on another layer of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...settings.sources import ReferenceSource
from ..controls.buttons import tool_button
from ..controls.source_picker import SourcePicker


@dataclass(frozen=True)
class HintsState:
    """State of the layer that was made for hints: whether there is one, whether it is hidden, and whether the artist
    is painting on it."""

    has_layer: bool = False
    is_hidden: bool = False
    is_painting: bool = False


class HintsChoice(QtCore.QObject):
    """For the caller to place: `buttons`, the `picker` of another layer, and a `note` that says what hints do.

    Emits `changed` when another layer was chosen, `paint_requested` and `done_requested` for painting, and
    `removal_requested`. `offered`: the layers hints can lie on.
    """

    changed = Signal()
    paint_requested = Signal()
    done_requested = Signal()
    removal_requested = Signal()

    def __init__(self, offered: Callable[[], Sequence[ReferenceSource]], parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._state = HintsState()
        self.picker = SourcePicker("huebrush_hints", offered, text("hints"), text("hints.tip"))
        self._paint = tool_button("huebrush_paint_hints", text("hints.paint"), text("hints.paint.tip"), self._on_paint)
        self._paint.setAccessibleName(text("hints.paint"))
        self._remove = tool_button(
            "huebrush_remove_hints", text("hints.remove"), text("hints.remove.tip"), self.removal_requested.emit
        )
        self.note = QtWidgets.QLabel()
        self.note.setObjectName("huebrush_hints_note")
        self.note.setWordWrap(True)
        policy = QtWidgets.QSizePolicy.Policy
        self._paint.setSizePolicy(policy.Expanding, policy.Fixed)
        self.buttons = QtWidgets.QWidget()
        row = QtWidgets.QHBoxLayout(self.buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self._paint, 1)
        row.addWidget(self._remove)
        self.picker.changed.connect(self.changed)
        self._show()

    @property
    def sources(self) -> tuple[ReferenceSource, ...]:
        """The layer with hints, or nothing."""
        return self.picker.sources

    def set_sources(self, sources: tuple[ReferenceSource, ...]) -> None:
        """Choose a layer with hints, or nothing."""
        self.picker.set_sources(sources)
        self._show()

    def show_state(self, state: HintsState) -> None:
        """Follow the layer that was made for hints."""
        self._state = state
        self._show()

    def _on_paint(self) -> None:
        (self.done_requested if self._state.is_painting else self.paint_requested).emit()

    def _show(self) -> None:
        state = self._state
        name = "hints.done" if state.is_painting else "hints.paint"
        self._paint.setText(text(name))
        self._paint.setAccessibleName(text(name))
        self._paint.setToolTip(text(f"{name}.tip"))
        self._paint.setDown(state.is_painting)
        self._remove.setVisible(state.has_layer)
        note = "hints.note.painting" if state.is_painting else "hints.note.hidden" if state.is_hidden else "hints.note"
        self.note.setText(text(note))
        self.note.setVisible(state.is_painting or bool(self.sources))
