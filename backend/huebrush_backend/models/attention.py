"""Attention processors of the UNet: plain self-attention, and cross-attention to the reference tokens with a scale.

The scale multiplies the attended values *before* the output projection, so the bias of the projection is not scaled.
With a mask, the foreground attends to one half of the tokens and the background to the other.

Formulas: docs/method.md, "Strengths by block and level" and "Split attention".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention

from huebrush_backend.models.attention_record import AttentionRecord, attention_weights
from huebrush_backend.models.brushed_attention import BrushContext
from huebrush_backend.models.lora import ProjectionLora
from huebrush_backend.models.reference_context import KeysValues, ReferenceContext
from huebrush_backend.models.split_attention import SplitContext

SelfAttention = Callable[[Attention, torch.Tensor], torch.Tensor]
"""Replacement for self-attention. It gets a block's layer, which also identifies the block, and its normalised states
(B,N,C), and returns the attended values (B,N,C) before the output projection."""


def keys_values(attention: Attention, context: torch.Tensor, lora: ProjectionLora | None = None) -> KeysValues:
    """Return the keys and values of `context` (B,M,D); `lora` is added to their projections."""
    layer: Any = attention
    key, value = layer.to_k(context), layer.to_v(context)
    if lora is not None:
        key, value = key + lora.key(context), value + lora.value(context)
    return _heads(attention, key), _heads(attention, value)


def attend_to(
    attention: Attention,
    states: torch.Tensor,
    known: KeysValues,
    bias: torch.Tensor | None = None,
    lora: ProjectionLora | None = None,
) -> torch.Tensor:
    """Return softmax(QKᵀ/√d + bias)V before the output projection.

    * `attention`: the layer
    * `states`: (B,N,C), states that attend
    * `known`: keys and values to attend to, one row or B rows
    * `bias`: added to the logits
    * `lora`: added to the projection to Q
    """
    layer: Any = attention
    query = layer.to_q(states)
    if lora is not None:
        query = query + lora.query(states)
    key, value = (each.expand(len(states), -1, -1, -1) for each in known)
    attended = F.scaled_dot_product_attention(_heads(attention, query), key, value, attn_mask=bias)
    return attended.transpose(1, 2).flatten(2)


def attend(attention: Attention, states: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
    """Return `attend_to` for `states` (B,N,C) over `context` (B,M,D)."""
    return attend_to(attention, states, keys_values(attention, context))


def _heads(attention: Attention, projected: torch.Tensor) -> torch.Tensor:
    return projected.unflatten(-1, (attention.heads, -1)).transpose(1, 2)


def _project(attention: Attention, attended: torch.Tensor) -> torch.Tensor:
    layers: Any = attention.to_out
    linear, dropout = layers
    return dropout(linear(attended))


def _projected_zeros(attention: Attention, states: torch.Tensor) -> torch.Tensor:
    """Return the bias of the output projection, which is its result for attended values of zero."""
    layers: Any = attention.to_out
    linear, _ = layers
    if linear.bias is None:
        return torch.zeros_like(states)
    return linear.bias.expand_as(states)


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
        reference: ReferenceContext | None = None,
        brush: BrushContext | None = None,
        record: AttentionRecord | None = None,
    ) -> torch.Tensor:
        """Return the attention output (B,N,C), from `self_attention` if it is given.

        All other arguments concern cross-attention only.
        """
        if self_attention is not None:
            return _project(attn, self_attention(attn, hidden_states))
        return _project(attn, attend(attn, hidden_states, hidden_states))


class ReferenceAttentionProcessor:
    """Cross-attention of the latent to the reference tokens, multiplied by the scale of its transformer block.

    `block` is the number of the transformer block, counted from 0 along down path, middle and up path.
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
        reference: ReferenceContext | None = None,
        brush: BrushContext | None = None,
        record: AttentionRecord | None = None,
    ) -> torch.Tensor:
        """Return the attention output (B,N,C) over the reference tokens.

        * `encoder_hidden_states`: (B,M,D), the reference tokens
        * `reference_scales`: one scale for each transformer block
        * `token_bias`: (M,), logarithms of the tokens' weights, added to every query's logits
        * `split`: the first half of the tokens belongs to the foreground, the second to the background
        * `reference`: replaces `encoder_hidden_states` and says which rows attend to its tokens; then `split` has a
          mask of one row
        * `brush`: places that attend to tokens of their own
        * `record`: gets the weights of the first row, as far as it attends to the reference's tokens
        """
        if reference is None:
            if encoder_hidden_states is None:
                raise ValueError("cross-attention needs the reference tokens; pass zeros for no reference")
            contexts = [encoder_hidden_states, *(() if brush is None else (each.batch() for each in brush.contexts))]
            known = [self._keys_values(attn, context, split) for context in contexts]
            return self._attend(
                attn=attn,
                states=hidden_states,
                known=known,
                reference_scales=reference_scales,
                token_bias=token_bias,
                split=split,
                brush=brush,
                record=record,
            )
        seeing = [row for row, sees in enumerate(reference.sees) if sees]
        if not seeing:
            return _projected_zeros(attn, hidden_states)
        contexts = [reference, *(() if brush is None else brush.contexts)]
        known = [self._keys_values(attn, context, split) for context in contexts]
        if len(seeing) == len(hidden_states):
            return self._attend(
                attn=attn,
                states=hidden_states,
                known=known,
                reference_scales=reference_scales,
                token_bias=token_bias,
                split=split,
                brush=brush,
                record=record,
            )
        output = _projected_zeros(attn, hidden_states).clone()
        output[seeing] = self._attend(
            attn=attn,
            states=hidden_states[seeing],
            known=known,
            reference_scales=reference_scales,
            token_bias=token_bias,
            split=split,
            brush=brush,
            record=record if reference.sees[0] else None,
        )
        return output

    def _keys_values(
        self, attn: Attention, context: torch.Tensor | ReferenceContext, split: SplitContext | None
    ) -> list[KeysValues]:
        """Return the keys and values of the tokens, or of both halves of them."""
        loras = (None,) if split is None else split.loras(self.block)
        if isinstance(context, torch.Tensor):
            halves = context.chunk(len(loras), dim=1)
            return [keys_values(attn, half, lora) for half, lora in zip(halves, loras, strict=True)]
        halves = context.tokens.chunk(len(loras), dim=1)
        return [
            context.keys_values((attn, number, len(loras), lora), partial(keys_values, attn, half, lora))
            for number, (half, lora) in enumerate(zip(halves, loras, strict=True))
        ]

    def _attend(
        self,
        attn: Attention,
        states: torch.Tensor,
        known: Sequence[Sequence[KeysValues]],
        reference_scales: Sequence[float],
        token_bias: torch.Tensor | None,
        split: SplitContext | None,
        brush: BrushContext | None,
        record: AttentionRecord | None,
    ) -> torch.Tensor:
        """Return the output for `states` (B,N,C).

        `known` holds the keys and values of the reference, then of each brushed place. The other arguments are as in
        `__call__`.
        """
        if record is not None and record.wants(self.block):
            record.add(self._weights(attn, states, known[0], token_bias, split))
        biases = [token_bias] * len(known) if brush is None or not brush.biases else [token_bias, *brush.biases]
        attended, *brushed = (
            self._attended(attn, states, each, bias, split) for each, bias in zip(known, biases, strict=True)
        )
        if brush is not None:
            attended = brush.join(attended, brushed)
        if reference_scales:
            attended = attended * reference_scales[self.block]
        return _project(attn, attended)

    def _attended(
        self,
        attn: Attention,
        states: torch.Tensor,
        known: Sequence[KeysValues],
        token_bias: torch.Tensor | None,
        split: SplitContext | None,
    ) -> torch.Tensor:
        bias = None if token_bias is None else token_bias.view(1, 1, 1, -1)
        if split is None:
            return attend_to(attn, states, known[0], bias)
        biases = (None, None) if bias is None else bias.chunk(2, dim=-1)
        foreground, background = (
            attend_to(attn, states, *half) for half in zip(known, biases, split.loras(self.block), strict=True)
        )
        return split.join(foreground, background, self.block)

    def _weights(
        self,
        attn: Attention,
        states: torch.Tensor,
        known: Sequence[KeysValues],
        token_bias: torch.Tensor | None,
        split: SplitContext | None,
    ) -> torch.Tensor:
        """Return the first row's weights (N,M); with `split` a position looks at one half of the tokens only."""
        if split is None:
            return attention_weights(attn, states, known[0], token_bias)
        biases = (None, None) if token_bias is None else token_bias.chunk(2)
        loras = split.loras(self.block)
        figure = split.foreground(states.shape[1])[0].float()
        halves = [attention_weights(attn, states, *half) for half in zip(known, biases, loras, strict=True)]
        return torch.cat([halves[0] * figure, halves[1] * (1 - figure)], dim=-1)
