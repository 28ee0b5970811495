"""The colour that each region has of its own: a smooth field, spread inside it from trusted places outwards."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.spills.mixtures import between
from huebrush_backend.flats.splitting.color_patches import perceived

_STOP = 1.0
"""Change of the guide (0..255) that stops the spreading: labels differ by far more."""
_TRACE = 1e-6
"""Weight of a region's main tone: it counts where no trusted place is near."""
_FAR = 0.05
"""Weight of the field itself, where it is refined by trusted cells nearby."""

_UNLIKE = 0.15
"""Least difference of two neighbours, as of `perceived`, whose mixture a colour between them may be."""
_MIXED = 0.2
"""Least share of either in such a mixture."""
_ASIDE = 0.3
"""Farthest that a mixture lies off the line between them, in lengths of that line."""
_MOST_NEIGHBOURS = 12
"""Most neighbours of a slim region that are looked at."""


def own_fields(
    picture: NDArray[np.float32],
    trust: NDArray[np.float32],
    guide: NDArray[np.uint8],
    main: NDArray[np.float32],
    reach: float,
) -> NDArray[np.float32]:
    """Return the colour (h,w,3) that each cell would have by the trusted cells of its own region alone.

    * `picture`: (h,w,3) colours, in any space
    * `trust`: (h,w) 0..1, how much each cell's colour counts
    * `guide`: (h,w,3) as `label_guide` returns it
    * `main`: (h,w,3), the main tone of each cell's region, which counts where nothing trusted is near
    * `reach`: distance in cells over which colours are carried
    """
    return _carried(picture, trust, guide, main, np.float32(_TRACE), reach)


def refined_field(
    field: NDArray[np.float32],
    picture: NDArray[np.float32],
    trust: NDArray[np.float32],
    guide: NDArray[np.uint8],
    reach: float,
) -> NDArray[np.float32]:
    """Return a `field` (h,w,3) as of `own_fields` in which trusted cells of the same region nearby count more.

    A region may have two colours: into a bay of one, too slim to be trusted much, the other must not be mixed.
    `picture`, `trust`, `guide` and the shorter `reach`: as for `own_fields`.
    """
    return _carried(picture, trust, guide, field, np.float32(_FAR), reach)


def _carried(
    picture: NDArray[np.float32],
    trust: NDArray[np.float32],
    guide: NDArray[np.uint8],
    beside: NDArray[np.float32],
    least: np.float32,
    reach: float,
) -> NDArray[np.float32]:
    """Return the mean (h,w,3) of the trusted cells within `reach` and of `beside` (h,w,3), which has the weight
    `least`."""
    weighted = np.dstack([picture * trust[..., None], trust]).astype(np.float32)
    spread = np.asarray(cv2.ximgproc.fastGlobalSmootherFilter(guide, weighted, reach**2, _STOP), np.float32)
    return (spread[..., :3] + least * beside) / (np.maximum(spread[..., 3:], 0) + least)


def softened(share: NDArray[np.float32], guide: NDArray[np.uint8], reach: float) -> NDArray[np.float32]:
    """Return a `share` (h,w) 0..1 that fades out over `reach` cells around what it covers, within each region.

    `guide`: (h,w,3) as `label_guide` returns it.
    """
    soft = cv2.ximgproc.fastGlobalSmootherFilter(guide, share.astype(np.float32), reach**2, _STOP)
    # A step is half as high at its place: twice that is whole up to it, and fades out beyond.
    return np.clip(2 * np.asarray(soft, np.float32), 0, 1)


def unmixed(
    colors: NDArray[np.uint8], borders: Borders, slim: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return `colors` (count+1,3) uint8 sRGB in which no `slim` (count+1,) region has a mixture of its neighbours'.

    Also returns which regions had one, (count+1,) bool: they have the nearer one of the two now.
    """
    tones = perceived(colors[None])[0]
    label, other, _ = borders.both_ways()
    begin = np.searchsorted(label, np.arange(len(colors) + 1))
    result, mixed = colors.copy(), np.zeros(len(colors), bool)
    for region in np.flatnonzero(slim).tolist():
        around = other[begin[region] : begin[region + 1]]
        around = around[~slim[around]][:_MOST_NEIGHBOURS]
        one, two = (part.ravel() for part in np.meshgrid(around, around, indexing="ij"))
        seen = np.broadcast_to(tones[region], (len(one), 3))
        along, aside, square = between(seen, tones[one], tones[two])
        fits = (square > _UNLIKE**2) & (along >= _MIXED) & (along <= 0.5) & (aside <= (_ASIDE**2) * square)
        if fits.any():
            best = int(np.where(fits, aside, np.inf).argmin())
            result[region], mixed[region] = colors[one[best]], True
    return result, mixed


def label_guide(labels: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return a picture (h,w,3) uint8 in which each of the `labels` (h,w) has a colour unlike that of any other."""
    hashed = labels.astype(np.uint32) * np.uint32(2654435761)
    return np.dstack([(hashed >> np.uint32(shift)).astype(np.uint8) for shift in (8, 16, 24)])
