"""Children's-book animals in their surroundings, and the four-legged ones among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.grounds import draw_meadow, draw_sea
from huebrush_backend.synthesis.rich.patterns import draw_pattern
from huebrush_backend.synthesis.rich.small_animals import (
    draw_bird,
    draw_butterfly,
    draw_eye,
    draw_fish,
    draw_plush,
    draw_snail,
    draw_turtle,
    draw_upright_bird,
)
from huebrush_backend.synthesis.shapes import Points, limb, ribbon


@dataclass(frozen=True)
class Species:
    """Measures of a four-legged animal, in body lengths: legs, thickness of the body and of the legs, where the head
    lies, its size, the length of the snout, and the kinds of ears, tail and extras."""

    leg: float
    body: float
    leg_width: float
    head: tuple[float, float]
    head_size: float
    snout: float
    ears: str
    tail: str
    extras: tuple[str, ...] = ()


SPECIES = (
    Species(0.36, 0.36, 0.12, (0.56, -0.3), 0.2, 0.2, "drop", "thin", ("collar", "patch")),
    Species(0.3, 0.32, 0.1, (0.54, -0.22), 0.19, 0.24, "pointed", "bushy", ("socks",)),
    Species(0.52, 0.38, 0.11, (0.66, -0.52), 0.17, 0.3, "pointed", "hair", ("mane", "hooves", "saddle")),
    Species(0.38, 0.46, 0.14, (0.62, -0.2), 0.2, 0.2, "side", "tassel", ("horns", "hooves", "patch", "bell")),
    Species(0.4, 0.56, 0.2, (0.58, -0.2), 0.26, 0.1, "huge", "tassel", ("trunk", "tusks", "toes", "blanket")),
    Species(0.2, 0.5, 0.13, (0.5, -0.06), 0.22, 0.13, "drop", "curl", ("hooves",)),
    Species(0.28, 0.44, 0.09, (0.52, -0.2), 0.17, 0.15, "side", "stub", ("wool", "bell")),
    Species(0.36, 0.42, 0.14, (0.56, -0.26), 0.2, 0.14, "round", "tassel", ("big mane", "toes")),
    Species(0.54, 0.34, 0.08, (0.6, -0.56), 0.15, 0.2, "side", "stub", ("antlers", "hooves", "spots")),
    Species(0.62, 0.36, 0.1, (0.7, -1.0), 0.14, 0.2, "side", "tassel", ("stalks", "hooves", "spots", "mane")),
    Species(0.34, 0.34, 0.11, (0.52, -0.28), 0.22, 0.08, "pointed", "up", ("stripes", "collar", "socks")),
    Species(0.4, 0.4, 0.12, (0.64, -0.42), 0.18, 0.26, "pointed", "hair", ("stripes", "hooves", "mane")),
)
_EARS = {
    "pointed": "-.42,.2! -.3,-1! .36,.1!",
    "round": "-.5,.2 -.5,-.4 0,-.7 .5,-.4 .5,.2",
    "drop": "-.3,-.2 .25,-.25 .35,.3 .1,.95 -.4,.8 -.5,.2",
    "side": "-.1,.1! -.5,-.5 -1.2,-.55 -.9,.1 -.4,.3",
    "huge": "-.1,-.6 .5,-.5 .6,.6 0,1.3 -1,.9 -1.2,-.1 -.8,-.7",
}


def draw_animal(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw an animal in its surroundings; its looks come from `design`, its pose and place from `pose`."""
    makers = (
        _four_legged,
        _four_legged,
        draw_plush,
        draw_plush,
        draw_bird,
        draw_upright_bird,
        draw_fish,
        draw_turtle,
        draw_butterfly,
        draw_snail,
    )
    maker = makers[int(design.integers(len(makers)))]
    if maker is draw_fish:
        draw_sea(canvas, pose)
    elif design.random() < 0.7:
        draw_meadow(canvas, pose, float(pose.uniform(0.55, 0.85)))
    scale = float(pose.uniform(0.42, 0.82))
    if pose.random() < 0.12:
        scale *= 1.5
    x, y = float(pose.uniform(0.38, 0.62)), float(pose.uniform(0.42, 0.62))
    with canvas.within(x, y, scale, float(pose.normal(0, 0.1)), bool(pose.random() < 0.5)):
        maker(canvas, design, pose)


