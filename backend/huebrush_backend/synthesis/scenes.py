"""Objects and backgrounds, in canvas units."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.canvas import Canvas
from huebrush_backend.synthesis.heads import draw_flower
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.shapes import ellipse, limb, ribbon, spline


def draw_house(canvas: Canvas, rng: np.random.Generator, x: float, base: float, size: float) -> None:
    """Draw a house of width `size` standing on `base`."""
    tall = rng.uniform(0.55, 0.9)
    pitch = rng.uniform(0.3, 0.55)
    two_doors = rng.random() < 0.5
    flat = rng.random() < 0.4
    chimney = rng.random() < 0.5
    with canvas.within(x, base, size):
        if chimney:
            canvas.fill(
                np.array([(0.2, -tall - pitch * 0.9), (0.34, -tall - pitch * 0.9), (0.34, -tall), (0.2, -tall)]),
                Part.WALL,
            )
        canvas.fill(np.array([(-0.5, -tall), (0.5, -tall), (0.5, 0), (-0.5, 0)]), Part.WALL)
        if flat:
            roof = [
                (-0.42, -tall - pitch * 0.8),
                (0.42, -tall - pitch * 0.8),
                (0.6, -tall + 0.03),
                (-0.6, -tall + 0.03),
            ]
        else:
            roof = [(0, -tall - pitch), (0.62, -tall + 0.04), (-0.62, -tall + 0.04)]
        canvas.fill(np.array(roof), Part.ROOF)
        for row in range(1, 4):
            t = row / 4
            half = (0.42 + 0.18 * t) if flat else 0.62 * t
            y = -tall - pitch * (0.8 if flat else 1) * (1 - t)
            canvas.stroke(np.array([(-half * 0.9, y), (half * 0.75, y)]), 0.5)
        door = rng.uniform(-0.25, 0.1)
        canvas.fill(
            spline(
                [(door - 0.1, 0), (door - 0.1, -0.3), (door, -0.36), (door + 0.1, -0.3), (door + 0.1, 0)],
                True,
                3,
                (0, 1, 3, 4),
            ),
            Part.DOOR,
        )
        canvas.blot(ellipse(door + 0.06, -0.15, 0.012, 0.012, 0, 8))
        for wx in (0.3, -0.36) if two_doors else (0.32,):
            if abs(wx - door) < 0.22:
                continue
            wy = -tall * 0.62
            canvas.fill(
                np.array([(wx - 0.09, wy - 0.1), (wx + 0.09, wy - 0.1), (wx + 0.09, wy + 0.1), (wx - 0.09, wy + 0.1)]),
                Part.DOOR,
            )
            canvas.stroke(np.array([(wx, wy - 0.1), (wx, wy + 0.1)]), 0.7, (1, 1))
            canvas.stroke(np.array([(wx - 0.09, wy), (wx + 0.09, wy)]), 0.7, (1, 1))


def draw_tree(canvas: Canvas, rng: np.random.Generator, x: float, base: float, size: float) -> None:
    """Draw a tree of height `size` standing on `base`: round, cloudy or a fir."""
    kind = rng.integers(3)
    jag = rng.uniform(-1, 1, 12)
    with canvas.within(x, base, size):
        trunk = [(-0.07, -0.45), (0.07, -0.45), (0.06, -0.12), (0.13, 0.0), (-0.13, 0.0), (-0.06, -0.12)]
        canvas.fill(spline(trunk, True, 4, (0, 1, 3, 4)), Part.TRUNK)
        canvas.stroke(np.array([(0.01, -0.3), (0.0, -0.12)]), 0.6)
        if kind == 0:
            for level, (y, half) in enumerate(((-0.2, 0.34), (-0.42, 0.28), (-0.62, 0.2))):
                points = [
                    (0, y - 0.36),
                    (half, y),
                    (half * 0.4, y + 0.03 * jag[level]),
                    (0, y + 0.04),
                    (-half * 0.4, y),
                    (-half, y),
                ]
                canvas.fill(spline(points, True, 4, (0, 1, 5)), Part.FOLIAGE)
        else:
            count = 9
            angles = np.arange(count) * 2 * np.pi / count
            points: list[tuple[float, float]] = []
            for i, angle in enumerate(angles):
                r = 0.33 + 0.04 * jag[i]
                mid = angle + np.pi / count
                points += [
                    (r * np.sin(angle), -0.62 - r * np.cos(angle)),
                    (0.3 * np.sin(mid), -0.62 - 0.3 * np.cos(mid)),
                ]
            canvas.fill(spline(points, True, 4, range(1, 2 * count, 2)), Part.FOLIAGE)
            for i in range(4):
                cx, cy = 0.2 * jag[i], -0.62 + 0.2 * jag[i + 4]
                canvas.stroke(
                    spline(
                        [(cx - 0.06, cy), (cx - 0.02, cy + 0.03), (cx + 0.02, cy), (cx + 0.06, cy + 0.03)], False, 4
                    ),
                    0.6,
                )


def draw_cat(canvas: Canvas, rng: np.random.Generator, x: float, base: float, size: float) -> None:
    """Draw a sitting cat, dog or rabbit of height `size`, perhaps with a collar."""
    kind = ("cat", "dog", "rabbit")[int(rng.integers(3))]
    side = 1 if rng.random() < 0.5 else -1
    collar = rng.random() < 0.6
    happy = rng.random() < 0.5
    with canvas.within(x, base, size, flip=side < 0):
        if kind == "cat":
            canvas.fill(
                limb([(0.2, -0.06), (0.42, -0.1), (0.46, -0.32), (0.36, -0.42)], [0.09, 0.09, 0.09, 0.07]), Part.ANIMAL
            )
        else:
            canvas.fill(ellipse(0.28, -0.12, 0.09, 0.08, 0, 14), Part.ANIMAL)
        canvas.fill(
            spline(
                [(0, -0.56), (0.2, -0.4), (0.28, -0.15), (0.25, 0.0), (-0.22, 0.0), (-0.22, -0.2), (-0.16, -0.42)],
                True,
                5,
                (3, 4),
            ),
            Part.ANIMAL,
        )
        canvas.stroke(spline([(0.12, 0.0), (0.08, -0.12), (0.16, -0.2)], False, 4), 0.8)
        for px in (-0.13, 0.01):
            canvas.fill(limb([(px, -0.32), (px, -0.15), (px - 0.01, -0.04)], [0.12, 0.1, 0.11], cap=0.3), Part.ANIMAL)
        ears: list[list[tuple[float, float]]]
        if kind == "cat":
            ears = [[(-0.25, -0.72), (-0.25, -0.98), (-0.08, -0.86)], [(0.08, -0.86), (0.22, -0.98), (0.23, -0.72)]]
        elif kind == "rabbit":
            ears = [
                [(-0.17, -0.84), (-0.2, -1.14), (-0.1, -1.2), (-0.04, -0.86)],
                [(0.02, -0.86), (0.08, -1.2), (0.18, -1.14), (0.15, -0.84)],
            ]
        else:
            ears = [
                [(-0.2, -0.86), (-0.36, -0.78), (-0.33, -0.55), (-0.2, -0.66)],
                [(0.2, -0.86), (0.36, -0.78), (0.33, -0.55), (0.2, -0.66)],
            ]
        if kind != "dog":
            for ear in ears:
                canvas.fill(spline(ear, True, 5, (0, len(ear) - 1) if kind == "rabbit" else (0, 1, 2)), Part.ANIMAL)
        canvas.fill(ellipse(-0.01, -0.68, 0.27, 0.23, 0, 28), Part.ANIMAL)
        if kind == "dog":
            for ear in ears:
                canvas.fill(spline(ear, True, 5), Part.ANIMAL)
        if collar:
            canvas.fill(ribbon(spline([(-0.17, -0.47), (0, -0.42), (0.16, -0.47)], False), 0.07), Part.RIBBON)
            canvas.fill(ellipse(0, -0.39, 0.04, 0.04, 0, 12), Part.MOON)
        for ex in (-0.12, 0.1):
            if happy:
                canvas.stroke(spline([(ex - 0.045, -0.68), (ex, -0.725), (ex + 0.045, -0.68)], False, 4), 1.1)
            else:
                canvas.fill(ellipse(ex, -0.7, 0.05, 0.06, 0, 16), Part.EYES, shaded=False)
                canvas.blot(ellipse(ex, -0.7, 0.02, 0.045, 0, 12))
        canvas.blot(spline([(-0.035, -0.64), (0.015, -0.64), (-0.01, -0.61)], True, 3))
        canvas.stroke(
            spline([(-0.07, -0.58), (-0.04, -0.57), (-0.01, -0.61), (0.02, -0.57), (0.05, -0.58)], False, 4), 0.8
        )
        if kind != "dog":
            for wy in (-0.63, -0.59):
                canvas.stroke(np.array([(0.14, wy), (0.34, wy - 0.03)]), 0.5)
                canvas.stroke(np.array([(-0.16, wy), (-0.36, wy - 0.03)]), 0.5)


def draw_ground(canvas: Canvas, rng: np.random.Generator, y: float) -> None:
    """Draw a rolling ground from height `y` down."""
    bumps = y + rng.uniform(-0.03, 0.03, 5)
    top = spline(np.stack([np.linspace(-0.1, 1.1, 5), bumps], axis=1), False)
    canvas.fill(np.concatenate([top, [(1.1, 1.1), (-0.1, 1.1)]]), Part.GROUND, shaded=False)
    for _ in range(int(rng.integers(3, 8))):
        x, gy = rng.uniform(0.03, 0.97), rng.uniform(y + 0.05, 1.0)
        for lean in (-0.012, 0.0, 0.012):
            canvas.stroke(np.array([(x + lean * 0.4, gy), (x + lean * 1.6, gy - 0.022)]), 0.6)


def draw_moon(canvas: Canvas, rng: np.random.Generator, x: float, y: float, radius: float) -> None:
    """Draw a sun, full moon, crescent or star."""
    kind = rng.integers(3)
    if kind == 0:
        for turn in np.arange(10) * 2 * np.pi / 10:
            ray = np.array([(np.sin(turn), -np.cos(turn))])
            canvas.stroke(np.concatenate([ray * radius * 1.2, ray * radius * 1.5]) + np.array([x, y]), 0.9)
        canvas.fill(ellipse(x, y, radius, radius), Part.MOON)
    elif kind == 1:
        t = np.linspace(0.6, 2 * np.pi - 0.6, 24)
        outer = np.stack([np.cos(t), np.sin(t)], axis=1)
        inner = np.stack([0.35 + 0.8 * np.cos(t[::-1]) * 0.75, 0.82 * np.sin(t[::-1]) * 0.85], axis=1)
        canvas.fill(np.concatenate([outer, inner]) * radius + (x, y), Part.MOON)
    else:
        t = np.arange(10) * np.pi / 5
        r = np.where(np.arange(10) % 2, 0.48, 1.05)
        canvas.fill(np.stack([r * np.sin(t), -r * np.cos(t)], axis=1) * radius + (x, y), Part.MOON)


def draw_cloud(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float) -> None:
    """Draw a cloud of width `size`."""
    jag = rng.uniform(0.8, 1.2, 5)
    points = [
        (-0.5, 0.08),
        (-0.48, -0.06 * jag[0]),
        (-0.3, -0.1),
        (-0.2, -0.24 * jag[1]),
        (0.05, -0.22 * jag[2]),
        (0.14, -0.12),
        (0.34, -0.18 * jag[3]),
        (0.42, -0.03),
        (0.52, 0.08),
    ]
    with canvas.within(x, y, size):
        canvas.fill(spline(points, True, 5, (0, 2, 5, 7, 8)), Part.CLOUD)


def draw_balloon(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Draw a hot-air balloon or toy balloon with its string."""
    with canvas.within(x, y, size):
        canvas.stroke(spline([(0, 0.58), (0.06, 0.8), (-0.03, 1.1)], False), 0.8, (1, 1))
        canvas.fill(
            spline(
                [
                    (0, -0.5),
                    (0.38, -0.3),
                    (0.4, 0.05),
                    (0.12, 0.48),
                    (0.08, 0.56),
                    (-0.08, 0.56),
                    (-0.12, 0.48),
                    (-0.4, 0.05),
                    (-0.38, -0.3),
                ],
                True,
                5,
            ),
            Part.BALLOON,
        )
        canvas.stroke(spline([(-0.25, -0.1), (-0.22, -0.25), (-0.1, -0.36)], False), 0.8)


