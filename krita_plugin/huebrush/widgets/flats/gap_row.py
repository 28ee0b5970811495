"""The widest gap that is closed: a number and its unit, and what that is on the page."""

from __future__ import annotations

from huebrush_protocol.regions import GAP_UNITS, MILLIMETRES, PIXELS

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...settings.flats import INCH, LARGEST_GAP, TENTHS, millimetres
from ..controls.inputs import ChoiceControl, NumberControl


class GapRow(QtWidgets.QWidget):
    """A number with its unit. Emits `changed` when the artist has changed one of them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._dots_per_inch = 0.0
        self.number = NumberControl("huebrush_gap", 0, LARGEST_GAP, text("gap"), text("gap.tip"))
        self._unit = ChoiceControl("huebrush_gap_unit", GAP_UNITS, "gap_unit", text("gap_unit"), text("gap_unit.tip"))
        self._unit.setMinimumContentsLength(2)  # two controls and a label share the width of the docker
        self._size = QtWidgets.QLabel()
        self._size.setObjectName("huebrush_gap_size")
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.number, 1)
        row.addWidget(self._unit, 1)
        column = QtWidgets.QVBoxLayout(self)  # beside each other they would widen the docker
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._size)
        self.number.changed.connect(self._on_changed)
        self._unit.changed.connect(self._on_changed)
        self._show_effect()

    @property
    def unit(self) -> str:
        """The protocol's name of the unit."""
        return self._unit.choice

    @property
    def gap(self) -> int:
        """The number, in tenths if the unit is the millimetre."""
        return round(self.number.value() * (TENTHS if self.unit == MILLIMETRES else 1))

    def set_gap(self, gap: int, unit: str) -> None:
        """Show a number and its unit as `RegionSettings` has them; an unknown unit counts as pixels."""
        self._unit.set_choice(unit)
        self._show_effect()
        self.number.setValue(gap / TENTHS if self.unit == MILLIMETRES else gap)

    def show_document(self, dots_per_inch: float) -> None:
        """Tell lengths on paper by this resolution, 0 where it is not known."""
        self._dots_per_inch = dots_per_inch
        self._show_effect()

    def _on_changed(self) -> None:
        self._show_effect()
        self.changed.emit()

    def _show_effect(self) -> None:
        """Show as many decimals as the unit has, and the width in the other unit of length if that is known."""
        is_millimetres = self.unit == MILLIMETRES
        self.number.setDecimals(1 if is_millimetres else 0)
        self.number.setSingleStep(1 / TENTHS if is_millimetres else 1)
        value, words = self.number.value(), ""
        size = millimetres(value, self._dots_per_inch)
        if size is not None and self.unit == PIXELS:
            words = text("gap.size", size=QtCore.QLocale().toString(size, "f", 2))
        elif size is not None and is_millimetres:
            words = text("gap.pixels", size=QtCore.QLocale().toString(value * self._dots_per_inch / INCH, "f", 0))
        self._size.setText(words)
        self._size.setVisible(bool(words))
