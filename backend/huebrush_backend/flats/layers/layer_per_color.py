"""One layer for each colour, or for each colour area, that together look exactly like one layer of flats.

The layers with the largest areas lie at the bottom. Each reaches a little under the layers above it, so that no seam
opens when the artist scales the stack or moves a layer slightly. At soft edges the layers share the pixel so that
nothing shines through (see `soft_edges`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.layers.flats_layer import AREA, COLOR, FlatLayer, filled, union_box
from huebrush_backend.flats.layers.soft_edges import SoftEdges, soft_edges
from huebrush_backend.flats.palettes.names import color_name
from huebrush_backend.flats.regions.parallel import in_bands
from huebrush_backend.imaging.color_codes import Rgb, hex_color, pack_rgb, unpack_rgb

REACH = 2
"""Pixels that a layer reaches under the layers above it."""
MOST_AREAS = 100
"""Default number of layers for colour areas. The smaller areas share one layer for each colour."""
_TOUCHING = 2
"""Pixels of border from which two regions touch; corners do not count."""


@dataclass(frozen=True, eq=False)
class _Stack:
    """Layer of each region: `rank` (count+1,) counts from 1 at the bottom and is 0 for none; `colors` and `names`
    belong to the ranks, their first entries are unused.
    """

    rank: NDArray[np.int64]
    colors: list[Rgb]
    names: list[str]


def color_layers(
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    areas: NDArray[np.int64],
    colors: RegionColors,
    hard_edges: bool,
    names: Mapping[Rgb, str] | None = None,
    ink: NDArray[np.uint8] | None = None,
) -> Iterator[FlatLayer]:
    """Yield one layer for each colour from the bottom up, with names like "light brown #c68642": what differs first.

    * `labels`, `boxes`, `areas`: (H,W), (count+1,4) and (count+1,) as `find_regions` returns them
    * `colors`: colours of the regions
    * `hard_edges`, `ink`: as for `paint`
    * `names`: the artist's names of colours

    Layers are made one at a time, as all layers of a large page would not fit into memory.
    """
    code, region_code = _codes(colors)
    group = np.searchsorted(code, region_code)
    group[~colors.painted] = -1
    rgb = [(red, green, blue) for red, green, blue in unpack_rgb(code).tolist()]
    titles = [f"{_word(color, names)} {hex_color(color)}" for color in rgb]
    stack = _rank_by_area(group, areas, rgb, titles)
    yield from _layers(labels=labels, boxes=boxes, stack=stack, hard_edges=hard_edges, kind=COLOR, names=names, ink=ink)


def color_area_layers(
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    areas: NDArray[np.int64],
    borders: Borders,
    colors: RegionColors,
    hard_edges: bool,
    names: Mapping[Rgb, str] | None = None,
    ink: NDArray[np.uint8] | None = None,
    most: int = MOST_AREAS,
) -> Iterator[FlatLayer]:
    """Yield one layer for each colour area from the bottom up: regions of one colour that touch across a line.

    The names are "brown 1", "brown 2", the largest first. Beyond `most` areas, the small ones of a colour share one
    layer, "brown, small areas". `borders` are those between the regions; all other parameters are as for
    `color_layers`.
    """
    color_area = _color_areas(borders, colors)
    count = int(color_area.max(initial=-1)) + 1
    code = np.zeros(count, np.int64)
    code[color_area[colors.painted]] = _codes(colors)[1][colors.painted]
    size = np.bincount(color_area[colors.painted], areas[colors.painted], count)
    order = np.lexsort((np.arange(count), -size))
    small = order[most:]
    group = np.arange(count)
    for color in np.unique(code[small]).tolist():
        same = small[code[small] == color]
        group[same] = same[0]
    rgb = [(red, green, blue) for red, green, blue in unpack_rgb(code).tolist()]
    words = [_word(color, names) for color in rgb]
    titles, used = list(words), dict.fromkeys(words, 0)
    large = order[:most].tolist()
    for index in large:
        used[words[index]] += 1
        titles[index] = f"{words[index]} {used[words[index]]}"
    for index in large:
        if used[words[index]] == 1:
            titles[index] = words[index]
    for index in small.tolist():
        titles[index] = f"{words[index]}, small areas"
    region_group = np.where(color_area >= 0, group[color_area] if count else -1, -1)
    yield from _layers(
        labels=labels,
        boxes=boxes,
        stack=_rank_by_area(region_group, areas, rgb, titles),
        hard_edges=hard_edges,
        kind=AREA,
        names=names,
        ink=ink,
    )


def _codes(colors: RegionColors) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the colours in use as numbers, sorted, and the number of each region."""
    code = pack_rgb(colors.colors)
    return np.unique(code[colors.painted]), code


