"""Colours of the regions by a vote of the model's small picture.

The picture says which colour goes where, and the page's own lines say where it ends. Each cell of the picture that lies
well inside one region votes for it. Cells with ink, at a border or beside one do not vote if the region has better
ones. A region too small for the picture takes the colour of the neighbour that is nearest to the picture's colour
there, and is marked unsure.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.cell_grid import CellGrid, cell_grid
from huebrush_backend.flats.colors.inherit import inherit
from huebrush_backend.flats.colors.main_tone import main_tones
from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.imaging.oklab import srgb_to_oklab

MOST_CELLS = 1024
"""Longer side, in cells, to which a larger picture is reduced first: a model paints no finer than that."""

_CORE_DEPTH = 3.0
"""Depth in cells from which a cell lies beyond the halo of the lines. Half of a region's greatest depth is enough too.
"""
_LEAST_SHARE = 0.5
"""Smallest share of a cell that a slim region must cover for the cell to speak for it at all."""
_MOST_VOTES = 1024
"""Most votes of a region that are counted; of more, an even selection."""
_TIGHT = 0.06
"""Oklab spread of a region's votes at which they count as scattered."""
_SURENESS = (0.4, 0.8, 1.0)
"""Confidence by the depth of a region: no clean cell, one across, or more."""


def vote(
    picture: NDArray[np.uint8],
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    ink: NDArray[np.uint8],
    borders: Borders,
    swatches: NDArray[np.uint8] | None = None,
    most_cells: int = MOST_CELLS,
) -> RegionColors:
    """Let `picture` vote on the colour of each region.

    * `picture`: (h,w,3) uint8 sRGB, shows the same field of view as the page, best at the size the model painted it
    * `labels`: (H,W), the page's regions, 1..count
    * `boxes`: (count+1,4), their left, top, width, height
    * `ink`: (H,W) uint8, coverage of the lines
    * `borders`: borders between the regions
    * `swatches`: (n,3) uint8 sRGB, colours that the page is known to have, which help where a region is tiny
    * `most_cells`: longer side to which a larger picture is reduced: more for one put together of several

    A voted colour is one that the picture has in that region. Confidence is the product of four factors: how many of
    the region's votes agree, how closely, how many there are, and how far from the lines they lie.
    """
    height, width = grid_size(picture.shape[:2], labels.shape, most_cells)
    if picture.shape[:2] != (height, width):
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    grid = cell_grid(labels, ink, height, width)
    count = len(boxes) - 1
    votes = _votes(grid, count)
    rgb = picture.reshape(-1, 3)[votes.cell]
    tones = main_tones(srgb_to_oklab(rgb), votes.label, count + 1)
    colors = RegionColors.voted(rgb, tones)
    known = colors.painted
    tightness = np.exp(-((tones.spread / _TIGHT) ** 2))
    enough = tones.size / (tones.size + 1.0)
    sureness = np.asarray(_SURENESS)[np.minimum(np.floor(votes.depth), 2).astype(int)]
    colors.confidence[known] = (tones.share * tightness * enough * sureness)[known]
    return inherit(colors, srgb_to_oklab(seen_colors(picture, grid, labels, boxes, ~known)), borders, swatches)


def seen_colors(
    picture: NDArray[np.uint8],
    grid: CellGrid,
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    chosen: NDArray[np.bool_],
) -> NDArray[np.uint8]:
    """Return (count+1,3) uint8 sRGB: mean colour of `picture` (h,w,3) in each of the `chosen` (count+1,) regions, lines
    included; 0 for the other regions.
    """
    count = len(boxes) - 1
    total = np.zeros((count + 1, 3))
    hits = np.zeros(count + 1)
    for sample in grid.samples:
        at = np.nonzero(chosen[sample])
        owner = sample[at]
        hits += np.bincount(owner, minlength=count + 1)
        for channel in range(3):
            total[:, channel] += np.bincount(owner, picture[..., channel][at], count + 1)
    for label in np.nonzero(chosen & (hits == 0))[0][1 if chosen[0] else 0 :]:
        left, top, box_width, box_height = (int(value) for value in boxes[label])
        rows, columns = np.nonzero(labels[top : top + box_height, left : left + box_width] == label)
        if len(rows):
            row = (top + int(rows[len(rows) // 2])) * picture.shape[0] // labels.shape[0]
            column = (left + int(columns[len(columns) // 2])) * picture.shape[1] // labels.shape[1]
            total[label], hits[label] = picture[row, column], 1
    return np.rint(total / np.maximum(hits, 1)[:, None]).astype(np.uint8)


def grid_size(picture: tuple[int, ...], page: tuple[int, ...], most_cells: int = MOST_CELLS) -> tuple[int, int]:
    """Return rows and columns of the grid on which a `picture` of this size (h,w) is compared with a `page` (H,W)."""
    ratio = min(1.0, most_cells / max(picture), page[0] / picture[0], page[1] / picture[1])
    return max(1, round(picture[0] * ratio)), max(1, round(picture[1] * ratio))


@dataclass(frozen=True, eq=False)
class _Votes:
    """Cells that vote: `cell` (n,) flat indices into the grid, `label` (n,) the region each votes for, and `depth`
    (count+1,) of each region.
    """

    cell: NDArray[np.intp]
    label: NDArray[np.intp]
    depth: NDArray[np.float32]


def _votes(grid: CellGrid, count: int) -> _Votes:
    """Choose the cells that speak for each region."""
    label, depth = grid.label.ravel(), grid.depth.ravel()
    deepest = np.zeros(count + 1, np.float32)
    np.maximum.at(deepest, label, depth)
    core = (depth > 0) & (depth >= np.minimum(deepest / 2, _CORE_DEPTH)[label])
    # Without a clean cell: the cells that the region covers most and ink least.
    hold = (grid.share * (1 - grid.ink / np.float32(255))).ravel()
    best = np.zeros(count + 1, np.float32)
    np.maximum.at(best, label, hold)
    slim = (deepest[label] == 0) & (grid.share.ravel() > _LEAST_SHARE) & (hold >= _LEAST_SHARE) & (
        hold >= 0.8 * best[label]
    )  # fmt: skip
    cell = np.nonzero((core | slim) & (label > 0))[0]
    cell = cell[np.argsort(label[cell], kind="stable")]
    owner = label[cell].astype(np.intp)
    number = np.bincount(owner, minlength=count + 1)
    place = np.arange(len(cell)) - (np.cumsum(number) - number)[owner]
    stride = -(-number // _MOST_VOTES)
    chosen = place % np.maximum(stride, 1)[owner] == 0
    return _Votes(cell[chosen], owner[chosen], deepest)
