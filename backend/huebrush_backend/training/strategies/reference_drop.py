"""Training without reference, at a constant or a changing rate (docs/method.md, "Training")."""

from __future__ import annotations

import torch

from huebrush_backend.training.strategies.options import Strategies


def drop_rate(options: Strategies, step: int) -> float:
    """Return the share of samples without reference at training step `step`."""
    start, end = options.reference_drop, options.reference_drop_end
    if end is None:
        return start
    change = options.reference_drop_step * (step // options.reference_drop_every)
    return max(end, start - change) if end < start else min(end, start + change)


def drop_references(tokens: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    """Return `tokens` (B,N,D), all zero in the rows where `kept` (B,) is False: no reference."""
    return tokens * kept[:, None, None]
