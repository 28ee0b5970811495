"""What hatching and screentone cut off from an area goes back to it.

Islands between the dots of a dense screentone are tiny, many, and close together; for strips see `hatching`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.contacts import Contacts, find_contacts, groups
from huebrush_backend.flats.hatching import FEWEST_STROKES, WIDE, hatched

TINY = 1.5
"""Inner radius of an island in screentone at most, in widths of the lines."""
ISLAND_BORDER = 24.0
"""The same for its border."""
UNEVEN = 1.3
"""How much thicker the ink between two islands may be than where it is thinnest around either: there an outline runs
through."""
FEWEST_ISLANDS = 12


def sliver_pairs(
    labels: NDArray[np.int32], ink: NDArray[np.uint8], radii: NDArray[np.float32], line_width: float
) -> list[tuple[int, int]]:
    """Return pairs of labels to unite because they are strips of one hatched area or islands of one screentone.

    `labels` (H,W) int32 has a label, 1 …, for every pixel; `ink` (H,W) uint8 is coverage; `radii` (count,) are the
    inner radii by label.
    """
    large = radii > WIDE * line_width
    if np.count_nonzero((radii > 0) & ~large) <= FEWEST_STROKES:
        return []
    contacts = find_contacts(labels, ink, line_width)
    outline_width = _width_between(contacts, large) or line_width
    chosen = hatched(contacts, radii, line_width, outline_width) | _islands(contacts, radii, line_width)
    return list(zip(contacts.first[chosen].tolist(), contacts.second[chosen].tolist(), strict=True))


def _width_between(contacts: Contacts, large: NDArray[np.bool_]) -> float:
    """Return the usual width of what parts `large` (count,) areas, 0 if nothing does: outlines, without hatching."""
    between = large[contacts.first] & large[contacts.second]
    width, length = contacts.width[between], contacts.length[between]
    order = np.argsort(width)
    along = np.cumsum(length[order])
    return float(width[order][np.searchsorted(along, along[-1] / 2)]) if along.size else 0.0


def _islands(contacts: Contacts, radii: NDArray[np.float32], line_width: float) -> NDArray[np.bool_]:
    """Return which contacts part islands of the same screentone."""
    border = contacts.borders(len(radii))
    tiny = (radii > 0) & (radii <= TINY * line_width) & (border <= ISLAND_BORDER * line_width)
    both = tiny[contacts.first] & tiny[contacts.second]
    thinnest = np.full(len(radii), np.inf)
    for island in (contacts.first, contacts.second):
        np.minimum.at(thinnest, island[both], contacts.width[both])
    both &= contacts.width <= UNEVEN * np.minimum(thinnest[contacts.first], thinnest[contacts.second])
    group = groups(contacts.first[both], contacts.second[both], len(radii))
    return both & (np.bincount(group)[group] >= FEWEST_ISLANDS)[contacts.first]
