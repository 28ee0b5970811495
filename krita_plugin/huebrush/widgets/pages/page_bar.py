"""The row of buttons at the top of the docker, one for each page."""

from __future__ import annotations

from collections.abc import Sequence

from ...base.qt import QtCore, QtGui, QtWidgets, Signal
from ...base.strings import text
from ..controls.buttons import tool_button
from .glyphs import page_glyph

COLORIZE, EDIT, CHECK, HISTORY, ADVANCED = "colorize", "edit", "check", "history", "advanced"
PAGES = (COLORIZE, EDIT, CHECK, HISTORY, ADVANCED)
"""Names of the pages in the order of their buttons."""
GLYPH = QtCore.QSize(16, 16)
SPACING = 2


class PageBar(QtWidgets.QWidget):
    """Emits `chosen(name)` when the artist has chosen another page.

    Where not all words have room, the button of the page that is shown keeps its word, and the others show their glyphs
    only.
    """

    chosen = Signal(str)

    def __init__(self, other: QtWidgets.QToolButton) -> None:
        """`other`: a button for all pages, at the end of the row."""
        super().__init__()
        self._other = other
        self.setObjectName("huebrush_pages")
        self._group = QtWidgets.QButtonGroup(self)
        self._buttons: dict[str, QtWidgets.QToolButton] = {}
        self._widths: dict[str, tuple[int, int]] = {}
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING)
        for name in PAGES:
            words = text(f"page.{name}"), text(f"page.{name}.tip")
            button = tool_button(f"huebrush_page_{name}", *words)
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setIconSize(GLYPH)
            button.toggled.connect(lambda checked, name=name: self._on_toggled(name, checked))
            self._group.addButton(button)
            self._buttons[name] = button
            layout.addWidget(button)
        layout.addStretch(1)
        layout.addWidget(other)
        self._draw_glyphs()
        self._measure()
        self.show_page(COLORIZE)

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        return next(name for name, button in self._buttons.items() if button.isChecked())

    @property
    def last(self) -> QtWidgets.QWidget:
        """The last button, after which Tab goes on to the page."""
        return self._other

    def show_page(self, name: str) -> None:
        """Choose the page `name`; an unknown name chooses the first."""
        self._buttons.get(name, self._buttons[COLORIZE]).setChecked(True)

    def show_count(self, name: str, count: int, why_idle: str = "") -> None:
        """Show how many things are on the page `name`, and, if they have no effect, the reason as the tool tip."""
        button, label = self._buttons[name], text(f"page.{name}")
        button.setToolTip(why_idle or text(f"page.{name}.tip"))
        words = text("page.count", page=label, count=count) if count else label
        if words != button.text():
            button.setText(words)
            button.setAccessibleName(words)
            self._measure()
            self._fit()

    def minimumSizeHint(self) -> QtCore.QSize:
        """The bar can be as narrow as its glyphs and one word."""
        sizes = [button.sizeHint().height() for button in self._buttons.values()]
        return QtCore.QSize(self._width([self.page]), max(sizes))

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Show as many words as there is room for."""
        super().resizeEvent(a0)
        self._fit()

    def changeEvent(self, a0: QtCore.QEvent | None) -> None:
        """Follow the colours and the font of the theme."""
        super().changeEvent(a0)
        kind = a0.type() if a0 is not None else None
        if kind == QtCore.QEvent.Type.PaletteChange:
            self._draw_glyphs()
        elif kind in (QtCore.QEvent.Type.FontChange, QtCore.QEvent.Type.StyleChange) and self._widths:
            self._measure()
            self._fit()

    def _on_toggled(self, name: str, checked: bool) -> None:
        if checked:
            self._fit()
            self.chosen.emit(name)

    def _draw_glyphs(self) -> None:
        color = self.palette().color(QtGui.QPalette.ColorRole.WindowText)
        for name, button in self._buttons.items():
            button.setIcon(page_glyph(name, color, GLYPH, self.devicePixelRatioF()))

    def _fit(self) -> None:
        """Give its word to the page that is shown, then to the others from the first on, as far as there is room."""
        worded = [self.page]
        for name in PAGES:
            if name not in worded and self._width([*worded, name]) <= self.width():
                worded.append(name)
        for name, button in self._buttons.items():
            button.setToolButtonStyle(_style(name in worded))

    def _width(self, worded: Sequence[str]) -> int:
        """Return the width of the row in pixels, with the words of the pages `worded`."""
        return sum(self._widths[name][name in worded] + SPACING for name in PAGES) + self._other.sizeHint().width()

    def _measure(self) -> None:
        """Measure each button without and with its word. Not while the row is laid out: that would lay it out again."""
        for name, button in self._buttons.items():
            before, widths = button.toolButtonStyle(), []
            for with_word in (False, True):
                button.setToolButtonStyle(_style(with_word))
                widths.append(button.sizeHint().width())
            button.setToolButtonStyle(before)
            self._widths[name] = widths[0], widths[1]


def _style(with_word: bool) -> QtCore.Qt.ToolButtonStyle:
    styles = QtCore.Qt.ToolButtonStyle
    return styles.ToolButtonTextBesideIcon if with_word else styles.ToolButtonIconOnly
