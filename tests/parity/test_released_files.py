"""The authors' v1.5 and v2 files from end to end: loaded, painted with, saved, and refused where something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from huebrush_backend.checkpoints.errors import CheckpointKeysError
from huebrush_backend.checkpoints.single_file import from_single_file, released_networks
from huebrush_backend.models.catalog import list_models
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.enhancement import Enhancement
from huebrush_backend.pipeline.loading import PipelineFilesError, load_pipeline
from released import towers_of
from safetensors.torch import save_file
from vectors import Vectors, all_vectors

SIDE = 64
MASK = torch.cat([torch.ones(1, 1, 8, 4), torch.zeros(1, 1, 8, 4)], dim=-1)
PICTURES = torch.rand(3, 1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 2 - 1
REFERENCE_MASK = (PICTURES[2, :, :1] > 0).float()
BACKGROUND = Enhancement(background=True, sketch_mask=MASK, reference_mask=REFERENCE_MASK)
FOREGROUND = Enhancement(foreground=True, sketch_mask=MASK)
WEAK_FOREGROUND = replace(FOREGROUND, foreground_scale=0.5)
BOTH = Enhancement(background=True, foreground=True, sketch_mask=MASK, background_picture=PICTURES[2])
STYLE = Enhancement(style=True)
ALL = Enhancement(background=True, style=True, sketch_mask=MASK, background_picture=PICTURES[2], style_merge=0.5)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return all_vectors()[-1]


@pytest.fixture(scope="module")
def pipelines(vectors: Vectors, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ColorizePipeline]:
    """The pipeline of each family, loaded from a file named as the authors name theirs."""
    folder = tmp_path_factory.mktemp("files")
    names = {"v1": "mult-eps-small", "v1.5": "switch-eps-small", "v2": "v2-small"}
    loaded = {}
    for model, name in names.items():
        file = folder / f"{name}.safetensors"
        save_file(vectors.weights(model), file)
        loaded[model] = from_single_file(file, towers_of(vectors))
        loaded[model].set_progress_bar_config(disable=True)
    return loaded


@pytest.fixture(scope="module")
def plain(pipelines: dict[str, ColorizePipeline]) -> Callable[[str], torch.Tensor]:
    """What a model paints without enhancement, painted once."""
    return cache(lambda model: paint(pipelines[model]))


def paint(pipeline: ColorizePipeline, enhancement: Enhancement | None = None) -> torch.Tensor:
    return pipeline(PICTURES[0], [PICTURES[1]], SIDE, SIDE, steps=2, enhancement=enhancement).latent


def test_the_files_names_tell_what_the_networks_predict(pipelines: dict[str, ColorizePipeline]) -> None:
    found = {model: pipeline.scheduler.config["prediction_type"] for model, pipeline in pipelines.items()}
    assert found == {"v1": "epsilon", "v1.5": "epsilon", "v2": "v_prediction"}
    assert {model: pipeline.config["native_size"] for model, pipeline in pipelines.items()} == {
        "v1": 512,
        "v1.5": 512,
        "v2": 768,
    }


@pytest.mark.parametrize(
    ("model", "enhancement"),
    [
        ("v1", BACKGROUND),
        ("v1.5", BACKGROUND),
        ("v1.5", FOREGROUND),
        ("v1.5", BOTH),
        ("v2", BACKGROUND),
        ("v2", WEAK_FOREGROUND),
        ("v2", STYLE),
        ("v2", ALL),
    ],
)
def test_an_enhancement_changes_its_own_picture_and_no_later_one(
    pipelines: dict[str, ColorizePipeline],
    plain: Callable[[str], torch.Tensor],
    model: str,
    enhancement: Enhancement,
) -> None:
    before = plain(model)
    enhanced = paint(pipelines[model], enhancement)
    assert torch.isfinite(enhanced).all()
    assert (enhanced - before).abs().max() > 1e-3
    assert torch.equal(paint(pipelines[model]), before)


@pytest.mark.parametrize(("model", "enhancement"), [("v1", STYLE), ("v1", FOREGROUND), ("v1.5", STYLE)])
def test_an_enhancement_that_a_model_does_not_have_is_refused(
    pipelines: dict[str, ColorizePipeline], model: str, enhancement: Enhancement
) -> None:
    with pytest.raises(ValueError, match="enhance"):
        paint(pipelines[model], enhancement)


@pytest.mark.parametrize(("model", "enhancement"), [("v1.5", BACKGROUND), ("v2", ALL)])
def test_a_pipeline_is_saved_listed_and_loaded_with_all_its_networks(
    pipelines: dict[str, ColorizePipeline], model: str, enhancement: Enhancement, tmp_path: Path
) -> None:
    pipelines[model].save_pretrained(tmp_path / "own")
    assert "own" in [entry.name for entry in list_models(tmp_path)]
    again = load_pipeline(tmp_path / "own", torch.device("cpu"))
    again.set_progress_bar_config(disable=True)
    torch.testing.assert_close(paint(again, enhancement), paint(pipelines[model], enhancement), atol=1e-4, rtol=1e-4)


def test_a_folder_of_another_pipeline_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}', "utf-8")
    assert "other" not in [entry.name for entry in list_models(tmp_path)]
    with pytest.raises(PipelineFilesError, match="holds a StableDiffusionPipeline"):
        load_pipeline(folder, torch.device("cpu"))


@pytest.mark.parametrize(
    ("model", "key"),
    [
        ("v1.5", "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.lora_up_bg.weight"),
        ("v1.5", "transformer.layers.1.2.to_out.0.bias"),
        ("v1.5", "thresh_embedder.embed_layer.2.bias"),
        ("v2", "model.diffusion_model.output_blocks.9.1.transformer_blocks.0.attn2.to_q.lora_down_fg.weight"),
        ("v2", "model.diffusion_model.warp_modules.6.ff.2.weight"),
        ("v2", "model.diffusion_model.style_modules.11.0.bias"),
        ("v2", "bg_encoder.label_emb.0.2.weight"),
        ("v2", "bg_encoder.zero_layers.4.weight"),
        ("v2", "style_encoder.input_blocks.4.1.proj_in.weight"),
    ],
)
def test_a_missing_or_misshapen_tensor_is_named(vectors: Vectors, model: str, key: str) -> None:
    weights = vectors.weights(model)
    with pytest.raises(CheckpointKeysError) as missing:
        released_networks({name: tensor for name, tensor in weights.items() if name != key})
    assert any(name in missing.value.missing for name in (key, key.replace("to_q", "to_k")))
    with pytest.raises(CheckpointKeysError) as misshapen:
        released_networks(weights | {key: weights[key][:1]})
    layer = key.rpartition(".")[0]
    assert layer in {name.rpartition(".")[0] for name in misshapen.value.wrong_shapes}


def test_v2_has_nothing_of_its_own_for_a_foreground(
    pipelines: dict[str, ColorizePipeline], plain: Callable[[str], torch.Tensor]
) -> None:
    torch.testing.assert_close(paint(pipelines["v2"], FOREGROUND), plain("v2"), atol=1e-4, rtol=1e-4)
