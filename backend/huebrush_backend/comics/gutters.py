"""Gutters of a comic page: empty or black bands between panels, told from the panels' insides by their outlines.

Seen from a gutter, a panel's corners point outwards, and the outline runs along straight borders; seen from inside a
panel, its corners point inwards, and most outlines are those of figures.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.bands import (
    SLIM,
    Area,
    are_hasty,
    framed,
    half_width,
    is_crossed,
    is_even,
    is_hidden_part,
    is_pinched,
    reaches_edge,
    slim_bands,
    spurs_of,
)
from huebrush_backend.comics.hidden import hidden_gutters
from huebrush_backend.comics.lettering import TextBlock
from huebrush_backend.comics.openings import parted_at_openings
from huebrush_backend.comics.outlines import STRAIGHT, Mask, outline_of
from huebrush_backend.comics.overview import LINE
from huebrush_backend.comics.rims import depth_of_lines, is_double_border, is_inset, line_beside, with_rims

_SOLID = 3
"""Least half-width in pixels from which a black area is more than a line; and at least the usual line's width."""
_BLACK = 150
_ALIKE = (0.5, 1.8)
"""Half-width of a gutter that is cut off from the others, as a multiple of theirs."""
_ANY = (0.003, 0.02)
"""The same in shorter sides where the others' is not known; on hasty pages sketched borders narrow them."""
_NARROWED = 0.4
"""Lower end of both ranges on hasty pages, as a share of what it is on others."""
_TEXT = 0.35
"""Least share of a text's box that is paper of the area it stands in: letters cover the rest."""
_MARGIN = (0.8, 0.5)
"""Least share of the outline of a margin, without holes, that runs along the page's edges: with no corner of a panel
at that outline, and with one."""
_PANELS = 0.5
"""Least share that panels take of a margin around them."""
_ROUNDS = 4
"""Most times that more pieces of gutters are looked for beside those that were found."""


def sure_gutters(ink: NDArray[np.uint8], strip: bool) -> tuple[Mask, list[Area]]:
    """Return (h,w) uint8, 1 in gutters and margins of an overview `ink` (h,w) that reach the page's edge; and other
    bands that may be gutters.

    `strip`: whether it is a strip for phones, whose panels may all reach its sides.
    """
    short = min(ink.shape)
    gutters = np.zeros(ink.shape, np.uint8)
    bands = []
    for area in _areas(ink, short):
        if _is_network(area, ink) or (strip and _crosses(area, ink)):
            area.put(gutters)
        elif area.radius <= SLIM * short and area.outline.straightness >= 0.5:
            bands.append(area)
    return gutters, bands


def all_gutters(ink: NDArray[np.uint8], gutters: Mask, bands: list[Area], blocks: tuple[TextBlock, ...]) -> Mask:
    """Return (h,w) uint8, 1 in `gutters` (h,w) and in those `bands` that are gutters too.

    No band with one of the texts `blocks` in it is one: captions are slim.
    """
    short = min(ink.shape)
    gutters = gutters.copy()
    black = float(ink[gutters > 0].mean()) >= _BLACK
    bands = [area for area in bands if area.black == black and not any(_holds(area, block) for block in blocks)]
    line, depth = usual_line_width(ink), depth_of_lines(ink)
    hasty = not black and are_hasty(spurs_of(ink, gutters, line), line, short)
    for _ in range(_ROUNDS):
        known = gutters | hidden_gutters(gutters, np.zeros_like(gutters))
        spurs = spurs_of(ink, known, line) if hasty else None
        found = _found_parts(gutters, known, bands, spurs, short)
        weight = line_beside(gutters, depth)
        found += [area for area in bands if area not in found and is_inset(area, depth, weight, short)]
        found += [area for area in bands if area not in found and is_pinched(area, ink, gutters, line)]
        if not found:
            break
        for area in found:
            area.put(gutters)
        bands = [area for area in bands if area not in found]
    return gutters if black else with_rims(ink, gutters, short)


def _holds(area: Area, block: TextBlock) -> bool:
    """Return whether most of a text's box without its letters lies in an area."""
    rows, columns = area.window
    top, left = max(block.top, rows.start), max(block.left, columns.start)
    bottom, right = min(block.top + block.height, rows.stop), min(block.left + block.width, columns.stop)
    if top >= bottom or left >= right:
        return False
    own = area.mask[top - rows.start : bottom - rows.start, left - columns.start : right - columns.start]
    return cv2.countNonZero(own) >= _TEXT * block.width * block.height


