"""Pairs of points that show the same part: known in training, and added to queries and keys of cross-attention.

Formulas: docs/method.md, "Training".
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

PURE = 0.9
"""Share of a token that a part must cover, so that the token can be a point of this part."""
SPREAD = 0.5
"""Standard deviation of new embeddings."""


@dataclass(frozen=True)
class Pairs:
    """Points of the drawing and of the reference that belong together, P for each sample.

    * `cells`: cells of the drawing's grid, (B,P)
    * `tokens`: reference tokens, (B,P)
    * `given`: whether the pair counts, (B,P)
    * `side`: cells a side of the drawing's grid
    """

    cells: torch.Tensor
    tokens: torch.Tensor
    given: torch.Tensor
    side: int

    def queries(self, count: int) -> torch.Tensor:
        """Return the query of `count`, also a square grid, that each cell lies in, (B,P)."""
        side = round(count**0.5)
        rows, columns = self.cells // self.side, self.cells % self.side
        return (rows * side // self.side) * side + columns * side // self.side

    def without(self, kept: torch.Tensor) -> Pairs:
        """Return the same pairs, but none in the rows where `kept` (B,) is False."""
        return Pairs(self.cells, self.tokens, self.given & kept[:, None], self.side)


def choose_pairs(
    labels: torch.Tensor,
    known: torch.Tensor,
    reference_parts: torch.Tensor,
    amounts: torch.Tensor,
    cell_scores: torch.Tensor,
    token_scores: torch.Tensor,
) -> Pairs:
    """Choose pairs of points at random: a cell of the drawing, and a token that shows the same part.

    `labels`: part of each cell of the drawing, (B,S,S).
    `known`: whether it is known, (B,S,S) bool; other cells are not chosen.
    `reference_parts`: share of each part in each token, (B,N,classes).
    `amounts`: even random numbers 0..1, (B,), which decide how many pairs are given, from none to all.
    `cell_scores`, `token_scores`: random numbers 0..1, (B,P,S²) and (B,P,N): the highest is chosen.
    """
    pure = reference_parts >= PURE
    parts = labels.flatten(1)
    shown = pure.any(dim=1).gather(1, parts) & known.flatten(1)
    cells = cell_scores.masked_fill(~shown[:, None], -1).argmax(dim=2)
    fitting = pure.transpose(1, 2).gather(1, parts.gather(1, cells)[..., None].expand(-1, -1, pure.shape[1]))
    tokens = token_scores.masked_fill(~fitting, -1).argmax(dim=2)
    count = cells.shape[1]
    number = (amounts * (count + 1)).long()
    given = (torch.arange(count, device=labels.device) < number[:, None]) & shown.any(dim=1, keepdim=True)
    return Pairs(cells, tokens, given, labels.shape[-1])


class PairEmbeddings(nn.Module):
    """Learned vectors of one attention layer, one for each pair, that both of its points get.

    `count`: largest number of pairs.
    `channels`: channels of queries and keys.
    """

    def __init__(self, count: int, channels: int) -> None:
        super().__init__()
        self.vectors = nn.Parameter(SPREAD * torch.randn(count, channels))

    def forward(self, query: torch.Tensor, key: torch.Tensor, pairs: Pairs) -> tuple[torch.Tensor, torch.Tensor]:
        """Return `query` (B,Q,C) and `key` (B,N,C) with the vectors added at the points of `pairs`."""
        vectors = (self.vectors * pairs.given.unsqueeze(-1)).to(query.dtype)
        return _added(query, pairs.queries(query.shape[1]), vectors), _added(key, pairs.tokens, vectors)


def _added(states: torch.Tensor, places: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    return states.scatter_add(1, places.unsqueeze(-1).expand(-1, -1, states.shape[-1]), vectors)
