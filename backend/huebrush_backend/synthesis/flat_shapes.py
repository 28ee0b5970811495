"""Drawings kept as shapes instead of pixels: canvas drawing is recorded and can be inked at any size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from huebrush_backend.synthesis.canvas import Canvas, Light, Pen
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.shapes import Points, normals, refined

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in page widths."""

_STEPS = 8
"""Points made from one: enough that a curve across a print page shows no corners."""
_INNER_LINE = 0.5
"""Relative width of the line around the white of an eye, which has no line in the small drawings."""


@dataclass(frozen=True, eq=False)
class Shape:
    """A step of a drawing, in page widths (x from 0 to 1; y down).

    * `points`: (n, 2)
    * `half`: (n,), half-widths of the line along the points, 0 where there is none
    * `closed`: True for outlines, False for strokes
    * `filled`: whether it hides everything under it
    * `solid`: whether it is ink all through
    * `part`: one of synthesis.Part
    * `owner`: number of its figure or background
    * `clip`: box outside which nothing is drawn
    """

    points: Points
    half: np.ndarray
    closed: bool
    filled: bool
    solid: bool
    part: int
    owner: int
    clip: Box


def keep_seen(shapes: list[Shape], shape: Shape) -> None:
    """Append `shape` to `shapes`, unless it and its line lie wholly outside its clip."""
    left, top, right, bottom = shape.clip
    reach = float(shape.half.max(initial=0.0))
    low, high = shape.points.min(0) - reach, shape.points.max(0) + reach
    if len(shape.points) > 1 and low[0] <= right and low[1] <= bottom and high[0] >= left and high[1] >= top:
        shapes.append(shape)


class ShapeRecorder(Canvas):
    """A canvas without pixels: drawing functions draw on it, and `shapes` records their steps.

    Coordinates are page widths. Every outline is closed, and every shape has its own line, so that the regions of the
    drawing are those that a reader sees.
    """

    def __init__(self, pen: Pen, light: Light, rng: np.random.Generator, page: Box) -> None:
        super().__init__(1, pen, light, rng)
        self._linear = np.eye(2)
        self._offset = np.zeros(2)
        self._clip = page
        self._owner = 0
        self.shapes: list[Shape] = []

    @contextmanager
    def clipped(self, box: Box) -> Iterator[None]:
        """Clip everything drawn inside the block to `box`."""
        saved, self._clip = self._clip, box
        try:
            yield
        finally:
            self._clip = saved

    def next_owner(self) -> int:
        """Begin another figure, to which everything drawn from here belongs; return its number."""
        self._owner += 1
        return self._owner

    def fill(self, points: Points, part: int, outline: float = 1.0, shaded: bool = True) -> None:
        """Record a closed shape. Joints without their own line are left out; an eye's white gets one."""
        if outline == 0:
            if part not in (Part.EYE_WHITE, Part.BOTTOM):
                return
            outline = _INNER_LINE if part == Part.EYE_WHITE else 1.0
        path = self._placed(points, closed=True)
        normal = normals(path, closed=True)
        facing = normal @ np.array([self.light.x, self.light.y])
        after = np.roll(path, -1, 0)
        area = float((path[:, 0] * after[:, 1] - path[:, 1] * after[:, 0]).sum())
        half = 0.5 * self.pen.width * outline * (1 + self.pen.contrast * (-facing if area > 0 else facing))
        self._keep(path, half * self._pressure(len(path)), closed=True, filled=True, part=part)

    def ground(self, points: Points, part: int) -> None:
        """Record a closed shape without a line: the paper of a panel."""
        path = points @ self._linear.T + self._offset
        self._keep(path, np.zeros(len(path)), closed=True, filled=True, part=part)

    def frame(self, points: Points, width: float) -> None:
        """Record a closed straight line, `width` relative to the pen's: the border of a panel."""
        path = points @ self._linear.T + self._offset
        self._keep(path, np.full(len(path), 0.5 * self.pen.width * width), closed=True, part=Part.BACKGROUND)

    def cast(self, points: Points, onto: int, tone: int | None = None) -> None:
        """Ignore shadows, as line art has none."""

    def stroke(self, path: Points, width: float = 1.0, taper: tuple[float, float] | None = None) -> None:
        """Record an open line that swells and tapers like a pen's."""
        points = self._placed(path, closed=False)
        start, end = taper if taper is not None else (1 - 0.5 * self.pen.taper, 1 - self.pen.taper)
        t = np.linspace(0, 1, len(points))
        profile = start + (1 - start) * np.minimum(1, 4 * t)
        profile = np.minimum(profile, end + (1 - end) * np.minimum(1, 2.0 * (1 - t)))
        self._keep(points, 0.5 * self.pen.width * width * profile, closed=False, part=Part.BACKGROUND)

    def blot(self, points: Points) -> None:
        """Record a shape full of ink."""
        path = self._placed(points, closed=True)
        self._keep(path, np.zeros(len(path)), closed=True, solid=True, part=Part.BACKGROUND)

    def maps(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Raise TypeError, as a recorder has no pixels."""
        raise TypeError("a ShapeRecorder has shapes and no pixels; ink them with flat_inking")

    def _placed(self, points: Points, closed: bool) -> Points:
        return refined(np.asarray(points, float) @ self._linear.T + self._offset, closed, _STEPS)

    def _pressure(self, count: int) -> np.ndarray:
        """Return the pressure of the hand along a line: slow waves around 1."""
        self._noise_at = (self._noise_at + 37) % 512
        along = np.arange(count) / (2 * _STEPS)
        wave = np.interp(along, np.arange(512), self._noise[self._noise_at :][:512])
        return 1 + 0.2 * np.clip(wave, -1.5, 1.5)

    def _keep(
        self, path: Points, half: np.ndarray, closed: bool, part: int, filled: bool = False, solid: bool = False
    ) -> None:
        keep_seen(self.shapes, Shape(path, half, closed, filled, solid, int(part), self._owner, self._clip))
