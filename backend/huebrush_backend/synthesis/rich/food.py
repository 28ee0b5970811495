"""Food and drink on a table."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.patterns import PATTERN_KINDS, draw_pattern, pattern_pieces
from huebrush_backend.synthesis.shapes import limb, ribbon


def draw_food(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a dish and what stands beside it; what it is comes from `design`, where it stands from `pose`."""
    base = float(pose.uniform(0.72, 0.84))
    edge = base - float(pose.uniform(0.08, 0.3))
    ground = design.random()
    if ground < 0.75:
        if ground < 0.4:
            canvas.fill(outlines.box(-0.1, -0.1, 1.1, 1.1), Part.WALL, 0, shaded=False)
        table = outlines.box(-0.1, edge, 1.1, 1.1)
        canvas.fill(table, RichPart.TABLE, shaded=False)
        if ground < 0.35:
            kind = ("checks", "stripes", "dots", "diamonds")[int(design.integers(4))]
            pieces = [piece + 0.5 for piece in pattern_pieces(design, kind, 0.56, float(design.uniform(0.1, 0.2)))]
            canvas.inlay(table, RichPart.TABLE, pieces, RichPart.CLOTH, 0.6)
        elif ground < 0.6:
            canvas.fill(
                outlines.moved(outlines.closed("0.08,.0! .92,.0! 1.02,.3! -.02,.3!"), 0, base - 0.1),
                RichPart.CLOTH,
                shaded=False,
            )
    mains = (_burger, _cake, _noodles, _pancakes, _cupcake, _fruit_bowl, _pizza, _sushi, _breakfast, _sundae)
    sides = (_cup, _glass, _apple, _pear, _bottle, _strawberry, _melon, _ice_cream, _banana, _cookie)
    size = float(pose.uniform(0.48, 0.68))
    beside = int(design.integers(1, 4))
    order = design.permutation(len(sides))[:beside]
    x = float(pose.uniform(0.36, 0.64))
    places = [x + side * (0.5 * size + 0.1) for side in ((-1, 1, -1.1) if x > 0.5 else (1, -1, 1.1))]
    for number, place in zip(order, places, strict=False):
        scale = size * float(design.uniform(0.4, 0.55))
        with canvas.within(place, base - 0.04 + float(pose.uniform(-0.03, 0.1)), scale, 0, bool(pose.random() < 0.5)):
            sides[int(number)](canvas, design)
    with canvas.within(x, base + 0.02, size, float(pose.normal(0, 0.03)), bool(pose.random() < 0.5)):
        mains[int(design.integers(len(mains)))](canvas, design)


def _plate(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.disc(0, 0, 0.56, 0.13), RichPart.DISH)
    canvas.fill(outlines.disc(0, -0.01, 0.4, 0.08), RichPart.DISH, 0.7)


def _bowl(canvas: RichCanvas, design: np.random.Generator, filling: int) -> None:
    bowl = outlines.closed("-.46,-.36! .46,-.36! .4,-.12 .2,.02! -.2,.02! -.4,-.12")
    canvas.fill(outlines.box(-0.18, 0.0, 0.18, 0.06), RichPart.DISH)
    canvas.fill(bowl, RichPart.DISH)
    choice = design.random()
    if choice < 0.5:
        canvas.inlay(bowl, RichPart.DISH, [outlines.box(-1, -0.28, 1, -0.2)], RichPart.PATTERN, 0.8)
    elif choice < 0.75:
        draw_pattern(canvas, design, bowl, RichPart.DISH, ("dots", "wavy stripes")[int(design.integers(2))], 6)
    canvas.fill(outlines.disc(0, -0.36, 0.46, 0.13), RichPart.LID)
    canvas.fill(outlines.disc(0, -0.355, 0.41, 0.105), filling, 0.8)


