"""The layer that edits with a mask change: tells whether it has lines in it, and fills masks with plain colours."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from huebrush_protocol.parameters import EXTRACT
from huebrush_protocol.regions import STACKS

from huebrush_backend.engine.request import ColorizeRequest, ResultLayer
from huebrush_backend.flats.layers.flats_layer import filled
from huebrush_backend.flats.palettes.names import color_name
from huebrush_backend.imaging.brush_masks import brush_shares
from huebrush_backend.imaging.color import composite_over
from huebrush_backend.imaging.color_codes import Rgb, hex_color

FULL_INK = 0.8
"""Lowest coverage of a pixel in the core of a line, as a share of the page's greatest coverage."""
DARK = 80
"""Highest value of any channel in such a core: lines drawn from a picture are black."""
UNDER_INK = 0.1
"""Lowest coverage of a pixel that lies under a line and so does not show the colour beside it."""


def has_lines(request: ColorizeRequest, ink: np.ndarray) -> bool:
    """Return whether the layer that `request` edits, if any, contains the lines that were drawn from its picture.

    It contains them if a group of colours and lines is edited, and not if only the layer of colours is edited. `ink`
    (H,W) float32: the page's coverage. The artist's own lines never count, because they lie above the result.
    """
    if request.before is None or request.parameters.sketch_mode != EXTRACT:
        return False
    seen = request.before.pixels[ink >= FULL_INK * ink.max()]
    return bool(len(seen)) and float(((seen[:, :3].max(axis=1) <= DARK) & (seen[:, 3] >= 128)).mean()) > 0.5


def under_lines(colors: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Return `colors` (h,w,3) uint8 under black lines of the coverage `ink` (h,w) float32 0..1."""
    return np.rint(colors * (1 - ink[..., None])).astype(np.uint8)


def blended(colors: np.ndarray, shares: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """Return `layer` (h,w,4) with `colors` (h,w,3) over it, whose opacity is `shares` (h,w) 0..1.

    Where the opacity is 0, the layer's bytes are unchanged.
    """
    opaque = np.rint(shares * 255).astype(np.uint8)
    top = np.dstack([colors, opaque])
    mixed = composite_over(top, layer)
    mixed = np.where((opaque == 255)[..., None], top, mixed)
    return np.where((opaque > 0)[..., None], mixed, layer)


def edited_flats(request: ColorizeRequest, colors: Sequence[Rgb], ink: np.ndarray) -> tuple[ResultLayer, ...]:
    """Fill the masks of the brushed edits of `request` in its flats, each with its colour of `colors`.

    Of flats on one layer that is the whole layer. Of flats on a layer per colour or area it is one layer for each edit,
    to be laid over them in this order. `ink` as in `has_lines`.
    """
    kind = STACKS.get(request.parameters.regions.result)
    if kind is None:
        return (_flatly_edited(request, colors, ink),)
    pairs = zip(request.brushed_edits, colors, strict=True)
    return tuple(_fill_layer(request.edit_masks[edit.mask].pixels, edit.feather, color, kind) for edit, color in pairs)


def _fill_layer(mask: np.ndarray, feather: float, color: Rgb, kind: str) -> ResultLayer:
    """Return a layer of one `color` where `mask` (H,W) uint8 is, cropped to it; of an empty mask, one clear pixel."""
    shares = np.rint(brush_shares(mask, feather) * 255).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(shares)
    pixels = filled(shares[top : top + max(height, 1), left : left + max(width, 1)], color)
    name = f"{color_name(color)} {hex_color(color)}"
    return ResultLayer(name, pixels, left, top, kind=kind, color=hex_color(color))


def _flatly_edited(request: ColorizeRequest, colors: Sequence[Rgb], ink: np.ndarray) -> ResultLayer:
    """Return the layer that `request` edits, with the mask of each brushed edit filled with its colour of `colors`.

    Later edits cover earlier ones. `ink` as in `has_lines`.
    """
    assert request.before is not None
    result, inked = request.before.pixels, has_lines(request, ink)
    for edit, color in zip(request.brushed_edits, colors, strict=True):
        even = np.broadcast_to(np.array(color, np.uint8), (*ink.shape, 3))
        shares = brush_shares(request.edit_masks[edit.mask].pixels, edit.feather)
        result = blended(under_lines(even, ink) if inked else even, shares, result)
    return ResultLayer("Flats", result, kind="flats")
