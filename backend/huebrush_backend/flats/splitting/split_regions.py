"""Part regions that have run together: from the page's regions and the model's picture to regions with more borders.

Parting is decided on a coarse grid (`working_grid`): patches of clearly different colours (`color_patches`), the
shortest borders between them (`shortest_borders`), and those of them that the lines suggest (`suggested_borders`). The
borders are then drawn at the page's size (`draw_parts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.regions.measure import boxes
from huebrush_backend.flats.splitting.color_patches import LEAST_AREA, find_patches, perceived, steepness
from huebrush_backend.flats.splitting.draw_parts import WHOLE_PAGE, PartDrawer, PartedRegion, Window
from huebrush_backend.flats.splitting.hint_strokes import counted_hints, hint_groups
from huebrush_backend.flats.splitting.shortest_borders import grow_within, part_by_colors
from huebrush_backend.flats.splitting.suggested_borders import Parts
from huebrush_backend.flats.splitting.working_grid import WorkingGrid, grid_for_picture, inner_depth, working_grid

OPENING = 25.0
"""Half the width, in widths of the lines, of openings at which two hints meet rather than halfway."""


def split_by_picture(
    regions: Regions,
    ink: NDArray[np.uint8],
    picture: NDArray[np.uint8],
    merged: Sequence[tuple[float, float, float, float]] = (),
    windows: Sequence[Window] = (WHOLE_PAGE,),
) -> Regions:
    """Return `regions` with those parted that hold clearly different colours of `picture`, where the lines suggest it.

    * `ink`: (H,W) uint8, coverage of the page's lines
    * `picture`: (h,w,3) uint8 sRGB, the model's picture of the same page
    * `merged`: pairs of points (x0, y0, x1, y1) on the page whose regions stay one
    * `windows`: rows and columns of the page that are looked at, one after the other. A strip is far too long for one.
    """
    drawer = PartDrawer(regions, ink)
    for window in windows:
        part = drawer.in_window(window)
        grid, parted = _parted_by_picture(part, ink[window], shown_in(picture, window, ink.shape))
        drawer.draw(grid, parted, window)
    return drawer.drawn(merged)


def shown_in(picture: NDArray[np.uint8], window: Window, page: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the part of the `picture` (h,w,3) of a page of this size that shows a `window` of the page."""
    spans = []
    for part, size, pixels in zip(window, page, picture.shape, strict=False):
        start, stop, _ = part.indices(size)
        first = min(pixels - 1, round(start * pixels / size))
        spans.append(slice(first, max(first + 1, round(stop * pixels / size))))
    return picture[spans[0], spans[1]]


def _parted_by_picture(
    regions: Regions, ink: NDArray[np.uint8], picture: NDArray[np.uint8]
) -> tuple[WorkingGrid, list[PartedRegion]]:
    """Return a grid of the page, and on it the regions that `picture` parts; see `split_by_picture`."""
    longer = grid_for_picture(picture.shape)
    grid = working_grid(regions, ink, longer)
    rows, columns = grid.shape
    pixel = max(1.0, max(grid.shape) / max(picture.shape[:2]))
    if max(picture.shape[:2]) > longer:
        picture = np.asarray(cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    colors = perceived(np.asarray(cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_LINEAR), np.uint8))
    slope, parted = steepness(colors), []
    for region, window in _large_regions(grid, LEAST_AREA * pixel * pixel):
        free = (grid.labels[window] == region) & (grid.ink[window] < INK)
        depth, seen, paper = inner_depth(free), colors[window], grid.paper[window]
        patches = find_patches(free, depth, seen, slope[window], pixel)
        if patches is None:
            continue
        labels = _connected_parts(part_by_colors(free, depth, paper, patches, pixel), patches.seeds, free)
        parts = Parts(labels, seen, paper, _passages(grid, window, region), grid.line_width)
        parts.unite_unsuggested(pixel)
        if parts.pieces:
            parted.append(PartedRegion(region, window, parts.labels, parts.pieces))
    return grid, parted


