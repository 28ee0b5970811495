"""Gutters of a comic page: empty or black bands between panels, told from the panels' insides by their outlines.

Seen from a gutter, a panel's corners point outwards, and the outline runs along straight borders; seen from inside a
panel, its corners point inwards, and most outlines are those of figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.outlines import STRAIGHT, Mask, Outline, outline_of
from huebrush_backend.comics.overview import LINE

SLIM = 0.03
"""Largest half-width of a gutter between panels, in shorter sides."""
_SOLID = 3
"""Least half-width in pixels from which a black area is more than a line; and at least the usual line's width."""
_BLACK = 150
_WOBBLE = 0.006
"""Half the width in shorter sides by which a gutter wanders from its line."""
_ENDS = 0.025
"""Length in shorter sides by which hasty borders overshoot their corners."""
RIM = 0.016
"""Distance from a gutter in shorter sides up to which a long slim area is a part of the border's own paper."""
_BESIDE = 0.1
"""Least share of a rim's outline that lies beside other gutters."""
_EDGE = 3
"""Distance in pixels from the page's edge that counts as none."""
HASTY = 0.4
"""Length of overshooting ends of borders on a page, in shorter sides, from which borders were drawn hastily."""
EVEN = 0.72
"""Least share of its bounding rectangle, turned as it fits, that a gutter between two panels covers."""
_ALIKE = (0.5, 1.8)
"""Half-width of a gutter that is cut off from the others, as a multiple of theirs."""
_ROUNDS = 4
"""Most times that more pieces of gutters are looked for beside those that were found."""
_REACH = 0.3
"""Length in shorter sides over which a figure may hide a gutter."""


