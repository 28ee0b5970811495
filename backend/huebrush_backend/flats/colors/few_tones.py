"""Fewer tones than a page's regions have, for layers that a person can handle: near ones become one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.region_colors import FIXED, HINTED, RegionColors
from huebrush_backend.imaging.color import color_difference

CLEARLY_APART = 20.0
"""CIEDE2000 difference from which two tones are never united, however many there are."""
_MOST_TONES = 600
"""Most tones that are compared with one another; of more, the smallest ones stay as they are."""


def reduce_tones(colors: RegionColors, areas: NDArray[np.int64], most: int) -> RegionColors:
    """Return `colors` with as many tones united as it takes to have `most` of them, the least visible change first.

    `areas` (count+1,): pixels of each region. To unite a tone with another costs the root of its area, times its
    confidence, times the square of their CIEDE2000 difference; the smaller one takes the other's colour. Tones from
    `CLEARLY_APART` on stay, so there may be more, and the artist's own colours stay.
    """
    painted = np.flatnonzero(colors.painted)
    tones, tone = np.unique(colors.colors[painted], axis=0, return_inverse=True)
    tone = tone.reshape(-1)
    if len(tones) <= most:
        return colors
    weight = np.maximum(areas[painted], 1) * np.maximum(colors.confidence[painted], 0.1).astype(np.float64)
    total = np.bincount(tone, weight, len(tones)).astype(np.float64)
    own = np.zeros(len(tones), bool)
    own[tone[np.isin(colors.sources[painted], (FIXED, HINTED))]] = True
    order = np.argsort(-total, kind="stable")
    target = np.arange(len(tones))
    _unite(tones, total, own, order[:_MOST_TONES], max(1, most - max(0, len(tones) - _MOST_TONES)), target)
    result = replace(colors, colors=colors.colors.copy())
    result.colors[painted] = tones[target[tone]]
    return result


def _unite(
    tones: NDArray[np.uint8],
    total: NDArray[np.float64],
    own: NDArray[np.bool_],
    chosen: NDArray[np.intp],
    most: int,
    target: NDArray[np.intp],
) -> None:
    """Write into `target` (n,) which tone each of the `chosen` ones becomes, so that `most` of them are left."""
    rgb, weight = tones[chosen], total[chosen].copy()
    apart = color_difference(rgb[:, None], rgb[None])
    apart = (apart + apart.T) / 2
    apart[apart >= CLEARLY_APART] = np.inf
    np.fill_diagonal(apart, np.inf)
    apart[own[chosen]] = np.inf  # rows are the tones that vanish
    into = np.arange(len(chosen))
    cost = _costs(apart, weight, own[chosen], np.arange(len(chosen)))
    for _ in range(len(chosen) - most):
        gone, kept = np.unravel_index(int(cost.argmin()), cost.shape)
        if np.isinf(cost[gone, kept]):
            break
        into[into == gone] = kept
        weight[kept] += weight[gone]
        # What became another tone must stay near it when that becomes a third.
        apart[kept] = np.maximum(apart[kept], apart[gone])
        apart[gone] = apart[:, gone] = np.inf
        cost[gone] = cost[:, gone] = np.inf
        cost[kept] = _costs(apart, weight, own[chosen], np.array([kept]))[0]
        larger = (weight <= weight[kept]) | own[chosen][kept]
        cost[:, kept] = np.where(larger, np.sqrt(weight) * apart[:, kept] ** 2, np.inf)
    target[chosen] = chosen[into]


def _costs(
    apart: NDArray[np.float64], weight: NDArray[np.float64], own: NDArray[np.bool_], rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the cost of making each of the tones `rows` (m,) another one, (m,n).

    The larger of two tones stays, unless it is the artist's own that is smaller.
    """
    smaller = (weight[rows, None] <= weight[None]) | own[None]
    return np.where(smaller, np.sqrt(weight[rows, None]) * apart[rows] ** 2, np.inf)
