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
from huebrush_backend.training.strategies.point_pairs import PairEmbeddings, Pairs


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return softmax(scale QKᵀ)V (B,heads,Q,D) and the softmax, both in the precision of `query`."""
    probabilities = (query * scale @ key.transpose(-1, -2)).softmax(dim=-1, dtype=query.dtype)
    return probabilities @ value, probabilities


def attend_explicitly(clip: CLIPModel) -> None:
    """Make the vision tower of `clip` attend by plain matrix products (see `ExplicitAttentionProcessor`)."""

    def attend(module, query, key, value, attention_mask, scaling, **options):
        return _attend(query, key, value, scaling)[0].transpose(1, 2).contiguous(), None

    AttentionInterface.register("explicit", attend)
    clip.set_attn_implementation({"vision_config": "explicit"})


class ExplicitAttentionProcessor:
    """Self- or cross-attention by plain matrix products, with weights 1 for reference and tokens.

    At these weights the result equals that of the UNet's own processors. With `keep`, it also keeps `probabilities`
    (B,queries,tokens), the mean over the heads, and may get `embeddings` of point pairs, which then count where it
    attends to the very tokens in `pairs_of`. On a CPU, where the backward pass of PyTorch's fused attention is slow,
    forward and backward together take half the time.
    """

    def __init__(self, keep: bool = False, channels: int = 0) -> None:
        self.keep, self.channels = keep, channels
        self.probabilities: torch.Tensor | None = None
        self.embeddings: PairEmbeddings | None = None
        self.pairs_of: tuple[torch.Tensor, Pairs] | None = None

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
        """Return the attention output (B,N,C).

        `attn`: the attention layer.
        `hidden_states`: queries, (B,N,C).
        `encoder_hidden_states`: tokens of cross-attention, (B,M,D); None for self-attention.
        `attention_mask`, `reference_scales`, `token_bias`: as in `ReferenceAttentionProcessor`.
        `reference`: replaces `encoder_hidden_states` in cross-attention, if given.
        """
        if reference is not None and encoder_hidden_states is not None:
            encoder_hidden_states = reference.batch()
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        projections: tuple[Any, ...] = (attn.to_q, attn.to_k, attn.to_v)
        query, key, value = (
            project(source) for project, source in zip(projections, (hidden_states, context, context), strict=True)
        )
        if self.embeddings is not None and self.pairs_of is not None and context is self.pairs_of[0]:
            query, key = self.embeddings(query, key, self.pairs_of[1])
        query, key, value = (each.unflatten(-1, (attn.heads, -1)).transpose(1, 2) for each in (query, key, value))
        attended, probabilities = _attend(query, key, value, query.shape[-1] ** -0.5)
        if self.keep:
            self.probabilities = probabilities.mean(dim=1)
        linear, dropout = attn.to_out  # pyright: ignore[reportGeneralTypeIssues]
        return dropout(linear(attended.transpose(1, 2).flatten(2)))


def observe_attention(unet: ColorizeUNet, blocks: Sequence[str]) -> list[ExplicitAttentionProcessor]:
    """Make `unet` attend explicitly, and return the cross-attention processors of `blocks`, which keep probabilities.

    `blocks`: beginnings of names of transformer blocks, such as "up_blocks.2". Each processor knows the number of
    `channels` of its queries and keys.
    """
    processors = {
        name: ExplicitAttentionProcessor(
            keep=isinstance(processor, ReferenceAttentionProcessor) and name.startswith(tuple(blocks)),
            channels=unet.get_submodule(name.removesuffix(".processor")).inner_dim,  # pyright: ignore
        )
        for name, processor in unet.attn_processors.items()
    }
    unet.set_attn_processor(dict(processors))  # pyright: ignore[reportArgumentType]  it empties the given dictionary
    return [processor for processor in processors.values() if processor.keep]


def attention_loss(
    probabilities: torch.Tensor, parts: torch.Tensor, reference_parts: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    """Return the mean of -log of the attention that cells of the drawing give to their own part, a picture each: (B,).

    Attention to a token counts by the token's purity, relative to the purest token of the part. Parts that the
    reference does not show do not count. `probabilities`: attention, (B,Q,N). `parts`: share of each part in each cell,
    (B,classes,S,S), S² a multiple of Q. `reference_parts`: share of each part in each token, (B,N,classes). `weights`:
    weight of each cell, (B,S,S).
    """
    side = round(probabilities.shape[1] ** 0.5)
    wanted = F.adaptive_avg_pool2d(parts, side).flatten(2).transpose(1, 2)
    places = F.adaptive_avg_pool2d(weights.unsqueeze(1), side).flatten(2).transpose(1, 2)
    purest = reference_parts.amax(dim=1, keepdim=True)
    shown = (purest > 0).float()
    looked = (probabilities @ reference_parts.to(probabilities.dtype)).float() / purest.clamp(min=1e-3)
    counted = wanted * shown * places
    sums = (counted * torch.log(looked.clamp(max=1) + 1e-4)).flatten(1).sum(dim=1)
    return -sums / counted.flatten(1).sum(dim=1).clamp(min=1e-3)
