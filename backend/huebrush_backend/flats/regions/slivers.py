"""Areas that hatching and screentone cut off, to be united with the area they belong to.

Strips have rules of their own (see `hatching`). Tiles of crosswise hatching are too small for those, and so are islands
of paper between dots that overlap (see `screentone` for other dots). Both are tiny, many, and close together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.adjacency import Contacts, find_contacts, groups
from huebrush_backend.flats.regions.hatching import FEWEST_STROKES, WIDE, hatching_contacts, parallel_neighbours

TINY = 1.5
"""Largest inner radius of a tile or an island, in widths of the lines."""
TINY_BORDER = 24.0
"""Largest border of a tile or an island, in widths of the lines."""
TILE_THIN = 0.75
"""Largest width of a stroke between two tiles, in widths of the outlines; it is so short that it is hard to measure."""
TILE_PARALLEL = np.radians(15)
FEWEST_TILES = 12
EVEN = 1.3
"""Largest ratio of sizes, or of border lengths, between neighbouring islands."""
UNEVEN = 1.3
"""Largest thickness of the ink between two islands, as a multiple of the thinnest ink around either: thicker ink is an
outline.
"""
FEWEST_ISLANDS = 40


def sliver_pairs(
    labels: NDArray[np.int32], ink: NDArray[np.uint8], radii: NDArray[np.float32], line_width: float
) -> list[tuple[int, int]]:
    """Return pairs of labels to unite: strips or tiles of one hatched area, or islands of one screentone.

    `labels` (H,W) int32 has a label, 1 …, for every pixel; `ink` (H,W) uint8 is coverage; `radii` (count,) are the
    inner radii by label.
    """
    large = radii > WIDE * line_width
    if np.count_nonzero((radii > 0) & ~large) <= FEWEST_STROKES:
        return []
    contacts = find_contacts(labels, ink, line_width)
    outline_width = _width_between(contacts, large) or line_width
    tiny = (radii > 0) & (radii <= TINY * line_width) & (contacts.borders(len(radii)) <= TINY_BORDER * line_width)
    chosen = hatching_contacts(contacts, radii, line_width, outline_width)
    chosen |= _tiles(contacts, tiny, outline_width) | _islands(contacts, tiny, radii)
    return list(zip(contacts.first[chosen].tolist(), contacts.second[chosen].tolist(), strict=True))


def _width_between(contacts: Contacts, large: NDArray[np.bool_]) -> float:
    """Return the usual width of the lines between `large` (count,) areas: outlines, without hatching. 0 if there are
    none."""
    between = large[contacts.first] & large[contacts.second]
    width, length = contacts.width[between], contacts.length[between]
    order = np.argsort(width)
    along = np.cumsum(length[order])
    return float(width[order][np.searchsorted(along, along[-1] / 2)]) if along.size else 0.0


def _tiles(contacts: Contacts, tiny: NDArray[np.bool_], outline_width: float) -> NDArray[np.bool_]:
    """Return (n,) bool: contacts between tiles of the same hatching: thin, and parallel to others of their tile.

    Small shapes of full lines, such as eyes and petals, have neither property.
    """
    thin = tiny[contacts.first] & tiny[contacts.second] & (contacts.width <= TILE_THIN * outline_width)
    one, other = parallel_neighbours(contacts, tiny, TILE_PARALLEL)
    chosen = np.zeros(len(thin), bool)
    chosen[one[thin[one] & thin[other]]] = True
    return _among_many(contacts, chosen, len(tiny), FEWEST_TILES)


def _islands(contacts: Contacts, tiny: NDArray[np.bool_], radii: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return (n,) bool: contacts between islands of the same screentone: very many, each as large as the next."""
    chosen = tiny[contacts.first] & tiny[contacts.second]
    for size in (radii, contacts.borders(len(radii))):
        one, other = size[contacts.first], size[contacts.second]
        chosen &= np.maximum(one, other) <= EVEN * np.minimum(one, other)
    thinnest = np.full(len(radii), np.inf)
    for island in (contacts.first, contacts.second):
        np.minimum.at(thinnest, island[chosen], contacts.width[chosen])
    chosen &= contacts.width <= UNEVEN * np.minimum(thinnest[contacts.first], thinnest[contacts.second])
    return _among_many(contacts, chosen, len(radii), FEWEST_ISLANDS)


def _among_many(contacts: Contacts, chosen: NDArray[np.bool_], count: int, fewest: int) -> NDArray[np.bool_]:
    """Return (n,) bool: the `chosen` contacts that join at least `fewest` of the `count` areas."""
    group = groups(contacts.first[chosen], contacts.second[chosen], count)
    return chosen & (np.bincount(group)[group] >= fewest)[contacts.first]
