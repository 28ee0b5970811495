"""Slim bands of paper on a comic page: which of them belong to gutters that were found before."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.outlines import STRAIGHT, Mask, Outline
from huebrush_backend.comics.overview import LINE

SLIM = 0.03
"""Largest half-width of a gutter between panels, in shorter sides."""
WOBBLE = 0.006
"""Half the width in shorter sides by which a gutter wanders from its line."""
REACH = 0.3
"""Length in shorter sides over which a figure may hide a gutter."""
EVEN = 0.72
"""Share of its bounding rectangle, turned as it fits, from which a gutter between two panels is even."""
HASTY = 6
"""Number of overshooting ends of borders on a page from which borders were drawn hastily."""
_ENDS = 0.025
"""Length in shorter sides by which hasty borders overshoot their corners."""
_SOLID = (0.55, 2.5)
"""Least mean width of such an end, in the page's lines but no more than so many pixels; bumps of wobbly borders are
thinner."""
_BUNDLE = 2.6
"""Width of a sketched border, in the page's lines."""
_LONG = 0.08
"""Least length in shorter sides of a straight part of a band."""
_SURE = 0.15
"""Length in shorter sides from which slight signs at both ends of a band are enough."""
_PINCHED = (2.5, 25.0)
"""Length of ink between two pieces of a gutter whose borders touch, in line widths: more than that of a border."""
_MEAN = 0.5
"""Least mean width of an even band, as a share of its largest."""


EDGE = 3
"""Distance in pixels from the page's edge that counts as none."""
_DARK = 220
"""Mean coverage (of 255) of all edges of a page from which they are a scan's dark rim."""


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


def reaches_edge(area: Area, ink: NDArray[np.uint8], *sides: str) -> bool:
    """Return whether an area reaches the page's edge at one of `sides` ("left", "top", "right", "bottom"; none: any).

    Nothing may be drawn between, as the border of a panel that bleeds, unless it is the edge of an area of solid black
    or all of the page has dark edges. `ink` (H,W): coverage of the page.
    """
    rows, columns = area.window
    dark = area.black or min(ink[:, 0].mean(), ink[:, -1].mean(), ink[0].mean(), ink[-1].mean()) > _DARK
    for side in sides or ("left", "top", "right", "bottom"):
        between, along = {
            "left": (ink[rows, : columns.start].T, area.mask[:, 0]),
            "right": (ink[rows, columns.stop :].T, area.mask[:, -1]),
            "top": (ink[: rows.start, columns], area.mask[0]),
            "bottom": (ink[rows.stop :, columns], area.mask[-1]),
        }[side]
        if len(between) > EDGE:
            continue
        if dark or not len(between) or float((between[:, along > 0].max(axis=0) < LINE).mean()) >= 0.5:
            return True
    return False


def framed(mask: Mask) -> Mask:
    """Return `mask` (h,w) with one pixel of 0 around it."""
    return np.asarray(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,)), np.uint8)


