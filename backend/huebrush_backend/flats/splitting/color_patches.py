"""Solid patches of clearly different colours that the model's picture has in one region."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.splitting.working_grid import inner_depth
from huebrush_backend.imaging.oklab import srgb_to_oklab

LIGHTNESS = 0.7
"""Weight of lightness in the difference of two colours: light and shade change it most, another part changes the hue.
"""
TINT = (0.006, 0.02)
"""Chroma (Oklab) up to which a pale colour is the white of paper, and from which it surely is a tint."""
PALE = (0.65, 0.92)
"""Lightness (Oklab) from which colours are pale, and from which they are so in full."""
TINTED = 0.1
"""Chroma that pale tints have more, so that they differ from white."""
SAME = 0.08
"""Difference up to which two colours are one, in Oklab with `LIGHTNESS`."""
MOST_COLORS = 24
"""Most colours of one region: a page of open lines is one region, with all of the page's colours."""
AT_ONCE = 10
"""Most colours that are looked for at once."""
LEFT_OVER = 0.005
"""Smallest share of a region's colours that are far from all known ones, for which more are looked for."""
CLEAR = 1.2
"""Distance to ink in pixels of the picture from which its colour is not mixed with the lines'."""
STEEP = 0.06
"""Change of colour for each pixel of the picture from which a place lies between two colours."""
LEAST_AREA = 30.0
"""Fewest pixels of the picture for a region to be looked at."""
LEAST_PATCH = 12.0
"""Smallest patch, in pixels of the picture."""
LEAST_RADIUS = 1.5
"""Smallest inner radius of a patch, in pixels of the picture."""
DEEP = 4.0
"""Depth in a patch, in pixels of the picture, from which a place is sure to be of its colour; half of the patch's
greatest depth is enough too. Closer to its border the picture may have run over."""
_ROUNDS = 10
_MOST_VALUES = 6000


@dataclass(frozen=True, eq=False)
class ColorPatches:
    """Colours of a region's picture.

    * `colors`: (n,3) in the space of `perceived`
    * `seeds`: (h,w) int32, 1..n where a cell is surely of that colour, 0 elsewhere
    * `apart`: (n,h,w) float32, difference of each cell's colour from each of `colors`
    """

    colors: NDArray[np.float32]
    seeds: NDArray[np.int32]
    apart: NDArray[np.float32]


