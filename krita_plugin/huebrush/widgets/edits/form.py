"""Form of one text edit."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from huebrush_protocol.parameter_ranges import MAX_TEXT_LENGTH

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...settings.text_edits import LARGEST_STRENGTH, LOWEST_STRENGTH, TextEditSettings
from ..controls.color_button import ColorButton
from ..controls.folded_section import FoldedSection
from ..controls.inputs import NumberControl
from ..controls.slider_control import SliderControl
from ..controls.word_field import WordField
from .heatmap import Heatmap
from .patch_button import PatchButton, PatchLine
from .scope import EditScope
from .thresholds import EditDetails

TEXTS = ("anchor", "target")
SLIDER_STEPS = 10
"""The slider's steps for 1 of strength."""


class StrengthControl(SliderControl):
    """Strength of an edit, as a slider and a number."""

    def __init__(self) -> None:
        name, words = "huebrush_edit_strength", (text("edits.strength.name"), text("edits.strength.tip"))
        super().__init__(name, NumberControl(name, LOWEST_STRENGTH, LARGEST_STRENGTH, *words), SLIDER_STEPS)


class EditForm(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed something, `brush_clicked` when they want to paint its place, and
    `patch_chosen(ReferenceSource)` for what its patch is to be cut out of."""

    changed = Signal()
    brush_clicked = Signal()
    patch_chosen = Signal(object)

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
        self._color = ColorButton("huebrush_edit_color")
        self._color.chosen.connect(self._texts["target"].setText)
        self._patch, self._patch_line = PatchButton(), PatchLine()
        self._patch.chosen.connect(self.patch_chosen)
        self._patch_line.cleared.connect(self._on_patch_cleared)
        self._place = EditScope()
        self._place.brush_clicked.connect(self.brush_clicked)
        self._strength = StrengthControl()
        self._details = EditDetails()
        self._details.setParent(self)
        self._details.hide()  # until it is opened
        words = text("edits.details"), text("edits.details.name")
        self._fold = FoldedSection("huebrush_edit_details", *words, lambda: self._details)
        for name, control in (*self._texts.items(), ("where", self._place), ("strength", self._strength)):
            label = QtWidgets.QLabel(text(f"edits.{name}"))
            label.setBuddy(control)
            row = grid.rowCount()
            is_tall = name == "where"
            grid.addWidget(label, row, 0, QtCore.Qt.AlignmentFlag.AlignTop if is_tall else QtCore.Qt.AlignmentFlag(0))
            grid.addWidget(control, row, 1, 1, 1 if name == "target" else 3)
            if name == "target":
                grid.addWidget(self._color, row, 2)
                grid.addWidget(self._patch, row, 3)
                grid.addWidget(self._patch_line, row + 1, 1, 1, 3)
            control.changed.connect(self._on_changed)
        self._details.changed.connect(self._on_changed)
        grid.addWidget(self._fold, grid.rowCount(), 0, 1, 4, QtCore.Qt.AlignmentFlag.AlignTop)

    @property
    def fit(self) -> Heatmap:
        """Heatmap that shows where in the reference the edit acts."""
        return self._details.fit

    @property
    def edit(self) -> TextEditSettings:
        """Edit that is shown."""
        return self._edit

    def set_edit(self, edit: TextEditSettings) -> None:
        """Show `edit`."""
        self._edit = edit
        self._loading = True
        for name, field in self._texts.items():
            field.setText(getattr(edit, name))
        self._color.show_color(edit.target.strip())
        self._patch_line.show_patch(edit.patch)
        self._place.set_edit(edit)
        self._strength.set_value(edit.strength)
        self._details.set_value(edit.enhanced, edit.thresholds)
        self._loading = False
        self._show_details()

    def set_words(self, words: Sequence[str]) -> None:
        """Complete to these from now on."""
        for field in (*self._texts.values(), self._place):
            field.set_words(words)

    def show_refusal(self, reason: str, whole: str = "") -> None:
        """Say why no edit mask can be chosen, and why none can be whole regions; "" if it is possible."""
        self._place.show_refusal(reason, whole)
        self._patch.setEnabled(not reason)

    def start_typing(self) -> None:
        """Put the cursor into the first text."""
        self._texts["anchor"].setFocus(QtCore.Qt.FocusReason.OtherFocusReason)

    def _on_patch_cleared(self) -> None:
        """Use words again, and remove those that only named the patch."""
        self.set_edit(dataclasses.replace(self._edit, patch="", target=""))
        self.changed.emit()
        self._texts["target"].setFocus(QtCore.Qt.FocusReason.OtherFocusReason)

    def _text_field(self, name: str) -> WordField:
        key = f"edits.{name}"
        words = text(f"{key}.name"), text(f"{key}.tip"), text(f"{key}.empty")
        return WordField(f"huebrush_edit_{name}", MAX_TEXT_LENGTH, *words)

    def _on_changed(self) -> None:
        if self._loading:
            return
        self._edit = dataclasses.replace(
            self._place.scoped(self._edit),
            **{name: field.text() for name, field in self._texts.items()},
            strength=self._strength.value,
            enhanced=self._details.enhanced,
            thresholds=self._details.thresholds,
        )
        self._color.show_color(self._edit.target.strip())
        self._place.show_anchor(self._edit.anchor)
        self._show_details()
        self.changed.emit()

    def _show_details(self) -> None:
        """Say in the closed head that some settings are changed."""
        usual = TextEditSettings()
        is_usual = (self._edit.enhanced, self._edit.thresholds) == (usual.enhanced, usual.thresholds)
        self._fold.head.setText(text("edits.details" if is_usual else "edits.details.changed"))
        self._details.fit.show_words(self._edit.place_words)
