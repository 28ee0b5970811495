"""The choice of the picture that the next result goes on from, and of how far it moves away from that."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...settings.sources import ReferenceSource
from ...settings.store import DocumentSettings
from ..controls.disabled_reason import explain
from ..controls.slider_control import PercentControl
from ..controls.source_picker import SourcePicker

LOWEST = 1
"""Lowest percentage: one step at least is always taken."""


class StartChoice(QtCore.QObject):
    """For the caller to place: `picker`, and, seen only while something is chosen, `amount` with `amount_label`.

    Of what `offered` returns, layers and groups are offered. Emits `changed` when the artist has chosen.
    """

    changed = Signal()

    def __init__(self, offered: Callable[[], Sequence[ReferenceSource]], parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._reason = ""
        self.picker = SourcePicker(
            "huebrush_initial",
            lambda: [source for source in offered() if source.kind == "layer"],
            text("initial"),
            text("initial.tip"),
        )
        self._change = PercentControl("huebrush_change", 100, text("change"), text("change.tip"), LOWEST)
        self.amount_label = QtWidgets.QLabel(text("label.change"))
        self.amount_label.setBuddy(self._change)
        self.amount = QtWidgets.QWidget()
        self.amount.setObjectName("huebrush_change_amount")
        layout = QtWidgets.QVBoxLayout(self.amount)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._change)
        ends = QtWidgets.QHBoxLayout()
        ends.addWidget(QtWidgets.QLabel(text("change.least")))
        ends.addStretch(1)
        ends.addWidget(QtWidgets.QLabel(text("change.most")))
        layout.addLayout(ends)
        for control in (self.picker, self._change):
            control.changed.connect(self._on_changed)
        self.set_values((), DocumentSettings.change)

    @property
    def initial(self) -> tuple[ReferenceSource, ...]:
        """The chosen layer, or nothing."""
        return self.picker.sources

    @property
    def change(self) -> int:
        """Percentage by which to move away from it."""
        return self._change.value

    @property
    def reason(self) -> str:
        """Reason for which the choice does not count now, "" where it does."""
        return self._reason

    def set_values(self, initial: tuple[ReferenceSource, ...], change: int) -> None:
        """Show these."""
        self.picker.set_sources(initial)
        self._change.set_value(change)
        self._show_amount()

    def choose(self, source: ReferenceSource) -> None:
        """Choose `source` for the artist, who asked for it elsewhere."""
        self.picker.set_sources((source,))
        self._on_changed()

    def show_reason(self, reason: str) -> None:
        """Grey the choice out with the `reason` as its tool tip; with "", let it be used."""
        self._reason = reason
        for control in (self.picker, self.amount, self.amount_label):
            control.setEnabled(not reason)
            explain(control, reason)

    def _on_changed(self) -> None:
        self._show_amount()
        self.changed.emit()

    def _show_amount(self) -> None:
        for control in (self.amount, self.amount_label):
            control.setVisible(bool(self.initial))
