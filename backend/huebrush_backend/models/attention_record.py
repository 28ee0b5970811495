"""Records which reference tokens the places of a page look at: the network's cross-attention, averaged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import torch
from diffusers.models.attention_processor import Attention

from huebrush_backend.models.lora import ProjectionLora
from huebrush_backend.models.reference_context import KeysValues

MOST_WEIGHTS = 1 << 22
"""Most attention weights that are computed at once, of all heads together: memory stays bounded on large canvases."""


class AttentionRecord:
    """Mean weights of cross-attention over heads, chosen transformer blocks, and the evaluations that are recorded.

    Only the first row of a batch is recorded, which is the one with all conditions. `blocks`: numbers of transformer
    blocks of one resolution.
    """

    def __init__(self, blocks: Collection[int]) -> None:
        self._blocks = frozenset(blocks)
        self._sum: torch.Tensor | None = None
        self._count = 0

    def wants(self, block: int) -> bool:
        """Return whether transformer block `block` is to be recorded."""
        return block in self._blocks

    def add(self, weights: torch.Tensor) -> None:
        """Add the weights (N,M) float32 of one block in one evaluation: each of N positions to M tokens."""
        self._sum = weights if self._sum is None else self._sum + weights
        self._count += 1

    def mean(self) -> torch.Tensor | None:
        """Return the mean (N,M) float32 of all that was added, None of nothing."""
        return None if self._sum is None else self._sum / self._count


def finest_blocks(places: Sequence[tuple[str, int]]) -> frozenset[int]:
    """Return the numbers of the transformer blocks with the highest resolution on the way up, which see most exactly.

    `places`: place of each block, as in `ColorizeUNet.transformer_block_places`.
    """
    up = [(level, number) for number, (path, level) in enumerate(places) if path == "up_blocks"]
    finest = min((level for level, _ in up), default=0)
    return frozenset(number for level, number in up if level == finest)


def attention_weights(
    attention: Attention,
    states: torch.Tensor,
    known: KeysValues,
    bias: torch.Tensor | None = None,
    lora: ProjectionLora | None = None,
) -> torch.Tensor:
    """Return softmax(QKᵀ/√d + bias) of the first row, averaged over heads: (N,M) float32.

    The parameters are as in `attend_to`.
    """
    layer: Any = attention
    first = states[:1]
    query = layer.to_q(first)
    if lora is not None:
        query = query + lora.query(first)
    query = query.unflatten(-1, (attention.heads, -1)).transpose(1, 2)[0]
    key = known[0][0]
    heads, positions, width = query.shape
    part = max(1, MOST_WEIGHTS // (heads * key.shape[1]))
    means = []
    for start in range(0, positions, part):
        logits = (query[:, start : start + part] @ key.transpose(1, 2)).float() * width**-0.5
        if bias is not None:
            logits = logits + bias.reshape(1, 1, -1)
        means.append(logits.softmax(dim=-1).mean(dim=0))
    return torch.cat(means)
