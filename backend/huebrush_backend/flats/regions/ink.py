"""Properties of a drawing's ink, and the ink that counts as lines where colours end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.dashes import Dashes, find_dashes
from huebrush_backend.flats.regions.dense_screentone import Screens, clear_dense_screentone, find_dense_screentone
from huebrush_backend.flats.regions.parallel import in_bands
from huebrush_backend.flats.regions.screentone import clear_screentone

INK = 64
"""Coverage (of 255) from which a pixel is a line and not free."""
SOLID = 0.5
"""Smallest share of its bounding box that a dot covers: a disc covers 0.79, a stroke much less."""
DOT = 4.0
"""Largest dot, in widths of the lines. It does not depend on the gaps to close, so wider ones find no other lines."""
DOT_AT_EDGE = 2.0
"""The same at the page's edge, which may cut off the end of a line."""
FEWEST_COUNTED = 500
"""Fewest pixels at the border of ink by which the lines beside screentone are measured."""
DOTTED = 0.05
"""Share of the ink in dots from which they would change the width of the lines."""
PINHOLES = 40
GRAINY = 0.02
"""Fewest pinholes, in all and for each line's width of length, from which lines are as grainy as pencil's."""
SLIT = 2.0
"""Length, in widths of the lines, from which the area enclosed by two lines is not a pinhole in one."""


def line_width(ink: NDArray[np.uint8], left_out: NDArray[np.bool_] | None = None) -> float:
    """Return the usual width of the lines in pixels, at least 1: twice the ink's area divided by its border.

    `ink` (H,W) is uint8 coverage. Filled areas count little, as they have little border. What is `left_out` (H,W) does
    not count, unless next to nothing is left.
    """
    height, width = ink.shape

    def counted(marked: NDArray[np.uint8], top: int, bottom: int) -> int:
        return cv2.countNonZero(marked if left_out is None else marked & ~left_out[top:bottom])

    def measure(top: int, bottom: int) -> tuple[int, int]:
        drawn, own = _drawn_around(ink, top, bottom, 1)
        border = np.asarray(cv2.subtract(drawn, cv2.erode(drawn, np.ones((3, 3), np.uint8))), np.uint8)
        return counted(drawn[own], top, bottom), counted(border[own], top, bottom)

    area, border = np.sum(in_bands(height, width, measure), axis=0).tolist()
    if left_out is not None and border < FEWEST_COUNTED:
        return line_width(ink)
    if border == 0:
        return 1.0
    # A filled shadow has area without border; only lines vanish in an opening by a wide square.
    reach = max(3, round(4 * area / border) | 1)

    def filled(top: int, bottom: int) -> int:
        drawn, own = _drawn_around(ink, top, bottom, reach)
        opened = np.asarray(cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((reach, reach), np.uint8)), np.uint8)
        return counted(opened[own], top, bottom)

    area -= sum(in_bands(height, width, filled, least_rows=2 * reach))
    return float(np.clip(2 * area / border, 1.0, 64.0))


def _drawn_around(ink: NDArray[np.uint8], top: int, bottom: int, margin: int) -> tuple[NDArray[np.uint8], slice]:
    """Return the lines in a band of rows and `margin` rows around it, and the position of the band's rows in that."""
    above = max(0, top - margin)
    return (ink[above : bottom + margin] >= INK).view(np.uint8), slice(top - above, bottom - above)


@dataclass(frozen=True, eq=False)
class Lines:
    """A drawing's lines: `free` (H,W) uint8 is 1 where there is none and 0 elsewhere; `width` is theirs in pixels.

    `dashes` are pieces that together are a line, `screens` places where dense screentone was taken out. `dots` (H,W)
    bool is where there is no ink but dots of screentone, None without any.
    """

    free: NDArray[np.uint8]
    width: float
    dashes: Dashes
    screens: Screens
    dots: NDArray[np.bool_] | None


