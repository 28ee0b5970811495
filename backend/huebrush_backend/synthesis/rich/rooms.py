"""Rooms with furniture: bedroom, living room, kitchen, bathroom and study."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.patterns import draw_pattern
from huebrush_backend.synthesis.shapes import limb, ribbon


def draw_room(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a room; what stands in it comes from `design`, where, and from which side it is seen, from `pose`."""
    floor = float(pose.uniform(0.6, 0.74))
    flip = bool(pose.random() < 0.5)
    kind = int(design.integers(6))
    zoom = float(pose.uniform(0.92, 1.2))
    with canvas.within(0.5, 0.5, zoom, 0, flip), canvas.within(-0.5, -0.5):
        corner = float(pose.uniform(0.12, 0.26)) if pose.random() < 0.5 else 0.0
        _shell(canvas, design, floor, corner)
        left = corner + 0.08 if corner else 0.04
        slots = list(np.linspace(left + 0.12, 0.86, 3))
        _window(canvas, design, slots.pop(int(pose.integers(3))), floor - 0.34)
        for slot in slots:
            (_picture, _shelf, _clock, _mirror)[int(design.integers(4))](canvas, design, slot, floor - 0.38)
        if design.random() < 0.75:
            _rug(canvas, design, float(pose.uniform(0.4, 0.6)), float(pose.uniform(floor + 0.16, 0.92)))
        main = (_bed, _sofa, _table, _kitchen, _bath, _desk)[kind]
        main_x = float(pose.uniform(0.44, 0.62))
        beside = (_floor_lamp, _plant, _chest, _armchair)
        for number, x in zip(design.permutation(4)[:2], (main_x - 0.4, main_x + 0.4), strict=True):
            with canvas.within(x, floor + float(pose.uniform(0.03, 0.07)), 0.3):
                beside[int(number)](canvas, design)
        with canvas.within(main_x, floor + float(pose.uniform(0.09, 0.17)), float(pose.uniform(0.5, 0.6))):
            main(canvas, design)
        if design.random() < 0.35:
            _cat(canvas, float(pose.uniform(0.2, 0.8)), float(pose.uniform(0.9, 0.97)))


def _shell(canvas: RichCanvas, design: np.random.Generator, floor: float, corner: float) -> None:
    wall = outlines.box(-0.3, -0.3, 1.3, floor)
    canvas.fill(wall, Part.WALL, shaded=False)
    if design.random() < 0.4:
        draw_pattern(
            canvas, design, wall, Part.WALL, ("stripes", "dots", "diamonds", "hearts")[int(design.integers(4))], 9
        )
    canvas.fill(outlines.box(-0.3, floor, 1.3, 1.3), RichPart.FLOOR, shaded=False)
    if design.random() < 0.5:
        for x in np.linspace(-0.8, 1.8, 12):
            canvas.stroke(np.array([(0.5 + (x - 0.5) * 0.55, floor), (x, 1.3)]), 0.5, (1, 1))
    if corner:
        side = np.array([(-0.3, -0.3), (corner, -0.3), (corner, floor), (-0.3, floor + 0.3 + corner)])
        canvas.fill(side, Part.BACKDROP, shaded=False)
        canvas.fill(
            np.array([(-0.02, floor + 0.06), (-0.02, 0.2), (corner * 0.62, 0.26), (corner * 0.62, floor + 0.02)]),
            Part.DOOR,
        )
        canvas.fill(outlines.disc(corner * 0.5, floor - 0.18, 0.014), RichPart.HANDLE, 0.8)
    if design.random() < 0.5:
        canvas.fill(outlines.box(corner, floor - 0.04, 1.3, floor), RichPart.BUMPER, 0.8, shaded=False)


