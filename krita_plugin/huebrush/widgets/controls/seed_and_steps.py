"""Small inputs: a seed, and steps as quality."""

from __future__ import annotations

import secrets

from huebrush_protocol.parameter_ranges import MAX_SEED, MAX_STEPS

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from .inputs import NameList, QuietNumber, QuietWheel

QUALITIES = (("draft", 8), ("normal", 20), ("fine", 40))
"""Quality names in the catalogue and their number of steps."""


class SeedControl(QuietWheel, QtWidgets.QDoubleSpinBox):
    """The seed: the same one gives the same picture. Emits `changed`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()  # a QSpinBox ends at 2**31 - 1
        self.setObjectName("huebrush_seed_number")
        self.setDecimals(0)
        self.setRange(0, MAX_SEED)
        self.setAccessibleName(text("seed.name"))
        self.setToolTip(text("seed.tip"))
        self.setMinimumWidth(70)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(lambda _value: self.changed.emit())

    @property
    def seed(self) -> int:
        """The seed, 0 to 2**32 - 1."""
        return int(self.value())

    def roll(self) -> None:
        """Take another seed at random."""
        self.setValue(secrets.randbelow(MAX_SEED + 1))


class StepsControl(QtWidgets.QWidget):
    """The number of denoising steps, by quality or exactly. Emits `changed`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_steps")
        self._quality = NameList(5)
        self._quality.setObjectName("huebrush_quality")
        self._quality.setAccessibleName(text("quality.name"))
        self._quality.setToolTip(text("quality.tip"))
        for name, steps in QUALITIES:
            self._quality.addItem(text(f"quality.{name}"), steps)
        self._quality.addItem(text("quality.custom"), 0)
        self._number = QuietNumber()
        self._number.setObjectName("huebrush_steps_number")
        self._number.setRange(1, MAX_STEPS)
        self._number.setAccessibleName(text("steps.name"))
        self._number.setToolTip(text("steps.tip"))
        self._quality.activated.connect(self._choose)
        self._number.valueChanged.connect(self._follow)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._quality, 1)
        layout.addWidget(self._number)
        self.setFocusProxy(self._quality)

    @property
    def value(self) -> int:
        """The number of steps."""
        return self._number.value()

    def set_value(self, steps: int) -> None:
        """Show `steps`."""
        self._number.setValue(steps)
        self._follow(self._number.value())

    def _choose(self, _index: int) -> None:
        if self._quality.currentData():
            self._number.setValue(self._quality.currentData())

    def _follow(self, steps: int) -> None:
        index = self._quality.findData(steps)
        self._quality.setCurrentIndex(index if index >= 0 else self._quality.count() - 1)
        self.changed.emit()
