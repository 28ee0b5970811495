"""Attention of a page's places to the places of its references while it was painted."""

from __future__ import annotations

import math

import torch

from huebrush_backend.manipulation.reference_tokens import ReferenceTokens
from huebrush_backend.models.attention_record import AttentionRecord
from huebrush_backend.pipeline.enhancement import Enhancement


def looked_at(
    record: AttentionRecord | None,
    height: int,
    width: int,
    references: int,
    kind: ReferenceTokens,
    enhancement: Enhancement,
) -> torch.Tensor | None:
    """Return the weights (rows,columns,references,side,side) float32 of the references' places, None if not known.

    * `record`: attention that was recorded on a canvas of `height` x `width`; one cell of `rows` x `columns` is a
      position of the network
    * `references`: number of references, of which each has `side` x `side` places
    * `kind`: tokens that were attended to; the one of the whole picture has no place
    * `enhancement`: enhancement in use. What looked at a background picture looked at no reference

    The weights of a position sum to 1, or less if it looked elsewhere too.
    """
    weights = None if record is None else record.mean()
    if weights is None or not references or kind == "cls":
        return None
    if enhancement.splits:
        figure, background = weights.chunk(2, dim=1)
        is_reference = enhancement.background_picture is None
        weights = figure + background if is_reference else figure
    rows = round(math.sqrt(len(weights) * height / width))
    each = weights.view(rows, -1, references, weights.shape[1] // references)
    if kind == "full":
        each = each[..., 1:]
    side = math.isqrt(each.shape[-1])
    if side**2 != each.shape[-1]:
        return None
    return each.unflatten(-1, (side, side)).float().cpu()
