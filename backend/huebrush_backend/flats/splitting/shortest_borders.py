"""The shortest borders between seeds: a minimum cut through the paper of a region.

Yuri Boykov and Marie-Pierre Jolly, "Interactive graph cuts for optimal boundary and region segmentation of objects in
N-D images", ICCV 2001. Cells are nodes; a border costs its length through paper, less on faint lines, and nothing on
lines. So it runs from line to line where they come close. A little of each cell's cost is how badly its colour fits.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from huebrush_backend.flats.splitting.color_patches import SAME, ColorPatches

UNFIT = 0.06
"""Cost of a cell whose colour is `SAME` away from its part's, for each pixel of the picture: a border that is shorter
by a pixel may leave some 16 pixels on the wrong side."""
RELIABLE = 1.5
"""Distance to ink, in pixels of the picture, from which its colour counts in full."""
LEAST_RELIABLE = 0.15
FARTHER = 2.0
"""Times the distance to other colours' seeds beyond which a cell is never of a colour."""
_STEPS = ((0, 1, 0.5), (1, 0, 0.5), (1, 1, 0.354), (1, -1, 0.354))
"""Neighbours of a cell, down and right, and the length of border between them."""
_UNITS = 64
"""Whole units of cost for a length of one cell, as flows are integers."""


def part_by_colors(
    free: NDArray[np.bool_],
    depth: NDArray[np.float32],
    paper: NDArray[np.float32],
    patches: ColorPatches,
    pixel: float,
) -> NDArray[np.int32]:
    """Return the colour, 1..n of `patches`, of each cell of a region, (h,w) int32; 0 outside `free` (h,w).

    * `depth`: (h,w), distance of each cell to ink in cells
    * `paper`: (h,w), how bare each cell is, 0..1
    * `pixel`: cells in a pixel of the model's picture
    """
    seeds = patches.seeds
    used = np.unique(seeds[seeds > 0])
    reliable = np.clip(depth / (RELIABLE * pixel), LEAST_RELIABLE, 1)
    unfit = UNFIT / pixel * reliable * np.minimum(patches.apart[used - 1] / SAME, 1.5)
    away = np.stack([_distance(seeds == index) for index in used])
    claims = np.zeros((len(used), *free.shape), bool)
    for place in range(len(used)):
        others = np.arange(len(used)) != place
        own = seeds == used[place]
        far = away[place] > FARTHER * away[others].min(axis=0) + 3 * pixel
        other = free & ~own & ((seeds > 0) | far)
        claims[place] = _cut(free, paper, own, other, unfit[place], unfit[others].min(axis=0))
    single = claims.sum(axis=0) == 1
    return grow_within(np.where(single & free, used[claims.argmax(axis=0)], 0).astype(np.int32), free)


def grow_within(labels: NDArray[np.int32], free: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return `labels` (h,w), where cells of `free` without one have that of the nearest by steps through `free`.

    Cells that no label reaches stay 0.
    """
    labels = labels.copy()
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    while True:
        bare = free & (labels == 0)
        beside = cv2.dilate(labels.astype(np.float32), cross).astype(np.int32)
        reached = bare & (beside > 0)
        if not reached.any():
            return labels
        labels[reached] = beside[reached]


def _distance(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    return np.asarray(cv2.distanceTransform(1 - mask.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)


def _cut(
    free: NDArray[np.bool_],
    paper: NDArray[np.float32],
    own: NDArray[np.bool_],
    other: NDArray[np.bool_],
    unfit: NDArray[np.floating],
    unfit_other: NDArray[np.floating],
) -> NDArray[np.bool_]:
    """Return (h,w) bool: `own` and the cells of `free` that the shortest border puts on its side, away from `other`.

    `unfit`, `unfit_other`: (h,w) cost of a cell on the one and on the other side.
    """
    between = free & ~own & ~other
    count = int(np.count_nonzero(between))
    source, sink = count, count + 1
    node = np.full(free.shape, -1, np.int32)
    node[between] = np.arange(count, dtype=np.int32)
    node[own], node[other] = source, sink
    height, width = free.shape
    first, second, cost = [], [], []
    for down, right, length in _STEPS:
        rows, rows_below = slice(0, height - down), slice(down, height)
        here, there = slice(max(0, -right), width - max(0, right)), slice(max(0, right), width + min(0, right))
        one, two = node[rows, here], node[rows_below, there]
        joined = (one >= 0) & (two >= 0) & (one != two)
        if down and right:  # a diagonal step must not slip between two cells of ink
            joined &= free[rows, there] & free[rows_below, here]
        first += [one[joined], two[joined]]
        second += [two[joined], one[joined]]
        bare = np.minimum(paper[rows, here], paper[rows_below, there])[joined]
        cost += [np.rint(np.tile(bare, 2) * (length * _UNITS)).astype(np.int32)]
    nodes = np.arange(count, dtype=np.int32)
    first += [np.full(count, source, np.int32), nodes]
    second += [nodes, np.full(count, sink, np.int32)]
    cost += [np.rint(some[between] * _UNITS).astype(np.int32) for some in (unfit_other, unfit)]
    places = np.concatenate(first), np.concatenate(second)
    graph = coo_array((np.concatenate(cost), places), shape=(count + 2, count + 2)).tocsr()
    graph.sum_duplicates()
    left = graph - maximum_flow(graph, source, sink).flow
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    reached = np.zeros(count + 2, bool)
    reached[breadth_first_order(left, source, return_predecessors=False)] = True
    result = own.copy()
    result[between] = reached[:count]
    return result
