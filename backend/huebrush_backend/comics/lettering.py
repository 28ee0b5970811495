"""Lettering of a comic page: rows of small separate shapes of even height and stroke."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from huebrush_backend.comics.faces import is_face
from huebrush_backend.comics.overview import Overview

Mask = NDArray[np.uint8]

INK = 90
"""Coverage (of 255) from which a pixel belongs to a letter: more than for lines, so that letters stay apart."""
LEAST_HEIGHT = 6
"""Smallest height of a letter in pixels."""
LARGEST_HEIGHT = 0.07
"""Largest height of a letter, in shorter sides of the page."""
_WORD = 12
"""Largest width of a shape, in its heights: letters of a word may touch."""
_GAP = 1.6
"""Widest space between neighbours of a row, in heights of the larger."""
_LINE = 3.0
"""Length of a shape, in heights of a letter, from which it parts what lies on both sides of it."""
_EVEN = 2.1
"""Largest ratio of the heights of neighbours in a row: capitals and small letters."""
_LEAST_LETTERS = 2
_BOLD_HEIGHT = 10
"""Height in pixels from which a shape as solid as a dot may be a bold letter among others."""
_MOST_SHAPES = 4000
"""Most shapes that are looked at with those; a page with more has screentone."""
_THIN, _THICK = 0.05, 0.42
"""Range of a letter's stroke, in its heights."""
_OPEN = 0.8
"""Largest usual area of the holes in letters, as a share of their ink: hollow shapes in a row are windows, buttons."""
_DIFFERENT = 0.2
"""Smallest mean difference (0..1) of neighbours' shapes: rows of equal shapes are patterns."""
_STRAIGHT = 0.2
"""Spread of a shape across its axis, as a share of that along it, below which it is no more than a plain stroke."""
_SURE, _LETTERED = 6, 20
"""Letters of a text that is one for sure, and of all these texts on a page whose other texts are compared with them."""
_BOLD, _ALIKE = 0.15, 0.03
"""Stroke, in heights of a letter, from which even equal shapes are letters ("BOOO"), and their smallest difference."""


@dataclass(frozen=True, eq=False)
class TextBlock:
    """Rows of letters close together.

    * `shapes`: numbers of its connected shapes
    * `left`, `top`, `width`, `height`: its box in pixels
    * `letter`: usual height of its letters in pixels
    * `stroke`: usual width of their strokes in pixels
    * `rows`: number of rows
    * `tilt`: angle of the rows in degrees
    * `count`: number of letters, where touching ones are counted by their strokes
    * `single`: number of shapes that are single letters
    * `longest`: most letters in one of its rows or columns
    * `face`: whether it may be a face instead
    """

    shapes: tuple[int, ...]
    left: int
    top: int
    width: int
    height: int
    letter: float
    stroke: float
    rows: int
    tilt: float
    count: int
    single: int
    longest: int
    face: bool = False


@dataclass(frozen=True, eq=False)
class Lettering:
    """`labels` (h,w) int32: connected shapes of ink; `stats` (n,5): their boxes and areas; `blocks`: what is text."""

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]
    blocks: tuple[TextBlock, ...]

    def mask(self, blocks: tuple[TextBlock, ...] | list[TextBlock]) -> Mask:
        """Return (h,w) uint8, 1 on the ink of `blocks`."""
        chosen = np.zeros(int(self.labels.max()) + 1, np.uint8)
        for block in blocks:
            chosen[list(block.shapes)] = 1
        return chosen[self.labels]


def find_lettering(page: Overview) -> Lettering:
    """Return the lettering of `page`."""
    drawn = (page.ink >= INK).astype(np.uint8)
    _, found, measured, middles = cv2.connectedComponentsWithStats(drawn, connectivity=8, ltype=cv2.CV_32S)
    labels, stats = np.asarray(found, np.int32), np.asarray(measured, np.int32)
    centers = np.asarray(middles, np.float64)
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    area = stats[:, cv2.CC_STAT_AREA]
    largest = LARGEST_HEIGHT * page.short
    size = (high >= LEAST_HEIGHT) & (high <= largest) & (wide <= _WORD * high) & (wide >= 2)
    dense = area >= 0.12 * wide * high
    small = (np.maximum(wide, high) <= largest) & (np.maximum(wide, high) >= 2) & ~(size & dense)
    size[0] = small[0] = False
    dots = _is_dot(stats)
    letters = np.flatnonzero(size & dense & (~dots | (high >= _BOLD_HEIGHT)))
    if len(letters) > _MOST_SHAPES:
        letters = np.flatnonzero(size & dense & ~dots)
    groups = _groups(letters, labels, stats, centers)
    blocks = []
    for group in groups:
        block = _block(group, labels, stats) if dots[group].mean() <= 0.5 else None
        if block is not None:
            blocks.append(block)
    marks = np.flatnonzero(small | size)
    if sum(block.count for block in blocks if not block.face and block.count >= _SURE) < _LETTERED:
        blocks = [block for block in blocks if not block.face]  # others' letters tell them from texts elsewhere
    return Lettering(labels, stats, tuple(_with_marks(block, marks, stats) for block in blocks))


