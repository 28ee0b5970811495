"""Where the edits of a request act in the end: strokes that mean whole regions, and which edits cover which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from huebrush_backend.engine.request import ColorizeRequest, FigureMask
from huebrush_backend.flats.regions import Regions
from huebrush_backend.flats.touched import touched_regions


def with_whole_regions(request: ColorizeRequest, ink: np.ndarray, find: Callable[[], Regions]) -> ColorizeRequest:
    """Return `request` with masks of whole regions for the edits that want these.

    `ink` (H,W) uint8 is the page's coverage; `find` returns its regions, and is asked only if there is such an edit.
    """
    wanting = {edit.mask for edit in request.brushed_edits if edit.whole_regions}
    if not wanting:
        return request
    regions, masks = find(), list(request.edit_masks)
    places: dict[int, int] = {}
    for region in sorted(wanting):
        mask = request.edit_masks[region]
        inside = touched_regions(mask.pixels, regions, ink)
        places[region] = len(masks)
        masks.append(FigureMask(np.where(inside, np.uint8(255), np.uint8(0)), mask.name))
    edits = tuple(
        replace(edit, mask=places[edit.mask]) if edit.whole_regions and edit.mask in places else edit
        for edit in request.parameters.edits
    )
    return replace(request, parameters=replace(request.parameters, edits=edits), edit_masks=tuple(masks))


def overlaps(request: ColorizeRequest) -> list[list[int]]:
    """Return for each edit that covers part of an earlier one the two: [later, earlier], by their place among all."""
    brushed = [
        (place, request.edit_masks[edit.mask].pixels > 0)
        for place, edit in enumerate(request.parameters.edits)
        if edit.is_brushed and edit.strength > 0
    ]
    return [
        [later, earlier]
        for index, (later, over) in enumerate(brushed)
        for earlier, under in brushed[:index]
        if (over & under).any()
    ]
