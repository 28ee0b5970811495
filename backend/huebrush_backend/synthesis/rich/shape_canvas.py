"""A rich canvas that keeps shapes instead of pixels, so that a drawing can be inked at any size and in any manner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from huebrush_backend.synthesis.canvas import Light, Pen
from huebrush_backend.synthesis.flat_shapes import Shape, keep_seen
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.line_styles import random_line_style
from huebrush_backend.synthesis.shapes import Points, normals, refined

_SIZE = 512
"""Side in pixels of the surface on which unions of shapes are found."""
_BEND = 0.012
"""Largest bend of the page, in its widths."""
_STEPS = 8
"""Points made from one."""
_PAGE = (0.0, 0.0, 1.0, 1.0)
_THICKEST_STROKE = 0.22
"""Largest width of a stroke as a share of its length."""


class RichShapeRecorder(RichCanvas):
    """A square canvas without pixels: drawing functions draw on it, and `shapes` records their steps.

    Coordinates are page widths. Every shape has its own line. Patterns inside shapes are left out.
    """

    def __init__(self, pen: Pen, light: Light, rng: np.random.Generator) -> None:
        style = random_line_style(rng, "even")
        super().__init__(_SIZE, style, light, rng, float(rng.uniform(0, _BEND)))
        self.pen = pen
        self._line_width = pen.width * self._side
        self.shapes: list[Shape] = []

    def stroke(self, path: Points, width: float = 1.0, taper: tuple[float, float] | None = None) -> None:
        """Record an open line that tapers at its ends."""
        points = self._to_pixels(path, closed=False) / self._side
        length = float(np.hypot(*np.diff(points, axis=0).T).sum())
        start, end = taper if taper is not None else (1 - 0.5 * self.pen.taper, 1 - self.pen.taper)
        t = np.linspace(0, 1, len(points))
        profile = np.minimum(start + (1 - start) * np.minimum(1, 4 * t), end + (1 - end) * np.minimum(1, 2 * (1 - t)))
        half = 0.5 * min(self.pen.width * width, _THICKEST_STROKE * length) * profile
        self._keep(points, half, closed=False, part=Part.BACKGROUND)

    def blot(self, points: Points) -> None:
        """Record a shape full of ink."""
        path = self._to_pixels(points, closed=True) / self._side
        self._keep(path, np.zeros(len(path)), closed=True, solid=True, part=Part.BACKGROUND)

    def inlay(self, clip: Points, onto: int, pieces: Sequence[Points], part: int, outline: float = 0.5) -> None:
        """Ignore patterns: they are no regions of an artist's line art."""

    def maps(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Raise TypeError, as a recorder has no pixels."""
        raise TypeError("a RichShapeRecorder has shapes and no pixels; ink them with flat_inking")

    def _to_pixels(self, points: Points, closed: bool) -> Points:
        # Rounded before it is bent: a circle of few points must show no corners at any size.
        pixels = refined(points @ self._linear.T + self._offset, closed, _STEPS)
        waves = np.sin(pixels / self._side @ self._waves + self._phases) @ self._moves
        return pixels + waves * (self._bend * self._side)

    def _paint(self, pixels: Points, part: int, outline: float, shaded: bool) -> None:
        points = pixels / self._side
        width = self.pen.width * (outline if outline > 0 else 1.0)
        narrow = self._narrow_side(points, points.min(0), points.max(0))
        half = np.full(len(points), 0.5 * min(width, max(0.4 * self.pen.width, 0.2 * narrow)))
        if self.pen.contrast:
            area = float(points[:, 0] @ np.roll(points[:, 1], -1) - points[:, 1] @ np.roll(points[:, 0], -1))
            facing = normals(points, closed=True) @ np.array([self.light.x, self.light.y])
            half *= 1 + self.pen.contrast * (-facing if area > 0 else facing)
        self._keep(points, half, closed=True, filled=True, part=self._relabel.get(int(part), int(part)))

    def _keep(
        self, path: Points, half: np.ndarray, closed: bool, part: int, filled: bool = False, solid: bool = False
    ) -> None:
        keep_seen(self.shapes, Shape(path, half, closed, filled, solid, int(part), 0, _PAGE))
