"""The paper's variants: one CLS token, the local tokens, or all; with random weights, through the same pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from huebrush_backend.checkpoints.clip_files import load_clip
from huebrush_backend.checkpoints.single_file import released_networks, released_pipeline
from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.manipulation.position_weights import project
from huebrush_backend.manipulation.reference_tokens import ReferenceTokens, edit_tokens
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.enhancement import Enhancement
from huebrush_backend.pipeline.loading import load_pipeline
from huebrush_backend.pipeline.reference_heatmap import text_fit
from huebrush_protocol.texts import Text
from tiny_release import release_state, write_clip

SIDE = 64
LOCAL = 4
"""Local tokens of the small CLIP."""
COUNTS: dict[ReferenceTokens, int] = {"cls": 1, "local": LOCAL, "full": 1 + LOCAL}
PICTURES = torch.rand(3, 1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 2 - 1
RED, BLUE = TextEdit("red hair", control="hair"), TextEdit("blue hair", "red hair", "hair", 3.0, enhanced=True)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> ColorizePipeline:
    clip = load_clip(write_clip(tmp_path_factory.mktemp("clip") / "clip.safetensors"), torch.float32)
    networks = released_networks(release_state(), torch.float32)
    pipeline = released_pipeline(networks, clip, "epsilon")
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture(scope="module")
def variants(local: ColorizePipeline) -> dict[ReferenceTokens, ColorizePipeline]:
    return {kind: ColorizePipeline(**local.components, reference_tokens=kind) for kind in COUNTS}


@pytest.fixture(autouse=True)
def without_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


def paint(pipeline: ColorizePipeline, references: tuple[int, ...] = (1,), **options) -> torch.Tensor:
    pipeline.set_progress_bar_config(disable=True)
    chosen = [PICTURES[number] for number in references]
    return pipeline(PICTURES[0], chosen, SIDE, SIDE, steps=2, **options).latent


def test_local_tokens_are_what_a_pipeline_takes_unless_told_otherwise(local: ColorizePipeline) -> None:
    assert local.reference_tokens == "local"
    assert local.encode_references([PICTURES[1]]).shape[1] == LOCAL


def test_an_unknown_kind_of_tokens_is_refused(local: ColorizePipeline) -> None:
    with pytest.raises(ValueError, match="cls, local, full, not 'all'"):
        ColorizePipeline(**local.components, reference_tokens="all")  # pyright: ignore[reportArgumentType]


def test_the_tokens_of_all_references_follow_one_another(variants: dict[ReferenceTokens, ColorizePipeline]) -> None:
    for kind, pipeline in variants.items():
        alone = [pipeline.encode_references([picture]) for picture in PICTURES[1:]]
        both = pipeline.encode_references(list(PICTURES[1:]))
        assert both.shape[1] == 2 * COUNTS[kind]
        torch.testing.assert_close(both, torch.cat(alone, dim=1))


def test_cls_and_local_tokens_together_are_all(variants: dict[ReferenceTokens, ColorizePipeline]) -> None:
    parts = [variants[kind].encode_references([PICTURES[1]]) for kind in ("cls", "local")]
    torch.testing.assert_close(variants["full"].encode_references([PICTURES[1]]), torch.cat(parts, dim=1))


def test_edits_are_global_with_the_cls_token_and_local_otherwise(
    variants: dict[ReferenceTokens, ColorizePipeline],
) -> None:
    moved = {}
    for kind, pipeline in variants.items():
        moved[kind] = pipeline.encode_references([PICTURES[1]], [RED]) - pipeline.encode_references([PICTURES[1]])
    vector = variants["cls"].encode_texts(["red hair"])
    along = project(moved["cls"], vector)
    assert along.abs().item() > 1
    torch.testing.assert_close(moved["cls"], along * vector, atol=1e-4, rtol=1e-4)
    assert (moved["full"][:, 0] == 0).all()
    assert moved["full"][:, 1:].abs().max() > 0.1
    torch.testing.assert_close(moved["full"][:, 1:], moved["local"])


def test_a_global_edit_leaves_the_local_tokens_alone(variants: dict[ReferenceTokens, ColorizePipeline]) -> None:
    before, after = (variants["cls"].all_tokens(PICTURES[1], edits) for edits in ([], [RED]))
    assert torch.equal(after[:, 1:], before[:, 1:])
    assert not torch.allclose(after[:, 0], before[:, 0], atol=0.1)


@pytest.mark.parametrize("kind", COUNTS)
def test_edits_in_sequence_are_one_after_the_other(
    variants: dict[ReferenceTokens, ColorizePipeline], kind: ReferenceTokens
) -> None:
    pipeline = variants[kind]
    first = pipeline.all_tokens(PICTURES[1], [RED])
    apart = edit_tokens(first, kind, [BLUE], pipeline.encode_texts)
    assert torch.equal(pipeline.all_tokens(PICTURES[1], [RED, BLUE]), apart)
    assert not torch.allclose(pipeline.all_tokens(PICTURES[1], [BLUE, RED]), apart, atol=1e-3)


def test_where_an_edit_acts_depends_on_its_thresholds_with_local_tokens_only(
    variants: dict[ReferenceTokens, ColorizePipeline],
) -> None:
    everywhere = TextEdit("red hair", control="hair", thresholds=(0.0, 0.0, 0.0, 0.0))
    for kind, pipeline in variants.items():
        same = torch.allclose(
            pipeline.encode_references([PICTURES[1]], [RED]), pipeline.encode_references([PICTURES[1]], [everywhere])
        )
        assert same == (kind == "cls")


@pytest.mark.parametrize("kind", COUNTS)
def test_every_variant_paints_by_its_references_weights_and_edits(
    variants: dict[ReferenceTokens, ColorizePipeline], kind: ReferenceTokens
) -> None:
    pipeline = variants[kind]
    pictures = [
        paint(pipeline),
        paint(pipeline, ()),
        paint(pipeline, (1, 2)),
        paint(pipeline, (1, 2), reference_weights=[3.0, 1.0]),
        paint(pipeline, edits=[RED]),
        paint(pipeline, edits=[RED, BLUE]),
    ]
    for number, picture in enumerate(pictures):
        assert torch.isfinite(picture).all()
        for other in pictures[:number]:
            assert (picture - other).abs().max() > 1e-5


@pytest.mark.parametrize("kind", COUNTS)
def test_no_reference_is_a_reference_without_strength_in_every_variant(
    variants: dict[ReferenceTokens, ColorizePipeline], kind: ReferenceTokens
) -> None:
    nothing = paint(variants[kind], references=())
    plain = variants[kind].guidance_at(1.0, 1.0)
    torch.testing.assert_close(nothing, paint(variants[kind], reference_strength=0.0, guidance=plain))


@pytest.mark.parametrize("kind", COUNTS)
def test_every_variant_can_colour_the_background_apart(
    variants: dict[ReferenceTokens, ColorizePipeline], kind: ReferenceTokens
) -> None:
    mask = torch.cat([torch.ones(1, 1, 8, 4), torch.zeros(1, 1, 8, 4)], dim=-1)
    enhancement = Enhancement(background=True, sketch_mask=mask, background_picture=PICTURES[2])
    condition = variants[kind].condition([PICTURES[1]], [], enhancement, SIDE, SIDE)
    apart = [variants[kind].encode_references([picture]) for picture in PICTURES[1:]]
    torch.testing.assert_close(condition.tokens, torch.cat(apart, dim=1))
    assert (paint(variants[kind], enhancement=enhancement) - paint(variants[kind])).abs().max() > 1e-5
    with pytest.raises(ValueError, match="takes exactly one reference, not 2"):
        paint(variants[kind], references=(1, 2), enhancement=enhancement)


@pytest.mark.parametrize("kind", COUNTS)
def test_a_variant_is_saved_and_loaded_as_what_it_is(
    variants: dict[ReferenceTokens, ColorizePipeline], kind: ReferenceTokens, tmp_path: Path
) -> None:
    variants[kind].save_pretrained(tmp_path / "own")
    again = load_pipeline(tmp_path / "own", torch.device("cpu"))
    assert again.reference_tokens == kind
    torch.testing.assert_close(paint(again, edits=[RED]), paint(variants[kind], edits=[RED]), atol=1e-4, rtol=1e-4)


def test_heatmap_after_edits_of_the_whole_reference_is_refused(
    variants: dict[ReferenceTokens, ColorizePipeline],
) -> None:
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    with pytest.raises(ValueError) as caught:
        text_fit(variants["cls"], picture, ["hair"], [RED])
    assert Text.about(caught.value).id == "model.edits_everywhere"
    assert text_fit(variants["local"], picture, ["hair"], [RED]).shape == (LOCAL**0.5, LOCAL**0.5)
