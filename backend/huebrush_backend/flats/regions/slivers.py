"""Areas that hatching and screentone cut off, to be united with the area they belong to.

Strips have rules of their own (see `hatching`). Tiles of crosswise hatching are too small for those: they are tiny,
many, and close together. Screentone is gone by now (see `screentone`, `dense_screentone`), but dense screentone may end
in the midst of an area, with a rim of ink.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.adjacency import Contacts, find_contacts, groups
from huebrush_backend.flats.regions.dense_screentone import NO_SCREENS, Screens
from huebrush_backend.flats.regions.grain import grain_contacts
from huebrush_backend.flats.regions.hatching import (
    ALIKE,
    FEWEST_STROKES,
    SHARED,
    THIN_BORDER,
    WIDE,
    hatching_contacts,
    parallel_neighbours,
)

TINY = 1.5
"""Largest inner radius of a tile, in widths of the lines."""
TINY_BORDER = 24.0
"""Largest border of a tile, in widths of the lines."""
TILE_THIN = 0.75
"""Largest width of a stroke between two tiles, in widths of the outlines; it is so short that it is hard to measure."""
TILE_PARALLEL = np.radians(15)
FEWEST_TILES = 12
FEWEST_CUTS = 40
"""Fewest cuts through the mesh of screentone in an area that is screentone."""


def sliver_pairs(
    labels: NDArray[np.int32],
    ink: NDArray[np.uint8],
    radii: NDArray[np.float32],
    line_width: float,
    screens: Screens = NO_SCREENS,
) -> list[tuple[int, int]]:
    """Return pairs of labels to unite: strips or tiles of one hatched area, or screentone and the
    area that it ends in.

    `labels` (H,W) int32 has a label, 1 …, for every pixel; `ink` (H,W) uint8 is coverage; `radii` (count,) are the
    inner radii by label. `screens` says where dense screentone was, which may end where no line is.
    """
    large = radii > WIDE * line_width
    if np.count_nonzero((radii > 0) & ~large) <= FEWEST_STROKES and not len(screens):
        return []
    contacts = find_contacts(labels, ink, line_width)
    outline_width = _width_between(contacts, large) or line_width
    tiny = (radii > 0) & (radii <= TINY * line_width) & (contacts.borders(len(radii)) <= TINY_BORDER * line_width)
    chosen = hatching_contacts(contacts, radii, line_width, outline_width)
    chosen |= _tiles(contacts, tiny, outline_width)
    chosen |= grain_contacts(contacts, labels, ink, radii, line_width)
    if len(screens):
        chosen |= _rims(contacts, _meshes(labels, screens, len(radii)), outline_width)
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


def _among_many(contacts: Contacts, chosen: NDArray[np.bool_], count: int, fewest: int) -> NDArray[np.bool_]:
    """Return (n,) bool: the `chosen` contacts that join at least `fewest` of the `count` areas."""
    group = groups(contacts.first[chosen], contacts.second[chosen], count)
    return chosen & (np.bincount(group)[group] >= fewest)[contacts.first]


def _meshes(labels: NDArray[np.int32], screens: Screens, count: int) -> NDArray[np.float64]:
    """Return the usual thickness of the mesh in each of `count` areas that are screentone, else NaN."""
    label = labels[screens.y, screens.x]
    cuts = np.bincount(label, minlength=count)
    mean = np.bincount(label, screens.thickness, count) / np.maximum(cuts, 1)
    return np.where(cuts >= FEWEST_CUTS, mean, np.nan)


def _rims(contacts: Contacts, mesh: NDArray[np.float64], outline_width: float) -> NDArray[np.bool_]:
    """Return (n,) bool: contacts where screentone ends without a line, at ink as thin as its own mesh (count,)."""
    own = np.fmin(mesh[contacts.first], mesh[contacts.second])
    whole = contacts.borders(len(mesh))
    shorter = np.minimum(whole[contacts.first], whole[contacts.second])
    thin = contacts.width <= np.minimum(THIN_BORDER * outline_width, ALIKE * own)
    return np.isfinite(own) & thin & (contacts.length >= SHARED * shorter)
