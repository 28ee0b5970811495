"""Grounds behind and below a subject: meadow, sea, road, wall and floor, or a plain panel."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.patterns import draw_pattern, pattern_pieces
from huebrush_backend.synthesis.shapes import Points, ribbon, spline


def draw_ground(canvas: RichCanvas, rng: np.random.Generator, base: float) -> None:
    """Draw any ground; a subject stands at height `base`. A quarter of the grounds are the empty page."""
    choice = rng.random()
    if choice < 0.25:
        return
    if choice < 0.45:
        draw_panel(canvas, rng)
    elif choice < 0.7:
        draw_meadow(canvas, rng, base - float(rng.uniform(0.02, 0.15)))
    else:
        draw_wall(canvas, rng, base - float(rng.uniform(0.03, 0.15)))


def draw_panel(canvas: RichCanvas, rng: np.random.Generator) -> None:
    """Draw a disc, a frame, a patterned page or a blot of colour behind the subject."""
    kind = int(rng.integers(4))
    x, y = (float(value) for value in rng.uniform(0.44, 0.56, 2))
    if kind == 0:
        canvas.fill(outlines.disc(x, y, float(rng.uniform(0.33, 0.46))), Part.BACKDROP, shaded=False)
    elif kind == 1:
        m = float(rng.uniform(0.04, 0.12))
        canvas.fill(outlines.box(m, m, 1 - m, 1 - m, float(rng.uniform(0, 0.1))), Part.BACKDROP, shaded=False)
    elif kind == 2:
        page = outlines.box(-0.1, -0.1, 1.1, 1.1)
        canvas.fill(page, Part.BACKDROP, outline=0, shaded=False)
        step = float(rng.uniform(0.14, 0.28))
        name = ("stripes", "dots", "checks", "diamonds", "stars")[int(rng.integers(5))]
        pieces = [piece + 0.5 for piece in pattern_pieces(rng, name, 0.56, step)]
        canvas.inlay(page, Part.BACKDROP, pieces, RichPart.GROUND_PATTERN, 0.5)
    else:
        canvas.fill(outlines.scalloped(x, y, 0.46, 0.42, int(rng.integers(7, 12)), 0.16), Part.BACKDROP, shaded=False)


def draw_sky(canvas: RichCanvas, rng: np.random.Generator, horizon: float) -> None:
    """Draw sun or moon, and clouds, above the horizon."""
    if rng.random() < 0.5:
        x, y, r = (float(value) for value in (rng.uniform(0.1, 0.9), rng.uniform(0.08, 0.22), rng.uniform(0.05, 0.1)))
        canvas.fill(outlines.disc(x, y, r), Part.MOON)
        if rng.random() < 0.5:
            for turn in np.arange(9) * 2 * np.pi / 9:
                ray = np.array([np.sin(turn), -np.cos(turn)])
                canvas.stroke(outlines.moved(np.stack([ray * r * 1.25, ray * r * 1.6]), x, y), 0.9)
    for _ in range(int(rng.integers(0, 3))):
        x, y = float(rng.uniform(0, 1)), float(rng.uniform(0.06, 0.6 * horizon))
        w = float(rng.uniform(0.1, 0.19))
        canvas.merge(
            [outlines.disc(x - w * 0.5, y, w * 0.5, w * 0.36), outlines.disc(x + w * 0.5, y, w * 0.55, w * 0.34),
             outlines.disc(x, y - w * 0.2, w * 0.55, w * 0.5)], Part.CLOUD,
        )  # fmt: skip


def draw_meadow(canvas: RichCanvas, rng: np.random.Generator, horizon: float) -> None:
    """Draw sky, hills, grass, and perhaps a tree, a fence or flowers."""
    draw_sky(canvas, rng, horizon)
    if rng.random() < 0.5:
        _hill(canvas, rng, horizon - 0.08, 0.1, Part.FOLIAGE)
    if rng.random() < 0.4:
        _tree(canvas, rng, float(rng.choice([rng.uniform(0.02, 0.22), rng.uniform(0.78, 0.98)])), horizon + 0.04)
    _hill(canvas, rng, horizon, 0.03, Part.GROUND)
    if rng.random() < 0.25:
        middle, far = rng.uniform(0.3, 0.7, 2)
        left = spline([(far, horizon + 0.01), (middle - 0.1, horizon + 0.14), (middle - 0.32, 1.1)], False)
        right = spline([(middle + 0.12, 1.1), (middle + 0.02, horizon + 0.16), (far + 0.05, horizon + 0.01)], False)
        canvas.fill(np.concatenate([left, right]), RichPart.ROAD, 0.8, shaded=False)
    if rng.random() < 0.25:
        for x in np.arange(0.02, 1.0, 0.11):
            canvas.fill(
                outlines.moved(outlines.closed("-.025,.1! -.025,-.08! 0,-.11! .025,-.08! .025,.1!"), x, horizon),
                RichPart.FURNITURE,
            )
        canvas.fill(outlines.box(-0.1, horizon - 0.03, 1.1, horizon), RichPart.FURNITURE)
    for _ in range(int(rng.integers(0, 7))):
        x, y = float(rng.uniform(0.03, 0.97)), float(rng.uniform(min(0.95, horizon + 0.06), 0.98))
        if rng.random() < 0.5:
            for lean in (-0.012, 0.0, 0.012):
                canvas.stroke(np.array([(x + lean * 0.4, y), (x + lean * 1.6, y - 0.025)]), 0.7)
        else:
            canvas.stroke(np.array([(x, y + 0.05), (x, y)]), 0.8)
            canvas.fill(outlines.scalloped(x, y, 0.03, 0.03, 5, 0.3), Part.FLOWER, 0.8)


def draw_sea(canvas: RichCanvas, rng: np.random.Generator) -> None:
    """Draw water with sand, plants and bubbles; the page shows through above the surface, if there is one."""
    surface = float(rng.choice([-0.1, rng.uniform(0.06, 0.2)]))
    x = np.arange(-0.1, 1.11, 0.06)
    wave = np.stack([x, surface + 0.012 * np.where(np.arange(len(x)) % 2, 1, -1)], axis=1)
    canvas.fill(np.concatenate([spline(wave, False, 4), [(1.1, 1.1), (-0.1, 1.1)]]), RichPart.WATER, shaded=False)
    for x_ in rng.uniform(0.03, 0.97, int(rng.integers(1, 4))):
        tall = float(rng.uniform(0.2, 0.5))
        sway = tall * float(rng.uniform(-0.12, 0.12))
        path = spline(
            [(x_, 1.0), (x_ + sway, 1 - tall * 0.4), (x_ - sway, 1 - tall * 0.7), (x_ + sway, 1 - tall)], False
        )
        canvas.fill(ribbon(path, np.linspace(0.06, 0.012, len(path))), RichPart.LEAF)
    _hill(canvas, rng, float(rng.uniform(0.84, 0.93)), 0.02, Part.GROUND)
    for _ in range(int(rng.integers(0, 6))):
        r = float(rng.uniform(0.01, 0.025))
        canvas.fill(outlines.disc(float(rng.uniform(0, 1)), float(rng.uniform(0.25, 0.8)), r), RichPart.DRINK, 0.7)


def draw_street(canvas: RichCanvas, rng: np.random.Generator, curb: float) -> None:
    """Draw a road whose far edge lies at height `curb`, with what may lie behind it."""
    draw_sky(canvas, rng, curb)
    kind = rng.random()
    if kind < 0.35:
        _hill(canvas, rng, curb - 0.1, 0.06, Part.GROUND)
        if rng.random() < 0.6:
            _tree(canvas, rng, float(rng.uniform(0.05, 0.95)), curb)
    elif kind < 0.7:
        x = float(rng.uniform(-0.15, 0))
        while x < 1:
            w, tall = float(rng.uniform(0.16, 0.3)), float(rng.uniform(0.2, 0.42))
            part = (Part.WALL, Part.ROOF, Part.BACKDROP)[int(rng.integers(3))]
            canvas.fill(outlines.box(x, curb - tall, x + w, curb), part)
            for row in np.arange(curb - tall + 0.04, curb - 0.06, 0.11):
                for column in np.arange(x + 0.035, x + w - 0.06, 0.085):
                    canvas.fill(outlines.box(column, row, column + 0.045, row + 0.055), Part.DOOR, 0.6, shaded=False)
            x += w
    canvas.fill(outlines.box(-0.1, curb, 1.1, 1.1), RichPart.ROAD, shaded=False)
    if rng.random() < 0.6:
        canvas.fill(outlines.box(-0.1, curb, 1.1, curb + 0.035), RichPart.FLOOR, 0.8, shaded=False)
    if rng.random() < 0.7:
        y = float(rng.uniform(0.9, 0.96))
        for x in np.arange(0.0, 1.0, 0.22):
            canvas.fill(outlines.box(x, y, x + 0.12, y + 0.025), RichPart.PATTERN, 0.7, shaded=False)


def draw_wall(canvas: RichCanvas, rng: np.random.Generator, floor: float) -> None:
    """Draw a wall, perhaps papered, and a floor that begins at height `floor`."""
    wall = outlines.box(-0.1, -0.1, 1.1, floor)
    canvas.fill(wall, Part.WALL, shaded=False)
    if rng.random() < 0.4:
        draw_pattern(canvas, rng, wall, Part.WALL, None, 7)
    canvas.fill(outlines.box(-0.1, floor, 1.1, 1.1), RichPart.FLOOR, shaded=False)
    if rng.random() < 0.4:
        canvas.fill(outlines.box(-0.1, floor - 0.035, 1.1, floor), RichPart.BUMPER, 0.8, shaded=False)
    elif rng.random() < 0.4:
        for x in np.linspace(-0.6, 1.6, 10):
            canvas.stroke(np.array([(0.5 + (x - 0.5) * 0.6, floor), (x, 1.1)]), 0.6, (1, 1))


def _hill(canvas: RichCanvas, rng: np.random.Generator, y: float, bump: float, part: int) -> None:
    heights = y + rng.uniform(-bump, bump, 5)
    top = spline(np.stack([np.linspace(-0.1, 1.1, 5), heights], axis=1), False)
    canvas.fill(np.concatenate([top, [(1.1, 1.1), (-0.1, 1.1)]]), part, shaded=False)


def _tree(canvas: RichCanvas, rng: np.random.Generator, x: float, base: float) -> None:
    tall = float(rng.uniform(0.3, 0.5))
    with canvas.within(x, base, tall):
        canvas.fill(outlines.closed("-.06,-.5! .06,-.5! .06,-.1 .12,0! -.12,0! -.06,-.1"), Part.TRUNK)
        crowns: tuple[Points, ...] = (
            outlines.scalloped(0, -0.68, 0.34, 0.34, int(rng.integers(6, 10)), 0.16),
            outlines.closed("0,-1.1! .3,-.25! 0,-.2 -.3,-.25!"),
            outlines.disc(0, -0.68, 0.26, 0.38),
        )
        canvas.fill(crowns[int(rng.integers(3))], Part.FOLIAGE)
        if rng.random() < 0.3:
            for dx, dy in rng.uniform(-0.18, 0.18, (4, 2)):
                canvas.fill(outlines.disc(float(dx), -0.62 + float(dy), 0.05), RichPart.FRUIT, 0.8)
