"""Light and shadow of the model's picture on layers of their own, above flats of any colour.

Where a region's cells are darker or lighter than its own voted colour, there is shadow or light. Shadow is black at
some opacity on a multiply layer, light is white on a screen layer, so the artist can recolour both. Each region is
enlarged from its own cells alone: nothing crosses a line, and the halo of the lines leaves no rim.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.cell_grid import CellGrid, cell_grid
from huebrush_backend.flats.colors.region_colors import VOTED, RegionColors
from huebrush_backend.flats.colors.vote import grid_size
from huebrush_backend.flats.layers.flats_layer import LIGHT, SHADE, FlatLayer, filled
from huebrush_backend.imaging.oklab import srgb_to_oklab

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Rec. 709 weights, applied to coded sRGB values, as multiply and screen work on those."""
_HALO = 3.0
"""Smallest distance of a cell to a line, in cells, if the region has such cells."""
_SLIGHT = (0.02, 0.06)
"""Two differences in luma, 0..1. Up to the first they are unevenness of the model; from the second they count in full.
"""
_OTHER_PART = (0.04, 0.1)
"""Two Oklab distances from the tints and shades of a colour. From the first on a cell says less about light; from the
second on it says nothing, as it belongs to another part. A limit without a slope would leave a jagged edge.
"""
_LEAST_CELLS = 6
_MOST = 0.85
"""Highest opacity of shadow or light."""


def shading_layers(
    picture: NDArray[np.uint8],
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    ink: NDArray[np.uint8],
    voted: RegionColors,
    names: tuple[str, str] = ("Shadow", "Light"),
) -> list[FlatLayer]:
    """Return a multiply layer with the shadows and a screen layer with the lights. An empty layer is omitted.

    * `picture`, `labels`, `boxes`, `ink`: (h,w,3) uint8 sRGB, (H,W), (count+1,4) and (H,W) as for `vote`
    * `voted`: colours that the picture gave, before snapping. Regions of any other source get no shading
    * `names`: names of the two layers
    """
    height, width = grid_size(picture.shape[:2], labels.shape)
    if picture.shape[:2] != (height, width):
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    grid = cell_grid(labels, ink, height, width)
    shadow, light, used = _opacities(picture, grid, voted)
    pages = [np.zeros(labels.shape, np.uint8), np.zeros(labels.shape, np.uint8)]
    for label in np.nonzero(voted.sources == VOTED)[0].tolist():
        cells = _cells_of(boxes[label], grid.label.shape, labels.shape)
        own = used[cells] & (grid.label[cells] == label)
        if own.sum() < _LEAST_CELLS:
            continue
        for opacity, page in zip((shadow, light), pages, strict=True):
            if (opacity[cells][own] > 0).any():
                _enlarge(
                    opacity=opacity[cells],
                    own=own,
                    cells=cells,
                    grid=grid,
                    labels=labels,
                    box=boxes[label],
                    label=label,
                    page=page,
                )
    layers = []
    for page, name, blend, color, kind in zip(
        pages, names, ("multiply", "screen"), ((0, 0, 0), (255, 255, 255)), (SHADE, LIGHT), strict=True
    ):
        left, top, box_width, box_height = cv2.boundingRect(page)
        if box_width:
            pixels = filled(page[top : top + box_height, left : left + box_width], color)
            layers.append(FlatLayer(name=name, pixels=pixels, x=left, y=top, blend=blend, color=color, kind=kind))
    return layers


