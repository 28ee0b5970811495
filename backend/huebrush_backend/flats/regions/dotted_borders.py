"""Areas that only dots of screentone part: rows of dots along a line, and dots that a line ran into.

Such dots stay in the drawing (see `screentone`), because a line may go on under them. Where one does, it shows between
the dots, so the border of two areas is a row of dots where hardly any ink but theirs lies on it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.parallel import in_bands

DOTTED = 0.55
"""Smallest share of a border that lies on dots alone. A line through screentone runs over dots for less of its way."""
SHORTEST = 4
"""Fewest pixels of such a border."""
SLIM = 1.5
"""Largest inner radius of the smaller area, in widths of the lines. What dots cut off is no larger."""


def dotted_pairs(
    labels: NDArray[np.int32], dots: NDArray[np.bool_], radii: NDArray[np.float32], line_width: float
) -> list[tuple[int, int]]:
    """Return pairs of labels to unite: each area that dots cut off, and the one that dots part it from for longest.

    `labels` (H,W) int32 has a label for every pixel, `dots` (H,W) says where there is no ink but that of dots, and
    `radii` (count,) are the inner radii by label.
    """
    height, width = labels.shape

    def work(top: int, bottom: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        codes, places = [], []
        for down, right in ((0, 1), (1, 0)):
            rows = slice(top, min(bottom, height - down))
            beside = slice(rows.start + down, rows.stop + down)
            one, other = labels[rows, : width - right], labels[beside, right:]
            y, x = np.nonzero(one != other)
            first, second = one[y, x].astype(np.int64), other[y, x].astype(np.int64)
            codes.append((np.minimum(first, second) << 32) | np.maximum(first, second))
            places.append(dots[rows, : width - right][y, x] & dots[beside, right:][y, x])
        code, pair = np.unique(np.concatenate(codes), return_inverse=True)
        lengths = np.bincount(pair, minlength=len(code))
        return code, np.stack([lengths, np.bincount(pair, np.concatenate(places), len(code)).astype(np.int64)])

    found = in_bands(height, width, work)
    code, pair = np.unique(np.concatenate([codes for codes, _ in found]), return_inverse=True)
    length, dotted = (
        np.bincount(pair, np.concatenate([counts[at] for _, counts in found]), len(code)) for at in (0, 1)
    )
    first, second = code >> 32, code & 0xFFFFFFFF
    slim = np.where(radii[first] < radii[second], first, second)
    chosen = (length >= SHORTEST) & (dotted >= DOTTED * length) & (radii[slim] <= SLIM * line_width)
    # An area that dots cut off lies on one side of a line: it goes with one other, else it would join both sides.
    order = np.flatnonzero(chosen)[np.argsort(-dotted[chosen], kind="stable")]
    chosen = order[np.unique(slim[order], return_index=True)[1]]
    return list(zip(first[chosen].tolist(), second[chosen].tolist(), strict=True))
