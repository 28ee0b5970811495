"""Colours that the artist hints at: a few strokes on a layer of their own."""

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
"""Share of the page up to which a region without a hint may take its neighbour's colour."""
_OVERSHOOT = 0.04
"""A stroke that has less than this share of its pixels in a region, and covers less than this share of the region,
went over the line there by accident."""


def hint_colors(
    hints: NDArray[np.uint8],
    labels: NDArray[np.int32],
    areas: NDArray[np.int64],
    borders: Borders,
    ink: NDArray[np.uint8],
) -> RegionColors:
    """Return the colours that strokes give to the regions they lie on.

    `hints` (H,W,4) uint8 RGBA at the page's size, transparent where there is no stroke; `labels` (H,W), `areas`
    (count+1,) as `find_regions` returns them; `ink` (H,W) uint8 the lines' coverage. Each region takes the colour
    that covers most of its hinted pixels, exactly as the brush left it; pixels that are less opaque than the strokes'
    own middle, and pixels on the lines, do not count, nor does the end of a stroke that went over a line a little.

    A region without a hint takes its likeliest neighbour's colour, unsure, if it is small and not at the page's edge;
    all others stay unpainted. Raises ValueError when the sizes differ.
    """
    if hints.shape != (*labels.shape, 4):
        raise ValueError(f"the hints must be as large as the page, {labels.shape}, and RGBA; got {hints.shape}")
    count = len(areas) - 1
    colors = RegionColors.unpainted(count)
    label, code, number = _hinted(hints, labels, areas, ink)
    order = np.lexsort((code, number, label))  # the commonest of each region comes last
    last = np.ones(len(order), bool)
    last[:-1] = label[order][1:] != label[order][:-1]
    winner = order[last]
    region = label[winner]
    colors.colors[region] = unpack_rgb(code[winner])
    colors.alternatives[region] = colors.colors[region]
    colors.sources[region] = HINTED
    total = np.bincount(label, number, count + 1)
    colors.confidence[region] = number[winner] / total[region]
    _runners_up(colors, label, code, order)
    small = areas <= _SMALL_SHARE * labels.size
    small[_at_the_edge(labels)] = False
    return inherit(colors, None, borders, only=small)


def with_hints(colors: RegionColors, hinted: RegionColors) -> RegionColors:
    """Return `colors` overruled where `hinted`, of the same page, has colours of the artist's hand; what was there
    becomes the alternative."""
    by_hand = np.flatnonzero(hinted.sources == HINTED)
    result = colors.copy()
    result.alternatives[by_hand] = colors.colors[by_hand]
    result.colors[by_hand] = hinted.colors[by_hand]
    result.confidence[by_hand] = hinted.confidence[by_hand]
    result.sources[by_hand] = HINTED
    return result


def _hinted(
    hints: NDArray[np.uint8], labels: NDArray[np.int32], areas: NDArray[np.int64], ink: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each colour in each region: the label, the colour as a number, and how many pixels."""
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


def _runners_up(
    colors: RegionColors, label: NDArray[np.int64], code: NDArray[np.int64], order: NDArray[np.intp]
) -> None:
    """A region with hints in two colours remembers the second."""
    second = np.zeros(len(order), bool)
    second[:-1] = label[order][1:] == label[order][:-1]
    second[:-2] &= label[order][2:] != label[order][:-2]
    region = label[order[second]]
    colors.alternatives[region] = unpack_rgb(code[order[second]])


def _at_the_edge(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
