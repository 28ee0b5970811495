"""LoRA files change exactly the weights they name, times their strength, and fit no other model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.lora_files import merge_lora, write_lora
from huebrush_backend.models.lora import LowRank
from safetensors.torch import load_file, save_file
from torch import nn


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 4), nn.Linear(4, 4), nn.Conv2d(4, 4, 1))


def weight(network: nn.Module, layer: str) -> torch.Tensor:
    """Return the weight of one of the layers of `network`."""
    return network.state_dict()[f"{layer}.weight"]


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_the_named_weights_are_changed_by_strength_times_the_product(tmp_path: Path, strength: float) -> None:
    change, ours, before = LowRank(6, 4, 2), network(), network()
    write_lora(tmp_path / "mine.safetensors", {"0": change})
    assert set(load_file(tmp_path / "mine.safetensors")) == {"unet.0.lora_A.weight", "unet.0.lora_B.weight"}
    merge_lora(ours, tmp_path / "mine.safetensors", strength)
    wanted = weight(before, "0") + strength * change.up.weight @ change.down.weight
    assert torch.allclose(weight(ours, "0"), wanted, atol=1e-6)
    assert torch.equal(weight(ours, "0"), weight(before, "0")) == (strength == 0)
    assert torch.equal(weight(ours, "1"), weight(before, "1"))


@pytest.mark.parametrize(("layer", "sizes"), [("0", (5, 4)), ("7", (6, 4)), ("2", (4, 4))])
def test_a_file_that_does_not_fit_is_refused_and_changes_nothing(
    tmp_path: Path, layer: str, sizes: tuple[int, int]
) -> None:
    ours = network()
    write_lora(tmp_path / "mine.safetensors", {"1": LowRank(4, 4, 2), layer: LowRank(*sizes, 2)})
    with pytest.raises(CheckpointError, match=r"mine\.safetensors is not a LoRA of this model"):
        merge_lora(ours, tmp_path / "mine.safetensors", 1.0)
    assert torch.equal(weight(ours, "1"), weight(network(), "1"))


def test_a_file_with_other_tensors_is_refused(tmp_path: Path) -> None:
    save_file({"unet.0.lora_A.weight": torch.zeros(2, 6)}, tmp_path / "half.safetensors")
    save_file({"weight": torch.zeros(2, 6)}, tmp_path / "other.safetensors")
    for name in ("half", "other"):
        with pytest.raises(CheckpointError, match="not a LoRA"):
            merge_lora(network(), tmp_path / f"{name}.safetensors", 1.0)
