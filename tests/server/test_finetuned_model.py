"""One job with a LoRA of a small v1 model in a real worker, as Krita's plugin would send it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from huebrush_backend.checkpoints.adding import add_clip, add_model
from huebrush_backend.checkpoints.lora_files import write_lora
from huebrush_backend.checkpoints.tuned_files import add_tuned
from huebrush_backend.models.lora import LowRank
from huebrush_backend.models.registration import read_record, write_record
from huebrush_protocol.messages import ImageHeader, Result
from huebrush_protocol.parameters import Parameters
from serving_backend import Backend
from tiny_release import TOKEN_SIZE, write_clip, write_release

LINES = np.zeros((64, 64, 4), np.uint8)
LINES[20:24] = LINES[40:44] = (0, 0, 0, 255)
IMAGES = [
    (ImageHeader("line_art", 64, 64, "BGRA"), LINES),
    (ImageHeader("reference", 64, 64, "BGRA"), np.full((64, 64, 4), (40, 60, 200, 255), np.uint8)),
]
LAYER = "up_blocks.1.attentions.2.transformer_blocks.0.attn2.to_v"


def test_a_lora_colorizes_and_its_strength_may_change_between_jobs(
    root: Path, start_backend: Callable[..., Backend], tmp_path: Path
) -> None:
    folder = root / "data" / "models"
    add_clip(write_clip(tmp_path / "clip.safetensors"), folder)
    parent = add_model(write_release(tmp_path / "mult-eps.safetensors"), "parent", folder, "CC-BY-NC-SA-4.0", "epsilon")
    torch.manual_seed(0)
    change = LowRank(TOKEN_SIZE, 64, 4)
    torch.nn.init.normal_(change.up.weight, std=10.0)
    write_lora(tmp_path / "mine.safetensors", {LAYER: change})
    record = add_tuned(tmp_path / "mine.safetensors", "mine", "parent", parent, folder, strength=1.0)

    client = start_backend("--device", "cpu", engine=None).client()
    models = {model.name: model for model in client.hello().models}
    assert models["mine"].available and models["mine"].title == "ColorizeDiffusion v1 (parent) + mine"

    def painted(model: str) -> tuple[bytes, dict]:
        received = client.result(client.submit(model, Parameters(seed=3, steps=1), IMAGES), silence=300.0)
        assert isinstance(received.message, Result), received.message
        return received.images[0].data.tobytes(), received.message.recipe

    changed, changed_recipe = painted("mine")
    stored = read_record(folder / "mine")
    assert stored == record
    write_record(folder / "mine", replace(record, strength=0.0))
    original, recipe = painted("mine")
    assert changed != original
    assert recipe["model_sha256"] != changed_recipe["model_sha256"]