def _burger(canvas: RichCanvas, design: np.random.Generator) -> None:
    _plate(canvas, design)
    canvas.fill(outlines.closed("-.34,-.14! .34,-.14! .32,-.04 .2,0 -.2,0 -.32,-.04"), RichPart.BREAD)
    canvas.fill(outlines.box(-0.36, -0.24, 0.36, -0.13, 0.05), RichPart.FILLING)
    canvas.fill(outlines.closed("-.35,-.25! .35,-.25! .2,-.15! .05,-.22! -.08,-.12! -.2,-.22!"), RichPart.CREAM)
    canvas.fill(outlines.box(-0.33, -0.3, 0.33, -0.24, 0.03), RichPart.FRUIT)
    canvas.fill(
        outlines.closed("-.4,-.3 -.3,-.26 -.2,-.31 -.1,-.25 0,-.3 .1,-.25 .2,-.31 .3,-.25 .4,-.3 .36,-.36 -.36,-.36"),
        RichPart.LEAF,
    )
    canvas.fill(outlines.closed("-.36,-.34! -.34,-.5 -.16,-.6 .16,-.6 .34,-.5 .36,-.34!"), RichPart.BREAD)
    for x, y in ((-0.18, -0.5), (-0.04, -0.54), (0.12, -0.52), (0.04, -0.46), (0.22, -0.45), (-0.1, -0.44)):
        canvas.fill(outlines.disc(x, y, 0.022, 0.014, x * 3), RichPart.BUTTON, 0.7, shaded=False)
    if design.random() < 0.5:
        canvas.fill(outlines.box(-0.01, -0.76, 0.01, -0.58), RichPart.STALK, 0.8)
        canvas.fill(outlines.closed("0.01,-.76! .2,-.71! .01,-.65!"), RichPart.FLAG)


def _cake(canvas: RichCanvas, design: np.random.Generator) -> None:
    layers = int(design.integers(1, 4))
    canvas.fill(outlines.closed("-.1,.02! -.16,.1! .16,.1! .1,.02!"), RichPart.DISH)
    _plate(canvas, design)
    y, w = -0.02, 0.42
    for level in range(layers):
        tall = 0.24 if layers < 3 else 0.18
        body = outlines.moved(outlines.closed("-1,-1! 1,-1! 1,0! .5,.16 -.5,.16 -1,0!") * (w, tall), 0, y)
        part = (RichPart.BREAD, RichPart.FILLING, RichPart.BODY)[level]
        canvas.fill(body, part)
        canvas.inlay(body, part, [outlines.box(-1, y - tall * 0.5, 1, y - tall * 0.3)], RichPart.PATTERN, 0.8)
        t = np.linspace(-1, 1, 9)
        drip = np.stack([t * w * 1.02, y - tall + 0.02 + 0.1 * (np.arange(9) % 2) * (1 - 0.3 * t**2)], axis=1)
        top = outlines.disc(0, y - tall, w * 1.02, 0.09)
        from_left = np.concatenate([[(-w * 1.02, y - tall - 0.02)], drip, [(w * 1.02, y - tall - 0.02)]])
        canvas.merge([top, from_left], RichPart.CREAM)
        canvas.stroke(outlines.disc(0, y - tall - 0.005, w * 0.9, 0.06)[15:], 0.6)
        y -= tall + 0.02
        w *= 0.72
    for x in np.linspace(-w, w, int(design.integers(2, 5))):
        if design.random() < 0.5:
            canvas.fill(outlines.box(x - 0.022, y - 0.2, x + 0.022, y), RichPart.HANDLE)
            canvas.fill(outlines.moved(outlines.closed("0,-.12! .04,-.02 0,.02 -.04,-.02"), x, y - 0.21), Part.MOON)
        else:
            canvas.fill(outlines.disc(x, y - 0.04, 0.06), RichPart.FRUIT)
            canvas.stroke(outlines.moved(outlines.opened("0,-.08 .03,-.16 .08,-.18"), x, y), 0.8)


def _noodles(canvas: RichCanvas, design: np.random.Generator) -> None:
    _bowl(canvas, design, RichPart.DRINK)
    for x in np.linspace(-0.24, 0.1, 6):
        canvas.stroke(
            outlines.moved(
                outlines.opened("-.1,.0 0,-.03 .08,.02 .14,-.02") * (1.2, 1), x, -0.36 + 0.04 * np.sin(9 * x)
            ),
            0.9,
        )
    canvas.fill(outlines.disc(0.16, -0.4, 0.12, 0.07), RichPart.CREAM)
    canvas.fill(outlines.disc(0.16, -0.4, 0.055, 0.035), Part.MOON, 0.8)
    canvas.fill(outlines.scalloped(-0.2, -0.42, 0.1, 0.06, 6, 0.2), RichPart.FILLING)
    for turn in (-0.4, 0.1):
        canvas.fill(outlines.leaf(0.0, -0.36, 0.2, turn, 0.25), RichPart.LEAF)
    canvas.fill(outlines.closed("0.24,-.34! .26,-.56! .42,-.5! .38,-.34!"), RichPart.BLADE)
    for x in (0.2, 0.28):
        canvas.fill(ribbon(np.array([(x - 0.3, -0.4), (x + 0.3, -0.9)]), 0.03), RichPart.STALK)


