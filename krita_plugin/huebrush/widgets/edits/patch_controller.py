"""Controller that cuts out the patch of an edit."""

from __future__ import annotations

from ...backend.connection import Link
from ...base.problems import ProblemError, problem
from ...base.qt import QtCore, Signal
from ...base.tasks import SlicedTask
from ...capture.patches import Patch, capture_patch
from ...documents.find import active_document, document_key
from ...settings.sources import ReferenceSource
from ...settings.text_edits import EDIT_PATCHES
from .patch_button import selected_source
from .section import EditsSection


class PatchController(QtCore.QObject):
    """Cuts out patches. Emits `failed(Problem)` if there is nothing to cut out."""

    failed = Signal(object)

    def __init__(self, link: Link, section: EditsSection, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._link, self._section = link, section
        self._task: SlicedTask | None = None
        section.patch_requested.connect(self.take)

    def take_patch(self) -> None:
        """Take the selected part of the chosen layer as the patch of the chosen edit, or of a new one."""
        source = selected_source()
        if source is None:
            self.failed.emit(problem("nothing_selected"))
            return
        self.take(self._section.opened().row_for_patch(), source)

    def take(self, row: int, source: ReferenceSource) -> None:
        """Cut the patch of the edit in this row out of `source`."""
        document = active_document()
        if document is None:
            self.failed.emit(problem("no_document"))
            return
        if self._link.known.lacks(EDIT_PATCHES):
            self.failed.emit(problem("no_patches"))
            return
        if self._task is not None:
            self._task.cancel()
        key = document_key(document)
        self._task = SlicedTask(
            capture_patch(document, source), lambda patch: self._on_taken(key, row, patch), self._on_failed, self
        )

    def _on_taken(self, key: str, row: int, patch: Patch) -> None:
        self._task = None
        document = active_document()
        if document is not None and document_key(document) == key:
            self._section.opened().set_patch(row, patch)

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        reason = f"{type(error).__name__}: {error}"
        self.failed.emit(error.problem if isinstance(error, ProblemError) else problem("unexpected", reason=reason))
