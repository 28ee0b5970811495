"""Files of v1.5 and v2, trained further, stay files of their family: what training does not touch is bit for bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from huebrush_backend.checkpoints.adding import add_clip, add_model
from huebrush_backend.checkpoints.installed import load_colorize_pipeline
from huebrush_backend.training.finetuning.configuration import (
    FineTuning,
    Method,
    Source,
    TuningData,
    TuningRun,
    What,
)
from huebrush_backend.training.finetuning.plan import make_plan
from huebrush_backend.training.finetuning.run import fine_tune
from safetensors.torch import load_file, save_file
from tiny_pictures import write_pictures
from tiny_release import write_clip
from vectors import all_vectors


@pytest.mark.parametrize(
    ("model", "name", "kind", "method"),
    [
        ("v1.5", "switch-eps-small", "ColorizePipelineV15", "lora"),
        ("v2", "v2-small", "ColorizePipelineV2", "full"),
    ],
)
def test_a_trained_file_is_its_familys_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, name: str, kind: str, method: Method
) -> None:
    vectors = all_vectors()[-1]
    file, models_folder = tmp_path / f"{name}.safetensors", tmp_path / "models"
    save_file(vectors.weights(model), file)
    add_clip(write_clip(tmp_path / "clip.safetensors", vectors.clip["embed_dim"]), models_folder)
    add_model(file, name, models_folder, "CC-BY-NC-SA-4.0")
    monkeypatch.setattr("huebrush_backend.training.finetuning.run.SHEET_PAIRS", 1)
    monkeypatch.setattr("huebrush_backend.training.finetuning.run.SHEET_STEPS", 1)
    pictures = write_pictures(tmp_path / "pictures")
    configuration = FineTuning(
        source=Source(model=name, name="mine", data=str(pictures)),
        run=TuningRun(method=method, steps=1, precision="float32", device="cpu"),
        data=TuningData(64),
        what=What(sketch_encoder=True),
    )
    record = fine_tune(make_plan(configuration, tmp_path / "run", False, models_folder))
    assert record is not None and record.family == f"colorize-diffusion-{model}"
    pipeline = load_colorize_pipeline(models_folder / "mine", torch.device("cpu"))
    assert type(pipeline).__name__ == kind
    assert pipeline.scheduler.config["prediction_type"] == ("v_prediction" if model == "v2" else "epsilon")
    if method == "full":
        old, new = load_file(file), load_file(models_folder / "mine" / record.file)
        assert old.keys() == new.keys()
        changed = {key.split(".")[0] for key in old if not torch.equal(old[key], new[key])}
        assert changed == {"model", "control_encoder"}
        additions = ("model.diffusion_model.warp_modules", "model.diffusion_model.style_modules")
        kept = [key for key in old if key.startswith(additions) or ".lora_" in key]
        assert kept and all(torch.equal(old[key], new[key]) for key in kept)
