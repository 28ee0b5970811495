"""Take up the text brush, apply the edits that have an edit mask, and reopen those of a result."""

from __future__ import annotations

from collections.abc import Callable

from ...base.problems import ProblemError, problem, unexpected
from ...base.qt import QtCore, Signal
from ...base.strings import text
from ...base.tasks import SlicedTask
from ...documents.find import active_document, document_key, find_document, node_id
from ...jobs.effective_job import JobRequest
from ...jobs.job import Job
from ...jobs.selected_part import recorded_part
from ...session import Session
from ...settings.store import DocumentSettings
from ...settings.text_edits import TEXT_BRUSH, WHOLE_REGIONS, TextEditSettings
from ...strokes.reopen_edits import Reopened, reopen_edits
from ...strokes.target_layer import layer_to_edit, result_around, stack_of
from .section import EditsSection

Edits = tuple[TextEditSettings, ...]


class TextBrushController(QtCore.QObject):
    """Emits `failed(Problem)`."""

    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        section: EditsSection,
        prepare_settings: Callable[[], DocumentSettings],
        parent: QtCore.QObject,
    ) -> None:
        """`prepare_settings` makes what the docker shows ready for a new job, remembers it, and returns it."""
        super().__init__(parent)
        self._session, self._section, self._prepare_settings = session, section, prepare_settings
        section.brush_requested.connect(self.brush)
        section.apply_clicked.connect(self.apply)
        section.reopen_clicked.connect(self.reopen)
        self._task: SlicedTask | None = None
        self._mended: dict[str, tuple[str, Edits, Edits]] = {}
        """By the id of the strokes that were brought back: their document's key, the edits before, and with them."""
        session.brush.mending_undone.connect(self._on_mending_undone)
        session.jobs.stage_changed.connect(self._on_stage)

    def refresh(self) -> None:
        """Follow the active document and the backend."""
        document, link = active_document(), self._session.link
        reason = text("edits.where.no_brush") if link.known.lacks(TEXT_BRUSH) else ""
        whole = text("edits.whole.no_regions") if link.known.lacks(WHOLE_REGIONS) else ""
        self._section.show_refusal(reason, whole)
        if document is None or not any(edit.has_edit_mask for edit in self._section.edits):
            return
        edited = layer_to_edit(document)
        self._section.show_target(edited.name() if edited is not None else "")
        job = self._session.jobs.latest(document_key(document))
        self._section.show_busy(job is not None and job.is_active)

    def brush(self, color: str) -> None:
        """Let the artist paint in `color` on the text brush's layer."""
        document = active_document()
        if document is None:
            self.failed.emit(problem("no_document"))
        else:
            self._session.brush.begin(document, color)

    def apply(self) -> None:
        """Apply the edits that have an edit mask to the chosen result, or to the page if there is none."""
        document = active_document()
        try:
            if document is None:
                raise ProblemError(problem("no_document"))
            settings = self._prepare_settings()
            target = layer_to_edit(document)
            edited = node_id(target) if target is not None else ""
            result, record = result_around(document, target)
            part = recorded_part(record)
            self._session.jobs.start(
                JobRequest(
                    document=document_key(document),
                    settings=settings,
                    replaces=edited,
                    edited_layer=edited,
                    edited_stack=stack_of(result, record),
                    needs_edit_masks=True,
                    keep_brush=self._session.store.plugin.keep_brush,
                    selected=part if part is not None and part.is_of(document) else None,
                )
            )
        except ProblemError as error:
            self.failed.emit(error.problem)

    def reopen(self) -> None:
        """Bring back the edits of the chosen result, so that the artist can change and apply them again."""
        document = active_document()
        if document is None:
            self.failed.emit(problem("no_document"))
            return
        key = document_key(document)
        self._task = SlicedTask(
            reopen_edits(document), lambda reopened: self._on_reopened(key, reopened), self._on_failed, self
        )

    def _on_reopened(self, key: str, reopened: Reopened) -> None:
        owner, document = find_document(key), active_document()
        if owner is not None:
            self._session.brush.follow_mending(owner, reopened)
        if document is not None and document_key(document) == key:
            self._mended[reopened.brush] = key, self._section.edits, reopened.edits
            self._section.take_edits(reopened.edits)
            self.refresh()

    def _on_mending_undone(self, brush: str, is_undone: bool) -> None:
        """Bring back the edits that were listed before, unless the artist has changed the list since."""
        key, before, mended = self._mended.get(brush, ("", (), ()))
        document = active_document()
        listed, others = (mended, before) if is_undone else (before, mended)
        if document is not None and document_key(document) == key and self._section.edits == listed:
            self._section.take_edits(others)
            self.refresh()

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error.problem if isinstance(error, ProblemError) else unexpected(error))

    def _on_stage(self, _job: Job) -> None:
        self.refresh()
