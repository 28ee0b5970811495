"""Whole colorizations: from noise, sketch and reference to the same latent and picture as the official ones."""

from __future__ import annotations

from functools import cache

import pytest
from huebrush_backend.checkpoints.families import PredictionType
from huebrush_backend.checkpoints.single_file import ClipTowers, released_pipeline
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.guidance import Guidance, GuidanceWindow
from judging import Judge
from networks import networks_of
from official_names import noise_schedule_of, prediction_type_of, sampler_of
from small_clip import text_tower, tokenizer, vision_tower
from vectors import GENERATION_TOLERANCE, Case, Vectors, cases_of


@cache
def _towers(vectors: Vectors) -> ClipTowers:
    return ClipTowers(vision_tower(vectors), text_tower(vectors), tokenizer())


def _pipeline(case: Case, prediction_type: PredictionType) -> ColorizePipeline:
    return released_pipeline(networks_of(case), _towers(case.vectors), prediction_type)


def _edits(manipulation: dict | None) -> list[TextEdit]:
    if manipulation is None:
        return []
    names = ("targets", "anchors", "controls", "target_scales", "enhances", "thresholds_list")
    return [
        TextEdit(target, None if anchor == "none" else anchor, control, strength, enhanced, tuple(thresholds))
        for target, anchor, control, strength, enhanced, thresholds in zip(
            *(manipulation[name] for name in names), strict=True
        )
    ]


@pytest.mark.parametrize("case", cases_of("generate"), ids=lambda case: case.id)
def test_a_colorization(case: Case, judge: Judge) -> None:
    params = case.params
    sketch = case.tensor("sketch")
    start, end = params["guidance_window"]
    output = _pipeline(case, prediction_type_of(params["prediction"]))(
        sketch,
        [case.tensor("reference")],
        sketch.shape[-2],
        sketch.shape[-1],
        steps=params["steps"],
        guidance=Guidance(
            params["reference_guidance"], params["sketch_guidance"], GuidanceWindow(start=start, end=end)
        ),
        reference_strength=params["reference_scales"],
        sketch_strength=params["sketch_scale"],
        edits=_edits(params["manipulation"]),
        sampler=sampler_of(params["sampler"]),
        noise_schedule=noise_schedule_of(params["noise_schedule"]),
        noise=case.tensor("noise"),
    )
    judge(case, {"latent": output.latent, "image": output.picture}, GENERATION_TOLERANCE)
