"""Small released files with random weights: names and structure of the authors' v1 files and of OpenCLIP's files."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from huebrush_backend.checkpoints.families import VAE_PREFIX
from huebrush_backend.checkpoints.keys import sketch_encoder_keys, unet_keys, vae_keys
from huebrush_backend.checkpoints.single_file import released_scheduler
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from safetensors.torch import save_file
from torch import nn

TOKEN_SIZE = 32

State = dict[str, torch.Tensor]


SMALL_UNET = {
    "sample_size": 64,
    "in_channels": 4,
    "out_channels": 4,
    "block_out_channels": (64, 128),
    "layers_per_block": 2,
    "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
    "cross_attention_dim": TOKEN_SIZE,
    "attention_head_dim": (1, 2),
    "use_linear_projection": False,
}
SMALL_VAE = {
    "sample_size": 512,
    "in_channels": 3,
    "out_channels": 3,
    "latent_channels": 4,
    "block_out_channels": (32, 32, 64, 64),
    "layers_per_block": 2,
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "scaling_factor": 0.18215,
}
SMALL_SKETCH_ENCODER = {"stem_channels": (4, 8, 8, 16), "block_out_channels": (64, 128)}


def released_state(unet: dict, vae: dict, sketch_encoder: dict) -> State:
    """Make networks of these configurations; return their tensors with the names of the released files."""
    networks: list[nn.Module] = [ColorizeUNet(**unet), AutoencoderKL(**vae), SketchEncoder(**sketch_encoder)]
    states = [network.state_dict() for network in networks]
    names = [unet_keys(unet, states[0]), vae_keys(vae, states[1]), sketch_encoder_keys(states[2])]
    weights = {name: state[key] for state, keys in zip(states, names, strict=True) for name, key in keys.items()}
    for name, tensor in weights.items():
        if ".mid.attn_1." in name and tensor.ndim == 2:
            weights[name] = tensor[:, :, None, None]  # released VAEs have 1x1 convolutions there
    return weights


def release_state() -> State:
    """Return a v1 model's tensors with their released names: half-precision VAE, schedule buffers, no CLIP."""
    torch.manual_seed(0)
    state = released_state(SMALL_UNET, SMALL_VAE, SMALL_SKETCH_ENCODER)
    state = {name: tensor.half() if name.startswith(VAE_PREFIX) else tensor for name, tensor in state.items()}
    scheduler = released_scheduler()
    return state | {"betas": scheduler.betas, "alphas_cumprod": scheduler.alphas_cumprod}


def write_release(file: Path) -> Path:
    """Write `release_state` to `file` and return it."""
    save_file({name: tensor.contiguous() for name, tensor in release_state().items()}, file)
    return file


def clip_state(token_size: int = TOKEN_SIZE) -> State:
    """Return a CLIP in OpenCLIP's format with tokens of `token_size`, one attention head per layer, and all words."""
    generator = torch.Generator().manual_seed(1)

    def draw(*shape: int) -> torch.Tensor:
        return (torch.randn(shape, generator=generator) * 0.05).half()

    def blocks(prefix: str, width: int) -> State:
        state = {}
        for block in range(2):
            here = f"{prefix}transformer.resblocks.{block}"
            state |= {f"{here}.{norm}.{part}": draw(width) for norm in ("ln_1", "ln_2") for part in ("weight", "bias")}
            state |= {
                f"{here}.attn.in_proj_weight": draw(3 * width, width),
                f"{here}.attn.in_proj_bias": draw(3 * width),
            }
            for name, out, into in (
                ("attn.out_proj", width, width),
                ("mlp.c_fc", 2 * width, width),
                ("mlp.c_proj", width, 2 * width),
            ):
                state |= {f"{here}.{name}.weight": draw(out, into), f"{here}.{name}.bias": draw(out)}
        return state

    vision, text = 80, 64
    state = blocks("visual.", vision) | blocks("", text)
    for norm, width in (("visual.ln_pre", vision), ("visual.ln_post", vision), ("ln_final", text)):
        state |= {f"{norm}.{part}": draw(width) for part in ("weight", "bias")}
    return state | {
        "visual.class_embedding": draw(vision),
        "visual.positional_embedding": draw(5, vision),
        "visual.conv1.weight": draw(vision, 3, 14, 14),
        "visual.proj": draw(vision, token_size),
        "token_embedding.weight": draw(49408, text),
        "positional_embedding": draw(77, text),
        "text_projection": draw(text, token_size),
        "logit_scale": draw(1)[0],
    }


def write_clip(file: Path, token_size: int = TOKEN_SIZE) -> Path:
    """Write `clip_state` to `file` and return it."""
    save_file(clip_state(token_size), file)
    return file
