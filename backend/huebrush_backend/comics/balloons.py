"""Speech balloons and captions: areas that lines enclose around lettering and nothing else.

A balloon's outline may be open, at the tip of its tail or at a border. So the lines around a text are thickened step
by step until they enclose it, and the area found is grown back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.balloon_shapes import ROOM_IN_LETTERS, filled, kind_of
from huebrush_backend.comics.lettering import Lettering, Mask, TextBlock, united
from huebrush_backend.comics.overview import LINE, Overview
from huebrush_backend.comics.short_texts import Hand, short_texts

OPENINGS = (0, 2, 4, 7)
"""Half-widths of openings in a balloon's outline that are tried, in pixels."""
_REACH = 24
"""Distance from a text up to which its balloon is looked for, in heights of a letter beyond twice its own size."""
_SURE = 6
"""Number of letters from which a text tells the usual height of the page's letters."""
_EVEN = 1.7
"""Largest ratio of the heights of letters in one balloon."""
_HALVES = 3
"""Number of `OPENINGS` that are tried around short texts."""
_CLEAR = 0.3
"""Least distance of a short text from its balloon's outline, in heights of a letter."""
_SMALLEST = 3.5
"""Smallest area of a balloon around a short text, in squares of a letter's height."""


_SLIM_TAIL = 24
"""Distance from an area between thickened lines at which the slim end of its tail may be, in what they are thickened
by."""
_SLENDER = 2.5
"""Half-width in pixels up to which a part of a tail is left between thickened lines."""


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
    hand = Hand.of(lettering, finder.sure) if finder.sure else None
    for block in sorted(lettering.blocks, key=lambda block: -block.count):
        if hand is not None and not hand.may_have_written(block, lettering):
            continue
        if taken[block.top + block.height // 2, block.left + block.width // 2]:
            continue
        bubble = finder.around(block)
        if bubble is not None:
            found.append(bubble)
            taken[bubble.window] |= filled(bubble.mask)
    spoken = [block for bubble in found for block in bubble.blocks] or finder.sure
    if not spoken:
        return found
    hand = Hand.of(lettering, spoken)
    lines = (page.ink >= LINE).view(np.uint8) | borders
    for half in OPENINGS[:_HALVES]:
        for block in short_texts(lettering, hand, lines, taken, half):
            bubble = finder.around_short(block, lettering, lines, hand.letter)
            if bubble is not None and not (taken[bubble.window] & bubble.mask).any():
                found.append(bubble)
                taken[bubble.window] |= filled(bubble.mask)
    return found


class _Finder:
    """Finds what lies around a text of one page."""

    def __init__(self, blocks: tuple[TextBlock, ...], lines: Mask, gutters: Mask) -> None:
        """`lines` (h,w): the page's lines without the lettering."""
        self._blocks, self._lines, self._gutters = blocks, lines, gutters
        self._edges = gutters.copy()
        for rim in (self._edges[0], self._edges[-1], self._edges[:, 0], self._edges[:, -1]):
            rim[:] = 1
        self._short = min(lines.shape)
        self.sure = [block for block in blocks if block.count >= _SURE and block.longest >= 3]
        heights = [block.letter for block in self.sure for _ in range(block.count)]
        self._usual = float(np.median(heights)) if heights else 0.0

    def around_short(self, block: TextBlock, lettering: Lettering, lines: Mask, letter: float) -> Bubble | None:
        """Return the balloon or caption around a short text, which must have all of it to itself, or None.

        `lines` (h,w): all of the page's ink, `letter`: usual height of its letters in pixels.
        """
        bubble = self.around(block, lettering)
        if bubble is None:
            return None
        whole = filled(bubble.mask)
        if not _SMALLEST * letter**2 <= whole.sum() <= ROOM_IN_LETTERS * letter**2:
            return None
        own = np.isin(lettering.labels[bubble.window], block.shapes).view(np.uint8)
        own = np.asarray(cv2.dilate(own, np.ones((3, 3), np.uint8)), np.uint8)
        inner = np.asarray(cv2.erode(whole, np.ones((5, 5), np.uint8)), np.uint8)
        if np.count_nonzero(lines[bubble.window] & inner & (1 - own)) > 4:
            return None
        depth = cv2.distanceTransform(cv2.copyMakeBorder(whole, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
        return bubble if float(depth[1:-1, 1:-1][own > 0].min()) >= _CLEAR * letter else None

    def around(self, block: TextBlock, short: Lettering | None = None) -> Bubble | None:
        """Return the balloon or caption around a text, None if there is none.

        `short`: the page's lettering, if the text is so short that its letters still stand among the lines.
        """
        reach = round(2 * max(block.width, block.height) + _REACH * block.letter)
        height, width = self._lines.shape
        top, left = max(0, block.top - reach), max(0, block.left - reach)
        window = np.s_[
            top : min(height, block.top + block.height + reach), left : min(width, block.left + block.width + reach)
        ]
        walls = self._lines[window]
        if short is not None:
            letters = np.isin(short.labels[window], block.shapes).view(np.uint8)
            walls = walls & (1 - np.asarray(cv2.dilate(letters, np.ones((3, 3), np.uint8)), np.uint8))
        cut = (top > 0, left > 0, window[0].stop < height, window[1].stop < width)
        inner = _within(block, left, top)
        best: tuple[Mask, str, list[TextBlock]] | None = None
        for half in OPENINGS:
            area = _enclosed(walls, inner, half, self._gutters[window], cut)
            if area is None:
                continue
            if best is not None and not _is_beyond_an_opening(best[0] & (1 - area), half):
                continue
            blocks = [other for other in self._blocks if _inside(other, area, left, top)] if short is None else []
            blocks = blocks or [block]
            text = _with_single_letters(united(blocks), area, left, top)
            if not all(text.letter <= _EVEN * other.letter <= _EVEN**2 * text.letter for other in blocks):
                continue
            if short is None and not _is_text(text):
                continue
            kind = kind_of(area, text, _within(text, left, top), self._edges[window], self._usual, self._short)
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
    return slice(y, max(y, block.top - top + block.height)), slice(x, max(x, block.left - left + block.width))


def _inside(block: TextBlock, area: Mask, left: int, top: int) -> bool:
    """Return whether most of a text's box lies in an `area` (h,w) at `left`, `top`: its middle may lie in a tail."""
    rows, columns = _within(block, left, top)
    return float(area[rows, columns].sum()) >= 0.5 * block.width * block.height


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
    margin = _SLIM_TAIL * half
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
    others = np.asarray(others & _wide_parts(others), np.uint8)
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


def _wide_parts(others: Mask) -> Mask:
    """Return those connected parts of `others` (h,w) that are more than what thickened lines leave within a tail."""
    count, found = cv2.connectedComponents(others, connectivity=4)
    parts = np.asarray(found, np.int32)
    depth = cv2.distanceTransform(cv2.copyMakeBorder(others, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)[
        1:-1, 1:-1
    ]
    wide = np.zeros(count, np.uint8)
    wide[np.unique(parts[depth > _SLENDER])] = 1
    wide[0] = 0
    return wide[parts]


def _is_text(block: TextBlock) -> bool:
    """Return whether a text is one for sure."""
    return block.longest >= 3 and (block.single >= 3 or block.count >= 6)


def _with_single_letters(block: TextBlock, area: Mask, left: int, top: int) -> TextBlock:
    """Return a text whose box also has the letters that stand alone in its `area` (h,w) at `left`, `top`."""
    holes = filled(area) - area
    _, _, stats, _ = cv2.connectedComponentsWithStats(holes, connectivity=8, ltype=cv2.CV_32S)
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    letters = (high >= 0.6 * block.letter) & (high <= 1.5 * block.letter) & (wide <= 1.5 * block.letter)
    letters[0] = False
    if not letters.any():
        return block
    boxes = stats[letters, :4] + np.array([left, top, 0, 0])
    x, y = min(block.left, boxes[:, 0].min()), min(block.top, boxes[:, 1].min())
    right = max(block.left + block.width, (boxes[:, 0] + boxes[:, 2]).max())
    bottom = max(block.top + block.height, (boxes[:, 1] + boxes[:, 3]).max())
    return replace(block, left=int(x), top=int(y), width=int(right - x), height=int(bottom - y))