def perceived(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (…,3) uint8 sRGB in Oklab, (…,3) float32, where lightness counts `LIGHTNESS` and pale tints more.

    Artists colour pale skin on white paper, which are nearer in Oklab than light and shade of one colour.
    """
    lab = srgb_to_oklab(picture)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    tinted = np.clip((chroma - TINT[0]) / (TINT[1] - TINT[0]), 0, 1)
    pale = np.clip((lab[..., 0] - PALE[0]) / (PALE[1] - PALE[0]), 0, 1)
    more = TINTED * pale * tinted * tinted * (3 - 2 * tinted)
    lab[..., 1:] *= (1 + more / np.maximum(chroma, TINT[0]))[..., None]
    lab[..., 0] *= LIGHTNESS
    return lab


def steepness(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the change of colour from cell to cell, (h,w), in a `picture` (h,w,3) as `perceived` returns it."""
    slope = np.zeros(picture.shape[:2], np.float32)
    for axis in (0, 1):
        if picture.shape[axis] > 1:
            slope += np.einsum("ijk->ij", np.abs(np.gradient(picture, axis=axis)))
    return slope


def find_patches(
    free: NDArray[np.bool_],
    depth: NDArray[np.float32],
    picture: NDArray[np.float32],
    slope: NDArray[np.float32],
    pixel: float,
) -> ColorPatches | None:
    """Return the solid patches of a region, None if all of it is of one colour.

    * `free`: (h,w), cells of the region without ink
    * `depth`: (h,w), their distance to ink or another region, in cells
    * `picture`: (h,w,3) as `perceived` returns it
    * `slope`: (h,w), its `steepness`
    * `pixel`: cells in a pixel of the model's picture
    """
    clear = free & (depth > CLEAR * pixel)
    least = LEAST_AREA * pixel * pixel
    if np.count_nonzero(clear) < least:
        return None
    calm = clear & (slope * pixel < STEEP)
    if np.count_nonzero(calm) < least:
        return None
    colors = cluster_colors(picture[calm])
    if len(colors) < 2:
        return None
    apart = np.stack([np.linalg.norm(picture - color, axis=2) for color in colors]).astype(np.float32)
    nearest, difference = apart.argmin(axis=0), apart.min(axis=0)
    seeds = np.zeros(free.shape, np.int32)
    for index in range(len(colors)):
        patch = clear & (nearest == index) & (difference < SAME)
        seeds[_core(patch, pixel)] = index + 1
    return ColorPatches(colors, seeds, apart) if len(np.unique(seeds[seeds > 0])) > 1 else None


def _core(patch: NDArray[np.bool_], pixel: float) -> NDArray[np.bool_]:
    """Return the cells deep in each connected piece of `patch` (h,w) that is large enough."""
    _, found, statistics, _ = cv2.connectedComponentsWithStats(patch.view(np.uint8), connectivity=4)
    pieces, depth = np.asarray(found, np.int32), inner_depth(patch)
    deepest = np.zeros(len(statistics), np.float32)
    np.maximum.at(deepest, pieces.ravel(), depth.ravel())
    solid = (deepest >= LEAST_RADIUS * pixel) & (statistics[:, cv2.CC_STAT_AREA] >= LEAST_PATCH * pixel * pixel)
    solid[0] = False
    return solid[pieces] & (depth >= np.minimum(deepest / 2, DEEP * pixel)[pieces])


def cluster_colors(values: NDArray[np.float32], most: int = MOST_COLORS) -> NDArray[np.float32]:
    """Return the colours that (k,3) `values` consist of, (n,3), at most `most` and no two nearer than `SAME`.

    k-means from the values that lie farthest apart, then the nearest two are united as long as they are the same. If
    some of the values are far from all of these, their colours are looked for in the same way. Nothing is random.
    """
    values = values[:: max(1, len(values) // _MOST_VALUES)]
    means = _united(*_k_means(values, _far_apart(values, min(most, AT_ONCE))))
    while len(means) < most:
        left = values[_squares_to(values, means).min(axis=1) > SAME**2]
        if len(left) < max(1, LEFT_OVER * len(values)):
            break
        more = _united(*_k_means(left, _far_apart(left, min(most - len(means), AT_ONCE))))
        found = _united(*_k_means(values, np.concatenate([means, more])))
        if len(found) <= len(means):
            break
        means = found
    return means.astype(np.float32)


def _far_apart(values: NDArray[np.float32], most: int) -> NDArray[np.float64]:
    """Return up to `most` of the values (k,3) that lie far apart, until all others are near to one of them."""
    middle = np.median(values, axis=0)
    centers = [values[np.argmin(squares(values - middle))]]
    nearest = squares(values - centers[0])
    while len(centers) < most and nearest.max() > (SAME / 2) ** 2:
        centers.append(values[np.argmax(nearest)])
        nearest = np.minimum(nearest, squares(values - centers[-1]))
    return np.stack(centers).astype(np.float64)


def _k_means(
    values: NDArray[np.float32], means: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the means (n,3) of the values (k,3) nearest to each, beginning with `means`, and the numbers (n,) of
    these values. Means of nothing are left out."""
    if len(means) == 1:
        return values.mean(axis=0, keepdims=True).astype(np.float64), np.array([float(len(values))])
    numbers, owner = np.ones(len(means)), None
    for _ in range(_ROUNDS):
        found = _squares_to(values, means).argmin(axis=1)
        if owner is not None and np.array_equal(found, owner):
            break
        owner = found
        numbers = np.bincount(owner, minlength=len(means)).astype(np.float64)
        sums = np.stack([np.bincount(owner, values[:, channel], len(means)) for channel in range(3)], axis=1)
        if not numbers.all():
            owner = None  # the means are numbered anew
        means, numbers = sums[numbers > 0] / numbers[numbers > 0, None], numbers[numbers > 0]
    return means, numbers


def _united(means: NDArray[np.float64], numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the `means` (n,3) of so many values each with the nearest two made one as long as they are the same."""
    while len(means) > 1:
        between = np.linalg.norm(means[:, None] - means[None], axis=2)
        np.fill_diagonal(between, np.inf)
        one, other = np.unravel_index(between.argmin(), between.shape)
        if between[one, other] > SAME:
            break
        weight = numbers[[one, other]]
        means[one], numbers[one] = (means[[one, other]] * weight[:, None]).sum(axis=0) / weight.sum(), weight.sum()
        means, numbers = np.delete(means, other, axis=0), np.delete(numbers, other)
    return means


def _squares_to(values: NDArray[np.float32], means: NDArray[np.float64]) -> NDArray[np.floating]:
    """Return the squared distances (k,n) of `values` (k,3) to `means` (n,3): |v - m|² = |v|² - 2 v·m + |m|²."""
    return squares(values)[:, None] + np.square(means).sum(axis=1) - 2 * (values @ means.T)


def squares(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the squared lengths (…) of `vectors` (…,3)."""
    return np.einsum("...k,...k->...", vectors, vectors)  # many times faster than a sum along so short an axis
