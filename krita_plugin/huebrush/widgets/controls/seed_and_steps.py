"""Small composed inputs: a seed with lock and dice, steps as quality."""

from __future__ import annotations

import secrets

from huebrush_protocol.parameter_ranges import MAX_SEED, MAX_STEPS

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text

QUALITIES = (("draft", 8), ("normal", 20), ("fine", 40))
"""Quality names in the catalogue and their number of steps."""


class SeedControl(QtWidgets.QWidget):
    """The seed, its lock and its dice. While unlocked, each run takes a new seed. Emits `changed`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_seed")
        self._number = QtWidgets.QDoubleSpinBox()  # a QSpinBox ends at 2**31 - 1
        self._number.setObjectName("huebrush_seed_number")
        self._number.setDecimals(0)
        self._number.setRange(0, MAX_SEED)
        self._number.setAccessibleName(text("seed.name"))
        self._number.setToolTip(text("seed.tip"))
        self._number.setMinimumWidth(70)
        self._lock = QtWidgets.QToolButton()
        self._lock.setObjectName("huebrush_seed_lock")
        self._lock.setCheckable(True)
        self._lock.setText(text("seed.lock"))
        self._lock.setAccessibleName(text("seed.lock.name"))
        self._lock.setToolTip(text("seed.lock.tip"))
        self._dice = QtWidgets.QToolButton()
        self._dice.setObjectName("huebrush_seed_dice")
        self._dice.setText(text("seed.dice"))
        self._dice.setAccessibleName(text("seed.dice.name"))
        self._dice.setToolTip(text("seed.dice.tip"))
        for button in (self._lock, self._dice):
            button.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self._number.valueChanged.connect(lambda _value: self.changed.emit())
        self._lock.toggled.connect(self._on_lock)
        self._dice.clicked.connect(self.roll)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._number, 1)
        layout.addWidget(self._lock)
        layout.addWidget(self._dice)
        self.setFocusProxy(self._number)

    @property
    def value(self) -> int:
        """The seed, 0 to 2**32 - 1."""
        return int(self._number.value())

    @property
    def is_locked(self) -> bool:
        """True when the seed is kept from run to run."""
        return self._lock.isChecked()

    def set_seed(self, seed: int, locked: bool) -> None:
        """Show `seed` and whether it is `locked`."""
        self._number.setValue(seed)
        self._lock.setChecked(locked)

    def toggle_lock(self) -> None:
        """Lock or unlock."""
        self._lock.toggle()

    def roll(self) -> None:
        """Take another seed at random."""
        self._number.setValue(secrets.randbelow(MAX_SEED + 1))

    def _on_lock(self, locked: bool) -> None:
        self._lock.setText(text("seed.locked" if locked else "seed.lock"))
        self.changed.emit()


class StepsControl(QtWidgets.QWidget):
    """The number of denoising steps, by quality or exactly. Emits `changed`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_steps")
        self._quality = QtWidgets.QComboBox()
        self._quality.setObjectName("huebrush_quality")
        self._quality.setAccessibleName(text("quality.name"))
        self._quality.setToolTip(text("quality.tip"))
        for name, steps in QUALITIES:
            self._quality.addItem(text(f"quality.{name}"), steps)
        self._quality.addItem(text("quality.custom"), 0)
        self._quality.setMinimumContentsLength(5)
        self._quality.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._number = QtWidgets.QSpinBox()
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
