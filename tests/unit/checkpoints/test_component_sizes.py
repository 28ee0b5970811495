"""Parameters of each network, read off the files' headers, are those of the networks that are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from huebrush_backend.checkpoints.component_sizes import component_parameters
from huebrush_backend.checkpoints.errors import DamagedFileError
from huebrush_backend.checkpoints.installed import load_colorize_pipeline
from huebrush_backend.models.catalog import builtin_folder
from huebrush_backend.models.registration import CLIP_FILE, CLIP_NAME, ModelRecord, write_record
from huebrush_backend.pipeline.colorize import ColorizePipeline
from tiny_release import write_clip, write_release
from torch import nn

NETWORKS = ("unet", "vae", "sketch_encoder", "image_encoder", "text_encoder")


def loaded_parameters(pipeline: ColorizePipeline) -> dict[str, int]:
    pipeline.encode_texts(["red hair"])
    networks: dict[str, nn.Module] = {name: getattr(pipeline, name) for name in NETWORKS}
    return {name: sum(part.numel() for part in network.parameters()) for name, network in networks.items()}


def test_a_diffusers_folder() -> None:
    folder = builtin_folder()
    found = component_parameters(folder)
    assert {name: found[name] for name in NETWORKS} == loaded_parameters(
        load_colorize_pipeline(folder, torch.device("cpu"))
    )


@pytest.fixture
def released(tmp_path: Path) -> Path:
    folder = tmp_path / "mult-eps-small"
    folder.mkdir()
    (tmp_path / CLIP_NAME).mkdir()
    file = write_release(folder / "mult-eps-small.safetensors")
    write_clip(tmp_path / CLIP_NAME / CLIP_FILE)
    record = ModelRecord(file.name, "colorize-diffusion-v1", "small", "epsilon", 512, "none", "0" * 64)
    write_record(folder, record)
    return folder


def test_a_released_file_with_clip(released: Path) -> None:
    found = component_parameters(released)
    found["text_encoder"] -= 1  # CLIP's logit scale, which we do not use
    assert found == loaded_parameters(load_colorize_pipeline(released, torch.device("cpu")))


def test_a_damaged_file_is_called_so(released: Path) -> None:
    (released / "mult-eps-small.safetensors").write_bytes(b"no weights")
    with pytest.raises(DamagedFileError, match="mult-eps-small"):
        component_parameters(released)
