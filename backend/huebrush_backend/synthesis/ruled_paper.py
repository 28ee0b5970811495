"""Printed ruling of writing paper: lines, squares and dots, turned a little or seen in perspective."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

RULINGS = ("ruled", "squared", "dotted")
_COLORS = ((0.62, 0.74, 0.93), (0.72, 0.72, 0.74), (0.66, 0.82, 0.86), (0.78, 0.70, 0.86))
"""Reflectance of usual printing colours: blue, grey, teal and violet."""
_FIXED = 4
"""Binary places after the point in the coordinates that OpenCV gets."""


def draw_ruling(rng: np.random.Generator, kind: str, height: int, width: int) -> NDArray[np.float32]:
    """Return the share of the light that ruled paper reflects, (height, width, 3) float32 0..1; 1 between the lines.

    `kind` is one of RULINGS. Raises ValueError for another kind.
    """
    if kind not in RULINGS:
        raise ValueError(f"unknown ruling {kind!r}; choose one of {', '.join(RULINGS)}")
    spacing = float(max(height, width) * rng.uniform(1 / 48, 1 / 24))
    thickness = float(np.clip(spacing * rng.uniform(0.03, 0.07), 0.7, 3.0))
    color = np.array(_COLORS[int(rng.integers(len(_COLORS)))], np.float32)
    matrix = _view(rng, height, width)
    plane = np.zeros((height, width), np.uint8)
    reach = 1.3 * max(height, width)
    steps = np.arange(-reach, reach, spacing)
    if kind == "dotted":
        dots = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(1, -1, 2).astype(np.float32)
        for x, y in cv2.perspectiveTransform(dots, matrix)[0]:
            if 0 <= x < width and 0 <= y < height:
                cv2.circle(plane, _fixed(x, y), round(1.3 * thickness * (1 << _FIXED)), 255, -1, cv2.LINE_AA, _FIXED)
    else:
        ends = [((-reach, at), (reach, at)) for at in steps]
        if kind == "squared":
            ends += [((at, -reach), (at, reach)) for at in steps]
        for pair in ends:
            (x0, y0), (x1, y1) = cv2.perspectiveTransform(np.array([pair], np.float32), matrix)[0]
            _draw_line(plane, (x0, y0), (x1, y1), thickness)
    share = plane.astype(np.float32)[..., None] / 255
    return (1 - share * (1 - color)).astype(np.float32)


def _view(rng: np.random.Generator, height: int, width: int) -> NDArray[np.float64]:
    """Return the homography (3, 3) from the sheet, whose origin is its middle, to the picture."""
    angle = rng.uniform(-0.03, 0.03)
    lean = rng.uniform(-0.06, 0.06, 2) / max(height, width) * (rng.random() < 0.5)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [*lean, 1]])
    return np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]]) @ turn


def _draw_line(
    plane: NDArray[np.uint8], start: tuple[float, float], end: tuple[float, float], thickness: float
) -> None:
    """Draw a line of any thickness in pixels as a filled box with soft edges."""
    along = np.array(end) - np.array(start)
    aside = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6) * thickness / 2
    box = [_fixed(*(np.array(point) + sign * aside)) for point, sign in ((start, 1), (end, 1), (end, -1), (start, -1))]
    cv2.fillPoly(plane, [np.array(box, np.int32)], 255, cv2.LINE_AA, _FIXED)


def _fixed(x: float, y: float) -> tuple[int, int]:
    return round(float(x) * (1 << _FIXED)), round(float(y) * (1 << _FIXED))
