"""Small parts of a baseline with random weights: Stable Diffusion, ControlNet, IP-Adapter and its CLIP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from huebrush_backend.checkpoints.baseline_parts import BaselineParts
from huebrush_backend.checkpoints.keys import unet_keys, vae_keys
from huebrush_backend.checkpoints.stable_diffusion import TEXT_PREFIX
from safetensors.torch import save_file
from tiny_release import SMALL_UNET, SMALL_VAE
from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

TOKEN_SIZE = 32
IMAGE_VECTOR_SIZE = 24
IMAGE_ENCODER_WIDTH = 32
HEADS = 8

State = dict[str, torch.Tensor]

_UNET: dict[str, Any] = SMALL_UNET | {"cross_attention_dim": TOKEN_SIZE, "attention_head_dim": HEADS}


def checkpoint_state() -> State:
    """Return the tensors of a Stable Diffusion 1.x model in half precision, with the names of single files."""
    torch.manual_seed(2)
    unet, vae = UNet2DConditionModel(**_UNET), AutoencoderKL(**SMALL_VAE)
    text_encoder = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=49408,
            hidden_size=TOKEN_SIZE,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=1,
            bos_token_id=49406,
            eos_token_id=49407,
        )
    )
    states = [unet.state_dict(), vae.state_dict(), text_encoder.state_dict()]
    names = [unet_keys(_UNET, states[0]), vae_keys(SMALL_VAE, states[1]), {TEXT_PREFIX + key: key for key in states[2]}]
    weights = {name: state[key] for state, keys in zip(states, names, strict=True) for name, key in keys.items()}
    for name, tensor in weights.items():
        if ".mid.attn_1." in name and tensor.ndim == 2:
            weights[name] = tensor[:, :, None, None]  # 1x1 convolutions in single files
    weights[f"{TEXT_PREFIX}embeddings.position_ids"] = torch.arange(77)[None]
    return {name: (tensor.half() if tensor.is_floating_point() else tensor) for name, tensor in weights.items()}


def ip_adapter_state(token_size: int = TOKEN_SIZE, image_size: int = IMAGE_VECTOR_SIZE) -> State:
    """Return the tensors of a plain IP-Adapter with four tokens, for the UNet of `checkpoint_state`."""
    generator = torch.Generator().manual_seed(3)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator) * 0.5

    state = {
        "image_proj.proj.weight": draw(4 * token_size, image_size),
        "image_proj.proj.bias": draw(4 * token_size),
        "image_proj.norm.weight": 1 + draw(token_size),
        "image_proj.norm.bias": draw(token_size),
    }
    # Cross-attentions in diffusers' order of processors, where every other processor is a self-attention.
    unet = UNet2DConditionModel(**_UNET)
    for number, name in enumerate(unet.attn_processors):
        if "attn2" in name:
            attention: Any = unet.get_submodule(name.removesuffix(".processor"))
            for projection in ("to_k_ip", "to_v_ip"):
                state[f"ip_adapter.{number}.{projection}.weight"] = draw(attention.to_q.out_features, token_size)
    return state


def ip_adapter_plus_state() -> State:
    """Return the tensors of an IP-Adapter of the kind "plus", whose resampler uses all patches of a picture."""
    generator, inner = torch.Generator().manual_seed(6), 64
    resampler = {
        "latents": (1, 4, inner),
        "proj_in.weight": (inner, IMAGE_ENCODER_WIDTH),
        "proj_in.bias": (inner,),
        "proj_out.weight": (TOKEN_SIZE, inner),
        "proj_out.bias": (TOKEN_SIZE,),
        "norm_out.weight": (TOKEN_SIZE,),
        "norm_out.bias": (TOKEN_SIZE,),
    }
    for layer in range(4):
        for norm in ("0.norm1", "0.norm2", "1.0"):
            resampler |= {f"layers.{layer}.{norm}.{part}": (inner,) for part in ("weight", "bias")}
        resampler |= {
            f"layers.{layer}.0.to_q.weight": (inner, inner),
            f"layers.{layer}.0.to_kv.weight": (2 * inner, inner),
            f"layers.{layer}.0.to_out.weight": (inner, inner),
            f"layers.{layer}.1.1.weight": (4 * inner, inner),
            f"layers.{layer}.1.3.weight": (inner, 4 * inner),
        }
    state = {key: tensor for key, tensor in ip_adapter_state().items() if key.startswith("ip_adapter.")}
    return state | {
        f"image_proj.{key}": torch.randn(shape, generator=generator) * 0.3 for key, shape in resampler.items()
    }


def write_controlnet(folder: Path, token_size: int = TOKEN_SIZE) -> Path:
    """Write a ControlNet with nonzero outputs (a new one's are zero) and return its folder."""
    torch.manual_seed(4)
    controlnet = ControlNetModel(
        block_out_channels=_UNET["block_out_channels"],
        down_block_types=_UNET["down_block_types"],
        layers_per_block=_UNET["layers_per_block"],
        cross_attention_dim=token_size,
        attention_head_dim=HEADS,
        conditioning_embedding_out_channels=(4, 8, 8, 16),
    )
    with torch.no_grad():
        for parameter in controlnet.parameters():
            if not parameter.any():
                parameter.normal_(std=0.1)
    controlnet.save_pretrained(folder)
    return folder


def write_image_encoder(folder: Path) -> Path:
    """Write the vision tower of a CLIP for pictures of 28 px and return its folder."""
    torch.manual_seed(5)
    config = CLIPVisionConfig(
        hidden_size=IMAGE_ENCODER_WIDTH,
        intermediate_size=64,
        projection_dim=IMAGE_VECTOR_SIZE,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=28,
        patch_size=14,
    )
    CLIPVisionModelWithProjection(config).save_pretrained(folder)
    return folder


def make_quick(folder: Path) -> Path:
    """Change the baseline in `folder` to pictures of 128 px, and return the folder."""
    config = folder / "unet" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"sample_size": 16}))
    return folder


def write_parts(folder: Path) -> BaselineParts:
    """Write all parts into `folder`, the checkpoint as the single file anything.safetensors."""
    save_file(
        {name: tensor.contiguous() for name, tensor in checkpoint_state().items()}, folder / "anything.safetensors"
    )
    save_file(ip_adapter_state(), folder / "ip-adapter.safetensors")
    return BaselineParts(
        folder / "anything.safetensors",
        write_controlnet(folder / "lineart"),
        folder / "ip-adapter.safetensors",
        write_image_encoder(folder / "clip"),
    )
