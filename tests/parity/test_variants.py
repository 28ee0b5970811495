"""v1.5 and v2 with other tokens of the reference than the released local ones: they work, or are refused in words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
import torch
from huebrush_backend.checkpoints.single_file import released_networks, released_pipeline
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.manipulation.reference_tokens import ReferenceTokens
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.enhancement import Enhancement
from released import towers_of
from vectors import all_vectors

SIDE = 64
MASK = torch.cat([torch.ones(1, 1, 8, 4), torch.zeros(1, 1, 8, 4)], dim=-1)
PICTURES = torch.rand(3, 1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 2 - 1
CUT_OUT = Enhancement(background=True, sketch_mask=MASK, reference_mask=(PICTURES[2, :, :1] > 0).float())
PICTURE = Enhancement(background=True, sketch_mask=MASK, background_picture=PICTURES[2])
FOREGROUND = Enhancement(foreground=True, sketch_mask=MASK, foreground_scale=0.5)
STYLE = Enhancement(style=True)
COUNTS = {"cls": 1, "full": 257}


@cache
def released(model: str) -> ColorizePipeline:
    vectors = all_vectors()[-1]
    return released_pipeline(released_networks(vectors.weights(model)), towers_of(vectors), "epsilon")


@pytest.fixture(params=[(model, kind) for model in ("v1.5", "v2") for kind in COUNTS], ids="-".join)
def variant(request: pytest.FixtureRequest) -> ColorizePipeline:
    model, kind = request.param
    original = released(model)
    pipeline = type(original)(**original.components, reference_tokens=kind)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def paint(pipeline: ColorizePipeline, enhancement: Enhancement | None = None, edits: tuple = ()) -> torch.Tensor:
    return pipeline(PICTURES[0], [PICTURES[1]], SIDE, SIDE, steps=1, enhancement=enhancement, edits=edits).latent


def kind_of(pipeline: ColorizePipeline) -> ReferenceTokens:
    assert pipeline.config["reference_tokens"] == pipeline.reference_tokens
    return pipeline.reference_tokens


def test_edits_and_enhancements_act_on_the_variant_s_tokens(variant: ColorizePipeline) -> None:
    count = COUNTS[kind_of(variant)]
    recovers = "recovery_transformer" in variant.components
    enhancements = [PICTURE, FOREGROUND, *([] if recovers else [CUT_OUT, STYLE, replace(PICTURE, style=True)])]
    before = paint(variant)
    assert (paint(variant, edits=(TextEdit("red hair", control="hair"),)) - before).abs().max() > 1e-5
    for enhancement in enhancements:
        with torch.no_grad():
            condition = variant.condition([PICTURES[1]], [], enhancement, SIDE, SIDE)
        assert condition.tokens.shape[1] == count * (1 + enhancement.splits)
        assert (paint(variant, enhancement) - before).abs().max() > 1e-5


@pytest.mark.parametrize("variant", [("v1.5", kind) for kind in COUNTS], ids="-".join, indirect=True)
def test_what_was_learned_for_local_tokens_is_refused(variant: ColorizePipeline) -> None:
    with pytest.raises(ValueError, match="cannot recover a background from the reference"):
        paint(variant, CUT_OUT)
