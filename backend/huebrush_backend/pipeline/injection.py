"""Attention injection: self-attention that also sees the reference as the UNet itself would denoise it.

It doubles the cost of a step and follows the reference's shading and texture more closely (docs/method.md, "Attention
injection").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from diffusers.models.attention_processor import Attention

from huebrush_backend.models.attention import attend
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.models.unet import ColorizeUNet


@dataclass(frozen=True)
class Injection:
    """Settings of attention injection.

    * `reference_fidelity`: 0 to 1, how little the branch without reference sees of the injected one. The higher it is,
      the more guidance emphasises the reference
    * `sketch_fidelity`: 0 to 2, strength of the reference's own outlines
    * `start`: 0 to 1, share of the denoising after which injection begins
    """

    reference_fidelity: float = 0.5
    sketch_fidelity: float = 0.0
    start: float = 0.0

    def is_on(self, timestep: float, last_timestep: float) -> bool:
        """Return whether injection has begun at `timestep`; `last_timestep` is that of pure noise."""
        return 1 - timestep / last_timestep >= self.start


@dataclass(frozen=True)
class InjectedReference:
    """A reference on the canvas, prepared for injection.

    * `latent`, `noise`: (1,C,h,w), its scaled latent, and the noise that is added to it at every step
    * `sketch_features`: those of its negative, each multiplied by the sketch fidelity, one row
    * `alphas_cumprod`: (1000,), the noise schedule
    """

    latent: torch.Tensor
    noise: torch.Tensor
    sketch_features: Sequence[torch.Tensor]
    alphas_cumprod: torch.Tensor

    def at(self, timestep: torch.Tensor | float) -> torch.Tensor:
        """Return the latent (1,C,h,w) with the noise of `timestep`, which is rounded."""
        step = round(float(timestep))
        alpha_bar = self.alphas_cumprod[step].to(self.latent)
        return alpha_bar.sqrt() * self.latent + (1 - alpha_bar).sqrt() * self.noise


def denoise_injected(
    unet: ColorizeUNet,
    reference: InjectedReference,
    reference_fidelity: float,
    unconditional_rows: Sequence[int],
    latent: torch.Tensor,
    timestep: torch.Tensor | float,
    tokens: torch.Tensor | ReferenceContext,
    sketch_features: Sequence[torch.Tensor],
    **options: Any,
) -> torch.Tensor:
    """Return `unet.denoise` of `latent` with `reference` injected into its self-attention.

    * `reference_fidelity`: as in `Injection`
    * `unconditional_rows`: rows without reference tokens, for which alone `reference_fidelity` counts
    * `latent`: (B,C,h,w)
    * `timestep`: one number for all rows
    * `tokens`, `sketch_features`, `options`: as for `ColorizeUNet.denoise`; `options` also apply to the reference
    """
    rows = len(latent)
    seen = _SeenStates()
    noisy = reference.at(timestep).expand(rows, -1, -1, -1)
    repeated = [level.expand(rows, -1, -1, -1) for level in reference.sketch_features]
    unrecorded = {**options, "record": None}  # the reference's own attention is not the page's
    unet.denoise(noisy, timestep, tokens, repeated, **unrecorded, self_attention=seen.keep)
    injected = _InjectedAttention(seen, reference_fidelity, tuple(unconditional_rows))
    return unet.denoise(latent, timestep, tokens, sketch_features, **options, self_attention=injected)


@dataclass(frozen=True)
class _SeenStates:
    """Inputs of each self-attention in one evaluation."""

    states: dict[Attention, torch.Tensor] = field(default_factory=dict)

    def keep(self, attention: Attention, states: torch.Tensor) -> torch.Tensor:
        """Attend as usual, and store `states`."""
        self.states[attention] = states
        return attend(attention, states, states)


@dataclass(frozen=True)
class _InjectedAttention:
    """Self-attention over a block's own states and those stored before; less so in the rows without reference."""

    seen: _SeenStates
    fidelity: float
    unconditional_rows: tuple[int, ...]

    def __call__(self, attention: Attention, states: torch.Tensor) -> torch.Tensor:
        """Return the attended values (B,N,C) of `states` (B,N,C)."""
        both = attend(attention, states, torch.cat([states, self.seen.states[attention]], dim=1))
        rows = list(self.unconditional_rows)
        if rows:
            own = attend(attention, states[rows], states[rows])
            both[rows] = self.fidelity * own + (1 - self.fidelity) * both[rows]
        return both
