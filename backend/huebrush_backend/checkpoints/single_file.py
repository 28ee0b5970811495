"""Makes a pipeline from one of the authors' single files (docs/method.md, "Models")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from huebrush_protocol.texts import Text
from torch import nn
from transformers import CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

from huebrush_backend.checkpoints.configurations import (
    HEAD_WIDTH,
    sketch_encoder_configuration,
    unet_configuration,
    vae_configuration,
)
from huebrush_backend.checkpoints.errors import CheckpointError
from huebrush_backend.checkpoints.families import (
    EMBEDDER_PREFIX,
    SCHEDULE_BUFFERS,
    V1,
    V1_5,
    V2,
    Family,
    PredictionType,
    detect_family,
    require_supported,
)
from huebrush_backend.checkpoints.files import read_state_dict
from huebrush_backend.checkpoints.filling import Part, fill, require_tensors, shapes_of
from huebrush_backend.checkpoints.keys import sketch_encoder_keys, unet_keys, vae_keys
from huebrush_backend.checkpoints.networks_of_v15_and_v2 import later_networks
from huebrush_backend.checkpoints.prediction_type import choose_prediction_type
from huebrush_backend.models.sketch_encoder import SketchEncoder
from huebrush_backend.models.unet import ColorizeUNet
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.pipeline.colorize_v2 import ColorizePipelineV2
from huebrush_backend.pipeline.colorize_v15 import ColorizePipelineV15

PIXELS_PER_LATENT = 8

_PIPELINES: dict[Family, Callable[..., ColorizePipeline]] = {
    V1: ColorizePipeline,
    V1_5: ColorizePipelineV15,
    V2: ColorizePipelineV2,
}


@dataclass(frozen=True)
class ClipTowers:
    """The towers of CLIP ViT-H/14 as transformers' classes. The released files do not hold CLIP."""

    image_encoder: CLIPVisionModelWithProjection
    text_encoder: CLIPTextModelWithProjection | None
    tokenizer: CLIPTokenizer


@dataclass(frozen=True)
class ReleasedNetworks:
    """The networks in a released file, with their family."""

    family: Family
    unet: ColorizeUNet
    sketch_encoder: SketchEncoder
    vae: AutoencoderKL
    later: Mapping[str, nn.Module]
    """Networks that v1 does not have, by the names of the pipeline's components."""


def from_single_file(
    file: Path,
    clip: ClipTowers,
    prediction_type: PredictionType | None = None,
    dtype: torch.dtype = torch.float32,
    allow_pickle: bool = False,
) -> ColorizePipeline:
    """Make the pipeline of the released model in `file`, on the CPU.

    `file`: the released file. It must stay in place while the pipeline is used.
    `clip`: the CLIP towers that go with it.
    `prediction_type`: what the network predicts; None finds it out (`choose_prediction_type`).
    `dtype`: precision of all networks but the VAE, whose decoder overflows in half precision and is always single.
    Tensors that already have `dtype` are not copied out of the file.
    `allow_pickle`: also accept a pickle.

    Raises CheckpointError (see `errors.py`), and OSError when the file cannot be read.
    """
    weights = read_state_dict(file, allow_pickle)
    networks = released_networks(weights, dtype)
    if prediction_type is None:
        prediction_type = choose_prediction_type(file.name, networks.unet, networks.sketch_encoder)
    return released_pipeline(networks, clip, prediction_type)


def released_pipeline(
    networks: ReleasedNetworks, clip: ClipTowers, prediction_type: PredictionType
) -> ColorizePipeline:
    """Make the pipeline of `networks`, with the authors' default sampler."""
    return _PIPELINES[networks.family](
        vae=networks.vae,
        unet=networks.unet,
        sketch_encoder=networks.sketch_encoder,
        image_encoder=clip.image_encoder,
        text_encoder=clip.text_encoder,
        tokenizer=clip.tokenizer,
        scheduler=released_scheduler(prediction_type),
        native_size=networks.family.native_size,
        **networks.later,
    )


def released_scheduler(prediction_type: PredictionType = "epsilon") -> DPMSolverMultistepScheduler:
    """Return the noise schedule and default sampler of all released models (docs/method.md, "Sampling")."""
    return DPMSolverMultistepScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type=prediction_type,
        timestep_spacing="leading",
        steps_offset=1,
    )


def released_networks(
    weights: Mapping[str, torch.Tensor], dtype: torch.dtype = torch.float32, head_width: int = HEAD_WIDTH
) -> ReleasedNetworks:
    """Make the networks from `weights`, which have the names of the released files.

    `dtype`: precision of all networks but the VAE, which is single. A tensor that already has it is not copied.
    `head_width`: channels of an attention head; the tensors' shapes do not tell it. Raises UnknownFamilyError,
    UnsupportedFamilyError, CheckpointKeysError, and CheckpointError for a model with another noise schedule.
    """
    family = detect_family(weights)
    require_supported(family)
    _check_noise_schedule(weights)
    shapes = shapes_of(weights)
    latent_size = family.native_size // PIXELS_PER_LATENT
    unet_config = unet_configuration(shapes, latent_size, head_width)
    vae_config = vae_configuration(shapes, family.native_size)

    with init_empty_weights(include_buffers=False):
        unet = ColorizeUNet(**unet_config)
        vae = AutoencoderKL(**vae_config)
        sketch_encoder = SketchEncoder(**sketch_encoder_configuration(shapes))
        later = later_networks(family, shapes, unet_config, head_width)
    parts: list[Part] = [
        (unet, unet_keys(unet_config, unet.state_dict())),
        (vae, vae_keys(vae_config, vae.state_dict())),
        (sketch_encoder, sketch_encoder_keys(sketch_encoder.state_dict())),
        *later.values(),
    ]
    require_tensors(shapes, parts, _may_be_there)
    for network, names in parts:
        fill(network, names, weights, torch.float32 if network is vae else dtype)
    unet.install_attention_processors()
    return ReleasedNetworks(family, unet, sketch_encoder, vae, {name: network for name, (network, _) in later.items()})


def _may_be_there(key: str) -> bool:
    return key in SCHEDULE_BUFFERS or key.startswith(EMBEDDER_PREFIX)


def _check_noise_schedule(weights: Mapping[str, Any]) -> None:
    stored = weights.get("alphas_cumprod")
    if stored is None:
        return
    ours = released_scheduler().alphas_cumprod
    if stored.shape != ours.shape or not torch.allclose(stored.float(), ours, rtol=1e-3, atol=1e-6):
        raise CheckpointError(Text.of("checkpoint.noise_schedule"))
