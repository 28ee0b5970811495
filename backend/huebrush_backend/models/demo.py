"""The small built-in family `demo`: the same classes as the full-size models, in a configuration that a CPU can run."""

from __future__ import annotations

from typing import Any

from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from transformers import CLIPConfig, CLIPModel

from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet

NATIVE_SIZE = 256
REFERENCE_GUIDANCE = 2.5
TOKEN_SIZE = 192
"""Length of one reference token, and of a text vector."""
TOKEN_GRID = 24
"""Reference tokens a side. With 16, a third of the parts had (nearly) no token of their own from which attention could
read their colours; with 24, one in seven."""
PATCH_SIZE = 8

TEXT_LENGTH = 32
WIDTHS = (64, 128, 192, 192)
STEM_WIDTHS = (8, 16, 48, 96)
LATENT_CHANNELS = 8

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


def make_vae() -> AutoencoderKL:
    """Return an untrained VAE: 1/8 of the size, 8 latent channels."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,  # pyright: ignore[reportArgumentType]
        up_block_types=("UpDecoderBlock2D",) * 4,  # pyright: ignore[reportArgumentType]
        block_out_channels=(16, 32, 64, 96),  # pyright: ignore[reportArgumentType]
        layers_per_block=1,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=8,
        sample_size=NATIVE_SIZE,
        mid_block_add_attention=False,
    )


def make_clip(vocabulary_size: int, start: int, end: int) -> CLIPModel:
    """Return an untrained CLIP: pictures in `TOKEN_GRID`² patches, short captions."""
    return CLIPModel(
        CLIPConfig(
            vision_config={
                "image_size": PATCH_SIZE * TOKEN_GRID,
                "patch_size": PATCH_SIZE,
                "hidden_size": TOKEN_SIZE,
                "intermediate_size": 4 * TOKEN_SIZE,
                "num_hidden_layers": 4,
                "num_attention_heads": 6,
                "projection_dim": TOKEN_SIZE,
                "hidden_act": "gelu",
            },
            text_config={
                "vocab_size": vocabulary_size,
                "hidden_size": 128,
                "intermediate_size": 512,
                "num_hidden_layers": 3,
                "num_attention_heads": 4,
                "max_position_embeddings": TEXT_LENGTH,
                "projection_dim": TOKEN_SIZE,
                "bos_token_id": start,
                "eos_token_id": end,
                "pad_token_id": end,
                "hidden_act": "gelu",
            },
            projection_dim=TOKEN_SIZE,
        )
    )


def make_unet() -> ColorizeUNet:
    """Return an untrained UNet for 32 x 32 latents.

    It has attention at 1/16, 1/32 and in the middle, and on the way up also at 1/8, as a query at 1/16 covers more than
    a belt or a shoe.
    """
    unet = ColorizeUNet(
        sample_size=NATIVE_SIZE // 8,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        block_out_channels=WIDTHS,
        layers_per_block=1,
        norm_num_groups=16,
        cross_attention_dim=TOKEN_SIZE,
        attention_head_dim=[width // 64 for width in WIDTHS],  # pyright: ignore[reportArgumentType]
    )
    unet.install_attention_processors()
    return unet


def make_sketch_encoder() -> SketchEncoder:
    """Return an untrained sketch encoder that fits `make_unet`."""
    return SketchEncoder(stem_channels=STEM_WIDTHS, block_out_channels=WIDTHS)


def make_demo_scheduler() -> DPMSolverMultistepScheduler:
    """Return the default scheduler of the family."""
    return DPMSolverMultistepScheduler(**NOISE_SCHEDULE)
