"""Controller that lets the artist brush over the chosen reference, in a window of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krita import Krita

from ...base.problems import ProblemError, problem, unexpected
from ...base.qt import QtCore, QtGui, Signal, never_none
from ...base.strings import text
from ...base.tasks import SlicedTask, Steps
from ...capture.pictures import capture_reference
from ...capture.small_pictures import small_picture
from ...documents.find import active_document, document_key, find_document, while_open
from ...documents.pixels import Rect
from ...session import Session
from ...settings.sources import ReferenceSource
from ...strokes.layer_over_reference import LEAVE, TAKE, show_page_again
from ...strokes.reference_frames import LONGEST_EDGE, ReferenceStrokes, empty_strokes, frame_of
from ...strokes.reference_strokes import (
    REFERENCE_PARTS,
    forget_strokes,
    has_strokes,
    keep_strokes,
    read_strokes,
)
from .list import ReferenceList
from .strokes_window import StrokesWindow

if TYPE_CHECKING:
    from krita import Document

Opened = tuple[QtGui.QImage, ReferenceStrokes, bool]
"""The picture of a reference, its strokes, and whether former ones no longer fit it."""


class ReferenceBrushController(QtCore.QObject):
    """Emits `failed(Problem)`."""

    failed = Signal(object)

    def __init__(self, session: Session, references: ReferenceList, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._session, self._references = session, references
        self._task: SlicedTask | None = None
        self._window: StrokesWindow | None = None
        self._shown = "", ReferenceSource("", "", "")
        """Key of the document, and the reference, of the window."""
        references.part.brush_requested.connect(self._brush)
        references.part.whole_requested.connect(self.whole_reference)
        references.part.back_requested.connect(self.show_page)
        references.chosen.connect(self.refresh)

    def refresh(self) -> None:
        """Follow the chosen reference, its strokes, the active document and the backend."""
        document, source = active_document(), self._references.current
        if self._window is not None and (document is None or document_key(document) != self._shown[0]):
            self.show_page()
        refusal = ""
        if source is None:
            refusal = text("reference_strokes.no_reference")
        elif self._session.link.known.lacks(REFERENCE_PARTS):
            refusal = text("reference_strokes.no_backend")
        is_brushed = document is not None and source is not None and has_strokes(document, source)
        self._references.part.show_state(refusal, is_brushed, self._window is not None)

    def bring_back(self) -> None:
        """Show the active document's layers again where only a reference was shown when it was saved."""
        document = active_document()
        if document is not None and show_page_again(document):
            self.failed.emit(problem("page_shown_again", severity="info"))

    def take_this(self) -> None:
        """Paint over the parts that give colours."""
        self._brush(TAKE)

    def not_that(self) -> None:
        """Paint over the parts that are left out."""
        self._brush(LEAVE)

    def whole_reference(self) -> None:
        """Take colours from all of the chosen reference again."""
        document, source = active_document(), self._references.current
        if document is None or source is None:
            return
        if self._window is not None and self._is_shown(document, source):
            self._window.canvas.clear()  # which can be undone there
        forget_strokes(document, source)
        self.refresh()

    def show_page(self) -> None:
        """Go back to the page: close the reference's window."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._window is not None:
            self._window.close()

    def _brush(self, color: str) -> None:
        document, source = active_document(), self._references.current
        if document is None or source is None:
            self.failed.emit(problem("no_document" if document is None else "no_reference"))
            return
        if self._session.link.known.lacks(REFERENCE_PARTS):
            self.failed.emit(problem("no_reference_parts"))
            return
        if self._window is not None and self._is_shown(document, source):
            self._window.show_color(color)
            self._window.raise_()
            self._window.activateWindow()
            return
        self.show_page()
        key = document_key(document)
        steps = while_open(document, _open(document, source), problem("document_closed_early"))
        self._task = SlicedTask(steps, lambda opened: self._show(key, source, color, opened), self._on_failed, self)

    def _is_shown(self, document: Document, source: ReferenceSource) -> bool:
        key, shown = self._shown
        return key == document_key(document) and (shown.kind, shown.key) == (source.kind, source.key)

    def _show(self, key: str, source: ReferenceSource, color: str, opened: Opened) -> None:
        self._task = None
        document = active_document()
        if document is None or document_key(document) != key:
            return
        picture, strokes, is_misfit = opened
        window = StrokesWindow(source.name, picture, strokes, never_none(Krita.instance().activeWindow()).qwindow())
        window.changed.connect(self._on_changed)
        window.destroyed.connect(self._on_closed)
        window.finished.connect(self._on_closed)
        self._window, self._shown = window, (key, source)
        window.show_color(color)
        window.show()
        if is_misfit:
            self.failed.emit(problem("strokes_do_not_fit", name=source.name))
        self._fill_selected(document, source)
        self.refresh()

    def _fill_selected(self, document: Document, source: ReferenceSource) -> None:
        """Paint what is selected on the reference."""
        owner = document if source.kind == "layer" else find_document(source.key)
        selection = owner.selection() if owner is not None else None
        if self._window is None or selection is None or selection.width() < 1 or selection.height() < 1:
            return
        place = Rect(selection.x(), selection.y(), selection.width(), selection.height())
        mask = selection.pixelData(place.x, place.y, place.width, place.height)
        self._window.canvas.fill(place, mask.data())

    def _on_changed(self) -> None:
        """Keep the strokes at once: whatever happens to Krita then, they are as safe as the page."""
        document = find_document(self._shown[0])
        if self._window is None or document is None:
            return
        keep_strokes(document, self._shown[1], self._window.canvas.strokes)
        self.refresh()

    def _on_closed(self, _how: object = None) -> None:
        if self._window is not None:
            self._window = None
            self.refresh()

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        self.failed.emit(error.problem if isinstance(error, ProblemError) else unexpected(error))


def _open(document: Document, source: ReferenceSource) -> Steps[Opened]:
    """Read a reference and the strokes over it."""
    header, data = yield from capture_reference(document, source)
    frame = frame_of(document, source, header, data)
    strokes, is_misfit = None, False
    try:
        strokes = yield from read_strokes(document, source, frame)
    except ProblemError:
        is_misfit = True
    picture = yield from small_picture(header, data, LONGEST_EDGE)
    return picture, strokes or empty_strokes(frame), is_misfit
