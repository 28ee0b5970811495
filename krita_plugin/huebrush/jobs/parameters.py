"""What the backend gets of a job's settings, without what its model cannot do, as far as that is known yet."""

from __future__ import annotations

import dataclasses
from typing import Any

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import PICTURE

from ..base.problems import ProblemError, problem
from ..documents.colorize_mask import can_make_masks
from ..documents.find import find_node
from ..settings.advanced import AdvancedSettings, for_model, parameters, without_model
from ..settings.flats import COLORIZE_MASK, region_parameters
from ..settings.flats import for_model as regions_for_model
from ..settings.text_edits import protocol_edits
from .job import Job, JobRequest


def fitting_settings(request: JobRequest, model: ModelInfo | None) -> AdvancedSettings:
    """Return the finer settings that `request` has for `model`, None for one that is not known yet."""
    chosen = request.settings.advanced
    if not request.has_model:
        return without_model(chosen)
    return chosen if model is None else for_model(chosen, model)


def job_parameters(job: Job, model: ModelInfo | None) -> Parameters:
    """Return the protocol's parameters for `job`, whose pictures have been read."""
    request, chosen = job.request, job.request.settings
    strengths = chosen.reference_strength / 100, chosen.sketch_strength / 100
    masks = job.edit_masks
    edits = protocol_edits(chosen.edits, model, masks.mask_numbers, masks.patch_numbers) if request.has_model else ()
    made = parameters(fitting_settings(request, model), chosen.seed, chosen.steps, *strengths, edits)
    regions = region_parameters(regions_for_model(request.regions, request.model), job.dots_per_inch)
    return dataclasses.replace(made, regions=regions)


def check_request(document: Any, request: JobRequest) -> None:
    """Raise `ProblemError` when something is not chosen that `request` needs, or this Krita cannot make its result."""
    if find_node(document, request.settings.line_art) is None:
        raise ProblemError(problem("no_line_art"))
    if request.has_model and not request.settings.references:
        raise ProblemError(problem("no_reference"))
    if not request.has_model:
        _check_without_model(request)
    if request.regions.result == COLORIZE_MASK and not can_make_masks(document):
        raise ProblemError(problem("no_masks"))


def _check_without_model(request: JobRequest) -> None:
    """Raise `ProblemError` for a job without a model that has nothing to take colours from, or no regions for them."""
    regions = request.settings.regions
    if regions.is_check:
        if not regions.flats:
            raise ProblemError(problem("no_flats"))
        return
    if regions.result == PICTURE:
        raise ProblemError(problem("picture_without_model"))
    if not regions.hints and not (regions.palette_source == "colors" and regions.colors):
        raise ProblemError(problem("no_colors"))
