"""Whole colorizations: from noise, sketch and reference to the same latent and picture as the official ones."""

from __future__ import annotations

import pytest
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.pipeline.guidance import Guidance, GuidanceWindow
from judging import Judge
from official_names import noise_schedule_of, prediction_type_of, sampler_of
from released import pipeline_of
from vectors import GENERATION_TOLERANCE, Case, cases_of


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
    output = pipeline_of(case, prediction_type_of(params["prediction"]))(
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
