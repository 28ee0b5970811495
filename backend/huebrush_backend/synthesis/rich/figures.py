"""Whole figures in any pose, from pictogram persons of six parts to knights, cooks and astronauts of fifteen."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.figure_heads import draw_figure_head, draw_hair_behind
from huebrush_backend.synthesis.rich.figure_looks import FigureDesign, FigurePose
from huebrush_backend.synthesis.rich.patterns import draw_pattern
from huebrush_backend.synthesis.shapes import Points, limb, polar, ribbon, spline


def draw_figure(canvas: RichCanvas, design: FigureDesign, pose: FigurePose, rng: np.random.Generator) -> None:
    """Draw a figure about 1 high, from -0.5 to 0.5, around x = 0; patterns come from `rng`."""
    head = 0.5 / design.heads * (1.15 if design.few else 1.0)
    rest = 1 - 2 * head
    shoulder = (0.09 + 0.32 * head) * design.slim
    neck_y, hip_y = -0.5 + 1.92 * head, -0.5 + 1.92 * head + rest * 0.46
    width = (0.04 + 0.16 * head) * (0.8 + 0.3 * design.slim)
    hip = shoulder * (0.85 if design.bottom != "skirt" else 0.75)
    hx = pose.lean * rest
    tilt = pose.tilt
    with canvas.within(0, neck_y, 1.0, tilt):
        draw_hair_behind(canvas, design, head)
    if design.role == "fairy":
        for side in (-1, 1):
            wing = outlines.moved(
                outlines.closed("0,0 .2,-.3 .42,-.28 .4,-.02 .2,.06 .3,.24 .14,.26") * (side * 0.8, 0.8),
                0,
                neck_y + 0.12,
            )
            canvas.fill(wing, RichPart.WING)
    if design.role in ("wizard", "pirate") and not design.few:
        canvas.fill(
            outlines.moved(
                outlines.closed("-.9,0! .9,0! 1.5,1! .5,1.06 -.5,1.06 -1.5,1!") * (shoulder, rest * 0.72), 0, neck_y
            ),
            Part.JACKET,
        )
    if design.role == "astronaut":
        canvas.fill(outlines.box(-shoulder * 1.2, neck_y - 0.02, shoulder * 1.2, hip_y - 0.02, 0.04), RichPart.STRAP)
    low = (0.5 - hip_y - 0.05) / 2
    legs = [_joints((hx + side * hip * 0.55, hip_y), side, pose.legs[side > 0], low) for side in (-1, 1)]
    for joints in legs:
        _leg(canvas, design, joints, width * 1.12)
    front = [
        _joints((side * shoulder * 0.9, neck_y + width * 0.6), side, pose.arms[side > 0], rest * 0.24)
        for side in (-1, 1)
    ]
    behind = [joints for joints in front if joints[2][1] > joints[0][1] and abs(joints[2][0]) >= abs(joints[0][0])]
    for joints in behind:
        _arm(canvas, design, joints, width)
    _lower(canvas, design, rng, hx, hip, hip_y, rest, pose)
    _torso(canvas, design, rng, neck_y, hip_y, shoulder, hip, hx)
    for joints in front:
        if not any(joints is other for other in behind):
            _arm(canvas, design, joints, width)
    canvas.fill(
        outlines.box(-head * 0.3, neck_y - head * 0.25, head * 0.3, neck_y + head * 0.12, head * 0.1), Part.SKIN
    )
    if design.scarf and not design.few:
        canvas.fill(
            ribbon(np.array([(head * 0.3, neck_y), (head * 0.5, neck_y + rest * 0.26)]), head * 0.36), Part.NECKWEAR
        )
        canvas.fill(
            limb([(-head * 0.6, neck_y), (0, neck_y + head * 0.14), (head * 0.6, neck_y)], [head * 0.42] * 3),
            Part.NECKWEAR,
        )
    with canvas.within(0, neck_y, 1.0, tilt), canvas.within(0, -head * 0.92, head):
        draw_figure_head(canvas, design, pose)


def _joints(start: tuple[float, float], side: int, angles: tuple[float, float], length: float) -> Points:
    middle = polar(start, side * angles[0], length)
    return np.array([start, middle, polar(middle, side * angles[1], length)])


def _leg(canvas: RichCanvas, design: FigureDesign, joints: Points, width: float) -> None:
    bare = design.bottom in ("shorts", "skirt")
    part = (Part.LEGWEAR if design.boots and not design.few else Part.SKIN) if bare else Part.BOTTOM
    if design.bottom == "robe":
        part = Part.LEGWEAR
    if design.role == "knight":
        part = RichPart.ARMOUR
    canvas.fill(limb(joints, [width * 1.25, width * 1.05, width * 0.9], cap=0.2), part)
    if design.bottom == "shorts":
        canvas.fill(
            limb(
                [joints[0], (joints[0] + joints[1]) / 2, joints[1]], [width * 1.5, width * 1.4, width * 1.35], cap=0.1
            ),
            Part.BOTTOM,
        )
    foot = joints[2]
    out = np.sign(foot[0] - joints[0][0]) or 1.0
    if design.boots and not design.few:
        boot = limb([(joints[1] + 2 * foot) / 3, foot], [width * 1.15, width * 1.1], cap=0.1)
        canvas.merge([boot, _shoe(foot, out, width)], Part.SHOES)
    else:
        canvas.fill(_shoe(foot, out, width), Part.SHOES)
    if design.role in ("knight", "robot"):
        canvas.fill(outlines.disc(float(joints[1][0]), float(joints[1][1]), width * 0.55), RichPart.BUTTON)


def _shoe(foot: Points, out: float, width: float) -> Points:
    return outlines.closed("-.6,-.5 .3,-.6 1.1,.0 1.3,.4! -.6,.45! -.75,.1") * (out * width * 0.85, width * 0.85) + foot


def _arm(canvas: RichCanvas, design: FigureDesign, joints: Points, width: float) -> None:
    hand = polar(joints[2], float(np.arctan2(*(joints[2] - joints[1]))), width * 0.3)
    part = RichPart.ARMOUR if design.role == "knight" else Part.TOP
    if design.sleeves == "short" and design.role != "knight":
        canvas.fill(limb(joints, [width, width * 0.85, width * 0.75], cap=0.3), Part.SKIN)
        part = Part.TOP
        sleeve = limb(
            [joints[0], joints[0] + (joints[1] - joints[0]) * 0.5, joints[0] + (joints[1] - joints[0]) * 0.9],
            [width * 1.25] * 3,
            cap=0.1,
        )
    else:
        sleeve = limb(joints, [width * 1.2, width * 1.05, width * 1.0], cap=0.1)
    hand_part = RichPart.GLOVES if design.gloves and not design.few else Part.SKIN
    canvas.fill(outlines.disc(float(hand[0]), float(hand[1]), width * 0.58), hand_part)
    canvas.fill(sleeve, part)
    if design.role in ("robot", "knight"):
        canvas.fill(outlines.disc(float(joints[0][0]), float(joints[0][1]), width * 0.75), RichPart.BUTTON)


def _torso(
    canvas: RichCanvas,
    design: FigureDesign,
    rng: np.random.Generator,
    neck_y: float,
    hip_y: float,
    shoulder: float,
    hip: float,
    hx: float,
) -> None:
    """Draw the trunk with what is worn on it, from the neck to the hip, leaning by `hx`."""
    middle = (neck_y + hip_y) / 2
    trunk = spline(
        [(-shoulder * 0.5, neck_y - 0.005), (shoulder * 0.5, neck_y - 0.005), (shoulder, neck_y + 0.04),
         (shoulder * 0.86 + hx * 0.5, middle),
         (hx + hip, hip_y + 0.02), (hx - hip, hip_y + 0.02), (-shoulder * 0.86 + hx * 0.5, middle),
         (-shoulder, neck_y + 0.04)],
        True, 5, (4, 5),
    )  # fmt: skip
    part = {"knight": RichPart.ARMOUR, "robot": RichPart.BODY}.get(design.role, Part.TOP)
    canvas.fill(trunk, part)
    if design.few:
        return
    if design.pattern and design.role not in ("robot", "astronaut"):
        draw_pattern(canvas, rng, trunk, part, None, 5)
    w = shoulder
    if design.role == "knight":
        canvas.fill(
            outlines.moved(
                outlines.closed("-.6,0! .6,0! .6,.7 0,1.1! -.6,.7") * (w, (hip_y - neck_y) * 0.7),
                hx * 0.4,
                neck_y + 0.04,
            ),
            RichPart.CLOTH,
        )
        canvas.fill(outlines.heart(hx * 0.4, neck_y + 0.04 + 0.3 * (hip_y - neck_y), w * 0.3), RichPart.LABEL)
    elif design.role in ("robot", "astronaut"):
        canvas.fill(outlines.box(-w * 0.6, middle - w * 0.4, w * 0.6, middle + w * 0.4, w * 0.1), RichPart.SCREEN)
        for x, kind in ((-0.3, RichPart.BUTTON), (0.0, Part.MOON), (0.3, RichPart.LAMP)):
            canvas.fill(outlines.disc(x * w, middle, w * 0.12), kind, 0.8)
    elif design.vest:
        for side in (-1, 1):
            panel = np.array([(0.35, 0.0), (0.95, 0.08), (0.86, 1.0), (0.2, 1.05), (0.12, 0.45)]) * (
                side * w,
                hip_y - neck_y,
            )
            canvas.inlay(trunk, part, [outlines.moved(panel, hx * 0.4, neck_y)], RichPart.BLANKET, 0.9)
            canvas.inlay(trunk, RichPart.PATTERN, [outlines.moved(panel, hx * 0.4, neck_y)], RichPart.BLANKET, 0)
    elif design.apron:
        apron = outlines.moved(
            outlines.closed("-.45,.1! .45,.1! .5,.6! .85,.65! .95,1.7! -.95,1.7! -.85,.65! -.5,.6!")
            * (
                w,
                hip_y - neck_y,
            ),
            hx * 0.5,
            neck_y,
        )
        canvas.fill(apron, RichPart.APRON)
        canvas.fill(
            outlines.moved(
                outlines.closed("-.35,.95! .35,.95! .3,1.25! -.3,1.25!") * (w, hip_y - neck_y), hx * 0.5, neck_y
            ),
            RichPart.LABEL,
        )
    else:
        for t in (0.25, 0.5, 0.75):
            canvas.fill(outlines.disc(hx * t, neck_y + t * (hip_y - neck_y), w * 0.1), RichPart.BUTTON, 0.8)
    if design.belt:
        canvas.fill(outlines.box(hx - hip * 1.05, hip_y - 0.02, hx + hip * 1.05, hip_y + 0.025), Part.BELT)
        canvas.fill(outlines.box(hx - 0.02, hip_y - 0.02, hx + 0.02, hip_y + 0.025), Part.MOON, 0.8)
    if design.bag:
        canvas.fill(
            ribbon(np.array([(-shoulder * 0.7, neck_y + 0.01), (hx + hip * 1.1, hip_y + 0.02)]), 0.022), RichPart.STRAP
        )
        canvas.fill(outlines.box(hx + hip * 0.8, hip_y, hx + hip * 0.8 + 0.11, hip_y + 0.1, 0.02), Part.BAG)
        canvas.fill(
            outlines.moved(outlines.closed("0,0! 1,0! .9,.5 .1,.5") * 0.11, hx + hip * 0.8, hip_y), RichPart.LID
        )


def _lower(
    canvas: RichCanvas,
    design: FigureDesign,
    rng: np.random.Generator,
    hx: float,
    hip: float,
    hip_y: float,
    rest: float,
    pose: FigurePose,
) -> None:
    """Draw skirt or robe, or the seat of trousers, around the hip at (`hx`, `hip_y`)."""
    if design.bottom in ("skirt", "robe"):
        long = rest * (0.24 if design.bottom == "skirt" else 0.46)
        spread = 1.5 + 0.6 * abs(pose.legs[0][0]) + 0.5 * abs(pose.legs[1][0])
        skirt = spline(
            [(hx - hip, hip_y - 0.03), (hx + hip, hip_y - 0.03), (hx + hip * spread, hip_y + long),
             (hx, hip_y + long * 1.08),
             (hx - hip * spread, hip_y + long)], True, 5, (0, 1, 2, 4),
        )  # fmt: skip
        canvas.fill(skirt, Part.BOTTOM)
        if design.pattern and not design.few:
            canvas.inlay(skirt, Part.BOTTOM, [outlines.box(-1, hip_y + long * 0.8, 1, 1)], RichPart.CLOTH, 0.8)
        for t in (-0.5, 0.0, 0.5):
            canvas.stroke(
                np.array([(hx + t * hip, hip_y + long * 0.2), (hx + t * hip * spread, hip_y + long * 0.9)]), 0.6
            )
        return
    part = RichPart.ARMOUR if design.role == "knight" else Part.BOTTOM
    seat = outlines.moved(
        outlines.closed("-1,-.6! 1,-.6! 1.05,.5 .4,1 0,.75! -.4,1 -1.05,.5") * (hip * 1.04, hip * 0.7), hx, hip_y
    )
    canvas.fill(seat, part)
