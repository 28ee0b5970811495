"""What applies the edits that have a place: the button, what becomes of the brush's layer, and what is edited."""

from __future__ import annotations

from ..qt import QtCore, QtWidgets, Signal
from ..strings import text
from .buttons import tool_button
from .choices import SwitchControl


class EditApply(QtWidgets.QWidget):
    """Emits `apply_clicked`, `take_up_clicked` to mend edits that were applied, and `keep_changed(bool)` when the
    artist wants the brush's layer to stay or not."""

    apply_clicked = Signal()
    take_up_clicked = Signal()
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
        words = text("edits.take_up"), text("edits.take_up.name")
        take_up = tool_button("huebrush_edits_take_up", *words, self.take_up_clicked.emit)
        for widget in (self._target, self._button, self._keep):
            layout.addWidget(widget)
        layout.addWidget(take_up, 0, QtCore.Qt.AlignmentFlag.AlignRight)
        self.show_target("")

    def set_keep(self, keep: bool) -> None:
        """Show whether the brush's layer stays."""
        self._keep.blockSignals(True)
        self._keep.setChecked(keep)
        self._keep.blockSignals(False)

    def show_target(self, name: str) -> None:
        """Say which layer is edited, "" where there is no result yet."""
        self._target.setText(text("edits.target.layer", name=name) if name else text("edits.target.none"))

    def show_busy(self, busy: bool) -> None:
        """Wait while a job of the document runs."""
        self._button.setEnabled(not busy)
