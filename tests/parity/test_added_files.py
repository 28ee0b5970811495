"""Files of each released family, put into a models folder, come back as that family's pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from huebrush_backend.checkpoints.adding import add_clip, add_model
from huebrush_backend.checkpoints.installed import load_colorize_pipeline
from huebrush_backend.models.catalog import find_model
from safetensors.torch import save_file
from tiny_release import write_clip
from vectors import all_vectors


@pytest.mark.parametrize(
    ("model", "name", "kind", "native_size"),
    [
        ("v1", "mult-eps-small", "ColorizePipeline", 512),
        ("v1.5", "switch-eps-small", "ColorizePipelineV15", 512),
        ("v2", "v2-small", "ColorizePipelineV2", 768),
    ],
)
def test_an_added_file_is_its_familys_pipeline(
    tmp_path: Path, model: str, name: str, kind: str, native_size: int
) -> None:
    vectors = all_vectors()[-1]
    file, models_folder = tmp_path / f"{name}.safetensors", tmp_path / "models"
    save_file(vectors.weights(model), file)
    add_clip(write_clip(tmp_path / "clip.safetensors", vectors.clip["embed_dim"]), models_folder)
    add_model(file, name, models_folder, "CC-BY-NC-SA-4.0")
    entry = find_model(name, models_folder)
    assert entry.info.available
    assert entry.info.family == f"colorize-diffusion-{model}"
    assert entry.info.native_size == native_size
    pipeline = load_colorize_pipeline(entry.folder, torch.device("cpu"))
    assert type(pipeline).__name__ == kind
    assert pipeline.scheduler.config["prediction_type"] == ("v_prediction" if model == "v2" else "epsilon")
