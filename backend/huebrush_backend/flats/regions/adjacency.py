"""Contacts of a drawing's areas: length, straightness and thickness of the line between any two of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from huebrush_backend.flats.regions.parallel import in_bands

SPREAD = 0.8
"""Standard deviation, in widths of the lines, of the blur that measures a line. Lines beside it stay outside."""
AROUND = 4.0
"""Distance, in widths of the lines, within which the darkest ink counts as full ink, since lines may have pale colours.
"""


@dataclass(frozen=True, eq=False)
class Contacts:
    """Pairs of areas that meet, each along one border.

    * `first`, `second`: (n,) labels
    * `length`: (n,) in pixels
    * `width`: (n,) of the line between them in pixels, possibly a fraction of one
    * `angle`: (n,) 0..pi of the straight line that fits the border best
    * `bend`: (n,) root mean square distance in pixels between the border and that line
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    length: NDArray[np.float64]
    width: NDArray[np.float64]
    angle: NDArray[np.float64]
    bend: NDArray[np.float64]

    def borders(self, count: int) -> NDArray[np.float64]:
        """Return the length of each area's whole border, (count,), at least 1."""
        ends, lengths = np.concatenate([self.first, self.second]), np.tile(self.length, 2)
        return np.maximum(np.bincount(ends, lengths, count), 1)

    def between(self, group: NDArray[np.integer]) -> tuple[Contacts, NDArray[np.intp]]:
        """Return the contacts of groups of areas, and the index of its group contact for each contact (n,).

        `group` (count,) is the group of each area. Contacts within a group become contacts of the group with itself, of
        length 0. Angles and bends are not kept.
        """
        one, other = group[self.first].astype(np.int64), group[self.second].astype(np.int64)
        code, pair = np.unique((np.minimum(one, other) << 32) | np.maximum(one, other), return_inverse=True)
        first, second = code >> 32, code & 0xFFFFFFFF
        length = np.bincount(pair, self.length, len(code))
        width = np.bincount(pair, self.length * self.width, len(code)) / np.maximum(length, 1)
        unknown = np.full(len(code), np.nan)
        return Contacts(
            first=first,
            second=second,
            length=np.where(first == second, 0, length),
            width=width,
            angle=unknown,
            bend=unknown,
        ), pair


def groups(first: NDArray[np.integer], second: NDArray[np.integer], count: int) -> NDArray[np.int32]:
    """Return the group of each of 0..`count`-1, (count,). The pairs `first`, `second` are in the same group."""
    graph = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def find_contacts(labels: NDArray[np.int32], ink: NDArray[np.uint8], line_width: float) -> Contacts:
    """Return the contacts of a page's areas.

    `labels` (H,W) int32 has a label for every pixel; `ink` (H,W) uint8 is coverage, with lines about `line_width` wide.
    """
    height, width = labels.shape
    spread = SPREAD * line_width
    around = int(np.ceil(AROUND * line_width))
    margin = max(int(np.ceil(4 * spread)) + 1, around)

    def work(top: int, bottom: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        codes, borders = [], []
        for down, right in ((0, 1), (1, 0)):
            rows = slice(top, min(bottom, height - down))
            one = labels[rows, : width - right]
            other = labels[rows.start + down : rows.stop + down, right:]
            y, x = np.nonzero(one != other)
            first, second = one[y, x].astype(np.int64), other[y, x].astype(np.int64)
            codes.append((np.minimum(first, second) << 32) | np.maximum(first, second))
            borders.append(np.stack([x + right / 2, y + top + down / 2]))
        x, y = np.concatenate(borders, axis=1)
        # In the middle of a line, a blur far wider than the line leaves its width times the blur's own peak.
        above, below = max(0, top - margin), min(height, bottom + margin)
        blurred = cv2.GaussianBlur(ink[above:below], (0, 0), spread)
        darkest = cv2.dilate(ink[above:below], np.ones((2 * around + 1, 2 * around + 1), np.uint8))
        place = y.astype(int) - above, x.astype(int)
        thick = np.sqrt(2 * np.pi) * spread * blurred[place] / np.maximum(darkest[place], 1)
        return np.concatenate(codes), np.stack([thick, x, y])

    found = in_bands(height, width, work, least_rows=4 * margin)
    code, pair = np.unique(np.concatenate([codes for codes, _ in found]), return_inverse=True)
    thick, x, y = np.concatenate([values for _, values in found], axis=1)
    length = np.bincount(pair, minlength=len(code)).astype(np.float64)

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(pair, values, len(code)) / length

    x, y = x - mean(x)[pair], y - mean(y)[pair]
    across, down, both = mean(x * x), mean(y * y), mean(x * y)
    # The smaller eigenvalue of the border's covariance says how far the border strays from its longer axis.
    strays = (across + down - np.hypot(across - down, 2 * both)) / 2
    return Contacts(
        first=code >> 32,
        second=code & 0xFFFFFFFF,
        length=length,
        width=mean(thick),
        angle=0.5 * np.arctan2(2 * both, across - down) % np.pi,
        bend=np.sqrt(np.maximum(strays, 0)),
    )
