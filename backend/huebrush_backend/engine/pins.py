"""Pins: places of the page that stay exactly as they are in an earlier result, whatever a job makes around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from huebrush_protocol.regions import PICTURE

from huebrush_backend.engine.request import ColorizeRequest, EngineError, Reference, ResultLayer
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.imaging.color_codes import Rgb

FLATS = "flats"
_OWN_SHARE = 0.5
"""A region of which more than this share is pinned gets the pinned colour as far as its lines, for the checks too."""


def check_pins(request: ColorizeRequest) -> None:
    """Refuse empty pins, pins of another size, and results without a layer for them. Raises EngineError."""
    pinned = request.pinned
    if pinned is None:
        return
    if request.before is not None:
        raise EngineError.of("pins.edited_layer")
    if request.parameters.regions.result not in (PICTURE, FLATS):
        raise EngineError.of("pins.one_layer")
    if pinned.pixels.shape[:2] != request.line_art.shape[:2]:
        raise EngineError.of("pins.size", name=pinned.name)
    if not pinned.pixels[..., 3].any():
        raise EngineError.of("pins.empty", name=pinned.name)


def pinned_colors(pinned: Reference | None, regions: Regions) -> dict[int, Rgb]:
    """Return the most frequent pinned colour of each region that is pinned for the most part."""
    if pinned is None:
        return {}
    here = pinned.pixels[..., 3] > 0
    red, green, blue = (pinned.pixels[here][:, channel].astype(np.int64) for channel in range(3))
    seen, counts = np.unique(
        (regions.labels[here].astype(np.int64) << 24) | (red << 16) | (green << 8) | blue, return_counts=True
    )
    labels = seen >> 24
    covered = np.bincount(labels, counts, minlength=regions.count + 1)
    whole = np.bincount(regions.labels.ravel(), minlength=regions.count + 1)
    found: dict[int, Rgb] = {}
    for index in np.argsort(counts, kind="stable"):  # the most frequent one comes last and stays
        label, code = int(labels[index]), int(seen[index])
        if label > 0 and covered[label] > _OWN_SHARE * whole[label]:
            found[label] = (code >> 16 & 255, code >> 8 & 255, code & 255)
    return found


def with_pins(request: ColorizeRequest, layers: Sequence[ResultLayer]) -> list[ResultLayer]:
    """Return `layers` with the pinned pixels, byte for byte, in the one that the request asks for.

    Where nothing else of that layer is painted it is made of the pins alone, at its place below light and shade.
    """
    pinned, result = request.pinned, list(layers)
    if pinned is None:
        return result
    kind = "picture" if request.parameters.regions.result == PICTURE else FLATS
    place = next((index for index, layer in enumerate(result) if layer.kind == kind), None)
    if place is None:
        place = next((index for index, layer in enumerate(result) if layer.kind != "picture"), len(result))
        result.insert(place, ResultLayer("Flats", np.zeros((0, 0, 4), np.uint8), kind="flats"))
    layer = result[place]
    page = np.zeros_like(pinned.pixels)
    height, width = layer.pixels.shape[:2]
    page[layer.y : layer.y + height, layer.x : layer.x + width] = layer.pixels
    here = pinned.pixels[..., 3] > 0
    page[here] = pinned.pixels[here]
    result[place] = replace(layer, pixels=page, x=0, y=0)
    return result
