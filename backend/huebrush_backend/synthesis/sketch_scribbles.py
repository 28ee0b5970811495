"""Light strokes that part nothing: lines of construction, and scribbled shading inside shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from huebrush_backend.synthesis.flat_shapes import Shape
from huebrush_backend.synthesis.shapes import Points
from huebrush_backend.synthesis.sketch_strokes import Stroke, smooth_waves

_MOST_CONSTRUCTION = 14
_LEAST_EXTENT = 0.1
"""Smallest extent, as a share of the page's narrow side, of shapes with construction lines."""
_LEAST_SHADED = 0.008
"""Smallest area, as a share of the page, of regions with scribbled shading."""


def construction_strokes(
    rng: np.random.Generator, shapes: Sequence[Shape], line_width: float, darkness: float, width: int, height: int
) -> list[Stroke]:
    """Return the light lines that a drawing was begun with: loose ellipses around large shapes, axes, a ground line.

    `line_width` is in pixels; `darkness` (0..1) is that of the drawing's other lines.
    """
    half, darkness = 0.17 * line_width + 0.4, darkness * float(rng.uniform(0.12, 0.42))
    strokes: list[Stroke] = []
    for shape in shapes:
        if not shape.closed or not shape.half.any():
            continue
        points = shape.points * width
        low, high = np.maximum(points.min(0), 0), np.minimum(points.max(0), (width, height))
        extent = high - low
        if (extent < _LEAST_EXTENT * min(width, height)).any() or rng.random() < 0.5:
            continue
        middle, radii = (low + high) / 2, extent / 2 * rng.uniform(0.85, 1.1, 2)
        strokes.append(_ellipse(rng, middle, radii, float(rng.normal(0, 0.08)), half, darkness))
        for axis in range(2):
            if rng.random() < 0.4:
                reach = 1.2 * radii * (axis == 0, axis == 1)
                at = middle + rng.normal(0, 0.05, 2) * extent
                strokes.append(_straight(rng, at - reach, at + reach, half, darkness))
        if len(strokes) >= _MOST_CONSTRUCTION:
            break
    if rng.random() < 0.5:
        level = height * rng.uniform(0.6, 0.95)
        left, right = np.array([-5.0, level + rng.normal(0, 8)]), np.array([width + 5.0, level + rng.normal(0, 8)])
        strokes.append(_straight(rng, left, right, half, darkness))
    return strokes


def shading_strokes(rng: np.random.Generator, truth: np.ndarray, line_width: float, darkness: float) -> list[Stroke]:
    """Return patches of quick parallel strokes in some of the large regions of `truth` (H, W) int32, each inside one.

    `line_width` is in pixels; `darkness` (0..1) is that of the drawing's other lines.
    """
    areas = np.bincount(truth.ravel())
    areas[0] = 0
    large = np.flatnonzero(areas > _LEAST_SHADED * truth.size)
    strokes: list[Stroke] = []
    for label in rng.permutation(large)[: int(rng.integers(1, 6))]:
        rows, columns = np.nonzero(truth == label)
        at = int(rng.integers(len(rows)))
        center = np.array([columns[at], rows[at]], float)
        angle, tone = rng.uniform(0.3, 1.3), darkness * float(rng.uniform(0.3, 0.7))
        along, across = np.array([np.cos(angle), -np.sin(angle)]), np.array([np.sin(angle), np.cos(angle)])
        spacing, reach = line_width * rng.uniform(1.5, 4) + 1.5, line_width * rng.uniform(6, 16) + 8
        count = int(rng.integers(8, 26))
        for number in range(count):
            start = center + across * spacing * (number - count / 2) + along * reach * rng.uniform(-1.3, -0.7)
            end = start + along * reach * rng.uniform(1.4, 2.4) + across * spacing * rng.normal(0, 0.3)
            stroke = _inside(truth, int(label), start, end)
            if stroke is not None:
                tips = np.sin(np.linspace(0.15, np.pi - 0.4, len(stroke))) ** 0.5
                half = (0.25 * line_width + 0.3) * (0.5 + 0.5 * tips)
                strokes.append(Stroke(stroke, half, tone * (0.5 + 0.5 * tips)))
    return strokes


def _inside(truth: np.ndarray, label: int, start: Points, end: Points) -> Points | None:
    """Return the longest part of a line inside a region as points (n, 2), None if it is too short for a stroke."""
    points = np.linspace(start, end, max(6, int(np.hypot(*(end - start)) / 2)))
    x, y = np.rint(points).astype(int).T
    on_page = (x >= 0) & (y >= 0) & (x < truth.shape[1]) & (y < truth.shape[0])
    own = on_page & (truth[np.clip(y, 0, truth.shape[0] - 1), np.clip(x, 0, truth.shape[1] - 1)] == label)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], own, [False]]).astype(np.int8)))
    if not len(edges):
        return None
    longest = int((edges[1::2] - edges[::2]).argmax())
    part = points[edges[2 * longest] : edges[2 * longest + 1]]
    return part if len(part) >= 5 else None


def _ellipse(
    rng: np.random.Generator, middle: Points, radii: Points, angle: float, half: float, darkness: float
) -> Stroke:
    """Return a loose ellipse, drawn once or twice around."""
    turns = float(rng.uniform(1.05, 2.2))
    t = np.linspace(0, 2 * np.pi * turns, max(24, int(turns * radii.sum() * 3 / 4))) + rng.uniform(0, 2 * np.pi)
    loose = 1 + 0.03 * np.sin(t / turns * rng.uniform(0.6, 1.4) + rng.uniform(0, 6))
    local = np.stack([radii[0] * loose * np.cos(t), radii[1] * loose * np.sin(t)], axis=1)
    c, s = np.cos(angle), np.sin(angle)
    return _light(rng, local @ np.array([[c, s], [-s, c]]) + middle, half, darkness)


def _straight(rng: np.random.Generator, start: Points, end: Points, half: float, darkness: float) -> Stroke:
    """Return a nearly straight stroke between two points (2,)."""
    count = max(8, int(np.hypot(*(end - start)) / 4))
    t = np.linspace(0, 1, count)[:, None]
    across = np.array([start[1] - end[1], end[0] - start[0]])
    return _light(rng, start + (end - start) * t + across * 0.01 * rng.normal() * np.sin(np.pi * t), half, darkness)


def _light(rng: np.random.Generator, points: Points, half: float, darkness: float) -> Stroke:
    pressure = 1 + 0.25 * smooth_waves(rng, len(points), len(points) / 40)
    return Stroke(points, half * np.clip(pressure, 0.5, 1.5), np.clip(darkness * pressure, 0, 1))
