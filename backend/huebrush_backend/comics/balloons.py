"""Speech balloons and captions: areas that lines enclose around lettering and nothing else.

A balloon's outline may be open, at the tip of its tail or at a border. So the lines around a text are thickened step
by step until they enclose it, and the area found is grown back.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.lettering import Lettering, Mask, TextBlock, united
from huebrush_backend.comics.overview import LINE, Overview

BALLOON, CAPTION = "balloon", "caption"
OPENINGS = (0, 2, 4, 7)
"""Half-widths of openings in a balloon's outline that are tried, in pixels."""
_REACH = 24
"""Distance from a text up to which its balloon is looked for, in heights of a letter beyond twice its own size."""
_SURE = 6
"""Number of letters from which a text tells the usual height of the page's letters."""
_SIZES = (0.72, 1.9)
"""Range of the height of letters in balloons, as a multiple of the page's usual one."""
_EVEN = 1.7
"""Largest ratio of the heights of letters in one balloon."""
_ROOMY = 14.0
"""Largest area of a balloon, in areas of its text's box; short words have more room around them."""
_ROOM_IN_LETTERS = 90.0
"""The same, in squares of a letter's height, that any text may have."""
_FULL = 0.06
"""Smallest product of the shares of a balloon's width and height that its text takes."""
_ROUND = 0.72
"""Smallest share of its convex hull that a balloon without its tail covers."""
_MIDDLE = 0.27
"""Largest distance of the text's middle from the balloon's, in the balloon's widths and heights."""
_LOUD = 1.6
"""Height of letters, as a multiple of the page's usual ones, from which words alone in a shape are no speech."""
_TURNED = 9.0
"""Angle in degrees from which a row of letters is a sound or a sign."""
_BOXY = 0.93
"""Least share of its bounding box that a rectangle covers."""


@dataclass(frozen=True, eq=False)
class Bubble:
    """`kind`: BALLOON or CAPTION; `mask` (h,w) 0 or 1 at `left`, `top`: its paper; `blocks`: the texts within."""

    kind: str
    left: int
    top: int
    mask: Mask
    blocks: tuple[TextBlock, ...]

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of its box."""
        height, width = self.mask.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


def find_balloons(page: Overview, lettering: Lettering, gutters: Mask, borders: Mask) -> list[Bubble]:
    """Return the balloons and captions of `page`. `borders` (h,w): 1 where borders are that are not drawn."""
    ink = page.ink.copy()
    words = cv2.dilate(lettering.mask(lettering.blocks), np.ones((3, 3), np.uint8))
    ink[words > 0] = 0
    finder = _Finder(lettering.blocks, (ink >= LINE).astype(np.uint8) | borders, gutters)
    found: list[Bubble] = []
    taken = np.zeros_like(gutters)
    for block in sorted(lettering.blocks, key=lambda block: -block.count):
        if taken[block.top + block.height // 2, block.left + block.width // 2]:
            continue
        bubble = finder.around(block)
        if bubble is not None:
            found.append(bubble)
            taken[bubble.window] |= filled(bubble.mask)
    return found


class _Finder:
    """Finds what lies around a text of one page."""

    def __init__(self, blocks: tuple[TextBlock, ...], lines: Mask, gutters: Mask) -> None:
        """`lines` (h,w): the page's lines without the lettering."""
        self._blocks, self._lines, self._gutters = blocks, lines, gutters
        self._short = min(lines.shape)
        sure = [
            block.letter for block in blocks for _ in range(block.count) if block.count >= _SURE and block.longest >= 3
        ]
        self._usual = float(np.median(sure)) if sure else 0.0

    def around(self, block: TextBlock) -> Bubble | None:
        """Return the balloon or caption around a text, None if there is none."""
        reach = round(2 * max(block.width, block.height) + _REACH * block.letter)
        height, width = self._lines.shape
        top, left = max(0, block.top - reach), max(0, block.left - reach)
        window = np.s_[
            top : min(height, block.top + block.height + reach), left : min(width, block.left + block.width + reach)
        ]
        walls = self._lines[window]
        cut = (top > 0, left > 0, window[0].stop < height, window[1].stop < width)
        inner = _within(block, left, top)
        best: tuple[Mask, str, list[TextBlock]] | None = None
        for half in OPENINGS:
            area = _enclosed(walls, inner, half, self._gutters[window], cut)
            if area is None:
                continue
            if best is not None and not _is_beyond_an_opening(best[0] & (1 - area), half):
                continue
            blocks = [other for other in self._blocks if _inside(other, area, left, top)] or [block]
            text = united(blocks)
            if not all(text.letter <= _EVEN * other.letter <= _EVEN**2 * text.letter for other in blocks):
                continue
            kind = _kind(area, text, _within(text, left, top), self._gutters[window], self._usual, self._short)
            if kind is not None:
                best = area, kind, blocks
                walls = walls & (1 - filled(area))
        if best is None:
            return None
        area, kind, blocks = best
        x, y, wide, high = cv2.boundingRect(area)
        mask = np.ascontiguousarray(area[y : y + high, x : x + wide])
        return Bubble(kind, left + x, top + y, mask, tuple(blocks))


