"""Cross-attention in which some places of the page look at other reference tokens than the rest.

An edit by text that is brushed onto a place changes the tokens for the queries of that place alone; all others attend
to the tokens as they were. With a single token, as in CLS models, the same happens: attention over one token gives its
values, and the mask says which token's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F

from huebrush_backend.models.reference_context import ReferenceContext


@dataclass(frozen=True)
class BrushedReference:
    """What the places of a page that are brushed look at, in place of the reference's own tokens.

    `contexts`: for each place the tokens (1,N,D) that it looks at, as many as the reference has; N is twice that where
    attention is split. `masks` (1,1,h,w) of the latent's size, one for each place, 0..1: how far a position belongs to
    it. Where masks overlap, the later place covers the earlier ones. `biases`: for each place the logarithms of its
    tokens' weights (N,), None where all weigh the same; empty where they are those of the reference's tokens.
    """

    contexts: tuple[ReferenceContext, ...]
    masks: tuple[torch.Tensor, ...]
    biases: tuple[torch.Tensor | None, ...] = ()

    def for_rows(self, sees: Sequence[bool]) -> BrushedReference:
        """Return the same for a batch whose rows look at the reference as `sees` says; see `ReferenceContext`."""
        return replace(self, contexts=tuple(context.for_rows(sees) for context in self.contexts))

    def ready(self, levels: int) -> BrushContext:
        """Return this made ready for one evaluation of a UNet with `levels` resolutions."""
        masks: dict[int, list[torch.Tensor]] = {}
        for level in range(levels):
            for mask in self.masks:
                small = F.avg_pool2d(mask, 2**level, ceil_mode=True) if level else mask
                masks.setdefault(small.shape[-2] * small.shape[-1], []).append(small.flatten(1).unsqueeze(-1))
        return BrushContext(self.contexts, masks, self.biases)


@dataclass(frozen=True)
class BrushContext:
    """A `BrushedReference` made ready for one evaluation: masks (1,N,1) of each place by the number N of positions."""

    contexts: tuple[ReferenceContext, ...]
    masks: dict[int, list[torch.Tensor]]
    biases: tuple[torch.Tensor | None, ...] = ()

    def join(self, attended: torch.Tensor, brushed: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return what each position sees: its share of `attended` (B,N,C) and of each of the `brushed` (B,N,C)."""
        for mask, other in zip(self.masks[attended.shape[1]], brushed, strict=True):
            attended = torch.lerp(attended, other, mask.to(attended.dtype))
        return attended