def _window(canvas: RichCanvas, design: np.random.Generator, x: float, y: float) -> None:
    w, h = float(design.uniform(0.1, 0.14)), float(design.uniform(0.13, 0.18))
    with canvas.within(x, y):
        canvas.fill(outlines.box(-w - 0.02, -h - 0.02, w + 0.02, h + 0.02), RichPart.PICTURE)
        pane = outlines.box(-w, -h, w, h)
        canvas.fill(pane, RichPart.WINDOW, 0.8, shaded=False)
        if design.random() < 0.5:
            canvas.inlay(
                pane, RichPart.WINDOW, [outlines.closed("-1,.1 -.1,-.02 .1,.05 1,-.04 1,1! -1,1!")], Part.FOLIAGE, 0.7
            )
        canvas.stroke(np.array([(0, -h), (0, h)]), 0.9, (1, 1))
        canvas.stroke(np.array([(-w, 0), (w, 0)]), 0.9, (1, 1))
        if design.random() < 0.75:
            for side in (-1, 1):
                drape = outlines.closed("-1.15,-1.2! -.2,-1.2! -.4,-.2 -.7,.3 -.75,.5! -.6,1.3! -1.2,1.3! -1.1,.3") * (
                    w * side,
                    h,
                )
                canvas.fill(drape, RichPart.CURTAIN)
                canvas.stroke(outlines.opened("-.8,-1.1 -.85,-.2 -.95,.4") * (w * side, h), 0.6)
            canvas.fill(outlines.box(-w * 1.5, -h * 1.3, w * 1.5, -h * 1.15, 0.01), RichPart.STRAP)
        canvas.fill(outlines.box(-w * 1.25, h + 0.015, w * 1.25, h + 0.04), RichPart.FURNITURE)


def _picture(canvas: RichCanvas, design: np.random.Generator, x: float, y: float) -> None:
    w, h = (float(value) for value in design.uniform(0.06, 0.11, 2))
    with canvas.within(x, y):
        canvas.fill(outlines.box(-w, -h, w, h), RichPart.PICTURE)
        inner = outlines.box(-w * 0.78, -h * 0.78, w * 0.78, h * 0.78)
        canvas.fill(inner, RichPart.LABEL, 0.8, shaded=False)
        canvas.inlay(
            inner,
            RichPart.LABEL,
            [outlines.closed("-1,.3 -.3,-.2 0,.2 .4,0 1,.4 1,2! -1,2!") * (w, h)],
            Part.FOLIAGE,
            0.7,
        )
        canvas.fill(outlines.disc(w * 0.35, -h * 0.4, min(w, h) * 0.18), Part.MOON, 0.7)


def _mirror(canvas: RichCanvas, design: np.random.Generator, x: float, y: float) -> None:
    canvas.fill(outlines.disc(x, y, 0.09, 0.12), RichPart.PICTURE)
    canvas.fill(outlines.disc(x, y, 0.07, 0.1), RichPart.SCREEN, 0.8)
    for dx in (-0.02, 0.01):
        canvas.stroke(np.array([(x + dx - 0.02, y + 0.04), (x + dx + 0.03, y - 0.04)]), 0.7)


def _clock(canvas: RichCanvas, design: np.random.Generator, x: float, y: float) -> None:
    canvas.fill(outlines.disc(x, y, 0.085), RichPart.PICTURE)
    canvas.fill(outlines.disc(x, y, 0.065), RichPart.DISH, 0.8)
    for turn in design.uniform(0, 6.3, 2):
        canvas.stroke(np.array([(x, y), (x + 0.045 * np.sin(turn), y - 0.045 * np.cos(turn))]), 1.0)


def _shelf(canvas: RichCanvas, design: np.random.Generator, x: float, y: float) -> None:
    for level in (0.0, 0.14):
        left = x - 0.12
        while left < x + 0.08:
            w, tall = float(design.uniform(0.022, 0.04)), float(design.uniform(0.07, 0.11))
            part = (RichPart.BOOK, RichPart.BOOK, RichPart.BODY)[int(design.integers(3))]
            canvas.fill(outlines.box(left, y + level - tall, left + w, y + level), part, 0.8)
            left += w
        canvas.fill(outlines.box(x - 0.14, y + level, x + 0.14, y + level + 0.022), RichPart.FURNITURE)