def _opacities(
    picture: NDArray[np.uint8], grid: CellGrid, voted: RegionColors
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Return shadow and light of each cell, (h,w) 0..1, and the cells that can tell, (h,w) bool."""
    base_rgb = voted.colors[grid.label]
    luma = (picture.astype(np.float32) / 255) @ _LUMA
    base = (base_rgb.astype(np.float32) / 255) @ _LUMA
    hue = _hue_distance(srgb_to_oklab(picture), srgb_to_oklab(base_rgb))
    difference = luma - base
    low, high = _SLIGHT
    difference *= np.clip((np.abs(difference) - low) / (high - low), 0, 1)
    near, far = _OTHER_PART
    difference *= np.clip((far - hue) / (far - near), 0, 1)
    shadow = np.clip(-difference / np.maximum(base, 1e-3), 0, _MOST)
    light = np.clip(difference / np.maximum(1 - base, 1e-3), 0, _MOST)
    deepest = np.zeros(voted.count + 1, np.float32)
    np.maximum.at(deepest, grid.label.ravel(), grid.depth.ravel())
    used = (grid.depth > 0) & (grid.depth >= np.minimum(deepest / 2, _HALO)[grid.label])
    return shadow.astype(np.float32), light.astype(np.float32), used


def _hue_distance(lab: NDArray[np.float32], base: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the distance of `lab` (…,3), in a and b, from all colours that light or shadow could make of `base`.
    Chroma shrinks or grows with lightness there, and hue stays.
    """
    chroma = np.linalg.norm(base[..., 1:], axis=-1, keepdims=True)
    direction = base[..., 1:] / np.maximum(chroma, 1e-6)
    most = chroma * np.maximum(lab[..., :1] / np.maximum(base[..., :1], 0.05), 1)
    along = np.clip((lab[..., 1:] * direction).sum(axis=-1, keepdims=True), 0, most)
    return np.linalg.norm(lab[..., 1:] - along * direction, axis=-1)


@dataclass(frozen=True)
class _Scale:
    """Cells per page pixel, down and across."""

    down: float
    across: float


def _scale(grid: tuple[int, ...], page: tuple[int, ...]) -> _Scale:
    return _Scale(grid[0] / page[0], grid[1] / page[1])


def _cells_of(box: NDArray[np.int32], grid: tuple[int, ...], page: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns of the grid that a box on the page touches, and one more on every side."""
    left, top, width, height = box.tolist()
    scale = _scale(grid, page)
    rows = slice(max(0, int(top * scale.down) - 1), min(grid[0], int((top + height) * scale.down) + 2))
    columns = slice(max(0, int(left * scale.across) - 1), min(grid[1], int((left + width) * scale.across) + 2))
    return rows, columns


def _enlarge(
    opacity: NDArray[np.float32],
    own: NDArray[np.bool_],
    cells: tuple[slice, slice],
    grid: CellGrid,
    labels: NDArray[np.int32],
    box: NDArray[np.int32],
    label: int,
    page: NDArray[np.uint8],
) -> None:
    """Paint a region's `opacity` on `page`, from its own cells alone.

    * `opacity`: opacity of the cells in the window `cells`
    * `own`: the region's own cells in that window
    * `cells`: rows and columns of the window in the grid
    * `grid`: grid over the page
    * `labels`, `box`, `label`: regions (H,W), and the box and label of this one
    * `page`: (H,W) uint8, changed in place
    """
    _, nearest = cv2.distanceTransformWithLabels(
        (~own).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.asarray(nearest, np.intp)
    value = np.zeros(int(nearest.max()) + 1, np.float32)
    value[nearest[own]] = opacity[own]
    spread = cv2.GaussianBlur(value[nearest], (0, 0), 0.8)
    small = np.rint(np.clip(spread, 0, 1) * 255).astype(np.uint8)
    if not small.any():
        return
    left, top, width, height = box.tolist()
    scale = _scale(grid.label.shape, labels.shape)
    # Convert page pixels to cells, both measured at their centres.
    to_cells = np.array(
        [
            [scale.across, 0, (left + 0.5) * scale.across - 0.5 - cells[1].start],
            [0, scale.down, (top + 0.5) * scale.down - 0.5 - cells[0].start],
        ]
    )
    large = cv2.warpAffine(
        small, to_cells, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    window = slice(top, top + height), slice(left, left + width)
    np.copyto(page[window], np.asarray(large, np.uint8), where=labels[window] == label)
