"""Contents of the docker: pages with the settings of a document and what to check, and the strip below them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..base.problems import ProblemError, Remedy, problem
from ..base.qt import QtCore, QtGui, QtWidgets, never_none
from ..base.strings import text
from ..documents.colorize_mask import can_make_masks
from ..documents.example import open_example
from ..documents.find import active_document, document_key, find_document, find_node
from ..jobs.effective_job import JobRequest
from ..jobs.foresight import show_colors
from ..jobs.job import Job, Stage
from ..results.result_layers import layers_to_pick
from ..session import Session
from ..settings.store import DocumentSettings, PluginSettings, first_settings, with_present_line_art
from ..settings.text_edits import without_brush_strokes
from .color_sources.controller import ColorSourcesController
from .controls.own_keys import CTRL_ENTER, OwnKeys
from .edits.heatmap_controller import HeatmapController
from .edits.patch_controller import PatchController
from .edits.text_brush_controller import TextBrushController
from .flats.hints_controller import HintsController
from .go_on.controller import GoOnController
from .history.controller import HistoryController
from .load_ahead import LoadAhead
from .pages.first_steps import FirstSteps
from .pages.page import Page
from .pages.page_bar import ADVANCED, CHECK, COLORIZE, EDIT, HISTORY, PageBar
from .pages.page_stack import PageStack
from .places_to_check.controller import PlacesToCheckController
from .presets.button import PresetButton
from .references.reference_brush_controller import ReferenceBrushController
from .references.same_as import SameAsController
from .settings_form import SettingsForm
from .status.backend_controller import BackendController
from .status.backend_line import BackendLine
from .status.foresight_notice import ForesightNotice
from .status.notices import Notices
from .status.strip import LOWEST, Strip

if TYPE_CHECKING:
    from krita import Document


BAR_FROM = 150
"""Height of the docker, in pixels, from which the pages can be chosen; a lower one shows the strip only."""


class Panel(QtWidgets.QWidget):
    """Shows the active document's settings and job. `refresh` brings it up to date; it never polls.

    For actions: `edits`, the page of text edits; `text_brush`, `patches`, `reference_brush`, `places_to_check`, `go_on`
    and `backend`, which do what their parts of the docker offer.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("huebrush_panel")
        self._session = session
        self._document = ""
        self._refresh_due = False
        self._last = DocumentSettings()
        self._form = SettingsForm(session.models, self)
        self._strip = Strip(session.store, self._save_plugin)
        self.edits = self._form.edits
        self.edits.set_keep(session.store.plugin.keep_brush)
        self.places_to_check = PlacesToCheckController(session, self._form.regions, self)
        self.color_sources = ColorSourcesController(self.places_to_check, self)
        self.hints = HintsController(session, self._form.regions, self.edits.brush_requested, self)
        self.text_brush = TextBrushController(session, self.edits, self._prepare_settings, self)
        self._heatmap = HeatmapController(session.link, self.edits, lambda: self._form.settings, self)
        self.patches = PatchController(session.link, self.edits, self)
        self.reference_brush = ReferenceBrushController(session, self._form.references, self)
        self._same_as = SameAsController(session, self._form.references, self._form.regions, self)
        self.history = HistoryController(session, lambda: self._form.settings, self._save_plugin, self)
        self.go_on = GoOnController(self._form.start, lambda: self._form.settings.line_art, self)
        self._notices = Notices(self._strip.banner, session.link, self.job, self)
        self._foresight = ForesightNotice(self._notices, self._strip.in_selection)
        self._backend = BackendLine()
        self.backend = BackendController(session, self._backend, self._notices, self._save_plugin, self)
        self._load_ahead = LoadAhead(session, self._backend, self._strip.light, self._save_plugin, self)
        self._build_layout()
        self._connect()
        self._show_link()

    def refresh(self) -> None:
        """Read the active document's layers and show its settings; fast when nothing has changed."""
        self._refresh_due = False
        document = active_document()
        key = document_key(document) if document is not None else ""
        if document is None:
            self._document = ""
            self._form.show_no_document()
        elif key != self._document:
            self._document = key
            entries = layers_to_pick(document)
            known = self._session.store.load(document)
            if known is None:
                known = first_settings(document, entries, self._last)
            known = with_present_line_art(document, entries, known)
            self._last = dataclasses.replace(known, edits=without_brush_strokes(known.edits))
            self._form.show_settings(self._last, entries)
        else:
            self._form.show_layers(layers_to_pick(document))
            self._write(lambda: self._session.store.follow_file(document))
        if document is not None:
            self._form.regions.show_document(float(document.resolution()), can_make_masks(document))
            self._session.recipes.reconcile(document)
        self._form.set_usable(document is not None)
        self._show_first_steps()
        self.places_to_check.refresh()
        self.history.refresh()
        self.text_brush.refresh()
        self._heatmap.refresh()
        self.reference_brush.refresh()
        self.hints.refresh()
        self._notices.follow_document(document)
        self._foresight.look(document, self._form.settings)
        self._load_ahead.follow(document, self._form)
        self._show_job()

    def schedule_refresh(self) -> None:
        """Refresh soon, once, and only while somebody can see it."""
        if not self._refresh_due and self.isVisible():
            self._refresh_due = True
            QtCore.QTimer.singleShot(0, self.refresh)

    def colorize(self) -> None:
        """Start a job with what is shown."""
        document = active_document()
        if document is None:
            self._notices.say(problem("no_document"))
            return
        settings = self._prepare_settings()
        try:
            keep, limit = self._session.store.plugin.keep_brush, self._session.store.plugin.in_selection
            self._session.jobs.start(JobRequest(self._document, settings, keep_brush=keep, in_selection=limit))
        except ProblemError as error:
            self._notices.say(error.problem)

    def cancel(self) -> None:
        """Stop the active document's job."""
        job = self.job()
        if job is not None:
            self._session.jobs.cancel(job)

    def another(self) -> None:
        """Start a job with what is shown and another seed: another picture of the same."""
        self._form.take_new_seed()
        self.colorize()

    def show_page(self, name: str) -> None:
        """Bring a page, one of `PAGES`, to the front."""
        self._bar.show_page(name)

    def open_example(self) -> None:
        """Open the example as a new document, ready to be colorized."""
        open_example(text("example.title"), text("example.line_art"), text("example.reference"))
        self.show_page(COLORIZE)
        self.schedule_refresh()  # from 5.2 on Krita does not always tell its dockers of a new document

    def place_result(self) -> None:
        """Put a result that lost its place into the active document."""
        waiting = self._session.jobs.unplaced()
        own = [job for job in waiting if job.request.document == self._document]
        try:
            if not waiting:
                raise ProblemError(problem("result_gone"))
            self._notices.withdraw()
            self._session.jobs.place_result((own or waiting)[-1], self._document)
        except ProblemError as error:
            self._notices.say(error.problem)

    def enterEvent(self, event: QtGui.QEnterEvent | None) -> None:
        """Follow changes in the Layers docker when the pointer enters: Krita does not report them to scripts."""
        super().enterEvent(event)
        self.schedule_refresh()

    def minimumSizeHint(self) -> QtCore.QSize:
        """The strip alone is enough: whoever makes the docker this low still starts, sees and stops jobs."""
        return QtCore.QSize(super().minimumSizeHint().width(), LOWEST)

    def resizeEvent(self, a0: QtGui.QResizeEvent | None) -> None:
        """Give a low docker to the strip."""
        has_bar, layout = self.height() >= BAR_FROM, never_none(self.layout())
        self._bar.setVisible(has_bar)
        margins, spacing = layout.contentsMargins(), layout.spacing()
        beside = margins.top() + margins.bottom() + spacing
        self._strip.fit(self.height(), beside + has_bar * (self._bar.minimumSizeHint().height() + spacing))
        super().resizeEvent(a0)

    def _build_layout(self) -> None:
        self._presets = PresetButton(self._session.presets, lambda: self._form.settings)
        self._bar = PageBar(self._presets)
        self._first_steps = FirstSteps()
        self._nothing_to_check = QtWidgets.QLabel(text("page.check.empty"))
        self._nothing_to_check.setObjectName("huebrush_nothing_to_check")
        self._nothing_to_check.setWordWrap(True)
        pages = {
            COLORIZE: Page(self._form.main, self._form.shop, self._first_steps),
            EDIT: Page(self.edits),
            CHECK: Page(self._nothing_to_check, self.places_to_check.list, self.color_sources.list),
            HISTORY: Page(self.history.list, fills=True),
            ADVANCED: Page(self._form.finer, self._form.advanced, self._form.advanced.reset_button, self._backend),
        }
        self._pages = PageStack(pages, self._strip, self._form.references.add_button)
        self.edits.come_after(self._bar.last)
        self._form.advanced.come_after(self._form.finer)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 4)
        layout.setSpacing(4)
        layout.addWidget(self._bar)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._strip)
        OwnKeys(self, CTRL_ENTER, self.colorize)
        self._bar.show_page(self._session.store.plugin.page)
        self._pages.show_page(self._bar.page)

    def _connect(self) -> None:
        """Listen. What outlives this window is connected to methods: a lambda would still be called when it is gone."""
        self._form.layers_requested.connect(self.refresh)
        self._form.changed.connect(self._on_edited)
        self._presets.taken.connect(self._form.take_preset)
        self._bar.chosen.connect(self._on_page)
        self._bar.chosen.connect(self.places_to_check.follow_page)
        self._first_steps.example_requested.connect(self.open_example)
        self.edits.page_requested.connect(lambda: self.show_page(EDIT))
        self.edits.summary_changed.connect(lambda count, why: self._bar.show_count(EDIT, count, why if count else ""))
        self.places_to_check.refreshed.connect(self._on_places)
        brushes = (self._heatmap, self.patches, self.text_brush, self.reference_brush, self.hints)
        offering = (self.places_to_check, self.history, self.go_on, self._presets, self._form.references)
        for part in (self._session.models, *offering, *brushes):
            part.failed.connect(self._notices.say)
        self.edits.brush_requested.connect(lambda _color: self.reference_brush.show_page())
        self.places_to_check.fixes_changed.connect(self._on_edited)
        self.history.settings_wanted.connect(self._take_settings)
        self.history.seed_shown.connect(self._form.take_seed)
        self.history.start_wanted.connect(self.go_on.take)
        self.history.comparing.connect(lambda: self.show_page(CHECK))
        self.go_on.taken.connect(lambda: self.show_page(COLORIZE))
        self.edits.keep_changed.connect(self._keep_brush)
        self._session.models.fetched.connect(self._on_fetched)
        self._strip.job_view.colorize_clicked.connect(self.colorize)
        self._strip.job_view.another_clicked.connect(self.another)
        self._strip.job_view.cancel_clicked.connect(self.cancel)
        self._strip.light.clicked.connect(lambda _checked=False: self.show_page(ADVANCED))
        self._strip.banner.remedy_chosen.connect(self._apply_remedy)
        self._session.link.state_changed.connect(self._show_link)
        self._session.jobs.changed.connect(self._show_job)

    def job(self) -> Job | None:
        """Return the active document's newest job, otherwise one whose result has lost its document."""
        own = self._session.jobs.latest(self._document) if self._document else None
        if own is not None:
            return own
        orphans = [job for job in self._session.jobs.unplaced() if find_document(job.request.document) is None]
        return orphans[-1] if orphans else None

    def _prepare_settings(self) -> DocumentSettings:
        """Make the settings shown ready for a job: choose a first seed, save them, and return them."""
        self.reference_brush.show_page()
        self.refresh()
        settings = self._form.settings
        if not settings.seed and not settings.regions.is_check:  # 0: none was chosen yet
            self._form.take_new_seed()
            settings = self._form.settings
        self._notices.begin_again()
        document = active_document()
        if document is not None:
            self._remember(document, settings)
        return settings

    def _on_edited(self) -> None:
        document, settings = active_document(), self._form.settings
        self._notices.on_edited()
        self._foresight.follow(document, settings)
        self._load_ahead.follow(document, self._form)
        self.text_brush.refresh()
        self._heatmap.refresh()
        self._show_first_steps()
        self._strip.job_view.show_task(settings.regions.is_check)
        if document is not None and document_key(document) == self._document:
            self._remember(document, settings)

    def _on_page(self, name: str) -> None:
        self._pages.show_page(name)
        self.history.refresh()
        if name != self._session.store.plugin.page:
            self._save_plugin(dataclasses.replace(self._session.store.plugin, page=name))

    def _take_settings(self, settings: DocumentSettings) -> None:
        """Show the settings that a result was made with, as if the artist had chosen them."""
        document = active_document()
        if document is not None:
            entries = layers_to_pick(document)
            self._form.show_settings(with_present_line_art(document, entries, settings), entries)
            self._on_edited()
            self.show_page(COLORIZE)

    def _on_places(self, job: Job | None, _is_idle: bool) -> None:
        self._bar.show_count(CHECK, self.places_to_check.list.count)
        has_nothing = self.places_to_check.list.isHidden() and self.color_sources.list.isHidden()
        self._nothing_to_check.setVisible(has_nothing)

    def _show_first_steps(self) -> None:
        """Show the steps to a first result while there is no document, or nothing to take colours from."""
        has_document = bool(self._document)
        self._form.main.setVisible(has_document)
        self._first_steps.setVisible(not has_document or self._form.needs_reference)

    def _on_fetched(self, name: str) -> None:
        self._notices.say(problem("model_fetched", severity="info", name=name))

    def _remember(self, document: Document, settings: DocumentSettings) -> None:
        self._last = settings
        self._write(lambda: self._session.store.remember(document, settings))

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._notices.say(problem("settings_not_saved", reason=error))

    def _show_link(self) -> None:
        self._load_ahead.show_state()
        self._form.show_models(self._session.link.models, self._session.link.can("regions"))
        self._form.regions.show_can_check(self._session.link.can("result:check"))
        self.text_brush.refresh()
        self.reference_brush.refresh()
        self._notices.show()

    def _show_job(self, _job: Job | None = None) -> None:
        self._strip.job_view.show_task(self._form.regions.settings.is_check)
        self._strip.job_view.show_job(self.job(), self._session.store.plugin.show_preview)
        self._notices.show()

    def _apply_remedy(self, remedy: Remedy) -> None:
        if remedy is Remedy.RETRY:
            self._retry()
        elif remedy is Remedy.START:
            self.backend.start()
        elif remedy is Remedy.PLACE:
            self.place_result()
        elif remedy is Remedy.LOG:
            self.backend.show_log()
        elif remedy in (Remedy.MULTIPLY, Remedy.SCREEN):
            self._blend_lines(remedy.value)
        elif remedy is Remedy.SHOW_COLORS:
            self._show_colors()

    def _retry(self) -> None:
        """Run the job that came to nothing again with its own settings, be it the docker's or a script's."""
        job = self.job()
        if job is None or job.is_active or job.stage is Stage.DONE:
            self.colorize()
            return
        self._notices.begin_again()
        try:
            self._session.jobs.start(job.request)
        except ProblemError as error:
            self._notices.say(error.problem)

    def _blend_lines(self, mode: str) -> None:
        """Give the line-art layer this blending mode, as the artist asked; this is an undo step of its own."""
        document, job = active_document(), self.job()
        if document is not None and job is not None:
            lines = find_node(document, job.request.settings.line_art)
            if lines is not None:
                lines.setBlendingMode(mode)
                document.refreshProjection()
        self._notices.dismiss()

    def _show_colors(self) -> None:
        document = active_document()
        if document is not None:
            show_colors(document, self._form.settings.line_art)
            self.refresh()

    def _keep_brush(self, keep: bool) -> None:
        self._save_plugin(dataclasses.replace(self._session.store.plugin, keep_brush=keep))

    def _save_plugin(self, settings: PluginSettings) -> None:
        try:
            self._session.store.save_plugin(settings)
        except OSError as error:
            self._notices.say(problem("settings_not_saved", reason=error))
