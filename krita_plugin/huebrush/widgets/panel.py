"""The docker's contents: everything the artist sets for a document, what runs, and what went wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from .. import documents
from ..capture import ReferenceSource
from ..jobs import Job, JobRequest, Stage
from ..link import LinkState
from ..problems import Problem, ProblemError, Remedy, problem
from ..qt import QtCore, QtWidgets
from ..report import build_report
from ..session import Session
from ..settings import DocumentSettings
from ..strings import text
from .backend_line import BackendLine
from .banner import Banner
from .controls import PercentControl, SeedControl, StepsControl
from .job_view import JobView
from .layer_picker import LayerPicker
from .log_window import LogWindow
from .model_picker import ModelPicker
from .model_shop import ModelShop
from .reference_list import ReferenceList
from .reference_sources import offered_references

REFERENCE_WORDS = ("reference", "referenz", "colour ref", "color ref")


class Panel(QtWidgets.QWidget):
    """Shows the active document's settings and job. `refresh` brings it up to date; it never polls."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("huebrush_panel")
        self._session = session
        self._document = ""
        self._loading = self._refresh_due = False
        self._own_problem: Problem | None = None
        self._dismissed: Problem | None = None
        self._answered: Job | None = None  # a failed job since which the artist has started the backend
        self._log_window: LogWindow | None = None
        self._last = DocumentSettings()
        self._line_art = LayerPicker()
        self._line_art.setObjectName("huebrush_line_art")
        self._references = ReferenceList(lambda: offered_references(self._line_art.uid))
        self._reference_strength = PercentControl(
            "huebrush_reference_strength", 100, text("strength.reference.name"), text("strength.reference.tip")
        )
        self._sketch_strength = PercentControl(
            "huebrush_sketch_strength", 300, text("strength.sketch.name"), text("strength.sketch.tip")
        )
        self._seed = SeedControl()
        self._steps = StepsControl()
        self._model = ModelPicker()
        self._shop = ModelShop(session.models)
        self._shop.hide()
        self._job_view = JobView()
        self._banner = Banner()
        self._backend = BackendLine()
        self._build_layout()
        self._connect()
        self._show_models()
        self._show_link()

    def refresh(self) -> None:
        """Read the active document's layers and show its settings; cheap when nothing has changed."""
        self._refresh_due = False
        document = documents.active_document()
        key = documents.document_key(document) if document is not None else ""
        if document is None:
            self._document = ""
            self._line_art.populate([], "")
            self._references.set_sources(())
        elif key != self._document:
            self._document = key
            entries = documents.layer_entries(document)
            self._show_settings(self._session.store.load(document) or self._first_settings(document, entries), entries)
        else:
            self._populate_layers(document)
        if document is not None:
            self._session.recipes.reconcile(document)
        self._form.setEnabled(document is not None)
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
        self.refresh()
        if not self._seed.is_locked and self._is_repeat():
            self._seed.roll()
        settings = self._settings()
        self._dismissed = self._own_problem = None
        try:
            self._remember(document, settings)
            self._session.jobs.start(JobRequest(self._document, settings))
        except ProblemError as error:
            self._say(error.problem)

    def cancel(self) -> None:
        """Stop the active document's job."""
        job = self.job()
        if job is not None:
            self._session.jobs.cancel(job)

    def new_seed(self) -> None:
        """Take another seed."""
        self._seed.roll()

    def lock_seed(self) -> None:
        """Lock or unlock the seed."""
        self._seed.toggle_lock()

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
        self._form = QtWidgets.QWidget()
        grid = QtWidgets.QGridLayout(self._form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        rows = (
            ("line_art", self._line_art),
            ("references", self._references),
            ("reference_strength", self._reference_strength),
            ("sketch_strength", self._sketch_strength),
            ("seed", self._seed),
            ("quality", self._steps),
            ("model", self._model.row),
        )
        for row, (name, widget) in enumerate(rows):
            label = QtWidgets.QLabel(text(f"label.{name}"))
            label.setBuddy(self._model if name == "model" else widget)
            alignment = (
                QtCore.Qt.AlignmentFlag.AlignTop if name == "references" else QtCore.Qt.AlignmentFlag.AlignVCenter
            )
            grid.addWidget(label, row, 0, alignment)
            grid.addWidget(widget, row, 1)
        grid.addWidget(self._model.note, len(rows), 1)
        self._line_art.setAccessibleName(text("line_art.name"))
        self._line_art.setToolTip(text("line_art.tip"))
        separator = QtWidgets.QFrame()
        separator.setFrameShape(QtWidgets.QFrame.Shape.HLine)
        separator.setFrameShadow(QtWidgets.QFrame.Shadow.Sunken)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(3, 5, 3, 5)
        layout.setSpacing(6)
        layout.addWidget(self._banner)
        layout.addWidget(self._form)
        layout.addWidget(self._shop)
        layout.addWidget(self._job_view)
        layout.addStretch(1)
        layout.addWidget(separator)
        layout.addWidget(self._backend)

    def _connect(self) -> None:
        self._line_art.about_to_show.connect(self.refresh)
        self._line_art.picked.connect(lambda _uid: self._on_edited())
        self._references.changed.connect(self._on_edited)
        self._reference_strength.changed.connect(self._on_edited)
        self._sketch_strength.changed.connect(self._on_edited)
        self._seed.changed.connect(self._on_edited)
        self._steps.changed.connect(self._on_edited)
        self._model.activated.connect(lambda _index: self._on_edited())
        self._model.more_wanted.connect(self._shop.open_shop)
        self._shop.closed.connect(self._model.setFocus)
        self._session.models.failed.connect(self._say)
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

    def _is_repeat(self) -> bool:
        """True when the seed shown has been used for a result already."""
        job = self._session.jobs.latest(self._document)
        return self._seed.value == 0 or (job is not None and job.request.settings.seed == self._seed.value)

    def _settings(self) -> DocumentSettings:
        return DocumentSettings(
            line_art=self._line_art.uid,
            references=self._references.sources,
            reference_strength=self._reference_strength.value,
            sketch_strength=self._sketch_strength.value,
            seed=self._seed.value,
            seed_locked=self._seed.is_locked,
            steps=self._steps.value,
            model=self._model.currentData() or self._last.model,
        )

    def _first_settings(self, document: Any, entries: Sequence[documents.LayerEntry]) -> DocumentSettings:
        """Return the last document's settings with a guess at this document's layers."""
        line_art = documents.likely_line_art(document, list(entries))
        references = tuple(
            ReferenceSource("layer", entry.uid, entry.name)
            for entry in entries
            if entry.uid != line_art and any(word in entry.name.lower() for word in REFERENCE_WORDS)
        )
        return dataclasses.replace(self._last, line_art=line_art, references=references[:1])

    def _show_settings(self, settings: DocumentSettings, entries: Sequence[documents.LayerEntry]) -> None:
        self._loading = True
        self._line_art.populate(entries, settings.line_art)
        self._references.set_sources(settings.references)
        self._reference_strength.set_value(settings.reference_strength)
        self._sketch_strength.set_value(settings.sketch_strength)
        self._seed.set_seed(settings.seed, settings.seed_locked)
        self._steps.set_value(settings.steps)
        self._last = settings
        self._loading = False
        self._show_models()

    def _populate_layers(self, document: Any) -> None:
        entries = documents.layer_entries(document)
        names = {entry.uid: entry.name for entry in entries}
        self._loading = True
        self._line_art.populate(entries, self._line_art.uid)
        sources = self._references.sources
        renamed = tuple(
            dataclasses.replace(source, name=names.get(source.key, source.name)) if source.kind == "layer" else source
            for source in sources
        )
        if renamed != sources:
            self._references.set_sources(renamed)
        self._loading = False

    def _show_models(self) -> None:
        if not self._loading:
            self._model.show_models(self._session.link.models, self._last.model)

    def _on_edited(self) -> None:
        if self._loading:
            return
        document = documents.active_document()
        self._last = self._settings()
        self._show_models()
        if document is not None and documents.document_key(document) == self._document:
            self._remember(document, self._last)

    def _remember(self, document: Any, settings: DocumentSettings) -> None:
        self._last = settings
        try:
            self._session.store.remember(document, settings)
        except OSError as error:
            self._say(problem("settings_not_saved", reason=error))

    def _show_link(self) -> None:
        self._backend.show_link(self._session.link)
        self._show_models()
        self._show_banner()

    def _show_job(self) -> None:
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
        settings = dataclasses.replace(self._session.store.plugin, **values)
        try:
            self._session.store.save_plugin(settings)
        except OSError as error:
            self._say(problem("settings_not_saved", reason=error))
        link = self._session.link
        link.stop()
        link.device, link.endpoint_path = settings.device, settings.endpoint
        self.start_backend()
