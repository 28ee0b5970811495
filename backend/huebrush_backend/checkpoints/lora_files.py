"""LoRA files: low-rank changes of attention layers, small beside the model that they change.

A file has two tensors for each layer, with the names that peft and diffusers use: `unet.LAYER.lora_A.weight`
(rank, inputs) and `unet.LAYER.lora_B.weight` (outputs, rank). The changed weight is W + strength · B A.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from huebrush_protocol.texts import Text
from safetensors.torch import save_file
from torch import nn

from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.models.lora import LowRank

_BEFORE, _DOWN, _UP = "unet.", ".lora_A.weight", ".lora_B.weight"


def write_lora(file: Path, layers: Mapping[str, LowRank]) -> None:
    """Write the changes of the UNet's `layers`, by their names, to `file`."""
    tensors = {}
    for name, layer in layers.items():
        tensors[f"{_BEFORE}{name}{_DOWN}"] = layer.down.weight.detach().float().cpu().contiguous()
        tensors[f"{_BEFORE}{name}{_UP}"] = layer.up.weight.detach().float().cpu().contiguous()
    save_file(tensors, file, {"format": "pt"})


def merge_lora(unet: nn.Module, file: Path, strength: float) -> None:
    """Add the changes in `file`, times `strength`, to the weights of `unet`; 0 leaves every bit as it is.

    Raises CheckpointError if they do not fit `unet`, and OSError if the file cannot be read.
    """
    changes = _read(file)
    layers = {name: layer for name, layer in unet.named_modules() if name in changes and isinstance(layer, nn.Linear)}
    shapes = {name: (up.shape[0], down.shape[1]) for name, (down, up) in changes.items()}
    if shapes != {name: tuple(layer.weight.shape) for name, layer in layers.items()}:
        raise _unfit(file)
    if not strength:
        return
    for name, layer in layers.items():
        down, up = changes[name]
        changed = layer.weight.float() + strength * (up @ down)
        layer.weight = nn.Parameter(changed.to(layer.weight.dtype), requires_grad=False)


def _read(file: Path) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Return both factors of each layer's change, in single precision."""
    tensors = read_state_dict(file)
    found = {}
    for key, down in tensors.items():
        if key.startswith(_BEFORE) and key.endswith(_DOWN):
            name = key.removeprefix(_BEFORE).removesuffix(_DOWN)
            up = tensors.get(f"{_BEFORE}{name}{_UP}")
            if up is None or up.ndim != 2 or down.ndim != 2 or up.shape[1] != down.shape[0]:
                raise _unfit(file)
            found[name] = (down.float(), up.float())
    if 2 * len(found) != len(tensors) or not found:
        raise _unfit(file)
    return found


def _unfit(file: Path) -> CheckpointError:
    return CheckpointError(Text.of("lora.unfit", file=file.name))