def _pancakes(canvas: RichCanvas, design: np.random.Generator) -> None:
    _plate(canvas, design)
    y = -0.04
    for level in range(int(design.integers(2, 5))):
        canvas.fill(outlines.box(-0.34 + 0.015 * (level % 2), y - 0.09, 0.34, y, 0.045), RichPart.BREAD)
        canvas.inlay(
            outlines.box(-0.4, y - 0.2, 0.4, y),
            RichPart.BREAD,
            [outlines.box(-0.4, y - 0.03, 0.4, y)],
            RichPart.FILLING,
            0.6,
        )
        y -= 0.08
    canvas.fill(outlines.disc(0, y, 0.34, 0.1), RichPart.BREAD)
    canvas.fill(
        outlines.moved(
            outlines.closed(
                "-.24,.0 -.1,-.06 .12,-.06 .26,.0 .24,.16 .18,.2 .16,.06 .04,.06 .0,.24 -.06,.24 -.08,.06 -.2,.06"
            ),
            0,
            y,
        ),
        RichPart.DRINK,
    )
    canvas.fill(outlines.moved(outlines.closed("-.1,-.02! .04,-.08! .14,-.03! .0,.03!"), 0, y - 0.02), RichPart.CREAM)
    for x in (-0.36, 0.38, 0.46):
        canvas.fill(outlines.disc(x, -0.04, 0.055), RichPart.FRUIT)
        canvas.fill(outlines.leaf(x, -0.08, 0.1, 0.6), RichPart.LEAF)


def _cupcake(canvas: RichCanvas, design: np.random.Generator) -> None:
    cup = outlines.closed("-.32,-.34! .32,-.34! .22,.04! -.22,.04!")
    canvas.fill(cup, RichPart.CUP)
    draw_pattern(canvas, design, cup, RichPart.CUP, PATTERN_KINDS[int(design.integers(4))], 6)
    canvas.fill(outlines.closed("-.35,-.34! -.3,-.42 .3,-.42 .35,-.34! .2,-.3 0,-.28 -.2,-.3"), RichPart.BREAD)
    y = -0.42
    for w in (0.38, 0.28, 0.17):
        canvas.fill(
            outlines.moved(outlines.closed("-1,0 -.8,-.6 .8,-.6 1,0 .5,.35 -.5,.35") * (w, 0.2), 0, y), RichPart.CREAM
        )
        y -= 0.13
    canvas.fill(outlines.disc(0, y, 0.085), RichPart.FRUIT)
    canvas.stroke(outlines.moved(outlines.opened("0,-.08 .03,-.18 .12,-.22"), 0, y), 0.9)
    canvas.fill(outlines.leaf(0.05, y - 0.14, 0.16, 1.2), RichPart.LEAF)
    for x, dy in design.uniform(-1, 1, (7, 2)):
        canvas.fill(outlines.disc(0.24 * x, -0.52 + 0.1 * dy, 0.022, 0.012, x * 3), RichPart.BUTTON, 0.6, shaded=False)


def _fruit_bowl(canvas: RichCanvas, design: np.random.Generator) -> None:
    with canvas.within(-0.05, -0.36, 0.7, -0.3):
        _banana(canvas, design)
    for x, y, maker in ((-0.22, -0.26, _pear), (0.24, -0.28, _apple), (0.02, -0.3, _orange)):
        with canvas.within(x, y, 0.5, float(design.uniform(-0.2, 0.2))):
            maker(canvas, design)
    for x, y in ((-0.34, -0.36), (-0.28, -0.42), (-0.4, -0.42)):
        canvas.fill(outlines.disc(x, y, 0.06), RichPart.DRINK)
    bowl = outlines.closed("-.5,-.34! .5,-.34! .4,-.1 .2,.02! -.2,.02! -.4,-.1")
    canvas.fill(bowl, RichPart.DISH)
    draw_pattern(canvas, design, bowl, RichPart.DISH, None, 6)
    canvas.fill(outlines.box(-0.22, 0.01, 0.22, 0.06), RichPart.LID)


