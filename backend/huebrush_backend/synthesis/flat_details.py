"""Details that make regions of real pages hard to find: strands, ribs, pinched shapes, rings, bursts and balloons."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.canvas import Canvas
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.shapes import Points, ellipse, ribbon, spline


def draw_strands(
    canvas: Canvas, rng: np.random.Generator, root: tuple[float, float], angle: float, length: float, count: int
) -> None:
    """Draw a lock of hair in the wind: long strands that overlap and end in slim tips. `angle` 0 points down."""
    bend = rng.uniform(-0.6, 0.6)
    for turn in rng.permutation(np.linspace(-0.3, 0.3, count)):
        strand = _strand(rng, np.asarray(root), angle + turn, length * rng.uniform(0.65, 1.0), bend)
        width = length * rng.uniform(0.07, 0.16)
        t = np.linspace(0, 1, len(strand))
        thick = width * (0.35 + 0.65 * np.sin(np.pi * np.minimum(1, t * 1.6 + 0.1))) * (1 - t) ** 0.7
        canvas.fill(ribbon(strand, np.maximum(thick, 1e-4)), Part.HAIR)
        if rng.random() < 0.6:
            inner = strand[2 : max(6, int(len(strand) * rng.uniform(0.35, 0.6)))]
            canvas.stroke(inner, 0.6, (0.4, 0.1))


def _strand(rng: np.random.Generator, root: Points, angle: float, length: float, bend: float) -> Points:
    steps, at, points = 5, root.astype(float), [root]
    for _ in range(steps):
        at = at + length / steps * np.array([np.sin(angle), np.cos(angle)])
        angle += bend / steps + rng.uniform(-0.16, 0.16)
        points.append(at)
    return spline(np.array(points), False, 5)


def draw_band(canvas: Canvas, x: float, y: float, width: float, height: float, ribs: int) -> None:
    """Draw a ribbed band: a belt or the hem of a sweater, with lines close together from edge to edge."""
    bow = height * 0.35
    path = spline([(x - width / 2, y), (x, y + bow), (x + width / 2, y)], False, 8)
    canvas.fill(ribbon(path, height), Part.BELT)
    for edge in (-0.3, 0.3):
        canvas.stroke(path + np.array([0, edge * height]), 0.7, (1, 1))
    for place in np.linspace(0.06, 0.94, ribs):
        px = np.interp(place, np.linspace(0, 1, len(path)), path[:, 0])
        py = np.interp(place, np.linspace(0, 1, len(path)), path[:, 1])
        canvas.stroke(np.array([(px, py - height * 0.3), (px, py + height * 0.3)]), 0.7, (1, 1))
    _draw_buckle(canvas, x, y + bow, height * 1.35)


def _draw_buckle(canvas: Canvas, x: float, y: float, size: float) -> None:
    for share, part in ((0.5, Part.MOON), (0.36, Part.BELT)):
        half = size * share
        corners = np.array([(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)])
        canvas.fill(corners, part)
    canvas.fill(ellipse(x, y, size * 0.1, size * 0.1, 0, 14), Part.MOON, 0.7)


def draw_pinched(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, waist: float) -> None:
    """Draw an hourglass of height `size` whose waist, `waist` wide, forms one region with both its bulbs."""
    half, neck = rng.uniform(0.24, 0.34), waist / size / 2
    right = [(half, -0.46), (half * 0.95, -0.28), (neck, 0.0), (half * 0.95, 0.28), (half, 0.46)]
    outline = spline(right + [(-px, -py) for px, py in right], True, 6, (0, 4, 5, 9))
    with canvas.within(x, y, size, rng.uniform(-0.4, 0.4)):
        canvas.fill(outline, Part.CLOUD)
        for top in (-0.55, 0.46):
            canvas.fill(np.array([(-0.36, top), (0.36, top), (0.36, top + 0.09), (-0.36, top + 0.09)]), Part.TRUNK)


def draw_chain(canvas: Canvas, rng: np.random.Generator, start: tuple[float, float], angle: float, size: float) -> None:
    """Draw a chain of links of length `size`, each a ring with its own hole."""
    at = np.asarray(start, float)
    for link in range(int(rng.integers(5, 10))):
        angle += rng.uniform(-0.35, 0.35)
        slim = 0.5 if link % 2 else 0.3
        canvas.fill(ellipse(at[0], at[1], size * 0.55, size * slim, -angle, 24), Part.MOON)
        canvas.fill(ellipse(at[0], at[1], size * 0.36, size * (slim - 0.17), -angle, 20), Part.BACKDROP, 0.8)
        at = at + size * 0.92 * np.array([np.cos(angle), np.sin(angle)])


def draw_burst(canvas: Canvas, rng: np.random.Generator, x: float, y: float, radius: float) -> None:
    """Draw a sound word's burst: a star of slim spikes of uneven length."""
    spikes = int(rng.integers(14, 24))
    turn = np.arange(2 * spikes) * np.pi / spikes + rng.uniform(-0.06, 0.06, 2 * spikes)
    far = np.where(np.arange(2 * spikes) % 2, rng.uniform(0.45, 0.55, 2 * spikes), rng.uniform(0.8, 1.15, 2 * spikes))
    canvas.fill(np.stack([x + radius * far * np.sin(turn), y - radius * far * np.cos(turn)], axis=1), Part.BALLOON)
    canvas.fill(ellipse(x, y, radius * 0.36, radius * 0.3, 0.3, 26), Part.FLOWER)


def draw_speech(canvas: Canvas, x: float, y: float, rx: float, ry: float, tail: float) -> None:
    """Draw a speech balloon whose tail, a slim wedge, points in direction `tail` (radians; 0 is right)."""
    t = tail + np.linspace(0.09, 2 * np.pi - 0.09, 44)
    rim = np.stack([x + rx * np.cos(t), y + ry * np.sin(t)], axis=1)
    tip = np.array([x + 1.5 * rx * np.cos(tail + 0.08), y + 1.55 * ry * np.sin(tail + 0.08)])
    canvas.fill(np.concatenate([rim, tip[None]]), Part.CLOUD)


def draw_freckles(canvas: Canvas, rng: np.random.Generator, x: float, y: float, reach: float, size: float) -> None:
    """Dot a round patch with freckles of radius `size`."""
    for _ in range(int(rng.integers(5, 11))):
        dx, dy = rng.uniform(-1, 1, 2) * reach
        canvas.blot(ellipse(x + dx, y + 0.5 * dy, size, size, 0, 10))


def draw_spots(canvas: Canvas, rng: np.random.Generator, box: tuple[float, float, float, float], count: int) -> None:
    """Draw small closed shapes, buttons and gems, within `box` (left, top, right, bottom), one inside the other."""
    left, top, right, bottom = box
    for _ in range(count):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        size = rng.uniform(0.012, 0.03) * (right - left)
        canvas.fill(ellipse(x, y, size, size * rng.uniform(0.7, 1), rng.uniform(0, 3), 22), Part.RIBBON)
        canvas.fill(ellipse(x, y, size * 0.55, size * 0.5, 0, 18), Part.EYES, 0.8)
        canvas.fill(ellipse(x - size * 0.15, y - size * 0.15, size * 0.24, size * 0.2, 0, 12), Part.EYE_WHITE, 0.6)
