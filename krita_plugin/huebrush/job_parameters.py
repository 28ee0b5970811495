"""What the backend gets of a job's settings, without what its model cannot do, as far as that is known yet."""

from __future__ import annotations

import dataclasses

from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameters import Parameters

from .advanced import AdvancedSettings, for_model, parameters, without_model
from .job import Job, JobRequest
from .region_settings import for_model as regions_for_model
from .region_settings import region_parameters
from .text_edits import protocol_edits


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
    places = job.places
    edits = protocol_edits(chosen.edits, model, places.regions, places.patches) if request.has_model else ()
    made = parameters(fitting_settings(request, model), chosen.seed, chosen.steps, *strengths, edits)
    regions = region_parameters(regions_for_model(request.regions, request.model), job.dots_per_inch)
    return dataclasses.replace(made, regions=regions)
