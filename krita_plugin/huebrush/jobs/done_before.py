"""Results of earlier days, read from the records that a document keeps: so their places can be checked as before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..backend.state import BackendState
from ..base.problems import ProblemError
from ..documents.find import document_key
from ..results.flats_report import read_flats_report
from ..results.recipes import EDITED, Record, read_records
from ..settings.store import read_settings
from .effective_job import EffectiveJob, JobRequest, PageState
from .job import Job, Stage
from .selected_part import recorded_part, report_within

if TYPE_CHECKING:
    from krita import Document


def read_jobs(document: Document, backend: BackendState) -> list[Job]:
    """Return the jobs whose results are in `document` and have a report, oldest first. What could not be done again,
    because its lines are gone for instance, is left out."""
    jobs = (_read_job(document, record, backend) for record in read_records(document))
    return [job for job in jobs if job is not None]


def _read_job(document: Document, record: Record, backend: BackendState) -> Job | None:
    report, edited = read_flats_report(record.report), record.settings.get(EDITED)
    if report is None:
        return None
    request = JobRequest(
        document_key(document), read_settings(record.settings), edited_layer=edited if isinstance(edited, str) else ""
    )
    selected = recorded_part(record.settings)
    page = PageState.read(document, request.settings.line_art)
    try:
        effective = EffectiveJob.decide(request, page, backend)
    except ProblemError:
        return None
    return Job(
        request,
        page,
        effective,
        id=record.job,
        stage=Stage.DONE,
        group=record.group,
        selected=selected,
        report=record.report,
        flats_report=report_within(report, selected),
    )
