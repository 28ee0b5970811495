"""The palette as swatches that the artist takes, adds, changes, names, puts in order and removes.

Every change makes the palette the artist's own list, wherever its colours came from: a file, a palette of Krita's, or
the latest result. None of these is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...base.qt import QtCore, QtGui, QtWidgets, Signal, never_none
from ...base.strings import text
from ...documents.krita_colors import foreground, set_foreground
from ...palettes import changes
from ...palettes.changes import Colors
from ...palettes.color_list import NamedColor, parse_palette, write_palette
from ...settings.flats import OWN_COLORS
from ..controls.buttons import tool_button
from ..controls.swatches import Swatches
from .eyedropper_button import EyedropperButton
from .name_field import NameField
from .palette_menu import PaletteMenu

MOST_UNDONE = 50
"""Changes that can be undone."""


@dataclass(frozen=True)
class PaletteState:
    """Choice of colours: its `source` (one of `PALETTE_SOURCES`), and the artist's list with the `name` of the palette
    or file that it is, "" for their own."""

    source: str
    codes: str
    name: str


class PaletteEditor(QtWidgets.QWidget):
    """Shows the artist's list, or the colours of the latest result where another source is chosen. Emits `changed` when
    the artist has changed the `state`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = PaletteState("", "", "")
        self._undone: list[PaletteState] = []
        self._result: tuple[str, ...] = ()
        self._doubles: Mapping[str, tuple[str, float]] = {}
        self._swatches = Swatches("huebrush_swatches")
        self._origin = _sentence("huebrush_palette_origin")
        self._codes = QtWidgets.QLineEdit()
        self._codes.setObjectName("huebrush_palette_codes")
        self._codes.setAccessibleName(text("palette_codes"))
        self._codes.setToolTip(text("palette_codes.tip"))
        self._codes.setPlaceholderText(text("palette_codes.hint"))
        self._codes.setMinimumWidth(60)
        self._codes.hide()
        self._add = tool_button("huebrush_palette_add", "+", text("palette.add"), self._add_foreground)
        self._eyedropper = EyedropperButton("huebrush_palette_pick")
        self._remove = tool_button(
            "huebrush_palette_remove", "−", text("palette.remove"), lambda: self._remove_at(self._swatches.current)
        )
        self._menu = PaletteMenu(self._take_palette, lambda: self._colors, self._codes)
        self._actions = QtWidgets.QMenu(self)
        self._actions.setObjectName("huebrush_swatch_menu")
        self._build_layout()
        self._name_field = NameField(self)
        self._connect()

    @property
    def state(self) -> PaletteState:
        """The choice of colours as it is now."""
        return self._state

    def show_state(self, state: PaletteState) -> None:
        """Show a choice of colours. Unless it only has another source, there is nothing to undo after that."""
        if (state.codes, state.name) != (self._state.codes, self._state.name):
            self._undone.clear()
        self._state = state
        self._show()

    def show_result(self, colors: Sequence[str], doubles: Mapping[str, tuple[str, float]]) -> None:
        """Take note of the latest result's `colors`, and of those among them that hardly differ: for each its nearest
        other one and the ΔE between them."""
        self._result, self._doubles = tuple(colors), doubles
        self._show()

    @property
    def codes_shown(self) -> tuple[str, ...]:
        """The colours that are shown, "#rrggbb"."""
        return self._swatches.colors

    @property
    def _is_own(self) -> bool:
        return self._state.source == OWN_COLORS

    @property
    def _colors(self) -> Colors:
        return parse_palette(self._state.codes) if self._is_own else tuple((color, "") for color in self._result)

    def _build_layout(self) -> None:
        self._tools = QtWidgets.QWidget()
        row = QtWidgets.QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for button in (self._add, self._eyedropper, self._remove):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._menu.button)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self._swatches, self._tools, self._codes, self._menu.complaint, self._origin):
            layout.addWidget(widget)

    def _connect(self) -> None:
        shown = self._swatches
        shown.taken.connect(lambda place: set_foreground(self._colors[place][0]))
        shown.change_requested.connect(self._ask_color)
        shown.name_requested.connect(self._ask_name)
        shown.removal_requested.connect(self._remove_at)
        shown.moved.connect(self._move)
        shown.dropped.connect(lambda place, color: self._insert([(color, "")], place))
        shown.menu_requested.connect(self._open_actions)
        shown.copy_requested.connect(self._copy)
        shown.paste_requested.connect(self._paste)
        shown.undo_requested.connect(self._undo)
        self._eyedropper.picked.connect(lambda color: self._insert([(color, "")], len(self._colors)))
        self._name_field.named.connect(self._rename)
        self._codes.textChanged.connect(self._on_typed)

    def _show(self) -> None:
        """Show the colours, where they come from, and what can be done with them."""
        colors = self._colors
        if self._codes.text() != self._state.codes:
            self._codes.blockSignals(True)
            self._codes.setText(self._state.codes)
            self._codes.setCursorPosition(0)
            self._codes.blockSignals(False)
        codes = {color for color, _ in colors}
        self._swatches.can_undo = bool(self._undone)
        self._swatches.show_colors(colors, {color: pair for color, pair in self._doubles.items() if color in codes})
        self._tools.setVisible(self._is_own or bool(colors))
        self._remove.setEnabled(bool(colors))
        self._codes.setEnabled(self._is_own)
        self._codes.setVisible(self._is_own and self._menu.shows_codes)
        self._menu.complaint.setVisible(self._is_own and bool(self._menu.complaint.text()))
        self._origin.setVisible(self._is_own or bool(colors))
        self._origin.setText(self._describe_origin(bool(colors)))

    def _describe_origin(self, has_colors: bool) -> str:
        if not self._is_own:
            return text("palette.origin.result")
        if not has_colors:
            return text("palette.origin.none")
        return text("palette.origin.from", name=self._state.name) if self._state.name else text("palette.origin.own")

    def _change(self, colors: Colors, place: int) -> None:
        """Make `colors` the artist's own list, with the one at `place` as the current one."""
        if colors != self._colors:
            self._replace(PaletteState(OWN_COLORS, write_palette(colors), ""))
        self._swatches.set_current(place)

    def _replace(self, state: PaletteState) -> None:
        """Choose another list, which can be undone."""
        self._undone = [*self._undone, self._state][-MOST_UNDONE:]
        self._state = state
        self._show()
        self.changed.emit()

    def _undo(self) -> None:
        if self._undone:
            self._state = self._undone.pop()
            self._show()
            self.changed.emit()

    def _insert(self, new: Sequence[NamedColor], place: int) -> None:
        colors = changes.with_colors(self._colors, new, place)
        self._change(colors, changes.place_of(colors, new[-1][0]) or 0)

    def _add_foreground(self) -> None:
        color = foreground()
        if color:
            self._insert([(color, "")], len(self._colors))

    def _remove_at(self, place: int) -> None:
        if place < len(self._colors):
            self._change(changes.without(self._colors, place), place)

    def _move(self, place: int, target: int) -> None:
        self._change(changes.moved(self._colors, place, target), target)

    def _ask_name(self, place: int) -> None:
        self._swatches.set_current(place)
        below = self._swatches.square(place).translated(self._swatches.pos())
        self._name_field.ask(self._colors[place][1], below)

    def _rename(self, name: str) -> None:
        place = self._swatches.current
        if place < len(self._colors) and name.strip() != self._colors[place][1]:
            self._change(changes.with_name(self._colors, place, name.strip()), place)
        self._swatches.setFocus()

    def _ask_color(self, place: int) -> None:
        """Ask for another colour, without holding up Krita."""
        before = self._colors[place][0]
        dialog = QtWidgets.QColorDialog(QtGui.QColor(before), self)
        dialog.setWindowTitle(text("edits.color.name"))
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda color: self._recolor(before, color.name()))
        dialog.open()

    def _recolor(self, before: str, color: str) -> None:
        place = changes.place_of(self._colors, before)
        if place is not None:
            colors = changes.with_color_in_place(self._colors, place, color)
            self._change(colors, changes.place_of(colors, color) or 0)

    def _take_palette(self, codes: str, name: str) -> None:
        self._replace(PaletteState(OWN_COLORS, codes, name))
        self._swatches.set_current(0)

    def _on_typed(self, codes: str) -> None:
        self._replace(PaletteState(self._state.source, codes, ""))

    def _copy(self) -> None:
        never_none(QtWidgets.QApplication.clipboard()).setText(write_palette(self._colors))

    def _paste(self) -> None:
        pasted = parse_palette(never_none(QtWidgets.QApplication.clipboard()).text())
        if pasted:
            self._insert(pasted, min(self._swatches.current + 1, len(self._colors)))

    def _open_actions(self, place: QtCore.QPoint) -> None:
        """Open the menu of the current colour."""
        at, last, menu = self._swatches.current, len(self._colors) - 1, self._actions
        menu.clear()
        for entry in (
            ("take", True, lambda: set_foreground(self._colors[at][0])),
            ("change", True, lambda: self._ask_color(at)),
            ("rename", True, lambda: self._ask_name(at)),
            ("remove", True, lambda: self._remove_at(at)),
            None,
            ("earlier", at > 0, lambda: self._move(at, at - 1)),
            ("later", at < last, lambda: self._move(at, at + 1)),
            None,
            ("copy", True, self._copy),
            ("paste", True, self._paste),
            ("undo", bool(self._undone), self._undo),
        ):
            if entry is None:
                menu.addSeparator()
                continue
            name, is_possible, run = entry
            action = never_none(menu.addAction(text(f"swatch.{name}")))
            action.setEnabled(is_possible)
            action.triggered.connect(lambda _checked=False, run=run: run())
        menu.popup(place)


def _sentence(name: str) -> QtWidgets.QLabel:
    label = QtWidgets.QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    return label
