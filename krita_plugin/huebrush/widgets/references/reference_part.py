"""Buttons of the brush on references: “Take this”, “Not that”, “All of it”, and “Back” to the page."""

from __future__ import annotations

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...strokes.layer_over_reference import LEAVE, TAKE
from ..controls.buttons import tool_button
from ..controls.color_button import swatch_icon

COLORS = (("take", TAKE), ("leave", LEAVE))


class ReferencePart(QtWidgets.QWidget):
    """Emits `brush_requested("#rrggbb")` to paint over the chosen reference, `whole_requested` to use all of it again,
    and `back_requested` to go back to the page."""

    brush_requested = Signal(str)
    whole_requested = Signal()
    back_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._buttons = [self._brush(name, color) for name, color in COLORS]
        words = text("reference_strokes.whole"), text("reference_strokes.whole.name")
        self._whole = tool_button("huebrush_marks_whole", *words, self.whole_requested.emit)
        words = text("reference_strokes.back"), text("reference_strokes.back.name")
        self._back = tool_button("huebrush_marks_back", *words, self.back_requested.emit)
        rows = QtWidgets.QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        for buttons in (self._buttons, (self._whole, self._back)):  # four in a row are too wide for a narrow docker
            row = QtWidgets.QHBoxLayout()
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            rows.addLayout(row)
        self.show_state("", False, False)

    def show_state(self, refusal: str, is_brushed: bool, is_open: bool) -> None:
        """Show whether there are strokes over the chosen reference, and whether the window to paint them `is_open`;
        `refusal` says why there can be none."""
        for button, (name, _) in zip(self._buttons, COLORS, strict=True):
            button.setEnabled(not refusal)
            button.setToolTip(refusal or text(f"reference_strokes.{name}.name"))
        self._whole.setVisible(is_brushed)
        self._back.setVisible(is_open)

    def _brush(self, name: str, color: str) -> QtWidgets.QToolButton:
        words = text(f"reference_strokes.{name}"), text(f"reference_strokes.{name}.name")
        button = tool_button(f"huebrush_marks_{name}", *words, lambda: self.brush_requested.emit(color))
        button.setIcon(swatch_icon(color))
        button.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button