def _rug(canvas: RichCanvas, design: np.random.Generator, x: float, y: float) -> None:
    with canvas.within(x, y):
        if design.random() < 0.5:
            rug = outlines.disc(0, 0, 0.36, 0.1)
        else:
            rug = outlines.closed("-.32,-.09! .32,-.09! .4,.1! -.4,.1!")
        canvas.fill(rug, RichPart.RUG, shaded=False)
        if design.random() < 0.5:
            canvas.fill(rug * 0.72, RichPart.PATTERN, 0.8, shaded=False)
        else:
            draw_pattern(canvas, design, rug, RichPart.RUG, None, 8)


def _bed(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.closed("-.56,.1! -.56,-.5 -.5,-.56 -.46,-.5 -.46,.1!"), RichPart.FURNITURE)
    canvas.fill(outlines.box(-0.5, -0.16, 0.54, 0.0), RichPart.FURNITURE)
    canvas.fill(outlines.box(-0.46, -0.26, 0.52, -0.12, 0.04), RichPart.DISH)
    canvas.fill(outlines.closed("-.46,-.26 -.44,-.4 -.24,-.42 -.2,-.28 -.3,-.24"), RichPart.CUSHION)
    blanket = outlines.closed("-.14,-.3! .2,-.34 .5,-.28! .56,-.02! .3,.0 -.1,-.02! -.16,-.2")
    canvas.fill(blanket, RichPart.BLANKET)
    if design.random() < 0.6:
        draw_pattern(canvas, design, blanket, RichPart.BLANKET, None, 6)
    canvas.fill(outlines.closed("-.16,-.3! .0,-.33! .02,-.04! -.12,-.02! -.18,-.2"), RichPart.CLOTH)
    canvas.fill(outlines.closed("0.5,.1! .5,-.3 .55,-.34 .6,-.3 .6,.1!"), RichPart.FURNITURE)
    if design.random() < 0.5:
        with canvas.within(-0.05, -0.36, 0.3):
            canvas.fill(outlines.disc(0, 0, 0.22, 0.26), Part.ANIMAL)
            for side in (-1, 1):
                canvas.fill(outlines.disc(side * 0.18, -0.46, 0.1), RichPart.EAR)
            canvas.fill(outlines.disc(0, -0.32, 0.24), Part.ANIMAL)
            canvas.fill(outlines.disc(0, -0.26, 0.1, 0.07), RichPart.SNOUT, 0.7)
            for side in (-1, 1):
                canvas.blot(outlines.disc(side * 0.09, -0.38, 0.03))


def _sofa(canvas: RichCanvas, design: np.random.Generator) -> None:
    for x in (-0.46, 0.46):
        canvas.fill(outlines.box(x - 0.03, -0.06, x + 0.03, 0.03), RichPart.FURNITURE)
    canvas.fill(outlines.closed("-.5,-.1! -.5,-.44 -.42,-.52 .42,-.52 .5,-.44 .5,-.1!"), RichPart.BODY)
    canvas.stroke(np.array([(0, -0.5), (0, -0.24)]), 0.8, (1, 1))
    canvas.fill(outlines.box(-0.48, -0.26, 0.0, -0.14, 0.04), RichPart.BLANKET)
    canvas.fill(outlines.box(0.0, -0.26, 0.48, -0.14, 0.04), RichPart.BLANKET)
    canvas.fill(outlines.box(-0.5, -0.15, 0.5, -0.04, 0.02), RichPart.BODY)
    for side in (-1, 1):
        canvas.fill(outlines.box(side * 0.52 - 0.08, -0.36, side * 0.52 + 0.08, -0.02, 0.06), RichPart.ARMOUR)
    for x, part in ((-0.28, RichPart.CUSHION), (0.3, RichPart.CLOTH)):
        shape = outlines.moved(
            outlines.closed("-.12,-.12! 0,-.1 .12,-.12! .1,0 .12,.12! 0,.1 -.12,.12! -.1,0"), x, -0.34
        )
        canvas.fill(shape, part)
        draw_pattern(canvas, design, shape, part, None, 4)


