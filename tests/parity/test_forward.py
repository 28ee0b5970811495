"""v1.5 and v2: what references, backgrounds and masks become, and one evaluation of the network with it."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.enhancement import Condition, Enhancement
from judging import Judge
from released import pipeline_of
from vectors import Case, cases_of

RECORDED_LEVEL = 5
"""The layer of the up path whose style and background feature were recorded."""

_SWITCHES = {"background": "bg_enhance", "foreground": "fg_enhance", "style": "style_enhance"}
_NUMBERS = {
    "sketch_threshold": "sketch_mask_threshold",
    "reference_threshold": "reference_mask_threshold",
    **{
        name: name
        for name in ("foreground_scale", "background_scale", "merge_scale", "background_factor", "style_merge")
    },
}


def enhancement_of(case: Case) -> Enhancement:
    params = case.params
    return Enhancement(
        sketch_mask=case.tensor("sketch_mask"),
        reference_mask=case.tensor("reference_mask"),
        background_picture=case.tensor("background") if "background" in case.input_names else None,
        **{ours: params.get(theirs, False) for ours, theirs in _SWITCHES.items()},
        **{ours: params[theirs] for ours, theirs in _NUMBERS.items() if theirs in params},
    )


def condition_of(pipeline: ColorizePipeline, case: Case, enhancement: Enhancement) -> Condition:
    height, width = case.tensor("sketch").shape[-2:]
    return pipeline.condition([case.tensor("reference")], [], enhancement, height, width)


def evaluate(pipeline: ColorizePipeline, case: Case, condition: Condition) -> torch.Tensor:
    latent = case.tensor("latent")[case.params["latent_rows"]]
    sketch_features = pipeline.sketch_encoder(case.tensor("sketch"))
    return pipeline.unet.denoise(
        latent, case.params["timestep"], condition.tokens, sketch_features, **condition.options()
    )


@pytest.mark.parametrize("case", cases_of("forward"), ids=lambda case: case.id)
@torch.inference_mode()
def test_an_evaluation(case: Case, judge: Judge) -> None:
    pipeline = pipeline_of(case)
    condition = condition_of(pipeline, case, enhancement_of(case))
    found = {"context": condition.tokens, "out": evaluate(pipeline, case, condition)}
    if condition.style is not None:
        found[f"style{RECORDED_LEVEL}"] = condition.style.vectors[RECORDED_LEVEL]
    if condition.background is not None:
        found[f"background{RECORDED_LEVEL}"] = condition.background.features[RECORDED_LEVEL]
    judge(case, found)
