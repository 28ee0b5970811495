"""A reference after its edits, applied in order: most move its tokens, some recolour its picture.

Text moves the tokens of a small CLIP far too little to change a colour, but shows well where in a picture something is.
So if an edit's colour is known, its place is found as for position weights (docs/method.md, "Edits that know their
colour"), in the tokens left by the edits before. The picture is recoloured there and encoded again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
import torch

from huebrush_backend.imaging.recoloring import recolor_where_fit
from huebrush_backend.manipulation.edits import TextEdit, TextEncoder
from huebrush_backend.manipulation.position_weights import best_projection, normalize
from huebrush_backend.manipulation.reference_tokens import ReferenceTokens, edit_tokens
from huebrush_backend.pipeline.conditioning import picture_tensor

FULL_STRENGTH = 8.0
"""Strength from which an edit gives the full colour; below it, a share of it."""

Look = Callable[[torch.Tensor], torch.Tensor]
"""Function from a picture (1,3,h,w) in [-1,1] to all its tokens (1,1+N,C), the global one first."""


@dataclass(frozen=True)
class EditedReference:
    """A reference after edits: `picture` (1,3,h,w) in [-1,1], after the edits that recolour it, and all its `tokens`
    (1,1+N,C), the global one first, after all edits."""

    picture: torch.Tensor
    tokens: torch.Tensor


def edit_reference(
    picture: torch.Tensor, edits: Sequence[TextEdit], kind: ReferenceTokens, look: Look, encode: TextEncoder
) -> EditedReference:
    """Return `picture` (1,3,h,w) in [-1,1] after `edits`, applied in order.

    * `kind`: tokens that condition the network
    * `look`: encodes a picture
    * `encode`: encodes texts

    If a later edit recolours the picture, the changes that earlier edits made to the tokens of that place are lost.
    """
    tokens = plain = look(picture)
    for recolors, group in groupby(edits, key=lambda edit: edit.color is not None):
        if not recolors:
            tokens = edit_tokens(tokens, kind, list(group), encode)
            continue
        for edit in group:
            fit = place_fit(tokens, encode(edit.places))
            recolored, changed = _recolor(picture, fit, edit)
            fresh = look(recolored)
            kept = torch.from_numpy(1 - _shares(changed, fit.shape)).to(tokens).reshape(1, -1, 1)
            moved = tokens - plain
            tokens = fresh + torch.cat([moved[:, :1], kept * moved[:, 1:]], dim=1)
            picture, plain = recolored, fresh
    return EditedReference(picture, tokens)


def place_fit(tokens: torch.Tensor, text: torch.Tensor) -> np.ndarray:
    """Return the best fit of each place of a reference to `text` (n,1,C), (side,side) float32 from 0 to 1.

    `tokens` (1,1+N,C) are all of the reference's, the global one first. There is a place for each local one; the best
    of them is 1, the worst 0.
    """
    places = tokens[:, 1:].float()
    side = round(places.shape[1] ** 0.5)
    return normalize(best_projection(places, text.to(places)), (-2,)).reshape(side, side).cpu().numpy()


def _recolor(picture: torch.Tensor, fit: np.ndarray, edit: TextEdit) -> tuple[torch.Tensor, np.ndarray]:
    """Return `picture` with the colour of `edit` where it fits, and (h,w) bool where that changed it.

    The smallest fit that counts is the third of the edit's thresholds, from which position weights are half its
    strength or more.
    """
    assert edit.color is not None
    pixels = ((picture[0] + 1) * 127.5).round().clamp(0, 255).permute(1, 2, 0).to(torch.uint8).cpu().numpy()
    share = min(1.0, edit.strength / FULL_STRENGTH)
    found = recolor_where_fit(
        picture=pixels, fit=fit, least=edit.thresholds[2], color=edit.color, share=share, present=edit.present
    )
    return picture_tensor(found).to(picture), (found != pixels).any(axis=2)


def _shares(changed: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the share of each of the places (rows,columns) that is `changed` (h,w) bool, (rows,columns) float32."""
    return cv2.resize(changed.astype(np.float32), shape[::-1], interpolation=cv2.INTER_AREA)
