"""The docker's contents: everything the artist sets for a document, what runs, and what went wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from .. import documents
from ..advanced import without_pictures
from ..brush_layer import pickable_layers
from ..capture import ReferenceSource
from ..colorize_masks import can_make_masks
from ..job import Job, JobRequest, Stage
from ..link import LinkState
from ..problems import Problem, ProblemError, Remedy, problem
from ..qt import QtCore, QtWidgets
from ..region_settings import afresh, elsewhere
from ..report import build_report
from ..session import Session
from ..settings import DocumentSettings
from ..text_edits import without_strokes
from .backend_line import BackendLine
from .banner import Banner
from .brushing import Brushing
from .job_view import JobView
from .locating import Locating
from .log_window import LogWindow
from .radar import Radar
from .settings_form import SettingsForm

REFERENCE_WORDS = ("reference", "referenz", "colour ref", "color ref")


class Panel(QtWidgets.QWidget):
    """Shows the active document's settings and job. `refresh` brings it up to date; it never polls."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("huebrush_panel")
        self._session = session
        self._document = ""
        self._refresh_due = False
        self._own_problem: Problem | None = None
        self._dismissed: Problem | None = None
        self._answered: Job | None = None  # a failed job since which the artist has started the backend
        self._log_window: LogWindow | None = None
        self._last = DocumentSettings()
        self._form = SettingsForm(session.models)
        self._form.set_open(session.store.plugin)
        self._form.edits.set_keep(session.store.plugin.keep_brush)
        self._job_view = JobView()
        self._radar = Radar(session, self._form.regions, self)
        self._brushing = Brushing(session, self._form.edits, self._fresh_settings, self)
        self._locating = Locating(session.link, self._form.edits, lambda: self._form.settings, self)
        self._banner = Banner()
        self._backend = BackendLine()
        self._build_layout()
        self._connect()
        self._show_link()

    def refresh(self) -> None:
        """Read the active document's layers and show its settings; cheap when nothing has changed."""
        self._refresh_due = False
        document = documents.active_document()
        key = documents.document_key(document) if document is not None else ""
        if document is None:
            self._document = ""
            self._form.show_no_document()
        elif key != self._document:
            self._document = key
            entries = pickable_layers(document)
            known = self._session.store.load(document) or self._first_settings(document, entries)
            self._last = dataclasses.replace(known, edits=without_strokes(known.edits))
            self._form.show_settings(self._last, entries)
        else:
            self._form.show_layers(pickable_layers(document))
        if document is not None:
            self._form.regions.show_document(float(document.resolution()), can_make_masks(document))
            self._session.recipes.reconcile(document)
        self._form.set_usable(document is not None)
        self._radar.refresh()
        self._brushing.refresh()
        self._show_job()

    def schedule_refresh(self) -> None:
        """Refresh soon, once, and only while somebody can see it."""
        if not self._refresh_due and self.isVisible():
            self._refresh_due = True
            QtCore.QTimer.singleShot(0, self.refresh)

    def colorize(self) -> None:
        """Start a job with what is shown."""
        document = documents.active_document()
        if document is None:
            self._say(problem("no_document"))
            return
        settings = self._fresh_settings()
        try:
            begun = dataclasses.replace(settings, regions=afresh(settings.regions))
            keep = self._session.store.plugin.keep_brush
            self._session.jobs.start(JobRequest(self._document, begun, keep_brush=keep))
        except ProblemError as error:
            self._say(error.problem)

    def new_brush_edit(self) -> None:
        """Add an edit and paint its place."""
        self._form.edits.opened().add_brushed()

    def brush_edit(self) -> None:
        """Paint the place of the chosen edit."""
        self._form.edits.opened().brush_current()

    def apply_edits(self) -> None:
        """Apply the edits that have a place."""
        self._brushing.apply()

    def take_up_edits(self) -> None:
        """Mend the edits of the chosen result."""
        self._brushing.take_up()

    def toggle_edit(self) -> None:
        """Switch the chosen edit on or off."""
        self._form.edits.opened().toggle_current()

    def move_edit_up(self) -> None:
        """Make the chosen edit earlier."""
        self._form.edits.opened().move_current(-1)

    def move_edit_down(self) -> None:
        """Make the chosen edit later."""
        self._form.edits.opened().move_current(1)

    def delete_edit(self) -> None:
        """Take the chosen edit off the list."""
        self._form.edits.opened().remove_current()

    def cancel(self) -> None:
        """Stop the active document's job."""
        job = self.job()
        if job is not None:
            self._session.jobs.cancel(job)

    def new_seed(self) -> None:
        """Take another seed."""
        self._form.seed.roll()

    def lock_seed(self) -> None:
        """Lock or unlock the seed."""
        self._form.seed.toggle_lock()

    def next_place(self) -> None:
        """Look at the next place of the page that wants it."""
        self._radar.list.step(1)

    def previous_place(self) -> None:
        """Look at the one before."""
        self._radar.list.step(-1)

    def apply_suggestion(self) -> None:
        """Do what is suggested first for the place that is looked at."""
        self._radar.list.apply_suggestion()

    def start_backend(self) -> None:
        """Start the backend, or connect to it."""
        self._dismissed = self._own_problem = None
        job = self.job()
        self._answered = job if job is not None and job.stage is Stage.FAILED else None
        self._session.link.ensure()

    def place(self) -> None:
        """Put a result that lost its place into the active document."""
        waiting = self._session.jobs.unplaced()
        own = [job for job in waiting if job.request.document == self._document]
        try:
            if not waiting:
                raise ProblemError(problem("result_gone"))
            self._own_problem = None
            self._session.jobs.place((own or waiting)[-1], self._document)
        except ProblemError as error:
            self._say(error.problem)

    def show_log(self) -> None:
        """Show the backend's log in a window of its own."""
        if self._log_window is None:
            link = self._session.link
            self._log_window = LogWindow(link.log_tail, lambda: build_report(link), self)
        self._log_window.refresh()
        self._log_window.show()
        self._log_window.raise_()

    def copy_report(self) -> None:
        """Put the fault report on the clipboard."""
        QtWidgets.QApplication.clipboard().setText(build_report(self._session.link))
        self._say(problem("report_copied", severity="info"))

    def enterEvent(self, event: Any) -> None:
        """Catch up with the Layers docker, which tells scripts nothing, when the artist comes here."""
        super().enterEvent(event)
        self.schedule_refresh()

    def _build_layout(self) -> None:
        separator = QtWidgets.QFrame()
        separator.setFrameShape(QtWidgets.QFrame.Shape.HLine)
        separator.setFrameShadow(QtWidgets.QFrame.Shadow.Sunken)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(3, 5, 3, 5)
        layout.setSpacing(6)
        layout.addWidget(self._banner)
        layout.addWidget(self._form)
        layout.addWidget(self._job_view)
        layout.addWidget(self._radar.list)
        layout.addStretch(1)
        layout.addWidget(separator)
        layout.addWidget(self._backend)

    def _connect(self) -> None:
        self._form.layers_wanted.connect(self.refresh)
        self._form.changed.connect(self._on_edited)
        self._form.folded.connect(self._on_folded)
        self._session.models.failed.connect(self._say)
        self._radar.failed.connect(self._say)
        self._locating.failed.connect(self._say)
        self._radar.fixes_changed.connect(self._on_edited)
        self._brushing.failed.connect(self._say)
        self._form.edits.keep_changed.connect(lambda keep: self._save_plugin(keep_brush=keep))
        self._session.models.fetched.connect(
            lambda name: self._say(problem("model_fetched", severity="info", name=name))
        )
        self._job_view.colorize_clicked.connect(self.colorize)
        self._job_view.cancel_clicked.connect(self.cancel)
        self._banner.remedy_chosen.connect(self._apply_remedy)
        self._banner.dismissed.connect(self._dismiss)
        self._backend.start_clicked.connect(self.start_backend)
        self._backend.stop_clicked.connect(self._session.link.stop)
        self._backend.log_clicked.connect(self.show_log)
        self._backend.report_clicked.connect(self.copy_report)
        self._backend.device_chosen.connect(self._choose_device)
        self._backend.endpoint_chosen.connect(self._choose_endpoint)
        self._session.link.state_changed.connect(self._show_link)
        self._session.jobs.changed.connect(lambda _job: self._show_job())

    def job(self) -> Job | None:
        """Return the active document's newest job, else one whose result has lost its document."""
        own = self._session.jobs.latest(self._document) if self._document else None
        if own is not None:
            return own
        orphans = [
            job for job in self._session.jobs.unplaced() if documents.find_document(job.request.document) is None
        ]
        return orphans[-1] if orphans else None

    def _fresh_settings(self) -> DocumentSettings:
        """Return what is shown of the active document, remembered, with another seed where the last one was used."""
        self.refresh()
        is_check = self._form.settings.regions.is_check
        if not is_check and not self._form.seed.is_locked and self._is_repeat():
            self._form.seed.roll()
        settings = self._form.settings
        self._dismissed = self._own_problem = None
        document = documents.active_document()
        if document is not None:
            self._remember(document, settings)
        return settings

    def _is_repeat(self) -> bool:
        """True when the seed shown has been used for a result already."""
        job = self._session.jobs.latest(self._document)
        seed = self._form.seed.value
        return seed == 0 or (job is not None and job.request.settings.seed == seed)

    def _first_settings(self, document: Any, entries: Sequence[documents.LayerEntry]) -> DocumentSettings:
        """Return the last document's settings with a guess at this document's layers, and none of that one's."""
        line_art = documents.likely_line_art(document, list(entries))
        references = tuple(
            ReferenceSource("layer", entry.uid, entry.name)
            for entry in entries
            if entry.uid != line_art and any(word in entry.name.lower() for word in REFERENCE_WORDS)
        )
        advanced = without_pictures(self._last.advanced)
        return dataclasses.replace(
            self._last,
            line_art=line_art,
            references=references[:1],
            advanced=advanced,
            regions=elsewhere(self._last.regions),
            edits=(),
        )

    def _on_edited(self) -> None:
        document = documents.active_document()
        self._last = self._form.settings
        self._brushing.refresh()
        self._job_view.show_task(self._last.regions.is_check)
        if document is not None and documents.document_key(document) == self._document:
            self._remember(document, self._last)

    def _on_folded(self, part: str, folded: bool) -> None:
        self._save_plugin(**{part: not folded})

    def _remember(self, document: Any, settings: DocumentSettings) -> None:
        self._last = settings
        try:
            self._session.store.remember(document, settings)
        except OSError as error:
            self._say(problem("settings_not_saved", reason=error))

    def _show_link(self) -> None:
        self._backend.show_link(self._session.link)
        self._form.show_models(self._session.link.models, self._session.link.can("regions"))
        self._form.regions.show_can_check(self._session.link.can("result:check"))
        self._brushing.refresh()
        self._show_banner()

    def _show_job(self) -> None:
        self._job_view.show_task(self._form.regions.settings.is_check)
        self._job_view.show_job(self.job(), self._session.store.plugin.show_preview)
        self._show_banner()

    def _say(self, reason: Problem) -> None:
        self._dismissed = None
        self._own_problem = reason
        self._show_banner()

    def _dismiss(self) -> None:
        self._dismissed = self._banner.problem
        self._own_problem = None
        self._show_banner()

    def _show_banner(self) -> None:
        link, job = self._session.link, self.job()
        reason = self._own_problem
        if reason is None and job is not None and job is not self._answered:
            reason = job.outcome if not job.is_active else None
        if reason is None and link.state is LinkState.FAILED and not (job is not None and job.is_active):
            reason = link.problem
        self._banner.show_problem(None if reason == self._dismissed else reason)

    def _apply_remedy(self, remedy: Remedy) -> None:
        if remedy is Remedy.RETRY:
            self._retry()
        elif remedy is Remedy.START:
            self.start_backend()
        elif remedy is Remedy.PLACE:
            self.place()
        elif remedy is Remedy.LOG:
            self.show_log()
        elif remedy is Remedy.MULTIPLY:
            self._multiply_lines()

    def _retry(self) -> None:
        """Run the failed job again with the very settings it had."""
        job = self.job()
        if job is None or job.stage is not Stage.FAILED:
            self.colorize()
            return
        self._dismissed = self._own_problem = None
        try:
            self._session.jobs.start(job.request)
        except ProblemError as error:
            self._say(error.problem)

    def _multiply_lines(self) -> None:
        """The artist asked for it: an undo step of its own on their line-art layer."""
        document, job = documents.active_document(), self.job()
        if document is not None and job is not None:
            lines = documents.find_node(document, job.request.settings.line_art)
            if lines is not None:
                lines.setBlendingMode("multiply")
                document.refreshProjection()
        self._dismiss()

    def _choose_device(self, device: str) -> None:
        self._change_plugin(device=device)

    def _choose_endpoint(self, path: str) -> None:
        self._change_plugin(endpoint=path)

    def _change_plugin(self, **values: Any) -> None:
        self._save_plugin(**values)
        link, settings = self._session.link, self._session.store.plugin
        link.stop()
        link.device, link.endpoint_path = settings.device, settings.endpoint
        self.start_backend()

    def _save_plugin(self, **values: Any) -> None:
        try:
            self._session.store.save_plugin(dataclasses.replace(self._session.store.plugin, **values))
        except OSError as error:
            self._say(problem("settings_not_saved", reason=error))
