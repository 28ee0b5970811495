"""Closed shapes with notches, waists and strokes that end inside: nothing there parts one region from another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from huebrush_backend.synthesis.canvas import Canvas, Light, Pen
from huebrush_backend.synthesis.flat_layout import Layout
from huebrush_backend.synthesis.flat_shapes import ShapeRecorder
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.shapes import Points, ellipse, spline

Drawer = Callable[[Canvas, np.random.Generator, int, float], None]
"""Function that draws a shape of a part (synthesis.Part); the last argument is the width of its lines."""
_PARTS = (Part.HAIR, Part.TOP, Part.BOTTOM, Part.JACKET, Part.CLOUD, Part.BAG, Part.HAT, Part.BALLOON)
_CLEAR = 3.0
"""Least distance of strokes from other lines, in line widths."""
_LINES = (0.0022, 0.007)
"""Narrowest and widest lines, as a share of the page's longer side."""


def lay_out_notched(rng: np.random.Generator, aspect: float) -> Layout:
    """Return a page of one to nine large shapes that is `aspect` page widths high."""
    line = max(1.0, aspect) * float(np.exp(rng.uniform(*np.log(_LINES))))
    pen = Pen(width=line, contrast=rng.uniform(0, 0.3), taper=rng.uniform(0.3, 0.95))
    page = (0.0, 0.0, 1.0, aspect)
    canvas = ShapeRecorder(pen, Light(), rng, page)
    canvas.ground(np.array([(-0.1, -0.1), (1.1, -0.1), (1.1, aspect + 0.1), (-0.1, aspect + 0.1)]), Part.BACKGROUND)
    rows = int(rng.integers(1, 4))
    columns = max(1, round(rows / aspect))
    cell = min(1 / columns, aspect / rows)
    parts = rng.permutation(np.array(_PARTS))
    for number in range(rows * columns):
        row, column = divmod(number, columns)
        x, y = (column + 0.5) / columns, (row + 0.5) * aspect / rows
        part = int(parts[number % len(parts)])
        with canvas.within(x, y, 0.9 * cell, float(rng.normal(0, 0.15)), bool(rng.random() < 0.5)):
            SHAPES[int(rng.integers(len(SHAPES)))](canvas, rng, part, line / (0.9 * cell))
        canvas.next_owner()
    return Layout(tuple(canvas.shapes), canvas.next_owner() + 1, line)


def draw_hair(canvas: Canvas, rng: np.random.Generator, part: int, line: float) -> None:
    """Draw a mass of hair with pointed locks; strands run from its crown and from between the locks, and end inside."""
    locks = int(rng.integers(4, 8))
    across = np.linspace(-0.42, 0.42, 2 * locks + 1)
    low = np.where(np.arange(2 * locks + 1) % 2, rng.uniform(0.3, 0.48, 2 * locks + 1), rng.uniform(-0.05, 0.22))
    fringe = np.stack([across, low + rng.uniform(-0.05, 0.05, len(low))], axis=1)[::-1]
    crown = np.array([(-0.45, -0.1), (-0.38, -0.33), (-0.15, -0.47), (0.15, -0.46), (0.38, -0.32), (0.45, -0.1)])
    points = np.concatenate([crown, fringe])
    sharp = [len(crown) + at for at in range(len(fringe)) if at % 2 == 1]
    outline = spline(points, True, 8, sharp)
    canvas.fill(outline, part)
    strands = []
    for notch in fringe[2:-2:2]:
        end = notch * rng.uniform(0.35, 0.8) + np.array([0.0, -0.4]) * rng.uniform(0.2, 0.65)
        strands.append(_bowed(rng, notch, end))
    for at in rng.uniform(-0.3, 0.3, int(rng.integers(1, 5))).tolist():
        root = outline[np.hypot(*(outline - (at, -0.5)).T).argmin()]
        strands.append(_bowed(rng, root, np.array([at * 1.2, rng.uniform(-0.2, 0.1)])))
    _stroke_inside(canvas, outline, strands, line)


def draw_cloth(canvas: Canvas, rng: np.random.Generator, part: int, line: float) -> None:
    """Draw a skirt or cape: folds run from hem and waist and end inside, some almost at the other side."""
    waist, hem = rng.uniform(0.12, 0.25), rng.uniform(0.36, 0.48)
    folds = int(rng.integers(3, 8))
    across = np.linspace(-hem, hem, 2 * folds + 1)
    wave = 0.4 + 0.035 * np.where(np.arange(2 * folds + 1) % 2, 1, -1) * rng.uniform(0.4, 1.6)
    bottom = np.stack([across, wave], axis=1)
    top = np.array([(waist, -0.42), (0, -0.4), (-waist, -0.42)])
    outline = spline(np.concatenate([bottom, top]), True, 8, (0, len(bottom) - 1, len(bottom), -1))
    canvas.fill(outline, part)
    lines = []
    for fold in bottom[2:-2:2]:
        reach = rng.uniform(0.2, 0.93)
        end = np.array([fold[0] * (1 - reach * (1 - waist / hem)), 0.4 - 0.8 * reach])
        lines.append(_bowed(rng, fold, end))
    for x in (waist * rng.uniform(-0.8, 0.8, int(rng.integers(0, 4)))).tolist():
        lines.append(_bowed(rng, np.array([x, -0.41]), np.array([1.4 * x, rng.uniform(-0.3, 0.1)])))
    _stroke_inside(canvas, outline, lines, line)


