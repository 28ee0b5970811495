"""Noisy training: reference tokens with noise by the latent's own schedule (docs/method.md, "Training")."""

from __future__ import annotations

import torch

from huebrush_backend.training.strategies.options import TokenNoise

FOLD = 0.9
"""Share of the timesteps from which the noise of the tokens is folded back."""


def token_timesteps(timestep: torch.Tensor, kind: TokenNoise, count: int) -> torch.Tensor:
    """Return the timesteps of the tokens' noise for those of the latent, of `count`.

    "plain" takes them as they are, so tokens get noisier with the latent. "folded" counts back from the last tenth on,
    where only the tokens can tell colours, so that they are nearly clean again.
    """
    return torch.where(timestep < FOLD * count, timestep, count - 1 - timestep) if kind == "folded" else timestep


def add_token_noise(tokens: torch.Tensor, noise: torch.Tensor, alpha_bar: torch.Tensor) -> torch.Tensor:
    """Return `tokens` (B,N,D) with `noise` of the same shape at `alpha_bar` (B,).

    The noise has the standard deviation of the sample's tokens, as if these had unit deviation.
    """
    shaped = alpha_bar.view(-1, 1, 1)
    deviation = tokens.std(dim=(1, 2), correction=0, keepdim=True)
    return shaped.sqrt() * tokens + (1 - shaped).sqrt() * deviation * noise
