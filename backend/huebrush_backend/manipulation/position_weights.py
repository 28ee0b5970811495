"""Weights of an edit for each local token, by how well the token fits a control text.

Formulas: docs/method.md, "Position weights".
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

DEFAULT_THRESHOLDS = (0.5, 0.55, 0.65, 0.95)
LOW_FACTOR = 2.0
"""Factor by which the least fitting tokens move more than the best fitting ones, in the opposite direction."""


def project(tokens: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    """Return the lengths (B,N,1) of the projections of `tokens` (B,N,C) onto the unit vector `text` (1,1,C)."""
    return tokens @ text.transpose(-1, -2)


def best_projection(tokens: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
    """Return the longest projection (B,N,1) of each of `tokens` (B,N,C) onto any of the unit vectors `texts` (n,1,C).

    `texts` has at least one.
    """
    return torch.cat([project(tokens, text[None]) for text in texts], dim=-1).amax(-1, keepdim=True)


def normalize(projection: torch.Tensor, dims: tuple[int, ...]) -> torch.Tensor:
    """Return `projection` normalised to 0..1 over `dims`; 1 if it is the same everywhere."""
    low, high = projection.amin(dims, keepdim=True), projection.amax(dims, keepdim=True)
    return torch.where(high > low, (projection - low) / (high - low), 1.0)


def position_weights(
    projection: torch.Tensor, strength: torch.Tensor | float, thresholds: Sequence[float] = DEFAULT_THRESHOLDS
) -> torch.Tensor:
    """Return each token's weight (B,N,1), from -2·`strength` at the lowest projections to `strength` at the highest.

    `projection` (B,N,1) is onto the control text; `strength`, a number or (B,1,1), may be negative. `thresholds` are
    four ascending numbers of 0..1, of the projection normalised over the tokens. Between them the weight rises from
    -`strength` to 0, to half of `strength`, and to `strength`.

    The released models give low projections the large negative weight too: the similarity of CLIP's patches to texts is
    often inverted.
    """
    lowest, low, high, highest = check_thresholds(thresholds)
    place = normalize(projection, (-2,))

    def rise(start: float, end: float) -> torch.Tensor:
        return (place - start) / (end - start) if end > start else torch.zeros_like(place)

    shares = torch.where(
        place <= lowest,
        -LOW_FACTOR,
        torch.where(
            place <= low,
            rise(lowest, low) - 1,
            torch.where(
                place <= high,
                rise(low, high) / 2,
                torch.where(place <= highest, (1 + rise(high, highest)) / 2, 1.0),
            ),
        ),
    )
    return shares * strength


def check_thresholds(thresholds: Sequence[float]) -> tuple[float, float, float, float]:
    """Return `thresholds` unchanged. Raises ValueError unless they are four ascending numbers of 0..1."""
    if len(thresholds) != 4 or list(thresholds) != sorted(thresholds) or not 0 <= thresholds[0] <= thresholds[3] <= 1:
        raise ValueError(f"thresholds must be four ascending numbers of 0 to 1, not {list(thresholds)}")
    lowest, low, high, highest = thresholds
    return lowest, low, high, highest
