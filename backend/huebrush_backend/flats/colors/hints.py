"""Colours that the artist hints at with a few strokes on a layer of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.inherit import inherit
from huebrush_backend.flats.colors.region_colors import HINTED, RegionColors
from huebrush_backend.flats.splitting.hint_strokes import counted_hints
from huebrush_backend.imaging.color_codes import unpack_rgb

_SMALL_SHARE = 0.001
"""Largest share of the page for a region without a hint to take its neighbour's colour."""


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

    Each region takes the colour that covers most of its hinted pixels (`counted_hints`), exactly as the brush painted
    it. Regions with several colours are parted first (`flats.splitting`).

    A region without a hint takes the colour of its likeliest neighbour, unsure, if the region is small and not at the
    page's edge. All others stay unpainted. Raises ValueError when the sizes differ.
    """
    if hints.shape != (*labels.shape, 4):
        raise ValueError(f"the hints must be as large as the page, {labels.shape}, and RGBA; got {hints.shape}")
    count = len(areas) - 1
    colors = RegionColors.unpainted(count)
    pixels = counted_hints(hints, labels, areas, ink)
    key, number = np.unique((pixels.label << 24) | pixels.code, return_counts=True)
    label, code = key >> 24, key & 0xFFFFFF
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
