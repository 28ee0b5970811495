"""Gather the slightly different colours of a page's regions into the intended tones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from huebrush_backend.flats.colors.region_colors import FIXED, HINTED, RegionColors
from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.color_codes import pack_rgb, unpack_rgb
from huebrush_backend.imaging.oklab import srgb_to_oklab

SAME_TONE = 5.0
"""CIEDE2000 difference up to which votes are one tone."""
_MOST_TONES = 400
"""Most tones that are compared with one another: more would take seconds. The smallest ones beyond that keep their
nearest tone.
"""
_GRID = 0.02
"""Oklab step of the grid in which colours are gathered before distances are measured."""


def unify(colors: RegionColors, areas: NDArray[np.int64]) -> RegionColors:
    """Return `colors` with nearly equal votes made equal: each group takes the colour with the most weight.

    Without a palette every region has a slightly different vote, but layers by colour need one colour for all strands
    of one hair. `areas` (count+1,) are the pixels of each region. Colours up to `SAME_TONE` CIEDE2000 apart become one.
    The artist's own colours stay, and colours near them become equal to them.
    """
    painted = np.nonzero(colors.painted)[0]
    if not len(painted):
        return colors
    own = np.isin(colors.sources[painted], (FIXED, HINTED))
    weight = np.sqrt(np.maximum(areas[painted], 1).astype(np.float64)) * np.maximum(colors.confidence[painted], 0.01)
    weight[own] += 1e6
    tone, rgb = gather_tones(colors.colors[painted], weight)
    result = replace(colors, colors=colors.colors.copy())
    result.colors[painted[~own]] = rgb[tone[~own]]
    return result


def gather_tones(rgb: NDArray[np.uint8], weight: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Gather colours (n,3) into tones. Returns the tone of each colour (n,), and for each tone the colour (tones,3)
    uint8 with the most weight around it.
    """
    cell = np.rint(srgb_to_oklab(rgb) / _GRID).astype(np.int64)
    _, first, member = np.unique(cell, axis=0, return_index=True, return_inverse=True)
    member = member.reshape(-1)
    heavy = np.bincount(member, weight, len(first))
    order = np.argsort(-heavy, kind="stable")
    main, rest = order[:_MOST_TONES], order[_MOST_TONES:]
    spokesman = _heaviest(rgb, weight, member, len(first))
    group = np.empty(len(first), np.intp)
    group[main] = clusters(spokesman[main], SAME_TONE)
    if len(rest):
        start = group[main].max() + 1
        group[rest] = np.arange(start, start + len(rest))
    tone = group[member]
    return tone, _heaviest(rgb, weight, tone, int(group.max()) + 1)


def _heaviest(
    rgb: NDArray[np.uint8], weight: NDArray[np.float64], group: NDArray[np.intp], groups: int
) -> NDArray[np.uint8]:
    """Return the colour with the largest weight in each group. Equal colours are counted together."""
    code = group.astype(np.int64) << 24 | pack_rgb(rgb)
    unique, inverse = np.unique(code, return_inverse=True)
    total = np.bincount(inverse, weight)
    order = np.lexsort((unique, total))  # the heaviest colour of each group is written last and stays
    result = np.zeros((groups, 3), np.uint8)
    result[unique[order] >> 24] = unpack_rgb(unique[order])
    return result


def clusters(rgb: NDArray[np.uint8], widest: float) -> NDArray[np.intp]:
    """Group colours (n,3) so that no two in a group are more than `widest` CIEDE2000 apart. Returns group numbers (n,)
    from 0.
    """
    if len(rgb) < 2:
        return np.zeros(len(rgb), np.intp)
    distances = color_difference(rgb[:, None], rgb[None])
    tree = linkage(squareform((distances + distances.T) / 2, checks=False), "complete")
    return fcluster(tree, widest, "distance").astype(np.intp) - 1
