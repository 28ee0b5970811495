"""Attention processors of the UNet: plain self-attention, and cross-attention to the reference tokens with a scale.

The scale acts on the attended values *before* the output projection, whose bias therefore survives
(colorizediffusion.md, section 3.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention


def _attend(
    attention: Attention, states: torch.Tensor, context: torch.Tensor, bias: torch.Tensor | None = None
) -> torch.Tensor:
    """Return softmax(QKᵀ/√d + bias)V of `states` (B,N,C) over `context` (B,M,D), before the output projection."""
    batch, heads = states.shape[0], attention.heads
    projections: tuple[Any, ...] = (attention.to_q, attention.to_k, attention.to_v)
    query, key, value = (
        project(source).unflatten(-1, (heads, -1)).transpose(1, 2)
        for project, source in zip(projections, (states, context, context), strict=True)
    )
    attended = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    return attended.transpose(1, 2).reshape(batch, -1, heads * attended.shape[-1])


def _project(attention: Attention, attended: torch.Tensor) -> torch.Tensor:
    linear, dropout = attention.to_out  # pyright: ignore[reportGeneralTypeIssues]
    return dropout(linear(attended))


class SelfAttentionProcessor:
    """Self-attention over the latent's own positions."""

    def __call__(
        self,
        attn: Attention,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        reference_scales: Sequence[float] = (),
        token_bias: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the attention output (B,N,C); the reference arguments concern cross-attention only."""
        return _project(attn, _attend(attn, hidden_states, hidden_states))


class ReferenceAttentionProcessor:
    """Cross-attention of the latent to the reference tokens, multiplied by the scale of its transformer block.

    `block` is the number of the transformer block, counted down path, middle, up path from 0.
    """

    def __init__(self, block: int) -> None:
        self.block = block

    def __call__(
        self,
        attn: Attention,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        reference_scales: Sequence[float] = (),
        token_bias: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the attention output (B,N,C) over `encoder_hidden_states` (B,M,D), the reference tokens.

        `token_bias` (M,) is added to every query's logits: the logarithm of each token's weight.
        """
        if encoder_hidden_states is None:
            raise ValueError("cross-attention needs the reference tokens; pass zeros for no reference")
        bias = None if token_bias is None else token_bias.view(1, 1, 1, -1)
        attended = _attend(attn, hidden_states, encoder_hidden_states, bias)
        if reference_scales:
            attended = attended * reference_scales[self.block]
        return _project(attn, attended)
