"""Posed bodies: measures, arms and legs with their clothes. The frame is the figure's: lengths in head heights, the
head's centre at (0, 0)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huebrush_backend.synthesis.canvas import Canvas
from huebrush_backend.synthesis.design import CharacterDesign
from huebrush_backend.synthesis.heads import draw_flower
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.pose import Pose
from huebrush_backend.synthesis.shapes import ellipse, limb, polar, spline

NECK_Y = 0.5
"""Height of the neck's beginning, in head heights below the head's centre."""


@dataclass(frozen=True)
class Body:
    """Positions of a posed figure's joints, and widths of its parts."""

    shoulder: float
    waist: float
    hip: float
    shoulder_y: float
    waist_y: float
    hip_y: float
    waist_x: float
    hip_x: float
    arm: float
    arm_width: float
    leg: float
    leg_width: float

    @property
    def feet_y(self) -> float:
        """Lowest point of a figure that stands straight."""
        return self.hip_y + 2 * self.leg + 0.12


def build_body(design: CharacterDesign, pose: Pose) -> Body:
    """Return the measures of a design in a pose."""
    rest = design.heads - 1
    slim = 1 - 0.08 * design.build
    shoulder = (0.27 + 0.075 * rest) / slim
    torso, leg = 0.42 * rest, 0.26 * rest
    shoulder_y = NECK_Y + 0.13 + 0.02 * rest
    waist_y, hip_y = shoulder_y + torso * 0.58, shoulder_y + torso * 0.9
    return Body(
        shoulder=shoulder, waist=shoulder * 0.72, hip=shoulder * (0.9 - 0.08 * design.build),
        shoulder_y=shoulder_y, waist_y=waist_y, hip_y=hip_y,
        waist_x=pose.lean * 0.4 * rest * 0.4, hip_x=pose.lean * 0.8 * rest * 0.4,
        arm=0.18 * rest + 0.06, arm_width=0.13 + 0.022 * rest, leg=leg, leg_width=0.17 + 0.035 * rest,
    )  # fmt: skip


def _arm_joints(body: Body, pose: Pose, side: int) -> np.ndarray:
    upper, fore = pose.arms[0 if side < 0 else 1]
    start = np.array([side * (body.shoulder - body.arm_width * 0.35), body.shoulder_y + body.arm_width * 0.4])
    elbow = polar(start, side * upper, body.arm)
    return np.array([start, elbow, polar(elbow, side * fore, body.arm)])


def _leg_joints(body: Body, pose: Pose, side: int) -> np.ndarray:
    thigh, shin = pose.legs[0 if side < 0 else 1]
    start = np.array([body.hip_x + side * (body.hip - body.leg_width * 0.55), body.hip_y])
    knee = polar(start, side * thigh, body.leg)
    return np.array([start, knee, polar(knee, side * shin, body.leg)])


def _along(joints: np.ndarray, t: float) -> np.ndarray:
    """Return the section of a two-segment limb from its start to share `t` (0..1) of its length."""
    if t >= 0.5:
        return np.array([joints[0], joints[1], joints[1] + (joints[2] - joints[1]) * (2 * t - 1)])
    return np.array([joints[0], joints[0] + (joints[1] - joints[0]) * t, joints[0] + (joints[1] - joints[0]) * 2 * t])