def solid_lines(ink: NDArray[np.uint8]) -> Lines:
    """Return the lines of a page with this `ink` (H,W) uint8.

    Dots do not count: screentone and freckles enclose nothing, and no gap leads from dot to dot. Dots that touch do not
    count either (see `screentone`). Grainy lines are made solid.
    """
    drawn, width = (ink >= INK).view(np.uint8), line_width(ink)
    area = cv2.countNonZero(drawn)
    dashes = _remove_dots(drawn, width, DOT)
    dots = clear_screentone(drawn, ink)
    dotted = dots is not None or cv2.countNonZero(drawn) < (1 - DOTTED) * area
    dense = find_dense_screentone(drawn, width)
    beside = width
    if dotted or dense.places is not None:
        beside = _width_beside_screentone(ink, drawn, (dots, dense.places))
    widest, width = max(width, beside), beside  # the mesh may be wider than lines
    screens = clear_dense_screentone(drawn, dense, widest)
    if dots is not None or len(screens):
        # Pieces of lines among the dots are short now, and no dots.
        dashes = _remove_dots(drawn, widest, DOT_AT_EDGE)
    drawn = _without_grain(drawn, width)
    return Lines(np.subtract(1, drawn, out=drawn), width, dashes, screens, dots)


def _width_beside_screentone(
    ink: NDArray[np.uint8], drawn: NDArray[np.uint8], screentone: Iterable[NDArray[np.bool_] | None]
) -> float:
    """Return the usual width of the lines where there is no screentone.

    Dots are mostly thinner than lines, the mesh between dots is thinner or thicker, and there is more of them. `drawn`
    (H,W) is without dots; `screentone` are places (H,W) where other ink may be screentone.
    """
    left_out = (ink >= INK) & (drawn == 0)
    for places in screentone:
        if places is not None:
            left_out |= places
    return line_width(ink, left_out)


def _remove_dots(drawn: NDArray[np.uint8], width: float, most: float) -> Dashes:
    """Remove dots up to `most` widths of the lines from `drawn` (H,W), in place; return dashes in rows, which stay."""
    _, found, statistics, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8, ltype=cv2.CV_32S)
    labels, stats = np.asarray(found, np.int32), np.asarray(statistics, np.int32)
    sizes = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    cut = (stats[:, :2] == 0).any(axis=1) | (stats[:, :2] + sizes == drawn.shape[::-1]).any(axis=1)
    largest = np.where(cut, DOT_AT_EDGE, most) * width
    dots = (sizes.max(axis=1) <= largest) & (stats[:, cv2.CC_STAT_AREA] >= SOLID * sizes.prod(axis=1))
    dots[0] = False
    dashes, kept = find_dashes(labels, stats, width)
    dots[kept] = False
    for label in np.flatnonzero(dots):
        left, top, wide, high = stats[label, :4]
        window = (slice(top, top + high), slice(left, left + wide))
        dot = (labels[window] == label).view(np.uint8)
        if not _has_hole(dot):
            drawn[window][dot > 0] = 0
    return dashes


def draw_walls(
    free: NDArray[np.uint8], segments: Iterable[tuple[float, float, float, float]], thickness: int = 1
) -> None:
    """Draw segments (x0, y0, x1, y1) into `free` (H,W) uint8 as pixels that are not free, in place."""
    for x0, y0, x1, y1 in segments:
        cv2.line(free, (round(x0), round(y0)), (round(x1), round(y1)), 0, thickness, cv2.LINE_8)


def _without_grain(drawn: NDArray[np.uint8], width: float) -> NDArray[np.uint8]:
    """Close the pinholes of lines drawn with a grainy tool; return other lines unchanged.

    Paper between two lines stays, although closing would fill it too.
    """
    around = cv2.boxFilter(drawn, -1, (3, 3), normalize=False)
    pinholes = int(np.count_nonzero((around >= 7) & (drawn == 0)))
    if pinholes < PINHOLES or pinholes * width < GRAINY * cv2.countNonZero(drawn):
        return drawn
    reach = max(3, round(width / 2) | 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = np.asarray(cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, disc), np.uint8)
    closed[_slits(closed, closed - drawn, SLIT * width)] = 0
    return closed


def _slits(closed: NDArray[np.uint8], filled: NDArray[np.uint8], shortest: float) -> NDArray[np.bool_]:
    """Return (H,W) bool: `filled` pixels of slits at least `shortest` long, with `closed` lines all around them."""
    _, holes, stats, _ = cv2.connectedComponentsWithStats(filled, connectivity=4, ltype=cv2.CV_32S)
    slits = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) >= shortest
    beside_paper = cv2.dilate(1 - closed, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))) > 0
    slits[holes[beside_paper]] = False
    slits[0] = False
    return slits[holes]


def _has_hole(dot: NDArray[np.uint8]) -> bool:
    """Return whether `dot` is a ring around an area of its own."""
    around = cv2.copyMakeBorder(dot, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return cv2.connectedComponents(1 - around, connectivity=4)[0] > 2
