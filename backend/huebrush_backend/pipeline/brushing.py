"""Edits of single places of a picture: what the network sees there, and what stays around them."""

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

    * `mask`: (1,1,H,W) of the canvas's size, 0..1, 1 inside
    * `edits`: changes of the references inside it
    * `color`: colour that the references show here instead, where it is known; it overrides all edits, as `patch` does
    * `patch`: (1,3,h,w) in [-1,1], picture that the references show instead; it overrides `color`
    * `follows`: number of changes for the whole page that come before `edits`; None means all. The rest come after
    """

    mask: torch.Tensor
    edits: Sequence[TextEdit] = ()
    color: Color | None = None
    patch: torch.Tensor | None = None
    follows: int | None = None

    def edits_among(self, edits: Sequence[TextEdit]) -> list[TextEdit]:
        """Return the changes inside this mask in their order: its own, and `edits` for the whole page."""
        first = len(edits) if self.follows is None else self.follows
        return [*edits[:first], *self.edits, *edits[first:]]

    @property
    def is_shown(self) -> bool:
        """Return whether the network sees something else than the references here."""
        return self.color is not None or self.patch is not None

    def references(self, references: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """Return the pictures to see in place of `references` (1,3,h,w) in [-1,1]: as many, of their sizes, or one."""
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
    """Masks that change, later ones covering earlier ones, and the picture around them.

    `before` (1,3,H,W) in [-1,1] covers the whole canvas and stays outside the masks; None leaves all of the canvas to
    the network.
    """

    masked_edits: tuple[MaskedEdits, ...]
    before: torch.Tensor | None = None

    def latent_masks(self) -> tuple[torch.Tensor, ...]:
        """Return each mask (1,1,H/8,W/8) in the latent's size."""
        return tuple(F.avg_pool2d(masked.mask.float(), LATENT_FACTOR) for masked in self.masked_edits)

    def changed(self) -> torch.Tensor:
        """Return (1,1,H/8,W/8) of 0 and 1: 1 where a mask reaches, so that the latent may change there."""
        reached = [F.max_pool2d(masked.mask.float(), LATENT_FACTOR) for masked in self.masked_edits]
        return (torch.cat(reached, dim=1).amax(dim=1, keepdim=True) > 0).float()
