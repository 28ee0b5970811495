"""Sample sheets: pictures that show a person how far a stage of the training is."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from huebrush_backend.evaluation.painters import PaintTask, pipeline_painter
from huebrush_backend.evaluation.sets import frozen_pair
from huebrush_backend.evaluation.sheet import pairs_sheet
from huebrush_backend.models.demo import PATCH_SIZE
from huebrush_backend.pipeline.colorize import ColorizePipeline
from huebrush_backend.training.stages.clip import ClipBatch, ClipTrainer

PICTURES = 8
PAIRS = 4
STEPS = 6
PAIR_SET = 4_000_000_000
"""Number of the set of held-out pairs that sheets show. It is never scored."""


@torch.no_grad()
def patch_color_sheet(trainer: ClipTrainer, batch: ClipBatch) -> np.ndarray:
    """Draw a sheet (H,W,3) uint8: the true patch colours of some pictures, and below them CLIP's predictions."""
    rows = [batch.colors[:PICTURES], trainer.patch_colors(batch.pictures[:PICTURES]).cpu()]
    side = round(batch.colors.shape[1] ** 0.5)
    grids = [row.reshape(-1, side, side, 3).permute(0, 3, 1, 2) for row in rows]
    return _mosaic(grids, scale=PATCH_SIZE)


@torch.no_grad()
def reconstruction_sheet(vae: AutoencoderKL, pictures: torch.Tensor) -> np.ndarray:
    """Draw a sheet (H,W,3) uint8: some of `pictures` (B,3,H,W) in [-1,1], and below them the VAE's versions."""
    some = pictures[:PICTURES].to(vae.device)
    latents = vae.encode(some).latent_dist.mean  # pyright: ignore[reportAttributeAccessIssue]
    decoded = vae.decode(latents, return_dict=False)[0]
    return _mosaic([some.cpu(), decoded.float().cpu()], scale=2)


def colorized_sheet(pipeline: ColorizePipeline) -> np.ndarray:
    """Draw a sheet (H,W,3) uint8 of held-out pairs: line art, reference, result of `pipeline`, right answer."""
    paint = pipeline_painter(pipeline, STEPS)
    pairs = [frozen_pair(PAIR_SET, index) for index in range(PAIRS)]
    tasks = [PaintTask(pair.line_art, pair.reference.picture, index) for index, pair in enumerate(pairs)]
    return pairs_sheet(list(zip(pairs, paint(tasks), strict=True)))


def _mosaic(rows: list[torch.Tensor], scale: int) -> np.ndarray:
    """Put rows of pictures (B,3,H,W) in [-1,1] below each other, enlarged `scale` times: (H,W,3) uint8."""
    lines = [torch.cat(list(row), dim=2) for row in rows]
    picture = ((torch.cat(lines, dim=1).clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