def split_by_hints(
    regions: Regions,
    ink: NDArray[np.uint8],
    hints: NDArray[np.uint8],
    merged: Sequence[tuple[float, float, float, float]] = (),
) -> Regions:
    """Return `regions` with those parted in which the artist's hints have several colours.

    * `ink`: (H,W) uint8, coverage of the page's lines
    * `hints`: (H,W,4) uint8 RGBA, transparent where there is no stroke
    * `merged`: pairs of points (x0, y0, x1, y1) on the page whose regions stay one

    Each colour floods the region from its strokes, wide paper first and at the same speed (watershed), so that two
    meet where lines come close, else halfway.
    """
    pixels = counted_hints(hints, regions.labels, regions.areas, ink)
    grid, parted = None, []
    for region in np.unique(pixels.label).tolist():
        own = pixels.label == region
        hint = hint_groups(pixels.code[own])
        if hint.max(initial=0) < 2:
            continue
        grid = grid or working_grid(regions, ink)
        marks = np.zeros(grid.shape, np.int32)
        across, down = grid.scale
        marks[(pixels.rows[own] / down).astype(int), (pixels.columns[own] / across).astype(int)] = hint
        window = _region_window(grid, region)
        free = (grid.labels[window] == region) & (grid.ink[window] < INK)
        depth, seeds = np.minimum(inner_depth(free), OPENING * grid.line_width), marks[window] * free
        if len(np.unique(seeds[seeds > 0])) < 2:
            continue
        from skimage.segmentation import watershed  # takes long to import, and few pages need it

        flooded = np.asarray(watershed(-depth, seeds, mask=free), np.int32)
        labels = _connected_parts(flooded, seeds, free)
        no_colors = np.zeros((*labels.shape, 3), np.float32)
        parts = Parts(labels, no_colors, grid.paper[window], _passages(grid, window, region), grid.line_width)
        parted.append(PartedRegion(region, window, labels, parts.pieces, by_hand=True))
    if grid is None:
        return regions
    drawer = PartDrawer(regions, ink)
    drawer.draw(grid, parted)
    return drawer.drawn(merged)


def _connected_parts(colors: NDArray[np.int32], seeds: NDArray[np.int32], free: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the connected parts of a region, (h,w) int32, 1..n; 0 outside `free` (h,w).

    `colors` (h,w): the colour of each cell; `seeds` (h,w): not 0 where it is sure. A part without any seed joins the
    parts around it.
    """
    parts, count = np.zeros(colors.shape, np.int32), 0
    for color in np.unique(colors[colors > 0]):
        number, pieces = cv2.connectedComponents((colors == color).view(np.uint8), connectivity=4)
        pieces = np.asarray(pieces)
        sure = np.zeros(number, bool)
        sure[np.unique(pieces[seeds == color])] = True
        sure[0] = False
        table = np.zeros(number, np.int32)
        table[sure] = np.arange(count + 1, count + 1 + np.count_nonzero(sure))
        count += int(np.count_nonzero(sure))
        parts += table[pieces]
    return grow_within(parts, free)


def _large_regions(grid: WorkingGrid, least: float) -> Iterator[tuple[int, tuple[slice, slice]]]:
    """Yield the regions with more than `least` cells, and a window of the grid around each."""
    areas = np.bincount(grid.labels.ravel())
    found = boxes(grid.labels, len(areas) - 1)
    for region in np.flatnonzero(areas > least).tolist():
        if region:
            yield region, _with_spare(grid, found[region])


def _passages(grid: WorkingGrid, window: tuple[slice, slice], region: int) -> NDArray[np.bool_]:
    """Return (h,w) bool: cells of a region with ink that have bare paper too."""
    return (grid.labels[window] == region) & (grid.ink[window] >= INK) & (grid.lightest[window] < INK)


def _region_window(grid: WorkingGrid, region: int) -> tuple[slice, slice]:
    """Return the rows and columns of the grid around a region, with a cell to spare where there is one."""
    return _with_spare(grid, boxes(grid.labels, int(grid.labels.max()))[region])


def _with_spare(grid: WorkingGrid, box: NDArray[np.int32]) -> tuple[slice, slice]:
    (height, width), (left, top, wide, high) = grid.shape, box.tolist()
    return (
        slice(max(0, top - 1), min(height, top + high + 1)),
        slice(max(0, left - 1), min(width, left + wide + 1)),
    )
