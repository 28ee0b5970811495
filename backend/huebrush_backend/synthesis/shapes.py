"""Smooth outlines and strokes as arrays of points. Every function is pure; y points down."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

Points = np.ndarray
"""Float array (n, 2) of x, y."""


@lru_cache(maxsize=32)
def _catmull_rom_basis(steps: int) -> np.ndarray:
    t = np.arange(steps) / steps
    return 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3], axis=1
    )


def spline(points: ArrayLike, closed: bool = True, steps: int = 6, corners: Sequence[int] = ()) -> Points:
    """Return a Catmull-Rom curve through `points` (k, 2), `steps` points for each span.

    The points whose indices are in `corners` become sharp corners.
    """
    control = np.asarray(points, dtype=np.float64)
    if len(corners):
        repeats = np.ones(len(control), dtype=np.intp)
        repeats[np.asarray(corners)] = 2
        control = np.repeat(control, repeats, axis=0)
    if closed:
        spans = np.stack([np.roll(control, 1, 0), control, np.roll(control, -1, 0), np.roll(control, -2, 0)])
    else:
        padded = np.concatenate([2 * control[:1] - control[1:2], control, 2 * control[-1:] - control[-2:-1]])
        count = len(control) - 1
        spans = np.stack([padded[i : i + count] for i in range(4)])
    width = spans.shape[2]
    curve = _catmull_rom_basis(steps) @ spans.reshape(4, -1)
    curve = curve.reshape(steps, -1, width).transpose(1, 0, 2).reshape(-1, width)
    return curve if closed else np.concatenate([curve, control[-1:]])


def ellipse(x: float, y: float, rx: float, ry: float, angle: float = 0.0, count: int = 28) -> Points:
    """Return an ellipse round (x, y) with radii `rx`, `ry`, rotated by `angle` radians."""
    t = np.arange(count) * (2 * np.pi / count)
    local = np.stack([rx * np.cos(t), ry * np.sin(t)], axis=1)
    if angle:
        c, s = np.cos(angle), np.sin(angle)
        local = local @ np.array([[c, s], [-s, c]])
    return local + (x, y)


def normals(path: Points, closed: bool = False) -> Points:
    """Return unit normals (n, 2) of a path, to its left when y points up (right-hand side on screen)."""
    if closed:
        tangent = np.roll(path, -1, 0) - np.roll(path, 1, 0)
    else:
        tangent = np.empty_like(path)
        tangent[1:-1] = path[2:] - path[:-2]
        tangent[0] = path[1] - path[0]
        tangent[-1] = path[-1] - path[-2]
    length = np.sqrt((tangent**2).sum(1))
    tangent /= np.maximum(length, 1e-9)[:, None]
    return np.stack([tangent[:, 1], -tangent[:, 0]], axis=1)


def ribbon(path: Points, widths: ArrayLike) -> Points:
    """Return the closed outline of a stroke along `path` with full `widths` (scalar or one per point)."""
    offset = normals(path) * (np.broadcast_to(np.asarray(widths, dtype=np.float64), len(path))[:, None] / 2)
    return np.concatenate([path + offset, (path - offset)[::-1]])


def limb(joints: ArrayLike, widths: ArrayLike, steps: int = 6, cap: float = 0.5) -> Points:
    """Return the closed outline of a bent tube through `joints` (k, 2) with full `widths` (k) at the joints.

    `cap` is how far the far end bulges, in widths; 0 cuts it off straight.
    """
    control = np.concatenate([np.asarray(joints, float), np.asarray(widths, float)[:, None]], axis=1)
    curve = spline(control, closed=False, steps=steps)
    path, width = curve[:, :2], np.maximum(curve[:, 2:], 1e-3)
    normal = normals(path)
    left, right = path + normal * width / 2, path - normal * width / 2
    if cap <= 0:
        return np.concatenate([left, right[::-1]])
    forward = np.array([-normal[-1, 1], normal[-1, 0]])
    angles = np.linspace(0, np.pi, 7)[1:-1, None]
    half = width[-1] / 2
    end = path[-1] + half * (np.cos(angles) * normal[-1] + 2 * cap * np.sin(angles) * forward)
    return np.concatenate([left, end, right[::-1]])


def polar(origin: ArrayLike, angle: float, length: float) -> np.ndarray:
    """Return the point `length` away from `origin`; angle 0 points down, positive turns towards +x."""
    return np.asarray(origin, float) + length * np.array([np.sin(angle), np.cos(angle)])
