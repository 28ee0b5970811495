"""Line ends and gaps in lines: every end either touches or stays clear, every gap is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from skimage.measure import points_in_poly

from huebrush_backend.synthesis.flat_inking import Inker, PixelArea, arc_lengths
from huebrush_backend.synthesis.flat_shapes import Shape
from huebrush_backend.synthesis.flat_truth import INK
from huebrush_backend.synthesis.shapes import Points, normals

GAP_KINDS = ("middle", "junction", "corner")
_CLEAR = 1.4
"""Distance, as a multiple of the widest gap, between an open line end and any line it does not touch."""
_NARROWEST = 1.5
"""Narrowest gap in pixels. A smaller gap is a pale spot in a line."""
_CORNER = (0.7, 2.2)
"""Turns of an outline, in radians, that count as corners; a small gap cannot open a sharper tip."""


@dataclass(frozen=True)
class Gap:
    """An interruption of a line.

    * `x`, `y`, `width`: its middle and width in page pixels
    * `kind`: one of GAP_KINDS
    * `regions`: the true regions on its two sides
    * `shape`, `cut`: which line, and between which lengths along it (page widths)
    """

    x: float
    y: float
    width: float
    kind: str
    regions: tuple[int, int]
    shape: int
    cut: tuple[float, float]


def window_round(x: float, y: float, reach: float, size: tuple[int, int]) -> PixelArea:
    """Return the pixels within `reach` of a place on a page of `size` (width, height)."""
    return PixelArea(
        max(0, int(x - reach)), max(0, int(y - reach)),
        min(size[0], int(x + reach) + 2), min(size[1], int(y + reach) + 2),
    )  # fmt: skip


def bridges(shapes: Sequence[Shape], ink: np.ndarray, widest: float) -> list[Shape]:
    """Return short lines that join open ends of lines to other lines nearby.

    Nobody could say whether an end a few pixels short of the next line is a gap or a fold, so there are no such ends.
    `ink` (H, W) uint8 is the page inked from `shapes`; `widest` is the widest gap in pixels.
    """
    height, width = ink.shape
    found = []
    for shape in shapes:
        if shape.closed:
            continue
        for at in (0, -1):
            end = shape.points[at] * width
            x, y = end - 0.5
            if not (0 <= x < width - 1 and 0 <= y < height - 1) or ink[round(y), round(x)] < INK:
                continue
            reach = _CLEAR * widest + shape.half[at] * width
            window = window_round(x, y, reach + 2, (width, height))
            near = _other_ink(ink, window, (x, y), reach)
            if near is not None:
                points = np.stack([shape.points[at], (near + 0.5) / width])
                half = np.full(2, max(float(shape.half[at]), 0.7 / width))
                found.append(replace(shape, points=points, half=half))
    return found


def _other_ink(ink: np.ndarray, window: PixelArea, end: tuple[float, float], reach: float) -> Points | None:
    """Return the nearest pixel (x, y) within `reach` of a line's end that belongs to another line."""
    part = (ink[window.top : window.bottom, window.left : window.right] >= INK).astype(np.uint8)
    _, lines = cv2.connectedComponents(part, connectivity=8)
    own = lines[round(end[1]) - window.top, round(end[0]) - window.left]
    rows, columns = np.nonzero((lines > 0) & (lines != own))
    if len(rows) == 0:
        return None
    places = np.stack([columns + window.left, rows + window.top], axis=1).astype(float)
    distance = np.hypot(*(places - end).T)
    nearest = int(distance.argmin())
    return places[nearest] if distance[nearest] < reach else None


def choose_gaps(
    rng: np.random.Generator, shapes: Sequence[Shape], ink: np.ndarray, labels: np.ndarray, widest: float, most: int
) -> list[Gap]:
    """Return up to `most` gaps, each of which connects two true regions.

    * `rng`: random generator
    * `shapes`: shapes of the page
    * `ink`: (H, W) uint8, the page inked from them
    * `labels`: (H, W), true regions of the page
    * `widest`: widest gap in pixels; gaps are 0.3 to 1 times as wide
    * `most`: largest number of gaps

    Gaps lie in the middle of lines, where a line meets another, and at corners; they keep apart from each other.
    """
    areas = np.bincount(labels.ravel())
    page = ink.shape[1]
    inker = Inker(shapes, page)
    lines = [_Outline(index, shape) for index, shape in enumerate(shapes) if shape.closed and shape.half.any()]
    gaps: list[Gap] = []
    for _ in range(most * 8):
        if len(gaps) == most or not lines:
            break
        line = lines[int(rng.integers(len(lines)))]
        kind = GAP_KINDS[len(gaps) % len(GAP_KINDS)]
        wanted = max(_NARROWEST, float(rng.uniform(0.3, 1.0)) * widest)
        for begin, end, middle in _places(rng, lines, line, kind, wanted / page):
            x, y = line.at(middle) * page - 0.5
            if any(np.hypot(x - gap.x, y - gap.y) < 8 * widest for gap in gaps):
                continue
            gap = Gap(
                x=float(x), y=float(y), width=wanted, kind=kind, regions=(0, 0), shape=line.index, cut=(begin, end)
            )
            sides = _opened(inker=inker, line=line, gap=gap, middle=middle, ink=ink, labels=labels)
            if sides is not None and areas[list(sides)].min() >= (4 * widest) ** 2:
                gaps.append(replace(gap, regions=sides))
                break
    return gaps


