"""Controller that lets the artist brush over the chosen reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...base.problems import ProblemError, problem
from ...base.qt import QtCore, Signal
from ...base.strings import text
from ...documents.find import active_document
from ...documents.own_layers import find_reference_strokes
from ...session import Session
from ...settings.sources import ReferenceSource
from ...strokes.reference_strokes import LEAVE, REFERENCE_PARTS, TAKE
from .list import ReferenceList

if TYPE_CHECKING:
    from krita import Document


class ReferenceBrushController(QtCore.QObject):
    """Emits `failed(Problem)`."""

    failed = Signal(object)

    def __init__(self, session: Session, references: ReferenceList, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._session, self._references = session, references
        references.part.brush_requested.connect(self._brush)
        references.part.whole_requested.connect(self.whole_reference)
        references.chosen.connect(self.refresh)

    def refresh(self) -> None:
        """Follow the chosen reference, its strokes and the backend."""
        document, source = active_document(), self._references.current
        strokes = find_reference_strokes(document, source.key) if document is not None and source is not None else None
        refusal = ""
        if source is None:
            refusal = text("reference_strokes.no_reference")
        elif self._session.link.known.lacks(REFERENCE_PARTS):
            refusal = text("reference_strokes.no_backend")
        self._references.part.show_state(refusal, strokes is not None)

    def take_this(self) -> None:
        """Paint over the parts that give colours."""
        self._brush(TAKE)

    def not_that(self) -> None:
        """Paint over the parts that are left out."""
        self._brush(LEAVE)

    def whole_reference(self) -> None:
        """Take colours from all of the chosen reference again."""
        document, source = active_document(), self._references.current
        if document is not None and source is not None:
            self._session.reference_brush.use_whole(document, source)
            self.refresh()

    def show_page(self) -> None:
        """Show the page again, after painting on a reference."""
        document = active_document()
        if document is not None:
            self._session.reference_brush.finish(document)

    def _brush(self, color: str) -> None:
        document, source = active_document(), self._references.current
        if document is None or source is None:
            self.failed.emit(problem("no_document" if document is None else "no_reference"))
            return
        self._begin(document, source, color)
        self.refresh()

    def _begin(self, document: Document, source: ReferenceSource, color: str) -> None:
        try:
            if self._session.link.known.lacks(REFERENCE_PARTS):
                raise ProblemError(problem("no_reference_parts"))
            self._session.reference_brush.begin(document, source, color)
        except ProblemError as error:
            self.failed.emit(error.problem)