def _pizza(canvas: RichCanvas, design: np.random.Generator) -> None:
    with canvas.within(0, -0.22):
        canvas.fill(outlines.disc(0, 0.0, 0.56, 0.52), RichPart.DISH)
        canvas.fill(outlines.scalloped(0, 0, 0.5, 0.46, 14, 0.05), RichPart.BREAD)
        canvas.fill(outlines.scalloped(0, 0, 0.41, 0.38, 9, 0.08), RichPart.CREAM, 0.9)
        for turn in np.arange(7) * 2 * np.pi / 7 + float(design.uniform(0, 1)):
            r = 0.26 + 0.05 * np.sin(5 * turn)
            canvas.fill(outlines.disc(r * np.sin(turn), r * np.cos(turn) * 0.9, 0.075), RichPart.FILLING)
        for turn in np.arange(5) * 2 * np.pi / 5 + float(design.uniform(0, 1)):
            canvas.fill(outlines.leaf(0.12 * np.sin(turn), 0.12 * np.cos(turn), 0.12, turn), RichPart.LEAF)
            canvas.fill(outlines.disc(0.3 * np.sin(turn + 0.6), 0.28 * np.cos(turn + 0.6), 0.035), RichPart.FRUIT)
        if design.random() < 0.6:
            canvas.stroke(np.array([(0, 0), (0.5, -0.1)]), 1.0, (1, 1))
            canvas.stroke(np.array([(0, 0), (0.36, 0.36)]), 1.0, (1, 1))


def _sushi(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.closed("-.6,-.04! .6,-.04! .6,.06! -.6,.06!"), RichPart.DISH)
    for x in (-0.46, 0.46):
        canvas.fill(outlines.box(x - 0.04, 0.06, x + 0.04, 0.14), RichPart.DISH)
    canvas.fill(outlines.closed("-.54,-.06 -.5,-.2 -.18,-.2 -.14,-.06"), RichPart.CREAM)
    canvas.fill(outlines.closed("-.58,-.14 -.46,-.3 -.2,-.28 -.1,-.12 -.2,-.16 -.46,-.18"), RichPart.FILLING)
    for x in (-0.45, -0.35, -0.25):
        canvas.stroke(outlines.moved(outlines.opened("0,-.26 .04,-.18"), x, -0.01), 0.7)
    for x in (0.06, 0.36):
        canvas.fill(outlines.box(x - 0.13, -0.28, x + 0.13, -0.04, 0.02), RichPart.LEAF)
        canvas.fill(outlines.disc(x, -0.28, 0.13, 0.07), RichPart.CREAM)
        canvas.fill(outlines.disc(x, -0.28, 0.06, 0.032), RichPart.FRUIT if x < 0.2 else Part.MOON, 0.8)
    for y in (0.22, 0.3):
        canvas.fill(ribbon(np.array([(-0.5, y), (0.5, y - 0.06)]), 0.035), RichPart.STALK)


def _breakfast(canvas: RichCanvas, design: np.random.Generator) -> None:
    with canvas.within(0, -0.18):
        canvas.fill(outlines.disc(0, 0, 0.58, 0.46), RichPart.DISH)
        canvas.fill(outlines.disc(0, 0, 0.46, 0.36), RichPart.DISH, 0.7)
        canvas.fill(outlines.closed("-.34,-.1 -.2,-.26 .0,-.22 .06,-.04 -.06,.12 -.24,.1"), RichPart.CREAM)
        canvas.fill(outlines.disc(-0.14, -0.07, 0.085), Part.MOON)
        canvas.fill(outlines.closed("0.08,-.24! .2,-.3 .36,-.18! .34,.1! .1,.1!"), RichPart.BREAD)
        canvas.fill(outlines.closed("0.13,-.19! .2,-.23 .31,-.14! .29,.05! .14,.05!"), RichPart.FILLING, 0.8)
        for x in (-0.2, 0.0):
            canvas.fill(limb([(x - 0.08, 0.24), (x + 0.04, 0.2), (x + 0.14, 0.24)], [0.1, 0.1, 0.1]), RichPart.BODY)
        for x in (0.24, 0.32):
            canvas.fill(outlines.disc(x, 0.19, 0.06), RichPart.FRUIT)
        canvas.fill(outlines.leaf(-0.3, 0.24, 0.2, -0.6), RichPart.LEAF)
        canvas.fill(outlines.box(0.66, -0.1, 0.71, 0.36, 0.02), RichPart.HANDLE)
        canvas.fill(outlines.closed("0.64,-.1! .62,-.4! .66,-.3! .69,-.4! .72,-.3! .76,-.4! .74,-.1!"), RichPart.BLADE)


