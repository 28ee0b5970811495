"""Shuffle training on tokens: one permutation for a batch, and learned tokens that replace some of them.

Formulas: docs/method.md, "Training".
"""

from __future__ import annotations

import torch
from torch import nn


def permute_tokens(tokens: torch.Tensor, parts: torch.Tensor, order: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return `tokens` (B,N,D) and their `parts` (B,N,classes) in `order` (N,).

    Cross-attention does not see an order, so this alone changes nothing that the network computes.
    """
    return tokens[:, order], parts[:, order]


class TokenPool(nn.Module):
    """Learned tokens, zero at first, that replace some tokens of a reference in training. Sampling does without them.

    `size`: number of learned tokens.
    `token_size`: length of a token.
    """

    def __init__(self, size: int, token_size: int) -> None:
        super().__init__()
        self.tokens = nn.Parameter(torch.zeros(size, token_size))

    def forward(
        self,
        tokens: torch.Tensor,
        parts: torch.Tensor,
        share: float,
        amounts: torch.Tensor,
        orders: torch.Tensor,
        picks: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return `tokens` and `parts` after the replacement. Learned tokens show no part.

        `tokens`: (B,N,D).
        `parts`: share of each part in each token, (B,N,classes).
        `share`: largest share of a sample's tokens that are replaced.
        `amounts`: even random numbers 0..1, (B,), which decide how many, from none to that share.
        `orders`: a permutation of the tokens for each sample, (B,N); the first ones are replaced.
        `picks`: learned tokens that may come in, (B,N) whole numbers below `size`.
        """
        count = tokens.shape[1]
        replaced = (amounts * (int(share * count) + 1)).long()
        ranks = orders.argsort(dim=1)
        swapped = (ranks < replaced[:, None]).unsqueeze(-1)
        return torch.where(swapped, self.tokens[picks].to(tokens.dtype), tokens), parts * ~swapped
