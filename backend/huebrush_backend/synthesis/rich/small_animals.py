"""Children's-book animals without four legs to stand on: plush-like sitting ones, birds, fish, turtles, butterflies
and snails."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.patterns import draw_pattern
from huebrush_backend.synthesis.shapes import limb, ribbon


def draw_eye(canvas: RichCanvas, x: float, y: float, size: float, kind: int) -> None:
    """Draw an animal's eye: a dot, a dot in white, an iris, or closed."""
    if kind == 0 or (kind < 3 and canvas.style.is_thick):
        canvas.blot(outlines.disc(x, y, size * 0.55, size * 0.7))
    elif kind == 1:
        canvas.fill(outlines.disc(x, y, size), Part.EYE_WHITE, 0.7, shaded=False)
        canvas.blot(outlines.disc(x + size * 0.25, y, size * 0.5))
    elif kind == 2:
        canvas.fill(outlines.disc(x, y, size), Part.EYE_WHITE, 0.7, shaded=False)
        canvas.fill(outlines.disc(x + size * 0.15, y, size * 0.72), Part.EYES, 0.6, shaded=False)
        canvas.blot(outlines.disc(x + size * 0.2, y, size * 0.36))
    else:
        canvas.stroke(outlines.moved(outlines.opened("-1,.1 0,.6 1,.1") * size, x, y), 1.1)


