"""Outlines written as text, and the usual simple shapes. Every function is pure; y points down."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from huebrush_backend.synthesis.shapes import Points, ellipse, spline


@lru_cache(maxsize=2048)
def closed(text: str, steps: int = 5) -> Points:
    """Return the smooth closed curve through the points of `text`, read-only.

    `text` has a point "x,y" per word; "!" after a point makes it a sharp corner. Two neighbouring corners are joined by
    a straight line.
    """
    points, corners = _parsed(text)
    return _frozen(spline(points, True, steps, corners))


@lru_cache(maxsize=2048)
def opened(text: str, steps: int = 5) -> Points:
    """Return the smooth open curve through the points of `text` (as for `closed`), read-only."""
    points, corners = _parsed(text)
    return _frozen(spline(points, False, steps, corners))


def moved(path: Points, x: float, y: float) -> Points:
    """Return the path moved by (x, y)."""
    return path + np.array([x, y])


def mirrored(path: Points) -> Points:
    """Return the path mirrored left to right."""
    return path * (-1, 1)


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> Points:
    """Return a rectangle between two corners, rounded with `radius`."""
    if radius <= 0:
        return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], dtype=np.float64)
    t = np.linspace(0, np.pi / 2, 5)
    arc = np.stack([np.cos(t), np.sin(t)], axis=1) * radius
    quarter = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    middles = ((x1, y1), (x0, y1), (x0, y0), (x1, y0))
    pieces = []
    for number, ((sx, sy), (x, y)) in enumerate(zip(quarter, middles, strict=True)):
        corner = moved(arc * (sx, sy), x - sx * radius, y - sy * radius)
        pieces.append(corner if number % 2 == 0 else corner[::-1])
    return np.concatenate(pieces)


def disc(x: float, y: float, rx: float, ry: float | None = None, angle: float = 0.0) -> Points:
    """Return an ellipse around (x, y); a circle without `ry`."""
    return ellipse(x, y, rx, rx if ry is None else ry, angle, 30)


def star(x: float, y: float, radius: float, tips: int = 5, depth: float = 0.45) -> Points:
    """Return a star around (x, y) whose inner corners lie at `depth` of its radius."""
    t = np.arange(2 * tips) * np.pi / tips
    r = np.where(np.arange(2 * tips) % 2, depth, 1.0) * radius
    return np.stack([x + r * np.sin(t), y - r * np.cos(t)], axis=1)


def scalloped(x: float, y: float, rx: float, ry: float, bumps: int, depth: float = 0.14, turn: float = 0.0) -> Points:
    """Return an ellipse whose edge has `bumps` round bumps: a cloud, wool, a crown of leaves, whipped cream."""
    count = 6 * bumps
    t = np.arange(count) * 2 * np.pi / count
    r = 1 - depth + depth * np.abs(np.sin((t + turn) * bumps / 2))
    return np.stack([x + rx * r * np.sin(t), y - ry * r * np.cos(t)], axis=1)


def heart(x: float, y: float, size: float) -> Points:
    """Return a heart of half-width `size` around (x, y)."""
    return moved(closed("0,-.4! .5,-.85 1,-.35 .6,.35 0,.95! -.6,.35 -1,-.35 -.5,-.85") * size, x, y)


def leaf(x: float, y: float, length: float, angle: float, width: float = 0.4) -> Points:
    """Return a pointed leaf that begins at (x, y) and points along `angle` (0: up, positive: to the right)."""
    c, s = np.cos(angle), np.sin(angle)
    local = closed("0,0! .5,-.3 .45,-.65 0,-1! -.45,-.65 -.5,-.3") * (width * length * 2, length)
    return moved(local @ np.array([[c, s], [-s, c]]), x, y)


def _parsed(text: str) -> tuple[np.ndarray, list[int]]:
    words = text.split()
    corners = [number for number, word in enumerate(words) if word.endswith("!")]
    return np.array([[float(value) for value in word.rstrip("!").split(",")] for word in words]), corners


def _frozen(path: Points) -> Points:
    path.setflags(write=False)
    return path
