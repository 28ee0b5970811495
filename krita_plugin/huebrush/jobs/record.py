"""Names of a job's results, and the record that the document keeps of the job."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from huebrush_protocol.regions import WITHOUT_MODEL

from ..base.strings import text
from ..results.recipes import EDITED, SELECTED
from ..settings.text_edits import TextEditSettings
from .job import Job

MOST_NAMED = 60
"""Letters of the targets that a layer is called after."""


def result_name(job: Job) -> str:
    """Return the name of the result's layer or group."""
    settings = job.effective.settings
    if job.effective.is_check:
        return text("layer.repairs")
    if job.request.edited_layer:
        return _edited_name(settings.edits, job.edit_masks.mask_numbers)
    if job.effective.model == WITHOUT_MODEL:
        return text("layer.result_without_model", seed=settings.seed)
    return text("layer.result", model=settings.model, seed=settings.seed)


def job_record(job: Job) -> dict[str, object]:
    """Return the settings of `job` as the document keeps them beside the recipe, with where its edits acted and the
    part of the page that it is limited to."""
    chosen, packed = job.effective.settings, job.edit_masks.packed_masks
    edits = tuple(
        dataclasses.replace(edit, edit_mask=packed.get(number, "")) for number, edit in enumerate(chosen.edits)
    )
    regions = dataclasses.replace(chosen.regions, fixes=()) if job.effective.is_check else chosen.regions
    kept = dataclasses.replace(chosen, regions=regions, edits=edits)
    selected = {SELECTED: dataclasses.asdict(job.selected)} if job.selected is not None else {}
    return {**dataclasses.asdict(kept), EDITED: job.request.edited_layer, **selected}


def _edited_name(edits: Sequence[TextEditSettings], numbers: Iterable[int]) -> str:
    """Return the name of the layer with the edits of these numbers."""
    targets = ", ".join(dict.fromkeys(edits[number].target.strip() for number in sorted(numbers)))
    return f"Huebrush – {targets if len(targets) <= MOST_NAMED else targets[: MOST_NAMED - 1] + '…'}"
