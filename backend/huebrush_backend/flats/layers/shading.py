"""The light and shadow of the model's picture on layers of their own, over flats of any colour.

What a region's cells are darker or lighter than its own voted colour is shadow or light: black at some opacity on a
multiply layer, white on a screen layer, so that either can be recoloured at will. Each region is enlarged by itself,
from its own cells alone, so nothing crosses a line and the halo of the lines leaves no rim.
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
"""Rec. 709 weights, over sRGB values as they are coded: what multiply and screen work on."""
_HALO = 3.0
"""Cells nearer to a line than this are left out, where a region has others."""
_SLIGHT = (0.02, 0.06)
"""Differences in luma, 0..1: up to which they are the model's unevenness, and from which they count in full."""
_OTHER_PART = (0.04, 0.1)
"""Oklab distances from the tints and shades of a colour: from the first on a cell tells less of light, from the
second on nothing, as it is of another part. A limit without a slope would leave a jagged edge."""
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
    """Return a multiply layer with the shadows and a screen layer with the lights; one without anything on it is left
    out.

    `picture` (h,w,3) uint8 sRGB, `labels` (H,W), `boxes` (count+1,4), `ink` (H,W) as in `vote`; `voted`: the colours
    as the picture gave them, before snapping: regions of any other source get no shading.
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
                _enlarge(opacity[cells], own, cells, grid, labels, boxes[label], label, page)
    layers = []
    for page, name, blend, color, kind in zip(
        pages, names, ("multiply", "screen"), ((0, 0, 0), (255, 255, 255)), (SHADE, LIGHT), strict=True
    ):
        left, top, box_width, box_height = cv2.boundingRect(page)
        if box_width:
            pixels = filled(page[top : top + box_height, left : left + box_width], color)
            layers.append(FlatLayer(name, pixels, left, top, blend, color, kind))
    return layers


def _opacities(
    picture: NDArray[np.uint8], grid: CellGrid, voted: RegionColors
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Return shadow and light of each cell, (h,w) 0..1, and which cells can tell."""
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
    """Return how far `lab` (…,3) is, in a and b, from all that light or shadow could make of `base`: its chroma
    shrinks or grows with lightness, its hue stays."""
    chroma = np.linalg.norm(base[..., 1:], axis=-1, keepdims=True)
    direction = base[..., 1:] / np.maximum(chroma, 1e-6)
    most = chroma * np.maximum(lab[..., :1] / np.maximum(base[..., :1], 0.05), 1)
    along = np.clip((lab[..., 1:] * direction).sum(axis=-1, keepdims=True), 0, most)
    return np.linalg.norm(lab[..., 1:] - along * direction, axis=-1)


@dataclass(frozen=True)
class _Scale:
    """Cells to a page pixel, down and across."""

    down: float
    across: float


def _scale(grid: tuple[int, ...], page: tuple[int, ...]) -> _Scale:
    return _Scale(grid[0] / page[0], grid[1] / page[1])


def _cells_of(box: NDArray[np.int32], grid: tuple[int, ...], page: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns of the grid that a page's box touches, and one more all around."""
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
    """Paint a region's `opacity` (its cells' window) on `page` (H,W), from the cells in `own` alone."""
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
    # From page pixels to cells, both by their centres.
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
