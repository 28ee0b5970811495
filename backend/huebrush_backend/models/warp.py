"""Background features of v2: they warp the skip connections of the background.

Formulas: docs/method.md, "Background and style in v2".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import nn

from huebrush_backend.models.split_attention import SplitContext
from huebrush_backend.models.token_attention import TokenAttention


class SkipWarp(ModelMixin, ConfigMixin):
    """Warping layers, one per skip connection, in the order in which the up path takes them.

    `widths` are the channels of each, `head_width` those of an attention head.
    """

    @register_to_config
    def __init__(self, widths: Sequence[int], head_width: int = 64) -> None:
        super().__init__()
        self.layers = nn.ModuleList(TokenAttention(width, head_width) for width in widths)

    def forward(self, number: int, skip: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """Return skip connection `number` (B,C,h,w) after it gathered from `features` (1 or B,N,C)."""
        states = skip.flatten(2).transpose(1, 2)
        states = self.layers[number](states, features.expand(len(skip), -1, -1))
        return states.transpose(1, 2).unflatten(2, skip.shape[2:])


@dataclass(frozen=True)
class BackgroundFeatures:
    """Features (1 or B,N,C) that each skip connection gathers from in the background."""

    warp: SkipWarp
    features: Sequence[torch.Tensor]

    def apply(self, number: int, skip: torch.Tensor, split: SplitContext) -> torch.Tensor:
        """Return skip connection `number` (B,C,h,w), warped except in the foreground of `split`."""
        foreground = split.foreground(skip.shape[-2] * skip.shape[-1])
        foreground = foreground.transpose(1, 2).unflatten(2, skip.shape[2:])
        return torch.where(foreground, skip, self.warp(number, skip, self.features[number]))
