"""Short texts of a comic page: one to a few letters that are told only by what they lie in and by the page's others.

A row of three different letters is lettering wherever it lies. "I!", "NO." or "GOOD" may as well be the strokes of a
drawing. So they are looked for the other way round: in closed areas that hold nothing but shapes of the height and
stroke of the page's letters, close together.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.lettering import Lettering, Mask, TextBlock, row_count

_HEIGHT = (0.6, 1.5)
"""Range of the height of a letter, as a multiple of the page's usual one: small letters and capitals."""
_STROKE = (0.55, 1.7)
"""Range of its stroke, as a multiple of the usual one."""
_WIDE = 1.7
"""Largest width of a single letter, in its heights."""
_JOINED = 6.0
"""Largest width of letters that touch, in heights."""
_MARK = 0.6
"""Size below which a shape is a point or an apostrophe, in usual heights."""
_MOST = 14
"""Most shapes of a short text; longer ones are told by themselves."""
_NEAR = (1.3, 2.0)
"""Largest gaps between shapes of one text, across and down, in usual heights."""
_BASE = 0.45
"""Largest difference of height between the feet, or the heads, of letters in a row, in usual heights."""
_DENSE = 0.12
"""Least share of its box that a letter covers."""
_HOLLOW = 0.25
"""Share of its box that holes of a letter that stands alone may have: rings are eyes and buttons."""
_BAR = (0.45, 0.72)
"""Largest width of an upright stroke, in its heights, and the least share of its box that it covers: I, l, !."""
_FINE = 3
"""Width in pixels up to which half of the box is enough: a soft edge takes part of it."""
_SAME_SIZE = 1.25
"""Largest ratio of the widths, and of the heights, of a letter and the same letter elsewhere on the page."""
_SAME = 0.22
"""Largest mean difference (0..1) of the two, reduced to `_SIDE` pixels square."""
_SIDE = 10
_LONG, _KNOWN = 10, 20
"""Number of letters from which a text is told by itself; and of others' letters that are enough to compare with."""
_CURSIVE = 0.15
"""Share of joined letters from which letters are not compared."""
_FAMILIAR = 0.4
"""Least share of a text's letters that are known from others."""


@dataclass(frozen=True, eq=False)
class Hand:
    """The lettering of a page: usual height and stroke of its letters in pixels, and letters that are known.

    `shapes` (n,): their numbers in the lettering; `sizes` (n,2): their widths and heights; `thumbs` (n,100): they
    themselves, 0..1, reduced to one size.
    """

    letter: float
    stroke: float
    shapes: NDArray[np.int32]
    sizes: NDArray[np.int32]
    thumbs: NDArray[np.float32]

    @staticmethod
    def of(lettering: Lettering, texts: list[TextBlock]) -> Hand:
        """Return the hand that wrote `texts`, at least one."""
        counts = [text.count for text in texts]
        shapes = [shape for text in texts for shape in text.shapes]
        letter = float(np.median(np.repeat([text.letter for text in texts], counts)))
        shapes = [shape for shape in shapes if lettering.stats[shape, cv2.CC_STAT_HEIGHT] >= _HEIGHT[0] * letter]
        return Hand(
            letter,
            float(np.median(np.repeat([text.stroke for text in texts], counts))),
            np.array(shapes, np.int32),
            lettering.stats[shapes][:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]],
            np.stack([_thumb(_shape(lettering, shape)) for shape in shapes]),
        )

    def without(self, text: TextBlock) -> Hand:
        """Return the hand with the letters of other texts alone."""
        others = ~np.isin(self.shapes, text.shapes)
        return Hand(self.letter, self.stroke, self.shapes[others], self.sizes[others], self.thumbs[others])

    def may_have_written(self, text: TextBlock, lettering: Lettering) -> bool:
        """Return whether a text of few letters has some that are known from other texts, if enough are known."""
        others = self.without(text)
        if text.count >= _LONG or len(others.shapes) < _KNOWN:
            return True
        letters = [n for n in text.shapes if lettering.stats[n, cv2.CC_STAT_HEIGHT] >= _HEIGHT[0] * self.letter]
        if (others.sizes[:, 0] > _WIDE * others.sizes[:, 1]).mean() > _CURSIVE:
            return True
        known = sum(others.has(_shape(lettering, number)) for number in letters)
        return known >= _FAMILIAR * len(letters)

    def has(self, shape: Mask) -> bool:
        """Return whether a shape (h,w) is an upright stroke or looks like one of the known letters."""
        height, width = shape.shape
        if width <= _BAR[0] * height and shape.mean() >= (_BAR[1] if width > _FINE else 0.5):
            return True
        ratio = self.sizes / np.array([width, height])
        alike = (np.maximum(ratio, 1 / ratio) <= _SAME_SIZE).all(axis=1)
        return bool(alike.any() and np.abs(self.thumbs[alike] - _thumb(shape)).mean(axis=1).min() <= _SAME)


def _shape(lettering: Lettering, number: int) -> Mask:
    """Return a connected shape (h,w) of the lettering, 0 or 1, in its box."""
    x, y, wide, high = lettering.stats[number, :4].tolist()
    return (lettering.labels[y : y + high, x : x + wide] == number).view(np.uint8)


def _thumb(shape: Mask) -> NDArray[np.float32]:
    """Return a shape (h,w) reduced to `_SIDE` pixels square, as one row."""
    small = cv2.resize(shape.astype(np.float32), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).ravel()


