"""Advice to the artist when a job begins and when its layers are there: one message, about the thing that is hardest to
see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..base.problems import Problem, Remedy, problem
from ..documents.find import find_node
from ..results.writeback import Placed
from ..settings.text_edits import TextEditSettings
from .job import Job
from .to_protocol import acting_numbers

if TYPE_CHECKING:
    from krita import Document

GREY = "GRAYA"
"""Krita's name of the colour model that has only greys."""
OPAQUE = {
    "opaque_lines": (Remedy.MULTIPLY, Remedy.SCREEN),
    "opaque_light_lines": (Remedy.SCREEN, Remedy.MULTIPLY),
}
"""The blending mode that makes opaque paper vanish, and the one in which it stays, by what is said about it."""


def advise_at_end(job: Job, document: Document, placed: Placed, recipe: Mapping[str, object]) -> Problem | None:
    """Return advice on the result of `job` in `document`, for which the backend gave `recipe`; None if there is
    nothing to say.

    That a document shows no colours, and what was not read, is said with all else, unless it needs a button of its own
    beside another one: nobody would see the result for what it is.
    """
    found = _edits_overlap(job, recipe) or _mask_to_fill(placed) or _opaque_lines(job, document, recipe)
    for more in (_grey_document(document), _left_out(job)):
        if found is None or more is None:
            found = found or more
        elif found.remedy is Remedy.NONE or more.remedy is Remedy.NONE:
            advice = f"{found.advice} {more.message} {more.advice}".strip()
            found = replace(found, advice=advice, remedy=more.remedy if found.remedy is Remedy.NONE else found.remedy)
    return found


def is_mended(job: Job, document: Document) -> bool:
    """True when what was said at the end of `job` holds no longer: its opaque lines blend, its page has colours."""
    code = job.outcome.code if job.outcome is not None else ""
    if code == "grey_document":
        return document.colorModel() != GREY
    lines = find_node(document, job.effective.settings.line_art)
    if code == "grey_and_opaque":
        return document.colorModel() != GREY and (lines is None or lines.blendingMode() != "normal")
    if code in OPAQUE:
        return lines is None or lines.blendingMode() not in ("normal", OPAQUE[code][1].value)
    return False


def advise_at_start(job: Job) -> Problem | None:
    """Return advice on `job` before its result is there: that edits will cover each other; None if they will not."""
    edits = job.effective.settings.edits
    return next((_overlap(edits[later], edits[earlier]) for later, earlier in job.edit_masks.overlaps), None)


def _edits_overlap(job: Job, recipe: Mapping[str, object]) -> Problem | None:
    """Name an edit that covers part of another. The recipe's `overlaps` has pairs of their numbers in the job, (later,
    earlier); malformed pairs are ignored."""
    edits, overlaps = job.effective.settings.edits, recipe.get("overlaps")
    numbers = acting_numbers(edits, job.edit_masks.mask_numbers)
    for pair in overlaps if isinstance(overlaps, (list, tuple)) else ():
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and all(index in range(len(numbers)) for index in pair):
            return _overlap(edits[numbers[pair[0]]], edits[numbers[pair[1]]])
    return None


def _overlap(later: TextEditSettings, earlier: TextEditSettings) -> Problem:
    return problem("edits_overlap", severity="info", later=later.target.strip(), earlier=earlier.target.strip())


def _grey_document(document: Document) -> Problem | None:
    """Return the advice for a document that shows every layer in grey, as one made of a grey scan does."""
    return problem("grey_document", Remedy.SHOW_COLORS, "info") if document.colorModel() == GREY else None


def _left_out(job: Job) -> Problem | None:
    """Return the advice for places that were not read, naming the first of them, None where there are none."""
    if not job.left_out:
        return None
    first = job.left_out[0]
    size = f"{first.rect.width} × {first.rect.height}"
    place = f"{first.rect.x}, {first.rect.y}"
    return problem("left_out", severity="info", name=first.name, count=len(job.left_out), size=size, place=place)


def _mask_to_fill(placed: Placed) -> Problem | None:
    return problem("mask_to_fill", severity="info") if placed.has_unfilled_mask else None


def _opaque_lines(job: Job, document: Document, recipe: Mapping[str, object]) -> Problem | None:
    """Return the advice for opaque line art whose paper hides the colours below it, None for any other.

    By the recipe's `light_lines`: dark paper vanishes in Screen, light paper in Multiply, and each stays in the other.
    On a grey page its blending mode alone would show no colours: both are mended together.
    """
    lines = find_node(document, job.effective.settings.line_art)
    if job.effective.has_own_lines or not job.line_art_opaque or lines is None:
        return None
    code = "opaque_light_lines" if recipe.get("light_lines") is True else "opaque_lines"
    right, wrong = OPAQUE[code]
    if lines.blendingMode() not in ("normal", wrong.value):
        return None
    if document.colorModel() == GREY and lines.blendingMode() == "normal":
        return problem("grey_and_opaque", Remedy.SHOW_COLORS, "info", name=lines.name())
    return problem(code, right, "info", name=lines.name())
