"""Noise, what the network predicts, and the weight of each timestep (docs/method.md, "Training")."""

from __future__ import annotations

import torch

from huebrush_backend.training.strategies.options import Prediction


def timesteps(uniform: torch.Tensor, power: float, count: int) -> torch.Tensor:
    """Return timesteps below `count` from even random numbers 0..1 (B,); `power` below 1 prefers much noise."""
    return (count * uniform**power).long().clamp(max=count - 1)


def with_offset(noise: torch.Tensor, offsets: torch.Tensor, strength: float) -> torch.Tensor:
    """Return `noise` (B,C,h,w) plus `strength` times `offsets` (B,C,1,1), which shift whole channels."""
    return noise + strength * offsets if strength else noise


def add_noise(clean: torch.Tensor, noise: torch.Tensor, alpha_bar: torch.Tensor) -> torch.Tensor:
    """Return the noisy latent of `clean` and `noise` (B,C,h,w) at `alpha_bar` (B,)."""
    signal, share = _factors(alpha_bar, clean)
    return signal * clean + share * noise


def target(clean: torch.Tensor, noise: torch.Tensor, alpha_bar: torch.Tensor, prediction: Prediction) -> torch.Tensor:
    """Return the right answer for a network that predicts `prediction`; arguments as in `add_noise`."""
    if prediction == "sample":
        return clean
    if prediction == "epsilon":
        return noise
    signal, share = _factors(alpha_bar, clean)
    return signal * noise - share * clean


def min_snr_weights(alpha_bar: torch.Tensor, prediction: Prediction, gamma: float) -> torch.Tensor:
    """Return the min-SNR weight of each timestep, like `alpha_bar`; 1 everywhere if `gamma` is 0.

    It makes the loss equal to that of the clean latent, weighted by the signal-to-noise ratio, at most `gamma`.
    """
    if not gamma:
        return torch.ones_like(alpha_bar)
    snr = alpha_bar / (1 - alpha_bar)
    limited = snr.clamp(max=gamma)
    return {"sample": limited, "epsilon": limited / snr, "v_prediction": limited / (snr + 1)}[prediction]


def _factors(alpha_bar: torch.Tensor, latent: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the factors of picture and noise, in a shape that fits `latent`."""
    shaped = alpha_bar.view(-1, *[1] * (latent.dim() - 1))
    return shaped.sqrt(), (1 - shaped).sqrt()
