"""Colours that the artist hints at with a few strokes on a layer of their own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.inherit import inherit
from huebrush_backend.flats.colors.region_colors import HINTED, RegionColors
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.imaging.color_codes import pack_rgb, unpack_rgb

_SMALL_SHARE = 0.001
"""Largest share of the page for a region without a hint to take its neighbour's colour."""
_OVERSHOOT = 0.04
"""Smallest share for a stroke to count in a region. A stroke with less of its pixels there, which also covers less
than this share of the region, crossed the line by accident.
"""


def hint_colors(
    hints: NDArray[np.uint8],
    labels: NDArray[np.int32],
    areas: NDArray[np.int64],
    borders: Borders,
    ink: NDArray[np.uint8],
) -> RegionColors:
    """Return the colours that strokes give to the regions they lie on.

    * `hints`: (H,W,4) uint8 RGBA at the page's size, transparent where there is no stroke
    * `labels`, `areas`: (H,W) and (count+1,) as `find_regions` returns them
    * `borders`: borders between the regions
    * `ink`: (H,W) uint8, coverage of the lines

    Each region takes the colour that covers most of its hinted pixels, exactly as the brush painted it. These pixels do
    not count: pixels less opaque than the middle of the strokes, pixels on the lines, and the end of a stroke that went
    a little over a line.

    A region without a hint takes the colour of its likeliest neighbour, unsure, if the region is small and not at the
    page's edge. All others stay unpainted. Raises ValueError when the sizes differ.
    """
    if hints.shape != (*labels.shape, 4):
        raise ValueError(f"the hints must be as large as the page, {labels.shape}, and RGBA; got {hints.shape}")
    count = len(areas) - 1
    colors = RegionColors.unpainted(count)
    label, code, number = _count_hints(hints, labels, areas, ink)
    order = np.lexsort((code, number, label))  # the commonest colour of each region comes last
    last = np.ones(len(order), bool)
    last[:-1] = label[order][1:] != label[order][:-1]
    winner = order[last]
    region = label[winner]
    colors.colors[region] = unpack_rgb(code[winner])
    colors.alternatives[region] = colors.colors[region]
    colors.sources[region] = HINTED
    total = np.bincount(label, number, count + 1)
    colors.confidence[region] = number[winner] / total[region]
    _store_second_hints(colors, label, code, order)
    small = areas <= _SMALL_SHARE * labels.size
    small[_edge_labels(labels)] = False
    return inherit(colors, None, borders, only=small)


def with_hints(colors: RegionColors, hinted: RegionColors) -> RegionColors:
    """Return `colors` replaced by the colours the artist gave in `hinted`, which is of the same page. The colours
    replaced become the alternatives.
    """
    by_hand = np.flatnonzero(hinted.sources == HINTED)
    result = colors.copy()
    result.alternatives[by_hand] = colors.colors[by_hand]
    result.colors[by_hand] = hinted.colors[by_hand]
    result.confidence[by_hand] = hinted.confidence[by_hand]
    result.sources[by_hand] = HINTED
    return result


def _count_hints(
    hints: NDArray[np.uint8], labels: NDArray[np.int32], areas: NDArray[np.int64], ink: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return for each colour in each region: the label, the colour as a number, and the number of pixels."""
    alpha = hints[..., 3]
    opaque = int(alpha.max())
    if opaque == 0:
        none = np.zeros(0, np.int64)
        return none, none, none
    core = (alpha >= max(1, opaque - 5)).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(core)
    window = slice(top, top + height), slice(left, left + width)
    _, strokes = cv2.connectedComponents(core[window], connectivity=8)
    at = np.nonzero(core[window])
    stroke = np.asarray(strokes)[at].astype(np.int64)
    label = labels[window][at].astype(np.int64)
    code = pack_rgb(hints[window][at])
    free = ink[window][at] < INK
    pair, which, size = np.unique((stroke << 32) | label, return_inverse=True, return_counts=True)
    of_stroke = size / np.bincount(stroke)[pair >> 32]
    of_region = size / np.maximum(areas[pair & 0xFFFFFFFF], 1)
    counted = free & ~((of_stroke < _OVERSHOOT) & (of_region < _OVERSHOOT))[which.reshape(-1)] & (label > 0)
    key, number = np.unique((label[counted] << 24) | code[counted], return_counts=True)
    return key >> 24, key & 0xFFFFFF, number


def _store_second_hints(
    colors: RegionColors, label: NDArray[np.int64], code: NDArray[np.int64], order: NDArray[np.intp]
) -> None:
    """Store the second most frequent hint of a region as its alternative."""
    second = np.zeros(len(order), bool)
    second[:-1] = label[order][1:] == label[order][:-1]
    second[:-2] &= label[order][2:] != label[order][:-2]
    region = label[order[second]]
    colors.alternatives[region] = unpack_rgb(code[order[second]])


def _edge_labels(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
