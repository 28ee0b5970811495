"""How much each reference token counts in cross-attention: by its reference's weight, and by the part that counts."""

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
    """Return the logarithm (N,) of each one's weight of `tokens` (1,N,D), of their type; None where all weigh the same.

    `tokens`: of all references one after the other, of this `kind`; twice those with an `enhancement` that splits the
    attention. `weights`: one positive number for each reference, equal if empty. `parts`: for each reference None, or
    a mask (1,1,h,w) that is 1 where the picture counts and 0 where it does not, and not 0 everywhere; empty: all count.
    A place's token weighs by its share of the mask, -inf for none; the global token has no place. A reference of which
    a part counts has as much weight in all as if it did as a whole.
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
    """Return the weights (tokens,) of one reference's tokens, 1 in the mean of those with a place."""
    if part is None or kind == "cls":
        return torch.ones(tokens)
    whole = 1 if kind == "full" else 0
    side = round((tokens - whole) ** 0.5)
    shares = F.adaptive_avg_pool2d(part.float().cpu(), (side, side)).flatten()
    return torch.cat([torch.ones(whole), shares / shares.mean()])
