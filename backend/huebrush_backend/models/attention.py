"""Attention processors of the UNet: plain self-attention, and cross-attention to the reference tokens with a scale.

The scale acts on the attended values *before* the output projection, whose bias therefore survives. With a mask, the
foreground looks at one half of the tokens and the background at the other (colorizediffusion.md, section 3.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention

SelfAttention = Callable[[Attention, torch.Tensor], torch.Tensor]
"""Another self-attention: gets a block's layer and its normalised states (B,N,C), gives the attended values (B,N,C)
before the output projection. The layer also tells the blocks apart."""


@dataclass(frozen=True)
class SplitAttention:
    """Foreground and background that look at different tokens: the first and the second half of the context.

    `mask` (B,1,h,w), of the latent's size: 1 is foreground, below `threshold` is background. `foreground_scale` and
    `background_scale` multiply what each half gives; `merge_scale` (0 to 1) is how much of the background's share the
    foreground takes as well.
    """

    mask: torch.Tensor
    threshold: float = 0.5
    foreground_scale: float = 1.0
    background_scale: float = 1.0
    merge_scale: float = 0.0

    def backgrounds(self, levels: int) -> dict[int, torch.Tensor]:
        """Return where the background is (B,N,1) at each of `levels` resolutions, by the number N of positions."""
        found = {}
        for level in range(levels):
            # The mask overshoots where it is reduced; the threshold is applied to that, as in the released models.
            mask = F.interpolate(self.mask, scale_factor=0.5**level, mode="bicubic") if level else self.mask
            background = (mask < self.threshold).flatten(1).unsqueeze(-1)
            found[background.shape[1]] = background
        return found


@dataclass(frozen=True)
class SplitContext:
    """A `SplitAttention` made ready for one evaluation: where the background is, by the number of positions."""

    split: SplitAttention
    backgrounds: dict[int, torch.Tensor]

    def join(self, foreground: torch.Tensor, background: torch.Tensor) -> torch.Tensor:
        """Return, for each position, its share of what both halves of the context gave (B,N,C)."""
        split = self.split
        background = background * split.background_scale
        foreground = foreground * split.foreground_scale
        foreground = (1 - split.merge_scale) * foreground + split.merge_scale * background
        return torch.where(self.backgrounds[foreground.shape[1]], background, foreground)


def attend(
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
            attended = split.join(*(attend(attn, hidden_states, *half) for half in zip(contexts, biases, strict=True)))
        if reference_scales:
            attended = attended * reference_scales[self.block]
        return _project(attn, attended)