class _Outline:
    """A closed line with values that are needed repeatedly."""

    def __init__(self, index: int, shape: Shape) -> None:
        self.index = index
        self.shape = shape
        self.points = np.concatenate([shape.points, shape.points[:1]])
        self.along = arc_lengths(self.points)
        self._half = np.append(shape.half, shape.half[0])
        self.low, self.high = self.points.min(0), self.points.max(0)

    def at(self, s: float) -> Points:
        """Return the point at length `s`."""
        s %= self.along[-1]
        return np.array([np.interp(s, self.along, self.points[:, 0]), np.interp(s, self.along, self.points[:, 1])])

    def half(self, s: float) -> float:
        """Return the line's half-width at length `s`."""
        return float(np.interp(s % self.along[-1], self.along, self._half))

    def across(self, s: float, step: float) -> Points:
        """Return the unit normal at length `s`, measured over two steps so that corners have one too."""
        return normals(np.array([self.at(s - step), self.at(s), self.at(s + step)]))[1]


def _places(
    rng: np.random.Generator, lines: Sequence[_Outline], line: _Outline, kind: str, width: float
) -> Iterator[tuple[float, float, float]]:
    """Yield stretches of a line that a gap could take: begin, end, and the middle of the opening."""
    if kind == "middle":
        for s in rng.uniform(0, line.along[-1], 4).tolist():
            reach = width / 2 + line.half(s)
            yield s - reach, s + reach, s
    elif kind == "corner":
        step = np.diff(line.points, axis=0)
        heading = np.arctan2(step[:, 1], step[:, 0])
        turn = np.abs((heading - np.roll(heading, 1) + np.pi) % (2 * np.pi) - np.pi)
        for corner in rng.permutation(np.flatnonzero((turn > _CORNER[0]) & (turn < _CORNER[1])))[:4]:
            s = float(line.along[corner])
            reach = width / 2 / float(np.cos(turn[corner] / 2)) + line.half(s)
            yield s - reach, s + reach, s
    else:
        for s, hidden in _coverings(rng, lines, line):
            yield s - hidden - width - line.half(s), s, s - hidden - width / 2


def _coverings(rng: np.random.Generator, lines: Sequence[_Outline], line: _Outline) -> Iterator[tuple[float, float]]:
    """Yield each place where a line passes under a later shape: the length up to it, and the later line's
    half-width."""
    later = [
        other for other in lines
        if other.index > line.index and other.shape.filled and (other.low < line.high).all()
        and (other.high > line.low).all()
    ]  # fmt: skip
    for number in rng.permutation(len(later))[:4]:
        other = later[number]
        inside = points_in_poly(line.points, other.shape.points)
        for entry in np.flatnonzero(~inside[:-1] & inside[1:])[:2]:
            s0, s1 = line.along[entry], line.along[entry + 1]
            between = np.linspace(s0, s1, 8)
            first = points_in_poly(np.array([line.at(float(s)) for s in between]), other.shape.points).argmax()
            yield float(between[first]), float(np.median(other.shape.half))


def _opened(
    inker: Inker, line: _Outline, gap: Gap, middle: float, ink: np.ndarray, labels: np.ndarray
) -> tuple[int, int] | None:
    """Return the true regions that a gap joins; None if it joins none, or if no line is visible there."""
    height, width = ink.shape
    if not (1 <= gap.x < width - 2 and 1 <= gap.y < height - 2) or ink[round(gap.y), round(gap.x)] < 2 * INK:
        return None
    across = line.across(middle, 3 / width)
    reach = line.half(middle) * width + 2.5
    places = np.rint(np.array([gap.x, gap.y]) + np.outer((-reach, reach), across)).astype(int)
    if (places < 0).any() or (places >= (width, height)).any():
        return None
    first, second = (int(labels[y, x]) for x, y in places)
    if 0 in (first, second) or first == second:
        return None
    window = window_round(gap.x, gap.y, reach + gap.width + 2, (width, height))
    free = (inker.ink(window, {gap.shape: [gap.cut]}) < INK).astype(np.uint8)
    _, parts = cv2.connectedComponents(free, connectivity=4)
    (x0, y0), (x1, y1) = places - (window.left, window.top)
    return (first, second) if parts[y0, x0] == parts[y1, x1] else None
