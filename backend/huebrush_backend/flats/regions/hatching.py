"""Hatching cuts an area into strips, crosswise hatching into tiles; they belong together.

Strokes of hatching are thinner than the lines around them, straight, and parallel to their neighbours, close together.
Pleats and stripes are further apart, strands of hair are parted by thicker lines, or by lines that fan out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from huebrush_backend.flats.regions.adjacency import Contacts, groups

SLIM = 2.1
"""Inner radius of a strip at most, in widths of the lines."""
WIDE = 3.0
"""The same for strips beside others, and for what hatching leaves over at an area's border."""
THIN = 0.52
"""Width of a stroke at most, in widths of the outlines."""
THICKEST = 0.7
"""The same for a stroke beside others."""
THIN_BORDER = 0.55
"""The same for what lies between a hatched area and its part without hatching, where strokes fade out."""
ALIKE = 1.35
"""The same in widths of the area's own strokes; a thicker line is one that shapes are parted by."""
BENT = 0.6
"""How far a stroke bends at most, in pixels; but BENT_SHARE of its length is straight enough too."""
BENT_SHARE = 0.09
SHORTEST = 1.5
"""Length of a stroke at least, in widths of the lines."""
PARALLEL = np.radians(6)
FEWEST_STROKES = 3
SHARED = 0.2
"""Share of an area's border that lies along hatching, at least, for the area to belong to it."""
ROUNDS = 6
"""How often what lies beside strokes, or beside hatched areas, is added at most."""


def hatched(
    contacts: Contacts, radii: NDArray[np.float32], line_width: float, outline_width: float
) -> NDArray[np.bool_]:
    """Return which of the `contacts` (n,) part what belongs together, because strokes of hatching lie between.

    `radii` (count,) are the areas' inner radii. `line_width` in pixels is that of all lines, strokes of hatching
    among them; `outline_width` that of the lines around large areas.
    """
    widest = max(line_width, outline_width)
    wide = (radii > 0) & (radii <= WIDE * widest)
    chosen = _strokes(contacts, wide, (radii > 0) & (radii <= SLIM * widest), widest, outline_width)
    return _grown(chosen, lambda found: _beside_hatching(contacts, found, outline_width))


def _strokes(
    contacts: Contacts, wide: NDArray[np.bool_], slim: NDArray[np.bool_], widest: float, outline_width: float
) -> NDArray[np.bool_]:
    """Return which contacts are strokes between strips, as `hatched` does."""
    one, other = parallel_neighbours(contacts, wide)
    straight = contacts.bend <= np.maximum(BENT, BENT_SHARE * contacts.length)
    seeds = straight & (contacts.length >= SHORTEST * widest) & (contacts.width <= THIN * outline_width)
    seeds &= slim[contacts.first] & slim[contacts.second]
    both = seeds[one] & seeds[other]
    group = groups(one[both], other[both], len(seeds))
    strokes = seeds & (np.bincount(group)[group] >= FEWEST_STROKES)
    # Beside them a stroke may be a little thicker or shorter, and the last one has the area's other part behind it.
    both = wide[contacts.first] & wide[contacts.second]
    either = wide[contacts.first] | wide[contacts.second]
    likely = either & (contacts.width <= np.where(both, THICKEST, THIN_BORDER) * outline_width)

    def likely_beside(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        beside = np.zeros(len(found), bool)
        beside[other[found[one]]] = True
        return beside & likely

    return _grown(strokes, likely_beside)


def _grown(
    chosen: NDArray[np.bool_], neighbours: Callable[[NDArray[np.bool_]], NDArray[np.bool_]]
) -> NDArray[np.bool_]:
    """Return which contacts (n,) are `chosen`, or become so as `neighbours` of those, until there are no more."""
    for _ in range(ROUNDS):
        added = chosen | neighbours(chosen)
        if (added == chosen).all():
            break
        chosen = added
    return chosen


def parallel_neighbours(
    contacts: Contacts, among: NDArray[np.bool_], within: float = PARALLEL
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of contacts (n,), (n,) of the same area that run in the same direction, each pair both ways.

    `among` (count,) says which areas count; `within` in radians.
    """
    count = len(contacts.first)
    ends = np.concatenate([contacts.first, contacts.second])
    kept = among[ends]
    places = (np.tile(np.arange(count), 2)[kept], ends[kept])
    touches = coo_array((np.ones(len(places[0]), np.int32), places), shape=(count, len(among))).tocsr()
    one, other = (touches @ touches.T).nonzero()
    apart = np.abs(contacts.angle[one] - contacts.angle[other])
    chosen = (one != other) & (np.minimum(apart, np.pi - apart) <= within)
    return one[chosen], other[chosen]


def _beside_hatching(contacts: Contacts, chosen: NDArray[np.bool_], outline_width: float) -> NDArray[np.bool_]:
    """Return which contacts lie between areas that what is `chosen` hatches, taken as one, and their other parts."""
    areas = int(max(contacts.first.max(initial=0), contacts.second.max(initial=0))) + 1
    group = groups(contacts.first[chosen], contacts.second[chosen], areas)
    is_hatched = np.bincount(group)[group] > 1
    merged, pair = contacts.between(group)
    whole = merged.borders(areas)
    shorter = np.minimum(whole[merged.first], whole[merged.second])
    fits = (merged.width <= THIN_BORDER * outline_width) & (merged.length >= SHARED * shorter)
    within, length, width = group[contacts.first[chosen]], contacts.length[chosen], contacts.width[chosen]
    strokes = np.bincount(within, length * width, areas) / np.maximum(np.bincount(within, length, areas), 1)
    fits &= merged.width <= ALIKE * np.maximum(strokes[merged.first], strokes[merged.second])
    inside = group[contacts.first] == group[contacts.second]
    return ~inside & (is_hatched[contacts.first] | is_hatched[contacts.second]) & fits[pair]