def _table(canvas: RichCanvas, design: np.random.Generator) -> None:
    for side in (-1, 1):
        with canvas.stretched(side * 0.5, 0, side, 1):
            canvas.fill(outlines.box(0.08, -0.66, 0.13, 0.02, 0.02), RichPart.HANDLE)
            canvas.fill(outlines.box(-0.16, -0.28, 0.12, -0.22, 0.02), RichPart.CUSHION)
            canvas.fill(outlines.box(-0.15, -0.22, -0.11, 0.04), RichPart.HANDLE)
    for x in (-0.3, 0.3):
        canvas.fill(outlines.box(x - 0.025, -0.36, x + 0.025, 0.06), RichPart.FURNITURE)
    canvas.fill(outlines.closed("-.36,-.48! .36,-.48! .44,-.36! -.44,-.36!"), RichPart.TABLE)
    cloth = outlines.closed("-.2,-.48! .2,-.48! .24,-.36! .24,-.2! 0,-.26 -.24,-.2! -.24,-.36!")
    canvas.fill(cloth, RichPart.CLOTH)
    draw_pattern(canvas, design, cloth, RichPart.CLOTH, ("checks", "stripes", "dots")[int(design.integers(3))], 6)
    with canvas.within(0.0, -0.44, 0.34):
        _vase(canvas)
    canvas.fill(outlines.disc(-0.26, -0.43, 0.09, 0.03), RichPart.DISH)
    canvas.fill(outlines.disc(-0.26, -0.47, 0.045), RichPart.FRUIT)
    canvas.stroke(np.array([(0, -1.4), (0, -0.98)]), 1.0, (1, 1))
    canvas.fill(outlines.closed("-.05,-1! .05,-1! .18,-.84! -.18,-.84!"), RichPart.LAMP)


def _kitchen(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.box(-0.8, -0.46, 0.8, 0.04), RichPart.FURNITURE)
    for x in (-0.7, -0.36, 0.34):
        canvas.fill(outlines.box(x, -0.38, x + 0.3, -0.02, 0.02), Part.DOOR, 0.8)
        canvas.fill(outlines.box(x + 0.1, -0.35, x + 0.2, -0.32, 0.01), RichPart.HANDLE, 0.7)
    canvas.fill(outlines.box(-0.04, -0.46, 0.32, 0.02), RichPart.BODY)
    canvas.fill(outlines.box(0.02, -0.32, 0.26, -0.06, 0.03), RichPart.WINDOW, 0.8)
    for x in (0.04, 0.14, 0.24):
        canvas.fill(outlines.disc(x, -0.39, 0.025), RichPart.BUTTON, 0.7)
    canvas.fill(outlines.box(-0.84, -0.52, 0.84, -0.45), RichPart.TABLE)
    canvas.fill(outlines.closed("0.02,-.7! .26,-.7! .25,-.52! .03,-.52!"), RichPart.CUP)
    canvas.fill(outlines.closed("0.0,-.7! .04,-.76 .24,-.76 .28,-.7!"), RichPart.LID)
    canvas.fill(outlines.disc(0.14, -0.78, 0.022), RichPart.BUTTON)
    with canvas.within(-0.3, -0.5, 0.34):
        _vase(canvas)
    for x in (0.5, 0.6):
        canvas.fill(outlines.box(x - 0.04, -0.66 - 0.2 * (x - 0.5), x + 0.04, -0.52), RichPart.POT)
    canvas.fill(outlines.closed("-.66,-.56 -.56,-.64 -.5,-.56 -.58,-.52"), RichPart.BREAD)


