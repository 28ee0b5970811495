"""Attention as training computes it, and the loss that tells cross-attention where to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention
from transformers import AttentionInterface, CLIPModel

from huebrush_backend.models.attention import ReferenceAttentionProcessor
from huebrush_backend.models.reference_context import ReferenceContext
from huebrush_backend.models.unet import ColorizeUNet


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return softmax(scale QKᵀ)V (B,heads,Q,D) and the softmax, both in the precision of `query`."""
    probabilities = (query * scale @ key.transpose(-1, -2)).softmax(dim=-1, dtype=query.dtype)
    return probabilities @ value, probabilities


def attend_explicitly(clip: CLIPModel) -> None:
    """Let the vision tower of `clip` attend by plain matrix products too, for the same reason."""

    def attend(module, query, key, value, attention_mask, scaling, **options):
        return _attend(query, key, value, scaling)[0].transpose(1, 2).contiguous(), None

    AttentionInterface.register("explicit", attend)
    clip.set_attn_implementation({"vision_config": "explicit"})


class ExplicitAttentionProcessor:
    """Self- or cross-attention by plain matrix products, with weights 1 for reference and tokens.

    Gives what the UNet's own processors give at those weights, but keeps `probabilities` (B,queries,tokens), the mean
    of the heads, when `keep` is set; and forward and backward together take half the time of PyTorch's fused attention
    on a CPU, whose backward pass is slow.
    """

    def __init__(self, keep: bool = False) -> None:
        self.keep = keep
        self.probabilities: torch.Tensor | None = None

    def __call__(
        self,
        attn: Attention,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        reference_scales: Sequence[float] = (),
        token_bias: torch.Tensor | None = None,
        reference: ReferenceContext | None = None,
    ) -> torch.Tensor:
        """Return the attention output (B,N,C) over `encoder_hidden_states` (B,M,D), or over the states themselves.

        `reference`: stands for the `encoder_hidden_states` of cross-attention, if there is one.
        """
        if reference is not None and encoder_hidden_states is not None:
            encoder_hidden_states = reference.batch()
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        projections: tuple[Any, ...] = (attn.to_q, attn.to_k, attn.to_v)
        query, key, value = (
            project(source).unflatten(-1, (attn.heads, -1)).transpose(1, 2)
            for project, source in zip(projections, (hidden_states, context, context), strict=True)
        )
        attended, probabilities = _attend(query, key, value, query.shape[-1] ** -0.5)
        if self.keep:
            self.probabilities = probabilities.mean(dim=1)
        linear, dropout = attn.to_out  # pyright: ignore[reportGeneralTypeIssues]
        return dropout(linear(attended.transpose(1, 2).flatten(2)))


def observe_attention(unet: ColorizeUNet, blocks: Sequence[str]) -> list[ExplicitAttentionProcessor]:
    """Let `unet` attend explicitly; returns the processors of the cross-attention in `blocks`, which keep what they do.

    `blocks`: beginnings of the names of transformer blocks, such as "up_blocks.2".
    """
    processors = {
        name: ExplicitAttentionProcessor(
            keep=isinstance(processor, ReferenceAttentionProcessor) and name.startswith(tuple(blocks))
        )
        for name, processor in unet.attn_processors.items()
    }
    unet.set_attn_processor(dict(processors))  # pyright: ignore[reportArgumentType]  it empties what it is given
    return [processor for processor in processors.values() if processor.keep]


def attention_loss(
    probabilities: torch.Tensor, parts: torch.Tensor, reference_parts: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    """Measure how little each place looks at tokens that show only its own part: a mean of -log of their share.

    `probabilities` (B,Q,N); `parts` (B,classes,S,S) the share of each part at each place, S² a multiple of Q;
    `reference_parts` (B,N,classes) the share of each part in each token; `weights` (B,S,S) of the places. What is
    looked at counts by its purity, relative to the purest token of the part. Parts that the reference does not show do
    not count.
    """
    side = round(probabilities.shape[1] ** 0.5)
    wanted = F.adaptive_avg_pool2d(parts, side).flatten(2).transpose(1, 2)
    places = F.adaptive_avg_pool2d(weights.unsqueeze(1), side).flatten(2).transpose(1, 2)
    purest = reference_parts.amax(dim=1, keepdim=True)
    shown = (purest > 0).float()
    looked = (probabilities @ reference_parts.to(probabilities.dtype)).float() / purest.clamp(min=1e-3)
    counted = wanted * shown * places
    return -(counted * torch.log(looked.clamp(max=1) + 1e-4)).sum() / counted.sum().clamp(min=1e-3)