def draw_arm(canvas: Canvas, design: CharacterDesign, pose: Pose, body: Body, side: int) -> None:
    """Draw one arm with hand, sleeve and the object it holds."""
    joints = _arm_joints(body, pose, side)
    w = body.arm_width
    hand = polar(joints[2], np.arctan2(*(joints[2] - joints[1])), w * 0.35)
    raised = joints[2][1] < joints[1][1] - 0.5 * body.arm
    if raised and pose.hold == "balloon":
        canvas.stroke(spline([hand, hand + np.array([0.08, -0.4]), hand + np.array([0.02, -0.75])], False), 0.8, (1, 1))
        canvas.fill(ellipse(hand[0] + 0.02, hand[1] - 1.05, 0.29, 0.34, 0, 28), Part.BALLOON)
        canvas.stroke(
            spline(
                [hand + np.array([-0.12, -1.15]), hand + np.array([-0.08, -1.25]), hand + np.array([0.02, -1.3])], False
            ),
            0.7,
        )
    elif raised and pose.hold == "flower":
        canvas.stroke(spline([hand + np.array([0, 0.18]), hand, hand + np.array([0.03, -0.25])], False), 1.4, (1, 1))
        draw_flower(canvas, hand[0] + 0.03, hand[1] - 0.34, 0.17)
    # Where a limb bends sharply its outline crosses itself; the disc closes the hole that filling leaves there.
    canvas.fill(ellipse(joints[1][0], joints[1][1], w * 0.4, w * 0.4, 0, 16), Part.SKIN, outline=0)
    canvas.fill(limb(joints, [w, w * 0.85, w * 0.62]), Part.SKIN)
    _draw_hand(canvas, joints, w)
    if design.top == "sleeveless" and design.jacket in ("none", "cape"):
        return
    jacketed = design.jacket in ("open", "coat")
    reach = 0.92 if jacketed else design.sleeve_length
    wide = w * (1.28 + (0.15 if jacketed else 0)) * (1 if reach > 0.6 else 1.1)
    flare = design.sleeve_width if reach > 0.6 else 1.15
    part = Part.JACKET if jacketed else Part.TOP
    path = _along(joints, reach)
    if reach > 0.6:
        canvas.fill(ellipse(joints[1][0], joints[1][1], wide * 0.46, wide * 0.46, 0, 16), part, outline=0)
    canvas.fill(limb(path, [wide, wide, wide * (0.75 + 0.25 * flare)], cap=0.08), part)
    if reach > 0.6:
        elbow = joints[1]
        normal = np.array([side * 0.5, 0.2]) * wide
        canvas.stroke(spline([elbow + normal * 0.8, elbow + normal * 0.1, elbow + np.array([0, 0.08])], False, 4), 0.6)
        direction = (joints[2] - joints[1]) / max(1e-6, float(np.hypot(*(joints[2] - joints[1]))))
        across = np.array([-direction[1], direction[0]]) * wide * (0.75 + 0.25 * flare) * 0.46
        cuff = path[2] - direction * 0.09
        canvas.stroke(np.array([cuff - across, cuff + across]), 0.7, (1, 1))


def _draw_hand(canvas: Canvas, joints: np.ndarray, w: float) -> None:
    angle = float(np.arctan2(joints[2][1] - joints[1][1], joints[2][0] - joints[1][0])) - np.pi / 2
    with canvas.within(joints[2][0], joints[2][1], w, angle):
        canvas.fill(
            spline(
                [
                    (0.28, -0.05),
                    (0.62, 0.25),
                    (0.55, 0.42),
                    (0.4, 0.35),
                    (0.38, 0.75),
                    (0.1, 0.95),
                    (-0.25, 0.9),
                    (-0.42, 0.5),
                    (-0.3, -0.05),
                ],
                True,
                4,
                (0, 8),
            ),
            Part.SKIN,
        )
        canvas.fill(ellipse(0, -0.05, 0.27, 0.2, 0, 12), Part.SKIN, outline=0, shaded=False)
        for x in (-0.12, 0.12):
            canvas.stroke(np.array([(x, 0.9), (x, 0.62)]), 0.5)


