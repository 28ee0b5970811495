"""Edits of the reference by text: of its single global token, or of its local tokens.

Formulas: docs/method.md, "Edits by text".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from huebrush_backend.manipulation.position_weights import (
    DEFAULT_THRESHOLDS,
    best_projection,
    check_thresholds,
    position_weights,
    project,
)

TextEncoder = Callable[[Sequence[str]], torch.Tensor]
"""Function from texts to one unit vector (n,1,C) each, such as `huebrush_backend.models.clip.text_vectors`."""


@dataclass(frozen=True)
class TextEdit:
    """One change of the reference: towards `target`, away from `anchor`, where `control` fits.

    * `target`: text to move towards
    * `anchor`: text to move away from, or None
    * `control`: text that says where; None moves every local token by the same amount. A global edit has no places and
      ignores it
    * `strength`: length of the result in the direction of `target`, mostly 0..15
    * `enhanced`: with an anchor, its own share is removed or replaced in full. Without one, a global edit adds to the
      share of `target` that is already there, and a local edit does not change
    * `thresholds`: see `position_weights`
    * `color`: 8-bit sRGB that the picture itself gets where `control` fits (`pipeline.edited_reference`); the tokens do
      not change then
    * `present`: 8-bit sRGB that the words give the place now, if they do; used with `color`
    * `sought`: texts to look for instead of `control`, of which the best fit counts; empty means `control` itself

    Raises ValueError for thresholds that are not four ascending numbers of 0..1, and for a colour without a control.
    """

    target: str
    anchor: str | None = None
    control: str | None = None
    strength: float = 8.0
    enhanced: bool = False
    thresholds: tuple[float, ...] = DEFAULT_THRESHOLDS
    color: tuple[int, int, int] | None = None
    present: tuple[int, int, int] | None = None
    sought: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds)
        if self.color is not None and self.control is None:
            raise ValueError("an edit that recolours needs a control text, which says where")

    @property
    def places(self) -> tuple[str, ...]:
        """Texts that say where the edit acts; empty for everywhere."""
        return self.sought or (() if self.control is None else (self.control,))


def is_active(edits: Sequence[TextEdit]) -> bool:
    """Return whether one of `edits` has a strength above 0, so that there is anything to do."""
    return any(edit.strength > 0 for edit in edits)


def edit_global(token: torch.Tensor, edits: Sequence[TextEdit], encode: TextEncoder) -> torch.Tensor:
    """Return the global token (B,1,C), not normalised, after all `edits`, applied in order."""
    for edit in edits:
        target = _vector(edit.target, encode, token)
        if edit.anchor is not None:
            anchor = _vector(edit.anchor, encode, token)
            if edit.enhanced:
                token = token - project(token, anchor) * anchor + edit.strength * target
            else:
                token = token + edit.strength * (target - anchor)
        else:
            present = 0.0 if edit.enhanced else project(token, target)
            token = token + (edit.strength - present) * target
    return token


def edit_local(tokens: torch.Tensor, edits: Sequence[TextEdit], encode: TextEncoder) -> torch.Tensor:
    """Return `tokens` (B,1+N,C), the global one first, with the local ones changed by all `edits`, applied in order.

    The global token does not change: its length in an edit's direction sets that edit's strength.
    """
    whole, places = tokens[:, :1], tokens[:, 1:]
    for edit in edits:
        target = _vector(edit.target, encode, tokens)
        anchor = None if edit.anchor is None else _vector(edit.anchor, encode, tokens)
        transfers = anchor is not None and edit.enhanced
        distance = edit.strength - project(whole, anchor if anchor is not None and transfers else target)
        weights = distance
        if edit.control is not None:
            sought = encode(edit.places).to(tokens.device, tokens.dtype)
            weights = position_weights(best_projection(places, sought), distance, edit.thresholds)
        if anchor is None:
            places = places + weights * target
        else:
            present = project(places, anchor) if transfers else 0.0
            places = places + (weights + present) * (target - anchor)
    return torch.cat([whole, places], dim=1)


def _vector(text: str, encode: TextEncoder, like: torch.Tensor) -> torch.Tensor:
    return encode([text]).to(like.device, like.dtype)
