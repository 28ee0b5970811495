"""Weights of the reference tokens in cross-attention: by their reference's weight, and by the part that counts."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F

from huebrush_backend.manipulation.reference_tokens import ReferenceTokens
from huebrush_backend.pipeline.enhancement import Enhancement


def token_bias(
    tokens: torch.Tensor,
    kind: ReferenceTokens,
    enhancement: Enhancement,
    weights: Sequence[float],
    parts: Sequence[torch.Tensor | None],
) -> torch.Tensor | None:
    """Return the logarithms (N,) of the weights of `tokens` (1,N,D), of their type; None if all weigh the same.

    * `tokens`: tokens of all references one after the other; twice those if `enhancement` splits the attention
    * `kind`: kind of these tokens
    * `enhancement`: enhancement in use
    * `weights`: one positive number for each reference, equal if empty
    * `parts`: for each reference None, or a mask (1,1,h,w), 1 where the picture counts and 0 elsewhere, not 0
      everywhere; empty: all counts

    The weight of a place's token is its share of the mask, -inf for none; the global token has no place. A reference of
    which a part counts has the same total weight as if all of it counted.
    """
    if len(set(weights)) <= 1 and all(part is None for part in parts):
        return None
    numbers = torch.tensor([*weights] or [1.0] * len(parts))
    each = tokens.shape[1] // len(numbers) // (2 if enhancement.splits else 1)
    shares = [_shares(part, each, kind) for part in parts] or [torch.ones(each)] * len(numbers)
    bias = torch.cat([torch.log(number * share) for number, share in zip(numbers, shares, strict=True)])
    if enhancement.splits:
        is_other = enhancement.background and enhancement.background_picture is not None
        bias = torch.cat([bias, torch.zeros_like(bias) if is_other else bias])
    return bias.to(tokens)


def _shares(part: torch.Tensor | None, tokens: int, kind: ReferenceTokens) -> torch.Tensor:
    """Return the weights (tokens,) of one reference's tokens; the mean of those with a place is 1."""
    if part is None or kind == "cls":
        return torch.ones(tokens)
    whole = 1 if kind == "full" else 0
    side = round((tokens - whole) ** 0.5)
    shares = F.adaptive_avg_pool2d(part.float().cpu(), (side, side)).flatten()
    return torch.cat([torch.ones(whole), shares / shares.mean()])
