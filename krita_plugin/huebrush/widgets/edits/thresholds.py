"""Finer settings of one text edit: the full replacement of the anchor, and the thresholds."""

from __future__ import annotations

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...settings.text_edits import TextEditSettings
from ..controls.buttons import tool_button
from ..controls.inputs import QuietWheel, SwitchControl
from .heatmap import Heatmap

COLUMNS = 2
USUAL = TextEditSettings().thresholds


class ThresholdNumber(QuietWheel, QtWidgets.QSpinBox):
    """One of the thresholds, in percent."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setObjectName(f"huebrush_edit_threshold_{number}")
        self.setRange(0, 100)
        self.setSuffix(" %")
        self.setKeyboardTracking(False)  # the 4 of a 40 would push the others down
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(text("edits.threshold.name", number=number))
        self.setToolTip(text("edits.thresholds.tip"))


class EditDetails(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed something. The thresholds stay in ascending order; `fit` shows what
    they part."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._enhanced = SwitchControl("huebrush_edit_enhanced", text("edits.enhanced"), text("edits.enhanced.tip"))
        self._enhanced.changed.connect(self.changed)
        self._numbers = [ThresholdNumber(index + 1) for index in range(len(USUAL))]
        label = QtWidgets.QLabel(text("edits.thresholds"))
        label.setBuddy(self._numbers[0])
        words = text("edits.details.reset"), text("edits.details.reset.name")
        self._reset = tool_button("huebrush_edit_details_reset", *words, self.reset)
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(8, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        grid.addWidget(self._enhanced, 0, 0, 1, COLUMNS)
        grid.addWidget(label, 1, 0, 1, COLUMNS)
        for index, number in enumerate(self._numbers):
            grid.addWidget(number, 2 + index // COLUMNS, index % COLUMNS)
            grid.setColumnStretch(index % COLUMNS, 1)
            number.valueChanged.connect(lambda _value, index=index: self._on_number(index))
        self.fit = Heatmap()
        self.fit.threshold_dragged.connect(self._on_dragged)
        grid.addWidget(self.fit, grid.rowCount(), 0, 1, COLUMNS)
        grid.addWidget(self._reset, grid.rowCount(), 0, 1, COLUMNS, QtCore.Qt.AlignmentFlag.AlignRight)
        self.set_value(False, USUAL)

    @property
    def enhanced(self) -> bool:
        """True when the anchor's share is put over in full."""
        return self._enhanced.isChecked()

    @property
    def thresholds(self) -> tuple[int, ...]:
        """The four percentages."""
        return tuple(number.value() for number in self._numbers)

    def set_value(self, enhanced: bool, thresholds: tuple[int, ...]) -> None:
        """Show this; thresholds of a wrong number count as the usual ones."""
        self._enhanced.setChecked(enhanced)
        self._show_numbers(tuple(sorted(thresholds)) if len(thresholds) == len(USUAL) else USUAL)

    def reset(self) -> None:
        """Put everything back to what is usual."""
        if (self.enhanced, self.thresholds) != (False, USUAL):
            self.set_value(False, USUAL)
            self.changed.emit()

    def _on_dragged(self, index: int, percent: int) -> None:
        self._numbers[index].setValue(percent)

    def _on_number(self, index: int) -> None:
        """Keep the thresholds ascending: lower ones no greater than this one, higher ones no smaller."""
        value = self._numbers[index].value()
        others = enumerate(self.thresholds)
        self._show_numbers(tuple(min(other, value) if at < index else max(other, value) for at, other in others))
        self.changed.emit()

    def _show_numbers(self, thresholds: tuple[int, ...]) -> None:
        for number, threshold in zip(self._numbers, thresholds, strict=True):
            number.blockSignals(True)
            number.setValue(threshold)
            number.blockSignals(False)
        self.fit.show_thresholds(thresholds)
