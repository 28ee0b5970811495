"""A number that can be dragged as well as typed."""

from __future__ import annotations

from ...base.qt import QtCore, QtWidgets, Signal
from .inputs import QuietNumber, QuietWheel


class QuietSlider(QuietWheel, QtWidgets.QSlider):
    """A horizontal slider that leaves the wheel to the scroll area unless it has the focus."""

    def __init__(self) -> None:
        super().__init__(QtCore.Qt.Orientation.Horizontal)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(36)


class SliderControl(QtWidgets.QWidget):
    """A number, by slider or by spin box. Emits `changed` when the artist has changed it."""

    changed = Signal()

    def __init__(self, name: str, number: QtWidgets.QSpinBox | QtWidgets.QDoubleSpinBox, steps: int = 1) -> None:
        """`name`: the object name; the slider and the number are `<name>_slider` and `<name>_number`.

        `number` brings its range, single step, accessible name and tool tip, which the slider takes over; `steps`: the
        slider's steps for 1, above 1 for a number with decimals only.
        """
        super().__init__()
        self.setObjectName(name)
        self._number = number
        self._number.setObjectName(f"{name}_number")
        self._slider = QuietSlider()
        self._slider.setObjectName(f"{name}_slider")
        self._slider.setRange(round(number.minimum() * steps), round(number.maximum() * steps))
        self._slider.setSingleStep(round(number.singleStep() * steps))
        self._slider.setPageStep(10)
        self._slider.setAccessibleName(number.accessibleName())
        self._slider.setToolTip(number.toolTip())
        self._slider.valueChanged.connect(lambda value: self.set_value(value if steps == 1 else value / steps))
        self._number.valueChanged.connect(lambda value: self._slider.setValue(round(value * steps)))
        self._number.valueChanged.connect(lambda _value: self.changed.emit())
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._number)
        self.setFocusProxy(self._slider)

    @property
    def value(self) -> float:
        """The number."""
        return self._number.value()

    def set_value(self, value: float) -> None:
        """Show `value`."""
        if isinstance(self._number, QtWidgets.QSpinBox):
            self._number.setValue(round(value))
        else:
            self._number.setValue(value)


class PercentControl(SliderControl):
    """A whole percentage."""

    def __init__(self, name: str, largest: int, accessible_name: str, tip: str, lowest: int = 0) -> None:
        number = QuietNumber()
        number.setRange(lowest, largest)
        number.setSuffix(" %")
        number.setAccessibleName(accessible_name)
        number.setToolTip(tip)
        super().__init__(name, number)

    @property
    def value(self) -> int:
        """The percentage."""
        return round(super().value)
