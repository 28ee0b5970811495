"""Colours in a picture that its reference does not have."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist
from skimage.color import deltaE_ciede2000

from huebrush_backend.evaluation.metrics import INK_LEVEL, to_lab

INVENTED_STEP = 15.0
"""Difference (CIEDE2000) from which a colour counts as none of the reference's."""
COVERING_SHARE = 0.005
"""Share of the reference, 0..1, that a colour covers at least to count as one of its colours."""
SAME_CELL = 3.0
"""Largest difference (CIE76) between colours that cover the reference together."""
_BITS = 5


def invented_pixels(picture: np.ndarray, where: np.ndarray, reference: np.ndarray) -> tuple[int, int]:
    """Count the pixels whose colour is farther than `INVENTED_STEP` from all colours of the reference, and all pixels.

    `picture`: (H,W,3) uint8. `where`: the pixels that count, (H,W) bool. `reference`: (h,w,3) uint8.
    """
    colors, counts = _cells(picture[where])
    total = int(where.sum())
    if not total:
        return 0, 0
    known = covering_colors(reference)
    if not len(known):
        return total, total
    nearest = deltaE_ciede2000(colors[:, None], known[None]).min(axis=1)
    return int(counts[nearest > INVENTED_STEP].sum()), total


def covering_colors(reference: np.ndarray) -> np.ndarray:
    """Return the colours that cover `COVERING_SHARE` of `reference` (h,w,3) uint8, (n,3) CIELAB.

    A colour covers the pixels that differ from it by at most `SAME_CELL`, so soft shades and grain count as well.
    """
    colors, counts = _cells(reference.reshape(-1, 3))
    covered = (cdist(colors, colors) <= SAME_CELL) @ counts
    return colors[covered >= COVERING_SHARE * counts.sum()]


def paper_of_figure(labels: np.ndarray, background: frozenset[int], ink: np.ndarray) -> np.ndarray:
    """Mark the figure's pixels without lines, (H,W) bool: those of no part in `background`.

    `labels` (H,W) integers, `ink` coverage of the lines (H,W) uint8.
    """
    return ~np.isin(labels, list(background)) & (ink < INK_LEVEL)


def _cells(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean colours of nearly equal `pixels` (n,3) uint8 as CIELAB (cells,3), and the count of each."""
    coarse = pixels >> (8 - _BITS)
    code = coarse.astype(np.int64) @ np.array([1 << 2 * _BITS, 1 << _BITS, 1])
    _, cell, counts = np.unique(code, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(cell, pixels[:, channel], len(counts)) for channel in range(3)], axis=1)
    return to_lab(sums / np.maximum(counts, 1)[:, None]), counts
