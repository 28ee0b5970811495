"""Whether a line ends at a place, and whether what it leaves open looks like a gap.

A line that passes crosses a circle around one of its points twice, a line that ends crosses it once.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

DIRECTIONS = 64
WIDEST_ARC = 150.0
"""A line's share of the circle in degrees; the border of a filled area covers half of the circle."""
ONE_END = 0.5
"""Cosine of the angle up to which the only end may point past the other side."""
TWO_ENDS = 0.2
"""The same for each of two ends that face each other; at a corner both point past each other by 45 degrees."""


@dataclass(frozen=True)
class LineEnd:
    """An end of a line: the direction in which the line would go on, a unit vector."""

    x: float
    y: float


def line_end(free: NDArray[np.uint8], place: tuple[int, int], line_width: float) -> LineEnd | None:
    """Return the end of the line at `place` (x, y), a pixel of ink at its border; None where the line goes on.

    `free` (H,W) uint8 is 0 on lines. Only ink connected to the place within the circle counts.
    """
    radius = 2.0 * line_width + 2.0
    reach = int(np.ceil(radius)) + 1
    x, y = place
    top, left = max(0, y - reach), max(0, x - reach)
    window = free[top : y + reach + 1, left : x + reach + 1]
    _, pieces = cv2.connectedComponents((window == 0).view(np.uint8), connectivity=8)
    piece = pieces[y - top, x - left]
    if piece == 0:
        return None
    angles = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    columns = np.rint(x - left + radius * np.cos(angles)).astype(int)
    rows = np.rint(y - top + radius * np.sin(angles)).astype(int)
    inside = (rows >= 0) & (columns >= 0) & (rows < window.shape[0]) & (columns < window.shape[1])
    crossed = np.zeros(DIRECTIONS, bool)
    crossed[inside] = pieces[rows[inside], columns[inside]] == piece
    arcs = int((crossed & ~np.roll(crossed, 1)).sum())
    if arcs != 1 or crossed.sum() * 360 / DIRECTIONS > WIDEST_ARC:
        return None
    back_x, back_y = float(np.cos(angles[crossed]).sum()), float(np.sin(angles[crossed]).sum())
    length = max(float(np.hypot(back_x, back_y)), 1e-6)
    return LineEnd(-back_x / length, -back_y / length)


def is_gap(free: NDArray[np.uint8], first: tuple[int, int], second: tuple[int, int], line_width: float) -> bool:
    """True when a line ends at `first` or `second` (x, y) and points to the other: the line was meant to go on."""
    across_x, across_y = second[0] - first[0], second[1] - first[1]
    length = max(float(np.hypot(across_x, across_y)), 1.0)
    pointing = []
    for place, sign in ((first, 1), (second, -1)):
        end = line_end(free, place, line_width)
        if end is not None:
            pointing.append(sign * (end.x * across_x + end.y * across_y) / length)
    return (len(pointing) == 2 and min(pointing) >= TWO_ENDS) or (bool(pointing) and max(pointing) >= ONE_END)
