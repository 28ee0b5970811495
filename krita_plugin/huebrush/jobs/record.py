"""What a job's result is called, and what the document remembers of how it came about."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..base.strings import text
from ..results.recipes import EDITED
from ..settings.flats import for_new_job
from ..settings.text_edits import edited_name
from .job import Job


def result_name(job: Job) -> str:
    """Return what the layer or group of the result is called."""
    settings = job.request.settings
    if settings.regions.is_check:
        return text("layer.repairs")
    if job.request.before:
        return edited_name(settings.edits, job.edit_masks.mask_numbers)
    return text("layer.result", model=settings.model, seed=settings.seed)


def job_record(job: Job) -> dict[str, Any]:
    """Return the settings of `job` as the document keeps them beside the recipe, with where its edits acted."""
    chosen, packed = job.request.settings, job.edit_masks.packed_masks
    edits = tuple(
        dataclasses.replace(edit, edit_mask=packed.get(number, "")) for number, edit in enumerate(chosen.edits)
    )
    kept = dataclasses.replace(chosen, regions=for_new_job(chosen.regions), edits=edits)
    return dataclasses.asdict(kept) | {EDITED: job.request.before}
