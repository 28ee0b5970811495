"""Layers of flat colour, each no larger than the paint on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.layers.paint import color_table, paint
from huebrush_backend.flats.regions.parallel import in_bands

FLATS = "flats"
COLOR = "color"
AREA = "area"
SHADE = "shade"
LIGHT = "light"


@dataclass(frozen=True, eq=False)
class FlatLayer:
    """A layer of the result.

    * `pixels`: (h,w,4) uint8 RGBA, sRGB with straight alpha
    * `x`, `y`: top left corner on the page
    * `blend`: "normal", "multiply" or "screen"
    * `color`: its single sRGB colour, None if it has several
    * `kind`: one of this module's constants
    * `artists_word`: the part of `name` that is the artist's own name of a colour
    """

    name: str
    pixels: NDArray[np.uint8]
    x: int
    y: int
    blend: str
    color: tuple[int, int, int] | None
    kind: str
    artists_word: str = ""


def flats_layer(
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    colors: RegionColors,
    hard_edges: bool,
    ink: NDArray[np.uint8] | None = None,
    name: str = "Flats",
) -> FlatLayer | None:
    """Return all regions on one layer, cropped to the painted area; None if nothing is painted.

    * `labels`, `boxes`: (H,W) and (count+1,4) as `find_regions` returns them
    * `colors`: colours of the regions
    * `hard_edges`, `ink`: as for `paint`
    * `name`: name of the layer
    """
    box = union_box(boxes[colors.painted], labels.shape, 0 if hard_edges else 1)
    if box is None:
        return None
    rows, columns = box
    pixels = paint(labels[box], color_table(colors), hard_edges, None if ink is None else ink[box])
    return FlatLayer(name=name, pixels=pixels, x=columns.start, y=rows.start, blend="normal", color=None, kind=FLATS)


def union_box(boxes: NDArray[np.int32], shape: tuple[int, ...], margin: int) -> tuple[slice, slice] | None:
    """Return rows and columns that hold all `boxes` (n,4) (left, top, width, height) and `margin` pixels around them,
    on a page of `shape`; None if there are no boxes or only empty ones.
    """
    boxes = boxes[(boxes[:, 2] > 0) & (boxes[:, 3] > 0)]
    if not len(boxes):
        return None
    left, top = (boxes[:, :2].min(axis=0) - margin).tolist()
    right, bottom = ((boxes[:, :2] + boxes[:, 2:]).max(axis=0) + margin).tolist()
    return slice(max(0, top), min(shape[0], bottom)), slice(max(0, left), min(shape[1], right))


def filled(alpha: NDArray[np.uint8], color: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return (h,w,4): one colour at this alpha, and all zero where alpha is 0."""
    pixels = np.empty((*alpha.shape, 4), np.uint8)

    packed = np.array([*color, 0], np.uint8).view(np.uint32)[0]
    opaque = np.array([0, 0, 0, 1], np.uint8).view(np.uint32)[0]
    whole = pixels.view(np.uint32)[..., 0]

    def work(top: int, bottom: int) -> None:
        band = alpha[top:bottom]
        np.multiply(band, opaque, out=whole[top:bottom], dtype=np.uint32)
        whole[top:bottom] |= (band > 0) * packed

    in_bands(alpha.shape[0], alpha.shape[1], work)
    return pixels
