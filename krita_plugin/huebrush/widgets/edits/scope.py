"""Scope of one text edit: everywhere, where words fit, or an edit mask that is painted or selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from huebrush_protocol.parameter_ranges import MAX_TEXT_LENGTH

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...settings.text_edits import AUTOMATIC, BRUSH, EVERYWHERE, LARGEST_FEATHER, SCOPES, TextEditSettings
from ..controls.buttons import tool_button
from ..controls.color_button import swatch_icon
from ..controls.disabled_reason import explain
from ..controls.inputs import ChoiceControl, QuietWheel, SwitchControl
from ..controls.word_field import WordField


class FeatherNumber(QuietWheel, QtWidgets.QSpinBox):
    """Number of pixels over which an edit fades out."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("huebrush_edit_feather")
        self.setRange(0, LARGEST_FEATHER)
        self.setSuffix(" px")
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(text("edits.feather.name"))
        self.setToolTip(text("edits.feather.tip"))


class EditScope(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed something, and `brush_clicked` when they want to paint."""

    changed = Signal()
    brush_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        words = text("edits.where.name"), text("edits.where.tip")
        self._choice = ChoiceControl("huebrush_edit_where", SCOPES, "edits.where", *words)
        self._choice.setMinimumContentsLength(3)  # the brush's button stands beside it
        self._show_tips(SCOPES)
        key = "edits.control"
        words = text(f"{key}.name"), text(f"{key}.tip"), text(f"{key}.empty")
        self._control = WordField("huebrush_edit_control", MAX_TEXT_LENGTH, *words)
        self._brush = tool_button(
            "huebrush_edit_brush", text("edits.brush"), text("edits.brush.name"), self.brush_clicked.emit
        )
        self._brush.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._whole = SwitchControl("huebrush_edit_whole_regions", text("edits.whole"), text("edits.whole.tip"))
        self._feather = FeatherNumber()
        self._feather_label = QtWidgets.QLabel(text("edits.feather"))
        self._feather_label.setBuddy(self._feather)
        edge = QtWidgets.QHBoxLayout()
        edge.addWidget(self._feather_label)
        edge.addWidget(self._feather)
        edge.addStretch(1)
        choice = QtWidgets.QHBoxLayout()
        choice.addWidget(self._choice, 1)
        choice.addWidget(self._brush)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(choice)
        layout.addWidget(self._control)
        layout.addWidget(self._whole)
        layout.addLayout(edge)
        self.setFocusProxy(self._choice)
        for control in (self._choice, self._control, self._whole):
            control.changed.connect(self._on_changed)
        self._feather.valueChanged.connect(lambda _value: self._on_changed())
        self._loading = False

    def scoped(self, edit: TextEditSettings) -> TextEditSettings:
        """Return `edit` with the scope that is shown."""
        return replace(
            edit,
            where=self._choice.choice,
            control=self._control.text(),
            whole_regions=self._whole.isChecked(),
            feather=self._feather.value(),
        )

    def set_edit(self, edit: TextEditSettings) -> None:
        """Show where `edit` acts."""
        self._loading = True
        self._choice.set_choice(edit.scope)
        self._control.setText(edit.control)
        self.show_anchor(edit.anchor)
        self._whole.setChecked(edit.whole_regions)
        self._feather.setValue(edit.feather)
        self._brush.setIcon(swatch_icon(edit.color))
        self._loading = False
        self._show_parts()

    def show_anchor(self, anchor: str) -> None:
        """Say what the words for the place are while none are written: those of the anchor, if any."""
        usual = anchor.strip() or text("edits.control.empty")
        self._control.setPlaceholderText(usual)

    def set_words(self, words: Sequence[str]) -> None:
        """Complete to these from now on."""
        self._control.set_words(words)

    def show_refusal(self, reason: str, whole: str = "") -> None:
        """Grey out places of the page with `reason`, or whole regions alone with `whole`; with "", offer them again."""
        possible = (EVERYWHERE, AUTOMATIC) if reason else SCOPES
        self._choice.show_possible(possible, reason)
        self._show_tips(possible)
        for control in (self._brush, self._feather):
            control.setEnabled(not reason)
        self._whole.setEnabled(not (reason or whole))
        explain(self._whole, reason or whole)

    def _show_tips(self, scopes: Sequence[str]) -> None:
        """Say at each of `scopes` what it means."""
        for scope in scopes:
            row, tip = SCOPES.index(scope), text(f"edits.where.{scope}.tip")
            self._choice.setItemData(row, tip, QtCore.Qt.ItemDataRole.ToolTipRole)

    def _on_changed(self) -> None:
        if not self._loading:
            self._show_parts()
            self.changed.emit()

    def _show_parts(self) -> None:
        scope = self._choice.choice
        self._control.setVisible(scope == AUTOMATIC)
        self._brush.setVisible(scope == BRUSH)
        for part in (self._whole, self._feather, self._feather_label):
            part.setVisible(scope not in (EVERYWHERE, AUTOMATIC))
