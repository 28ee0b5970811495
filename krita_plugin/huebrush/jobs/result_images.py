"""The images of a result as they go into the document: within the job's part of the page, and after which page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..base.tasks import Steps
from ..documents.page_change import PageMark
from ..results.edited_stack import hole
from .job import Job
from .selected_part import clip, clipped, clipped_copy, part_meets

if TYPE_CHECKING:
    from huebrush_protocol.frames import Image


def mark_to_follow(job: Job, document: str) -> PageMark | None:
    """Return the mark of the page that the result of `job` is to follow, None where it goes as it is: into another
    document, or where the artist places a result that could not follow."""
    has_failed = job.outcome is not None and job.outcome.code == "page_changed"
    return None if has_failed or document != job.request.document else job.mark


def within_selection(job: Job, images: Sequence[Image]) -> Steps[Sequence[Image]]:
    """Clip the layers of a result to the part of the page that `job` is limited to, if it is. Edits of a limited layer
    stay within it, unless all of them act outside."""
    part = job.selected
    if part is not None and job.request.edited_layer:
        is_met = yield from part_meets(part, job.edit_masks.packed_masks.values())
        job.selected = part = part if is_met else None
    if job.effective.edits_stack:
        fills: list[Image] = []
        for fill in images:
            fills += [hole(fill), *([fill] if part is None else (yield from clip([fill], part)))]
        return fills
    if part is None:
        return images
    return (yield from (clipped_copy if job.request.edited_layer else clipped)(images, part))