@dataclass(frozen=True, eq=False)
class Area:
    """A connected area of the page: its box in pixels, its mask (h,w) 0 or 1 in that box, and half its width."""

    left: int
    top: int
    mask: Mask
    outline: Outline
    radius: float
    black: bool

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of its box."""
        height, width = self.mask.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    @property
    def across(self) -> bool:
        """Whether it is wider than high."""
        return self.mask.shape[1] >= self.mask.shape[0]

    def put(self, page: Mask, value: int = 1) -> None:
        """Set its pixels in `page` (H,W) to `value`."""
        page[self.window][self.mask > 0] = value


def find_gutters(ink: NDArray[np.uint8], strip: bool) -> Mask:
    """Return (h,w) uint8, 1 in gutters and margins of an overview `ink` (h,w), all 0 if there are none.

    `strip`: whether it is a strip for phones, whose panels may all reach its sides.
    """
    height, width = ink.shape
    short = min(height, width)
    areas = _areas(ink, short)
    gutters = np.zeros((height, width), np.uint8)
    bands = []
    for area in areas:
        if _is_network(area, ink.shape) or (strip and _crosses(area, width)):
            area.put(gutters)
        elif area.radius <= SLIM * short and area.outline.straightness >= 0.5:
            bands.append(area)
    if not gutters.any():
        return gutters
    black = float(ink[gutters > 0].mean()) >= _BLACK
    bands = [area for area in bands if area.black == black]
    hasty = not black and np.count_nonzero(_spurs(ink, gutters, short)) >= HASTY * short
    for _ in range(_ROUNDS):
        found = _found_parts(ink, gutters, bands, hasty, short)
        if not found:
            break
        for area in found:
            area.put(gutters)
        bands = [area for area in bands if area not in found]
    return gutters if black else _with_rims(ink, gutters, short)


def _with_rims(ink: NDArray[np.uint8], gutters: Mask, short: int) -> Mask:
    """Return the gutters with the long slim areas right beside them: paper between two lines of a border."""
    free = (ink < LINE).astype(np.uint8) & (1 - gutters)
    apart = cv2.distanceTransform(1 - gutters, cv2.DIST_L2, 3)
    near, long = RIM * short, 1.5 * STRAIGHT * short
    _, labels, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4, ltype=cv2.CV_32S)
    found = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) >= long
    found &= stats[:, cv2.CC_STAT_AREA] <= near * 2 * stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].sum(axis=1)
    found[0] = False
    for label in np.flatnonzero(found):
        left, top, wide, high = (int(value) for value in stats[label, :4])
        window = np.s_[top : top + high, left : left + wide]
        area = labels[window] == label
        if apart[window][area].max() <= near:
            gutters[window][area] = 1
    return gutters


def _found_parts(ink: NDArray[np.uint8], gutters: Mask, bands: list[Area], hasty: bool, short: int) -> list[Area]:
    """Return those of `bands` that belong to the `gutters` found so far."""
    spurs = _spurs(ink, gutters, short) if hasty else np.zeros_like(gutters)
    slim = [_slim_bands(gutters, short, across) for across in (False, True)]
    usual = _half_width(slim, short)
    lowest, highest = (_ALIKE[0] * usual, _ALIKE[1] * usual) if usual else (0.003 * short, 0.02 * short)
    return [
        area
        for area in bands
        if _is_double_border(area, gutters, short)
        or (
            lowest <= area.radius <= highest
            and _is_even(area)
            and (_is_crossed(area, gutters, spurs, short) or _is_hidden_part(area, gutters, slim[area.across], short))
        )
    ]


def _half_width(slim: list[Mask], short: int) -> float:
    """Return half the usual width of the gutters between panels in pixels, 0 if it is not known."""
    depths = [cv2.distanceTransform(bands, cv2.DIST_L2, 3) for bands in slim]
    ridges = [depth[(depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 1)] for depth in depths]
    found = np.concatenate(ridges)
    return float(np.median(found)) if found.size >= short / 10 else 0.0


def _is_even(area: Area) -> bool:
    """Return whether a band is equally wide all along."""
    contours, _ = cv2.findContours(area.mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    _, (one, other), _ = cv2.minAreaRect(contour)
    return cv2.contourArea(contour) >= EVEN * one * other and max(one, other) >= 3 * min(one, other)


def hidden_gutters(gutters: Mask) -> Mask:
    """Return (h,w) uint8, 1 where figures probably hide gutters: between two pieces of a gutter in one line."""
    short = min(gutters.shape)
    reach = round(_REACH * short)
    hidden = np.zeros_like(gutters)
    for across in (True, False):
        bands = _slim_bands(gutters, short, across)
        wobble = 2 * round(_WOBBLE * short) + 1
        bands = cv2.dilate(bands, np.ones((wobble, 1) if across else (1, wobble), np.uint8))
        kernel = np.ones((1, reach) if across else (reach, 1), np.uint8)
        closed = cv2.morphologyEx(bands, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0,))
        hidden |= np.asarray(closed, np.uint8)
    return hidden & (1 - gutters)


def _slim_bands(gutters: Mask, short: int, across: bool) -> Mask:
    """Return the gutters that run across the page, or down, and are slim in the other direction."""
    slim, long = round(2.5 * SLIM * short), round(1.2 * STRAIGHT * short)
    thick = np.ones((slim, 1) if across else (1, slim), np.uint8)
    run = np.ones((1, long) if across else (long, 1), np.uint8)
    bands = cv2.subtract(gutters, cv2.morphologyEx(gutters, cv2.MORPH_OPEN, thick))
    return np.asarray(cv2.morphologyEx(bands, cv2.MORPH_OPEN, run), np.uint8)


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
            outline = outline_of(mask, left, top, ink.shape, short)
            radius = float(cv2.distanceTransform(_framed(mask), cv2.DIST_L2, 3).max())
            found.append(Area(left, top, mask, outline, radius, black))
    return found


def _framed(mask: Mask) -> Mask:
    return np.asarray(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,)), np.uint8)


def _is_network(area: Area, page: tuple[int, ...]) -> bool:
    """Return whether an area is a margin or a gutter with corners of panels in it, on a `page` of that size.

    It reaches the page's edge: the wall of a room, with windows and furniture, does not.
    """
    outline, short = area.outline, min(page)
    rows, columns = area.window
    if rows.start > _EDGE and columns.start > _EDGE and rows.stop < page[0] - _EDGE and columns.stop < page[1] - _EDGE:
        return False
    if outline.corners < 2 or outline.corners <= 2 * outline.own_corners or outline.straightness < 0.4:
        return False
    return outline.longest >= 2 * STRAIGHT * short


def _crosses(area: Area, width: int) -> bool:
    """Return whether an area is a band across a whole strip, with a straight border above or below it."""
    if area.left > 2 or area.left + area.mask.shape[1] < width - 2:
        return False
    return area.outline.longest >= 0.5 * width and area.outline.straightness >= 0.6


def _is_hidden_part(area: Area, gutters: Mask, bands: Mask, short: int) -> bool:
    """Return whether a band goes on a gutter that a figure or balloon hides in between, or ends at the page's edges.

    `bands`: the slim gutters of its direction.
    """
    height, width = area.mask.shape
    across = area.across
    long, slim = (width, height) if across else (height, width)
    if long < 2 * slim:
        return False
    low = area.left if across else area.top
    if low <= 2 and low + long >= gutters.shape[1 if across else 0] - 2:
        return area.outline.straightness >= 0.7
    reach, wobble = round(_REACH * short), round(_WOBBLE * short)
    near = round(0.012 * short)
    rows, columns = area.window
    page = gutters
    if not across:
        bands, page, rows, columns = bands.T, gutters.T, columns, rows
    beside = np.asarray(bands[max(0, rows.start - wobble) : rows.stop + wobble].any(axis=0), np.bool_)
    before, after = beside[max(0, columns.start - reach) : columns.start][::-1], beside[columns.stop :][:reach]
    thick = rows.stop - rows.start
    for beyond, inline in (
        (slice(max(0, columns.start - near), columns.start), before),
        (slice(columns.stop, columns.stop + near), after),
    ):
        sides = (
            page[max(0, rows.start - 2 * thick) : rows.start, beyond],
            page[rows.stop : rows.stop + 2 * thick, beyond],
        )
        if inline[:near].any() and not any(side.mean() > 0.3 for side in sides if side.size):
            return True  # two borders touch there, and no other gutter crosses
    if area.outline.straightness < 0.7:
        return False
    # A band inside a panel ends at the panel's border, and right behind that there is a gutter.
    ends = page[rows, max(0, columns.start - near) : columns.start], page[rows, columns.stop :][:, :near]
    if ends[0].any() or ends[1].any():
        return False
    return max(before.sum(), after.sum()) >= STRAIGHT * short


def _spurs(ink: NDArray[np.uint8], gutters: Mask, short: int) -> Mask:
    """Return (h,w) uint8, 1 on thin ends of lines that reach out into the gutters: with gutters on both sides."""
    reach = round(0.006 * short)
    found = np.zeros_like(gutters)
    for shape, ends in (((1, reach), ((0, 0), (reach - 1, 0))), ((reach, 1), ((0, 0), (0, reach - 1)))):
        kernel = np.ones(shape, np.uint8)
        one, other = (np.asarray(cv2.dilate(gutters, kernel, anchor=end), np.uint8) for end in ends)
        found |= one & other
    return found & (ink >= LINE)


def _is_crossed(area: Area, gutters: Mask, spurs: Mask, short: int) -> bool:
    """Return whether only overshooting ends of borders divide a band from the gutters at one of its ends.

    So it is if the borders beside the band reach out into the gutters there.
    """
    if max(area.mask.shape) < 2 * STRAIGHT * short or area.outline.straightness < 0.85:
        return False
    reach = round(_ENDS * short)
    rows, columns = area.window
    page = gutters if area.across else gutters.T
    ends = spurs if area.across else spurs.T
    if not area.across:
        rows, columns = columns, rows
    for edge in (columns.start, columns.stop):
        beyond = slice(max(0, edge - reach), edge + reach)
        sides = slice(max(0, rows.start - reach), rows.start + 2), slice(max(0, rows.stop - 2), rows.stop + reach)
        seen = [np.count_nonzero(ends[side, beyond].any(axis=0)) for side in sides]
        if page[rows, beyond].any() and max(seen) >= 4 and sum(seen) >= 5:
            return True
    return False


def _is_double_border(area: Area, gutters: Mask, short: int) -> bool:
    """Return whether an area is the paper between the two lines of a border, or a rim around a panel in another."""
    size = float(area.mask.sum())
    largest = max(area.outline.holes, default=0.0)
    if largest < 5 * size or area.outline.straightness < 0.75 or largest < (0.12 * short) ** 2:
        return False
    reach = max(4, round(0.012 * short))
    own = cv2.copyMakeBorder(area.mask, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=(0,))
    contours, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(own)
    cv2.drawContours(filled, contours, -1, 1, -1)
    around = cv2.dilate(filled, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) - filled
    page = cv2.copyMakeBorder(gutters, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=(0,))
    height, width = own.shape
    beside = page[area.top : area.top + height, area.left : area.left + width]
    return float((beside[around > 0] > 0).mean()) >= _BESIDE


def usual_line_width(ink: NDArray[np.uint8]) -> float:
    """Return the usual width in pixels of the lines of `ink` (h,w): twice their area by the length of their border."""
    drawn = (ink >= LINE).astype(np.uint8)
    border = cv2.countNonZero(cv2.subtract(drawn, cv2.erode(drawn, np.ones((3, 3), np.uint8))))
    wide = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((11, 11), np.uint8))
    return float(np.clip(2 * (cv2.countNonZero(drawn) - cv2.countNonZero(wide)) / max(1, border), 1.0, 11.0))
