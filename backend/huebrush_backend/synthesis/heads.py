"""Faces, ears and headwear. The frame is the head's: its height is 1, its centre (0, 0)."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.canvas import Canvas
from huebrush_backend.synthesis.design import CharacterDesign
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.pose import Pose
from huebrush_backend.synthesis.shapes import Points, ellipse, ribbon, spline


def face_outline(design: CharacterDesign, pose: Pose) -> Points:
    """Return the face's outline, turned by the pose's yaw."""
    w, jaw, turn = design.face_width, design.jaw, pose.yaw * 0.05
    cheek = 0.36 - 0.05 * jaw
    points = [
        (0, -0.46), (0.27 * w, -0.4), (0.39 * w, -0.16), (0.4 * w, 0.1), (cheek * w + turn, 0.28),
        (0.17 * w + turn, 0.44), (turn * 1.6, 0.5),
        (-0.17 * w + turn, 0.44), (-cheek * w + turn, 0.28), (-0.4 * w, 0.1), (-0.39 * w, -0.16), (-0.27 * w, -0.4),
    ]  # fmt: skip
    return spline(points)


def draw_face(canvas: Canvas, design: CharacterDesign, pose: Pose) -> None:
    """Draw ears, face, eyes, nose and mouth."""
    w = design.face_width
    for side in (-1, 1):
        canvas.fill(ellipse(side * 0.4 * w, 0.1, 0.065, 0.11, side * -0.2, 16), Part.SKIN)
    canvas.fill(face_outline(design, pose), Part.SKIN)
    shift = pose.yaw * 0.11
    for side in (-1, 1):
        _draw_eye(canvas, design, pose, side, shift)
    canvas.stroke(
        spline([(shift * 1.4 - 0.005, 0.22), (shift * 1.5 + 0.015, 0.25), (shift * 1.4, 0.262)], False, 4), 0.7
    )
    _draw_mouth(canvas, pose, shift * 1.2)
    if design.seed % 5 == 0:
        for side in (-1, 1):
            for step in range(3):
                x = shift + side * 0.25 + (step - 1) * 0.035
                canvas.stroke(np.array([(x + 0.012, 0.25), (x - 0.012, 0.295)]), 0.5)
    if design.glasses:
        for side in (-1, 1):
            lens = ellipse(shift + side * 0.19, 0.11, 0.155, 0.14, 0, 28)
            canvas.stroke(np.concatenate([lens, lens[:1]]), 0.8, (1, 1))
        canvas.stroke(spline([(shift - 0.04, 0.1), (shift, 0.085), (shift + 0.04, 0.1)], False, 4), 0.8, (1, 1))


def _draw_eye(canvas: Canvas, design: CharacterDesign, pose: Pose, side: int, shift: float) -> None:
    near = 1 - 0.22 * pose.yaw * side
    x, y = shift + side * 0.19 * (1 - 0.1 * pose.yaw * side), 0.09
    half, tall = 0.105 * design.eye_size * near, 0.115 * design.eye_size * design.eye_height
    slant = design.eye_slant * side
    brow_y = y - tall - 0.1

    def turned(points: list[tuple[float, float]]) -> np.ndarray:
        local = np.asarray(points) * (half * side, tall)
        c, s = np.cos(slant), np.sin(slant)
        return local @ np.array([[c, s], [-s, c]]) + (x, y)

    canvas.stroke(
        spline(
            [
                (x - half * 1.05, brow_y + 0.02 - side * slant * 0.1),
                (x, brow_y - 0.015),
                (x + half * 1.05, brow_y + 0.02),
            ],
            False,
            5,
        ),
        1.0,
    )
    if pose.eyes == "closed" or (pose.eyes == "wink" and side == 1):
        canvas.stroke(spline(turned([(-1, 0.0), (-0.4, 0.45), (0.3, 0.5), (1.1, 0.0)]), False, 5), 1.7, (0.5, 0.8))
        return
    white = spline(
        turned([(-0.95, 0.1), (-0.6, -0.75), (0.1, -1.0), (0.85, -0.6), (1.02, 0.05), (0.65, 0.85), (-0.45, 0.9)]),
        True,
        5,
    )
    canvas.fill(white, Part.EYE_WHITE, outline=0, shaded=False)
    cx, cy = x + pose.look[0] * half * 0.16 + pose.yaw * half * 0.12, y + tall * (0.02 + 0.08 * pose.look[1])
    rx, ry = half * 0.68, tall * 0.93
    canvas.fill(ellipse(cx, cy, rx, ry, 0, 24), Part.EYES, outline=0.6, shaded=False)
    if design.seed % 3:
        canvas.blot(ellipse(cx, cy - ry * 0.05, rx * 0.4, ry * 0.45, 0, 14))
    else:
        ring = ellipse(cx, cy, rx * 0.4, ry * 0.42, 0, 14)
        canvas.stroke(np.concatenate([ring, ring[:1]]), 0.5, (1, 1))
    canvas.fill(
        ellipse(cx - rx * 0.32, cy - ry * 0.45, rx * 0.3, ry * 0.26, 0, 12), Part.EYE_WHITE, outline=0.25, shaded=False
    )
    lash = spline(turned([(-1.05, 0.05), (-0.65, -0.78), (0.1, -1.05), (0.9, -0.65), (1.22, 0.0)]), False, 6)
    thickness = (
        np.interp(np.linspace(0, 1, len(lash)), [0, 0.5, 0.85, 1], [0.012, 0.036, 0.045, 0.008]) * design.eye_size
    )
    canvas.blot(ribbon(lash, thickness))
    canvas.stroke(spline(turned([(0.75, 0.8), (0.1, 1.02), (-0.5, 0.93)]), False, 4), 0.6)


def _draw_mouth(canvas: Canvas, pose: Pose, x: float) -> None:
    y = 0.345
    if pose.mouth == "open":
        canvas.fill(
            spline(
                [
                    (x - 0.07, y - 0.015),
                    (x, y - 0.005),
                    (x + 0.07, y - 0.015),
                    (x + 0.045, y + 0.055),
                    (x, y + 0.075),
                    (x - 0.045, y + 0.055),
                ],
                True,
                4,
                (0, 2),
            ),
            Part.MOUTH,
            outline=0.7,
            shaded=False,
        )
    elif pose.mouth == "grin":
        canvas.fill(
            spline([(x - 0.1, y - 0.02), (x, y + 0.005), (x + 0.1, y - 0.02), (x, y + 0.07)], True, 5, (0, 2)),
            Part.MOUTH,
            outline=0.7,
            shaded=False,
        )
    elif pose.mouth == "smile":
        canvas.stroke(spline([(x - 0.08, y - 0.015), (x, y + 0.02), (x + 0.08, y - 0.015)], False, 5), 0.9)
    elif pose.mouth == "line":
        canvas.stroke(spline([(x - 0.06, y), (x + 0.06, y + 0.004)], False, 4), 0.9)
    else:
        canvas.fill(ellipse(x, y + 0.01, 0.032, 0.036, 0, 12), Part.MOUTH, outline=0.7, shaded=False)


def draw_headwear(canvas: Canvas, design: CharacterDesign, pose: Pose) -> None:
    """Draw hat, ribbon, cat ears and flower over the hair."""
    volume = design.hair_volume
    wide, top = 0.42 + volume, -0.5 - volume
    if design.ribbon == "cat ears":
        for side in (-1, 1):
            base = side * 0.3
            ear = [
                (base - 0.15, top + 0.16 + 0.05 * side),
                (base + side * 0.06, top - 0.24),
                (base + 0.15, top + 0.16 - 0.05 * side),
            ]
            canvas.fill(spline(ear, True, 5, (0, 1, 2)), Part.RIBBON)
            canvas.stroke(np.array([(base - 0.02, top + 0.02), (base + side * 0.04, top - 0.12)]), 0.6)
    elif design.ribbon == "hairband":
        band = spline(
            [
                (-wide + 0.02, -0.12),
                (-wide * 0.72, top + 0.22),
                (0, top + 0.1),
                (wide * 0.72, top + 0.22),
                (wide - 0.02, -0.12),
            ],
            False,
        )
        canvas.fill(ribbon(band, 0.09), Part.RIBBON)
    elif design.ribbon == "bow":
        draw_bow(canvas, pose.sway * 0.2 + 0.28, top + 0.06, 0.26, 0.5, Part.RIBBON)
    elif design.ribbon == "side bows":
        for side in (-1, 1):
            draw_bow(canvas, side * (wide - 0.05), -0.28, 0.15, side * 0.9, Part.RIBBON)
    if design.hat != "none":
        _draw_hat(canvas, design, wide, top)
    if design.flower:
        draw_flower(canvas, -wide * 0.78, -0.3, 0.13)


def draw_bow(canvas: Canvas, x: float, y: float, size: float, angle: float, part: int) -> None:
    """Draw a bow of half-width `size` around (x, y)."""
    with canvas.within(x, y, size, angle):
        for side in (-1, 1):
            if size > 0.2:
                canvas.fill(
                    spline([(side * 0.1, 0.1), (side * 0.55, 0.7), (side * 0.2, 0.85), (0, 0.15)], True, 3, range(4)),
                    part,
                )
            loop = [
                (side * 0.05, -0.1),
                (side * 0.6, -0.55),
                (side * 1.0, -0.5),
                (side * 0.95, 0.45),
                (side * 0.55, 0.42),
                (side * 0.05, 0.12),
            ]
            canvas.fill(spline(loop, True, 4), part)
            canvas.stroke(np.array([(side * 0.15, -0.02), (side * 0.55, -0.12)]), 0.6)
        canvas.fill(ellipse(0, 0, 0.2, 0.24, 0, 14), part)


def draw_flower(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Draw a five-petalled flower of radius `size` around (x, y)."""
    with canvas.within(x, y, size):
        for turn in range(5):
            angle = turn * 2 * np.pi / 5
            canvas.fill(ellipse(0.58 * np.sin(angle), -0.58 * np.cos(angle), 0.42, 0.48, angle, 14), Part.FLOWER)
        canvas.fill(ellipse(0, 0, 0.3, 0.3, 0, 12), Part.FLOWER, shaded=False)


