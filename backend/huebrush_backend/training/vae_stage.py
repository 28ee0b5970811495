"""Second stage: the VAE, on flats, shaded and inked pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import nn

from huebrush_backend.synthesis import colour_picture
from huebrush_backend.training.bank import DRAWING_SIZE, Bank

CROP = 64
KL_WEIGHT = 1e-4
EDGE_WEIGHT = 0.5
LATENT_NOISE = 0.05


def autoencoder_batches(bank: Bank, size: int, rng: np.random.Generator) -> Iterator[torch.Tensor]:
    """Yield crops (size,3,64,64) in [-1,1] for ever: mostly flats without lines, as the model paints them."""
    while True:
        crops = []
        for _ in range(size):
            drawing = bank.drawing(int(rng.integers(len(bank))))
            palette = bank.palettes[rng.integers(len(bank.palettes))]
            plain = rng.random() < 0.6
            picture = colour_picture(drawing, palette, ink=not plain and rng.random() < 0.5, shading=not plain)
            top, left = rng.integers(0, DRAWING_SIZE - CROP + 1, 2)
            crop = picture[top : top + CROP, left : left + CROP]
            crops.append(crop[:, ::-1] if rng.random() < 0.5 else crop)
        yield torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float() / 127.5 - 1


class AutoencoderTrainer(nn.Module):
    """Computes the loss of a batch: absolute error, absolute error of differences (edges), and a little KL."""

    def __init__(self, vae: AutoencoderKL) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, batch: torch.Tensor) -> tuple[torch.Tensor, dict[str, float]]:
        pictures = batch.to(self.vae.device)
        posterior = self.vae.encode(pictures).latent_dist  # pyright: ignore[reportAttributeAccessIssue]
        decoded = self.vae.decode(posterior.sample()).sample.float()  # pyright: ignore[reportAttributeAccessIssue]
        mean, log_variance = posterior.mean.float(), posterior.logvar.float()
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        loss, error = _picture_loss(decoded, pictures)
        return loss + KL_WEIGHT * kl, {"error": error, "kl": float(kl.detach())}


class DecoderTrainer(nn.Module):
    """Like `AutoencoderTrainer`, but trains only the decoder: better pictures from latents that a UNet already knows.

    The latents get a little noise, because the UNet's latents are not exact either.
    """

    def __init__(self, vae: AutoencoderKL) -> None:
        super().__init__()
        self.vae = vae
        vae.requires_grad_(False)
        vae.decoder.requires_grad_(True)

    def forward(self, batch: torch.Tensor) -> tuple[torch.Tensor, dict[str, float]]:
        pictures = batch.to(self.vae.device)
        with torch.no_grad():
            latents = self.vae.encode(pictures).latent_dist.mean  # pyright: ignore[reportAttributeAccessIssue]
        noisy = latents + LATENT_NOISE / self.vae.config["scaling_factor"] * torch.randn_like(latents)
        decoded = self.vae.decode(noisy, return_dict=False)[0].float()
        loss, error = _picture_loss(decoded, pictures)
        return loss, {"error": error}


def _picture_loss(decoded: torch.Tensor, pictures: torch.Tensor) -> tuple[torch.Tensor, float]:
    """Return absolute error plus absolute error of differences between neighbours, and the first term as a number."""
    error = (decoded - pictures).abs().mean()
    rows, columns = ((decoded.diff(dim=axis) - pictures.diff(dim=axis)).abs().mean() for axis in (2, 3))
    return error + EDGE_WEIGHT * (rows + columns), float(error.detach())


@torch.no_grad()
def latent_scale(vae: AutoencoderKL, batches: Iterator[torch.Tensor], count: int = 8) -> float:
    """Return the value for `scaling_factor`: 1 / the standard deviation of the latents over `count` batches."""
    latents = [vae.encode(next(batches).to(vae.device)).latent_dist.mean.float() for _ in range(count)]  # pyright: ignore[reportAttributeAccessIssue]
    return 1 / float(torch.cat(latents).std())