def _bath(canvas: RichCanvas, design: np.random.Generator) -> None:
    for x in (-0.34, 0.34):
        canvas.fill(outlines.disc(x, 0.0, 0.06), RichPart.HANDLE)
    canvas.fill(limb([(0.42, -0.3), (0.44, -0.56), (0.3, -0.58), (0.3, -0.5)], [0.05] * 4), RichPart.BLADE)
    for x, y, r in ((-0.2, -0.4, 0.12), (0.0, -0.44, 0.14), (0.18, -0.38, 0.1), (-0.32, -0.36, 0.08)):
        canvas.fill(outlines.disc(x, y, r), RichPart.CREAM)
    canvas.fill(outlines.closed("-.12,-.48 -.02,-.62 .06,-.56 .14,-.56 .06,-.46 0,-.42"), Part.MOON)
    canvas.fill(outlines.closed("0.05,-.58! .13,-.56! .06,-.53!"), RichPart.BEAK)
    tub = outlines.closed("-.54,-.36! .54,-.36! .46,-.1 .36,0 -.36,0 -.46,-.1")
    canvas.fill(tub, RichPart.DISH)
    canvas.inlay(tub, RichPart.DISH, [outlines.box(-1, -0.14, 1, 1)], RichPart.BODY, 0.8)
    canvas.fill(outlines.box(-0.58, -0.4, 0.58, -0.33, 0.03), RichPart.LID)
    towel = outlines.closed("-.46,-.42! -.28,-.42! -.27,-.06! -.47,-.06!")
    canvas.fill(towel, RichPart.CLOTH)
    draw_pattern(canvas, design, towel, RichPart.CLOTH, "stripes", 5)


def _desk(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.box(-0.22, -0.86, 0.24, -0.54, 0.03), RichPart.BODY)
    canvas.fill(outlines.box(-0.18, -0.82, 0.2, -0.58, 0.01), RichPart.SCREEN, 0.8)
    canvas.fill(outlines.closed("-.04,-.54! .06,-.54! .12,-.46! -.1,-.46!"), RichPart.BODY)
    canvas.fill(limb([(0.46, -0.46), (0.52, -0.68), (0.4, -0.8)], [0.035] * 3), RichPart.HANDLE)
    canvas.fill(outlines.closed("0.42,-.86! .48,-.78! .36,-.66! .28,-.76!"), RichPart.LAMP)
    for level, w in enumerate((0.26, 0.22, 0.2)):
        y = -0.46 - 0.05 * level
        canvas.fill(outlines.box(-0.46, y - 0.05, -0.46 + w, y), (RichPart.BOOK, RichPart.LABEL, RichPart.BOOK)[level])
    canvas.fill(outlines.box(-0.6, -0.46, 0.6, -0.4), RichPart.TABLE)
    canvas.fill(outlines.box(0.2, -0.4, 0.56, 0.04), RichPart.FURNITURE)
    for y in (-0.36, -0.22, -0.08):
        canvas.fill(outlines.box(0.23, y, 0.53, y + 0.11, 0.01), Part.DOOR, 0.8)
        canvas.fill(outlines.disc(0.38, y + 0.055, 0.018), RichPart.BUTTON, 0.7)
    canvas.fill(outlines.box(-0.56, -0.4, -0.5, 0.04), RichPart.FURNITURE)
    canvas.fill(outlines.box(-0.14, -0.1, -0.08, 0.06), RichPart.HANDLE)
    canvas.fill(outlines.box(-0.28, -0.16, 0.06, -0.08, 0.03), RichPart.CUSHION)
    canvas.fill(outlines.box(-0.26, -0.52, 0.04, -0.22, 0.06), RichPart.CUSHION)


