"""Inputs of the finer settings: a number, one of several names, and yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import catalogue, text

ICON_GAP, LETTER_ROOM = 4, 2
"""Pixels that styles leave between a picture and a name, and around a name."""

if TYPE_CHECKING:

    class Control:
        """Methods of the Qt class that `QuietWheel` needs."""

        def hasFocus(self) -> bool: ...
        def wheelEvent(self, e: QtGui.QWheelEvent | None) -> None: ...
else:
    Control = object


class QuietWheel(Control):
    """Base class that stands before a Qt class among a control's bases."""

    def wheelEvent(self, e: QtGui.QWheelEvent | None) -> None:
        """Scroll the docker instead of changing the value. Only a number that has the focus takes the wheel: a list
        that was chosen from keeps the focus, and would choose something else when the pointer passes over it."""
        event = never_none(e)
        if self.hasFocus() and not isinstance(self, QtWidgets.QComboBox):
            super().wheelEvent(event)
        else:
            event.ignore()


class QuietNumber(QuietWheel, QtWidgets.QSpinBox):
    """A whole number."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)


class NameList(QuietWheel, QtWidgets.QComboBox):
    """One of several names, in a list as narrow as the docker needs it.

    A name that has no room ends in an ellipsis, and the tool tip begins with all of it.
    """

    def __init__(self, shortest: int) -> None:
        """`shortest`: number of letters that it always shows."""
        super().__init__()
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(shortest)

    def event(self, event: QtCore.QEvent | None) -> bool:
        """Say the whole name where it is cut."""
        shown = never_none(event)
        if shown.type() == QtCore.QEvent.Type.ToolTip and self.shown_name() != self.currentText():
            assert isinstance(shown, QtGui.QHelpEvent)
            words = "\n".join(filter(None, (self.currentText().strip(), self.toolTip())))
            QtWidgets.QToolTip.showText(shown.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, e: QtGui.QPaintEvent | None) -> None:
        """Draw the list closed, with as much of the name as there is room for."""
        option = QtWidgets.QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_name()
        painter = QtWidgets.QStylePainter(self)
        painter.drawComplexControl(QtWidgets.QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QtWidgets.QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def shown_name(self) -> str:
        """Return the chosen name as it is drawn."""
        option = QtWidgets.QStyleOptionComboBox()
        self.initStyleOption(option)
        box, field = QtWidgets.QStyle.ComplexControl.CC_ComboBox, QtWidgets.QStyle.SubControl.SC_ComboBoxEditField
        room = never_none(self.style()).subControlRect(box, option, field, self).width() - LETTER_ROOM
        if not option.currentIcon.isNull():
            room -= option.iconSize.width() + ICON_GAP
        return self.fontMetrics().elidedText(option.currentText, QtCore.Qt.TextElideMode.ElideRight, room)


class NumberControl(QuietWheel, QtWidgets.QDoubleSpinBox):
    """A number with one decimal. Emits `changed` when the artist has changed it."""

    changed = Signal()

    def __init__(self, name: str, lowest: float, highest: float, accessible_name: str, tip: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setDecimals(1)
        self.setSingleStep(0.5)
        self.setRange(lowest, highest)
        self.setAccessibleName(accessible_name)
        self.setToolTip(tip)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(lambda _value: self.changed.emit())


class ChoiceControl(NameList):
    """One of several names, with what the catalogue calls them. Emits `changed` when the artist has chosen."""

    changed = Signal()

    def __init__(self, name: str, choices: Sequence[str], words: str, accessible_name: str, tip: str) -> None:
        """A choice's label is the sentence `<words>.<choice>`, or the choice itself if there is no such sentence."""
        super().__init__(6)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setToolTip(tip)
        for choice in choices:
            key = f"{words}.{choice}"
            self.addItem(text(key) if key in catalogue("en") else choice, choice)
        self.activated.connect(lambda _index: self.changed.emit())

    @property
    def choice(self) -> str:
        """The chosen name."""
        return self.currentData()

    def set_choice(self, choice: str) -> None:
        """Choose a name; one that is not offered chooses the first."""
        self.setCurrentIndex(max(0, self.findData(choice)))

    def show_possible(self, choices: Sequence[str], reason: str) -> None:
        """Grey out the names that are not among `choices`, each with `reason` as its tool tip."""
        model = self.model()
        assert isinstance(model, QtGui.QStandardItemModel)
        for row in range(self.count()):
            possible = self.itemData(row) in choices
            never_none(model.item(row)).setEnabled(possible)
            self.setItemData(row, None if possible else reason, QtCore.Qt.ItemDataRole.ToolTipRole)


class SwitchControl(QtWidgets.QCheckBox):
    """Yes or no, with a label that breaks lines where there is no room. Emits `changed` when the artist has changed
    it."""

    changed = Signal()

    def __init__(self, name: str, label: str, tip: str) -> None:
        super().__init__(label)
        self._words = label.split()
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self.toggled.connect(lambda _checked: self.changed.emit())

    def minimumSizeHint(self) -> QtCore.QSize:
        """It can be as narrow as the longest word."""
        widest = max(map(self._width_of, self._words), default=0)
        return QtCore.QSize(self._room_beside() + widest, super().minimumSizeHint().height())

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Break the lines for this width."""
        super().resizeEvent(a0)
        lines: list[str] = []
        for word in self._words:
            longer = f"{lines[-1]} {word}" if lines else ""
            if lines and self._width_of(longer) <= self.width() - self._room_beside():
                lines[-1] = longer
            else:
                lines.append(word)
        if "\n".join(lines) != self.text():
            self.setText("\n".join(lines))

    def _room_beside(self) -> int:
        """Return the width of the control beside its label, in pixels."""
        return super().sizeHint().width() - self._width_of(self.text())

    def _width_of(self, words: str) -> int:
        """Return the width that the style reserves for `words`, in pixels."""
        return self.fontMetrics().size(0, words).width()
