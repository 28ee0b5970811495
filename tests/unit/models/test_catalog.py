"""What the catalogue tells of a model without loading it is what the model turns out to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from huebrush_backend.checkpoints.baseline_adding import add_baseline
from huebrush_backend.checkpoints.installed import load_colorize_pipeline, load_model
from huebrush_backend.models.baseline_folder import BASELINE_SAMPLERS
from huebrush_backend.models.block_count import transformer_block_count
from huebrush_backend.models.catalog import builtin_folder, find_model
from huebrush_backend.models.registration import CLIP_FILE, CLIP_NAME, ModelRecord, write_record
from huebrush_backend.pipeline.samplers import make_sampler
from huebrush_backend.pipeline.schedulers import SCHEDULERS
from huebrush_backend.synthesis import vocabulary
from huebrush_protocol.parameters import CONTROLS, SAMPLERS
from tiny_baseline import write_parts
from tiny_release import write_clip, write_release

CPU = torch.device("cpu")


def test_the_built_in_model() -> None:
    info = find_model("demo").info
    pipeline = load_colorize_pipeline(builtin_folder(), CPU)
    assert info.blocks == pipeline.unet.transformer_block_count == len(pipeline.transformer_block_places) > 0
    suitable = pipeline.guidance_at(None, None)
    assert (info.reference_guidance, info.sketch_guidance) == (suitable.reference, suitable.sketch) == (2.5, 1.5)
    assert info.controls == CONTROLS
    assert set(SAMPLERS) - set(info.samplers) == {"pndm"}
    for sampler in info.samplers:
        make_sampler(sampler, pipeline.scheduler.config, 4, "automatic", CPU)


def test_its_vocabulary_is_what_it_was_trained_with_and_its_tokenizer_knows_every_word() -> None:
    words = find_model("demo").info.vocabulary
    assert words == vocabulary()
    assert {"blue", "pale blue", "hair", "eyes", "fair skin", "foliage"} <= set(words)
    tokenizer = load_colorize_pipeline(builtin_folder(), CPU).tokenizer
    split = [word for word in words if len(tokenizer(word)["input_ids"]) - 2 != len(word.split())]
    assert split == []


def test_a_released_file_and_what_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (tmp_path / CLIP_NAME).mkdir()
    write_clip(tmp_path / CLIP_NAME / CLIP_FILE)
    file = write_release(folder / "small.safetensors")
    write_record(folder, ModelRecord(file.name, "colorize-diffusion-v1", "Small", "epsilon", 512, "none", "0" * 64))
    info = find_model("small", tmp_path).info
    pipeline = load_colorize_pipeline(folder, CPU)
    assert info.blocks == pipeline.unet.transformer_block_count > 0
    suitable = pipeline.guidance_at(None, None)
    assert (info.reference_guidance, info.sketch_guidance) == (suitable.reference, suitable.sketch)
    assert (info.controls, info.samplers, info.vocabulary) == (CONTROLS, SAMPLERS, ())
    for content in (b"", b"no weights at all", (2).to_bytes(8, "little") + b"[]", b"\xff" * 8):
        file.write_bytes(content)
        assert find_model("small", tmp_path).info.blocks == 0


@pytest.mark.parametrize("version", ["v1", "v1.5", "v2"])
def test_the_published_models_have_sixteen_blocks(version: str, tmp_path: Path) -> None:
    """Their files' headers, made of the recorded shapes, without any weights."""
    recorded = Path(__file__).parents[2] / "parity" / "selection" / f"shapes_{version}.json"
    header = json.dumps({key: {} for key in json.loads(recorded.read_text("utf-8"))}).encode()
    file = tmp_path / "published.safetensors"
    file.write_bytes(len(header).to_bytes(8, "little") + header)
    assert transformer_block_count([file], "model.diffusion_model.") == 16


def test_a_baseline_has_none_of_the_controls(tmp_path: Path) -> None:
    add_baseline(write_parts(tmp_path), "anything", tmp_path / "models")
    info = find_model("anything", tmp_path / "models").info
    assert (info.controls, info.blocks, info.enhancements, info.vocabulary) == ((), 0, (), ())
    assert info.samplers == BASELINE_SAMPLERS == tuple(SCHEDULERS)
    assert load_model(tmp_path / "models" / "anything", CPU).transformer_block_places == ()
