"""A field for the path of a folder, with a button that browses for it."""

from __future__ import annotations

from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from .buttons import tool_button


class FolderField(QtWidgets.QWidget):
    """Emits `chosen(path)` when the artist has typed or picked another folder; an empty path is a choice too."""

    chosen = Signal(str)

    def __init__(self, name: str, accessible_name: str) -> None:
        """`name` is the object name; its parts are `<name>_path` and `<name>_browse`."""
        super().__init__()
        self.setObjectName(name)
        self._title = accessible_name
        self._shown = ""
        self._path = QtWidgets.QLineEdit()
        self._path.setObjectName(f"{name}_path")
        self._path.setAccessibleName(accessible_name)
        self._path.setMinimumWidth(60)
        self._path.editingFinished.connect(self._on_edited)
        browse = tool_button(f"{name}_browse", "…", text("folder.browse", what=accessible_name), self.browse)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self._path, 1)
        layout.addWidget(browse)
        self.setFocusProxy(self._path)

    @property
    def path(self) -> str:
        """The folder, empty for none."""
        return self._path.text().strip()

    @property
    def has_focus(self) -> bool:
        """True while the artist is typing."""
        return self._path.hasFocus()

    def set_path(self, path: str) -> None:
        """Show `path`."""
        self._shown = path
        self._path.setText(path)
        self._path.setCursorPosition(0)

    def browse(self) -> None:
        """Ask for a folder, without holding up Krita."""
        dialog = QtWidgets.QFileDialog(self, self._title)
        dialog.setFileMode(QtWidgets.QFileDialog.FileMode.Directory)
        dialog.setOption(QtWidgets.QFileDialog.Option.ShowDirsOnly)
        if self.path:
            dialog.setDirectory(self.path)
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_picked)
        dialog.open()

    def _on_picked(self, path: str) -> None:
        self._path.setText(path)
        self._on_edited()

    def _on_edited(self) -> None:
        if self.path != self._shown:
            self._shown = self.path
            self.chosen.emit(self.path)
