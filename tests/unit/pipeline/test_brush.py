"""A place of a picture denoised alone: what it looks at, and that all around it stays on its way."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.models.brushed_attention import BrushedReference
from huebrush_backend.models.catalog import builtin_folder
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.pipeline.brushing import Brush, MaskedEdits
from huebrush_backend.pipeline.colorize import ColorizePipeline

SIZE = 64
LEFT = torch.cat([torch.ones(1, 1, SIZE, 32), torch.zeros(1, 1, SIZE, 32)], dim=-1)
GENERATOR = torch.Generator().manual_seed(4)
REFERENCE, BEFORE = torch.rand(2, 1, 3, SIZE, SIZE, generator=GENERATOR) * 2 - 1
RED = (222, 40, 44)


@pytest.fixture(scope="module")
def pipeline() -> ColorizePipeline:
    loaded = ColorizePipeline.from_pretrained(builtin_folder(), dtype=torch.float32)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def latent(pipeline: ColorizePipeline, references: tuple[torch.Tensor, ...] = (REFERENCE,), **options) -> torch.Tensor:
    return pipeline(torch.full((1, 3, SIZE, SIZE), -1.0), references, SIZE, SIZE, **{"steps": 3, **options}).latent


@pytest.mark.parametrize("sampler", ["dpm", "ddim", "euler", "lms", "k_euler", "k_heun", "k_dpmpp_2m"])
def test_around_the_place_the_latent_becomes_that_of_the_picture_before(
    pipeline: ColorizePipeline, sampler: str
) -> None:
    brush = Brush((MaskedEdits(LEFT, (), RED),), BEFORE)
    found = latent(pipeline, brush=brush, sampler=sampler, steps=8)
    with torch.inference_mode():
        kept = pipeline.encode(BEFORE)
    assert (found - kept)[..., 4:].abs().max() < 0.05 * kept.abs().max()
    assert (found - kept)[..., :4].abs().mean() > 10 * (found - kept)[..., 4:].abs().mean()


def test_an_edit_in_a_place_is_another_than_on_the_whole_page(pipeline: ColorizePipeline) -> None:
    edit = TextEdit("red hair", strength=12.0)
    plain, everywhere = latent(pipeline), latent(pipeline, edits=[edit])
    brushed = latent(pipeline, brush=Brush((MaskedEdits(LEFT, [edit]),)))
    inside, outside = ((brushed - plain)[..., part].abs().mean() for part in (slice(0, 4), slice(4, 8)))
    assert inside > 1.25 * outside
    assert not torch.allclose(brushed, everywhere, atol=1e-3)


def test_a_place_without_an_edit_changes_nothing(pipeline: ColorizePipeline) -> None:
    torch.testing.assert_close(latent(pipeline, brush=Brush((MaskedEdits(LEFT),))), latent(pipeline), atol=1e-4, rtol=0)


def test_a_colour_is_seen_without_any_reference(pipeline: ColorizePipeline) -> None:
    plain = latent(pipeline, references=())
    red = latent(pipeline, references=(), brush=Brush((MaskedEdits(LEFT, (), RED),)))
    blue = latent(pipeline, references=(), brush=Brush((MaskedEdits(LEFT, (), (20, 60, 220)),)))
    assert not torch.allclose(red, plain, atol=1e-2) and not torch.allclose(red, blue, atol=1e-2)


def test_where_places_overlap_the_later_one_is_looked_at() -> None:
    whole = torch.ones(1, 1, 8, 8)
    half = LEFT[..., ::8, ::8]
    context = BrushedReference((ReferenceContext(torch.zeros(1, 1, 2)),) * 2, (whole, half)).ready(2)
    states = torch.zeros(1, 64, 1)
    joined = context.join(states, [states + 1, states + 2]).view(8, 8)
    assert (joined[:, :4] == 2).all() and (joined[:, 4:] == 1).all()
    lower = torch.zeros(1, 16, 1)
    assert context.join(lower, [lower + 1, lower + 2]).view(4, 4)[0].tolist() == [2, 2, 1, 1]