def draw_legs(canvas: Canvas, design: CharacterDesign, pose: Pose, body: Body) -> None:
    """Draw legs, legwear, shoes and trousers."""
    w = body.leg_width
    trousers = design.bottom == "trousers"
    for side in (-1, 1):
        joints = _leg_joints(body, pose, side)
        foot = joints[2]
        canvas.fill(limb(joints, [w * 1.1, w * 0.85, w * 0.6]), Part.SKIN)
        if design.legwear != "none" and not trousers:
            start = {"socks": 0.8, "knee socks": 0.48, "tights": 0.0}[design.legwear]
            path = (
                joints
                if start == 0
                else np.array(
                    [
                        joints[1] + (joints[2] - joints[1]) * (2 * start - 1 if start >= 0.5 else 0),
                        (joints[1] + joints[2]) / 2 if start < 0.5 else joints[1] + (joints[2] - joints[1]) * 0.85,
                        joints[2],
                    ]
                )
            )
            widths = (
                [w * 1.14, w * 0.9, w * 0.64]
                if start == 0
                else [w * (0.9 if start < 0.5 else 0.74), w * 0.8 if start < 0.5 else w * 0.7, w * 0.66]
            )
            canvas.fill(limb(path, widths), Part.LEGWEAR)
            if design.pattern == "striped":
                _stripe(canvas, path, widths)
        if design.shoes == "boots":
            shin = joints[1] + (joints[2] - joints[1]) * 0.35
            canvas.fill(limb([shin, (shin + foot) / 2, foot], [w * 0.98, w * 0.88, w * 0.85], cap=0.2), Part.SHOES)
        toe = side * (0.14 + 0.05 * w)
        shoe = [
            (foot[0] - side * w * 0.42, foot[1] - w * 0.25),
            (foot[0] + side * w * 0.4, foot[1] - w * 0.28),
            (foot[0] + toe + side * w * 0.25, foot[1] + 0.06),
            (foot[0] + toe + side * w * 0.25, foot[1] + w * 0.5),
            (foot[0] - side * w * 0.42, foot[1] + w * 0.5),
        ]
        canvas.fill(spline(shoe, True, 5, (3, 4)), Part.SHOES)
        canvas.stroke(
            np.array(
                [(foot[0] - side * w * 0.4, foot[1] + w * 0.36), (foot[0] + toe + side * w * 0.24, foot[1] + w * 0.36)]
            ),
            0.6,
            (1, 1),
        )
        if trousers:
            hem = joints[1] + (joints[2] - joints[1]) * 0.86
            canvas.fill(limb([joints[0], joints[1], hem], [w * 1.35, w * 1.1, w * 1.05], cap=0.05), Part.BOTTOM)
            canvas.stroke(
                spline([joints[1] + (side * w * 0.4, -0.02), joints[1] + (side * w * 0.1, 0.04)], False, 3), 0.6
            )
        elif design.bottom == "shorts":
            canvas.fill(limb(_along(joints, 0.3), [w * 1.35, w * 1.4, w * 1.5], cap=0.05), Part.BOTTOM)
    if design.bottom in ("trousers", "shorts"):
        x, h = body.hip_x, body.hip * 1.04
        points = [
            (body.waist_x - body.waist, body.waist_y),
            (body.waist_x + body.waist, body.waist_y),
            (x + h, body.hip_y),
            (x + h * 0.8, body.hip_y + w * 0.5),
            (x, body.hip_y + w * 0.75),
            (x - h * 0.8, body.hip_y + w * 0.5),
            (x - h, body.hip_y),
        ]
        # Without its own outline, so that the legs run into the hips; the sides are inked afterwards.
        canvas.fill(spline(points, True, 4, (0, 1)), Part.BOTTOM, outline=0)
        for side in (-1, 1):
            waist = (body.waist_x + side * body.waist, body.waist_y)
            canvas.stroke(
                spline([waist, (x + side * h, body.hip_y), (x + side * h, body.hip_y + w * 0.3)], False), 1.0, (1, 1)
            )
        canvas.stroke(np.array([(x, body.waist_y + 0.1), (x, body.hip_y + w * 0.7)]), 0.7)


def _stripe(canvas: Canvas, path: np.ndarray, widths: list[float]) -> None:
    """Ink stripes across a limb."""
    places = np.linspace(0.15, 1.8, 7)
    at = np.arange(3)
    x, y, width = (np.interp(places, at, values) for values in (path[:, 0], path[:, 1], np.asarray(widths)))
    for px, py, half in zip(x, y, width * 0.46, strict=True):
        canvas.stroke(spline([(px - half, py - 0.01), (px, py + 0.015), (px + half, py - 0.01)], False, 3), 0.7, (1, 1))
