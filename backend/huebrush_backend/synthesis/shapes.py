"""Smooth outlines and strokes as arrays of points. Every function is pure; y points down."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

Points = np.ndarray
"""Float array (n, 2) of x, y."""


REFINEMENT = 4
"""Points that `refined` makes from one."""


@lru_cache(maxsize=32)
def _hermite_basis(steps: int) -> np.ndarray:
    t = np.arange(steps) / steps
    return np.stack([2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, 3 * t**2 - 2 * t**3, t**3 - t**2], axis=1)


def spline(points: ArrayLike, closed: bool = True, steps: int = 6, corners: Sequence[int] = ()) -> Points:
    """Return a Catmull-Rom curve through `points` (k, 2), with `steps` points for each span.

    At the points whose indices are in `corners` the curve has a sharp corner; between two corners it is straight.
    """
    control = np.asarray(points, dtype=np.float64)
    after, before = np.roll(control, -1, 0), np.roll(control, 1, 0)
    tangents = (after - before) / 2
    leaving, arriving = tangents.copy(), tangents.copy()
    sharp = list(corners) if closed else [0, len(control) - 1, *corners]
    if sharp:
        leaving[sharp] = (after - control)[sharp]
        arriving[sharp] = (control - before)[sharp]
    spans = np.stack([control, leaving, after, np.roll(arriving, -1, 0)])
    if not closed:
        spans = spans[:, :-1]
    width = control.shape[1]
    curve = _hermite_basis(steps) @ spans.reshape(4, -1)
    curve = curve.reshape(steps, -1, width).transpose(1, 0, 2).reshape(-1, width)
    return curve if closed else np.concatenate([curve, control[-1:]])


def ellipse(x: float, y: float, rx: float, ry: float, angle: float = 0.0, count: int = 28) -> Points:
    """Return an ellipse around (x, y) with radii `rx`, `ry`, rotated by `angle` radians."""
    t = np.arange(count) * (2 * np.pi / count)
    local = np.stack([rx * np.cos(t), ry * np.sin(t)], axis=1)
    if angle:
        c, s = np.cos(angle), np.sin(angle)
        local = local @ np.array([[c, s], [-s, c]])
    return local + np.array([x, y])


def normals(path: Points, closed: bool = False) -> Points:
    """Return unit normals (n, 2) of a path, to its left if y points up (right-hand side on screen)."""
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


def refined(path: Points, closed: bool, steps: int = REFINEMENT, sharp: float = 0.85) -> Points:
    """Return a smoother path through the points of `path`; turns of more than `sharp` radians stay corners."""
    along = np.roll(path, -1, 0) - path
    before = np.roll(along, 1, 0)
    cross = before[:, 0] * along[:, 1] - before[:, 1] * along[:, 0]
    turn = np.abs(np.arctan2(cross, (before * along).sum(1)))
    corners = np.flatnonzero(turn > sharp)
    return spline(path, closed, steps, [int(i) for i in corners])


def ribbon(path: Points, widths: ArrayLike) -> Points:
    """Return the closed outline of a stroke along `path` with full `widths` (scalar or one per point)."""
    offset = normals(path) * (np.broadcast_to(np.asarray(widths, dtype=np.float64), len(path))[:, None] / 2)
    return np.concatenate([path + offset, (path - offset)[::-1]])


def limb(joints: ArrayLike, widths: ArrayLike, steps: int = 6, cap: float = 0.5, start: float = 0.2) -> Points:
    """Return the closed outline of a bent tube through `joints` (k, 2) with full `widths` (k) at the joints.

    * `steps`: points for each span
    * `cap`, `start`: how far the far and the near end bulge, in widths; 0 cuts straight
    """
    control = np.concatenate([np.asarray(joints, float), np.asarray(widths, float)[:, None]], axis=1)
    curve = spline(control, closed=False, steps=steps)
    path, width = curve[:, :2], np.maximum(curve[:, 2:], 1e-3)
    normal = normals(path)
    left, right = path + normal * width / 2, path - normal * width / 2
    angles = np.linspace(0, np.pi, 7)[1:-1, None]

    def bulge(at: int, amount: float, direction: int) -> Points:
        forward = np.array([-normal[at, 1], normal[at, 0]]) * direction
        across = normal[at] * direction
        return path[at] + width[at] / 2 * (np.cos(angles) * across + 2 * amount * np.sin(angles) * forward)

    pieces = [left]
    if cap > 0:
        pieces.append(bulge(-1, cap, 1))
    pieces.append(right[::-1])
    if start > 0:
        pieces.append(bulge(0, start, -1))
    return np.concatenate(pieces)


def polar(origin: ArrayLike, angle: float, length: float) -> np.ndarray:
    """Return the point `length` away from `origin`; angle 0 points down, positive turns towards +x."""
    return np.asarray(origin, float) + length * np.array([np.sin(angle), np.cos(angle)])