def short_texts(lettering: Lettering, hand: Hand, lines: Mask, taken: Mask, half: int) -> list[TextBlock]:
    """Return the texts of one to `_MOST` shapes that have an area enclosed by `lines` to themselves.

    `lines` (h,w): 1 on all ink; openings of up to twice `half` pixels in it count as closed. `taken` (h,w): 1 where
    nothing is looked for.
    """
    labels, stats, letter = lettering.labels, lettering.stats, hand.letter
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    small = (high <= _HEIGHT[1] * letter) & (wide <= _JOINED * letter)
    small[0] = False
    numbers = np.flatnonzero(small)
    if not len(numbers):
        return []
    inked = np.asarray(cv2.dilate(small.view(np.uint8)[labels], np.ones((3, 3), np.uint8)), np.uint8)
    walls = lines & (1 - inked)
    if half:
        walls = cv2.dilate(walls, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * half + 1, 2 * half + 1)))
    _, found, sizes, _ = cv2.connectedComponentsWithStats(1 - walls, connectivity=4, ltype=cv2.CV_32S)
    areas = np.asarray(found, np.int32)
    rows = stats[numbers, cv2.CC_STAT_TOP] + high[numbers] // 2
    columns = stats[numbers, cv2.CC_STAT_LEFT] + wide[numbers] // 2
    owner = areas[rows, columns]
    owner[taken[rows, columns] > 0] = 0
    counts = np.bincount(owner, minlength=len(sizes))
    roomy = sizes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min(axis=1) >= 1.5 * letter
    slim = sizes[:, cv2.CC_STAT_AREA] <= 120 * letter**2
    chosen = roomy & slim & (counts >= 1) & (counts <= _MOST)
    chosen[0] = False
    texts = []
    for area in np.flatnonzero(chosen).tolist():
        text = _text(numbers[owner == area], lettering, hand)
        if text is not None:
            texts.append(text)
    return texts


def _text(shapes: NDArray[np.intp], lettering: Lettering, hand: Hand) -> TextBlock | None:
    """Return the text that all shapes in an area make, None if they are none."""
    stats, letter = lettering.stats, hand.letter
    boxes = stats[shapes, :4]
    sides = boxes[:, 2:4].max(axis=1)
    is_letter = (boxes[:, 3] >= _HEIGHT[0] * letter) & (sides >= _MARK * letter)
    if not is_letter.any() or (sides[~is_letter] >= letter).any():
        return None
    inner = boxes[is_letter]
    if (stats[shapes[is_letter], cv2.CC_STAT_AREA] < _DENSE * inner[:, 2] * inner[:, 3]).any():
        return None
    if (inner[:, 2] > _WIDE * inner[:, 3]).sum() > len(inner) // 3 or not _are_close(boxes, letter):
        return None
    if not _stand_in_rows(inner, letter):
        return None
    strokes, hollow = [], 0.0
    for number in shapes[is_letter].tolist():
        shape = _shape(lettering, number)
        depth = cv2.distanceTransform(cv2.copyMakeBorder(shape, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
        strokes.append(2 * float(np.quantile(depth[depth > 0], 0.85)))
        hollow = max(hollow, _holes(shape) / shape.size)
        if not hand.has(shape):
            return None
    width = float(np.median(strokes))
    if not _STROKE[0] * hand.stroke <= width <= _STROKE[1] * hand.stroke:
        return None
    if len(inner) == 1 and (hollow > _HOLLOW or len(shapes) > 5):
        return None
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = (boxes[:, :2] + boxes[:, 2:4]).max(axis=0).tolist()
    height = float(np.median(inner[:, 3]))
    return TextBlock(
        shapes=tuple(shapes.tolist()),
        left=left,
        top=top,
        width=right - left,
        height=bottom - top,
        letter=height,
        stroke=width,
        rows=row_count(inner, height),
        tilt=0.0,
        count=len(inner),
        single=len(inner),
        longest=len(inner),
    )


def _are_close(boxes: NDArray[np.int32], letter: float) -> bool:
    """Return whether boxes (n,4) hang together over gaps of a letter or so."""
    joined = np.zeros(len(boxes), bool)
    joined[0] = True
    ends = boxes[:, :2] + boxes[:, 2:4]
    for _ in range(len(boxes)):
        gap = np.maximum(boxes[:, None, :2], boxes[None, :, :2]) - np.minimum(ends[:, None], ends[None])
        touch = np.asarray((gap <= np.array(_NEAR) * letter).all(axis=2), np.bool_)
        near = touch[:, joined].any(axis=1)
        if (near == joined).all():
            break
        joined |= near
    return bool(joined.all())


def _stand_in_rows(boxes: NDArray[np.int32], letter: float) -> bool:
    """Return whether letters (n,4) that lie beside one another have their feet or heads at one height."""
    top, bottom = boxes[:, 1], boxes[:, 1] + boxes[:, 3]
    middle = (top + bottom) / 2
    beside = np.abs(middle[:, None] - middle[None]) < 0.8 * letter
    feet = np.abs(bottom[:, None] - bottom[None]) <= _BASE * letter
    heads = np.abs(top[:, None] - top[None]) <= _BASE * letter
    return bool((~beside | feet | heads).all())


def _holes(shape: Mask) -> int:
    around = cv2.copyMakeBorder(1 - shape, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(1,))
    _, labels = cv2.connectedComponents(around, connectivity=4)
    return int(np.count_nonzero(labels > 1))
