"""Low-rank changes of the cross-attentions' projections, one set for the foreground and one for the background.

They come with v1.5 and v2 (docs/method.md, "Split attention"). They are not part of the UNet: each evaluation gets them
or runs without, so they cannot stay switched on by mistake.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import nn


class LowRank(nn.Module):
    """up(down(x)), to be added to a projection. `rank` None means half the smaller side."""

    def __init__(self, in_size: int, out_size: int, rank: int | None) -> None:
        super().__init__()
        rank = min(in_size, out_size) // 2 if rank is None else rank
        self.down = nn.Linear(in_size, rank, bias=False)
        self.up = nn.Linear(rank, out_size, bias=False)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return (...,`out_size`) for `states` (...,`in_size`)."""
        return self.up(self.down(states))


class ProjectionLora(nn.Module):
    """Low-rank additions to the query, key and value of one cross-attention."""

    def __init__(self, width: int, token_size: int, rank: int | None) -> None:
        super().__init__()
        self.query = LowRank(width, width, rank)
        self.key = LowRank(token_size, width, rank)
        self.value = LowRank(token_size, width, rank)


class SplitLora(ModelMixin, ConfigMixin):
    """LoRA of a model for split attention.

    * `blocks`: numbers of the transformer blocks that have LoRA
    * `widths`: channels of these blocks
    * `token_size`: channels of a token
    * `foreground_rank`, `background_rank`: None means half the smaller side of each projection
    """

    @register_to_config
    def __init__(
        self,
        blocks: Sequence[int],
        widths: Sequence[int],
        token_size: int = 1024,
        foreground_rank: int | None = 4,
        background_rank: int | None = None,
    ) -> None:
        super().__init__()
        sizes = list(zip(blocks, widths, strict=True))
        self.foreground, self.background = (
            nn.ModuleDict({str(block): ProjectionLora(width, token_size, rank) for block, width in sizes})
            for rank in (foreground_rank, background_rank)
        )

    def has(self, block: int) -> bool:
        """Return whether transformer block `block` has LoRA."""
        return str(block) in self.foreground

    def sides(self, block: int) -> tuple[ProjectionLora, ProjectionLora]:
        """Return the LoRA of transformer block `block` for the foreground and for the background."""
        foreground, background = self.foreground[str(block)], self.background[str(block)]
        assert isinstance(foreground, ProjectionLora) and isinstance(background, ProjectionLora)
        return foreground, background
