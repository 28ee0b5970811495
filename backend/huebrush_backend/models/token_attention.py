"""A transformer layer that gathers from given tokens: cross-attention, then an MLP."""

from __future__ import annotations

from typing import Any

import torch
from diffusers.models.attention_processor import Attention
from torch import nn


class TokenAttention(nn.Module):
    """Cross-attention from states to tokens, which are not normalised, and an MLP; both are added to the states.

    `size` is the number of channels of states and tokens, `head_width` that of an attention head.
    """

    def __init__(self, size: int, head_width: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(size)
        self.attention = Attention(size, heads=size // head_width, dim_head=head_width)
        self.norm2 = nn.LayerNorm(size)
        self.mlp = nn.Sequential(nn.Linear(size, 4 * size), nn.SiLU(), nn.Linear(4 * size, size))

    def forward(self, states: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Return the new states (B,M,C) of `states` (B,M,C) over `tokens` (B,N,C)."""
        attention: Any = self.attention
        states = states + attention(self.norm1(states), encoder_hidden_states=tokens)
        return states + self.mlp(self.norm2(states))
