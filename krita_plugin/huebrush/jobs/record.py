"""Names of a job's results, and the record that the document keeps of the job."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from ..base.strings import text
from ..documents.find import root_node, walk
from ..results.recipes import EDITED, SELECTED
from .job import Job

if TYPE_CHECKING:
    from krita import Document

MIX = "mix"
"""Kind of the result of a comparison."""
MOST_NAMED = 60
"""Letters of the targets, or of the reference, that a layer is called after."""


def result_name(job: Job, document: Document | None) -> str:
    """Return the name of the result's layer or group, what differs between results first: of a result of the page, its
    kind with a number that no other of its kind has in `document`, then where its colours are from."""
    settings = job.effective.settings
    kind = MIX if settings.regions.is_comparison else settings.regions.result
    if job.request.edited_layer:
        targets = dict.fromkeys(settings.edits[number].target.strip() for number in sorted(job.edit_masks.mask_numbers))
        return text("layer.edited", targets=_short(", ".join(targets)))
    said = [text(f"layer.result.{kind}", number=_number(document, kind))]
    sources = settings.colored or job.effective.references
    if settings.regions.is_comparison:
        sources = (*settings.regions.flats, *settings.regions.compared)
    first = next(iter(sources), None)
    if first is not None and (settings.regions.is_comparison or not job.effective.is_check):
        more = f" + {len(sources) - 1}" if len(sources) > 1 else ""
        said.append(_short(first.name) + more)
    if job.selected is not None:
        said.append(text("layer.in_selection"))
    return " · ".join(said)


def _number(document: Document | None, kind: str) -> int:
    """Return the number after the greatest one that layers of the page are called by as results of this `kind`."""
    here = "\0"
    pattern = re.escape(text(f"layer.result.{kind}", number=here)).replace(re.escape(here), r"(\d{1,9})")
    names = (node.name() for node, _ in walk(root_node(document))) if document is not None else ()
    found = (re.match(rf"{pattern}(?!\S)", name) for name in names)
    return max((int(match[1]) for match in found if match is not None), default=0) + 1


def _short(words: str) -> str:
    return words if len(words) <= MOST_NAMED else words[: MOST_NAMED - 1] + "…"


def job_record(job: Job) -> dict[str, object]:
    """Return the settings of `job` as the document keeps them beside the recipe, with where its edits acted and the
    part of the page that it is limited to."""
    chosen, packed = job.effective.settings, job.edit_masks.packed_masks
    edits = tuple(
        dataclasses.replace(edit, edit_mask=packed.get(number, "")) for number, edit in enumerate(chosen.edits)
    )
    # Repairs belong to flats that the artist goes on painting; the regions of a mix are what it is made of.
    is_repair = job.effective.is_check and not chosen.regions.is_comparison
    regions = dataclasses.replace(chosen.regions, fixes=()) if is_repair else chosen.regions
    kept = dataclasses.replace(chosen, regions=regions, edits=edits)
    selected = {SELECTED: dataclasses.asdict(job.selected)} if job.selected is not None else {}
    return {**dataclasses.asdict(kept), EDITED: job.request.edited_layer, **selected}
