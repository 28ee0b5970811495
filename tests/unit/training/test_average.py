"""The average of the weights over the steps: its value, and that it is what a run exports."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_training import state_of, train

DECAY = 0.15


def test_the_average_follows_its_formula_and_is_exported(tmp_path: Path) -> None:
    average: list[torch.Tensor] = []
    weights: dict[str, torch.Tensor] = {}
    for steps in range(1, 6):
        words = ["--stage", "vae", "--steps", "5", "--stop-at", str(steps), "--ema-decay", str(DECAY)]
        assert train(tmp_path, *words, *(["--resume"] if steps > 1 else [])) == 0
        state = state_of(tmp_path, "vae")
        weights = {name: tensor for name, tensor in state.items() if name.startswith("/module/")}
        decay = min(DECAY, 1 - (1 + (steps - 1) / 10) ** -0.8)  # "Average (EMA)" of docs/method.md, "Training"
        assert decay == pytest.approx([0, 0.0734, 0.1357, DECAY, DECAY][steps - 1], abs=1e-4)
        before = average or list(weights.values())
        average = [decay * old + (1 - decay) * new for old, new in zip(before, weights.values(), strict=True)]
        for number, tensor in enumerate(average):
            torch.testing.assert_close(state[f"/average/shadow_params/{number}"], tensor)
    (file,) = (tmp_path / "weights" / "vae").glob("*.safetensors")
    exported = load_file(file)
    expected = {name.removeprefix("/module/vae."): tensor for name, tensor in zip(weights, average, strict=True)}
    assert exported.keys() == expected.keys()
    for name, tensor in exported.items():
        torch.testing.assert_close(tensor, expected[name])
    latest = weights["/module/vae.decoder.conv_out.weight"]
    assert not torch.allclose(exported["decoder.conv_out.weight"], latest, rtol=0, atol=1e-6), "not the last weights"
