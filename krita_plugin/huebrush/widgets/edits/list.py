"""Text edits of a document: a list in their order, and a form for the chosen one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameter_ranges import MAX_EDITS

from ...base.qt import QtCore, QtWidgets, Signal, never_none
from ...base.strings import text
from ...capture.patches import Patch
from ...settings.text_edits import AUTOMATIC, BRUSH, TextEditSettings, can_edit
from ...strokes.brush_colors import free_color
from ..controls.buttons import tool_button
from ..controls.color_button import swatch_icon
from ..controls.disabled_reason import explain
from ..controls.ordered_list import OrderedList
from .apply_row import EditApply
from .form import EditForm
from .heatmap import Heatmap

EDIT_ROLE = QtCore.Qt.ItemDataRole.UserRole
ROWS_SHOWN = 4
CHECKED, UNCHECKED = QtCore.Qt.CheckState.Checked, QtCore.Qt.CheckState.Unchecked


class EditList(QtWidgets.QWidget):
    """Emits `changed` when the artist has changed something, and `brush_requested("#rrggbb")` when they want to paint
    the chosen edit's place in that colour. `apply` has the means to apply edits that have a place."""

    changed = Signal()
    brush_requested = Signal(str)
    patch_requested = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._loading, self._model = False, ""
        self._has_regions, self._can_be_whole = False, True
        self._list = OrderedList()
        self._list.setObjectName("huebrush_edits_list")
        self._list.setAccessibleName(text("edits.list.name"))
        self._list.setToolTip(text("edits.list.tip"))
        self._list.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(QtCore.Qt.TextElideMode.ElideRight)
        self._list.setFixedHeight(ROWS_SHOWN * (self._list.fontMetrics().height() + 6) + 4)
        self._list.setMinimumWidth(100)
        self._list.currentRowChanged.connect(lambda _row: self._show_chosen())
        self._list.itemChanged.connect(self._on_ticked)
        self._list.reordered.connect(self._on_reordered)
        self._list.removal_requested.connect(self.remove_current)
        self._add = self._button("add", text("edits.add"), self.add)
        self._remove = self._button("remove", text("edits.remove"), self.remove_current)
        self._up = self._button("up", "", lambda: self._list.move_current(-1))
        self._up.setArrowType(QtCore.Qt.ArrowType.UpArrow)
        self._down = self._button("down", "", lambda: self._list.move_current(1))
        self._down.setArrowType(QtCore.Qt.ArrowType.DownArrow)
        self._fields = EditForm()
        self._fields.changed.connect(self._on_edited)
        self._fields.brush_clicked.connect(self.brush_current)
        self._fields.patch_chosen.connect(lambda source: self.patch_requested.emit(self._list.currentRow(), source))
        self.apply = EditApply()
        self._hint = QtWidgets.QLabel(text("edits.empty"))
        self._hint.setObjectName("huebrush_edits_hint")
        self._hint.setWordWrap(True)
        buttons = QtWidgets.QHBoxLayout()
        buttons.setSpacing(2)
        for button in (self._add, self._remove, self._up, self._down):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._list)
        layout.addLayout(buttons)
        layout.addWidget(self._hint)
        layout.addWidget(self._fields)
        layout.addWidget(self.apply)
        self._show_chosen()

    @property
    def fit(self) -> Heatmap:
        """Heatmap that shows where in the reference the chosen edit acts."""
        return self._fields.fit

    @property
    def edits(self) -> tuple[TextEditSettings, ...]:
        """Edits in their order."""
        return tuple(never_none(self._list.item(row)).data(EDIT_ROLE) for row in range(self._list.count()))

    def set_edits(self, edits: Sequence[TextEditSettings]) -> None:
        """Show `edits`."""
        row = self._list.currentRow()
        self.fit.show_nothing()  # they are another document's
        self._loading = True
        self._list.clear()
        for edit in edits:
            self._append(edit)
        self._list.setCurrentRow(min(max(row, 0), self._list.count() - 1))
        self._loading = False
        self._show_chosen()

    def show_model(self, model: ModelInfo | None) -> None:
        """Complete words to those that `model` knows; grey everything out, with the reason, if it has no edits."""
        name = model.name if model is not None else ""
        if name != self._model:
            self._model = name
            self.fit.show_nothing()  # another model sees something else
        self._fields.set_words(model.vocabulary if model is not None else ())
        reason = "" if can_edit(model) or model is None else text("advanced.not_with", model=model.title)
        self.setEnabled(not reason)
        explain(self, reason)

    def show_refusal(self, reason: str, whole: str = "") -> None:
        """Say why no edit mask can be chosen, and why none can be whole regions; "" if it is possible."""
        self._can_be_whole = not (reason or whole)
        self._fields.show_refusal(reason, whole)

    def show_regions(self, has_regions: bool) -> None:
        """Let new strokes stand for whole regions where the result has regions."""
        self._has_regions = has_regions

    def add(self) -> None:
        """Add a new edit at the end, and let the artist type."""
        if self._append_new(TextEditSettings(where=AUTOMATIC)):
            self._fields.start_typing()

    def add_brushed(self) -> None:
        """Add a new edit at the end, and let the artist paint its edit mask."""
        if self._append_new(self._brushed(TextEditSettings())):
            self.brush_current()

    def brush_current(self) -> None:
        """Let the artist paint the edit mask of the chosen edit, or of a new one if none is chosen."""
        item = self._list.currentItem()
        if item is None:
            self.add_brushed()
            return
        edit: TextEditSettings = item.data(EDIT_ROLE)
        if edit.scope != BRUSH or not edit.color:
            edit = self._brushed(edit)
            self._show_item(item, edit)
            self._show_chosen()
            self.changed.emit()
        self.brush_requested.emit(edit.color)

    def row_for_patch(self) -> int:
        """Return the row of the chosen edit, or of a new one if none is chosen."""
        if self._list.currentRow() < 0:
            self._append_new(self._brushed(TextEditSettings()))
        return self._list.currentRow()

    def set_patch(self, row: int, patch: Patch) -> None:
        """Let the edit in this row make its place look like `patch`. Without an edit mask it gets the text brush's."""
        item = self._list.item(row)
        if item is None:
            return
        edit: TextEditSettings = item.data(EDIT_ROLE)
        edit = dataclasses.replace(edit, patch=patch.packed, target=patch.name)
        if not edit.has_edit_mask:
            edit = self._brushed(edit)
        self._show_item(item, edit)
        self._show_chosen()
        self.changed.emit()

    def toggle_current(self) -> None:
        """Switch the chosen edit on or off."""
        item = self._list.currentItem()
        if item is not None:
            item.setCheckState(UNCHECKED if item.checkState() == CHECKED else CHECKED)

    def move_current(self, by: int) -> None:
        """Move the chosen edit by this many places."""
        self._list.move_current(by)

    def remove_current(self) -> None:
        """Remove the chosen edit."""
        if self._list.currentRow() >= 0:
            self._list.takeItem(self._list.currentRow())
            self._show_chosen()
            self.changed.emit()

    def _append_new(self, edit: TextEditSettings) -> bool:
        if self._list.count() >= MAX_EDITS:
            return False
        self._append(edit)
        self._list.setCurrentRow(self._list.count() - 1)
        self._show_chosen()
        self.changed.emit()
        return True

    def _brushed(self, edit: TextEditSettings) -> TextEditSettings:
        """Return `edit` as one with the text brush: in a colour that is free, at first for whole regions where the
        result has regions."""
        if edit.color:
            return dataclasses.replace(edit, where=BRUSH)
        color = free_color([other.color for other in self.edits])
        whole = edit.whole_regions or (self._has_regions and self._can_be_whole)
        return dataclasses.replace(edit, where=BRUSH, color=color, whole_regions=whole)

    def _button(self, name: str, label: str, action: Callable[[], object]) -> QtWidgets.QToolButton:
        return tool_button(f"huebrush_edit_{name}", label, text(f"edits.{name}.name"), action)

    def _append(self, edit: TextEditSettings) -> None:
        item = QtWidgets.QListWidgetItem()
        item.setFlags(item.flags() | QtCore.Qt.ItemFlag.ItemIsUserCheckable)
        self._show_item(item, edit)
        self._list.addItem(item)

    def _show_item(self, item: QtWidgets.QListWidgetItem, edit: TextEditSettings) -> None:
        """Keep `edit` in `item`, and describe it in one line, in italics while it has no target."""
        self._list.blockSignals(True)
        item.setData(EDIT_ROLE, edit)
        item.setCheckState(CHECKED if edit.enabled else UNCHECKED)
        item.setText(_summary(edit))
        item.setIcon(swatch_icon(edit.color if edit.scope == BRUSH else ""))
        item.setToolTip(_tip(edit))
        font = self._list.font()
        font.setItalic(not edit.target.strip() or edit.lacks_edit_mask)
        item.setFont(font)
        self._list.blockSignals(False)

    def _on_ticked(self, item: QtWidgets.QListWidgetItem) -> None:
        edit: TextEditSettings = item.data(EDIT_ROLE)
        is_on = item.checkState() == CHECKED
        if is_on != edit.enabled:
            self._show_item(item, dataclasses.replace(edit, enabled=is_on))
            self._show_chosen()
            self.changed.emit()

    def _on_edited(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            edit = self._fields.edit
            if edit.scope == BRUSH and not edit.color:
                edit = self._brushed(edit)
                self._fields.set_edit(edit)
            self._show_item(item, edit)
            self._show_apply()
            self.changed.emit()

    def _on_reordered(self) -> None:
        self._show_chosen()
        self.changed.emit()

    def _show_chosen(self) -> None:
        if self._loading:
            return
        count, row = self._list.count(), self._list.currentRow()
        self._list.setVisible(count > 0)
        self._hint.setVisible(not count)
        self._fields.setVisible(row >= 0)
        self._add.setEnabled(count < MAX_EDITS)
        self._remove.setEnabled(row >= 0)
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < count - 1)
        self._show_apply()
        if row >= 0:
            self._fields.set_edit(never_none(self._list.item(row)).data(EDIT_ROLE))
            self.fit.show_earlier(self.edits[:row])

    def _show_apply(self) -> None:
        edits = self.edits
        self.apply.setVisible(any(edit.has_edit_mask for edit in edits))
        self.apply.show_edits(edits)


def _tip(edit: TextEditSettings) -> str:
    if edit.lacks_edit_mask:
        return text("edits.no_edit_mask.tip")
    return _summary(edit) if edit.target.strip() else text("edits.waiting.tip")


def _summary(edit: TextEditSettings) -> str:
    target = edit.target.strip() or text("edits.waiting")
    if edit.patch:
        target = text("edits.like", target=target)
    anchor = edit.anchor.strip()
    change = text("edits.change", anchor=anchor, target=target) if anchor else text("edits.goal", target=target)
    if edit.has_edit_mask:
        return text(f"edits.change_{edit.scope}", change=change)
    control = edit.control.strip() if edit.scope == AUTOMATIC else ""
    return text("edits.change_where", change=change, control=control) if control else change
