"""A window with the picture of a reference, in which the artist paints what gives colours and what does not."""

from __future__ import annotations

from collections.abc import Callable

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...strokes.layer_over_reference import LEAVE, TAKE
from ...strokes.reference_frames import ReferenceStrokes
from ..controls.buttons import tool_button
from ..controls.color_button import swatch_icon
from .strokes_canvas import BRUSH, ERASER, LASSO, RECTANGLE, ZOOM_STEP, StrokesCanvas

SIZE = QtCore.QSize(560, 600)
ROLES = (("take", TAKE, "T"), ("leave", LEAVE, "N"), ("erase", ERASER, "E"))
"""Effects of the next stroke, each with its colour and its key."""
TOOL_KEYS = ((BRUSH, "B"), (RECTANGLE, "R"), (LASSO, "L"))
FIRST_WIDTH, WIDTHS = 40, (2, 250)
"""Width of the brush in thousandths of the reference's longer side: at first, and the range."""


class StrokesWindow(QtWidgets.QDialog):
    """Emits `changed` when the strokes of its `canvas` are others. Deleted when it is closed."""

    changed = Signal()

    def __init__(
        self, name: str, picture: QtGui.QImage, strokes: ReferenceStrokes, parent: QtWidgets.QWidget | None
    ) -> None:
        """`name` and `picture` are the reference's."""
        super().__init__(parent)
        self.setObjectName("huebrush_strokes_window")
        self.setWindowTitle(text("reference_strokes.window", name=name))
        self.setModal(False)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        self.canvas = StrokesCanvas(picture, strokes)
        self.canvas.changed.connect(self._on_changed)
        self._role_group, self._tool_group = QtWidgets.QButtonGroup(self), QtWidgets.QButtonGroup(self)
        self._roles = {color: self._role(f"huebrush_strokes_{role}", role, color, key) for role, color, key in ROLES}
        self._tools = {tool: self._tool(tool, key) for tool, key in TOOL_KEYS}
        self._size = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal)
        self._size.setObjectName("huebrush_strokes_size")
        self._size.setAccessibleName(text("reference_strokes.size"))
        self._size.setToolTip(text("reference_strokes.size"))
        self._size.setRange(*WIDTHS)
        self._size.valueChanged.connect(lambda value: self.canvas.set_brush_width(value / 1000))
        self._size.setValue(FIRST_WIDTH)
        self._undo = self._button("undo", self.canvas.undo)
        self._redo = self._button("redo", self.canvas.redo)
        self._build_layout()
        self._keys = self._key_acts()
        self.show_color(TAKE)
        self._choose_tool(BRUSH)
        self._show_steps()
        self.resize(SIZE)

    def show_color(self, color: str) -> None:
        """Paint in `color`, `TAKE`, `LEAVE` or `ERASER`, from now on."""
        self.canvas.color = color
        self._roles[color].setChecked(True)

    def keyPressEvent(self, a0: QtGui.QKeyEvent | None) -> None:
        """Choose what the next stroke does, zoom, undo; give up a stroke with Escape, or go back to the page."""
        event, standard = never_none(a0), QtGui.QKeySequence.StandardKey
        if event.matches(standard.Undo):
            self.canvas.undo()
        elif event.matches(standard.Redo):
            self.canvas.redo()
        elif event.key() == QtCore.Qt.Key.Key_Escape:
            if not self.canvas.cancel_stroke():
                self.close()
        elif event.text().upper() in self._keys:
            self._keys[event.text().upper()]()
        elif event.key() not in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            super().keyPressEvent(event)  # Enter would press the dialog's button

    def _build_layout(self) -> None:
        above = QtWidgets.QHBoxLayout()
        for button in self._roles.values():
            above.addWidget(button)
        above.addStretch(1)
        for button in (self._undo, self._redo):
            above.addWidget(button)
        below = QtWidgets.QHBoxLayout()
        for button in self._tools.values():
            below.addWidget(button)
        below.addWidget(self._size, 1)
        below.addWidget(self._button("fit", self.canvas.fit))
        hint = QtWidgets.QLabel(text("reference_strokes.hint"))
        hint.setWordWrap(True)
        back = QtWidgets.QPushButton(text("reference_strokes.back"))
        back.setObjectName("huebrush_strokes_back")
        back.setToolTip(text("reference_strokes.back.name"))
        back.setAutoDefault(False)
        back.clicked.connect(lambda _checked=False: self.close())
        end = QtWidgets.QHBoxLayout()
        end.addWidget(hint, 1)
        end.addWidget(back)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(4)
        layout.addLayout(above)
        layout.addLayout(below)
        layout.addWidget(self.canvas, 1)
        layout.addLayout(end)
        self.canvas.setFocus()

    def _key_acts(self) -> dict[str, Callable[[], object]]:
        """Return the acts of the keys, by what they type."""
        acts: dict[str, Callable[[], object]] = {
            "+": lambda: self.canvas.zoom(ZOOM_STEP),
            "-": lambda: self.canvas.zoom(1 / ZOOM_STEP),
            "0": self.canvas.fit,
            "[": lambda: self._size.setValue(round(self._size.value() / ZOOM_STEP)),
            "]": lambda: self._size.setValue(round(self._size.value() * ZOOM_STEP) + 1),
        }
        acts |= {key: self._roles[color].click for _, color, key in ROLES}
        return acts | {key: self._tools[tool].click for tool, key in TOOL_KEYS}

    def _role(self, name: str, role: str, color: str, key: str) -> QtWidgets.QToolButton:
        """Return a button that says what the next stroke does."""
        words = text(f"reference_strokes.{role}"), text(f"reference_strokes.{role}.window", shortcut=key)
        button = tool_button(name, *words, lambda: self.show_color(color))
        button.setIcon(swatch_icon(color))
        button.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.setAutoRaise(True)  # the chosen one stands out in dark themes too
        self._role_group.addButton(button)
        return button

    def _tool(self, tool: str, key: str) -> QtWidgets.QToolButton:
        words = text(f"reference_strokes.{tool}"), text(f"reference_strokes.{tool}.name", shortcut=key)
        button = tool_button(f"huebrush_strokes_{tool}", *words, lambda: self._choose_tool(tool))
        button.setCheckable(True)
        button.setAutoRaise(True)
        self._tool_group.addButton(button)
        return button

    def _choose_tool(self, tool: str) -> None:
        self.canvas.cancel_stroke()
        self.canvas.tool = tool
        self._tools[tool].setChecked(True)
        self._size.setEnabled(tool == BRUSH)

    def _button(self, name: str, act: Callable[[], object]) -> QtWidgets.QToolButton:
        words = text(f"reference_strokes.{name}"), text(f"reference_strokes.{name}.name")
        return tool_button(f"huebrush_strokes_{name}", *words, act)

    def _on_changed(self) -> None:
        self._show_steps()
        self.changed.emit()

    def _show_steps(self) -> None:
        self._undo.setEnabled(self.canvas.can_undo)
        self._redo.setEnabled(self.canvas.can_redo)
