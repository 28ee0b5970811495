"""Small pictures of a result's references, read while Krita goes on working."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...base.problems import ProblemError
from ...base.qt import QtCore, QtGui, Signal
from ...base.tasks import SlicedTask, Steps
from ...capture.pictures import capture_reference
from ...capture.small_pictures import small_picture
from ...documents.find import document_key
from ...settings.sources import ReferenceSource

if TYPE_CHECKING:
    from krita import Document

EDGE = 768
"""Longest side of a picture in pixels: enough for a close-up."""

Key = tuple[str, str, str]
"""A document's key, and kind and key of the reference."""


class ReferencePictures(QtCore.QObject):
    """Keeps the pictures of one result at a time, and meanwhile those of the last. Emits `changed` with new ones."""

    changed = Signal()

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._result = ""
        self._pictures: dict[Key, QtGui.QImage] = {}
        self._task: SlicedTask | None = None

    def read(self, document: Document, result: str, references: Sequence[ReferenceSource]) -> None:
        """Read the `references` of `document`, unless that has been done for this `result`, the id of a job."""
        if result == self._result:
            return
        if self._task is not None:
            self._task.cancel()
        self._result = result
        self._task = SlicedTask(_read(document, references), self._on_read, self._on_error, self)

    def picture(self, document: str, source: ReferenceSource) -> QtGui.QImage | None:
        """Return the picture of a reference of the document with this key; None while there is none."""
        return self._pictures.get((document, source.kind, source.key))

    def _on_read(self, pictures: dict[Key, QtGui.QImage]) -> None:
        self._task, self._pictures = None, pictures
        self.changed.emit()

    def _on_error(self, _error: Exception) -> None:
        """Leave it without pictures: the colours and their shares are shown anyway."""
        self._on_read({})


def _read(document: Document, references: Sequence[ReferenceSource]) -> Steps[dict[Key, QtGui.QImage]]:
    """Read each of them that is still there."""
    key, pictures = document_key(document), {}
    for source in dict.fromkeys(references):
        try:
            header, frame = yield from capture_reference(document, source)
        except ProblemError:
            continue
        pictures[key, source.kind, source.key] = yield from small_picture(header, frame, EDGE)
    return pictures
