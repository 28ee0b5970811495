"""Offset of a coloured picture's paint from its lines: after that move, regions hold the least variety of colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.colored_paint import INK, places
from huebrush_backend.imaging.oklab import srgb_to_oklab

FARTHEST = 0.025
"""Farthest move that is looked for, as a share of the page's longer side."""
COARSE, FINE = 192, 384
"""Longer sides in cells of the grids on which moves are tried: all of them, then those around the best."""
BETTER = 0.75
"""Share of what colours vary within regions that may be left after a move, for the move to be made."""
ALIKE = 0.01
"""Share of what colours vary at first within which two moves are as good as each other."""
LEAST_CONTRAST = 1e-4
"""Mean square Oklab distance of colours within regions below which nothing lies off."""
_SPARE = 8
"""Cells that moves on the finer grid may go beyond FARTHEST."""


def find_offset(pixels: NDArray[np.uint8], labels: NDArray[np.int32], ink: NDArray[np.uint8]) -> tuple[float, float]:
    """Return the offset of the paint to the right of its place and below it, in shares of the page's width and height.

    * `pixels`: (h,w,4) uint8 sRGB with straight alpha, the coloured picture, of any size
    * `labels`: (H,W), the page's regions by its lines; `ink`: (H,W) uint8, coverage of the lines

    (0, 0) unless a move leaves clearly less variety of colours within the regions.
    """
    coarse = _Grid(pixels, labels, ink, COARSE)
    reach = max(1, round(FARTHEST * max(coarse.shape)))
    moves = [(x, y) for y in range(-reach, reach + 1) for x in range(-reach, reach + 1)]
    x, y = min(moves, key=lambda move: (coarse.variety(*move), abs(move[0]) + abs(move[1])))
    fine = _Grid(pixels, labels, ink, FINE)
    ratio = max(fine.shape) / max(coarse.shape)
    around = int(np.ceil(ratio)) + 1
    x, y = round(x * ratio), round(y * ratio)
    moves = [(x + i, y + j) for j in range(-around, around + 1) for i in range(-around, around + 1)]
    left = np.array([fine.variety(*move) for move in moves])
    before = fine.variety(0, 0)
    if before < LEAST_CONTRAST or left.min() > BETTER * before:
        return 0.0, 0.0
    # The lines hide where paint ends: of the moves that are as good as the best, the middle.
    alike = np.array(moves)[left <= left.min() + ALIKE * before]
    across, down = alike.mean(axis=0)
    return float(across) / fine.shape[1], float(down) / fine.shape[0]


class _Grid:
    """Colours and regions on a grid of about `longer` cells along the page's longer side."""

    def __init__(
        self, pixels: NDArray[np.uint8], labels: NDArray[np.int32], ink: NDArray[np.uint8], longer: int
    ) -> None:
        ratio = min(1.0, longer / max(labels.shape))
        rows, columns = (max(1, round(side * ratio)) for side in labels.shape)
        self.shape = rows, columns
        self._edge = int(np.ceil(FARTHEST * max(rows, columns))) + _SPARE
        down, across = places(labels.shape, rows, columns)
        label = labels[np.ix_(down, across)]
        label = np.where(ink[np.ix_(down, across)] < INK, label, 0)
        _, number = np.unique(label, return_inverse=True)
        self._label = number.reshape(label.shape)
        self._free = label > 0
        small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
        share = small[..., 3:].astype(np.float32) / 255
        on_white = np.rint(small[..., :3] * share + 255 * (1 - share)).astype(np.uint8)
        self._lab = srgb_to_oklab(on_white)

    def variety(self, x: int, y: int) -> float:
        """Return the mean square distance of colours from the mean of their region, for paint moved by x and y.

        All moves are judged by the same cells, those that have paint after each of them.
        """
        rows, columns = self.shape
        edge = self._edge
        free = self._free[edge : rows - edge, edge : columns - edge]
        label = self._label[edge : rows - edge, edge : columns - edge][free]
        lab = self._lab[edge + y : rows - edge + y, edge + x : columns - edge + x][free].astype(np.float64)
        if not len(label):
            return float("inf")
        number = np.maximum(np.bincount(label), 1)
        sums = np.stack([np.bincount(label, lab[:, channel]) for channel in range(3)])
        return float((np.square(lab).sum() - (np.square(sums) / number).sum()) / len(label))
