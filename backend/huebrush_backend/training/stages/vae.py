"""Second stage: the VAE, on flats, shaded and inked pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import nn

from huebrush_backend.synthesis import color_picture
from huebrush_backend.training.data.bank import DRAWING_SIZE, Bank
from huebrush_backend.training.moment import Moment

if TYPE_CHECKING:
    from huebrush_backend.drawings.sources import PairSource

CROP = 64
FLATS = 0.6
"""Share of the pictures that are flats without lines, as the model paints them."""
KEPT = 768
"""Number of pairs by others that the stage learns from, in many crops: 0.3 GB."""
KL_WEIGHT = 1e-4
EDGE_WEIGHT = 0.5
LATENT_NOISE = 0.05


class PicturesByOthers:
    """Pictures by others, each made once: making one takes longer than a step of this stage with it.

    `source`: the pairs.
    `share`: share of the crops that show them.
    `seed`: decides which pairs they are.
    """

    def __init__(self, source: PairSource, share: float, seed: int) -> None:
        self._source, self.share, self._seed = source, share, seed
        self._made: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def picture(self, rng: np.random.Generator) -> np.ndarray:
        """Choose a picture (S,S,3) uint8: a right answer, or a reference as it was drawn."""
        number, plain = int(rng.integers(KEPT)), rng.random() < FLATS
        if number not in self._made:
            pair = self._source.pair(self._seed, number, DRAWING_SIZE)
            self._made[number] = pair.target, pair.reference
        return self._made[number][0 if plain else 1]


def autoencoder_batch(
    bank: Bank, generators: Sequence[np.random.Generator], others: PicturesByOthers | None = None
) -> torch.Tensor:
    """Make a crop for each of `generators`, mostly of flats without lines; return (B,3,64,64) in [-1,1].

    `bank`: our own drawings.
    `generators`: one for each crop.
    `others`: pictures by others; None for our own drawings alone.
    """
    crops = []
    for rng in generators:
        by_others = others is not None and rng.random() < others.share
        picture = others.picture(rng) if others is not None and by_others else _own_picture(bank, rng)
        top, left = rng.integers(0, DRAWING_SIZE - CROP + 1, 2)
        crop = picture[top : top + CROP, left : left + CROP]
        crops.append(crop[:, ::-1] if rng.random() < 0.5 else crop)
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float() / 127.5 - 1


def _own_picture(bank: Bank, rng: np.random.Generator) -> np.ndarray:
    drawing = bank.drawing(int(rng.integers(len(bank))))
    palette = bank.palettes[rng.integers(len(bank.palettes))]
    plain = rng.random() < FLATS
    return color_picture(drawing, palette, ink=not plain and rng.random() < 0.5, shading=not plain)


class AutoencoderTrainer(nn.Module):
    """Computes the loss of a batch: absolute error, absolute error of differences (edges), and a little KL."""

    def __init__(self, vae: AutoencoderKL) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, batch: torch.Tensor, moment: Moment) -> tuple[torch.Tensor, dict[str, float]]:
        pictures = batch.to(self.vae.device)
        posterior = self.vae.encode(pictures).latent_dist  # pyright: ignore[reportAttributeAccessIssue]
        noise = moment.random.normal(*posterior.mean.shape[1:]).to(posterior.mean.dtype)
        latents = posterior.mean + posterior.std * noise
        decoded = self.vae.decode(latents).sample.float()  # pyright: ignore[reportAttributeAccessIssue]
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

    def forward(self, batch: torch.Tensor, moment: Moment) -> tuple[torch.Tensor, dict[str, float]]:
        pictures = batch.to(self.vae.device)
        with torch.no_grad():
            latents = self.vae.encode(pictures).latent_dist.mean  # pyright: ignore[reportAttributeAccessIssue]
        noisy = latents + LATENT_NOISE / self.vae.config["scaling_factor"] * moment.random.normal(*latents.shape[1:])
        decoded = self.vae.decode(noisy, return_dict=False)[0].float()
        loss, error = _picture_loss(decoded, pictures)
        return loss, {"error": error}


def _picture_loss(decoded: torch.Tensor, pictures: torch.Tensor) -> tuple[torch.Tensor, float]:
    """Return absolute error plus absolute error of differences between neighbours, and the first term as a number."""
    error = (decoded - pictures).abs().mean()
    rows, columns = ((decoded.diff(dim=axis) - pictures.diff(dim=axis)).abs().mean() for axis in (2, 3))
    return error + EDGE_WEIGHT * (rows + columns), float(error.detach())


@torch.no_grad()
def latent_scale(vae: AutoencoderKL, batches: Iterable[torch.Tensor]) -> float:
    """Return the value for `scaling_factor`: 1 / the standard deviation of the latents of `batches`."""
    latents = [vae.encode(batch.to(vae.device)).latent_dist.mean.float() for batch in batches]  # pyright: ignore[reportAttributeAccessIssue]
    return 1 / float(torch.cat(latents).std())