def _four_legged(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    kind = SPECIES[int(design.integers(len(SPECIES)))]
    eye, fat = int(design.integers(4)), float(design.uniform(0.85, 1.2))
    clothed = design.random() < 0.35
    # Young animals have large heads and short legs.
    young = float(design.uniform(1.0, 1.5))
    floor = kind.body * 0.3 + kind.leg * (1.3 - 0.3 * young)
    top = min(kind.head[1] - kind.head_size * young, -kind.body / 2)
    size = min(0.66, 1.0 / (floor - top))
    with canvas.within(-0.04, -size * (top + floor) / 2, size):
        stride = pose.uniform(-0.5, 0.5, 4)
        hips = (-0.4, -0.3, 0.3, 0.4)

        def leg(number: int) -> Points:
            x, swing = hips[number], float(stride[number]) * kind.leg * 0.8
            top, low = 0.02, floor - 0.05 * abs(float(stride[number]))
            knee = (x + swing * 0.35 + 0.03 * (1 if number < 2 else -1), (top + low) / 2)
            w = kind.leg_width
            return limb([(x, top), knee, (x + swing, low)], [w * 1.6, w * 0.95, w * 1.05], cap=0.1)

        for number in (0, 3):
            canvas.fill(leg(number), Part.ANIMAL)
            _foot(canvas, leg(number), kind, floor)
        _tail(canvas, kind, pose)
        hx, hy = kind.head[0] + float(pose.uniform(-0.04, 0.04)), kind.head[1] + float(pose.uniform(-0.06, 0.1))
        half = kind.body * fat / 2
        torso = outlines.closed("-.52,-.1 -.42,-.42 -.1,-.42 .25,-.44 .5,-.3 .52,.1 .3,.42 -.05,.5 -.4,.36") * (
            1,
            2 * half,
        )
        neck = limb(
            [(0.34, -0.02), ((0.4 + hx) / 2, hy * 0.55), (hx, hy)], [half * 1.5, half * 1.05, kind.head_size * 1.2]
        )
        legs = [leg(1), leg(2)]
        if "wool" in kind.extras:
            for shape in legs:
                canvas.fill(shape, Part.SKIN)
                _foot(canvas, shape, kind, floor)
            canvas.fill(outlines.scalloped(0, 0, 0.56, half * 1.2, int(design.integers(11, 17)), 0.12), Part.ANIMAL)
            canvas.stroke(outlines.opened("-.3,-.05 -.2,.05 -.1,-.02"), 0.8)
            canvas.stroke(outlines.opened("0,.1 .1,.18 .2,.1"), 0.8)
        else:
            canvas.merge([torso, neck, *legs], Part.ANIMAL)
            for shape in legs:
                _foot(canvas, shape, kind, floor)
            canvas.inlay(torso, Part.ANIMAL, [outlines.disc(0.05, half * 0.95, 0.42, half * 0.5)], RichPart.BELLY)
            _coat(canvas, kind, design, torso)
            if clothed or "saddle" in kind.extras or "blanket" in kind.extras:
                blanket = outlines.closed("-.24,-.4! 0,-.46 .2,-.44! .24,-.02! 0,.04 -.26,0!") * (1, 2 * half)
                canvas.fill(blanket, RichPart.BLANKET)
                draw_pattern(canvas, design, blanket, RichPart.BLANKET, None, 4)
                canvas.fill(outlines.box(-0.04, -0.02, 0.02, half * 0.95), RichPart.STRAP)
        if "mane" in kind.extras:
            count = 6
            for step in range(count):
                t = step / (count - 1)
                x, y = 0.36 + (hx - 0.44) * t, (-half * 0.85) * (1 - t) + (hy - kind.head_size * 0.5) * t
                canvas.fill(outlines.leaf(x + 0.03, y - 0.02, 0.2, -2.4 + 0.5 * t, 0.3), RichPart.MANE)
        if "collar" in kind.extras or "bell" in kind.extras:
            cx, cy = hx * 0.8 + 0.06, hy * 0.62 + 0.02
            canvas.fill(limb([(cx - 0.13, cy - 0.1), (cx, cy + 0.02), (cx + 0.1, cy + 0.1)], [0.07] * 3), Part.RIBBON)
            if "bell" in kind.extras:
                canvas.fill(outlines.disc(cx + 0.07, cy + 0.17, 0.06), Part.MOON)
        with canvas.within(hx, hy, kind.head_size * 1.25 * young, float(pose.uniform(-0.2, 0.3))):
            _side_head(canvas, kind, design, eye)


def _foot(canvas: RichCanvas, leg: Points, kind: Species, floor: float) -> None:
    if any(name in kind.extras for name in ("hooves", "socks", "toes")) or kind.ears == "round":
        top = floor - (0.16 if "socks" in kind.extras else 0.07)
        onto = Part.SKIN if "wool" in kind.extras else Part.ANIMAL
        canvas.inlay(leg, onto, [outlines.box(-0.9, top, 0.9, floor + 0.2)], RichPart.PAW, 0.8)


def _tail(canvas: RichCanvas, kind: Species, pose: np.random.Generator) -> None:
    lift = float(pose.uniform(-0.15, 0.1))
    if kind.tail == "bushy":
        path = [(-0.46, -0.06), (-0.7, 0.02 + lift), (-0.9, -0.1 + lift), (-1.02, -0.3 + lift)]
        tail = limb(path, [0.08, 0.22, 0.24, 0.03])
        canvas.fill(tail, RichPart.TAIL)
        canvas.inlay(tail, RichPart.TAIL, [outlines.disc(-1.0, -0.28 + lift, 0.16)], RichPart.BELLY)
    elif kind.tail == "hair":
        canvas.fill(outlines.closed("-.46,-.2 -.62,-.24 -.76,0 -.8,.4! -.66,.34 -.6,.1 -.5,0"), RichPart.TAIL)
        canvas.stroke(outlines.opened("-.54,-.12 -.66,.02 -.7,.28"), 0.6)
    elif kind.tail == "tassel":
        canvas.fill(limb([(-0.48, -0.1), (-0.62, -0.02), (-0.64, 0.2 + lift)], [0.06, 0.05, 0.04]), Part.ANIMAL)
        canvas.fill(outlines.leaf(-0.64, 0.14 + lift, 0.24, np.pi + 0.1, 0.3), RichPart.TAIL)
    elif kind.tail == "curl":
        canvas.fill(
            ribbon(outlines.opened("-.48,-.1 -.6,-.2 -.66,-.08 -.58,-.02 -.58,-.16 -.7,-.24"), 0.045), RichPart.TAIL
        )
    elif kind.tail == "stub":
        canvas.fill(outlines.disc(-0.54, -0.14, 0.09, 0.07), RichPart.TAIL)
    else:
        up = -0.5 if kind.tail == "up" else 0.0
        path = [(-0.46, -0.12), (-0.66, -0.18 + up * 0.4), (-0.72, -0.36 + up + lift), (-0.62, -0.46 + up + lift)]
        canvas.fill(limb(path, [0.1, 0.09, 0.08, 0.06]), RichPart.TAIL)


def _coat(canvas: RichCanvas, kind: Species, design: np.random.Generator, torso: Points) -> None:
    if "patch" in kind.extras:
        places = design.uniform(-1, 1, (3, 2)) * (0.4, 0.2)
        blobs = [outlines.scalloped(float(x), float(y), 0.16, 0.12, 4, 0.25, float(x)) for x, y in places]
        canvas.inlay(torso, Part.ANIMAL, blobs, RichPart.PATTERN, 0.8)
    elif "spots" in kind.extras:
        places = design.uniform(-1, 1, (14, 2)) * (0.48, 0.26)
        blobs = [outlines.disc(float(x), float(y), 0.045, 0.038) for x, y in places]
        canvas.inlay(torso, Part.ANIMAL, blobs, RichPart.PATTERN, 0.6)
    elif "stripes" in kind.extras:
        stripes = [
            outlines.leaf(x, -0.3, 0.34, np.pi + 0.15 * np.sin(9 * x), 0.14) for x in np.linspace(-0.44, 0.36, 7)
        ]
        canvas.inlay(torso, Part.ANIMAL, stripes, RichPart.PATTERN, 0.6)


def _ear(canvas: RichCanvas, kind: str, x: float, y: float, size: float, inner: bool = True) -> None:
    outline = outlines.closed(_EARS[kind]) * size
    canvas.fill(outlines.moved(outline, x, y), Part.ANIMAL if inner else RichPart.EAR)
    if inner:
        middle = outline.mean(0)
        canvas.fill(outlines.moved((outline - middle) * 0.55 + middle, x, y), RichPart.EAR, 0.6)


def _side_head(canvas: RichCanvas, kind: Species, design: np.random.Generator, eye: int) -> None:
    """Draw a head seen from the side, its size 1, its middle at (0, 0), looking to the right."""
    long = kind.snout / kind.head_size * 0.8
    if "big mane" in kind.extras:
        canvas.fill(outlines.scalloped(-0.12, 0.02, 0.98, 1.0, 11, 0.16), RichPart.MANE)
    if "antlers" in kind.extras or "horns" in kind.extras or "stalks" in kind.extras:
        for x in (-0.25, 0.12):
            tall = 0.9 if "antlers" in kind.extras else 0.5
            canvas.fill(
                limb([(x, -0.3), (x + 0.1, -0.3 - tall * 0.6), (x + 0.02, -0.35 - tall)], [0.16, 0.13, 0.06]),
                RichPart.HORN,
            )
            if "antlers" in kind.extras:
                canvas.fill(
                    limb([(x + 0.08, -0.75), (x + 0.3, -0.9), (x + 0.34, -1.1)], [0.1, 0.09, 0.05]), RichPart.HORN
                )
    far = kind.ears in ("pointed", "round")
    if far:
        _ear(canvas, kind.ears, 0.1, -0.38, 0.4)
    skull = outlines.disc(0, 0, 0.52, 0.48)
    if "trunk" in kind.extras:
        canvas.fill(limb([(0.42, 0.24), (0.72, 0.34), (0.95, 0.08)], [0.14, 0.12, 0.03]), RichPart.HORN)
        trunk = limb([(0.3, 0.05), (0.62, 0.3), (0.66, 0.85), (0.95, 1.1)], [0.5, 0.36, 0.26, 0.2])
        canvas.merge([skull, trunk], Part.ANIMAL)
        for y in (0.5, 0.65, 0.8):
            canvas.stroke(np.array([(0.56, y), (0.74, y - 0.04)]), 0.6)
    else:
        snout = limb([(0.1, 0.1), (0.3 + long * 0.5, 0.18), (0.36 + long, 0.22)], [0.74, 0.52, 0.42], cap=0.4)
        canvas.merge([skull, snout], Part.SKIN if "wool" in kind.extras else Part.ANIMAL)
        onto = Part.SKIN if "wool" in kind.extras else Part.ANIMAL
        canvas.inlay(snout, onto, [outlines.disc(0.5 + long, 0.3, 0.46, 0.42)], RichPart.SNOUT, 0.8)
        nose = outlines.disc(0.5 + long, 0.12, 0.12, 0.09)
        if kind.tail == "curl":
            canvas.fill(outlines.disc(0.52 + long, 0.2, 0.13, 0.22), RichPart.NOSE)
        elif design.random() < 0.5:
            canvas.fill(nose, RichPart.NOSE)
        else:
            canvas.blot(nose)
        canvas.stroke(outlines.moved(outlines.opened("0,.1 -.2,.2 -.5,.14") * (1, 1), 0.44 + long, 0.26), 0.9)
    if "wool" in kind.extras or "mane" in kind.extras:
        canvas.fill(outlines.scalloped(-0.1, -0.44, 0.36, 0.24, 6, 0.2), RichPart.MANE)
    y, size = {"huge": (0.0, 0.8), "round": (-0.34, 0.34)}.get(kind.ears, (-0.3, 0.5))
    _ear(canvas, kind.ears, -0.26, y, size)
    draw_eye(canvas, 0.16, -0.1, 0.13, eye)
