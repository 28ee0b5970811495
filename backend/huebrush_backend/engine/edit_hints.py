"""The colours of brushed edits, and edits that are hints for whole regions. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from huebrush_backend.engine.edited_layer import UNDER_INK
from huebrush_backend.engine.request import ColorizeRequest, ResultLayer
from huebrush_backend.imaging.color_codes import Rgb


def colors_of_edits(
    request: ColorizeRequest, named: Sequence[Rgb | None], edited: ResultLayer | None, ink: np.ndarray
) -> list[Rgb]:
    """Return the one colour of each brushed edit of `request`.

    `named`: the colours that the edits name. Where one is None, it is the median colour of the layer `edited` inside
    the edit's mask, away from `ink` (H,W) float32.
    """
    colors = list[Rgb]()
    for edit, color in zip(request.brushed_edits, named, strict=True):
        if color is None:
            assert edited is not None
            color = color_inside(edited.pixels, request.edit_masks[edit.mask].pixels, ink)
        colors.append(color)
    return colors


def with_edit_hints(request: ColorizeRequest, colors: Sequence[Rgb]) -> ColorizeRequest:
    """Return `request` with the masks of its brushed edits as hints, each in its colour of `colors`.

    A region under a mask gets exactly that colour.
    """
    hints = np.zeros_like(request.line_art) if request.hints is None else request.hints.copy()
    for edit, color in zip(request.brushed_edits, colors, strict=True):
        hints[request.edit_masks[edit.mask].pixels >= 128] = (*color, 255)
    return replace(request, hints=hints)


def color_inside(layer: np.ndarray, mask: np.ndarray, ink: np.ndarray) -> Rgb:
    """Return the median colour of `layer` (H,W,4) inside `mask` (H,W) uint8, away from `ink` (H,W) where possible."""
    inside = mask >= 128 if (mask >= 128).any() else mask > 0
    free = inside & (ink < UNDER_INK)
    red, green, blue = np.median(layer[free if free.any() else inside][:, :3], axis=0)
    return int(red), int(green), int(blue)
