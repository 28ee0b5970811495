"""The button whose menu has the presets: to take, save, delete and pass on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...base.problems import Problem, problem
from ...base.qt import QtCore, QtWidgets, Signal, never_none
from ...base.strings import text
from ...settings.presets import (
    LONGEST_NAME,
    SUFFIX,
    Preset,
    PresetStore,
    UnreadablePreset,
    read_preset,
    shipped_presets,
    write_preset,
)
from ...settings.store import DocumentSettings


class PresetButton(QtWidgets.QToolButton):
    """Emits `taken(DocumentSettings)` with the settings of a preset for the document that is shown, and
    `failed(Problem)`."""

    taken = Signal(object)
    failed = Signal(Problem)

    def __init__(self, store: PresetStore, shown: Callable[[], DocumentSettings]) -> None:
        """`shown` returns the settings that the docker shows."""
        super().__init__()
        self._store, self._shown = store, shown
        self.setObjectName("huebrush_presets")
        self.setText("★")
        self.setAutoRaise(True)
        self.setAccessibleName(text("presets"))
        self.setToolTip(text("presets.tip"))
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QtWidgets.QMenu(self)
        self._menu.setObjectName("huebrush_presets_menu")
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)

    def save_as(self, name: str) -> None:
        """Keep what is shown as the artist's preset `name`, in the place of an older one of that name."""
        name = name.strip()
        if name:
            self._write(lambda: self._store.save(Preset.of(name[:LONGEST_NAME], self._shown())))

    def import_from(self, path: str) -> None:
        """Keep the preset in a file as the artist's own, and take it."""
        try:
            preset = read_preset(Path(path))
        except UnreadablePreset as error:
            self.failed.emit(problem("preset_unreadable", name=Path(path).name, reason=error))
            return
        self._write(lambda: self._store.save(preset))
        self._take(preset)

    def export_to(self, path: str, preset: Preset) -> None:
        """Write `preset` into a file."""
        self._write(lambda: write_preset(Path(path), preset))

    def _fill(self) -> None:
        self._menu.clear()
        for preset in shipped_presets():
            self._add(self._menu, preset.name, lambda preset=preset: self._take(preset), preset.purpose)
        own = self._store.presets()
        if own:
            self._menu.addSeparator()
        for preset in own:
            self._add(self._menu, preset.name, lambda preset=preset: self._take(preset))
        self._menu.addSeparator()
        self._add(self._menu, text("presets.save"), self._ask_name)
        for key, act in (("presets.delete", self._delete), ("presets.export", self._ask_where)):
            menu = never_none(self._menu.addMenu(text(key)))
            menu.setEnabled(bool(own))
            for preset in own:
                self._add(menu, preset.name, lambda preset=preset, act=act: act(preset))
        self._add(self._menu, text("presets.import"), self._ask_file)

    def _add(self, menu: QtWidgets.QMenu, label: str, act: Callable[[], object], tip: str = "") -> None:
        action = never_none(menu.addAction(label.replace("&", "&&")))
        action.setToolTip(tip)
        action.triggered.connect(lambda _checked=False: act())

    def _take(self, preset: Preset) -> None:
        self.taken.emit(preset.applied_to(self._shown()))

    def _delete(self, preset: Preset) -> None:
        self._write(lambda: self._store.remove(preset.name))

    def _ask_name(self) -> None:
        """Ask for a name, without holding up Krita."""
        dialog = QtWidgets.QInputDialog(self)
        dialog.setObjectName("huebrush_preset_name")
        dialog.setWindowTitle(text("presets.save_title"))
        dialog.setLabelText(text("presets.save_label"))
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self.save_as)
        dialog.open()

    def _ask_file(self) -> None:
        dialog = self._file_dialog("presets.import_title")
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.import_from)
        dialog.open()

    def _ask_where(self, preset: Preset) -> None:
        dialog = self._file_dialog("presets.export_title")
        dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.selectFile(f"{preset.name}{SUFFIX}")
        dialog.fileSelected.connect(lambda path: self.export_to(path, preset))
        dialog.open()

    def _file_dialog(self, title: str) -> QtWidgets.QFileDialog:
        dialog = QtWidgets.QFileDialog(self, text(title))
        dialog.setNameFilter(f"{text('presets.files')} (*{SUFFIX} *.json)")
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self.failed.emit(problem("settings_not_saved", reason=error))
