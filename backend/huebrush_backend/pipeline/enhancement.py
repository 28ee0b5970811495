"""Separate colouring of foreground and background, and colouring in a reference's style.

Formulas: docs/method.md, "Split attention", "Background and style in v1.5" and "Background and style in v2". The
defaults of the thresholds are those of the authors' interface.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from huebrush_protocol.texts import Text

from huebrush_backend.models.lora import SplitLora
from huebrush_backend.models.split_attention import SplitAttention
from huebrush_backend.models.style import Style
from huebrush_backend.models.warp import BackgroundFeatures
from huebrush_backend.pipeline.refusals import ConditioningError

LATENT_FACTOR = 8


@dataclass(frozen=True)
class Enhancement:
    """Enhancements that act, their pictures and strengths. With all defaults it does nothing.

    * `background`: the drawing's background gets its own source: `background_picture`, or else the reference where
      `reference_mask` is below `reference_threshold`. Needs `sketch_mask`
    * `foreground`: v1.5 and v2; the foreground gets the networks trained for it. Needs `sketch_mask`
    * `style`: v2; the reference's style is used too
    * `sketch_mask`: (1,1,H/8,W/8), 1 on the figure of the drawing (see `latent_mask`)
    * `reference_mask`: (1,1,h,w), of the reference's size, 1 on its figure
    * `background_picture`: (1,3,h,w) in [-1,1]
    * `sketch_threshold`, `reference_threshold`: values from which a mask means the figure
    * `foreground_scale`, `background_scale`: factors of the attention to each
    * `merge_scale`: 0 to 1, share of the background's attention that the foreground gets
    * `background_factor`: v2; factor of the background's features
    * `style_merge`: v2; 0 to 1, share of the background picture in the style
    """

    background: bool = False
    foreground: bool = False
    style: bool = False
    sketch_mask: torch.Tensor | None = None
    reference_mask: torch.Tensor | None = None
    background_picture: torch.Tensor | None = None
    sketch_threshold: float = 0.05
    reference_threshold: float = 0.5
    foreground_scale: float = 1.0
    background_scale: float = 1.0
    merge_scale: float = 0.0
    background_factor: float = 1.0
    style_merge: float = 0.0

    def __post_init__(self) -> None:
        """Raise ConditioningError if an enhancement lacks a picture it needs."""
        if self.splits and self.sketch_mask is None:
            raise ConditioningError(Text.of("enhancement.no_sketch_mask"))
        if self.background and self.background_picture is None and self.reference_mask is None:
            raise ConditioningError(Text.of("enhancement.no_background"))

    @property
    def splits(self) -> bool:
        """Return whether foreground and background are coloured apart."""
        return self.background or self.foreground

    @property
    def is_active(self) -> bool:
        """Return whether anything is enhanced."""
        return self.splits or self.style

    def background_of(self, reference: torch.Tensor) -> torch.Tensor:
        """Return the picture (1,3,h,w) of the background, which may be `reference` (1,3,h,w) with its figure white."""
        if self.background_picture is not None:
            return self.background_picture.to(reference)
        assert self.reference_mask is not None  # __post_init__ has checked this
        figure = self.reference_mask.to(reference) >= self.reference_threshold
        return torch.where(figure, torch.ones_like(reference), reference)

    def split_attention(
        self,
        tokens: torch.Tensor,
        lora: SplitLora | None = None,
        foreground_lora: bool = False,
        background_lora: bool = False,
    ) -> SplitAttention | None:
        """Return the split of attention to `tokens`, with `lora` for the named sides; None if attention is not
        split."""
        if not self.splits or self.sketch_mask is None:
            return None
        return SplitAttention(
            self.sketch_mask.to(tokens.device, torch.float32),  # thresholds are finer than half precision
            threshold=self.sketch_threshold,
            foreground_scale=self.foreground_scale,
            background_scale=self.background_scale,
            merge_scale=self.merge_scale,
            lora=lora,
            foreground_lora=foreground_lora,
            background_lora=background_lora,
        )


@dataclass(frozen=True)
class Condition:
    """Everything the references tell the network: `tokens` (1,N,D), and what else acts."""

    tokens: torch.Tensor
    split: SplitAttention | None = None
    background: BackgroundFeatures | None = None
    style: Style | None = None

    def options(self) -> dict[str, Any]:
        """Return the arguments of `ColorizeUNet.denoise` besides the tokens; the same for all branches of guidance."""
        return {"split": self.split, "background": self.background, "style": self.style}


def one_reference(references: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the only one of `references`. Raises ConditioningError if there are more or none."""
    if len(references) != 1:
        raise ConditioningError(Text.of("enhancement.one_reference", count=len(references)))
    return references[0]


def latent_mask(mask: torch.Tensor) -> torch.Tensor:
    """Return a canvas's `mask` (1,1,H,W) of 0..1 in the latent's size (1,1,H/8,W/8)."""
    return F.interpolate(mask, scale_factor=1 / LATENT_FACTOR, mode="bicubic")
