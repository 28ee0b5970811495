"""Style of v2: it scales and shifts the outputs of the up path's layers (docs/method.md, "Background and style in
v2")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import nn


class StyleModulation(ModelMixin, ConfigMixin):
    """One modulation per layer of the up path. `widths` are the channels of each, `time_size` those of the time
    embedding."""

    @register_to_config
    def __init__(self, widths: Sequence[int], time_size: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(2 * width) for width in widths)
        self.times = nn.ModuleList(nn.Linear(time_size, 2 * width) for width in widths)
        self.factors = nn.ModuleList(nn.Linear(2 * width, 2 * width) for width in widths)

    def forward(self, number: int, states: torch.Tensor, style: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        """Return the output `states` (B,C,h,w) of layer `number`, modulated by the `style` (1 or B,2C).

        `time` (B,`time_size`) is the UNet's time embedding.
        """
        factors = self.factors[number](self.norms[number](style + self.times[number](time)))
        scale, shift = factors[..., None, None].chunk(2, dim=1)
        return states * (1 + scale) + shift


@dataclass(frozen=True)
class Style:
    """A reference's style: one vector (1 or B,2C) per layer of the up path."""

    modulation: StyleModulation
    vectors: Sequence[torch.Tensor]

    def apply(self, number: int, states: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        """Return `states` (B,C,h,w) of layer `number` in this style; `time` is as in `StyleModulation`."""
        return self.modulation(number, states, self.vectors[number], time)
