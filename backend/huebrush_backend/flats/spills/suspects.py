"""Suspects: cells of a picture that look more like a region nearby than like their own."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.clusters import clusters, gather_tones
from huebrush_backend.flats.spills.mixtures import between
from huebrush_backend.flats.spills.patch_shapes import nearest_of
from huebrush_backend.flats.splitting.color_patches import squares

APART = 0.06
"""Least difference of two regions' colours, as of `perceived`, for which spills of one into the other are sought."""
NEARER = (0.4, 0.55)
"""Shares of the neighbour's colour in a mixture with the own from which a cell is suspected, one after the other: a
spill may hang together with own paint that has less of that colour."""
EDGE = (0.05, 0.22)
"""The same share from which a cell beside a spill is its soft edge, and from which it is replaced entirely."""
ASIDE = 0.5
"""Farthest that a cell's colour lies off the line from its own to the neighbour's, in lengths of that line."""
REACH = 18.0
"""Farthest that a spill reaches from the neighbour, in pixels of the picture: two cells of a latent and a bit."""
LEAST_SOURCE = 64.0
"""Area in pixels of the picture, a latent's cell, up to which a region spills nothing: a smaller one has its own colour
from what is painted around it. The light in an eye is no source of its white."""
SHADE = 0.03
"""Difference in hue and chroma up to which a colour may be light or shade on another."""
ALIKE = 14.0
"""Difference (CIEDE2000) up to which regions' tones are looked at together: one spill may come from all of them."""
_FAR = 10.0
"""Difference that a tone counts more which no region nearby has: it is taken only where no other fits, and tells how
far a patch reaches."""
MOST_TONES = 32
"""Most tones of a page that are looked at, the largest: the regions of the rest are small."""


@dataclass(frozen=True, eq=False)
class Places:
    """The cells of a grid.

    * `labels`: (h,w) int32, regions
    * `inked`: (h,w) bool, cells with a line in them
    * `line`: width of the lines in cells
    * `pixel`: cells in a pixel of the picture
    """

    labels: NDArray[np.int32]
    inked: NDArray[np.bool_]
    line: float
    pixel: float


@dataclass(frozen=True, eq=False)
class Suspects:
    """Suspected cells.

    * `cell`: (n,) flat indices into the grid
    * `tone`: (n,) tone of the page that each is nearer to
    * `source`: (n,) nearest region of that tone
    * `away`: (n,) distance to it in cells
    * `apart`: (n,) difference from its tone
    * `share`: (n,) share of that tone in their mixture with their region's own colour
    * `shade`: (n,) bool, whether the cell may be light or shade on its region's own colour
    """

    cell: NDArray[np.intp]
    tone: NDArray[np.intp]
    source: NDArray[np.int32]
    away: NDArray[np.float32]
    apart: NDArray[np.float32]
    share: NDArray[np.float32]
    shade: NDArray[np.bool_]

    def where(self, kept: NDArray[np.bool_]) -> Suspects:
        """Return those that are `kept` (n,)."""
        return Suspects(*(getattr(self, part.name)[kept] for part in fields(self)))


def suspects_of(
    picture: NDArray[np.float32],
    own: NDArray[np.float32],
    place: Places,
    tones: NDArray[np.intp],
    main: NDArray[np.float32],
) -> Suspects:
    """Return the cells that look more like a region of another tone nearby than like their own region."""
    labels = place.labels
    off = picture - own
    least = min(NEARER)
    cell = np.flatnonzero(squares(off) > (least * APART) ** 2)
    seen, field = picture.reshape(-1, 3)[cell], own.reshape(-1, 3)[cell]
    rank = tones[labels]
    own_rank = rank.ravel()[cell]
    best, faint = np.full(len(cell), np.inf, np.float32), np.zeros(len(cell), bool)
    tone = np.full(len(cell), -1, np.intp)
    source = np.zeros(len(cell), np.int32)
    away, mixed = np.zeros(len(cell), np.float32), np.zeros(len(cell), np.float32)
    for each in range(int(tones.max()) + 1):
        others = own_rank != each
        if not others.any():
            continue
        distance, nearest = nearest_of(rank == each)
        region = labels.ravel()[nearest.ravel()[cell]]
        near = distance.ravel()[cell] <= REACH * place.pixel
        apart = np.sqrt(squares(seen - main[region])) + np.where(near, 0, _FAR)
        share = mixture(seen, field, main[region])
        faint |= others & near & (share > EDGE[0]) & (share <= least)
        better = others & (apart < best) & (share > least)
        best[better], tone[better], source[better] = apart[better], each, region[better]
        away[better], mixed[better] = distance.ravel()[cell][better], share[better]
    # What a tone nearby explains as a little of it in the region's own is not that of a region elsewhere.
    found = (tone >= 0) & ~((best >= _FAR) & faint)
    shade = _may_be_shade(seen[found], field[found])
    apart = np.where(best >= _FAR, best - np.float32(_FAR), best)[found]
    return Suspects(cell[found], tone[found], source[found], away[found], apart, mixed[found], shade)


def tones_of(areas: NDArray[np.int64], colors: NDArray[np.uint8], least: float) -> NDArray[np.intp]:
    """Return the tone (count+1,) of each region, 0 for the largest tone of the page; -1 for those not looked at.

    `areas` (count+1,): cells of each region; those of at most `least` are not looked at.
    """
    present = np.flatnonzero(areas[1:] > least) + 1
    if not len(present):
        return np.full(len(colors), -1, np.intp)
    tone, rgb = gather_tones(colors[present], areas[present].astype(np.float64))
    tone = clusters(rgb, ALIKE)[tone]
    order = np.argsort(-np.bincount(tone, areas[present]), kind="stable")
    rank = np.full(len(order), -1, np.intp)
    rank[order[:MOST_TONES]] = np.arange(min(MOST_TONES, len(order)))
    result = np.full(len(colors), -1, np.intp)
    result[present] = rank[tone]
    return result


def _may_be_shade(colors: NDArray[np.float32], own: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return (n,) bool: which `colors` (n,3) light or shade could make of `own` (n,3). Hue stays, chroma may shrink."""
    chroma = np.hypot(own[:, 1], own[:, 2])
    direction = own[:, 1:] / np.maximum(chroma, 1e-6)[:, None]
    along = np.clip(np.einsum("ik,ik->i", colors[:, 1:], direction), 0, 1.2 * chroma)
    return np.linalg.norm(colors[:, 1:] - along[:, None] * direction, axis=1) <= SHADE


def mixture(picture: NDArray[np.float32], own: NDArray[np.float32], tone: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the share (n,) 0..1 of `tone` (n,3) in each colour that is a mixture of it and `own`; 0 where it is
    neither."""
    along, aside, square = between(picture, own, tone)
    fits = (square > APART**2) & (aside <= ASIDE**2 * square)
    return np.where(fits, np.clip(along, 0, 1), 0).astype(np.float32)
