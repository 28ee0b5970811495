"""What the docker's edits do to the page: the brush is taken up, and the edits that have a place are applied."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ...base.problems import ProblemError, problem, unexpected
from ...base.qt import QtCore, Signal
from ...base.strings import text
from ...base.tasks import SlicedTask
from ...documents.find import active_document, document_key, node_id
from ...jobs.job import Job, JobRequest
from ...session import Session
from ...settings.flats import for_new_job
from ...settings.store import DocumentSettings
from ...settings.text_edits import TEXT_BRUSH, WHOLE_REGIONS, TextEditSettings, can_edit
from ...strokes.reopen_edits import reopen_edits
from ...strokes.target_layer import layer_to_edit
from .section import EditsSection


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
        """`prepare_settings` returns what the docker shows, ready for a new job, and remembers it."""
        super().__init__(parent)
        self._session, self._section, self._prepare_settings = session, section, prepare_settings
        section.brush_requested.connect(self.brush)
        section.apply_clicked.connect(self.apply)
        section.reopen_clicked.connect(self.reopen)
        self._task: SlicedTask | None = None
        session.jobs.stage_changed.connect(self._on_stage)

    def refresh(self) -> None:
        """Follow the active document and the backend."""
        document, link = active_document(), self._session.link
        reason = text("edits.where.no_brush") if link.lacks(TEXT_BRUSH) else ""
        whole = text("edits.whole.no_regions") if link.lacks(WHOLE_REGIONS) else ""
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
        """Change the chosen result, or colour the page where there is none, by the edits that have a place."""
        document = active_document()
        try:
            if document is None:
                raise ProblemError(problem("no_document"))
            settings = self._prepare_settings()
            self._check(settings)
            edited = layer_to_edit(document)
            before = node_id(edited) if edited is not None else ""
            begun = dataclasses.replace(settings, regions=for_new_job(settings.regions))
            keep = self._session.store.plugin.keep_brush
            self._session.jobs.start(JobRequest(document_key(document), begun, before, before, keep))
        except ProblemError as error:
            self.failed.emit(error.problem)

    def reopen(self) -> None:
        """Let the artist mend the edits of the chosen result, and apply them anew."""
        document = active_document()
        if document is None:
            self.failed.emit(problem("no_document"))
            return
        key = document_key(document)
        self._task = SlicedTask(
            reopen_edits(document), lambda edits: self._on_reopened(key, edits), self._on_failed, self
        )

    def _on_reopened(self, key: str, edits: tuple[TextEditSettings, ...]) -> None:
        document = active_document()
        if document is not None and document_key(document) == key:
            self._section.take_edits(edits)
            self.refresh()

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error.problem if isinstance(error, ProblemError) else unexpected(error))

    def _on_stage(self, _job: Job) -> None:
        self.refresh()

    def _check(self, settings: DocumentSettings) -> None:
        """Raise `ProblemError` when no edit that is switched on has a place, or the model cannot edit."""
        link = self._session.link
        model = link.model(settings.model)
        if not can_edit(model) or link.lacks(TEXT_BRUSH):
            raise ProblemError(problem("no_brush", name=model.title if model is not None else settings.model))
        if not any(edit.acts and edit.has_edit_mask for edit in settings.edits):
            raise ProblemError(problem("no_edit_mask"))