def is_even(area: Area, corners: bool = False) -> bool:
    """Return whether a band is about equally wide all along; with `corners`, also around corners.

    One whose whole outline is straight may also taper.
    """
    contours, _ = cv2.findContours(area.mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    _, (one, other), _ = cv2.minAreaRect(contour)
    if max(one, other) < 3 * min(one, other) and area.radius > 0.2 * min(one, other):
        return False
    if cv2.contourArea(contour) >= EVEN * one * other:
        return True
    if not corners and area.outline.straightness < 0.95:
        return False
    mean = 2 * float(area.mask.sum()) / max(1.0, cv2.arcLength(contour, True))
    return mean >= _MEAN * 2 * area.radius


def slim_bands(gutters: Mask, short: int, across: bool) -> Mask:
    """Return the gutters that run across the page, or down, and are slim in the other direction."""
    slim, long = round(2.5 * SLIM * short), round(1.2 * STRAIGHT * short)
    thick = np.ones((slim, 1) if across else (1, slim), np.uint8)
    run = np.ones((1, long) if across else (long, 1), np.uint8)
    bands = cv2.subtract(gutters, cv2.morphologyEx(gutters, cv2.MORPH_OPEN, thick))
    return np.asarray(cv2.morphologyEx(bands, cv2.MORPH_OPEN, run), np.uint8)


def margins_of(gutters: Mask) -> tuple[Mask, Mask]:
    """Return (h,w) uint8, 1 in `gutters` between the page's upper or lower edge and its panels; and for its sides."""
    found = []
    for axis in (0, 1):
        before = np.minimum.accumulate(gutters, axis=axis)
        found.append(before | np.flip(np.minimum.accumulate(np.flip(gutters, axis), axis=axis), axis))
    return found[0], found[1]


def half_width(slim: list[Mask], gutters: Mask) -> float:
    """Return half the usual width of the gutters between panels in pixels, 0 if it is not known.

    `slim`: the slim bands down and across of the `gutters` (h,w); margins of the page do not count.
    """
    short = min(gutters.shape)
    found = []
    for bands, margin in zip(slim, margins_of(gutters)[::-1], strict=True):
        depth = cv2.distanceTransform(framed(bands), cv2.DIST_L2, 3)[1:-1, 1:-1]
        ridge = (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 1)
        found.append(depth[ridge & (margin == 0)])
    widths = np.concatenate(found)
    return float(np.median(widths)) if widths.size >= short / 10 else 0.0


def is_hidden_part(area: Area, gutters: Mask, bands: Mask, short: int) -> bool:
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
    reach, wobble = round(REACH * short), round(WOBBLE * short)
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


def spurs_of(ink: NDArray[np.uint8], gutters: Mask, line: float) -> Mask:
    """Return (h,w) uint8, 1 on thin ends of lines that reach out into the gutters: with gutters on both sides.

    `line`: usual width of the page's lines in pixels. A sketched border is several of them side by side.
    """
    reach = round(_BUNDLE * line)
    found = np.zeros_like(gutters)
    for shape, ends in (((1, reach), ((0, 0), (reach - 1, 0))), ((reach, 1), ((0, 0), (0, reach - 1)))):
        kernel = np.ones(shape, np.uint8)
        one, other = (np.asarray(cv2.dilate(gutters, kernel, anchor=end), np.uint8) for end in ends)
        found |= one & other
    return found & (ink >= LINE)


def are_hasty(spurs: Mask, line: float, short: int) -> bool:
    """Return whether the `spurs` (h,w) of a page are so many that its borders were drawn hastily.

    `line`: usual width of the page's lines in pixels.
    """
    count, _, stats, _ = cv2.connectedComponentsWithStats(spurs, connectivity=8, ltype=cv2.CV_32S)
    sides = stats[1:count, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    solid = stats[1:count, cv2.CC_STAT_AREA] >= min(_SOLID[0] * line, _SOLID[1]) * sides
    return int(((sides >= 0.005 * short) & (sides <= 1.5 * _ENDS * short) & solid).sum()) >= HASTY


def is_crossed(area: Area, gutters: Mask, spurs: Mask, short: int) -> bool:
    """Return whether only overshooting ends of borders divide a band from the gutters at one of its ends.

    So it is if the borders beside the band, on both of its sides, reach out into the gutters there. An area that has
    corners is crossed if a straight part of it is. This is for pages whose borders overshoot: on others a stripe that
    a panel's borders cut off is no gutter.
    """
    if area.outline.straightness < 0.85:
        return False
    long = round(_LONG * short)
    for across in (True, False):
        kernel = np.ones((1, long) if across else (long, 1), np.uint8)
        parts = cv2.morphologyEx(framed(area.mask), cv2.MORPH_OPEN, kernel)[1:-1, 1:-1]
        count, _, stats, _ = cv2.connectedComponentsWithStats(parts, connectivity=4, ltype=cv2.CV_32S)
        for left, top, wide, high, _ in stats[1:count].tolist():
            if (wide if across else high) < 3 * (high if across else wide):
                continue
            rows = slice(area.top + top, area.top + top + high)
            columns = slice(area.left + left, area.left + left + wide)
            if across and _ends_at_spurs(rows, columns, gutters, spurs, short):
                return True
            if not across and _ends_at_spurs(columns, rows, gutters.T, spurs.T, short):
                return True
    return False


def _ends_at_spurs(rows: slice, columns: slice, gutters: Mask, spurs: Mask, short: int) -> bool:
    """Return whether spurs go on the long sides of a level band beyond one of its ends, and gutters lie there."""
    reach = round(_ENDS * short)
    both = np.zeros(2, int)
    ends = 0
    for edge in (columns.start, columns.stop):
        beyond = slice(max(0, edge - reach), edge + reach)
        if not gutters[rows, beyond].any():
            continue
        sides = slice(max(0, rows.start - reach), rows.start + 2), slice(max(0, rows.stop - 2), rows.stop + reach)
        seen = np.array([np.count_nonzero(spurs[side, beyond].any(axis=0)) for side in sides])
        if seen.min() >= 2 and seen.sum() >= 5:
            return True
        both += seen
        ends += 1
    if ends < 2:
        return False
    return both.min() >= 2 and both.sum() >= (3 if columns.stop - columns.start >= _SURE * short else 6)


def is_pinched(area: Area, ink: NDArray[np.uint8], gutters: Mask, line: float) -> bool:
    """Return whether a straight band goes on a gutter of the same line with only ink between: borders that touch.

    One with corners may do so at each of its ends. `line`: usual width of the page's lines in pixels.
    """
    if area.outline.straightness < 0.8:
        return False
    mask, (rows, columns) = area.mask, area.window
    is_long = max(mask.shape) >= 4 * min(mask.shape)
    if not is_long and not is_even(area, corners=True):
        return False
    deep = 2 * max(2, round(area.radius))
    across = area.across or not is_long
    down = not area.across or not is_long
    return (across and _ends_at_touching_borders(mask, rows, columns, ink, gutters, line, deep)) or (
        down and _ends_at_touching_borders(mask.T, columns, rows, ink.T, gutters.T, line, deep)
    )


def _ends_at_touching_borders(
    mask: Mask,
    rows: slice,
    columns: slice,
    ink: NDArray[np.uint8],
    gutters: Mask,
    line: float,
    deep: int,
) -> bool:
    """Return whether a level band `mask` (h,w) at `rows` and `columns` has ink and then a gutter at one of its ends.

    `deep`: its width in pixels.
    """
    least, most = (round(length * line) for length in _PINCHED)
    for edge, step in ((columns.stop - 1, 1), (columns.start, -1)):
        tip = np.flatnonzero((mask[:, -deep:] if step > 0 else mask[:, :deep]).any(axis=1))
        if tip[-1] - tip[0] > 2 * deep:
            continue  # the side of a band that runs down
        middle = rows.start + int(np.median(tip))
        beside = slice(max(0, middle - 2), middle + 3)
        ahead = np.arange(edge + step, edge + step * (most + 1), step)
        ahead = ahead[(ahead >= 0) & (ahead < ink.shape[1])]
        if not len(ahead):
            continue
        inked = (ink[beside][:, ahead] >= LINE).mean(axis=0) >= 0.6
        beyond = gutters[max(0, middle - deep) : middle + deep + 1][:, ahead].any(axis=0)
        stop = int(beyond.argmax()) if beyond.any() else 0
        if stop >= least and inked[:stop].mean() >= 0.85:
            return True
    return False
