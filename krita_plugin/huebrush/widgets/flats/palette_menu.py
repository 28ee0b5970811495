"""Menu of what a list of colours is taken from, Krita's palettes and palette files, and how it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from huebrush_protocol.palettes.swatches import PaletteError
from huebrush_protocol.texts import Text

from ...base.qt import QtCore, QtWidgets, never_none
from ...base.strings import text, translated
from ...palettes import krita as krita_palettes
from ...palettes.color_list import NamedColor, write_palette
from ...palettes.files import PATTERNS, SUFFIX, read_palette, write_gpl
from ..controls.buttons import tool_button


class PaletteMenu(QtCore.QObject):
    """For the caller to place: `button`, which opens the menu, and `complaint`, a label that says why a file could not
    be read or written. The entry *As text* shows and hides `codes`, a field.

    `take` is called with the codes and the name of a palette, `colors` for the list to save.
    """

    def __init__(
        self,
        take: Callable[[str, str], object],
        colors: Callable[[], Sequence[NamedColor]],
        codes: QtWidgets.QWidget,
    ) -> None:
        super().__init__()
        self._take, self._colors, self._codes = take, colors, codes
        self.shows_codes = False
        self.button = tool_button("huebrush_palette_from", text("palette.from"), text("palette.from.name"))
        self.button.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QtWidgets.QMenu(self.button)
        self._menu.aboutToShow.connect(self._fill)
        self.button.setMenu(self._menu)
        self.complaint = QtWidgets.QLabel()
        self.complaint.setObjectName("huebrush_palette_complaint")
        self.complaint.setWordWrap(True)
        self.complaint.hide()

    def _fill(self) -> None:
        """List the palettes that Krita has now."""
        self._menu.clear()
        never_none(self._menu.addAction(text("palette.from_file"))).triggered.connect(
            lambda _checked=False: self._ask()
        )
        save = never_none(self._menu.addAction(text("palette.save")))
        save.setEnabled(bool(self._colors()))
        save.triggered.connect(lambda _checked=False: self._ask_where())
        as_text = never_none(self._menu.addAction(text("palette.as_text")))
        as_text.setCheckable(True)
        as_text.setEnabled(self._codes.isEnabled())
        as_text.setChecked(self.shows_codes)
        as_text.toggled.connect(self._show_codes)
        self._menu.addSeparator()
        for name in krita_palettes.names():
            action = never_none(self._menu.addAction(name.replace("&", "&&")))
            action.triggered.connect(lambda _checked=False, name=name: self._give(krita_palettes.colors(name), name))

    def _ask(self) -> None:
        """Ask for a palette file, without holding up Krita."""
        dialog = QtWidgets.QFileDialog(self.button, text("palette.file_title"))
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{text('palette.file_filter')} ({PATTERNS})")
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._read)
        dialog.open()

    def _ask_where(self) -> None:
        """Ask for a file to save the list in, without holding up Krita."""
        dialog = QtWidgets.QFileDialog(self.button, text("palette.save_title"))
        dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{text('palette.file_filter')} (*{SUFFIX})")
        dialog.setDefaultSuffix(SUFFIX)
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._save)
        dialog.open()

    def _save(self, path: str) -> None:
        try:
            write_gpl(Path(path), self._colors())
            self._complain("")
        except OSError as error:
            self._complain(text("palette.unwritable", name=Path(path).name, reason=error.strerror or error))

    def _show_codes(self, shows: bool) -> None:
        self.shows_codes = shows
        self._codes.setVisible(shows)
        if shows:
            self._codes.setFocus()

    def _read(self, path: str) -> None:
        try:
            self._give(read_palette(Path(path)), Path(path).name)
        except PaletteError as error:
            reason = translated(Text.about(error))
            self._complain(text("palette.unreadable", name=Path(path).name, reason=reason))

    def _give(self, colors: Sequence[NamedColor], name: str) -> None:
        if not colors:
            self._complain(text("palette.empty", name=name))
            return
        self._complain("")
        self._take(write_palette(colors), name)

    def _complain(self, words: str) -> None:
        self.complaint.setText(words)
        self.complaint.setVisible(bool(words))
