"""Colours of the regions from the paint of a coloured picture: each gets the colour that it mostly shows.

Paint runs over lines, lies a little off, fades at its edges, and leaves small shapes out. So the places deep in a
region speak for it, of these only those with paint, and of several tones the largest wins (`main_tone`): never a mean.
A region that shows too little paint stays unpainted.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.clusters import gather_tones
from huebrush_backend.flats.colors.colored_paint import INK, Paint, places
from huebrush_backend.flats.colors.inherit import inherit
from huebrush_backend.flats.colors.main_tone import main_tones
from huebrush_backend.flats.colors.region_colors import NONE, VOTED, RegionColors
from huebrush_backend.imaging.color_codes import pack_rgb, unpack_rgb
from huebrush_backend.imaging.oklab import srgb_to_oklab

CORE = 0.67
"""Depth, as a share of a region's greatest, from which a place speaks for the region."""
DEEP = 0.025
"""Depth, as a share of the page's longer side, that is enough in any region: paint lies off by less."""
PAINTED = 0.35
"""Smallest share of such places with paint for the region to be painted: markers leave white between their strokes."""
SPECK = 1.5
"""Depth in cells up to which a region without paint is too small for the picture, and takes a neighbour's colour."""
ALIKE = 0.06
"""Oklab distance up to which a place agrees with its region's colour."""
EXACT = 0.5
"""Share of a region's votes with the very same colour from which the region has exactly that colour."""
NOISY = 0.09
"""Oklab spread of a region's votes at which they count as scattered: more than paper, brushes and JPEG cause."""
AGREED = 0.95
"""Share of the usual agreement from which places at a depth are sure to lie beyond paint that ran over."""
_MOST_VOTES = 1024
_BINS = 12
"""Depths at which agreement is measured."""
_LEAST_BIN = 0.01
"""Smallest share of all judged places that tells the agreement at a depth."""
_SHALLOW = 0.45
"""Factor on the confidence of a region in which no place lies beyond paint that may have run over."""


@dataclass(frozen=True, eq=False)
class _Cells:
    """Cells of the grid that lie in regions.

    `label` (h,w) int32 region; `depth` (h,w) float32 distance in cells to a line or another region; `deepest`
    (count+1,) of each region.
    """

    label: NDArray[np.int32]
    depth: NDArray[np.float32]
    deepest: NDArray[np.float32]


def vote_by_paint(paint: Paint, labels: NDArray[np.int32], boxes: NDArray[np.int32], borders: Borders) -> RegionColors:
    """Let the `paint` decide the colour of each region.

    * `labels`: (H,W), the page's regions, 1..count; `boxes`: (count+1,4), their left, top, width, height
    * `borders`: borders between the regions

    A region whose paint is even gets exactly its colour; regions of one paint with grain or noise get one colour. The
    confidence is the share of the deep places that agree and how closely, less where a region is so slim that paint
    which ran over may fill it.
    """
    count = len(boxes) - 1
    cells = _cells(paint, labels, count)
    cap = DEEP * max(paint.painted.shape)
    core = (cells.depth > 0) & (cells.depth >= np.minimum(CORE * cells.deepest, cap)[cells.label])
    slim = (cells.deepest[cells.label] == 0) & (paint.ink < 128)
    place = np.flatnonzero(((core | slim) & (cells.label > 0)).ravel())
    owner = cells.label.ravel()[place].astype(np.intp)
    has_paint = paint.painted.ravel()[place]
    total = np.bincount(owner, minlength=count + 1)
    share = np.bincount(owner[has_paint], minlength=count + 1) / np.maximum(total, 1)
    enough = share >= PAINTED
    place, owner = _thinned(place[has_paint & enough[owner]], owner[has_paint & enough[owner]], count)
    rgb = paint.rgb.reshape(-1, 3)[place]
    tones = main_tones(srgb_to_oklab(rgb), owner, count + 1)
    colors = RegionColors.voted(rgb, tones)
    known = colors.painted
    spill = _spill(paint, cells, colors, cap)
    closeness = np.exp(-((tones.spread / NOISY) ** 2))
    reach = np.where(cells.deepest < spill, _SHALLOW, 1.0)
    colors.confidence[known] = (tones.share * closeness * reach * np.minimum(1, 0.5 + share))[known]
    exact = _exact(colors, rgb, owner)
    colors = _agreeing(colors, exact, cells)
    specks = (colors.sources == NONE) & (cells.deepest <= SPECK)
    colors = inherit(colors, None, borders, only=specks)
    if paint.paper is not None:
        bare = colors.sources == NONE
        colors.colors[bare] = colors.alternatives[bare] = paint.paper
    return colors