def _word(color: Rgb, names: Mapping[Rgb, str] | None) -> str:
    return (names or {}).get(color) or color_name(color)


def _color_areas(borders: Borders, colors: RegionColors) -> NDArray[np.int64]:
    """Return the colour area of each region, (count+1,) from 0; -1 for unpainted regions."""
    code = _codes(colors)[1]
    painted = colors.painted
    first, second = borders.first, borders.second
    joined = (borders.weight >= _TOUCHING) & painted[first] & painted[second] & (code[first] == code[second])
    shape = (colors.count + 1,) * 2
    graph = coo_array((np.ones(int(joined.sum())), (first[joined], second[joined])), shape=shape)
    _, group = connected_components(graph, directed=False)
    color_area = np.full(colors.count + 1, -1, np.int64)
    color_area[painted] = np.unique(group[painted], return_inverse=True)[1]
    return color_area


def _rank_by_area(group: NDArray[np.int64], areas: NDArray[np.int64], colors: list[Rgb], names: list[str]) -> _Stack:
    """Rank the groups (-1: none) by their area."""
    size = np.bincount(group[group >= 0], areas[group >= 0], len(colors))
    used = np.bincount(group[group >= 0], minlength=len(colors)) > 0
    order = [index for index in np.lexsort((np.arange(len(colors)), -size)).tolist() if used[index]]
    rank = np.zeros(len(colors) + 1, np.int64)  # its last entry serves group -1
    rank[order] = np.arange(1, len(order) + 1)
    return _Stack(rank[group], [(0, 0, 0), *(colors[i] for i in order)], ["", *(names[i] for i in order)])


def _layers(
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    stack: _Stack,
    hard_edges: bool,
    kind: str,
    names: Mapping[Rgb, str] | None,
    ink: NDArray[np.uint8] | None,
) -> Iterator[FlatLayer]:
    layers = len(stack.colors) - 1
    if layers == 0:
        return
    table = stack.rank.astype(np.uint8 if layers < 256 else np.uint16)
    ranks = np.empty(labels.shape, table.dtype)

    def look_up(top: int, bottom: int) -> None:
        np.take(table, labels[top:bottom], out=ranks[top:bottom], mode="clip")

    in_bands(labels.shape[0], labels.shape[1], look_up)
    edges = None if hard_edges else soft_edges(ranks, layers, ink)
    for rank in range(1, layers + 1):
        window = union_box(boxes[stack.rank == rank], labels.shape, REACH + 1)
        if window is None:
            continue
        alpha = _alpha(ranks, rank, window, edges)
        left, top, width, height = cv2.boundingRect(alpha)
        pixels = filled(alpha[top : top + height, left : left + width], stack.colors[rank])
        x, y = window[1].start + left, window[0].start + top
        color = stack.colors[rank]
        yield FlatLayer(
            name=stack.names[rank],
            pixels=pixels,
            x=x,
            y=y,
            blend="normal",
            color=color,
            kind=kind,
            artists_word=(names or {}).get(color, ""),
        )


def _alpha(ranks: NDArray, rank: int, window: tuple[slice, slice], edges: SoftEdges | None) -> NDArray[np.uint8]:
    """Return the alpha of a layer within `window`."""
    inside = ranks[window]
    height, width = inside.shape
    out = np.empty((height, width), np.uint8)
    square = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)

    def work(top: int, bottom: int) -> None:
        begin, end = max(0, top - REACH), min(height, bottom + REACH)
        band = inside[begin:end]
        own = (band == rank).view(np.uint8)
        over = (band > rank).view(np.uint8)
        if edges is not None:  # where a layer above is not opaque, only the edges' shares may show
            over = np.asarray(cv2.erode(over, np.ones((3, 3), np.uint8)), np.uint8)
        reach = np.asarray(cv2.dilate(own, square), np.uint8) & over
        np.multiply((own | reach)[top - begin : bottom - begin], 255, out=out[top:bottom])

    in_bands(height, width, work)
    if edges is not None:
        place, alpha = edges.of(rank)
        row, column = np.divmod(place, ranks.shape[1])
        out[row - window[0].start, column - window[1].start] = alpha
    return out
