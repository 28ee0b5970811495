"""Shuffle training on tokens: one permutation for a batch, and learned tokens that replace some of them.

Formulas: docs/method.md, "Training".
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
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
        `share`: largest share of a sample's L last tokens that are replaced; those before, such as CLS, stay.
        `amounts`: even random numbers 0..1, (B,), which decide how many, from none to that share.
        `orders`: a permutation of the last tokens for each sample, (B,L); the first ones are replaced.
        `picks`: learned tokens that may come in, (B,L) whole numbers below `size`.
        """
        count = orders.shape[1]
        fixed = tokens.shape[1] - count
        replaced = (amounts * (int(share * count) + 1)).long()
        ranks = orders.argsort(dim=1)
        swapped = F.pad(ranks < replaced[:, None], (fixed, 0)).unsqueeze(-1)
        learned = self.tokens[F.pad(picks, (fixed, 0))].to(tokens.dtype)
        return torch.where(swapped, learned, tokens), parts * ~swapped