def draw_plush(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a sitting animal from the front, as children's books have them: a bear, rabbit, cat, mouse or fox."""
    ears = ("round", "pointed", "long", "drop", "round", "pointed")[int(design.integers(6))]
    garment = ("none", "scarf", "shirt", "bow", "overalls")[int(design.integers(5))]
    hat = design.random() < 0.25
    eye, wide, eyes_apart = int(design.integers(4)), float(design.uniform(0.9, 1.15)), float(design.uniform(0.1, 0.15))
    mask = design.random() < 0.3
    sway = float(pose.uniform(-0.06, 0.06))
    raise_arm = pose.uniform(-0.1, 1.0, 2)
    with canvas.within(0, 0.02):
        if ears in ("pointed", "long") or design.random() < 0.3:
            tail = limb([(0.18, 0.36), (0.4, 0.34), (0.46, 0.12), (0.4, 0.02)], [0.09, 0.1, 0.1, 0.06])
            canvas.fill(tail, RichPart.TAIL)
        body = outlines.closed("-.13,-.1 .13,-.1 .24,.15 .23,.4 0,.46 -.23,.4 -.24,.15") * (wide, 1)
        canvas.fill(body, Part.ANIMAL)
        canvas.fill(outlines.disc(0, 0.24, 0.14 * wide, 0.17), RichPart.BELLY, 0.8)
        if garment in ("shirt", "overalls"):
            part = Part.TOP if garment == "shirt" else Part.BOTTOM
            canvas.inlay(
                body, Part.ANIMAL, [outlines.box(-0.4, -0.2 if garment == "shirt" else 0.08, 0.4, 0.3)], part, 1
            )
            canvas.inlay(
                body, RichPart.BELLY, [outlines.box(-0.4, -0.2 if garment == "shirt" else 0.08, 0.4, 0.3)], part, 0
            )
            if design.random() < 0.5:
                draw_pattern(canvas, design, body, part, None, 6)
            for y in (0.05, 0.15, 0.25):
                canvas.fill(outlines.disc(0, y, 0.022), RichPart.BUTTON, 0.7, shaded=False)
        for side in (-1, 1):
            x = side * 0.2 * wide
            canvas.fill(outlines.disc(x * 1.05, 0.4, 0.1, 0.11), Part.ANIMAL)
            canvas.fill(outlines.disc(x * 1.08, 0.42, 0.055, 0.06), RichPart.PAW, 0.6)
            lift = float(raise_arm[0 if side < 0 else 1])
            hand = (side * (0.3 + 0.1 * lift) * wide, 0.2 - 0.36 * lift)
            arm = limb([(side * 0.14, -0.02), (side * 0.26 * wide, 0.1 - 0.12 * lift), hand], [0.11, 0.1, 0.1])
            canvas.fill(arm, Part.TOP if garment == "shirt" else Part.ANIMAL)
            canvas.fill(outlines.disc(*hand, 0.06), RichPart.PAW, 0.8)
        if garment == "scarf":
            canvas.fill(limb([(-0.06, -0.05), (-0.1, 0.1), (-0.07, 0.22)], [0.08, 0.08, 0.09], cap=0), Part.NECKWEAR)
            canvas.fill(limb([(-0.16, -0.1), (0, -0.05), (0.16, -0.1)], [0.09] * 3), Part.NECKWEAR)
        with canvas.within(sway, -0.24, 1.0, float(pose.normal(0, 0.12))):
            _front_head(canvas, design, ears, wide, eyes_apart, eye, mask)
            if garment == "bow":
                for side in (-1, 1):
                    canvas.fill(
                        outlines.moved(outlines.closed("0,0! .1,-.07 .12,0 .1,.07") * (side, 1), 0.0, 0.22), Part.RIBBON
                    )
                canvas.fill(outlines.disc(0, 0.22, 0.03), Part.RIBBON)
            if hat:
                canvas.fill(outlines.closed("-.13,-.2! -.08,-.42 0,-.45 .08,-.42 .13,-.2! 0,-.17"), Part.HAT)
                canvas.fill(outlines.disc(0, -0.45, 0.05), RichPart.BUTTON)


def _front_head(
    canvas: RichCanvas,
    design: np.random.Generator,
    ears: str,
    wide: float,
    apart: float,
    eye: int,
    mask: bool,
) -> None:
    """Draw a round head from the front, about 0.5 wide around (0, 0)."""
    for side in (-1, 1):
        with canvas.stretched(side * 0.17 * wide, -0.18, side, 1):
            if ears == "round":
                canvas.fill(outlines.disc(0.03, -0.02, 0.1), Part.ANIMAL)
                canvas.fill(outlines.disc(0.03, -0.02, 0.06), RichPart.EAR, 0.7)
            elif ears == "pointed":
                canvas.fill(outlines.closed("-.1,.04! .05,-.2! .12,.12!"), Part.ANIMAL)
                canvas.fill(outlines.closed("-.05,.04! .045,-.12! .08,.1!"), RichPart.EAR, 0.7)
            elif ears == "long":
                canvas.fill(outlines.closed("-.11,.05 -.12,-.2 -.05,-.34 .03,-.2 .0,.05"), Part.ANIMAL)
                canvas.fill(outlines.closed("-.08,.0 -.085,-.2 -.05,-.28 -.01,-.2 -.03,.0"), RichPart.EAR, 0.7)
    face = outlines.closed("0,-.24 .17,-.2 .25,-.02 .2,.16 0,.22 -.2,.16 -.25,-.02 -.17,-.2") * (wide, 1)
    canvas.fill(face, Part.ANIMAL)
    if ears == "drop":
        for side in (-1, 1):
            canvas.fill(
                outlines.moved(
                    outlines.closed("-.05,-.03 .06,-.02 .13,.1 .1,.25 .02,.22 -.02,.1") * (side, 1),
                    side * 0.19 * wide,
                    -0.16,
                ),
                RichPart.EAR,
            )
    if mask:
        patches = [outlines.disc(side * apart, -0.02, 0.075, 0.09, side * 0.4) for side in (-1, 1)]
        canvas.inlay(face, Part.ANIMAL, patches, RichPart.PATTERN, 0.8)
    canvas.fill(outlines.disc(0, 0.1, 0.11 * wide, 0.08), RichPart.SNOUT, 0.8)
    for side in (-1, 1):
        draw_eye(canvas, side * apart, -0.03, 0.035, eye)
        if eye == 0:
            canvas.fill(outlines.disc(side * 0.16 * wide, 0.07, 0.035, 0.025), Part.MOUTH, 0.4, shaded=False)
    canvas.fill(outlines.closed("-.04,.05 .04,.05 .02,.09 0,.1 -.02,.09"), RichPart.NOSE, 0.8)
    canvas.stroke(outlines.opened("-.05,.13 -.02,.15 0,.1 .02,.15 .05,.13"), 0.9)
    if ears in ("pointed", "long") and not canvas.style.is_thick:
        for side in (-1, 1):
            for y in (0.09, 0.13):
                canvas.stroke(np.array([(side * 0.12, y), (side * 0.28, y + 0.02)]), 0.5)


def draw_bird(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a small or large bird from the side, sitting or flying."""
    long_neck, eye, flying = float(design.uniform(-0.2, 1) > 0.5) * 0.35, int(design.integers(4)), pose.random() < 0.4
    beak, crest = float(design.uniform(0.1, 0.3)), design.random() < 0.5
    if not flying:
        for x in (-0.04, 0.08):
            canvas.fill(ribbon(np.array([(x, 0.2), (x + 0.02, 0.42)]), 0.03), RichPart.PAW)
            canvas.fill(outlines.moved(outlines.closed("0,0! .1,.04! 0,.05! -.05,.04!"), x + 0.02, 0.4), RichPart.PAW)
    for turn in (0.3, 0.1, -0.1):
        canvas.fill(outlines.leaf(-0.26, 0.06, 0.36, -1.75 + turn, 0.14), RichPart.TAIL)
    body = outlines.closed("-.34,.08 -.2,-.12 .05,-.22 .28,-.12 .28,.1 .08,.24 -.16,.22")
    neck = limb([(0.18, 0.0), (0.25, -0.12 - long_neck * 0.5), (0.27, -0.24 - long_neck)], [0.26, 0.2, 0.22])
    hy = -0.24 - long_neck
    head = outlines.disc(0.27, hy, 0.15)
    if crest:
        for turn in (-0.9, -0.5, -0.1):
            canvas.fill(outlines.leaf(0.24, hy - 0.08, 0.2, turn, 0.16), RichPart.MANE)
    canvas.fill(
        outlines.moved(outlines.closed("0,-.07! .5,.0 1,.04! .5,.08 0,.08!") * (beak + 0.08, 0.8), 0.38, hy + 0.02),
        RichPart.BEAK,
    )
    canvas.merge([body, neck, head], Part.ANIMAL)
    canvas.inlay(body, Part.ANIMAL, [outlines.disc(0.16, 0.16, 0.26, 0.16, -0.4)], RichPart.BELLY, 0.8)
    canvas.inlay(head, Part.ANIMAL, [outlines.disc(0.3, hy + 0.02, 0.09)], RichPart.SNOUT, 0.6)
    draw_eye(canvas, 0.3, hy - 0.02, 0.04, eye)
    lift = float(pose.uniform(1.2, 2.2)) if flying else 0.0
    with canvas.within(0.08, -0.04, 1.0 + 0.3 * flying, lift):
        wing = outlines.closed("0,-.1 .06,.02 -.05,.14 -.22,.2 -.42,.18! -.3,.06 -.2,-.06")
        canvas.fill(wing, RichPart.WING)
        canvas.inlay(
            wing, RichPart.WING, [outlines.closed("-.14,.2! -.5,.3! -.5,0! -.2,.0! -.1,.1!")], RichPart.PATTERN, 0.8
        )
        for x in (-0.16, -0.24, -0.32):
            canvas.stroke(np.array([(x, 0.1), (x - 0.06, 0.17)]), 0.6)


def draw_upright_bird(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw an owl or penguin from the front."""
    owl, eye = design.random() < 0.5, int(design.integers(1, 3))
    wide = float(design.uniform(0.9, 1.15))
    for side in (-1, 1):
        canvas.fill(
            outlines.moved(
                outlines.closed("-.09,.03! -.1,-.04 0,-.07 .1,-.04 .09,.03! .03,0 0,.04 -.03,0"), side * 0.12, 0.46
            ),
            RichPart.PAW,
        )
    lift = pose.uniform(0, 0.7, 2)
    body = outlines.closed("0,-.46 .2,-.36 .28,-.05 .26,.3 .12,.44 -.12,.44 -.26,.3 -.28,-.05 -.2,-.36") * (wide, 1)
    if owl:
        for side in (-1, 1):
            canvas.fill(
                outlines.moved(outlines.closed("-.08,.1! .08,-.12! .1,.16!") * (side, 1), side * 0.17 * wide, -0.4),
                RichPart.EAR,
            )
    canvas.fill(body, Part.ANIMAL)
    belly = outlines.closed("0,-.1 .16,-.04 .17,.2 .1,.38 -.1,.38 -.17,.2 -.16,-.04") * (wide, 1)
    canvas.fill(belly, RichPart.BELLY, 0.8)
    if owl or design.random() < 0.3:
        draw_pattern(canvas, design, belly, RichPart.BELLY, "scallops", 4.5)
    face = np.concatenate([outlines.disc(-0.1 * wide, -0.2, 0.13), outlines.disc(0.1 * wide, -0.2, 0.13)])
    if owl:
        canvas.merge([face[:30], face[30:]], RichPart.SNOUT, 0.8)
    for side in (-1, 1):
        with canvas.stretched(side * 0.25 * wide, -0.1, side, 1, -side * float(lift[0 if side < 0 else 1])):
            canvas.fill(outlines.closed("-.04,-.02 .06,.08 .08,.3 0,.44! -.06,.26"), RichPart.WING)
        draw_eye(canvas, side * 0.1 * wide, -0.2, 0.075 if owl else 0.04, eye)
    canvas.fill(outlines.closed("-.05,-.15 .05,-.15 0,-.04!"), RichPart.BEAK)
    if design.random() < 0.4:
        canvas.fill(limb([(-0.22, -0.1), (0, -0.04), (0.22, -0.1)], [0.09] * 3), Part.NECKWEAR)


def draw_fish(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a fish that swims to the right."""
    tall, eye = float(design.uniform(0.7, 1.5)), int(design.integers(4))
    flick = float(pose.uniform(-0.1, 0.1))
    canvas.fill(
        outlines.moved(outlines.closed("-.28,0! -.5,-.26 -.56,-.24! -.48,0 -.56,.24! -.5,.26"), 0, flick), RichPart.TAIL
    )
    canvas.fill(outlines.closed("-.22,-.1! -.1,-.36 .1,-.38! .14,-.12!") * (1, tall), RichPart.FIN)
    canvas.fill(outlines.closed("-.12,.12! -.1,.3 .04,.32! .04,.14!") * (1, tall), RichPart.FIN)
    body = outlines.closed("-.34,0 -.16,-.17 .1,-.22 .32,-.1 .42,.02 .32,.12 .08,.2 -.18,.14") * (1, tall)
    canvas.fill(body, Part.ANIMAL)
    stripes = [
        outlines.moved(outlines.closed("-.05,-.4 .03,0 -.05,.4 .03,.4 .1,0 .03,-.4"), x, 0) for x in (-0.2, -0.04, 0.12)
    ]
    choice = design.random()
    if choice < 0.5:
        canvas.inlay(body, Part.ANIMAL, stripes, RichPart.PATTERN, 0.8)
    elif choice < 0.8:
        draw_pattern(canvas, design, body, Part.ANIMAL, "scallops", 7)
    canvas.inlay(body, Part.ANIMAL, [outlines.disc(0.05, 0.24 * tall, 0.4, 0.16 * tall)], RichPart.BELLY, 0.8)
    canvas.inlay(body, Part.ANIMAL, [outlines.closed("0.2,-.4 .24,0 .2,.4 .6,.4 .6,-.4")], RichPart.SNOUT, 0.8)
    draw_eye(canvas, 0.28, -0.04 * tall, 0.045, eye)
    canvas.fill(outlines.closed("0.36,.05 .44,.04 .43,.08 .36,.09"), RichPart.LIPS, 0.7)
    canvas.fill(outlines.closed("0.1,.0! -.06,.02 -.1,.1! .04,.14"), RichPart.FIN, 0.9)


def draw_turtle(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a turtle or tortoise from the side."""
    eye, dome = int(design.integers(4)), float(design.uniform(0.7, 1.2))
    stride = pose.uniform(-0.08, 0.08, 2)
    canvas.fill(outlines.leaf(-0.36, 0.12, 0.22, -1.9, 0.22), RichPart.TAIL)
    for x, step in zip((-0.22, 0.22), stride, strict=True):
        leg = limb([(x, 0.1), (x + float(step), 0.3)], [0.16, 0.14], cap=0.3)
        canvas.fill(leg, Part.ANIMAL)
        canvas.inlay(leg, Part.ANIMAL, [outlines.box(-0.6, 0.27, 0.6, 0.5)], RichPart.PAW, 0.8)
    neck = limb([(0.28, 0.06), (0.44, -0.02), (0.5, -0.16)], [0.16, 0.14, 0.14])
    canvas.merge([neck, outlines.disc(0.54, -0.2, 0.14, 0.12)], Part.ANIMAL)
    canvas.fill(outlines.closed("-.4,.1! -.36,.2 0,.24 .36,.2 .4,.1!"), RichPart.BELLY)
    shell = outlines.closed("-.4,.12! -.34,-.18 -.1,-.34 .1,-.34 .34,-.18 .4,.12! 0,.16") * (1, dome)
    canvas.fill(shell, RichPart.SHELL)
    draw_pattern(
        canvas, design, shell, RichPart.SHELL, ("diamonds", "scallops", "dots", "checks")[int(design.integers(4))], 4
    )
    canvas.fill(ribbon(outlines.opened("-.42,.12 0,.17 .42,.12") * (1, dome), 0.07), RichPart.STRAP)
    draw_eye(canvas, 0.58, -0.23, 0.035, eye)
    canvas.stroke(outlines.opened("0.56,-.15 .62,-.13 .67,-.16"), 0.8)
    canvas.fill(outlines.disc(0.5, -0.16, 0.035, 0.028), Part.MOUTH, 0.4, shaded=False)


def draw_butterfly(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a butterfly or beetle from above, on a flower."""
    upper, lower = float(design.uniform(0.8, 1.2)), float(design.uniform(0.7, 1.1))
    fold = float(pose.uniform(0.6, 1.0))
    if design.random() < 0.6:
        canvas.fill(ribbon(outlines.opened("0,.3 .05,.5 0,.9"), 0.04), RichPart.STALK)
        canvas.fill(outlines.leaf(0.03, 0.6, 0.3, 1.0), RichPart.LEAF)
        canvas.fill(outlines.scalloped(0, 0.36, 0.26, 0.2, 7, 0.35), Part.FLOWER)
        canvas.fill(outlines.disc(0, 0.36, 0.09, 0.07), RichPart.BUTTON)
    for side in (-1, 1):
        with canvas.stretched(0, 0, side * fold, 1):
            canvas.fill(outlines.closed("0,.05 .2,.06 .36,.2 .28,.38 .12,.34 .02,.16") * lower, RichPart.FIN)
            canvas.fill(outlines.disc(0.2 * lower, 0.2 * lower, 0.06), RichPart.PATTERN, 0.7)
            wing = outlines.closed("0,.02 .08,-.22 .3,-.4 .46,-.3 .44,-.06 .24,.08") * upper
            canvas.fill(wing, RichPart.WING)
            canvas.inlay(
                wing,
                RichPart.WING,
                [outlines.closed("0.3,-.5! .6,-.5! .6,.2! .36,.1! .4,-.2") * upper],
                RichPart.TAIL,
                0.8,
            )
            canvas.fill(outlines.disc(0.24 * upper, -0.18 * upper, 0.08, 0.06, 0.6), RichPart.SNOUT, 0.7)
            canvas.stroke(outlines.opened("0.02,-.18 .06,-.34 .14,-.4"), 0.8)
    canvas.fill(limb([(0, -0.08), (0, 0.1), (0, 0.3)], [0.08, 0.1, 0.04]), Part.ANIMAL)
    canvas.fill(outlines.disc(0, -0.16, 0.07), RichPart.BELLY)
    for side in (-1, 1):
        draw_eye(canvas, side * 0.03, -0.17, 0.018, 0)


def draw_snail(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a snail, perhaps under a toadstool."""
    if design.random() < 0.5:
        canvas.fill(outlines.closed("-.5,.4! -.46,-.02! -.3,-.02! -.26,.4!"), RichPart.STALK)
        cap = outlines.closed("-.72,.02! -.64,-.3 -.38,-.4 -.12,-.3 -.04,.02! -.38,.06")
        canvas.fill(cap, RichPart.LID)
        draw_pattern(canvas, design, cap, RichPart.LID, "dots", 3)
    reach = float(pose.uniform(-0.05, 0.08))
    foot = outlines.moved(outlines.closed("-.5,.4! -.3,.3 .1,.28 .3,.1 .34,-.06 .5,-.1 .56,.06 .5,.3 .4,.4!"), reach, 0)
    for x in (0.36, 0.48):
        canvas.fill(limb([(x + reach, -0.02), (x + 0.03 + reach, -0.26)], [0.05, 0.04]), Part.ANIMAL)
        canvas.fill(outlines.disc(x + 0.03 + reach, -0.27, 0.05), Part.EYE_WHITE, 0.8)
        canvas.blot(outlines.disc(x + 0.045 + reach, -0.27, 0.02))
    canvas.fill(foot, Part.ANIMAL)
    canvas.inlay(
        foot, Part.ANIMAL, [outlines.closed("-.6,.33! .2,.34 .4,.3 .7,.34! .7,.5! -.6,.5!")], RichPart.BELLY, 0.8
    )
    canvas.fill(outlines.disc(-0.02, 0.08, 0.3), RichPart.SHELL)
    canvas.fill(outlines.disc(0.02, 0.1, 0.19), RichPart.PATTERN, 0.9)
    canvas.fill(outlines.disc(0.04, 0.1, 0.09), RichPart.SNOUT, 0.9)
    canvas.stroke(outlines.moved(outlines.opened("0.42,.12 .48,.14 .52,.08"), reach, 0), 0.9)
    canvas.fill(outlines.disc(0.42 + reach, 0.08, 0.03), Part.MOUTH, 0.4, shaded=False)
