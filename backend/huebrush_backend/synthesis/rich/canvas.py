"""The drawing surface for rich drawings: more line styles, other labels, patterns, and a page that bends a little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import cv2
import numpy as np

from huebrush_backend.synthesis.canvas import SUPERSAMPLING, Canvas, Light, Pen
from huebrush_backend.synthesis.rich.line_styles import Inker, LineStyle
from huebrush_backend.synthesis.shapes import Points, normals, refined

_SHIFT = 4
_SUBPIXELS = 1 << _SHIFT
_LONGEST_STEP = 0.03
"""Longest straight piece of a line in canvas widths, so that long lines can waver and bend."""
_THICKEST = 0.2
"""Largest width of a shape's outline as a share of the shape's narrow side: thick lines must not fill small shapes."""


class RichCanvas(Canvas):
    """A `Canvas` with a line style.

    The page is bent by a smooth wave of `bend` canvas widths, so that no two drawings have quite the same shapes.
    """

    def __init__(self, size: int, style: LineStyle, light: Light, rng: np.random.Generator, bend: float = 0.0) -> None:
        pen = Pen(style.width, style.contrast, 0.0, style.taper, 0.0, style.hatching)
        super().__init__(size, pen, light, rng)
        self.style = style
        self._inker = Inker(style, self._ink, rng)
        self._bend = bend
        self._waves = rng.normal(0, 4.5, (2, 3))
        self._phases = rng.uniform(0, 2 * np.pi, 3)
        self._moves = rng.normal(0, 1, (3, 2)) / np.sqrt(3)
        self._grain_seed = int(rng.integers(2**31))
        self._relabel: dict[int, int] = {}

    @contextmanager
    def stretched(self, x: float, y: float, across: float, down: float, angle: float = 0.0) -> Iterator[None]:
        """Draw shapes inside the block in a frame at (x, y), with different scales across and down, then rotated by
        `angle` radians; a negative scale mirrors."""
        saved = self._linear, self._offset
        c, s = np.cos(angle), np.sin(angle)
        self._offset = self._linear @ np.array([x, y]) + self._offset
        self._linear = self._linear @ np.array([[c, -s], [s, c]]) @ np.diag([across, down])
        try:
            yield
        finally:
            self._linear, self._offset = saved

    @contextmanager
    def relabelled(self, parts: Mapping[int, int]) -> Iterator[None]:
        """Give shapes inside the block other part classes: value of `parts` instead of key."""
        saved = self._relabel
        self._relabel = {**saved, **{int(key): int(value) for key, value in parts.items()}}
        try:
            yield
        finally:
            self._relabel = saved

    def fill(self, points: Points, part: int, outline: float = 1.0, shaded: bool = True) -> None:
        """Paint a closed shape as `Canvas.fill` does, with an outline in the canvas's line style."""
        self._paint(self._to_pixels(points, closed=True), part, outline, shaded)

    def merge(self, shapes: Sequence[Points], part: int, outline: float = 1.0, shaded: bool = True) -> None:
        """Paint the union of closed shapes as one shape, without lines where they overlap."""
        pixels = [self._to_pixels(shape, closed=True) for shape in shapes]
        corners = np.concatenate(pixels)
        low = np.floor(corners.min(0)).astype(int) - 2
        extent = np.ceil(corners.max(0)).astype(int) + 3 - low
        if (low + extent < 0).any() or (low > self._side).any() or (extent > 3 * self._side).any():
            return
        mask = np.zeros((extent[1], extent[0]), np.uint8)
        for shape in pixels:
            cv2.fillPoly(mask, [np.rint((shape - low) * _SUBPIXELS).astype(np.int32)], 1, cv2.LINE_8, _SHIFT)
        reach = max(1, round(self._side / 256))
        for contour in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
            path = contour[:, 0].astype(np.float64)
            if len(path) < 8 * reach:
                continue
            around = np.concatenate([path[-reach:], path, path[:reach]]).cumsum(0)
            around = np.concatenate([np.zeros((1, 2)), around])
            smooth = (around[2 * reach + 1 :] - around[: -2 * reach - 1]) / (2 * reach + 1)
            self._paint(smooth[::reach] + low, part, outline, shaded)

    def _paint(self, pixels: Points, part: int, outline: float, shaded: bool) -> None:
        low, high = pixels.min(0), pixels.max(0)
        if high[0] < 0 or high[1] < 0 or low[0] > self._side or low[1] > self._side:
            return
        fixed = np.rint(pixels * _SUBPIXELS).astype(np.int32)
        cv2.fillPoly(self._labels, [fixed], self._relabel.get(int(part), int(part)), cv2.LINE_8, _SHIFT)
        cv2.fillPoly(self._ink, [fixed], 0, cv2.LINE_8, _SHIFT)
        if self.light.style != "none":
            cv2.fillPoly(self._shade, [fixed], 255, cv2.LINE_8, _SHIFT)
            if shaded:
                self._shadow(fixed, low, high)
        if outline > 0:
            narrow = self._narrow_side(pixels, low, high)
            width = min(self._line_width * outline, max(1.0, _THICKEST * narrow))
            facing = None
            if self.style.contrast:
                turning = pixels - np.roll(pixels, -1, 0)
                area = float((pixels[:, 0] * turning[:, 1] - pixels[:, 1] * turning[:, 0]).sum())
                facing = normals(pixels, True) @ np.array([self.light.x, self.light.y]) * (-1 if area > 0 else 1)
            self._inker.draw(pixels, True, width, facing)

    def cast(self, points: Points, onto: int, tone: int | None = None) -> None:
        """Darken the pixels inside `points` with the label `onto`: a shadow cast on a part."""
        super().cast(points, self._relabel.get(int(onto), int(onto)), tone)

    def stroke(self, path: Points, width: float = 1.0, taper: tuple[float, float] | None = None) -> None:
        """Ink an open path; `width` is relative to the line style's, `taper` gives the relative widths at its ends."""
        ends = taper if taper is not None else (1 - 0.5 * self.style.taper, 1 - self.style.taper)
        pixels = self._to_pixels(path, closed=False)
        length = float(np.hypot(*np.diff(pixels, axis=0).T).sum())
        thick = min(self._line_width * width, max(1.0, 0.22 * length))
        self._inker.draw(pixels, False, thick, None, ends)

    def blot(self, points: Points) -> None:
        """Fill a closed shape with ink; its label stays."""
        fixed = np.rint(self._to_pixels(points, closed=True) * _SUBPIXELS).astype(np.int32)
        cv2.fillPoly(self._ink, [fixed], 255, cv2.LINE_8, _SHIFT)

    def inlay(self, clip: Points, onto: int, pieces: Sequence[Points], part: int, outline: float = 0.5) -> None:
        """Give the pixels inside `pieces` the class `part`, as far as they lie inside `clip` and have the class `onto`.

        Lines of width `outline` bound the pieces. Pieces and `clip` are in the present frame.
        """
        area = self._to_pixels(clip, closed=True)
        window = self._window(area.min(0), area.max(0))
        if window is None or not pieces:
            return
        rows, columns = window
        origin = np.array([columns.start, rows.start])
        shape = (rows.stop - rows.start, columns.stop - columns.start)
        inside = np.zeros(shape, np.uint8)
        cv2.fillPoly(inside, [np.rint((area - origin) * _SUBPIXELS).astype(np.int32)], 1, cv2.LINE_8, _SHIFT)
        inside &= self._labels[rows, columns] == self._relabel.get(int(onto), int(onto))
        covered, lines = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        width = max(1, round(self._line_width * outline)) if outline > 0 else 0
        for piece in pieces:
            fixed = np.rint((self._to_pixels(piece, closed=True) - origin) * _SUBPIXELS).astype(np.int32)
            cv2.fillPoly(covered, [fixed], 1, cv2.LINE_8, _SHIFT)
            if width:
                cv2.polylines(lines, [fixed], True, 1, width, cv2.LINE_8, _SHIFT)
        covered &= inside
        np.copyto(self._labels[rows, columns], int(part), where=covered.view(bool))
        lines &= inside
        np.copyto(self._ink[rows, columns], 255, where=lines.view(bool))

    def maps(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return labels, ink and shade at the canvas's own size."""
        self._inker.finish(self._grain_seed)
        return super().maps()

    def _to_pixels(self, points: Points, closed: bool) -> Points:
        pixels = points @ self._linear.T + self._offset
        pixels = _divided(pixels, closed, _LONGEST_STEP * self._side)
        if self._fine:
            pixels = refined(pixels, closed)
        if self._bend:
            pixels = pixels + np.sin(pixels / self._side @ self._waves + self._phases) @ self._moves * (
                self._bend * self._side
            )
        return pixels

    def _narrow_side(self, pixels: Points, low: np.ndarray, high: np.ndarray) -> float:
        """Return about the width of a shape: its area over its longer side."""
        x, y = pixels[:, 0], pixels[:, 1]
        area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
        return area / max(1.0, float((high - low).max()))

    @property
    def size(self) -> int:
        """Side of the picture in pixels."""
        return self._side // SUPERSAMPLING


def _divided(path: Points, closed: bool, longest: float) -> Points:
    """Return the path with points inserted into pieces that are longer than `longest`."""
    after = np.roll(path, -1, 0) if closed else path[1:]
    start = path if closed else path[:-1]
    step = after - start
    counts = np.maximum(np.ceil(np.sqrt((step**2).sum(1)) / longest).astype(int), 1)
    total = int(counts.sum())
    if total == len(counts):
        return path
    owner = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[owner]
    divided = start[owner] + step[owner] * share[:, None]
    return divided if closed else np.concatenate([divided, path[-1:]])
