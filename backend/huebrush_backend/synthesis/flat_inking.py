"""Ink recorded shapes at any page size, in tiles: anti-aliased coverage, and the shape seen at each pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from huebrush_backend.synthesis.flat_shapes import Shape
from huebrush_backend.synthesis.shapes import Points

Cuts = Mapping[int, Sequence[tuple[float, float]]]
"""Stretches of lines that are left out, by shape index: from and to, in page widths along the line."""

_FINER = 4
"""Factor by which ink is drawn larger and then averaged, which gives its coverage 16 steps."""
_TILE = 1024
_SHIFT = 4
_LEAST_OUTLINE, _LEAST_STROKE = 0.75, 0.55
"""Smallest half-widths of outlines and strokes in page pixels: a thinner line would break up."""


@dataclass(frozen=True)
class PixelArea:
    """A rectangle of page pixels."""

    left: int
    top: int
    right: int
    bottom: int


def ink_page(shapes: Sequence[Shape], width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ink coverage (H, W) uint8 and, for each pixel, the index (H, W) uint16 of the filled shape seen there."""
    ink = np.zeros((height, width), np.uint8)
    seen = np.zeros((height, width), np.uint16)
    inker = Inker(shapes, width)
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            window = PixelArea(left, top, min(left + _TILE, width), min(top + _TILE, height))
            area = np.s_[window.top : window.bottom, window.left : window.right]
            ink[area] = inker.ink(window)
            seen[area] = inker.seen(window)
    return ink, seen


class Inker:
    """Inker for parts of a page that is `width` pixels wide."""

    def __init__(self, shapes: Sequence[Shape], width: int) -> None:
        self._shapes = shapes
        self._width = width
        reach = [float(shape.half.max(initial=0.0)) + 2 / width for shape in shapes]
        self._low = np.array([shape.points.min(0) - r for shape, r in zip(shapes, reach, strict=True)]).reshape(-1, 2)
        self._high = np.array([shape.points.max(0) + r for shape, r in zip(shapes, reach, strict=True)]).reshape(-1, 2)

    def ink(self, window: PixelArea, cuts: Cuts | None = None) -> np.ndarray:
        """Return ink coverage (h, w) uint8 of a window, with lines interrupted by `cuts`."""
        size = (window.bottom - window.top, window.right - window.left)
        fine = np.zeros((size[0] * _FINER, size[1] * _FINER), np.uint8)
        for index in self._inside(window):
            shape = self._shapes[index]
            view, origin = _clipped(fine, shape, window, self._width, _FINER)
            if view is None:
                continue
            scale = self._width * _FINER
            pixels = shape.points * scale - origin
            if shape.filled or shape.solid:
                cv2.fillPoly(view, [_fixed(pixels)], 255 if shape.solid else 0, cv2.LINE_8, _SHIFT)
            if shape.half.any():
                least = (_LEAST_OUTLINE if shape.closed else _LEAST_STROKE) * _FINER
                for points, half in line_pieces(shape, (cuts or {}).get(index, ())):
                    draw_line(view, points * scale - origin, np.maximum(half * scale, least) - 0.4)
        return cv2.resize(fine, size[::-1], interpolation=cv2.INTER_AREA)

    def seen(self, window: PixelArea) -> np.ndarray:
        """Return the filled shape seen at each pixel (h, w) uint16: its index plus 1, 0 for none."""
        found = np.zeros((window.bottom - window.top, window.right - window.left), np.uint16)
        for index in self._inside(window):
            shape = self._shapes[index]
            if not shape.filled:
                continue
            view, origin = _clipped(found, shape, window, self._width, 1)
            if view is not None:
                cv2.fillPoly(view, [_fixed(shape.points * self._width - origin)], index + 1, cv2.LINE_8, _SHIFT)
        return found

    def _inside(self, window: PixelArea) -> list[int]:
        low, high = self._low * self._width, self._high * self._width
        hit = (low[:, 0] < window.right) & (high[:, 0] > window.left)
        hit &= (low[:, 1] < window.bottom) & (high[:, 1] > window.top)
        return np.flatnonzero(hit).tolist()


