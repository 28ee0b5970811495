"""Cross-attention in which some places of the page attend to other reference tokens than the rest.

An edit by text that is brushed onto a place changes the tokens for the queries of that place only; all other queries
attend to the original tokens. Models with a single token, as CLS models have, do the same: attention over one token
returns its values, and the mask chooses the token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F

from huebrush_backend.models.reference_context import ReferenceContext


@dataclass(frozen=True)
class BrushedReference:
    """Tokens that the brushed places of a page attend to, instead of the reference's own tokens.

    * `contexts`: for each place its tokens (1,N,D), as many as the reference has; twice as many if attention is split
    * `masks`: for each place (1,1,h,w) of the latent's size, 0..1, how much a position belongs to it. Later places
      cover earlier ones
    * `biases`: for each place the logarithms of its tokens' weights (N,), None for equal weights; empty if they are
      those of the reference's tokens
    """

    contexts: tuple[ReferenceContext, ...]
    masks: tuple[torch.Tensor, ...]
    biases: tuple[torch.Tensor | None, ...] = ()

    def for_rows(self, sees: Sequence[bool]) -> BrushedReference:
        """Return the same for a batch in which `sees` says which rows attend to the reference; see
        `ReferenceContext`."""
        return replace(self, contexts=tuple(context.for_rows(sees) for context in self.contexts))

    def ready(self, levels: int) -> BrushContext:
        """Return this prepared for one evaluation of a UNet with `levels` resolutions."""
        masks: dict[int, list[torch.Tensor]] = {}
        for level in range(levels):
            for mask in self.masks:
                small = F.avg_pool2d(mask, 2**level, ceil_mode=True) if level else mask
                masks.setdefault(small.shape[-2] * small.shape[-1], []).append(small.flatten(1).unsqueeze(-1))
        return BrushContext(self.contexts, masks, self.biases)


@dataclass(frozen=True)
class BrushContext:
    """A `BrushedReference` prepared for one evaluation: masks (1,N,1) of each place by the number N of positions."""

    contexts: tuple[ReferenceContext, ...]
    masks: dict[int, list[torch.Tensor]]
    biases: tuple[torch.Tensor | None, ...] = ()

    def join(self, attended: torch.Tensor, brushed: Sequence[torch.Tensor]) -> torch.Tensor:
        """Blend `attended` (B,N,C) and each of the `brushed` (B,N,C) at each position by the masks."""
        for mask, other in zip(self.masks[attended.shape[1]], brushed, strict=True):
            attended = torch.lerp(attended, other, mask.to(attended.dtype))
        return attended