def _sundae(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(ribbon(np.array([(0.2, -0.6), (0.36, -1.0)]), 0.05), RichPart.STRAP)
    for x, y, part in ((-0.16, -0.62, RichPart.CREAM), (0.16, -0.62, RichPart.FILLING), (0, -0.78, RichPart.BODY)):
        canvas.fill(outlines.disc(x, y, 0.18), part)
    canvas.fill(
        outlines.moved(outlines.closed("-.17,0 -.1,-.16 .1,-.16 .17,0 .12,.1 .06,.0 -.02,.12 -.08,.0"), 0, -0.8),
        RichPart.DRINK,
    )
    canvas.fill(outlines.disc(0, -1.0, 0.06), RichPart.FRUIT)
    glass = outlines.closed(
        "-.38,-.56! .38,-.56! .24,-.24 .06,-.14! .05,-.02! .2,.04! -.2,.04! -.05,-.02! -.06,-.14! -.24,-.24"
    )
    canvas.fill(glass, RichPart.CUP)
    canvas.inlay(glass, RichPart.CUP, [outlines.box(-1, -0.44, 1, -0.34)], RichPart.PATTERN, 0.8)
    canvas.fill(outlines.closed("0.1,-.7! .4,-.96! .5,-.86! .2,-.62!"), RichPart.BREAD)


def _cup(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.disc(0, 0, 0.56, 0.12), RichPart.DISH)
    canvas.fill(limb([(0.3, -0.46), (0.58, -0.44), (0.54, -0.18), (0.28, -0.14)], [0.09] * 4), RichPart.CUP)
    cup = outlines.closed("-.38,-.6! .38,-.6! .32,-.16 .2,-.02! -.2,-.02! -.32,-.16")
    canvas.fill(cup, RichPart.CUP)
    if design.random() < 0.6:
        canvas.inlay(cup, RichPart.CUP, [outlines.heart(0, -0.3, 0.12)], RichPart.LABEL, 0.8)
    canvas.fill(outlines.disc(0, -0.6, 0.38, 0.1), RichPart.CUP)
    canvas.fill(outlines.disc(0, -0.59, 0.31, 0.07), RichPart.DRINK, 0.8)
    for x in (-0.1, 0.1):
        canvas.stroke(outlines.moved(outlines.opened("0,-.74 .06,-.84 -.04,-.94 .02,-1.04"), x, 0), 0.8)


def _glass(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(ribbon(np.array([(-0.02, -0.6), (0.1, -1.1), (0.3, -1.14)]), 0.06), RichPart.STRAP)
    glass = outlines.closed("-.3,-.84! .3,-.84! .22,.02! -.22,.02!")
    canvas.fill(glass, RichPart.WINDOW)
    canvas.inlay(glass, RichPart.WINDOW, [outlines.box(-1, -0.66, 1, -0.03)], RichPart.DRINK, 0.8)
    canvas.fill(outlines.disc(-0.28, -0.84, 0.15), RichPart.FRUIT)
    canvas.fill(outlines.disc(-0.28, -0.84, 0.1), RichPart.CREAM, 0.8)
    for x, y in ((-0.06, -0.5), (0.08, -0.36)):
        canvas.fill(outlines.box(x - 0.07, y - 0.07, x + 0.07, y + 0.07, 0.02), RichPart.WATER, 0.7)


def _apple(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(
        outlines.closed("0,-.6 .2,-.66 .4,-.5 .38,-.2 .18,.02 0,-.03 -.18,.02 -.38,-.2 -.4,-.5 -.2,-.66"),
        RichPart.FRUIT,
    )
    canvas.fill(ribbon(outlines.opened("0,-.56 .02,-.7 .08,-.82"), 0.05), RichPart.STALK)
    canvas.fill(outlines.leaf(0.05, -0.7, 0.3, 1.1), RichPart.LEAF)


def _pear(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(
        outlines.closed("0,-.9 .14,-.84 .18,-.6 .36,-.3 .28,0 0,.04 -.28,0 -.36,-.3 -.18,-.6 -.14,-.84"),
        RichPart.FILLING,
    )
    canvas.fill(ribbon(outlines.opened("0,-.86 .02,-.96 .08,-1.02"), 0.05), RichPart.STALK)
    canvas.fill(outlines.leaf(0.03, -0.92, 0.26, 1.3), RichPart.LEAF)


def _orange(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.disc(0, -0.34, 0.36), RichPart.BODY)
    canvas.fill(outlines.leaf(0, -0.66, 0.2, 1.0), RichPart.LEAF)


def _bottle(canvas: RichCanvas, design: np.random.Generator) -> None:
    body = outlines.closed("-.1,-1.1! .1,-1.1! .11,-.84 .24,-.64 .24,.02! -.24,.02! -.24,-.64 -.11,-.84")
    canvas.fill(body, RichPart.BODY)
    canvas.inlay(body, RichPart.BODY, [outlines.box(-1, -0.5, 1, -0.16)], RichPart.LABEL, 0.8)
    canvas.fill(outlines.heart(0, -0.34, 0.08), RichPart.FRUIT, 0.8)
    canvas.fill(outlines.box(-0.13, -1.24, 0.13, -1.08, 0.03), RichPart.LID)


def _strawberry(canvas: RichCanvas, design: np.random.Generator) -> None:
    berry = outlines.closed("0,-.5 .26,-.5 .34,-.3 .16,-.06 0,.04 -.16,-.06 -.34,-.3 -.26,-.5")
    canvas.fill(berry, RichPart.FRUIT)
    for x, y in ((-0.14, -0.34), (0.02, -0.38), (0.16, -0.32), (-0.06, -0.2), (0.1, -0.18), (0.0, -0.08)):
        canvas.fill(outlines.disc(x, y, 0.022, 0.034), RichPart.BUTTON, 0.6, shaded=False)
    canvas.fill(outlines.moved(outlines.star(0, -0.5, 0.24, 5, 0.4) * (1, 0.6), 0, -0.2), RichPart.LEAF)


def _melon(canvas: RichCanvas, design: np.random.Generator) -> None:
    slice_ = outlines.closed("-.5,-.44! .5,-.44! .4,-.12 .14,.02 -.14,.02 -.4,-.12")
    canvas.fill(slice_, RichPart.LEAF)
    canvas.fill(outlines.moved(slice_ * 0.86, 0, -0.06), RichPart.CREAM, 0.7)
    canvas.fill(outlines.moved(slice_ * 0.72, 0, -0.12), RichPart.FRUIT, 0.7)
    for x, y in ((-0.2, -0.34), (0, -0.3), (0.2, -0.34), (-0.1, -0.2), (0.1, -0.2)):
        canvas.blot(outlines.disc(x, y, 0.022, 0.036))


def _ice_cream(canvas: RichCanvas, design: np.random.Generator) -> None:
    cone = outlines.closed("-.2,-.5! .2,-.5! 0,.04!")
    canvas.fill(cone, RichPart.BREAD)
    draw_pattern(canvas, design, cone, RichPart.BREAD, "diamonds", 5)
    for x, y, part in ((-0.13, -0.6, RichPart.CREAM), (0.13, -0.6, RichPart.FILLING), (0, -0.82, RichPart.BODY)):
        canvas.fill(outlines.scalloped(x, y, 0.19, 0.18, 7, 0.08), part)
    canvas.fill(outlines.disc(0, -1.02, 0.06), RichPart.FRUIT)


def _banana(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(
        outlines.closed("-.44,-.4! -.3,-.2 0,-.1 .3,-.2 .42,-.42! .48,-.36 .42,-.1 .1,.06 -.3,0 -.5,-.3"),
        RichPart.CREAM,
    )
    canvas.fill(outlines.closed("0.4,-.5! .47,-.5! .49,-.36! .41,-.4!"), RichPart.STALK)
    canvas.stroke(outlines.opened("-.42,-.3 -.26,-.1 .06,-.02 .38,-.16"), 0.7)


def _cookie(canvas: RichCanvas, design: np.random.Generator) -> None:
    canvas.fill(outlines.scalloped(0, -0.34, 0.4, 0.38, 10, 0.06), RichPart.BREAD)
    for x, y in ((-0.16, -0.44), (0.1, -0.5), (0.2, -0.28), (-0.1, -0.22), (0.04, -0.34)):
        canvas.fill(outlines.disc(x, y, 0.06, 0.05), RichPart.FILLING, 0.8)