def draw_backdrop(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw a panel behind the subject: a disc, a frame, stripes, a slanted floor or dots."""
    kind = rng.integers(5)
    if kind == 0:
        x, y, radius = rng.uniform(0.4, 0.6), rng.uniform(0.4, 0.55), rng.uniform(0.34, 0.46)
        canvas.fill(ellipse(x, y, radius, radius, 0, 48), Part.BACKDROP, shaded=False)
    elif kind == 1:
        m = rng.uniform(0.06, 0.14)
        canvas.fill(np.array([(m, m), (1 - m, m), (1 - m, 1 - m), (m, 1 - m)]), Part.BACKDROP, shaded=False)
    elif kind == 2:
        count, width = int(rng.integers(3, 6)), rng.uniform(0.35, 0.6)
        for i in range(count):
            x0 = (i + 0.5 - width / 2) / count
            canvas.fill(
                np.array([(x0, -0.1), (x0 + width / count, -0.1), (x0 + width / count, 1.1), (x0, 1.1)]),
                Part.BACKDROP,
                shaded=False,
            )
    elif kind == 3:
        y0, y1 = rng.uniform(0.2, 0.8, 2)
        canvas.fill(np.array([(-0.1, y0), (1.1, y1), (1.1, 1.1), (-0.1, 1.1)]), Part.BACKDROP, shaded=False)
    else:
        for _ in range(int(rng.integers(5, 11))):
            r = rng.uniform(0.03, 0.09)
            canvas.fill(ellipse(rng.uniform(0, 1), rng.uniform(0, 1), r, r, 0, 24), Part.BACKDROP, shaded=False)


def draw_scenery(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    """Draw a landscape behind a subject: sky, ground and one or two objects."""
    if rng.random() < 0.5:
        draw_moon(canvas, rng, rng.uniform(0.1, 0.9), rng.uniform(0.08, 0.2), rng.uniform(0.05, 0.1))
    for _ in range(int(rng.integers(0, 3))):
        draw_cloud(canvas, rng, rng.uniform(0, 1), rng.uniform(0.08, 0.4), rng.uniform(0.2, 0.4))
    draw_ground(canvas, rng, horizon)
    if rng.random() < 0.4:
        draw_house(canvas, rng, rng.uniform(0.1, 0.9), horizon + 0.05, rng.uniform(0.25, 0.42))
    for _ in range(int(rng.integers(0, 3))):
        draw_tree(canvas, rng, rng.uniform(0, 1), horizon + rng.uniform(0.02, 0.1), rng.uniform(0.3, 0.6))


def draw_scene(canvas: Canvas, rng: np.random.Generator) -> None:
    """Draw a picture without a person: landscape with house, trees, animals, flowers and balloons."""
    horizon = rng.uniform(0.6, 0.8)
    if rng.random() < 0.6:
        draw_moon(canvas, rng, rng.uniform(0.12, 0.88), rng.uniform(0.12, 0.25), rng.uniform(0.06, 0.11))
    for _ in range(int(rng.integers(0, 3))):
        draw_cloud(canvas, rng, rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.4), rng.uniform(0.22, 0.42))
    draw_ground(canvas, rng, horizon)
    slots = rng.permutation(3) * 0.3 + 0.2 + rng.uniform(-0.05, 0.05, 3)
    makers = rng.permutation(3)
    for slot, maker in zip(slots[: int(rng.integers(1, 4))], makers, strict=False):
        if maker == 0:
            draw_house(canvas, rng, slot, horizon + rng.uniform(0.03, 0.12), rng.uniform(0.35, 0.55))
        elif maker == 1:
            draw_tree(canvas, rng, slot, horizon + rng.uniform(0.03, 0.15), rng.uniform(0.45, 0.7))
        else:
            draw_balloon(canvas, slot, rng.uniform(0.2, 0.35), rng.uniform(0.15, 0.28))
    if rng.random() < 0.65:
        draw_cat(canvas, rng, rng.uniform(0.2, 0.8), rng.uniform(0.88, 1.0), rng.uniform(0.3, 0.55))
    for _ in range(int(rng.integers(0, 5))):
        x, y, size = rng.uniform(0.05, 0.95), rng.uniform(horizon + 0.08, 0.97), rng.uniform(0.025, 0.045)
        canvas.stroke(np.array([(x, y + size * 2.4), (x, y)]), 1.0, (1, 1))
        draw_flower(canvas, x, y, size)
