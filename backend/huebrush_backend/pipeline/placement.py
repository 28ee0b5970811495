"""Placement of a loaded pipeline according to its memory plan."""

from __future__ import annotations

import torch
from torch import nn

from huebrush_backend.models.memory_plan import TILE_PIXELS, WITH_THE_UNET, MemoryPlan
from huebrush_backend.models.offload import Offload
from huebrush_backend.pipeline.colorize import ColorizePipeline


def place(pipeline: ColorizePipeline, plan: MemoryPlan, device: torch.device) -> ColorizePipeline:
    """Return `pipeline`, which is on the CPU, ready to compute on `device` as `plan` says, in the plan's precision."""
    if plan.tiles:
        tile_vae(pipeline)
    if not plan.offloads:
        return pipeline.to(device)
    networks = {name: part for name, part in pipeline.components.items() if isinstance(part, nn.Module)}
    offload = Offload(device)
    offload.add(*(part for name, part in networks.items() if name in WITH_THE_UNET))
    for name, part in networks.items():
        if name not in WITH_THE_UNET:
            offload.add(part)
    pipeline.offload = offload
    return pipeline


def tile_vae(pipeline: ColorizePipeline, side: int = TILE_PIXELS) -> None:
    """Let the VAE encode and decode in tiles of `side` pixels, a multiple of 8.

    Each tile is normalised separately, so colours differ a little from those of the whole picture.
    """
    vae = pipeline.vae
    vae.tile_sample_min_size = side
    vae.tile_latent_min_size = side // 2 ** (len(vae.config["block_out_channels"]) - 1)
    vae.enable_tiling()