def _is_beyond_an_opening(part: Mask, half: int) -> bool:
    """Return whether `part` (h,w) of an area, cut off by thicker lines, is more than a tail: wide enough for a disc."""
    framed = cv2.copyMakeBorder(part, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    return bool(cv2.distanceTransform(framed, cv2.DIST_L2, 3).max() > half + 3)


def _within(block: TextBlock, left: int, top: int) -> tuple[slice, slice]:
    """Return rows and columns of a text in a window whose corner is at `left`, `top`."""
    y, x = max(0, block.top - top), max(0, block.left - left)
    return slice(y, block.top - top + block.height), slice(x, block.left - left + block.width)


def _inside(block: TextBlock, area: Mask, left: int, top: int) -> bool:
    row, column = block.top + block.height // 2 - top, block.left + block.width // 2 - left
    return 0 <= row < area.shape[0] and 0 <= column < area.shape[1] and area[row, column] > 0


def _enclosed(
    walls: Mask, inner: tuple[slice, slice], half: int, gutters: Mask, cut: tuple[bool, bool, bool, bool]
) -> Mask | None:
    """Return the area around a text (h,w) that lines thickened by `half` pixels and the page's edges enclose, or None.

    `cut`: whether the window ends inside the page above, on the left, below and on the right.
    """
    thick = walls
    if half:
        thick = cv2.dilate(walls, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * half + 1, 2 * half + 1)))
    _, found = cv2.connectedComponents(1 - thick, connectivity=4)
    labels = np.asarray(found, np.int32)
    inside = labels[inner]
    counts = np.bincount(inside.ravel())
    if len(counts) < 2:
        return None
    label = int(counts[1:].argmax()) + 1
    if counts[label] < 0.85 * inside.size:
        return None
    area = (labels == label).view(np.uint8)
    rims = (area[0], area[:, 0], area[-1], area[:, -1])
    if any(inside and rim.any() for inside, rim in zip(cut, rims, strict=True)) or np.count_nonzero(
        area & gutters
    ) > 0.3 * np.count_nonzero(area):
        return None
    if not half:
        return area
    left, top, wide, high = cv2.boundingRect(area)
    margin = 3 * half + 6
    part = np.s_[max(0, top - margin) : top + high + margin, max(0, left - margin) : left + wide + margin]
    grown = np.zeros_like(area)
    grown[part] = _grown_back(area[part], labels[part], walls[part], half)
    return grown


def _grown_back(area: Mask, labels: NDArray[np.int32], walls: Mask, half: int) -> Mask:
    """Return an `area` (h,w) between thickened lines, grown to the `walls` themselves, but not through openings.

    A passage that is too narrow for thickened lines, as a tail is at its tip, belongs to the area if it is wider there
    than at its other end. `labels` (h,w): all areas between the thickened lines.
    """
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * half + 3, 2 * half + 3))
    free = 1 - walls
    others = ((labels > 0) & (area == 0)).astype(np.uint8)
    grown, elsewhere = (np.asarray(cv2.dilate(part, disc), np.uint8) & free for part in (area, others))
    elsewhere &= 1 - grown
    count, found = cv2.connectedComponents(free & (1 - grown) & (1 - elsewhere), connectivity=4)
    passages = np.asarray(found, np.int32)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    here, there = (np.bincount(passages[cv2.dilate(part, cross) > 0], minlength=count) for part in (grown, elsewhere))
    taken = here > there
    taken[0] = False
    grown |= taken[passages].view(np.uint8)
    _, pieces = cv2.connectedComponents(grown, connectivity=4)
    return (pieces == np.bincount(pieces[area > 0]).argmax()).view(np.uint8)


