"""Jobs: each follows one colorization of one document from capture to the layers it leaves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.messages import (
    Accepted,
    Acknowledge,
    Cancel,
    Cancelled,
    Failed,
    Fetch,
    Preview,
    Progress,
    Result,
    Submit,
)

from ..backend.connection import Link
from ..base.artists_hand import artists_hand
from ..base.problems import Problem, ProblemError, Remedy, from_failure, problem, unexpected
from ..base.qt import QtCore, Signal, image_from_rgb
from ..base.strings import translated
from ..base.tasks import SlicedTask, Steps
from ..capture import pictures as capturing
from ..capture.colored_pages import ColoredPages
from ..capture.edit_masks import EditMasks, capture_edit_masks
from ..capture.overpaint import read_overpaint, with_overpaint
from ..documents.colorize_mask import faint_lines
from ..documents.find import find_document, find_node, while_open
from ..documents.selection import copied_selection
from ..results import writeback
from ..results.flats_report import read_flats_report
from ..results.following import follow_page
from ..results.hide_replaced_results import ReplacedResults
from ..results.recipes import RecipeKeeper, Record
from ..settings.advanced import INITIAL
from ..settings.flats import COLORIZE_MASK
from ..strokes.reference_strokes import capture_reference_strokes
from ..strokes.text_brush import TextBrush
from .advice import advise_at_end
from .done_before import read_jobs
from .effective_job import LIMITED, EffectiveJob, JobRequest, PageState, use_of_selection
from .job import CANCELLABLE, Job, ReceivedLayers, Stage
from .record import job_record, result_name
from .result_images import mark_to_follow, within_selection
from .result_keeper import ResultKeeper
from .selected_part import (
    NOTHING_IN_SELECTION,
    read_part,
    report_within,
    require_same_page,
)

if TYPE_CHECKING:
    from huebrush_protocol.codec import Received
    from huebrush_protocol.frames import Image
    from krita import Document


ASK_SECONDS = 9
"""Seconds without a word of a job after which the backend is asked after it."""


class JobRunner(QtCore.QObject):
    """Runs jobs, at most one active per document. Emits `changed(Job)` whenever a job has moved on, and before that
    `stage_changed(Job)` where it is in another stage now. `pages`: what was coloured so far."""

    changed = Signal(object)
    stage_changed = Signal(object)

    def __init__(
        self,
        link: Link,
        recipes: RecipeKeeper,
        replaced: ReplacedResults,
        brush: TextBrush,
        keeper: ResultKeeper,
        parent: QtCore.QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._recipes, self._replaced, self._brush = link, recipes, replaced, brush
        self._keeper = keeper
        self._jobs: dict[str, Job] = {}
        self.pages = ColoredPages()
        link.state_changed.connect(self._on_link_changed)
        link.received.connect(self._on_received)
        link.lost.connect(self._on_lost)
        link.time_to_ask.connect(self._ask_after)

    def latest(self, document: str) -> Job | None:
        """Return the newest job of the document with this key."""
        return next((job for job in reversed(self._jobs.values()) if job.request.document == document), None)

    def active(self) -> list[Job]:
        """Return the jobs that have not come to an end."""
        return [job for job in self._jobs.values() if job.is_active]

    def unplaced(self) -> list[Job]:
        """Return the jobs whose results wait for a place."""
        return [job for job in self._jobs.values() if job.stage is Stage.UNPLACED]

    def done_before(self, document: Document) -> list[Job]:
        """Return the results of earlier days whose layers are in `document`, with their places to check, oldest
        first."""
        return read_jobs(document, self._link.known)

    def start(self, request: JobRequest) -> Job:
        """Begin a job. Raises `ProblemError` when the document is closed, has a job under way, or nothing is chosen."""
        document = find_document(request.document)
        if document is None:
            raise ProblemError(problem("no_document"))
        running = self.latest(request.document)
        if (running is not None and running.is_active) or self.uses_layers(request.document):
            raise ProblemError(problem("job_running"))
        page = PageState.read(document, request.settings.line_art)
        job = Job(request, page, EffectiveJob.decide(request, page, self._link.known), selected=request.selected)
        if request.in_selection and use_of_selection(job.effective.settings) in LIMITED:
            job.selection = copied_selection(document)
        for old in [old for old in self._jobs.values() if old.request.document == request.document]:
            self._forget(old)
        self._jobs[job.id] = job
        self._link.ensure()  # starts while the pixels are being read
        job.task = SlicedTask(
            self._capture(document, job),
            lambda captured: self._on_captured(job, *captured),
            lambda error: self._fail(job, _explain(job, error)),
            self,
        )
        self._notify(job)
        return job

    def cancel(self, job: Job) -> None:
        """Stop `job`; layers that are being written already are finished instead."""
        if job.stage not in CANCELLABLE:
            return
        if job.stage in (Stage.QUEUED, Stage.RUNNING):
            self._link.send(Cancel(job.id))
        if job.task is not None:
            job.task.cancel()
        self._end(job, Stage.CANCELLED)

    def uses_layers(self, document: str) -> bool:
        """Return whether a job reads or writes layers of the document with this key right now."""
        at_layers = [job for job in self._jobs.values() if job.stage in (Stage.CAPTURING, Stage.WRITING)]
        return any(document in (job.request.document, job.target) for job in at_layers)

    def place_result(self, job: Job, document: str) -> None:
        """Put the result of an unplaced `job` into the document with this key: at its usual place if that is there
        again, otherwise on top. Raises `ProblemError` when there is no result or no such document, or a job reads or
        writes that document's layers right now."""
        target = find_document(document)
        if target is None:
            raise ProblemError(problem("no_document"))
        if self.uses_layers(document):
            raise ProblemError(problem("job_running"))
        if job.result is None:
            raise ProblemError(problem("result_gone"))
        line_art = job.request.settings.line_art
        before = job.request.edited_layer if find_node(target, job.request.edited_layer) is not None else ""
        self._write(job, job.result, document, line_art if find_node(target, line_art) is not None else None, before)

    def _capture(self, document: Document, job: Job) -> Steps[tuple[capturing.Captured, EditMasks]]:
        """Read all that a job needs; the result is what it sends and where its edits act."""
        decided, closed = job.effective, problem("document_closed_early")
        if job.selected is not None:
            require_same_page(document, job.selected)
        elif job.selection is not None:
            job.selected = yield from while_open(document, read_part(document, job.selection), closed)
            job.selection = None
        edits = decided.edits if decided.reads_edit_masks else ()
        edit_masks = yield from while_open(
            document, capture_edit_masks(document, edits, job.request.edited_layer), closed
        )
        captured = yield from capturing.capture(
            document, decided.settings.line_art, decided.references, decided.pictures
        )
        if decided.parameters.regions.result == COLORIZE_MASK:
            job.lines = yield from faint_lines(captured.headers[0], captured.frames[0], captured.line_art_opaque)
        for (role, start), now in zip(decided.pictures, captured.frames[1 + len(decided.references) :], strict=True):
            if role == INITIAL:
                steps = read_overpaint(document, start.key, now, self._keeper.files)
                job.overpaint = yield from while_open(document, steps, closed)
        parts = captured.headers[1 : 1 + len(decided.references)]
        headers, frames = yield from while_open(
            document,
            capture_reference_strokes(document, decided.references, parts, captured.frames[1 : 1 + len(parts)]),
            closed,
        )
        return captured.with_images(headers, frames).with_images(edit_masks.headers, edit_masks.frames), edit_masks

    def _on_captured(self, job: Job, captured: capturing.Captured, edit_masks: EditMasks) -> None:
        job.task, job.captured, job.edit_masks = None, captured, edit_masks
        job.left_out, job.mark = captured.left_out, captured.mark
        self._note_page(job, captured)
        job.stage = Stage.STARTING
        if self._link.is_ready:
            self._submit(job)
        else:
            self._link.ensure()
            self._notify(job)

    def _note_page(self, job: Job, captured: capturing.Captured) -> None:
        """Keep the references for pages to come, beside the job."""
        document = find_document(job.request.document)
        if document is not None and not job.effective.is_check:
            read = zip(job.effective.references, captured.headers[1:], captured.frames[1:], strict=False)
            note = self.pages.note(document, job.effective.settings, tuple(read))
            SlicedTask(note, lambda _: None, lambda _error: None, self)

    def _submit(self, job: Job) -> None:
        captured = job.captured
        assert captured is not None
        job.line_art_opaque = captured.line_art_opaque
        try:
            job.effective = EffectiveJob.decide(job.request, job.page, self._link.known)
            job.effective.check_pictures(captured.headers)
            parameters = job.effective.parameters_with(job.edit_masks)
            submit = Submit(job.id, job.effective.model, parameters, captured.headers, batch=job.request.batch)
            self._link.send(submit, captured.frames)
        except ProblemError as error:
            self._fail(job, error.problem)
            return
        except ProtocolError as error:
            self._fail(job, problem("not_sent", reason=error))
            return
        job.stage, job.heard = Stage.QUEUED, time.monotonic()
        self._notify(job)

    def _ask_after(self, is_new: bool) -> None:
        """Ask the backend after the jobs that it has said nothing of for a while, or all if the connection `is_new`.
        One that it never accepted is sent again: twice is once."""
        for job in list(self._jobs.values()):
            silence = time.monotonic() - job.heard
            if job.stage not in (Stage.QUEUED, Stage.RUNNING) or not (is_new or silence > ASK_SECONDS):
                continue
            if job.captured is not None:
                self._submit(job)
            else:
                job.heard = time.monotonic()
                self._link.send(Fetch(job.id))
                self._notify(job)

    def _on_link_changed(self) -> None:
        if self._link.is_ready:
            for job in list(self._jobs.values()):
                if job.stage is Stage.STARTING:
                    self._submit(job)

    def _on_lost(self, reason: Problem) -> None:
        for job in list(self._jobs.values()):
            if job.stage in (Stage.STARTING, Stage.QUEUED, Stage.RUNNING):
                remedy = Remedy.RETRY if reason.remedy in (Remedy.START, Remedy.NONE) else reason.remedy
                self._fail(job, Problem(reason.code, reason.message, reason.advice, remedy))

    def _on_received(self, received: Received) -> None:
        message = received.message
        job = self._jobs.get(getattr(message, "job", ""))
        if job is None or job.stage not in (Stage.QUEUED, Stage.RUNNING):
            return
        job.heard = time.monotonic()
        if isinstance(message, Accepted):
            job.stage, job.captured, job.note = Stage.QUEUED, None, translated(message.reason)
            job.ahead = message.position
            if job.note:
                job.progress = None  # it begins anew
        elif isinstance(message, Progress):
            job.stage, job.progress = Stage.RUNNING, message
        elif isinstance(message, Preview) and received.images:
            picture = received.images[0]
            size = (picture.header.width, picture.header.height)
            if picture.header.order == "RGB" and picture.header.dtype == "uint8":
                job.preview = image_from_rgb(bytes(picture.data), *size, picture.stride)
        elif isinstance(message, Failed):
            self._link.send(Acknowledge(job.id))
            self._fail(job, from_failure(message))
            return
        elif isinstance(message, Cancelled):
            self._end(job, Stage.CANCELLED)
            return
        elif isinstance(message, Result):
            job.report = message.flats_report
            job.flats_report = report_within(read_flats_report(message.flats_report), job.selected)
            if not received.images:
                self._end_without_layers(job)
                return
            job.result = ReceivedLayers(received.images, message.recipe)
            self._write(job, job.result, job.request.document, job.request.settings.line_art, job.request.edited_layer)
            return
        self._notify(job)

    def _write(self, job: Job, result: ReceivedLayers, document: str, line_art: str | None, over: str) -> None:
        """Put `result` directly over the layer `over`. With "" it goes under `line_art`, or on top of all layers where
        that is None or the result has lines."""
        job.stage, job.target = Stage.WRITING, document
        above = None if job.effective.has_own_lines else line_art
        lines, mark, job.outcome = job.request.settings.line_art, mark_to_follow(job, document), None
        made = with_overpaint(result.images, job.overpaint)
        made = (*made, job.lines) if job.lines is not None else made
        written: list[Image] = []

        def insert(images: Sequence[Image], fits: writeback.Fits) -> Steps[writeback.Placed]:
            name = result_name(job, find_document(document))
            written[:] = images
            if over and job.effective.edits_stack:
                return writeback.insert_stack_over(document, over, name, images, fits)
            if over:
                return writeback.insert_layer_over(document, over, name, images[0], fits)
            return writeback.insert_group(document, above, name, images, fits)

        def write() -> Steps[writeback.Placed]:
            images = yield from within_selection(job, made)
            if mark is None:
                return (yield from insert(images, writeback.always))
            return (yield from follow_page(document, lines, mark, images, insert))

        job.task = SlicedTask(
            write(),
            lambda placed: self._on_placed(job, result.recipe, document, placed, written),
            lambda error: self._on_not_placed(job, error),
            self,
        )
        self._notify(job)

    def _end_without_layers(self, job: Job) -> None:
        """End a job whose result is only a report. The document stays as it is, except that the replaced result is
        hidden."""
        target = find_document(job.request.document)
        if target is not None and job.request.replaces:
            self._replaced.hide(target, job.request.replaces, job.effective.mixed_into)
        self._link.send(Acknowledge(job.id))
        self._end(job, Stage.DONE)

    def _on_placed(
        self, job: Job, recipe: dict[str, object], document: str, placed: writeback.Placed, images: Sequence[Image]
    ) -> None:
        job.result = None
        job.group = group = placed.group
        if placed.has_moved:
            job.report, job.flats_report, job.selected = {}, None, None  # they are those of the page as it was
        target = find_document(document)
        if target is not None:
            for former in filter(None, (job.request.replaces, job.effective.mixed_from)):
                self._replaced.replace(target, former, group)
            record = Record.of(job.id, group, recipe, job_record(job), job.report)
            self._recipes.store(target, record)
            if not job.effective.edits_stack:  # its layers are those of the edited result, with some laid over
                self._keeper.keep(target, record, images)
            if job.edit_masks.brush_layer and not job.request.keep_brush:
                self._brush.finish(target, job.edit_masks.brush_layer, group)
            job.outcome = advise_at_end(job, target, placed, recipe)
        self._link.send(Acknowledge(job.id))
        self._end(job, Stage.DONE)

    def _on_not_placed(self, job: Job, error: Exception) -> None:
        reason = _explain(job, error)
        if reason.code == NOTHING_IN_SELECTION:
            job.result = None
            self._link.send(Acknowledge(job.id))
            self._fail(job, reason)
            return
        job.outcome = reason
        self._end(job, Stage.UNPLACED)

    def _fail(self, job: Job, reason: Problem) -> None:
        job.outcome = reason
        self._end(job, Stage.FAILED)

    def _end(self, job: Job, stage: Stage) -> None:
        job.stage, job.task, job.captured = stage, None, None
        if stage is not Stage.UNPLACED:
            job.lines = None
        self._notify(job)

    def _forget(self, job: Job) -> None:
        if job.stage is not Stage.UNPLACED:
            self._jobs.pop(job.id, None)

    def _notify(self, job: Job) -> None:
        self._link.set_busy(any(entry.stage in (Stage.QUEUED, Stage.RUNNING) for entry in self._jobs.values()))
        (artists_hand().watch if self.active() else artists_hand().rest)()
        if job.announced is not job.stage:
            job.announced = job.stage
            self.stage_changed.emit(job)
        self.changed.emit(job)


def _explain(job: Job, error: Exception) -> Problem:
    """Return the problem that tells the artist that `error` ended `job`."""
    if isinstance(error, ProblemError):
        return error.problem
    if find_document(job.request.document) is None:
        return problem("document_closed_early")
    return unexpected(error, Remedy.RETRY)
