"""Changing a place of a picture alone: what it looks at there, and what stays around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from huebrush_backend.manipulation.edits import TextEdit
from huebrush_backend.pipeline.enhancement import LATENT_FACTOR

Color = tuple[int, int, int]
"""8-bit sRGB."""


@dataclass(frozen=True)
class MaskedEdits:
    """A mask on the canvas inside which the network sees other references.

    `mask` (1,1,H,W) of the canvas's size: 1 inside, 0..1. `edits`: what is changed in the references inside it,
    after the first `follows` of the changes for the whole page (None: after all) and before the others. `color`: what
    the references show here instead, where it is known; `patch` (1,3,h,w) in [-1,1]: the picture that they show
    instead, which goes before both.
    """

    mask: torch.Tensor
    edits: Sequence[TextEdit] = ()
    color: Color | None = None
    patch: torch.Tensor | None = None
    follows: int | None = None

    def edits_among(self, edits: Sequence[TextEdit]) -> list[TextEdit]:
        """Return the changes inside this mask in their order: its own, and `edits`, those for the whole page."""
        first = len(edits) if self.follows is None else self.follows
        return [*edits[:first], *self.edits, *edits[first:]]

    @property
    def is_shown(self) -> bool:
        """Whether something else than the references is looked at."""
        return self.color is not None or self.patch is not None

    def references(self, references: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """Return what to look at in place of `references` (1,3,h,w) in [-1,1]: as many, of their sizes, or one."""
        if self.patch is not None:
            return [self.patch] * max(1, len(references))
        if self.color is None:
            return list(references)
        swatch = torch.tensor(self.color).view(1, 3, 1, 1) / 127.5 - 1
        if not references:
            return [swatch.expand(1, 3, LATENT_FACTOR, LATENT_FACTOR)]
        return [swatch.to(reference).expand_as(reference) for reference in references]


@dataclass(frozen=True)
class Brush:
    """Which masks change, the later ones covering the earlier, and `before`: the picture (1,3,H,W) in [-1,1] on the
    whole canvas that stays around them; None leaves all of the canvas to the network."""

    masked_edits: tuple[MaskedEdits, ...]
    before: torch.Tensor | None = None

    def latent_masks(self) -> tuple[torch.Tensor, ...]:
        """Return each mask (1,1,H/8,W/8) in the latent's size."""
        return tuple(F.avg_pool2d(masked.mask.float(), LATENT_FACTOR) for masked in self.masked_edits)

    def changed(self) -> torch.Tensor:
        """Return where the latent may become another, (1,1,H/8,W/8) of 0 and 1: wherever a mask reaches."""
        reached = [F.max_pool2d(masked.mask.float(), LATENT_FACTOR) for masked in self.masked_edits]
        return (torch.cat(reached, dim=1).amax(dim=1, keepdim=True) > 0).float()
