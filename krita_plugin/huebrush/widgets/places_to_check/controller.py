"""Controller of the list of places to check: moves the canvas and brings it back, and runs the job again with
corrections."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from huebrush_protocol.regions import RegionFix

from ...base.problems import ProblemError
from ...base.qt import QtCore, Signal
from ...documents.canvas import CanvasState, canvas_view
from ...documents.find import active_document, document_key, find_document, node_id, root_node, walk
from ...jobs.effective_job import JobRequest
from ...jobs.job import Job, Stage
from ...results.flats_report import PlaceToCheck
from ...results.seen_places import read_seen, write_seen
from ...session import Session
from ...settings.flats import with_fixes
from ..flats.form import RegionForm
from ..pages.page_bar import CHECK
from .list import PlacesToCheckList
from .marker import PlaceMarker

if TYPE_CHECKING:
    from krita import Document

ResultId = tuple[str, str]
"""A document's key, and the id of a group in it, or of a job whose result is only a report."""
MOST_RESULTS = 64
"""Number of results, of all documents, that are remembered with their reports for undo and redo."""


class PlacesToCheckController(QtCore.QObject):
    """Shows the report on the result that the active document has now, also after undo and redo.

    For the caller to place: `list`. Emits `fixes_changed` when the fixes in the form are others, `failed(Problem)`, and
    `refreshed(Job, bool)` with the job whose result is shown, None for none, and whether no job runs.
    """

    fixes_changed = Signal()
    failed = Signal(object)
    refreshed = Signal(object, bool)

    def __init__(self, session: Session, form: RegionForm, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._session, self._form = session, form
        self.list = PlacesToCheckList()
        self._results: dict[ResultId, Job] = {}
        """Jobs with their results, oldest first."""
        self._known: set[str] = set()
        """Keys of the documents whose results of earlier days have been read."""
        self._marker: PlaceMarker | None = None
        self._views: dict[str, tuple[CanvasState, CanvasState]] = {}
        """By document key, what the canvas showed before the first place, and what it showed with the latest."""
        self._held: ResultId | None = None
        """The result whose fixes the form shows."""
        self.list.place_chosen.connect(self.show_place)
        self.list.fixes_chosen.connect(self.fix)
        self.list.fixes_cleared.connect(self.clear_fixes)
        self.list.seen_toggled.connect(self._toggle_seen)
        self.list.back_clicked.connect(self.go_back)
        self.list.gap_closures_toggled.connect(self.toggle_gap_closures)
        session.jobs.stage_changed.connect(self._on_job)
        session.recipes.looked.connect(self._on_looked)
        session.gap_guides.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the report on the active document's result."""
        document = active_document()
        job = self._shown(document)
        running = self._session.jobs.latest(document_key(document)) if document is not None else None
        is_idle = running is None or not running.is_active
        report = job.flats_report if job is not None else None
        fixes = self._form.settings.fixes
        if job is not None and job.effective.is_check:
            fixes = job.effective.settings.regions.fixes
        seen = read_seen(document) if document is not None else frozenset()
        self.list.show_flats_report(report, len(fixes) if document is not None else 0, is_idle, seen)
        if report is not None and not self.list.count:
            self.leave()  # there is nothing left to look at
        self._show_way_back()
        guides = self._session.gap_guides
        self.list.show_gap_closures(guides.layer(document) is not None)
        guides.follow(document, report)
        self._form.show_flats_report(report)
        self.refreshed.emit(job, is_idle)

    def results_before(self, job: Job) -> list[Job]:
        """Return the other results of the document that `job` belongs to, the newest first."""
        others = [other for other in self._results.values() if other.request.document == job.request.document]
        return [other for other in reversed(others) if other is not job]

    def show_place(self, place: PlaceToCheck) -> None:
        """Move the canvas to a place and mark it."""
        self._unmark()
        view = canvas_view()
        if view is not None:
            key = document_key(view.document)
            before = self._views[key][0] if key in self._views else view.state()
            view.show(place.x, place.y, place.width, place.height)
            self._views[key] = before, view.state()
            self._marker = PlaceMarker(view, place)
            self._show_way_back()

    def go_back(self) -> None:
        """Show on the canvas what it showed before the first place that was looked at."""
        self._unmark()
        view = canvas_view()
        if view is not None:
            states = self._views.pop(document_key(view.document), None)
            if states is not None:
                view.restore(states[0])
        self._show_way_back()

    def leave(self) -> None:
        """Go back, unless the artist has moved the canvas since the latest place: then it stays where it is."""
        view = canvas_view() if self._views else None  # looked for among all widgets of Krita's window
        states = self._views.get(document_key(view.document)) if view is not None else None
        if view is None or states is None:
            return
        if view.state().is_like(states[1]):
            self.go_back()
        else:
            self._views.pop(document_key(view.document))
            self._show_way_back()

    def follow_page(self, name: str) -> None:
        """Go back when another of the docker's pages is chosen."""
        if name != CHECK:
            self.leave()

    def _show_way_back(self) -> None:
        document = active_document()
        self._views = {key: states for key, states in self._views.items() if find_document(key) is not None}
        self.list.show_way_back(document is not None and document_key(document) in self._views)

    def _toggle_seen(self, place: PlaceToCheck) -> None:
        """Mark a place as seen, or no longer."""
        document = active_document()
        if document is not None:
            write_seen(document, read_seen(document) ^ {place.place_key})
            self.refresh()

    def fix(self, fixes: tuple[RegionFix, ...]) -> None:
        """Run the shown result's job again with `fixes` added; its result replaces the former one."""
        job = self._shown(active_document())
        if job is not None:
            self.make_again(with_fixes(job.effective.settings.regions, fixes).fixes)

    def make_again(self, fixes: tuple[RegionFix, ...]) -> None:
        """Run the shown result's job again with these very `fixes`; its result replaces the former one."""
        job = self._shown(active_document())
        if job is not None:
            self._run(job, fixes)

    def clear_fixes(self) -> None:
        """Take all fixes back, and run the shown result's job again without them if there is one."""
        job = self._shown(active_document())
        if job is not None and job.effective.settings.regions.fixes:
            self._run(job, ())
        else:
            self._hold(job, ())

    def toggle_gap_closures(self) -> None:
        """Show the closed gaps on a layer of their own, or remove that layer."""
        document = active_document()
        job = self._shown(document)
        if document is not None and job is not None and job.flats_report is not None:
            self._session.gap_guides.toggle(document, job.flats_report)

    def _run(self, job: Job, fixes: tuple[RegionFix, ...]) -> None:
        self._unmark()
        settings = job.effective.settings
        regions = dataclasses.replace(settings.regions, fixes=fixes)
        former = job.group or job.effective.mixed_into or self._repairs_beside(job)
        request = JobRequest(
            document=job.request.document,
            settings=dataclasses.replace(settings, regions=regions),
            replaces=former,
            keep_fixes=True,
            selected=job.selected,
        )
        try:
            self._session.jobs.start(request)
        except ProblemError as error:
            self.failed.emit(error.problem)
            return
        self._hold(job, fixes)

    def _hold(self, job: Job | None, fixes: tuple[RegionFix, ...]) -> None:
        """Let the form hold the `fixes` of `job`. Those of a check repair the artist's flats, and belong to no
        result."""
        if fixes != self._form.settings.fixes and not (job is not None and job.effective.is_check):
            self._form.set_fixes(fixes)
            self.fixes_changed.emit()
        self.refresh()

    def _on_job(self, job: Job) -> None:
        if job.stage is Stage.DONE:
            self._held = _result_id(job)
            self._keep(job)
        self.refresh()

    def _on_looked(self, document: Document) -> None:
        """Follow undo and redo, which take results away and bring them back, together with their fixes."""
        active = active_document()
        if active is None or document_key(active) != document_key(document):
            return
        job, running = self._shown(document), self._session.jobs.latest(document_key(document))
        is_other = job is not None and _result_id(job) != self._held
        if job is not None and is_other and not (running is not None and running.is_active):
            self._held = _result_id(job)
            self._hold(job, job.effective.settings.regions.fixes)
        else:
            self.refresh()

    def _shown(self, document: Document | None) -> Job | None:
        """Return the newest job whose result is among the layers of `document`, or has no layers at all."""
        if document is None:
            return None
        key = document_key(document)
        if key not in self._known:
            self._known.add(key)
            for job in self._session.jobs.done_before(document):
                if _result_id(job) not in self._results:
                    self._keep(job)
        own = [job for job in self._results.values() if job.request.document == key]
        if not own:
            return None
        layers = _layer_ids(document)
        return next((job for job in reversed(own) if not job.group or job.group in layers), None)

    def _keep(self, job: Job) -> None:
        """Remember a result, and forget the oldest ones of many."""
        self._results[_result_id(job)] = job
        for old in list(self._results)[:-MOST_RESULTS]:
            del self._results[old]

    def _repairs_beside(self, job: Job) -> str:
        """Return the id of the group with the latest repairs of the flats that `job` has checked, empty for none."""
        document, regions = find_document(job.request.document), job.effective.settings.regions
        if document is None:
            return ""
        layers = _layer_ids(document)
        for other in reversed(self._results.values()):
            is_same = other.request.document == job.request.document and other.effective.is_check
            if is_same and other.effective.settings.regions.flats == regions.flats and other.group in layers:
                return other.group
        return ""

    def _unmark(self) -> None:
        marker, self._marker = self._marker, None
        if marker is not None:
            try:
                marker.setParent(None)  # it is gone at once
                marker.deleteLater()
            except RuntimeError:  # it has gone by itself, or with its canvas
                return


def _result_id(job: Job) -> ResultId:
    return job.request.document, job.group or job.id


def _layer_ids(document: Document) -> set[str]:
    return {node_id(node) for node, _ in walk(root_node(document))}
