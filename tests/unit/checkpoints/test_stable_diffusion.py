"""Stable Diffusion 1.5 at full size, by shapes alone: what is read off them has the published numbers of parameters."""

from __future__ import annotations

from typing import Any

from accelerate import init_empty_weights
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from huebrush_backend.checkpoints.configurations import unet_configuration
from huebrush_backend.checkpoints.filling import shapes_of
from huebrush_backend.checkpoints.keys import unet_keys
from huebrush_backend.checkpoints.stable_diffusion import TEXT_PREFIX, UNET_HEADS, text_configuration
from torch import nn
from transformers import CLIPTextModel

UNET: dict[str, Any] = {
    "sample_size": 64,
    "in_channels": 4,
    "out_channels": 4,
    "block_out_channels": (320, 640, 1280, 1280),
    "layers_per_block": 2,
    "down_block_types": ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
    "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
    "cross_attention_dim": 768,
    "attention_head_dim": UNET_HEADS,
    "use_linear_projection": False,
}


def size_of(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_the_unet_s_configuration_is_read_off_its_tensors() -> None:
    with init_empty_weights():
        unet = UNet2DConditionModel(**UNET)
    assert size_of(unet) == 859_520_964
    state = unet.state_dict()
    names = unet_keys(UNET, state)
    assert len(names) == len(state)
    found = unet_configuration(shapes_of({name: state[key] for name, key in names.items()}), 64)
    assert found | {"attention_head_dim": UNET_HEADS} == UNET


def test_the_text_encoder_s_configuration_is_read_off_its_tensors() -> None:
    shapes = {f"{TEXT_PREFIX}encoder.layers.{layer}.mlp.fc1.weight": (3072, 768) for layer in range(12)}
    shapes[f"{TEXT_PREFIX}embeddings.token_embedding.weight"] = (49408, 768)
    shapes[f"{TEXT_PREFIX}embeddings.position_embedding.weight"] = (77, 768)
    configuration = text_configuration(shapes)
    assert configuration.num_attention_heads == 12
    with init_empty_weights():
        assert size_of(CLIPTextModel(configuration)) == 123_060_480
