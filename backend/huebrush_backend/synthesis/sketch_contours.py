"""Visible lines of a drawing: contours in page pixels, where no later shape hides them; and openings in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from huebrush_backend.synthesis.flat_inking import Inker, PixelArea, arc_lengths
from huebrush_backend.synthesis.flat_shapes import Shape
from huebrush_backend.synthesis.shapes import Points

_STEP = 2.0
"""Distance in pixels between the points of a contour."""
_OUTSIDE = 12
"""Pixels beyond the page's edge up to which lines go on."""
_CORNER = 0.7
"""Turn in radians, within the reach of a few points, from which a contour has a corner."""
_CORNER_REACH = 3
FREE, JOINT, OPEN = "free", "joint", "open"
"""Kinds of ends of a contour: freely, at a line that hides the rest of it, or at an opening."""
WIDEST_OPENING = 12.0
"""Width of the widest opening, in line widths."""
_LONGEST_CUT = 0.3
"""Largest share of a contour that an opening takes."""
_MOST_OPENINGS = 4
"""Largest number of openings in one contour."""
_SHORTEST = 8.0
"""Length of the shortest contour with openings, in line widths."""


@dataclass(frozen=True, eq=False)
class Contour:
    """A visible line.

    * `points`: (n, 2) x, y in page pixels, about _STEP apart
    * `half`: (n,) half-widths in pixels
    * `closed`: whether the last point meets the first
    * `outline`: whether it bounds a shape; else it is a stroke inside one
    * `ends`: how it begins and ends, each of FREE, JOINT, OPEN
    """

    points: Points
    half: np.ndarray
    closed: bool
    outline: bool
    ends: tuple[str, str] = (FREE, FREE)

    @property
    def length(self) -> float:
        """Length in pixels."""
        return float(arc_lengths(self.points)[-1])

    def corners(self) -> np.ndarray:
        """Return the indices of its corners, ends excluded: (k,) int."""
        points, reach = self.points, _CORNER_REACH
        if len(points) < 2 * reach + 1:
            return np.zeros(0, np.intp)
        before, after = points[reach:-reach] - points[: -2 * reach], points[2 * reach :] - points[reach:-reach]
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        turn = np.abs(np.arctan2(cross, (before * after).sum(1)))
        peaks = turn > _CORNER
        for step in range(1, 2 * reach):
            peaks[step:] &= turn[step:] >= turn[:-step]
            peaks[:-step] &= turn[:-step] > turn[step:]
        return np.flatnonzero(peaks) + reach


@dataclass(frozen=True)
class Opening:
    """A place where a contour is open: its middle and clear width in page pixels."""

    x: float
    y: float
    width: float


def seen_shapes(shapes: Sequence[Shape], width: int, height: int) -> np.ndarray:
    """Return the filled shape seen at each pixel (H, W) uint16: its index plus 1, 0 for none."""
    return Inker(shapes, width).seen(PixelArea(0, 0, width, height))