def _found_parts(gutters: Mask, known: Mask, bands: list[Area], spurs: Mask | None, short: int) -> list[Area]:
    """Return those of `bands` that belong to the `gutters` found so far.

    `known`: these, and what hides pieces of them. `spurs`: ends of borders that overshoot their corners; None on pages
    where these are none.
    """
    slim = [slim_bands(gutters, short, across) for across in (False, True)]
    usual = half_width(slim, gutters)
    lowest, highest = (_ALIKE[0] * usual, _ALIKE[1] * usual) if usual else (_ANY[0] * short, _ANY[1] * short)
    if spurs is not None:
        lowest *= _NARROWED
    return [
        area
        for area in bands
        if is_double_border(area, gutters, short)
        or (
            lowest <= area.radius <= highest
            and (
                (spurs is not None and is_even(area, corners=True) and is_crossed(area, known, spurs, short))
                or (is_even(area) and is_hidden_part(area, gutters, slim[area.across], short))
            )
        )
    ]


def _areas(ink: NDArray[np.uint8], short: int) -> list[Area]:
    """Return the areas of paper, and of solid black, that are large enough to be gutters."""
    lines = cv2.morphologyEx((ink >= LINE).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    half = max(_SOLID, round(usual_line_width(ink)))
    square = np.ones((2 * half + 1, 2 * half + 1), np.uint8)
    solid = cv2.morphologyEx((ink >= _BLACK).astype(np.uint8), cv2.MORPH_OPEN, square)
    found = []
    for plane, black in ((1 - lines, False), (solid, True)):
        _, labels, stats, _ = cv2.connectedComponentsWithStats(plane, connectivity=4, ltype=cv2.CV_32S)
        sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
        for label in np.flatnonzero(sides >= 1.5 * STRAIGHT * short):
            if label == 0:
                continue
            left, top, wide, high = (int(value) for value in stats[label, :4])
            mask = (labels[top : top + high, left : left + wide] == label).view(np.uint8)
            whole = [(mask, left, top)]
            for part, x, y in whole if black else parted_at_openings(mask, left, top, ink.shape, short):
                outline = outline_of(part, x, y, ink.shape, short)
                radius = float(cv2.distanceTransform(framed(part), cv2.DIST_L2, 3).max())
                found.append(Area(x, y, part, outline, radius, black))
    return found


def _is_network(area: Area, ink: NDArray[np.uint8]) -> bool:
    """Return whether an area is a margin or a gutter with corners of panels in it.

    It reaches the page's edge: the wall of a room, with windows and furniture, does not, unless its panel bleeds.
    """
    outline, short = area.outline, min(ink.shape)
    if not reaches_edge(area, ink):
        return False
    if area.radius > SLIM * short and _is_wall(area):
        return False
    if outline.corners < 2 or outline.corners <= 2 * outline.own_corners or outline.straightness < 0.4:
        return False
    return outline.longest >= 2 * STRAIGHT * short


def _is_wall(area: Area) -> bool:
    """Return whether a wide area has corners only at its holes: a wall or sky with windows, in a panel that bleeds.

    A margin may have them only there, too, but it runs along the page's edges, or its holes cover most of it.
    """
    outline = area.outline
    if outline.outer_corners >= len(_MARGIN) or outline.on_page_edge >= _MARGIN[outline.outer_corners]:
        return False
    holes = sum(outline.holes)
    return holes < _PANELS * (holes + int(area.mask.sum()))


def _crosses(area: Area, ink: NDArray[np.uint8]) -> bool:
    """Return whether an area is a band across a whole strip, with a straight border above or below it.

    A balloon may hide the middle of the border.
    """
    width, outline = ink.shape[1], area.outline
    if not reaches_edge(area, ink, "left") or not reaches_edge(area, ink, "right"):
        return False
    return outline.straight >= 0.5 * width and outline.longest >= 0.3 * width and outline.straightness >= 0.6


def usual_line_width(ink: NDArray[np.uint8]) -> float:
    """Return the usual width in pixels of the lines of `ink` (h,w): twice their area by the length of their border."""
    drawn = (ink >= LINE).astype(np.uint8)
    border = cv2.countNonZero(cv2.subtract(drawn, cv2.erode(drawn, np.ones((3, 3), np.uint8))))
    wide = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((11, 11), np.uint8))
    return float(np.clip(2 * (cv2.countNonZero(drawn) - cv2.countNonZero(wide)) / max(1, border), 1.0, 11.0))