def _cells(paint: Paint, labels: NDArray[np.int32], count: int) -> _Cells:
    rows, columns = paint.painted.shape
    label = np.ascontiguousarray(labels[np.ix_(*places(labels.shape, rows, columns))])
    clean = (label > 0) & (paint.ink < INK)
    clean[:, 1:] &= label[:, 1:] == label[:, :-1]
    clean[1:] &= label[1:] == label[:-1]
    depth = np.asarray(cv2.distanceTransform(clean.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
    depth = np.minimum(depth, max(rows, columns)).astype(np.float32)
    deepest = np.zeros(count + 1, np.float32)
    np.maximum.at(deepest, label.ravel(), depth.ravel())
    return _Cells(label, depth, deepest)


def _thinned(place: NDArray[np.intp], owner: NDArray[np.intp], count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return an even selection of the places of each region, at most `_MOST_VOTES`, sorted by region."""
    order = np.argsort(owner, kind="stable")
    place, owner = place[order], owner[order]
    number = np.bincount(owner, minlength=count + 1)
    index = np.arange(len(owner)) - (np.cumsum(number) - number)[owner]
    # Steps of whole numbers through rows would follow their pattern; a ratio spreads the selection evenly.
    stride = np.maximum(1, number / _MOST_VOTES)[owner]
    chosen = np.floor(index / stride) != np.floor((index - 1) / stride)
    return place[chosen], owner[chosen]


def _spill(paint: Paint, cells: _Cells, colors: RegionColors, cap: float) -> float:
    """Return the depth in cells beyond which paint has the colour of its region: how far it runs over lines."""
    judged = paint.painted & (cells.depth > 0) & (cells.depth < cap)
    judged &= (colors.sources == VOTED)[cells.label] & (cells.deepest >= cap)[cells.label]
    at = np.flatnonzero(judged.ravel())
    at = at[:: max(1, len(at) // 200_000)]
    if len(at) < _BINS:
        return 0.0
    own = srgb_to_oklab(colors.colors)[cells.label.ravel()[at]]
    agrees = np.linalg.norm(srgb_to_oklab(paint.rgb.reshape(-1, 3)[at]) - own, axis=1) <= ALIKE
    bins = np.minimum((cells.depth.ravel()[at] * _BINS / cap).astype(int), _BINS - 1)
    number = np.bincount(bins, minlength=_BINS)
    share = np.bincount(bins, agrees, _BINS) / np.maximum(number, 1)
    filled = number >= _LEAST_BIN * number.sum()
    deep = filled & (np.arange(_BINS) >= _BINS // 2)
    usual = float(np.median(share[deep])) if deep.any() else 0.0
    over = np.flatnonzero(filled & (share < AGREED * usual))
    return float((over[-1] + 1) * cap / _BINS) if len(over) else 0.0


def _exact(colors: RegionColors, rgb: NDArray[np.uint8], owner: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return (count+1,) bool: regions in which one very colour has most of the votes; they get it, in place."""
    code, number = np.unique(owner.astype(np.int64) << 24 | pack_rgb(rgb), return_counts=True)
    label = code >> 24
    order = np.lexsort((number, label))
    last = np.ones(len(order), bool)
    last[:-1] = label[order][1:] != label[order][:-1]
    winner = order[last]
    total = np.bincount(owner, minlength=colors.count + 1)
    even = number[winner] >= EXACT * total[label[winner]]
    exact = np.zeros(colors.count + 1, bool)
    exact[label[winner][even]] = True
    colors.colors[label[winner][even]] = unpack_rgb(code[winner][even])
    return exact


def _agreeing(colors: RegionColors, exact: NDArray[np.bool_], cells: _Cells) -> RegionColors:
    """Return `colors` with those of noisy paint gathered into tones; the `exact` (count+1,) ones stay as they are."""
    painted = np.flatnonzero(colors.painted)
    if not len(painted):
        return colors
    areas = np.bincount(cells.label.ravel(), minlength=colors.count + 1)[painted]
    weight = np.sqrt(np.maximum(areas, 1).astype(np.float64)) * np.maximum(colors.confidence[painted], 0.01)
    weight[exact[painted]] += 1e6
    tone, rgb = gather_tones(colors.colors[painted], weight)
    result = colors.copy()
    loose = ~exact[painted]
    result.colors[painted[loose]] = rgb[tone[loose]]
    return result