def united(blocks: list[TextBlock]) -> TextBlock:
    """Return several blocks, at least one, as one text."""
    left, top = min(block.left for block in blocks), min(block.top for block in blocks)
    middles = np.sort([block.top + block.height / 2 for block in blocks])
    letter = float(np.median(np.repeat([block.letter for block in blocks], [block.count for block in blocks])))
    first = max(blocks, key=lambda block: block.count)
    return TextBlock(
        shapes=tuple(shape for block in blocks for shape in block.shapes),
        left=left,
        top=top,
        width=max(block.left + block.width for block in blocks) - left,
        height=max(block.top + block.height for block in blocks) - top,
        letter=letter,
        stroke=float(np.median([block.stroke for block in blocks])),
        rows=max(first.rows, 1 + int((np.diff(middles) > 0.6 * letter).sum())),
        tilt=first.tilt if len(blocks) == 1 else 0.0,
        count=sum(block.count for block in blocks),
        single=sum(block.single for block in blocks),
        longest=max(block.longest for block in blocks),
    )


def _is_dot(stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    wide, high, area = (stats[:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    return (
        (area >= np.where(high <= 9, 0.9, np.where(high <= 16, 0.86, 0.78)) * wide * high)
        & (wide <= 1.6 * high)
        & (high <= 1.6 * wide)
    )


def _groups(
    letters: NDArray[np.intp], labels: NDArray[np.int32], stats: NDArray[np.int32], centers: NDArray[np.float64]
) -> list[list[int]]:
    """Return groups of shapes that lie in rows or columns close together, also those of rows one below the other."""
    if len(letters) < _LEAST_LETTERS:
        return []
    boxes = stats[letters, :4].astype(np.float64)
    heights = boxes[:, 3]
    middle = centers[letters]
    reach = 2.2 * heights + boxes[:, 2] / 2
    longest = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    tree = KDTree(middle)
    pairs = []
    for one, near in enumerate(tree.query_ball_point(middle, reach + float(heights.max()) + boxes[:, 2].max() / 2)):
        for other in near:
            if not (other > one and _are_neighbours(boxes[one], boxes[other])):
                continue
            if not _is_line_between(stats[letters[one], :4], stats[letters[other], :4], labels, longest):
                pairs.append((one, other))
    if not pairs:
        return []
    first, second = np.array(pairs).T
    graph = coo_matrix((np.ones(len(first)), (first, second)), (len(letters), len(letters)))
    count, member = connected_components(graph, directed=False)
    return [letters[member == number].tolist() for number in range(count) if (member == number).sum() >= 2]


def _are_neighbours(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Return whether two boxes (left, top, width, height) can be letters of one text."""
    tall, low = max(one[3], other[3]), min(one[3], other[3])
    if tall > _EVEN * low:
        return False
    gap_x = max(one[0], other[0]) - min(one[0] + one[2], other[0] + other[2])
    gap_y = max(one[1], other[1]) - min(one[1] + one[3], other[1] + other[3])
    beside = gap_y <= -0.45 * low and gap_x <= _GAP * low
    below = gap_x <= -0.3 * min(one[2], other[2]) and gap_y <= 1.3 * low
    return beside or below


def _is_line_between(
    one: NDArray[np.int32], other: NDArray[np.int32], labels: NDArray[np.int32], longest: NDArray[np.int32]
) -> bool:
    """Return whether a line of the drawing, such as a caption's border, parts two boxes (left, top, width, height).

    `longest` (n,): the longer sides of the shapes that `labels` (h,w) numbers.
    """
    corner, end = np.maximum(one[:2], other[:2]), np.minimum(one[:2] + one[2:], other[:2] + other[2:])
    between = labels[slice(*sorted((corner[1], end[1]))), slice(*sorted((corner[0], end[0])))]
    line = (between > 0) & (longest[between] > _LINE * max(one[3], other[3]))
    if not line.any():
        return False
    is_below = corner[1] >= end[1]
    return bool(line.any(axis=0).all() if is_below else corner[0] >= end[0] and line.any(axis=1).all())


def _block(group: list[int], labels: NDArray[np.int32], stats: NDArray[np.int32]) -> TextBlock | None:
    """Return the text that a group of shapes is, None if it is something else."""
    boxes = stats[group, :4]
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:4]).max(axis=0)
    heights = boxes[:, 3].astype(float)
    letter = float(np.median(heights))
    strokes, holes, slim, counts = [], [], [], list[int]()
    thumbs = []
    for label, (x, y, wide, high) in zip(group, boxes.tolist(), strict=True):
        shape = (labels[y : y + high, x : x + wide] == label).view(np.uint8)
        depth = cv2.distanceTransform(cv2.copyMakeBorder(shape, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
        strokes.append(2 * float(np.quantile(depth[depth > 0], 0.85)))
        slim.append(_slimness(shape))
        holes.append(_holes(shape) / max(1, cv2.countNonZero(shape)))
        runs = (
            np.diff(np.pad(shape[high // 4 : max(high // 4 + 1, 3 * high // 4)], ((0, 0), (1, 1))), axis=1) == 1
        ).sum(axis=1)
        counts.append(max(1, round(min(float(np.median(runs)) / 1.5, wide / (0.9 * high)))))
        thumbs.append(cv2.resize(shape * np.float32(1), (10, 10), interpolation=cv2.INTER_AREA))
    count, stroke = sum(counts), float(np.median(strokes))
    even = float(np.mean((heights >= 0.5 * letter) & (heights <= 1.75 * letter)))
    if count < 2 or even < 0.7 or not _THIN * letter <= stroke <= _THICK * letter + 1:
        return None
    if float(np.median(holes)) > _OPEN or float(np.std(strokes)) > 0.6 * stroke + 0.5:
        return None
    if float(np.mean(np.array(slim) < _STRAIGHT)) > 0.5:
        return None
    alike = _ALIKE if stroke >= _BOLD * letter and float(np.median(holes)) <= 0.5 else _DIFFERENT
    if len(thumbs) > 2 and _difference(thumbs) < alike:
        return None
    rows = row_count(boxes, letter)
    return TextBlock(
        shapes=tuple(group),
        left=int(left),
        top=int(top),
        width=int(right - left),
        height=int(bottom - top),
        letter=letter,
        stroke=stroke,
        rows=rows,
        tilt=_tilt(boxes),
        count=count,
        longest=max(_longest(boxes, counts, 1, letter), _longest(boxes, counts, 0, letter)),
        single=int((boxes[:, 2] <= 2.2 * boxes[:, 3]).sum()),
        face=is_face(boxes, np.stack(thumbs)),
    )


def _slimness(shape: Mask) -> float:
    """Return the spread of a shape's pixels across its axis as a share of that along it, 0..1."""
    spread = np.cov(np.stack(np.nonzero(shape)).astype(np.float64), ddof=0)
    low, high = np.linalg.eigvalsh(spread + np.eye(2) / 12)
    return float((low / high) ** 0.5)


def _holes(shape: Mask) -> int:
    around = cv2.copyMakeBorder(1 - shape, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(1,))
    _, labels = cv2.connectedComponents(around, connectivity=4)
    return int(np.count_nonzero(labels > 1))


def _difference(thumbs: list[NDArray[np.float32]]) -> float:
    """Return the median difference, 0..1, of shapes in a group, at the same size."""
    flat = np.stack([thumb.ravel() for thumb in thumbs[:40]])
    apart = np.abs(flat[:, None] - flat[None]).mean(axis=2)
    return float(np.median(apart[np.triu_indices(len(flat), 1)]))


def _longest(boxes: NDArray[np.int32], counts: list[int], axis: int, letter: float) -> int:
    """Return the most letters in one row (`axis` 1) or column (0), as far as they follow one another closely."""
    middle = boxes[:, axis] + boxes[:, axis + 2] / 2
    start, size = boxes[:, 1 - axis], boxes[:, 3 - axis]
    gap, most = (_GAP if axis else 0.7) * letter, 0
    for first in range(len(boxes)):
        row = np.flatnonzero(np.abs(middle - middle[first]) <= 0.5 * letter)
        row = row[np.argsort(start[row])]
        run = reach = 0
        for index in row:
            run = run + counts[index] if run and start[index] - reach <= gap else counts[index]
            reach = int(start[index] + size[index])
            most = max(most, run)
    return most


def row_count(boxes: NDArray[np.int32], letter: float) -> int:
    """Return the number of rows that boxes (n,4) of letters about `letter` pixels high lie in."""
    middle = np.sort(boxes[:, 1] + boxes[:, 3] / 2)
    return 1 + int((np.diff(middle) > 0.5 * letter).sum())


def _tilt(boxes: NDArray[np.int32]) -> float:
    """Return the angle in degrees of the line through the middles of boxes in one row."""
    middle = boxes[:, :2] + boxes[:, 2:4] / 2
    if len(middle) < 3:
        return 0.0
    _, sizes, axes = np.linalg.svd(middle - middle.mean(axis=0), full_matrices=False)
    if sizes[1] > 0.25 * sizes[0]:  # several rows
        return 0.0
    angle = float(np.degrees(np.arctan2(axes[0][1], axes[0][0])))
    return (angle + 90) % 180 - 90


def _with_marks(block: TextBlock, small: NDArray[np.intp], stats: NDArray[np.int32]) -> TextBlock:
    """Return `block` with the small shapes among its letters and right beside them: points, accents, apostrophes."""
    boxes = stats[small, :4]
    reach = 0.8 * block.letter
    inside = (
        (boxes[:, 0] >= block.left - reach)
        & (boxes[:, 0] + boxes[:, 2] <= block.left + block.width + reach)
        & (boxes[:, 1] >= block.top - 0.5 * reach)
        & (boxes[:, 1] + boxes[:, 3] <= block.top + block.height + 0.5 * reach)
        & (boxes[:, 2:4].max(axis=1) <= 1.6 * block.letter)
    )
    marks = np.setdiff1d(small[inside], block.shapes)
    if not len(marks):
        return block
    return TextBlock(**{**block.__dict__, "shapes": (*block.shapes, *marks.tolist())})