def line_pieces(shape: Shape, cuts: Sequence[tuple[float, float]] = ()) -> list[tuple[Points, np.ndarray]]:
    """Return a shape's line as open paths with their half-widths: one, or more if `cuts` interrupt it."""
    points, half = shape.points, shape.half
    if shape.closed:
        points, half = np.concatenate([points, points[:1]]), np.concatenate([half, half[:1]])
    if not cuts:
        return [(points, half)]
    along = arc_lengths(points)
    total = float(along[-1])
    stretches = sorted(piece for cut in cuts for piece in _wrapped(cut, total))
    pieces, start = [], 0.0
    for begin, end in [*stretches, (total, total)]:
        if begin > start:
            pieces.append(_between(points, half, along, start, begin))
        start = max(start, end)
    return pieces


def arc_lengths(points: Points) -> np.ndarray:
    """Return the distance (n,) along a path from its start to each of its points."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


def _wrapped(cut: tuple[float, float], total: float) -> list[tuple[float, float]]:
    begin, end = cut
    if begin < 0:
        return [(0.0, min(end, total)), (total + begin, total)]
    if end > total:
        return [(begin, total), (0.0, end - total)]
    return [(begin, end)]


def _between(
    points: Points, half: np.ndarray, along: np.ndarray, begin: float, end: float
) -> tuple[Points, np.ndarray]:
    at = np.concatenate([[begin], along[(along > begin) & (along < end)], [end]])
    path = np.stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])], axis=1)
    return path, np.interp(at, along, half)


def _clipped(
    area: np.ndarray, shape: Shape, window: PixelArea, width: int, finer: int
) -> tuple[np.ndarray | None, np.ndarray]:
    """Return the part of a window's pixels that a shape may draw on, and the position of its corner on the (finer)
    page."""
    edges = np.rint(np.array(shape.clip) * width).astype(int)
    left, top = max(window.left, edges[0]), max(window.top, edges[1])
    right, bottom = min(window.right, edges[2]), min(window.bottom, edges[3])
    if left >= right or top >= bottom:
        return None, np.zeros(2)
    rows = slice((top - window.top) * finer, (bottom - window.top) * finer)
    columns = slice((left - window.left) * finer, (right - window.left) * finer)
    return area[rows, columns], np.array([left, top], float) * finer + 0.5


def _fixed(points: Points) -> np.ndarray:
    return np.rint(points * (1 << _SHIFT)).astype(np.int32)


def draw_line(area: np.ndarray, path: Points, half: np.ndarray, values: np.ndarray | None = None) -> None:
    """Ink a path as quadrilaterals with round joins and ends, where it passes through `area`.

    * `area`: (h, w) uint8, drawn on
    * `path`, `half`: points (n, 2) and half-widths (n,) in its pixels
    * `values`: (n,) 0..255, what is drawn at each point; 255 without it
    """
    size = np.array(area.shape[::-1], float)
    reach = half[:, None] + 1
    low, high = path - reach, path + reach
    near = ((np.minimum(low[:-1], low[1:]) < size) & (np.maximum(high[:-1], high[1:]) > 0)).all(1)
    start, end = path[:-1][near], path[1:][near]
    if len(start) == 0:
        return
    half_start, half_end = half[:-1][near], half[1:][near]
    step = end - start
    across = np.stack([step[:, 1], -step[:, 0]], axis=1) / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
    first, last = across * half_start[:, None], across * half_end[:, None]
    tone = np.full(len(path), 255) if values is None else values
    tones = [*tone[:-1][near].tolist(), float(tone[1:][near][-1])]
    quads = _fixed(np.stack([start + first, end + last, end - last, start - first], axis=1))
    for quad, value in zip(quads, tones[:-1], strict=True):
        cv2.fillConvexPoly(area, quad, value, cv2.LINE_8, _SHIFT)
    centres = _fixed(np.concatenate([start, end[-1:]]))
    radii = np.rint(np.append(half_start, half_end[-1]) * (1 << _SHIFT)).astype(int)
    for (x, y), radius, value in zip(centres.tolist(), radii.tolist(), tones, strict=True):
        cv2.circle(area, (x, y), radius, value, cv2.FILLED, cv2.LINE_8, _SHIFT)
