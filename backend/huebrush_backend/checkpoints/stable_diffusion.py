"""Loads Stable Diffusion 1.x from a single file, without the hub.

Sizes are read from the tensors' shapes; everything else is the same for all models of the kind. diffusers'
`from_single_file` would fetch configurations and vocabulary from the hub; here they come with the project.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_pndm import PNDMScheduler
from transformers import CLIPTextConfig, CLIPTextModel

from huebrush_backend.checkpoints.configurations import shape_of, unet_configuration, vae_configuration
from huebrush_backend.checkpoints.errors import CheckpointError, Shape
from huebrush_backend.checkpoints.families import EMBEDDER_PREFIX, SKETCH_ENCODER_PREFIX, UNET_PREFIX, VAE_PREFIX
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.checkpoints.filling import Part, fill, require_tensors, shapes_of
from huebrush_backend.checkpoints.keys import unet_keys, vae_keys

NATIVE_SIZE = 512
UNET_HEADS = 8
"""Number of attention heads at every level of a Stable Diffusion 1.x UNet."""
TEXT_HEAD_WIDTH = 64
TEXT_PREFIX = f"{EMBEDDER_PREFIX}transformer.text_model."
OLD_TEXT_PREFIX = f"{EMBEDDER_PREFIX}transformer."
"""Key prefix without the part that files derived from NovelAI's, such as Anything v3's, leave out."""
_TEXT_ROOMS = ("embeddings.", "encoder.", "final_layer_norm.")
_UNUSED = ("position_ids",)


@dataclass(frozen=True)
class StableDiffusion:
    """The networks of a Stable Diffusion 1.x model."""

    unet: UNet2DConditionModel
    vae: AutoencoderKL
    text_encoder: CLIPTextModel


def read_stable_diffusion(file: Path, dtype: torch.dtype) -> StableDiffusion:
    """Load the networks in the safetensors `file`. Tensors that already have `dtype` stay in the file until used.

    Raises CheckpointError (see `errors.py`) for any other kind of file, and OSError when it cannot be read.
    """
    weights = {_full_name(key): tensor for key, tensor in read_state_dict(file).items()}
    _require_version_1(file, weights)
    shapes = shapes_of(weights)
    unet_config: dict[str, Any] = unet_configuration(shapes, NATIVE_SIZE // 8) | {"attention_head_dim": UNET_HEADS}
    vae_config = vae_configuration(shapes, NATIVE_SIZE)
    with init_empty_weights(include_buffers=False):
        unet = UNet2DConditionModel(**unet_config)
        vae = AutoencoderKL(**vae_config)
        text_encoder = CLIPTextModel(text_configuration(shapes))
    parts: list[Part] = [
        (unet, unet_keys(unet_config, unet.state_dict())),
        (vae, vae_keys(vae_config, vae.state_dict())),
        (text_encoder, {TEXT_PREFIX + key: key for key in text_encoder.state_dict()}),
    ]
    require_tensors(shapes, parts, _may_be_there)
    for network, names in parts:
        fill(network, names, weights, dtype)
    return StableDiffusion(unet, vae, text_encoder)


def stable_diffusion_scheduler() -> PNDMScheduler:
    """Return the noise schedule and default sampler of all Stable Diffusion 1.x models."""
    return PNDMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        skip_prk_steps=True,
        set_alpha_to_one=False,
        steps_offset=1,
    )


def _full_name(key: str) -> str:
    rest = key.removeprefix(OLD_TEXT_PREFIX)
    return TEXT_PREFIX + rest if rest != key and rest.startswith(_TEXT_ROOMS) else key


def _may_be_there(key: str) -> bool:
    """Return whether `key` is allowed beside the networks' tensors: buffers, and additions of training programs."""
    return not key.startswith((UNET_PREFIX, VAE_PREFIX, TEXT_PREFIX)) or key.endswith(_UNUSED)


def _require_version_1(file: Path, weights: Mapping[str, torch.Tensor]) -> None:
    def has(prefix: str) -> bool:
        return any(key.startswith(prefix) for key in weights)

    wanted = "Give a file of Stable Diffusion 1.5 or of a model made out of it, such as Anything v3."
    if has(SKETCH_ENCODER_PREFIX):
        raise CheckpointError(
            f"{file.name} is a ColorizeDiffusion model, not Stable Diffusion: run 'huebrush models add' with it."
        )
    if has("conditioner.embedders."):
        raise CheckpointError(f"{file.name} is a Stable Diffusion XL model. {wanted}")
    if has(f"{EMBEDDER_PREFIX}model."):
        raise CheckpointError(f"{file.name} is a Stable Diffusion 2 model. {wanted}")
    for prefix, part in ((UNET_PREFIX, "UNet"), (VAE_PREFIX, "VAE"), (TEXT_PREFIX, "text encoder")):
        if not has(prefix):
            raise CheckpointError(f"{file.name} holds no {part} of Stable Diffusion (no keys {prefix}*). {wanted}")
    channels = shape_of(shapes_of(weights), f"{UNET_PREFIX}input_blocks.0.0.weight")[1]
    if channels != shape_of(shapes_of(weights), f"{VAE_PREFIX}post_quant_conv.weight")[0]:
        raise CheckpointError(f"{file.name} is a model for inpainting or the like ({channels} channels in). {wanted}")


def text_configuration(shapes: Mapping[str, Shape]) -> CLIPTextConfig:
    """Return the configuration of the text encoder in a file with `shapes`. Raises CheckpointKeysError."""
    words, width = shape_of(shapes, f"{TEXT_PREFIX}embeddings.token_embedding.weight")
    layers_prefix = f"{TEXT_PREFIX}encoder.layers."
    layers = {key.removeprefix(layers_prefix).split(".")[0] for key in shapes if key.startswith(layers_prefix)}
    options: dict[str, Any] = {
        "vocab_size": words,
        "hidden_size": width,
        "projection_dim": width,
        "intermediate_size": shape_of(shapes, f"{layers_prefix}0.mlp.fc1.weight")[0],
        "num_hidden_layers": len(layers),
        "num_attention_heads": max(width // TEXT_HEAD_WIDTH, 1),
        "max_position_embeddings": shape_of(shapes, f"{TEXT_PREFIX}embeddings.position_embedding.weight")[0],
        "hidden_act": "quick_gelu",
        "bos_token_id": words - 2,
        "eos_token_id": words - 1,
        "pad_token_id": words - 1,
    }
    return CLIPTextConfig(**options)
