"""What one change by text is made of, as a form."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from huebrush_protocol.parameter_ranges import MAX_TEXT_LENGTH

from ..qt import QtCore, QtWidgets, Signal
from ..strings import text
from ..text_edits import LARGEST_STRENGTH, LOWEST_STRENGTH, TextEditSettings
from .choices import NumberControl
from .controls import QuietSlider
from .edit_details import EditDetails
from .folded_section import FoldedSection
from .word_field import WordField

TEXTS = ("anchor", "target", "control")
SLIDER_STEPS = 10
"""The slider's steps for 1 of strength."""


class StrengthControl(QtWidgets.QWidget):
    """How far a change goes, by slider or by number. Emits `changed` when the artist has changed it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        name, tip = text("edits.strength.name"), text("edits.strength.tip")
        self._number = NumberControl("huebrush_edit_strength_number", LOWEST_STRENGTH, LARGEST_STRENGTH, name, tip)
        self._slider = QuietSlider()
        self._slider.setObjectName("huebrush_edit_strength_slider")
        self._slider.setRange(round(LOWEST_STRENGTH * SLIDER_STEPS), round(LARGEST_STRENGTH * SLIDER_STEPS))
        self._slider.setSingleStep(SLIDER_STEPS // 2)
        self._slider.setPageStep(SLIDER_STEPS)
        self._slider.setAccessibleName(name)
        self._slider.setToolTip(tip)
        self._slider.valueChanged.connect(lambda value: self._number.setValue(value / SLIDER_STEPS))
        self._number.valueChanged.connect(lambda value: self._slider.setValue(round(value * SLIDER_STEPS)))
        self._number.changed.connect(self.changed)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._number)
        self.setFocusProxy(self._slider)

    @property
    def value(self) -> float:
        """The strength."""
        return self._number.value()

    def set_value(self, value: float) -> None:
        """Show `value`."""
        self._number.setValue(value)


class EditFields(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed something."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._edit = TextEditSettings()
        self._loading = False
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._texts = {name: self._text_field(name) for name in TEXTS}
        self._strength = StrengthControl()
        self._details = EditDetails()
        self._details.setParent(self)
        self._details.hide()  # until it is folded out
        words = text("edits.details"), text("edits.details.name")
        self._fold = FoldedSection("huebrush_edit_details", *words, lambda: self._details)
        for name, control in (*self._texts.items(), ("strength", self._strength)):
            label = QtWidgets.QLabel(text(f"edits.{name}"))
            label.setBuddy(control)
            row = grid.rowCount()
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
            control.changed.connect(self._on_changed)
        self._details.changed.connect(self._on_changed)
        grid.addWidget(self._fold, grid.rowCount(), 0, 1, 2, QtCore.Qt.AlignmentFlag.AlignTop)

    @property
    def edit(self) -> TextEditSettings:
        """The change that is shown."""
        return self._edit

    def set_edit(self, edit: TextEditSettings) -> None:
        """Show `edit`."""
        self._edit = edit
        self._loading = True
        for name, field in self._texts.items():
            field.setText(getattr(edit, name))
        self._strength.set_value(edit.strength)
        self._details.set_value(edit.enhanced, edit.thresholds)
        self._loading = False
        self._show_details()

    def set_words(self, words: Sequence[str]) -> None:
        """Complete to these from now on."""
        for field in self._texts.values():
            field.set_words(words)

    def start_typing(self) -> None:
        """Put the cursor into the first text."""
        self._texts["anchor"].setFocus(QtCore.Qt.FocusReason.OtherFocusReason)

    def _text_field(self, name: str) -> WordField:
        key = f"edits.{name}"
        words = text(f"{key}.name"), text(f"{key}.tip"), text(f"{key}.empty")
        return WordField(f"huebrush_edit_{name}", MAX_TEXT_LENGTH, *words)

    def _on_changed(self) -> None:
        if self._loading:
            return
        self._edit = dataclasses.replace(
            self._edit,
            **{name: field.text() for name, field in self._texts.items()},
            strength=self._strength.value,
            enhanced=self._details.enhanced,
            thresholds=self._details.thresholds,
        )
        self._show_details()
        self.changed.emit()

    def _show_details(self) -> None:
        """Say at the folded head that there is something in it."""
        usual = TextEditSettings()
        is_usual = (self._edit.enhanced, self._edit.thresholds) == (usual.enhanced, usual.thresholds)
        self._fold.head.setText(text("edits.details" if is_usual else "edits.details.changed"))
