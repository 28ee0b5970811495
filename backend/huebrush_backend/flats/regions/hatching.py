"""Strips and tiles that hatching cuts an area into, which belong together.

Strokes of hatching are thinner than the lines around them, straight, parallel to their neighbours and close together.
Pleats and stripes are further apart. Strands of hair are separated by thicker lines, or by lines that fan out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from huebrush_backend.flats.regions.adjacency import Contacts, groups

SLIM = 2.1
"""Largest inner radius of a strip, in widths of the lines."""
WIDE = 3.0
"""Largest inner radius of a strip beside others, and of the rest of an area that hatching leaves at its border."""
THIN = 0.52
"""Largest width of a stroke, in widths of the outlines."""
THICKEST = 0.7
"""Largest width of a stroke beside others, in widths of the outlines."""
THIN_BORDER = 0.55
"""Largest width of the line between a hatched area and its other part, where strokes fade out."""
ALIKE = 1.35
"""Largest width of a line, in widths of the area's own strokes; a thicker line separates shapes."""
BENT = 0.6
"""Largest bend of a stroke in pixels; up to BENT_SHARE of its length is straight enough too."""
BENT_SHARE = 0.09
SHORTEST = 1.5
"""Smallest length of a stroke, in widths of the lines."""
PARALLEL = np.radians(6)
FEWEST_STROKES = 3
SHARED = 0.2
"""Smallest share of an area's border along hatching for the area to belong to it."""
CLOSE = 0.75
"""Largest inner radius of a strip between strokes as thick as outlines, in widths of the strokes."""
EVEN = 1.4
"""Largest ratio of neighbouring strips, and of neighbouring strokes, of that kind."""
DENSE_BENT_SHARE = 0.02
DENSE_SHORTEST = 6.0
"""Smallest length of such a stroke, in its own widths."""
DENSE_PARALLEL = np.radians(4)
FEWEST_DENSE = 8
APART, REGULAR, FEWEST_APART = 1.5, 1.2, 20
"""The same (CLOSE, EVEN, FEWEST_DENSE) for a light screen of lines, which is more regular than what hands draw."""
LIGHT = 0.8
"""Largest width of its lines, in widths of the outlines."""
ROUNDS = 6
"""Most rounds in which neighbours of strokes, or of hatched areas, are added."""


def hatching_contacts(
    contacts: Contacts, radii: NDArray[np.float32], line_width: float, outline_width: float
) -> NDArray[np.bool_]:
    """Return (n,) bool: the `contacts` that are strokes of hatching, so that both areas belong together.

    `radii` (count,) are the areas' inner radii. `line_width` in pixels is that of all lines, including strokes of
    hatching; `outline_width` is that of the lines around large areas.
    """
    widest = max(line_width, outline_width)
    wide = (radii > 0) & (radii <= WIDE * widest)
    chosen = _strokes(contacts, wide, (radii > 0) & (radii <= SLIM * widest), widest, outline_width)
    chosen |= _dense_strokes(contacts, radii, CLOSE, EVEN, FEWEST_DENSE)
    light = contacts.width <= LIGHT * outline_width
    chosen |= light & _dense_strokes(contacts, radii, APART, REGULAR, FEWEST_APART)
    return _grow(chosen, lambda found: _beside_hatching(contacts, found, outline_width))


def _strokes(
    contacts: Contacts, wide: NDArray[np.bool_], slim: NDArray[np.bool_], widest: float, outline_width: float
) -> NDArray[np.bool_]:
    """Return (n,) bool: the contacts that are strokes between strips, for `hatching_contacts`."""
    one, other = parallel_neighbours(contacts, wide)
    straight = contacts.bend <= np.maximum(BENT, BENT_SHARE * contacts.length)
    seeds = straight & (contacts.length >= SHORTEST * widest) & (contacts.width <= THIN * outline_width)
    seeds &= slim[contacts.first] & slim[contacts.second]
    both = seeds[one] & seeds[other]
    group = groups(one[both], other[both], len(seeds))
    strokes = seeds & (np.bincount(group)[group] >= FEWEST_STROKES)
    # Beside strokes, one may be a little thicker or shorter, and the last one has the area's other part behind it.
    both = wide[contacts.first] & wide[contacts.second]
    either = wide[contacts.first] | wide[contacts.second]
    likely = either & (contacts.width <= np.where(both, THICKEST, THIN_BORDER) * outline_width)

    def likely_beside(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        beside = np.zeros(len(found), bool)
        beside[other[found[one]]] = True
        return beside & likely

    return _grow(strokes, likely_beside)


def _dense_strokes(
    contacts: Contacts, radii: NDArray[np.float32], apart: float, even: float, fewest: int
) -> NDArray[np.bool_]:
    """Return (n,) bool: strokes about as thick as the paper between them, of hatching or a screen of lines.

    They may be as thick as the outlines. What tells them from strands and fences is that they are many, in even steps:
    at least `fewest`, with strips whose inner radius is at most `apart` strokes and whose ratio is at most `even`.
    """
    one, other = radii[contacts.first], radii[contacts.second]
    strips = (one > 0) & (other > 0)
    straight = contacts.bend <= np.maximum(BENT, DENSE_BENT_SHARE * contacts.length)
    close = strips & (np.maximum(one, other) <= apart * contacts.width + 0.25)
    seeds = close & straight & (contacts.length >= DENSE_SHORTEST * contacts.width)
    seeds &= np.maximum(one, other) <= even * np.minimum(one, other) + 0.5
    slim = np.zeros(len(radii), bool)
    slim[contacts.first[close]] = slim[contacts.second[close]] = True
    first, second = parallel_neighbours(contacts, slim, DENSE_PARALLEL)
    thin, thick = (order(contacts.width[first], contacts.width[second]) for order in (np.minimum, np.maximum))
    alike = thick <= even * thin
    first, second = first[alike], second[alike]
    both = seeds[first] & seeds[second]
    group = groups(first[both], second[both], len(seeds))
    strokes = seeds & (np.bincount(group)[group] >= fewest)

    def beside(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        near = np.zeros(len(found), bool)
        near[second[found[first]]] = True
        return near & close & (contacts.length >= contacts.width)

    return _grow(strokes, beside)


def _grow(chosen: NDArray[np.bool_], neighbours: Callable[[NDArray[np.bool_]], NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return (n,) bool: the `chosen` contacts, and repeatedly the `neighbours` of those, until no more are added."""
    for _ in range(ROUNDS):
        added = chosen | neighbours(chosen)
        if (added == chosen).all():
            break
        chosen = added
    return chosen


def parallel_neighbours(
    contacts: Contacts, among: NDArray[np.bool_], within: float = PARALLEL
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of contacts (n,), (n,) of the same area that run in the same direction, each pair in both orders.

    `among` (count,) says which areas count; `within` is in radians.
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
    """Return (n,) bool: contacts between areas united by the `chosen` hatching and the rest of these areas."""
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