def _floor_lamp(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.box(-0.03, -1.1, 0.03, 0.0), RichPart.STALK)
    canvas.fill(outlines.disc(0, 0.0, 0.2, 0.05), RichPart.STALK)
    shade = outlines.closed("-.14,-1.4! .14,-1.4! .28,-1! -.28,-1!")
    canvas.fill(shade, RichPart.LAMP)
    draw_pattern(canvas, design, shade, RichPart.LAMP, ("stripes", "dots")[int(design.integers(2))], 5)


def _plant(canvas: RichCanvas, design: np.random.Generator) -> None:
    for turn in np.linspace(-1.0, 1.0, int(design.integers(4, 8))):
        canvas.fill(outlines.leaf(0.05 * turn, -0.36, 0.55 + 0.2 * np.cos(2 * turn), turn, 0.2), RichPart.LEAF)
    canvas.fill(outlines.closed("-.22,-.38! .22,-.38! .16,.02! -.16,.02!"), RichPart.POT)
    canvas.fill(outlines.box(-0.26, -0.44, 0.26, -0.34, 0.03), RichPart.LID)


def _chest(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.box(-0.34, -0.64, 0.34, 0.0), RichPart.FURNITURE)
    for y in (-0.58, -0.38, -0.19):
        canvas.fill(outlines.box(-0.29, y, 0.29, y + 0.15, 0.02), Part.DOOR, 0.8)
        canvas.fill(outlines.disc(0, y + 0.075, 0.03), RichPart.HANDLE, 0.8)
    with canvas.within(0.05, -0.62, 0.5):
        _vase(canvas)


def _armchair(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.closed("-.3,-.1! -.32,-.7 -.2,-.84 .2,-.84 .32,-.7 .3,-.1!"), RichPart.ARMOUR)
    canvas.fill(outlines.box(-0.3, -0.36, 0.3, -0.2, 0.06), RichPart.CUSHION)
    canvas.fill(outlines.box(-0.34, -0.22, 0.34, 0.0, 0.02), RichPart.ARMOUR)
    for side in (-1, 1):
        canvas.fill(outlines.box(side * 0.36 - 0.09, -0.5, side * 0.36 + 0.09, 0.02, 0.07), RichPart.ARMOUR)


def _vase(canvas: RichCanvas) -> None:
    for turn in (-0.5, 0.0, 0.5):
        with canvas.within(0.05 * turn, -0.4, 1.0, turn):
            canvas.fill(ribbon(np.array([(0, 0), (0, -0.4)]), 0.04), RichPart.STALK)
            canvas.fill(outlines.scalloped(0, -0.46, 0.16, 0.16, 5, 0.3), Part.FLOWER)
            canvas.fill(outlines.disc(0, -0.46, 0.06), RichPart.BUTTON, 0.7)
    canvas.fill(outlines.closed("-.1,-.48! .1,-.48! .2,-.2 .1,.02! -.1,.02! -.2,-.2"), RichPart.POT)


def _cat(canvas: RichCanvas, x: float, y: float) -> None:
    with canvas.within(x, y, 0.3):
        canvas.fill(limb([(0.2, -0.1), (0.44, -0.06), (0.5, -0.24)], [0.1, 0.09, 0.06]), RichPart.TAIL)
        canvas.fill(outlines.disc(0, -0.16, 0.3, 0.19), Part.ANIMAL)
        for side in (-1, 1):
            canvas.fill(
                outlines.moved(outlines.closed("-.08,.04! .03,-.16! .1,.06!") * (side, 1), -0.2 + side * 0.12, -0.4),
                RichPart.EAR,
            )
        canvas.fill(outlines.disc(-0.2, -0.28, 0.2, 0.17), Part.ANIMAL)
        canvas.fill(outlines.disc(-0.2, -0.22, 0.07, 0.05), RichPart.SNOUT, 0.8)
        for side in (-1, 1):
            canvas.stroke(outlines.moved(outlines.opened("-.04,0 0,.03 .04,0"), -0.2 + side * 0.09, -0.3), 1.0)
