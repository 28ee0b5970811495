"""Distance of every free pixel to the nearest line, and places where two lines come close, band by band.

Distances and nearest points of a whole page would take 16 bytes a pixel. Nothing further away than `reach` matters
here, so each band of rows also looks that far beyond its own rows, and keeps one byte a pixel. How far one looks
changes neither a distance nor a neck within that reach, so what is found for narrow gaps is also found for wide ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.parallel import in_bands

LEAST_ROWS = 256
OPPOSITE = 0.85
"""Smallest distance between the two nearest points, as a share of the way from one through the middle to the other."""
RIDGE = 1.5
"""Square of twice the slope up to which a place lies on the ridge between two lines; beside a single line it is 4."""


FINE = 32.0
"""Distance in pixels up to which a step of `Depths` is UNIT pixels; beyond it steps grow with the distance."""
UNIT = 0.25
GROWTH = 25.0
"""Steps beyond FINE in which the distance doubles: each is 2.8 % of it."""


@dataclass(frozen=True, eq=False)
class Depths:
    """Distances to the nearest line: `steps` (H,W) uint8, 0 on lines. A step means the same on all pages."""

    steps: NDArray[np.uint8]


def pixels_of(steps: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the distances in pixels, float32, of `steps` of `Depths`, an array of any shape."""
    table = np.arange(256, dtype=np.float32)
    fine = FINE / UNIT
    return np.where(table <= fine, table * UNIT, FINE * 2 ** ((table - fine) / GROWTH)).astype(np.float32)[steps]


def _steps_of(distance: NDArray[np.float32], reach: float) -> NDArray[np.uint8]:
    """Return the steps of distances (h,w) in pixels, rounded up; those beyond `reach` count as `reach`."""
    near = np.minimum(distance, np.float32(reach))
    steps = np.ceil(near * np.float32(1 / UNIT))
    if reach > FINE:
        far = near > FINE
        steps[far] = np.minimum(np.ceil(FINE / UNIT + GROWTH * np.log2(near[far] / FINE)), 255)
    return steps.astype(np.uint8)


def measure(free: NDArray[np.uint8], widest: float, reach: float) -> tuple[Depths, NDArray[np.int64]]:
    """Return the distances to the lines up to `reach` pixels, and the necks up to `widest` pixels wide.

    `free` (H,W) uint8 is 0 on lines. A neck is a free place between two lines whose nearest points lie on opposite
    sides of it. Necks are (n,5): squared width, then x and y of both points.
    """
    margin = int(np.ceil(reach)) + 2
    steps = np.empty(free.shape, np.uint8)

    def work(top: int, bottom: int) -> NDArray[np.int64]:
        above, below = max(0, top - margin), min(len(free), bottom + margin)
        window = free[above:below]
        own = slice(top - above, bottom - above)
        if window.all():
            steps[top:bottom] = _steps_of(np.full((1, 1), reach, np.float32), reach)
            return np.zeros((0, 5), np.int64)
        distance, nearest = cv2.distanceTransformWithLabels(
            window, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
        )
        steps[top:bottom] = _steps_of(np.asarray(distance, np.float32)[own], reach)
        necks = _necks(np.asarray(distance), np.asarray(nearest), window, own, widest)
        necks[:, [2, 4]] += above
        return necks

    return Depths(steps), np.concatenate(in_bands(free.shape[0], free.shape[1], work, max(LEAST_ROWS, 2 * margin)))


def _necks(
    distance: NDArray,
    nearest: NDArray,
    free: NDArray[np.uint8],
    own: slice,
    widest: float,
) -> NDArray[np.int64]:
    """Return the necks whose middle lies in the rows `own` of a window of the page.

    On the ridge between two sides the distance hardly rises in any direction; end points are looked up only there.
    """
    height, width = distance.shape
    first, last = max(own.start, 1), min(own.stop, height - 1)
    if widest < 1 or last <= first or width < 3:
        return np.zeros((0, 5), np.int64)
    ink = np.flatnonzero(free.ravel() == 0)
    position = np.zeros(ink.size + 1, np.int32)  # OpenCV numbers the pixels of ink in its own order
    position[nearest.ravel()[ink]] = ink
    rows = distance[first - 1 : last + 1]
    middle = rows[1:-1, 1:-1]
    across = rows[1:-1, 2:] - rows[1:-1, :-2]
    down = rows[2:, 1:-1] - rows[:-2, 1:-1]
    ridge = (middle > 0) & (middle <= widest / 2 + 1) & (across * across + down * down < RIDGE)
    y, x = np.nonzero(ridge)
    y, x = y + first, x + 1
    ends = []
    for step_y, step_x in ((0, 1), (1, 0), (1, 1), (1, -1)):
        one = position[nearest[y - step_y, x - step_x]].astype(np.int64)
        other = position[nearest[y + step_y, x + step_x]].astype(np.int64)
        apart = (one % width - other % width) ** 2 + (one // width - other // width) ** 2
        ends.append(np.stack([apart, one, other]))
    best = np.argmax([entry[0] for entry in ends], axis=0)
    apart, one, other = np.take_along_axis(np.stack(ends), best[None, None], axis=0)[0]
    fits = (apart >= (OPPOSITE * 2 * distance[y, x]) ** 2) & (apart <= (widest + 1) ** 2) & (apart > 2)
    apart, one, other = apart[fits], one[fits], other[fits]
    return np.stack([apart, one % width, one // width, other % width, other // width], axis=1)
