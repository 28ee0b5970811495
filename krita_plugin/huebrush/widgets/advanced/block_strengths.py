"""The strength of each transformer block, as a grid of small numbers."""

from __future__ import annotations

from itertools import pairwise

from huebrush_protocol.messages import ModelInfo

from ...base.qt import QtCore, QtWidgets, Signal, never_none
from ...base.strings import text
from ...settings.advanced import FULL_STRENGTH, fitted_blocks
from ..controls.inputs import QuietWheel

COLUMNS = 3


class BlockNumber(QuietWheel, QtWidgets.QSpinBox):
    """A percentage, without its sign: there are many side by side."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setObjectName(f"huebrush_block_{number}")
        self.setRange(0, FULL_STRENGTH)
        self.setSingleStep(5)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(text("advanced.block.name", number=number))
        self.setToolTip(text("advanced.block.tip", number=number))


class BlockStrengths(QtWidgets.QWidget):
    """Grid with one number for each block of the model. Emits `changed` when the artist has changed one."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._model: ModelInfo | None = None
        self._strengths: tuple[int, ...] = ()
        self._numbers: list[BlockNumber] = []
        self._grid = QtWidgets.QGridLayout(self)
        self._grid.setContentsMargins(8, 0, 0, 0)
        self._grid.setHorizontalSpacing(3)
        self._grid.setVerticalSpacing(3)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(2 * column + 1, 1)

    @property
    def value(self) -> tuple[int, ...]:
        """The strengths in percent, first block first; those that were never touched may be left out."""
        return self._strengths

    def set_value(self, value: tuple[int, ...]) -> None:
        """Show `value`; blocks beyond its end have their full strength."""
        self._strengths = value
        for number, strength in zip(self._numbers, fitted_blocks(value, self._model), strict=True):
            number.blockSignals(True)
            number.setValue(strength)
            number.blockSignals(False)

    def show_model(self, model: ModelInfo | None, before: QtWidgets.QWidget) -> None:
        """Show as many numbers as `model` has blocks; Tab goes to them from `before`."""
        self._model = model
        if len(fitted_blocks((), model)) != len(self._numbers):
            while self._grid.count():
                old = never_none(never_none(self._grid.takeAt(0)).widget())
                old.setParent(None)
                old.deleteLater()
            self._numbers = [self._add(index) for index in range(len(fitted_blocks((), model)))]
            for earlier, later in pairwise([before, *self._numbers]):
                self.setTabOrder(earlier, later)
        self.set_value(self._strengths)

    def _add(self, index: int) -> BlockNumber:
        number = BlockNumber(index + 1)
        label = QtWidgets.QLabel(str(index + 1))
        label.setBuddy(number)
        row, column = divmod(index, COLUMNS)
        self._grid.addWidget(label, row, 2 * column)
        self._grid.addWidget(number, row, 2 * column + 1)
        number.valueChanged.connect(lambda _value: self._on_changed())
        return number

    def _on_changed(self) -> None:
        beyond = self._strengths[len(self._numbers) :]
        self._strengths = (*(number.value() for number in self._numbers), *beyond)
        self.changed.emit()