def filled(mask: Mask) -> Mask:
    """Return `mask` (h,w) without holes: with letters and what they enclose."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    result = np.zeros_like(mask)
    cv2.drawContours(result, contours, -1, 1, -1)
    return result


def _opened(mask: Mask, radius: float) -> Mask:
    """Return `mask` (h,w) without the parts that a disc of `radius` pixels does not fit into, such as tails."""
    around = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    core = np.asarray(cv2.distanceTransform(around, cv2.DIST_L2, 5) > radius, np.uint8)
    if not core.any():
        return np.zeros_like(mask)
    near = np.asarray(cv2.distanceTransform(1 - core, cv2.DIST_L2, 5) <= radius, np.uint8)
    return np.ascontiguousarray((near & np.asarray(around, np.uint8))[1:-1, 1:-1])


def _is_text(block: TextBlock, usual: float) -> bool:
    """Return whether a text is one for sure; two letters are if they are as large as the page's others."""
    if block.longest >= 3:
        return block.single >= 3 or block.count >= 6
    return block.longest == 2 and len(block.shapes) == 2 and 0.8 * usual <= block.letter <= 1.25 * usual


def _has_other_ink(holes: Mask, block: TextBlock) -> bool:
    """Return whether `holes` (h,w) in an area are more than small shapes beside the letters of its text."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(holes, connectivity=8, ltype=cv2.CV_32S)
    sizes = stats[1:count, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    return bool((sizes > 2 * block.letter).any() or (sizes > 0.5 * block.letter).sum() > 2 + block.count)


def _kind(
    area: Mask,
    block: TextBlock,
    inner: tuple[slice, slice],
    gutters: Mask,
    usual: float,
    short: int,
) -> str | None:
    """Return the kind of an enclosed area with a text in it: BALLOON, CAPTION, or None for a part of the drawing."""
    contours, _ = cv2.findContours(area, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    whole = filled(area)
    size = float(whole.sum())
    text = float(block.width * block.height)
    if size > max(_ROOMY * text, _ROOM_IN_LETTERS * block.letter**2) or size > 0.45 * short * short:
        return None
    if not _is_text(block, usual) or _has_other_ink(whole - area, block):
        return None
    if usual and not _SIZES[0] * usual <= block.letter <= _SIZES[1] * usual:
        return None
    body = _opened(whole, 0.15 * min(cv2.boundingRect(contour)[2:]))
    contours, _ = cv2.findContours(body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    x, y, wide, high = cv2.boundingRect(contour)
    if cv2.contourArea(contour) < _ROUND * cv2.contourArea(cv2.convexHull(contour)):
        return None
    if (block.width / wide) * (block.height / high) < _FULL:
        return None
    middle_x = (inner[1].start + inner[1].stop) / 2 - (x + wide / 2)
    middle_y = (inner[0].start + inner[0].stop) / 2 - (y + high / 2)
    boxy = cv2.contourArea(contour) >= _BOXY * wide * high
    if abs(middle_x) > _MIDDLE * wide or abs(middle_y) > _MIDDLE * high:
        return None
    if abs(block.tilt) > _TURNED and block.count >= 4:
        return None
    if usual and block.letter > _LOUD * usual and block.rows == 1:
        return None
    if not boxy:
        return BALLOON
    margin = max(4, round(0.012 * short))
    around = gutters[max(0, y - margin) : y + high + margin, max(0, x - margin) : x + wide + margin]
    beside_border = bool(around.any())
    has_tail = size > 1.04 * cv2.contourArea(contour)
    if beside_border or has_tail:
        return CAPTION if beside_border else BALLOON
    loud = usual and block.letter > 1.25 * usual
    return None if block.rows == 1 and (loud or block.count < 8) else CAPTION  # a sign in the drawing
