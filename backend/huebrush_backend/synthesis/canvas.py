"""The drawing surface: label, ink and shade maps painted from back to front."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np

from huebrush_backend.synthesis.shapes import REFINEMENT, Points, normals, refined, ribbon

SUPERSAMPLING = 2
"""Factor by which the maps are painted larger and then reduced, which anti-aliases the ink."""
FINE_SIZE = 512
"""Largest size for simple drawing. Above it curves are refined and lines joined with care, as shapes that look smooth
at 256 pixels show corners at 1024. Up to it drawing stays fast, which training needs."""
_SHIFT = 4
_SUBPIXELS = 1 << _SHIFT


@dataclass(frozen=True)
class Pen:
    """Style of lines.

    * `width`: in canvas widths
    * `contrast`: 0..1, how much thicker lines are on the side away from the light
    * `wobble`: in line widths
    * `taper`: 0..1, how thin strokes end
    * `gaps`: 0..1, share of the outline left open
    * `hatching`: whether parallel lines fill shadows
    """

    width: float = 0.006
    contrast: float = 0.4
    wobble: float = 0.0
    taper: float = 0.8
    gaps: float = 0.0
    hatching: bool = False


@dataclass(frozen=True)
class Light:
    """Style of shading.

    * `style`: "none", "cel" or "soft"
    * `x`, `y`: direction to the light (unit length, y down)
    * `depth`: width of the shadow relative to the shape
    * `tone`: 0..255, shade in the shadow
    """

    style: str = "none"
    x: float = -0.6
    y: float = -0.8
    depth: float = 0.15
    tone: int = 110


class Canvas:
    """A square surface of `size` pixels whose coordinates run from 0 to 1 at every size."""

    def __init__(self, size: int, pen: Pen, light: Light, rng: np.random.Generator) -> None:
        side = size * SUPERSAMPLING
        self.pen = pen
        self.light = light
        self._side = side
        self._fine = size > FINE_SIZE
        self._labels = np.zeros((side, side), np.uint8)
        self._ink = np.zeros((side, side), np.uint8)
        self._shade = np.full((side, side), 255, np.uint8)
        self._linear = np.eye(2) * side
        self._offset = np.full(2, -0.5)
        self._line_width = pen.width * side
        # One noise track serves all outlines: a new one for each would cost more than the ink.
        noise = rng.standard_normal(64)
        smooth = (noise + np.roll(noise, 1) + np.roll(noise, 2) + np.roll(noise, 3)) / 2
        self._noise = np.tile(smooth, 16)
        self._noise_at = 0

    @contextmanager
    def within(self, x: float, y: float, scale: float = 1.0, angle: float = 0.0, flip: bool = False) -> Iterator[None]:
        """Draw shapes inside the block in a frame at (x, y), scaled and rotated by `angle` radians; `flip` mirrors it
        left to right."""
        saved = self._linear, self._offset
        c, s = np.cos(angle) * scale, np.sin(angle) * scale
        local = np.array([[-c if flip else c, -s], [-s if flip else s, c]])
        self._offset = self._linear @ np.array([x, y]) + self._offset
        self._linear = self._linear @ local
        try:
            yield
        finally:
            self._linear, self._offset = saved

    def fill(self, points: Points, part: int, outline: float = 1.0, shaded: bool = True) -> None:
        """Paint a closed shape of class `part` over the drawing, hiding the ink it covers.

        `outline` is its line's width relative to the pen's (0: none).
        """
        pixels = points @ self._linear.T + self._offset
        if self._fine:
            pixels = refined(pixels, closed=True)
        low, high = pixels.min(0), pixels.max(0)
        if high[0] < 0 or high[1] < 0 or low[0] > self._side or low[1] > self._side:
            return
        fixed = np.rint(pixels * _SUBPIXELS).astype(np.int32)
        cv2.fillPoly(self._labels, [fixed], int(part), cv2.LINE_8, _SHIFT)
        cv2.fillPoly(self._ink, [fixed], 0, cv2.LINE_8, _SHIFT)
        if self.light.style != "none":
            cv2.fillPoly(self._shade, [fixed], 255, cv2.LINE_8, _SHIFT)
            if shaded:
                self._shadow(fixed, low, high)
        if outline > 0:
            self._outline(pixels, outline)

    def cast(self, points: Points, onto: int, tone: int | None = None) -> None:
        """Darken the pixels inside `points` with the label `onto`: a shadow cast on a part."""
        if self.light.style == "none":
            return
        pixels = points @ self._linear.T + self._offset
        window = self._window(pixels.min(0), pixels.max(0))
        if window is None:
            return
        rows, columns = window
        mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        fixed = np.rint((pixels - (columns.start, rows.start)) * _SUBPIXELS).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 1, cv2.LINE_8, _SHIFT)
        mask &= self._labels[rows, columns] == onto
        np.copyto(self._shade[rows, columns], self.light.tone if tone is None else tone, where=mask.view(bool))

    def stroke(self, path: Points, width: float = 1.0, taper: tuple[float, float] | None = None) -> None:
        """Ink an open path; `width` is relative to the pen's, `taper` gives the relative widths at its two ends."""
        pixels = path @ self._linear.T + self._offset
        if self._fine:
            pixels = refined(pixels, closed=False)
        start, end = taper if taper is not None else (1 - 0.5 * self.pen.taper, 1 - self.pen.taper)
        t = np.linspace(0, 1, len(pixels))
        profile = start + (1 - start) * np.minimum(1, 4 * t)
        profile = np.minimum(profile, end + (1 - end) * np.minimum(1, 2.0 * (1 - t)))
        outline = ribbon(pixels, np.maximum(profile * width * self._line_width - 0.8, 0.2))
        cv2.fillPoly(self._ink, [np.rint(outline * _SUBPIXELS).astype(np.int32)], 255, cv2.LINE_8, _SHIFT)

    def blot(self, points: Points) -> None:
        """Fill a closed shape with ink; its label stays."""
        pixels = points @ self._linear.T + self._offset
        cv2.fillPoly(self._ink, [np.rint(pixels * _SUBPIXELS).astype(np.int32)], 255, cv2.LINE_8, _SHIFT)

    def maps(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return labels, ink and shade at the canvas's own size."""
        size = (self._side // SUPERSAMPLING,) * 2
        labels = np.ascontiguousarray(self._labels[::SUPERSAMPLING, ::SUPERSAMPLING])
        if self.pen.hatching and self.light.style != "none":
            self._hatch()
        ink = cv2.resize(self._ink, size, interpolation=cv2.INTER_AREA)
        if self.light.style == "none":
            return labels, ink, np.full(size, 255, np.uint8)
        shade = cv2.resize(self._shade, size, interpolation=cv2.INTER_AREA)
        if self.light.style == "soft":
            radius = max(1, round(size[0] * 0.012))
            shade = cv2.blur(cv2.blur(shade, (2 * radius + 1,) * 2), (2 * radius + 1,) * 2)
            shade[labels == 0] = 255
        return labels, ink, shade

    def _hatch(self) -> None:
        spacing, thickness = self._side * 0.02, max(1.0, 0.5 * self._line_width)
        along = np.arange(self._side, dtype=np.float32)
        lines = (along[:, None] + 0.7 * along[None]) % spacing < thickness
        self._ink[lines & (self._shade < 255)] = 255

    def _window(self, low: np.ndarray, high: np.ndarray) -> tuple[slice, slice] | None:
        x0, y0 = max(0, int(low[0]) - 1), max(0, int(low[1]) - 1)
        x1, y1 = min(self._side, int(high[0]) + 2), min(self._side, int(high[1]) + 2)
        return (slice(y0, y1), slice(x0, x1)) if x1 > x0 and y1 > y0 else None

    def _shadow(self, fixed: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        window = self._window(low, high)
        if window is None:
            return
        rows, columns = window
        mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        local = fixed - np.array([columns.start, rows.start], np.int32) * _SUBPIXELS
        cv2.fillPoly(mask, [local], 1, cv2.LINE_8, _SHIFT)
        reach = self.light.depth * float(np.sqrt((high[0] - low[0]) * (high[1] - low[1]) + 1))
        shift = np.rint(np.array([self.light.x, self.light.y]) * reach * _SUBPIXELS).astype(np.int32)
        cv2.fillPoly(mask, [local + shift], 0, cv2.LINE_8, _SHIFT)
        np.copyto(self._shade[rows, columns], self.light.tone, where=mask.view(bool))

    def _outline(self, pixels: np.ndarray, weight: float) -> None:
        pen = self.pen
        count = len(pixels)
        normal = normals(pixels, closed=True)
        width = self._line_width * weight
        facing = normal @ np.array([self.light.x, self.light.y])
        turning = pixels - np.roll(pixels, -1, 0)
        area = float((pixels[:, 0] * turning[:, 1] - pixels[:, 1] * turning[:, 0]).sum())
        half = 0.5 * width * (1 + pen.contrast * (facing if area > 0 else -facing))
        self._noise_at = (self._noise_at + 37) % 512
        if self._fine:  # The noise belongs to the coarse points, so that the line wavers equally at every size.
            noise = np.interp(np.arange(count) / REFINEMENT, np.arange(512), self._noise[self._noise_at :][:512])
        else:
            noise = np.resize(self._noise[self._noise_at :], count)
        middle = pixels
        if pen.wobble:
            middle = pixels + normal * (noise * pen.wobble * width)[:, None]
        if pen.gaps:
            half = half * np.where(noise > 1.9 - 1.6 * pen.gaps, 0.0, 1.0)
        if self._fine:
            self._joined(middle, half)
            return
        half = np.maximum(half - 0.4, 0.05)
        offset = normal * half[:, None]
        ring = [
            np.rint((middle + offset) * _SUBPIXELS).astype(np.int32),
            np.rint((middle - offset) * _SUBPIXELS).astype(np.int32),
        ]
        cv2.fillPoly(self._ink, ring, 255, cv2.LINE_8, _SHIFT)
        if not pen.gaps:
            # Where the ring folds over itself in a sharp corner, even-odd filling leaves a hole: this closes it.
            cv2.polylines(self._ink, [np.rint(middle * _SUBPIXELS).astype(np.int32)], True, 255, 1, cv2.LINE_8, _SHIFT)

    def _joined(self, path: Points, half: np.ndarray) -> None:
        """Ink a closed line of half-widths `half` as quadrilaterals with round joins."""
        after, half_after = np.roll(path, -1, 0), np.roll(half, -1)
        along = after - path
        across = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
        start, end = across * half[:, None], across * half_after[:, None]
        quads = np.stack([path + start, after + end, after - end, path - start], axis=1)
        for quad in np.rint(quads * _SUBPIXELS).astype(np.int32):
            cv2.fillConvexPoly(self._ink, quad, 255, cv2.LINE_8, _SHIFT)
        centres, radii = np.rint(path * _SUBPIXELS).astype(int), np.rint(half * _SUBPIXELS).astype(int)
        for (x, y), radius in zip(centres.tolist(), radii.tolist(), strict=True):
            if radius:
                cv2.circle(self._ink, (x, y), radius, 255, cv2.FILLED, cv2.LINE_8, _SHIFT)
