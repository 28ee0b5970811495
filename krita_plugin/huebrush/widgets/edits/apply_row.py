"""Controls that apply edits with an edit mask: the button, the fate of the brush layer, and the layer to edit."""

from __future__ import annotations

from collections.abc import Sequence

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...settings.text_edits import SELECTION, TextEditSettings
from ..controls.buttons import tool_button
from ..controls.inputs import SwitchControl


class EditApply(QtWidgets.QWidget):
    """Emits `apply_clicked`, `reopen_clicked` to mend edits that were applied, and `keep_changed(bool)` when the
    artist wants the brush's layer to stay or not."""

    apply_clicked = Signal()
    reopen_clicked = Signal()
    keep_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._button = QtWidgets.QPushButton(text("edits.apply"))
        self._button.setObjectName("huebrush_edits_apply")
        self._button.setAccessibleName(text("edits.apply"))
        self._button.setToolTip(text("edits.apply.tip"))
        self._button.clicked.connect(lambda _checked=False: self.apply_clicked.emit())
        self._keep = SwitchControl("huebrush_edits_keep_brush", text("edits.keep_brush"), text("edits.keep_brush.tip"))
        self._keep.changed.connect(lambda: self.keep_changed.emit(self._keep.isChecked()))
        self._target = QtWidgets.QLabel()
        self._target.setObjectName("huebrush_edits_target")
        self._target.setWordWrap(True)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(3)
        words = text("edits.reopen"), text("edits.reopen.name")
        reopen = tool_button("huebrush_edits_reopen", *words, self.reopen_clicked.emit)
        self._meeting = QtWidgets.QLabel()
        self._meeting.setObjectName("huebrush_edits_meeting")
        self._meeting.setWordWrap(True)
        for widget in (self._target, self._meeting, self._button, self._keep):
            layout.addWidget(widget)
        layout.addWidget(reopen, 0, QtCore.Qt.AlignmentFlag.AlignRight)
        self.show_target("")
        self.show_edits(())

    def show_edits(self, edits: Sequence[TextEditSettings]) -> None:
        """Say which of `edits` counts where two of them meet, if they may meet."""
        words = _meeting(edits)
        self._meeting.setText(words)
        self._meeting.setVisible(bool(words))

    def set_keep(self, keep: bool) -> None:
        """Show whether the brush's layer stays."""
        self._keep.blockSignals(True)
        self._keep.setChecked(keep)
        self._keep.blockSignals(False)

    def show_target(self, name: str) -> None:
        """Name the layer to be edited, "" if there is no result yet."""
        self._target.setText(text("edits.target.layer", name=name) if name else text("edits.target.none"))

    def show_busy(self, busy: bool) -> None:
        """Wait while a job of the document runs."""
        self._button.setEnabled(not busy)


def _meeting(edits: Sequence[TextEditSettings]) -> str:
    """Return a sentence on the edit that counts where two meet; "" if none can (strokes only meet as whole regions)."""
    placed = [edit for edit in edits if edit.acts and edit.has_edit_mask]
    selected = [edit for edit in placed if edit.scope == SELECTION]
    if len(selected) > 1:
        later, earlier = selected[-1].target.strip(), selected[-2].target.strip()
        return text("edits.meet.selection", later=later, earlier=earlier)
    if len(placed) < 2 or not (selected or any(edit.whole_regions for edit in placed)):
        return ""
    if len(placed) > 2:
        return text("edits.meet.many")
    return text("edits.meet", later=placed[1].target.strip(), earlier=placed[0].target.strip())
