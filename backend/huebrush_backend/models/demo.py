"""The small built-in family `demo`: the same classes as the full-size models, in a configuration that a CPU can run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from transformers import CLIPConfig, CLIPModel

from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet

NATIVE_SIZE = 256
REFERENCE_GUIDANCE = 2.5
SKETCH_GUIDANCE = 1.5
"""Guidance by the lines, which brings colours nearer to the right ones and edges nearer to the lines for a third more
time (docs/benchmarks.md)."""
TOKEN_SIZE = 192
"""Length of one reference token, and of a text vector."""
TOKEN_GRID = 24
"""Reference tokens a side. With 16, a third of the parts had (nearly) no token of their own from which attention could
read their colours; with 24, one in seven."""
PATCH_SIZE = 8

TEXT_LENGTH = 32
WIDTHS = (64, 128, 192, 192)
STEM_WIDTHS = (8, 16, 48, 96)
VAE_WIDTHS = (16, 32, 64, 96)
LATENT_CHANNELS = 8
HEAD_WIDTH = 64
"""Channels that one head of the UNet's attention has at most."""

NOISE_SCHEDULE: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "prediction_type": "sample",
    "timestep_spacing": "trailing",
    "steps_offset": 1,
}
"""Noise schedule of the full-size models. The prediction is the clean latent, which small models learn fastest."""


def make_vae(widths: Sequence[int] = VAE_WIDTHS, latent_channels: int = LATENT_CHANNELS) -> AutoencoderKL:
    """Return an untrained VAE to 1/8 of the size; `widths` are the channels of its four blocks, multiples of 8."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,  # pyright: ignore[reportArgumentType]
        up_block_types=("UpDecoderBlock2D",) * 4,  # pyright: ignore[reportArgumentType]
        block_out_channels=tuple(widths),  # pyright: ignore[reportArgumentType]
        layers_per_block=1,
        latent_channels=latent_channels,
        norm_num_groups=8,
        sample_size=NATIVE_SIZE,
        mid_block_add_attention=False,
    )


def make_clip(
    vocabulary_size: int,
    start: int,
    end: int,
    token_grid: int = TOKEN_GRID,
    token_size: int = TOKEN_SIZE,
    vision_layers: int = 4,
    text_width: int = 128,
    text_layers: int = 3,
) -> CLIPModel:
    """Return an untrained CLIP: pictures in `token_grid`² patches, short captions.

    `vocabulary_size`, `start`, `end`: number of words, and the numbers of the words that begin and end a text.
    `token_size`: width of the vision tower and length of its tokens, a multiple of 32.
    `text_width`: width of the text tower, a multiple of 32.
    `vision_layers`, `text_layers`: number of blocks of the towers.
    """
    return CLIPModel(
        CLIPConfig(
            vision_config={
                "image_size": PATCH_SIZE * token_grid,
                "patch_size": PATCH_SIZE,
                "hidden_size": token_size,
                "intermediate_size": 4 * token_size,
                "num_hidden_layers": vision_layers,
                "num_attention_heads": token_size // 32,
                "projection_dim": token_size,
                "hidden_act": "gelu",
            },
            text_config={
                "vocab_size": vocabulary_size,
                "hidden_size": text_width,
                "intermediate_size": 4 * text_width,
                "num_hidden_layers": text_layers,
                "num_attention_heads": text_width // 32,
                "max_position_embeddings": TEXT_LENGTH,
                "projection_dim": token_size,
                "bos_token_id": start,
                "eos_token_id": end,
                "pad_token_id": end,
                "hidden_act": "gelu",
            },
            projection_dim=token_size,
        )
    )


def make_unet(
    widths: Sequence[int] = WIDTHS,
    layers: int = 1,
    head_width: int = HEAD_WIDTH,
    token_size: int = TOKEN_SIZE,
    latent_channels: int = LATENT_CHANNELS,
) -> ColorizeUNet:
    """Return an untrained UNet for 32 x 32 latents.

    It has attention at 1/16, 1/32 and in the middle, and on the way up also at 1/8, as a query at 1/16 covers more than
    a belt or a shoe. `widths`: channels of its four blocks, multiples of 16. `layers`: layers in each. `head_width`:
    channels that a head has at most.
    """
    unet = ColorizeUNet(
        sample_size=NATIVE_SIZE // 8,
        in_channels=latent_channels,
        out_channels=latent_channels,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        block_out_channels=tuple(widths),
        layers_per_block=layers,
        norm_num_groups=16,
        cross_attention_dim=token_size,
        attention_head_dim=[max(1, width // head_width) for width in widths],  # pyright: ignore[reportArgumentType]
    )
    unet.install_attention_processors()
    return unet


def make_sketch_encoder(stem_widths: Sequence[int] = STEM_WIDTHS, widths: Sequence[int] = WIDTHS) -> SketchEncoder:
    """Return an untrained sketch encoder that fits a UNet of these `widths`."""
    return SketchEncoder(stem_channels=tuple(stem_widths), block_out_channels=tuple(widths))


def make_demo_scheduler(prediction: str = NOISE_SCHEDULE["prediction_type"]) -> DPMSolverMultistepScheduler:
    """Return the default scheduler of the family, for a UNet that predicts `prediction`, in diffusers' words."""
    return DPMSolverMultistepScheduler(**{**NOISE_SCHEDULE, "prediction_type": prediction})