def _draw_hat(canvas: Canvas, design: CharacterDesign, wide: float, top: float) -> None:
    if design.hat == "beret":
        points = [
            (-wide * 0.98, top + 0.24),
            (-wide * 1.12, top + 0.02),
            (-0.1, top - 0.2),
            (wide * 1.1, top - 0.06),
            (wide * 0.95, top + 0.2),
            (0, top + 0.14),
        ]
        canvas.fill(spline(points, True, 8), Part.HAT)
        canvas.stroke(np.array([(0.05, top - 0.17), (0.09, top - 0.26)]), 1.6, (1, 1))
    elif design.hat == "witch":
        cone = [
            (-wide * 0.72, top + 0.16),
            (-wide * 0.35, top - 0.25),
            (0.1, top - 0.62),
            (0.32, top - 0.6),
            (0.24, top - 0.42),
            (wide * 0.45, top - 0.15),
            (wide * 0.72, top + 0.16),
        ]
        canvas.fill(spline(cone, True, 6, (0, 3, 6)), Part.HAT)
        band = ribbon(spline([(-wide * 0.68, top + 0.08), (0, top + 0.16), (wide * 0.68, top + 0.08)], False), 0.11)
        canvas.fill(band, Part.RIBBON)
        brim = [
            (-wide * 1.65, top + 0.2),
            (-wide * 0.7, top + 0.1),
            (0, top + 0.17),
            (wide * 0.7, top + 0.1),
            (wide * 1.65, top + 0.2),
            (wide * 0.8, top + 0.32),
            (0, top + 0.3),
            (-wide * 0.8, top + 0.32),
        ]
        canvas.fill(spline(brim, True, 5, (0, 4)), Part.HAT)
    elif design.hat == "straw":
        dome = [
            (-wide * 0.9, top + 0.18),
            (-wide * 0.82, top - 0.1),
            (0, top - 0.24),
            (wide * 0.82, top - 0.1),
            (wide * 0.9, top + 0.18),
        ]
        canvas.fill(spline(dome, True, 6, (0, 4)), Part.HAT)
        canvas.fill(
            ribbon(spline([(-wide * 0.88, top + 0.08), (0, top + 0.13), (wide * 0.88, top + 0.08)], False), 0.11),
            Part.RIBBON,
        )
        brim = [
            (-wide * 1.7, top + 0.24),
            (-wide * 0.9, top + 0.13),
            (0, top + 0.18),
            (wide * 0.9, top + 0.13),
            (wide * 1.7, top + 0.24),
            (wide * 0.9, top + 0.34),
            (0, top + 0.31),
            (-wide * 0.9, top + 0.34),
        ]
        canvas.fill(spline(brim, True, 5), Part.HAT)
    elif design.hat == "beanie":
        dome = [
            (-wide * 1.0, top + 0.3),
            (-wide * 0.95, top - 0.02),
            (0, top - 0.2),
            (wide * 0.95, top - 0.02),
            (wide * 1.0, top + 0.3),
        ]
        canvas.fill(spline(dome, True, 6, (0, 4)), Part.HAT)
        canvas.fill(
            ribbon(spline([(-wide * 1.03, top + 0.27), (0, top + 0.21), (wide * 1.03, top + 0.27)], False), 0.15),
            Part.HAT,
        )
        for step in range(-3, 4):
            canvas.stroke(
                np.array(
                    [
                        (step * wide * 0.27, top + 0.16 + 0.008 * step * step),
                        (step * wide * 0.27, top + 0.27 + 0.008 * step * step),
                    ]
                ),
                0.6,
            )
        canvas.fill(ellipse(0, top - 0.24, 0.11, 0.1, 0, 16), Part.HAT)
    elif design.hat == "cap":
        dome = [
            (-wide * 0.98, top + 0.27),
            (-wide * 0.9, top - 0.02),
            (0, top - 0.14),
            (wide * 0.9, top - 0.02),
            (wide * 0.98, top + 0.27),
        ]
        canvas.fill(spline(dome, True, 6, (0, 4)), Part.HAT)
        canvas.stroke(spline([(0, top - 0.12), (0.03, top + 0.05), (0.02, top + 0.22)], False), 0.7)
        visor = [
            (-wide * 0.75, top + 0.22),
            (0, top + 0.16),
            (wide * 0.98, top + 0.26),
            (wide * 1.3, top + 0.4),
            (wide * 0.2, top + 0.34),
        ]
        canvas.fill(spline(visor, True, 6), Part.HAT)
    else:
        points = [
            (-0.28, top + 0.14),
            (-0.32, top - 0.16),
            (-0.15, top - 0.02),
            (0, top - 0.24),
            (0.15, top - 0.02),
            (0.32, top - 0.16),
            (0.28, top + 0.14),
            (0, top + 0.18),
        ]
        canvas.fill(spline(points, True, 5, (0, 1, 2, 3, 4, 5, 6)), Part.HAT)
        canvas.stroke(spline([(-0.27, top + 0.07), (0, top + 0.11), (0.27, top + 0.07)], False), 0.6)
