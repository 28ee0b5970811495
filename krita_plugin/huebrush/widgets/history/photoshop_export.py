"""The button that exports a page for Photoshop."""

from __future__ import annotations

from pathlib import Path

from ...base.problems import Problem, ProblemError
from ...base.qt import QtCore, QtWidgets, Signal
from ...base.strings import text
from ...documents.find import active_document, document_key, find_document
from ...documents.photoshop_file import SUFFIX, export_photoshop


class PhotoshopExport(QtCore.QObject):
    """Asks where the active document goes, and writes it there. Emits `failed(Problem)`. `parent`: the widget that the
    question belongs to."""

    failed = Signal(Problem)

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self._parent = parent

    def ask_where(self) -> None:
        """Ask for a file to write the active document to, without holding up Krita."""
        document = active_document()
        if document is None:
            return
        key, file = document_key(document), Path(document.fileName())
        dialog = QtWidgets.QFileDialog(self._parent, text("photoshop.title"))
        dialog.setObjectName("huebrush_photoshop_file")
        dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"Photoshop (*{SUFFIX})")
        dialog.setDefaultSuffix(SUFFIX)
        if document.fileName():
            dialog.setDirectory(str(file.parent))
            dialog.selectFile(f"{file.stem}{SUFFIX}")
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.export(key, Path(path)))
        dialog.open()

    def export(self, key: str, path: Path) -> None:
        """Write the document with this key, unless it is closed by now."""
        document = find_document(key)
        if document is None:
            return
        try:
            export_photoshop(document, path)
        except ProblemError as error:
            self.failed.emit(error.problem)
