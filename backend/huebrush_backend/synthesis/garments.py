"""Clothes on the body: tops, skirts, jackets, capes, neckwear and bags, in the frame of `figure`."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.canvas import Canvas
from huebrush_backend.synthesis.design import CharacterDesign
from huebrush_backend.synthesis.figure import Body
from huebrush_backend.synthesis.heads import draw_bow
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.pose import Pose
from huebrush_backend.synthesis.shapes import ellipse, limb, ribbon, spline


def draw_skirt(canvas: Canvas, design: CharacterDesign, pose: Pose, body: Body) -> None:
    """Draw a skirt or the skirt of a dress."""
    if design.bottom in ("trousers", "shorts"):
        return
    part = Part.TOP if design.bottom == "dress" else Part.BOTTOM
    share = design.skirt_length + (0.35 if design.bottom == "long skirt" else 0.12 if design.bottom == "dress" else 0)
    bottom = body.hip_y + 2 * body.leg * min(share, 0.85)
    spread = body.hip * (1.25 + 0.45 * design.skirt_length)
    swing = body.hip_x + pose.sway * 0.3
    folds = 7 if design.bottom == "pleated skirt" else 5
    hem: list[tuple[float, float]] = []
    for i in range(folds * 2 + 1):
        t = i / (folds * 2)
        x = swing + spread * (1 - 2 * t)
        hem.append((x, bottom + (0.05 if i % 2 else 0.0) - 0.1 * (1 - 2 * t) ** 2))
    left, right = body.waist_x - body.waist * 1.02, body.waist_x + body.waist * 1.02
    points = [
        (left, body.waist_y),
        (right, body.waist_y),
        (body.hip_x + body.hip * 1.12, body.hip_y),
        *hem,
        (body.hip_x - body.hip * 1.12, body.hip_y),
    ]
    corners = [0, 1, 3, 3 + folds * 2]
    if design.bottom == "pleated skirt":
        corners = [0, 1, *range(3, 4 + folds * 2)]
    canvas.fill(spline(points, True, 3, corners), part)
    for i in range(2, folds * 2, 2):
        x, y = hem[i]
        top = 0.12 if design.bottom == "pleated skirt" else 0.55
        t = 1 - i / folds / 1.0
        upper = (body.waist_x + body.waist * 0.9 * t, body.waist_y + 0.03)
        start = (upper[0] + (x - upper[0]) * top, upper[1] + (y - upper[1]) * top)
        canvas.stroke(spline([(x, y), ((x + start[0]) / 2, (y + start[1]) / 2 + 0.01), start], False, 4), 0.7)
    if design.pattern == "striped":
        band = [(swing + (px - swing) * 0.97, py - 0.09) for px, py in hem[1:-1]]
        canvas.stroke(spline(band, False, 3), 0.7, (1, 1))


def draw_torso(canvas: Canvas, design: CharacterDesign, pose: Pose, body: Body) -> None:
    """Draw neck, top, jacket, belt and neckwear."""
    s, sy = body.shoulder, body.shoulder_y
    neck = 0.1 + 0.012 * design.heads
    chest = [
        (-neck, 0.3),
        (neck, 0.3),
        (neck, sy - 0.05),
        (s * 0.6, sy + 0.02),
        (s * 0.5, sy + 0.3),
        (0, sy + 0.4),
        (-s * 0.5, sy + 0.3),
        (-s * 0.6, sy + 0.02),
        (-neck, sy - 0.05),
    ]
    canvas.fill(spline(chest, True, 4), Part.SKIN)
    canvas.cast(ellipse(0.0, 0.36, 0.3, 0.24, 0, 20), Part.SKIN)
    canvas.stroke(spline([(-s * 0.45, sy + 0.06), (-neck * 0.5, sy + 0.1)], False, 4), 0.6)
    bottom = body.waist_y + 0.06 if design.bottom != "trousers" else body.hip_y - 0.05
    wide = body.waist * 1.03 if design.bottom != "trousers" else body.hip * 1.0
    cx = body.waist_x if design.bottom != "trousers" else body.hip_x
    depth = {"shirt": 0.14, "sleeveless": 0.24, "sweater": 0.04, "sailor": 0.3}[design.top]
    open_neck = neck * (1.25 if design.top != "sleeveless" else 1.9)
    strap = s * (0.93 if design.top != "sleeveless" else 0.78)
    points = [
        (-open_neck, sy - 0.06), (0, sy - 0.04 + depth), (open_neck, sy - 0.06),
        (strap, sy + 0.0), (s * 0.94, sy + 0.2), (body.waist_x * 0.6 + s * 0.82, sy + (body.waist_y - sy) * 0.6),
        (cx + wide, bottom), (cx, bottom + 0.04), (cx - wide, bottom),
        (body.waist_x * 0.6 - s * 0.82, sy + (body.waist_y - sy) * 0.6), (-s * 0.94, sy + 0.2), (-strap, sy + 0.0),
    ]  # fmt: skip
    canvas.fill(spline(points, True, 4, (0, 2, 6, 8)), Part.TOP)
    _draw_top_details(canvas=canvas, design=design, body=body, neck=open_neck, sy=sy, depth=depth, cx=cx, bottom=bottom)


def _draw_top_details(
    canvas: Canvas, design: CharacterDesign, body: Body, neck: float, sy: float, depth: float, cx: float, bottom: float
) -> None:
    if design.top == "shirt":
        canvas.stroke(spline([(0, sy + depth), (body.waist_x * 0.5, (sy + bottom) / 2), (cx, bottom)], False, 5), 0.7)
        for step in (0.3, 0.55, 0.8):
            canvas.blot(ellipse(cx * step + 0.045, sy + depth + (bottom - sy - depth) * step, 0.014, 0.014, 0, 8))
        for side in (-1, 1):
            collar = [
                (side * neck, sy - 0.09),
                (side * neck * 1.75, sy + 0.02),
                (side * neck * 1.1, sy + depth + 0.07),
                (0, sy + depth - 0.04),
            ]
            canvas.fill(spline(collar, True, 4, (0, 1, 2, 3)), Part.TOP)
    elif design.top == "sweater":
        collar = ribbon(spline([(-neck * 1.05, sy - 0.1), (0, sy + 0.0), (neck * 1.05, sy - 0.1)], False), 0.13)
        canvas.fill(collar, Part.TOP)
    elif design.top == "sailor":
        for side in (-1, 1):
            collar = [
                (side * neck, sy - 0.09),
                (side * body.shoulder * 0.8, sy + 0.0),
                (side * body.shoulder * 0.72, sy + 0.2),
                (0, sy + depth + 0.02),
            ]
            canvas.fill(spline(collar, True, 4, (0, 1, 2, 3)), Part.NECKWEAR)
    if design.pattern == "striped" and design.top in ("sweater", "sleeveless"):
        for t in np.linspace(0.3, 0.9, 4):
            y = sy + (bottom - sy) * t
            half = (body.shoulder * 0.84) * (1 - t) + body.waist * 0.95 * t
            middle = body.waist_x * t
            canvas.stroke(
                spline([(middle - half, y - 0.02), (middle, y + 0.02), (middle + half, y - 0.02)], False, 4),
                0.8,
                (1, 1),
            )
    x = body.waist_x
    canvas.stroke(
        spline([(x + body.waist * 0.85, body.waist_y - 0.12), (x + body.waist * 0.55, body.waist_y - 0.06)], False, 4),
        0.6,
    )
    canvas.stroke(
        spline([(x - body.waist * 0.8, body.waist_y - 0.2), (x - body.waist * 0.5, body.waist_y - 0.1)], False, 4), 0.6
    )


def draw_jacket(canvas: Canvas, design: CharacterDesign, pose: Pose, body: Body) -> None:
    """Draw the fronts of a jacket or coat over top and bottom."""
    if design.jacket not in ("open", "coat"):
        return
    s, sy = body.shoulder, body.shoulder_y
    bottom = body.hip_y + (0.1 if design.jacket == "open" else body.leg * 0.9)
    flare = body.hip * (1.2 if design.jacket == "open" else 1.4)
    neck = 0.13 + 0.012 * design.heads
    for side in (-1, 1):
        gap = 0.45 if design.jacket == "open" else 0.12
        front = [
            (side * neck, sy - 0.08), (side * s * 0.99, sy + 0.0), (side * s * 1.0, sy + 0.24),
            (body.waist_x + side * body.waist * 1.18, body.waist_y), (body.hip_x + side * flare, bottom),
            (body.hip_x + side * flare * gap, bottom + 0.05), (body.waist_x + side * body.waist * gap, body.waist_y),
            (side * s * 0.35, sy + 0.3),
        ]  # fmt: skip
        canvas.fill(spline(front, True, 4, (0, 4, 5)), Part.JACKET)
        lapel = [
            (side * neck, sy - 0.1),
            (side * s * 0.62, sy + 0.1),
            (side * s * 0.5, sy + 0.2),
            (side * s * 0.56, sy + 0.24),
            (side * s * 0.3, sy + 0.45),
        ]
        canvas.fill(spline(lapel, True, 3, (0, 1, 2, 3, 4)), Part.JACKET)
        pocket = body.hip_x + side * flare * 0.7
        if bottom - body.hip_y > 0.3:
            canvas.stroke(np.array([(pocket - 0.1, body.hip_y), (pocket + 0.1, body.hip_y + 0.02)]), 0.7)


def draw_cape(canvas: Canvas, design: CharacterDesign, pose: Pose, body: Body) -> None:
    """Draw a cape behind the body."""
    if design.jacket != "cape":
        return
    s, bottom = body.shoulder, body.hip_y + body.leg * 1.1
    x = body.hip_x + pose.sway * 0.8
    hem = [(x + s * t, bottom + (0.06 if i % 2 else -0.02)) for i, t in enumerate(np.linspace(1.75, -1.75, 9))]
    points = [
        (-0.2, body.shoulder_y - 0.1),
        (0.2, body.shoulder_y - 0.1),
        (s * 1.1, body.shoulder_y + 0.1),
        *hem,
        (-s * 1.1, body.shoulder_y + 0.1),
    ]
    canvas.fill(spline(points, True, 5), Part.JACKET)
    for i in (2, 4, 6):
        canvas.stroke(spline([hem[i], (hem[i][0] * 0.8, bottom * 0.7)], False, 5), 0.7)


def draw_waist(canvas: Canvas, design: CharacterDesign, body: Body) -> None:
    """Draw the belt."""
    if not design.belt:
        return
    x, w, y = body.waist_x, body.waist * 1.06, body.waist_y
    canvas.fill(ribbon(spline([(x - w, y), (x, y + 0.04), (x + w, y)], False), 0.13), Part.BELT)
    canvas.stroke(
        spline(
            [
                (x - 0.07, y - 0.02),
                (x + 0.07, y - 0.02),
                (x + 0.07, y + 0.09),
                (x - 0.07, y + 0.09),
                (x - 0.07, y - 0.02),
            ],
            False,
            2,
        ),
        0.8,
        (1, 1),
    )


def draw_neckwear(canvas: Canvas, design: CharacterDesign, pose: Pose, body: Body) -> None:
    """Draw necktie, bow tie or scarf."""
    sy = body.shoulder_y
    depth = 0.06 if design.top in ("sweater", "shirt") else 0.12
    if design.neckwear == "bow tie":
        draw_bow(canvas, 0, sy + depth + 0.02, 0.21, 0, Part.NECKWEAR)
    elif design.neckwear == "necktie":
        y, end = sy + depth - 0.02, sy + (body.waist_y - sy) * 0.8
        blade = [
            (-0.05, y + 0.08),
            (0.05, y + 0.08),
            (0.1 + body.waist_x, end - 0.06),
            (body.waist_x, end + 0.06),
            (-0.1 + body.waist_x, end - 0.06),
        ]
        canvas.fill(spline(blade, True, 3, range(5)), Part.NECKWEAR)
        canvas.fill(
            spline([(-0.085, y - 0.03), (0.085, y - 0.03), (0.055, y + 0.1), (-0.055, y + 0.1)], True, 3, range(4)),
            Part.NECKWEAR,
        )
    elif design.neckwear == "scarf":
        fall = limb(
            [(0.16, sy + 0.02), (0.24, sy + 0.3), (0.2 + pose.sway * 0.4, sy + 0.35 + 0.1 * design.heads)],
            [0.2, 0.22, 0.24],
            cap=0.03,
        )
        canvas.fill(fall, Part.NECKWEAR)
        wrap = [
            (-0.3, sy - 0.14),
            (0, sy - 0.08),
            (0.3, sy - 0.14),
            (0.36, sy + 0.0),
            (0.15, sy + 0.14),
            (-0.15, sy + 0.13),
            (-0.36, sy + 0.0),
        ]
        canvas.fill(spline(wrap, True, 5), Part.NECKWEAR)
        canvas.stroke(spline([(-0.26, sy - 0.02), (0, sy + 0.05), (0.22, sy + 0.02)], False, 5), 0.7)


def draw_bag(canvas: Canvas, design: CharacterDesign, body: Body) -> None:
    """Draw a shoulder bag with its strap."""
    if not design.bag:
        return
    x, y = body.hip_x - body.hip * 1.15, body.hip_y + 0.02
    strap = spline(
        [(body.shoulder * 0.6, body.shoulder_y + 0.0), (0.05, (body.shoulder_y + y) * 0.48), (x + 0.05, y - 0.05)],
        False,
    )
    canvas.fill(ribbon(strap, 0.075), Part.BAG)
    size = 0.24 + 0.03 * design.heads
    canvas.fill(
        spline(
            [
                (x - size * 0.8, y - 0.05),
                (x + size * 0.8, y - 0.05),
                (x + size * 0.85, y + size * 1.1),
                (x - size * 0.85, y + size * 1.1),
            ],
            True,
            4,
            (0, 1),
        ),
        Part.BAG,
    )
    canvas.fill(
        spline(
            [
                (x - size * 0.84, y - 0.07),
                (x + size * 0.84, y - 0.07),
                (x + size * 0.6, y + size * 0.42),
                (x, y + size * 0.55),
                (x - size * 0.6, y + size * 0.42),
            ],
            True,
            4,
            (0, 1),
        ),
        Part.BAG,
    )
    canvas.blot(ellipse(x, y + size * 0.45, 0.03, 0.03, 0, 10))