def visible_contours(shapes: Sequence[Shape], seen: np.ndarray) -> list[Contour]:
    """Return the parts of all lines that no later filled shape hides. `seen`: from `seen_shapes`, the page's size."""
    height, width = seen.shape
    found: list[Contour] = []
    for index, shape in enumerate(shapes):
        if not shape.half.any() or len(shape.points) < 2:
            continue
        points, half = shape.points * width - 0.5, shape.half * width
        if shape.closed:
            points, half = np.concatenate([points, points[:1]]), np.concatenate([half, half[:1]])
        points, half = _resampled(points, half)
        x, y = np.rint(points).astype(int).T
        on_page = (x > -_OUTSIDE) & (y > -_OUTSIDE) & (x < width + _OUTSIDE) & (y < height + _OUTSIDE)
        top = seen[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
        shown = _without_flicker(on_page & (top <= index + 1), 2 * float(np.median(half)) / _STEP)
        if shown.all():
            found.append(Contour(points, half, shape.closed, shape.closed))
            continue
        if shape.closed:  # Begin where it is hidden, so that no visible part is cut in two.
            turn = int(np.flatnonzero(~shown)[0])
            order = (np.arange(len(points) - 1) + turn) % (len(points) - 1)
            points, half, shown = points[order], half[order], shown[order]
        for begin, end in _runs(shown):
            if end - begin < 3:
                continue
            starts = FREE if begin == 0 and not shape.closed else JOINT
            stops = FREE if end == len(shown) and not shape.closed else JOINT
            found.append(Contour(points[begin:end], half[begin:end], False, shape.closed, (starts, stops)))
    return found


def open_contours(
    rng: np.random.Generator, contours: Sequence[Contour], line_width: float, spacing: float
) -> tuple[list[Contour], list[Opening]]:
    """Cut openings of 1 to WIDEST_OPENING line widths into outlines.

    Openings lie where a line meets another (it stops short), at corners and in between, several in a long contour.
    `line_width` and `spacing`, the mean length of outline for each opening, are in pixels. Returns the pieces of all
    contours and the openings.
    """
    pieces: list[Contour] = []
    openings: list[Opening] = []
    for contour in contours:
        length = contour.length
        if not contour.outline or length < _SHORTEST * line_width:
            pieces.append(contour)
            continue
        cuts: list[tuple[float, float]] = []
        for _ in range(min(_MOST_OPENINGS, int(rng.poisson(length / spacing)))):
            wanted = line_width * float(np.exp(rng.uniform(0, np.log(WIDEST_OPENING))))
            clear = max(1.5, min(wanted, _LONGEST_CUT * length - line_width))
            cut, middle = _place(rng, contour, clear, line_width)
            if all(cut[1] < begin - 2 * line_width or cut[0] > end + 2 * line_width for begin, end in cuts):
                cuts.append(cut)
                x, y = _point_at(contour, middle).tolist()
                openings.append(Opening(x, y, clear))
        pieces += _cut(contour, cuts) if cuts else [contour]
    return pieces, openings


def _place(
    rng: np.random.Generator, contour: Contour, clear: float, line_width: float
) -> tuple[tuple[float, float], float]:
    """Return a stretch of a contour to leave out, and the middle of the opening."""
    length, reach = contour.length, clear / 2 + line_width / 2
    joints = [number for number, end in enumerate(contour.ends) if end == JOINT]
    corners = contour.corners()
    kind = rng.random()
    if joints and kind < 0.4:
        cut = clear + line_width
        return ((0.0, cut), cut / 2) if rng.choice(joints) == 0 else ((length - cut, length), length - cut / 2)
    if len(corners) and kind < 0.6:
        middle = float(arc_lengths(contour.points)[int(rng.choice(corners))])
    else:
        middle = float(rng.uniform(0, length))
    if not contour.closed:
        middle = float(np.clip(middle, min(reach, length / 2), max(length - reach, length / 2)))
    return (middle - reach, middle + reach), middle


def _cut(contour: Contour, cuts: Sequence[tuple[float, float]]) -> list[Contour]:
    along = arc_lengths(contour.points)
    total = float(along[-1])
    points, half, offset = contour.points, contour.half, 0.0
    ordered = sorted(cuts)
    ends = contour.ends
    if contour.closed:  # Turn it so that it begins and ends in the middle of an opening.
        offset = (ordered[0][0] + ordered[0][1]) / 2 % total
        at = (along[:-1] - offset) % total
        order = np.argsort(at, kind="stable")
        points, half, along = points[:-1][order], half[:-1][order], at[order]
        ends = (OPEN, OPEN)
    left_out = np.zeros(len(along), np.bool_)
    for begin, end in ordered:
        middle, reach = (begin + end) / 2 - offset, (end - begin) / 2
        away = np.abs(along - middle)
        if contour.closed:
            away = np.minimum(away % total, total - away % total)
        left_out |= away <= reach
    pieces = []
    for begin, end in _runs(~left_out):
        if end - begin < 3:
            continue
        first = ends[0] if begin == 0 else OPEN
        last = ends[1] if end == len(along) else OPEN
        pieces.append(
            replace(contour, points=points[begin:end], half=half[begin:end], closed=False, ends=(first, last))
        )
    return pieces


def _point_at(contour: Contour, s: float) -> Points:
    along = arc_lengths(contour.points)
    s = s % along[-1] if contour.closed else s
    return np.array([np.interp(s, along, contour.points[:, axis]) for axis in range(2)])


def _resampled(points: Points, half: np.ndarray) -> tuple[Points, np.ndarray]:
    along = arc_lengths(points)
    at = np.linspace(0, along[-1], max(4, int(along[-1] / _STEP) + 1))
    path = np.stack([np.interp(at, along, points[:, axis]) for axis in range(2)], axis=1)
    return path, np.interp(at, along, half)


def _without_flicker(shown: np.ndarray, reach: float) -> np.ndarray:
    """Return `shown` (n,) bool with hidden stretches of one or two points shown, then short visible ones hidden."""
    result = shown.copy()
    for begin, end in _runs(~result):
        if end - begin <= 2 and begin > 0 and end < len(result):
            result[begin:end] = True
    for begin, end in _runs(result):
        if end - begin <= reach and (begin > 0 or end < len(result)):
            result[begin:end] = False
    return result


def _runs(marks: np.ndarray) -> list[tuple[int, int]]:
    """Return the stretches (begin, end) of True in `marks` (n,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
