"""Cheap previews: a linear map from latent to RGB, fitted to the VAE itself."""

from __future__ import annotations

import itertools

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

from huebrush_backend.models.offload import bring

PATCH = 64


class LatentPreview:
    """Linear map that shows a latent as a small picture without running the decoder.

    It is the least-squares fit from the VAE's latents of plain colours to those colours, so it needs no weights of its
    own and fits every VAE.
    """

    def __init__(self, vae: AutoencoderKL) -> None:
        bring(vae)
        levels = (-1.0, -0.33, 0.33, 1.0)
        colors = torch.tensor(list(itertools.product(levels, repeat=3)))
        pictures = colors.to(vae.device, vae.dtype)[:, :, None, None].expand(-1, 3, PATCH, PATCH)
        with torch.inference_mode():
            latents = vae.encode(pictures).latent_dist.mean.float().mean(dim=(2, 3)).cpu()  # pyright: ignore[reportAttributeAccessIssue]
        latents = latents * vae.config["scaling_factor"]
        known = torch.cat([latents, torch.ones(len(latents), 1)], dim=1)
        self._matrix = torch.linalg.lstsq(known, colors).solution

    def picture(self, latent: torch.Tensor) -> torch.Tensor:
        """Return `latent` (1,C,h,w) as a picture (1,3,h,w) in about [-1,1]."""
        plane = latent.float().cpu()
        return torch.einsum("bchw,cr->brhw", plane, self._matrix[:-1]) + self._matrix[-1].view(1, 3, 1, 1)
