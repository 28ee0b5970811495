"""Regions that touch, with the length of their common border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.regions.parallel import in_bands

_OPEN_WEIGHT = 8
"""Weight of a border pixel that no line covers. A gap was closed or a slim tip cut off there, so both sides are more
likely to be one part.
"""


@dataclass(frozen=True, eq=False)
class Borders:
    """Each pair of touching regions once.

    `first` < `second` (n,) int64 are labels. `weight` (n,) int64 is the length of their border in pixels, where pixels
    without ink count several times.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    weight: NDArray[np.int64]

    def both_ways(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return each pair in both orders: labels, neighbours, weights, each (2n,), sorted by label."""
        label = np.concatenate([self.first, self.second])
        other = np.concatenate([self.second, self.first])
        order = np.lexsort((other, label))
        return label[order], other[order], np.concatenate([self.weight, self.weight])[order]


def shared_borders(labels: NDArray[np.int32], ink: NDArray[np.uint8] | None = None) -> Borders:
    """Return the borders between the regions of `labels` (H,W), which count from 1; pixels of 0 touch nothing.

    `ink` (H,W) uint8 is the coverage of the lines; without it every border pixel counts the same.
    """
    height, width = labels.shape

    def work(top: int, bottom: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        below = min(height, bottom + 1)
        parts = [
            _pairs(labels[top:bottom, :-1], labels[top:bottom, 1:], _beside(ink, top, bottom)),
            _pairs(labels[top : below - 1], labels[top + 1 : below], _above(ink, top, below)),
        ]
        return _sum(parts)

    pairs, weights = _sum(in_bands(height, width, work))
    return Borders(pairs >> 32, pairs & 0xFFFFFFFF, weights)


def _beside(ink: NDArray[np.uint8] | None, top: int, bottom: int) -> tuple[NDArray, NDArray] | None:
    return None if ink is None else (ink[top:bottom, :-1], ink[top:bottom, 1:])


def _above(ink: NDArray[np.uint8] | None, top: int, below: int) -> tuple[NDArray, NDArray] | None:
    return None if ink is None else (ink[top : below - 1], ink[top + 1 : below])


def _pairs(
    one: NDArray[np.int32], two: NDArray[np.int32], ink: tuple[NDArray, NDArray] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return coded pairs of labels and the weights of their borders, for pixels that lie side by side."""
    at = np.divmod(np.flatnonzero(one != two), one.shape[1]) if one.shape[1] else np.nonzero(one != two)
    first, second = one[at].astype(np.int64), two[at].astype(np.int64)
    weight = np.ones(len(first), np.int64)
    if ink is not None:
        weight[(ink[0][at] < INK) & (ink[1][at] < INK)] = _OPEN_WEIGHT
    known = (first > 0) & (second > 0)
    code = (np.minimum(first, second) << 32) | np.maximum(first, second)
    return code[known], weight[known]


def _sum(
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    codes = np.concatenate([code for code, _ in parts])
    weights = np.concatenate([weight for _, weight in parts])
    unique, inverse = np.unique(codes, return_inverse=True)
    return unique, np.bincount(inverse, weights, len(unique)).astype(np.int64)
