"""Attention processors of the UNet: plain self-attention, and cross-attention to the reference tokens with a scale.

The scale acts on the attended values *before* the output projection, whose bias therefore survives. With a mask, the
foreground looks at one half of the tokens and the background at the other (colorizediffusion.md, section 3.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention

from huebrush_backend.models.lora import ProjectionLora
from huebrush_backend.models.split_attention import SplitContext

SelfAttention = Callable[[Attention, torch.Tensor], torch.Tensor]
"""Another self-attention: gets a block's layer and its normalised states (B,N,C), gives the attended values (B,N,C)
before the output projection. The layer also tells the blocks apart."""


def attend(
    attention: Attention,
    states: torch.Tensor,
    context: torch.Tensor,
    bias: torch.Tensor | None = None,
    lora: ProjectionLora | None = None,
) -> torch.Tensor:
    """Return softmax(QKᵀ/√d + bias)V of `states` (B,N,C) over `context` (B,M,D), before the output projection.

    `lora` is added to the projections to Q, K and V.
    """
    batch, heads = states.shape[0], attention.heads
    projections: tuple[Any, ...] = (attention.to_q, attention.to_k, attention.to_v)
    sources = (states, context, context)
    projected = [project(source) for project, source in zip(projections, sources, strict=True)]
    if lora is not None:
        changes = (lora.query, lora.key, lora.value)
        projected = [plain + change(source) for plain, change, source in zip(projected, changes, sources, strict=True)]
    query, key, value = (each.unflatten(-1, (heads, -1)).transpose(1, 2) for each in projected)
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
        split: SplitContext | None = None,
        self_attention: SelfAttention | None = None,
    ) -> torch.Tensor:
        """Return the attention output (B,N,C), as `self_attention` gives it if there is one.

        All other arguments concern cross-attention only.
        """
        if self_attention is not None:
            return _project(attn, self_attention(attn, hidden_states))
        return _project(attn, attend(attn, hidden_states, hidden_states))


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
        split: SplitContext | None = None,
        self_attention: SelfAttention | None = None,
    ) -> torch.Tensor:
        """Return the attention output (B,N,C) over `encoder_hidden_states` (B,M,D), the reference tokens.

        `token_bias` (M,) is added to every query's logits: the logarithm of each token's weight. With `split`, the
        first half of the tokens is the foreground's, the second the background's.
        """
        if encoder_hidden_states is None:
            raise ValueError("cross-attention needs the reference tokens; pass zeros for no reference")
        bias = None if token_bias is None else token_bias.view(1, 1, 1, -1)
        if split is None:
            attended = attend(attn, hidden_states, encoder_hidden_states, bias)
        else:
            contexts = encoder_hidden_states.chunk(2, dim=1)
            biases = (None, None) if bias is None else bias.chunk(2, dim=-1)
            foreground, background = (
                attend(attn, hidden_states, *half)
                for half in zip(contexts, biases, split.loras(self.block), strict=True)
            )
            attended = split.join(foreground, background, self.block)
        if reference_scales:
            attended = attended * reference_scales[self.block]
        return _project(attn, attended)