def draw_waisted(canvas: Canvas, rng: np.random.Generator, part: int, line: float) -> None:
    """Draw a long shape with one or two narrow waists: an hourglass, a bowling pin, a row of beads in one piece."""
    waists = int(rng.integers(1, 3))
    narrow = line * rng.uniform(3.0, 9.0, waists)
    down = np.linspace(-0.46, 0.46, 4 * (waists + 1) + 1)
    wide = rng.uniform(0.2, 0.42) * np.sqrt(np.maximum(np.abs(np.sin(np.pi * (down + 0.46) / 0.92 * (waists + 1))), 0))
    for number in range(waists):
        wide[4 * (number + 1)] = max(0.03, min(float(narrow[number]), 0.14))
    wide[0] = wide[-1] = 0.0
    right = np.stack([wide, down], axis=1)
    left = right[-2:0:-1] * np.array([-1, 1])
    canvas.fill(spline(np.concatenate([right, left]), True, 8), part)


def draw_notched(canvas: Canvas, rng: np.random.Generator, part: int, line: float) -> None:
    """Draw a round shape with deep slim notches from its rim, as in a leaf, a cog or a torn cloud."""
    notches = int(rng.integers(2, 8))
    turn = np.sort(rng.uniform(0, 2 * np.pi, notches))
    points, sharp = [], []
    for begin, end in zip(turn, [*turn[1:], turn[0] + 2 * np.pi], strict=True):
        if end - begin < 0.35:
            continue
        slim, deep = rng.uniform(0.03, 0.12), rng.uniform(0.08, 0.36)
        for angle in np.linspace(begin + slim, end - slim, max(3, int((end - begin) * 5))):
            points.append((0.45 * np.cos(angle), 0.43 * np.sin(angle)))
        sharp.append(len(points))
        points.append((deep * np.cos(end), deep * np.sin(end)))
    canvas.fill(spline(np.array(points), True, 6, sharp), part)


def draw_holed(canvas: Canvas, rng: np.random.Generator, part: int, line: float) -> None:
    """Draw a shape with others on it close to its rim and to each other, so that it runs through narrow passages."""
    canvas.fill(ellipse(0, 0, 0.46, 0.43, 0, 48), part)
    count = int(rng.integers(3, 6))
    for turn in np.arange(count) * 2 * np.pi / count + rng.uniform(0, 1):
        rim = float(rng.uniform(0.02, 0.06)) + 2 * line
        apart = np.sin(np.pi / count)
        size = min(float(rng.uniform(0.11, 0.17)), ((0.42 - rim) * apart - 2 * line) / (1.15 + apart))
        x, y = (0.42 - size - rim) * np.array([np.cos(turn), 0.93 * np.sin(turn)])
        canvas.fill(ellipse(x, y, size, size * 0.9, 0, 32), int(rng.choice([each for each in _PARTS if each != part])))


SHAPES: tuple[Drawer, ...] = (draw_hair, draw_hair, draw_cloth, draw_waisted, draw_notched, draw_holed)
"""Draw a shape within half a unit around the origin."""


def _stroke_inside(canvas: Canvas, outline: Points, strokes: Sequence[Points], line: float) -> None:
    """Draw those of the strokes, each from a point of the outline, that keep clear of it and of each other."""
    clear = _CLEAR * line + 0.01
    drawn: list[Points] = []
    for path in strokes:
        beyond = path[3:]
        others = np.concatenate([outline[np.hypot(*(outline - path[0]).T) > 2 * clear], *drawn])
        away = np.hypot(*(beyond[:, None] - others[None]).transpose(2, 0, 1))
        if away.min() > clear:
            canvas.stroke(path, 1.0, (1.0, 0.25))
            drawn.append(path)


def _bowed(rng: np.random.Generator, start: Points, end: Points) -> Points:
    t = np.linspace(0, 1, 16)[:, None]
    across = np.array([start[1] - end[1], end[0] - start[0]])
    return start + (end - start) * t + across * float(rng.normal(0, 0.06)) * np.sin(np.pi * t)
