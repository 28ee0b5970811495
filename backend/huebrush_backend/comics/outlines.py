"""Outlines of areas on a comic page: how much of them is straight, and which way the corners point."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]

TOLERANCE = 0.0055
"""Largest distance of a border from a straight line, in shorter sides of the page: hands are not rulers."""
STRAIGHT = 0.07
"""Length in shorter sides from which a straight piece of an outline is a border."""
_ROUNDED = 0.04
"""Length of an outline, in shorter sides, that a panel's corner may be rounded over."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Measures of an area's outline; lengths in pixels, those along the page's edges left out.

    * `straight`, `total`: length of its borders, and of all of it
    * `longest`: length of the longest border
    * `corners`: right angles between two borders that point out of the area, as a panel's corner into a gutter
    * `own_corners`: those that point into it
    * `outer_corners`: those of `corners` that are not at one of its holes
    * `on_page_edge`: share, 0..1, of the outline around all of it that runs along the page's edges
    * `holes`: areas of its holes in pixels
    """

    straight: float
    total: float
    longest: float
    corners: int
    own_corners: int
    outer_corners: int
    on_page_edge: float
    holes: tuple[float, ...]

    @property
    def straightness(self) -> float:
        """Share of the outline that is straight, 0..1."""
        return self.straight / self.total if self.total else 0.0


def outline_of(mask: Mask, left: int, top: int, page: tuple[int, ...], short: int) -> Outline:
    """Measure the outline of `mask` (h,w) at `left`, `top` of a `page` of that size."""
    margin = 8
    padded = cv2.copyMakeBorder(mask, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(0,))
    padded = cv2.morphologyEx(
        padded, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)
    )  # ends of lines that overshoot a corner
    contours, hierarchy = cv2.findContours(padded, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    tolerance, least = max(2.5, TOLERANCE * short), STRAIGHT * short
    straight = total = longest = 0.0
    corners = own = outer = 0
    around = at_edge = 0.0
    holes = []
    for contour, relation in zip(contours, hierarchy[0] if len(contours) else (), strict=True):
        hole = relation[3] >= 0
        area = abs(cv2.contourArea(contour))
        if hole:
            holes.append(area)
            if area < (0.02 * short) ** 2:
                continue
        polygon = cv2.approxPolyDP(contour, tolerance, True)[:, 0].astype(np.float64)
        polygon += np.array([left - margin, top - margin])
        edges = np.roll(polygon, -1, axis=0) - polygon
        lengths = np.linalg.norm(edges, axis=1)
        along = _on_page_edge(polygon, page)
        border = (lengths >= least) & ~along
        straight += float(lengths[border].sum())
        total += float(lengths[~along].sum())
        longest = max(longest, float(lengths[border].max(initial=0)))
        if not hole:
            around, at_edge = around + float(lengths.sum()), at_edge + float(lengths[along].sum())
        if len(polygon) < 3:
            continue
        turns = _corners(polygon, edges, lengths, border, _ROUNDED * short)
        outwards = turns > 0 if hole else turns < 0
        corners += int(outwards.sum())
        outer += 0 if hole else int(outwards.sum())
        own += int((~outwards).sum())
    share = at_edge / around if around else 0.0
    return Outline(straight, total, longest, corners, own, outer, share, tuple(holes))


def _corners(
    polygon: NDArray[np.float64],
    edges: NDArray[np.float64],
    lengths: NDArray[np.float64],
    border: NDArray[np.bool_],
    rounded: float,
) -> NDArray[np.float64]:
    """Return the right angles (m,) by which an outline turns between two borders, above 0 where `polygon` is convex.

    Between the two there may be up to `rounded` pixels of other edges.
    """
    places = np.flatnonzero(border)
    if len(places) < 2:
        return np.zeros(0)
    after = np.roll(places, -1)
    way = np.concatenate([[0], np.cumsum(lengths)])
    between = (way[after] - way[places + 1]) % way[-1]
    before, then = edges[places], edges[after]
    turns = np.arctan2(before[:, 0] * then[:, 1] - before[:, 1] * then[:, 0], (before * then).sum(axis=1))
    x, y = polygon.T
    signed = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())
    sharp = (np.abs(turns) > np.deg2rad(55)) & (np.abs(turns) < np.deg2rad(125)) & (between <= rounded)
    return turns[sharp] * (1 if signed > 0 else -1)


def _on_page_edge(polygon: NDArray[np.float64], page: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return for each edge of `polygon` (n,2), from its corner to the next, whether it runs along the page's edge."""
    height, width = page[:2]
    near = 3.0
    ends = np.roll(polygon, -1, axis=0)
    found = np.zeros(len(polygon), bool)
    for axis, last in ((0, width - 1), (1, height - 1)):
        for place in (0, last):
            found |= (np.abs(polygon[:, axis] - place) <= near) & (np.abs(ends[:, axis] - place) <= near)
    return found
