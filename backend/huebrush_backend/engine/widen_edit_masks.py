"""Widens edit masks to whole regions, and finds edits that overlap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from huebrush_backend.engine.request import ColorizeRequest, FigureMask
from huebrush_backend.flats.colors.stroke_regions import touched_regions
from huebrush_backend.flats.regions.find_regions import Regions


def with_whole_regions(request: ColorizeRequest, regions: Regions, ink: np.ndarray) -> ColorizeRequest:
    """Return `request` with masks of whole `regions` for edits with `whole_regions`.

    `ink` (H,W) uint8 is the page's coverage.
    """
    strokes = {edit.mask for edit in request.brushed_edits if edit.whole_regions}
    masks = list(request.edit_masks)
    widened: dict[int, int] = {}
    for number in sorted(strokes):
        mask = request.edit_masks[number]
        inside = touched_regions(mask.pixels, regions, ink)
        widened[number] = len(masks)
        masks.append(FigureMask(np.where(inside, np.uint8(255), np.uint8(0)), mask.name))
    edits = tuple(
        replace(edit, mask=widened[edit.mask]) if edit.whole_regions and edit.mask in widened else edit
        for edit in request.parameters.edits
    )
    return replace(request, parameters=replace(request.parameters, edits=edits), edit_masks=tuple(masks))


def overlaps(request: ColorizeRequest) -> list[list[int]]:
    """Return pairs [later, earlier] of brushed edits whose masks overlap, by their index among all edits."""
    brushed = [
        (index, request.edit_masks[edit.mask].pixels > 0)
        for index, edit in enumerate(request.parameters.edits)
        if edit.is_brushed and edit.strength > 0
    ]
    return [
        [later, earlier]
        for index, (later, over) in enumerate(brushed)
        for earlier, under in brushed[:index]
        if (over & under).any()
    ]
