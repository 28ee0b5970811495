"""Hair behind the head and in front of it, in the frame of `heads`."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from huebrush_backend.synthesis.canvas import Canvas
from huebrush_backend.synthesis.design import CharacterDesign
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.pose import Pose
from huebrush_backend.synthesis.shapes import ellipse, limb, spline


def _noise(design: CharacterDesign, count: int, salt: int) -> np.ndarray:
    """Return `count` numbers in -1..1 that depend only on the design, so that they are the same in every pose."""
    return np.random.default_rng([design.seed, salt]).uniform(-1, 1, count)


def _tail(canvas: Canvas, start: tuple[float, float], side: float, length: float, width: float, sway: float) -> None:
    x, y = start
    drift = side * 0.16 + sway * 0.5
    joints = [
        (x, y),
        (x + side * 0.16, y + 0.05),
        (x + side * 0.2 + drift * 0.4, y + length * 0.5),
        (x + side * 0.1 + drift, y + length),
    ]
    canvas.fill(limb(joints, [width * 0.45, width * 0.9, width, 0.04], cap=0.2), Part.HAIR)
    inner = np.asarray(joints[1:])
    inner = inner + np.array([(0, 0.06), (-side * width * 0.12, 0), (-side * 0.03, -length * 0.12)])
    canvas.stroke(spline(inner, False), 0.7)
    canvas.stroke(
        spline(inner + np.array([(side * width * 0.25, 0.03), (side * width * 0.25, 0), (side * 0.02, -0.05)]), False),
        0.6,
    )


def draw_back_hair(canvas: Canvas, design: CharacterDesign, pose: Pose) -> None:
    """Draw the hair that lies behind head and body."""
    style, v = design.back_hair, design.hair_volume
    wide, top = 0.43 + v, -0.5 - v
    length, sway = design.hair_length, pose.sway
    if style in ("long", "wavy"):
        count = 6
        xs = np.linspace(wide + 0.1, -wide - 0.1, count + 1)
        jag = _noise(design, count + 1, 1) * 0.06
        bottom = [(x + sway * 0.5, 0.35 + length + j) for x, j in zip(xs, jag, strict=True)]
        hem: list[tuple[float, float]] = []
        for left, right in pairwise(bottom):
            hem += [left, ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2 - 0.12)]
        hem.append(bottom[-1])
        wave = 0.1 if style == "wavy" else 0.0
        right_side = [
            (wide, -0.05),
            (wide + 0.05 + wave, 0.3),
            (wide + 0.08 - wave + sway * 0.2, 0.35 + length * 0.5),
            (wide + 0.1 + wave + sway * 0.4, 0.35 + length * 0.78),
        ]
        left_side = [
            (-x + 2 * s, y) for (x, y), s in zip(right_side[::-1], (sway * 0.4, sway * 0.2, 0, 0), strict=True)
        ]
        points = [(0, top), (wide * 0.75, top + 0.16), *right_side, *hem, *left_side, (-wide * 0.75, top + 0.16)]
        tips = [6 + 2 * i for i in range(count + 1)]
        canvas.fill(spline(points, True, 4, tips), Part.HAIR)
        for x, _ in hem[1::2]:
            canvas.stroke(
                spline([(x, 0.35 + length - 0.1), (x * 0.9, 0.3 + length * 0.5), (x * 0.75, 0.45)], False), 0.6
            )
    elif style == "spiky":
        count = 10
        angles = np.linspace(-2.3, 2.3, count)
        radius = 0.66 + v + 0.14 * np.abs(_noise(design, count, 2))
        points: list[tuple[float, float]] = []
        for i, (angle, r) in enumerate(zip(angles, radius, strict=True)):
            points.append((r * np.sin(angle) * 0.95, -0.05 - r * np.cos(angle) * 0.95))
            if i < count - 1:
                mid = (angle + angles[i + 1]) / 2
                points.append(((0.52 + v) * np.sin(mid), -0.05 - (0.52 + v) * np.cos(mid)))
        canvas.fill(spline(points, True, 4, range(0, len(points), 2)), Part.HAIR)
    else:
        reach = {"bob": 0.42 + 0.12 * length, "short": 0.36}.get(style, 0.3)
        flare = 0.1 if style == "bob" else -0.02
        points = [
            (0, top),
            (wide * 0.75, top + 0.16),
            (wide, -0.05),
            (wide + flare, reach),
            (wide * 0.5, reach + 0.04),
            (0, reach + 0.02),
            (-wide * 0.5, reach + 0.04),
            (-wide - flare, reach),
            (-wide, -0.05),
            (-wide * 0.75, top + 0.16),
        ]
        canvas.fill(spline(points, True, 6, (3, 7)), Part.HAIR)
    if style == "ponytail":
        _tail(canvas, (wide * 0.5, top + 0.2), 1, length * 0.9 + 0.3, 0.36, sway)
    elif style == "double buns":
        for side in (-1, 1):
            canvas.fill(ellipse(side * wide * 0.78, top + 0.1, 0.2, 0.2, 0, 20), Part.HAIR)
            canvas.stroke(ellipse(side * wide * 0.78, top + 0.1, 0.11, 0.11, 0, 16)[:11], 0.7)
    elif style == "bun":
        canvas.fill(ellipse(0.04, top - 0.06, 0.23, 0.2, 0, 20), Part.HAIR)
        canvas.stroke(ellipse(0.04, top - 0.06, 0.13, 0.11, 0, 16)[:11], 0.7)


def draw_side_tails(canvas: Canvas, design: CharacterDesign, pose: Pose) -> None:
    """Draw twin tails and braids, which lie in front of the shoulders."""
    wide = 0.43 + design.hair_volume
    if design.back_hair == "twin tails":
        for side in (-1, 1):
            _tail(canvas, (side * (wide - 0.06), -0.2), side, 0.5 + design.hair_length * 0.8, 0.32, pose.sway)
    elif design.back_hair == "braids":
        for side in (-1, 1):
            beads = 5
            for i in range(beads):
                t = i / beads
                x, y = side * (wide - 0.1) + pose.sway * 0.3 * t, 0.35 + 0.17 * i * (0.6 + 0.3 * design.hair_length)
                canvas.fill(ellipse(x, y, 0.1 - 0.03 * t, 0.12, side * 0.3 * (-1) ** i, 14), Part.HAIR)
            x, y = side * (wide - 0.1) + pose.sway * 0.3, 0.35 + 0.17 * beads * (0.6 + 0.3 * design.hair_length)
            canvas.fill(
                spline(
                    [
                        (x - 0.05, y - 0.06),
                        (x + 0.05, y - 0.06),
                        (x + 0.07, y + 0.1),
                        (x, y + 0.16),
                        (x - 0.07, y + 0.1),
                    ],
                    True,
                    4,
                    (3,),
                ),
                Part.HAIR,
            )


def draw_front_hair(canvas: Canvas, design: CharacterDesign, pose: Pose) -> None:
    """Draw fringe, crown and side locks over the face."""
    v, w = design.hair_volume, design.face_width
    wide, top = 0.43 + v, -0.5 - v
    inner = 0.4 * w
    shift = pose.yaw * 0.06
    if design.side_locks:
        for side in (-1, 1):
            length = 0.15 + design.side_locks * 0.55
            x = side * (inner + 0.01)
            joints = [
                (x, -0.2),
                (x + side * 0.03, 0.1),
                (x + side * 0.02 + pose.sway * 0.12, 0.05 + length),
                (x - side * 0.03 + pose.sway * 0.25, 0.2 + length),
            ]
            canvas.fill(limb(joints, [0.16, 0.15, 0.11, 0.01], cap=0.1), Part.HAIR)
    fringe, jag = design.fringe, _noise(design, 9, 3)
    temple = 0.06 + 0.08 * jag[8]
    lower: list[tuple[float, float]] = []  # from the right temple to the left one, tips and valleys in turn
    if fringe in ("straight", "spiky"):
        locks = 5 if fringe == "straight" else 6
        for i in range(locks):
            x0 = inner - 0.02 - i * 2 * (inner - 0.02) / locks
            x1 = inner - 0.02 - (i + 1) * 2 * (inner - 0.02) / locks
            reach = -0.06 + 0.02 * jag[i] if fringe == "straight" else 0.02 + 0.08 * jag[i]
            lean = 0.5 if fringe == "straight" else 0.5 - 0.25 * np.sign(design.jaw - 0.5)
            lower.append((x0 + (x1 - x0) * lean + shift, reach))
            if i < locks - 1:
                lower.append((x1 + shift * 0.7, -0.13 if fringe == "straight" else -0.22))
    elif fringe == "swept":
        sweep = [(0.3, -0.02), (0.2, -0.12), (0.06, -0.02), (-0.02, -0.16), (-0.14, -0.06), (-0.2, -0.2)]
        lower = [(x * w + shift, y + 0.03 * j) for (x, y), j in zip(sweep, jag, strict=False)]
    elif fringe == "parted":
        half = [(0.34, 0.06), (0.24, -0.1), (0.14, -0.02), (0.04, -0.33)]
        lower = [(x * w + shift, y) for x, y in half] + [(-x * w + shift, y + 0.03 * jag[0]) for x, y in half[-2::-1]]
    else:  # curtain
        half = [(0.36, 0.1), (0.3, -0.12), (0.0, -0.36)]
        lower = [(x * w + shift, y) for x, y in half] + [(-x * w + shift, y) for x, y in half[-2::-1]]
    crown = [
        (-inner - 0.04, 0.12 + temple),
        (-wide, -0.02),
        (-wide * 0.97, -0.2),
        (-wide * 0.72, top + 0.17),
        (0, top),
        (wide * 0.72, top + 0.17),
        (wide * 0.97, -0.2),
        (wide, -0.02),
        (inner + 0.04, 0.12 - temple + 0.12),
    ]
    edge = np.array([(inner - 0.05, -0.06), *lower, (-inner + 0.05, -0.06)])
    bellied = (edge[1:] + edge[:-1]) / 2 + np.array([0, 0.022])
    woven = np.empty((2 * len(edge) - 1, 2))
    woven[::2], woven[1::2] = edge, bellied
    first = len(crown)
    outline = spline(np.concatenate([crown, woven]), True, 4, [0, first - 1, *range(first, first + len(woven), 2)])
    canvas.cast(outline + np.array([-0.02 * np.sign(canvas.light.x), 0.07]), Part.SKIN)
    canvas.fill(outline, Part.HAIR)
    for i, (x, y) in enumerate(lower):
        if i % 2:
            bend = 0.06 * jag[i % 8]
            canvas.stroke(
                spline([(x, y), (x * 0.85 + bend, (y + top) * 0.5), (x * 0.45 + bend, top + 0.16)], False, 5),
                0.7,
                (1, 0),
            )
    if fringe in ("curtain", "parted"):
        canvas.stroke(
            spline([(lower[len(lower) // 2][0], lower[len(lower) // 2][1]), (shift * 0.6, top + 0.08)], False, 5), 0.8
        )
    for side in (-1, 1):
        canvas.stroke(
            spline(
                [(side * wide * 0.86, -0.05), (side * wide * 0.8, -0.28), (side * wide * 0.5, top + 0.22)], False, 5
            ),
            0.6,
        )
    if design.back_hair in ("short", "spiky") and design.seed % 2:
        canvas.stroke(spline([(0.02, top + 0.02), (0.1, top - 0.1), (0.2, top - 0.1)], False, 5), 1.4, (1, 0.1))
