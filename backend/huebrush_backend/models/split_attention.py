"""Cross-attention in which foreground and background attend to different tokens (docs/method.md, "Split attention")."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from huebrush_backend.models.lora import ProjectionLora, SplitLora


@dataclass(frozen=True)
class SplitAttention:
    """Foreground and background that attend to different tokens: the first and the second half of the context.

    * `mask`: (1 or B,1,h,w), of the latent's size: 1 is foreground, below `threshold` is background
    * `foreground_scale`, `background_scale`: factors of the two halves' results
    * `merge_scale`: 0 to 1, part of the background's result that the foreground takes as well
    * `lora`: changes of the projections that came with the model
    * `foreground_lora`, `background_lora`: whether the LoRA of that side acts
    """

    mask: torch.Tensor
    threshold: float = 0.5
    foreground_scale: float = 1.0
    background_scale: float = 1.0
    merge_scale: float = 0.0
    lora: SplitLora | None = None
    foreground_lora: bool = False
    background_lora: bool = False

    def ready(self, levels: int) -> SplitContext:
        """Return this prepared for one evaluation of a UNet with `levels` resolutions."""
        masks = {}
        for level in range(levels):
            # The mask overshoots when it is reduced; the threshold is applied to that, as in the released models.
            mask = F.interpolate(self.mask, scale_factor=0.5**level, mode="bicubic") if level else self.mask
            masks[mask.shape[-2] * mask.shape[-1]] = mask.flatten(1).unsqueeze(-1)
        return SplitContext(self, masks)


@dataclass(frozen=True)
class SplitContext:
    """A `SplitAttention` prepared for one evaluation: the mask (1 or B,N,1) by the number N of positions."""

    split: SplitAttention
    masks: dict[int, torch.Tensor]

    def loras(self, block: int) -> tuple[ProjectionLora | None, ProjectionLora | None]:
        """Return the LoRA of transformer block `block` for the foreground and the background."""
        split = self.split
        if split.lora is None or not split.lora.has(block):
            return None, None
        foreground, background = split.lora.sides(block)
        return foreground if split.foreground_lora else None, background if split.background_lora else None

    def join(self, foreground: torch.Tensor, background: torch.Tensor, block: int) -> torch.Tensor:
        """Blend the results of both halves of the context (B,N,C) at each position, in block `block`."""
        split = self.split
        background = background * split.background_scale
        foreground = foreground * split.foreground_scale
        foreground = (1 - split.merge_scale) * foreground + split.merge_scale * background
        mask = self.masks[foreground.shape[1]]
        if split.lora is not None and split.lora.has(block):
            # Exactly at the threshold, blocks with and without LoRA differ, as in the released models.
            return torch.where(mask > split.threshold, foreground, background)
        return torch.where(mask < split.threshold, background, foreground)

    def foreground(self, positions: int) -> torch.Tensor:
        """Return the foreground (1 or B,N,1), for `positions` N."""
        return self.masks[positions] > self.split.threshold
