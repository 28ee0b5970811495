"""Heads of whole figures: faces, hair and headgear."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.figure_looks import FigureDesign, FigurePose
from huebrush_backend.synthesis.shapes import limb, ribbon


def draw_hair_behind(canvas: RichCanvas, design: FigureDesign, head: float) -> None:
    """Draw the hair behind a head of radius `head`; (0, 0) is the neck."""
    if design.role in ("knight", "astronaut", "robot"):
        return
    y = -head * 0.92
    if design.hair == "long":
        canvas.fill(
            outlines.moved(
                outlines.closed("0,-1.1 .9,-.8 1.1,.2 1.2,2 .5,2.2 -.5,2.2 -1.2,2 -1.1,.2 -.9,-.8") * head, 0, y
            ),
            Part.HAIR,
        )
    elif design.hair == "bob":
        canvas.fill(
            outlines.moved(outlines.closed("0,-1.1 .9,-.8 1.15,.2 1.1,.9! -1.1,.9! -1.15,.2 -.9,-.8") * head, 0, y),
            Part.HAIR,
        )
    elif design.hair == "tails":
        for side in (-1, 1):
            tail = limb([(side * 0.8, -0.3), (side * 1.4, 0.1), (side * 1.3, 1.2)], [0.3, 0.55, 0.1]) * head
            canvas.fill(outlines.moved(tail, 0, y), Part.HAIR)
    elif design.hair == "curly":
        canvas.fill(outlines.moved(outlines.scalloped(0, -0.15, 1.3, 1.25, 11, 0.12) * head, 0, y), Part.HAIR)
    elif design.hair == "bun":
        canvas.fill(outlines.moved(outlines.disc(0, -1.15, 0.42) * head, 0, y), Part.HAIR)


def draw_figure_head(canvas: RichCanvas, design: FigureDesign, pose: FigurePose) -> None:
    """Draw the head, its radius 1, around (0, 0)."""
    if design.role == "robot":
        canvas.fill(ribbon(np.array([(0, -0.9), (0, -1.5)]), 0.12), RichPart.STALK)
        canvas.fill(outlines.disc(0, -1.55, 0.2), RichPart.LAMP)
        canvas.fill(outlines.box(-0.95, -0.9, 0.95, 0.8, 0.2), RichPart.BODYWORK)
        canvas.fill(outlines.box(-0.7, -0.55, 0.7, 0.05, 0.2), RichPart.SCREEN)
        for x in (-0.34, 0.34):
            canvas.fill(outlines.disc(x, -0.25, 0.2), Part.EYES, 0.8)
        canvas.fill(outlines.box(-0.45, 0.3, 0.45, 0.52), Part.MOUTH, 0.8)
        for x in (-0.15, 0.15):
            canvas.stroke(np.array([(x, 0.3), (x, 0.52)]), 0.7, (1, 1))
        return
    face = outlines.closed("0,-1 .75,-.7 .92,.0 .7,.66 0,.98 -.7,.66 -.92,.0 -.75,-.7")
    canvas.fill(face, Part.SKIN)
    if design.beard:
        beard = outlines.closed("-.92,-.05! -.5,.3 0,.2 .5,.3 .92,-.05! .8,.8 .3,1.5 0,1.8 -.3,1.5 -.8,.8")
        canvas.fill(beard, RichPart.BEARD)
    _features(canvas, design, pose)
    if design.role not in ("knight", "astronaut"):
        _fringe(canvas, design)
    _hat(canvas, design)


def _features(canvas: RichCanvas, design: FigureDesign, pose: FigurePose) -> None:
    if design.few and canvas.style.is_thick:
        return
    for x in (-0.34, 0.34):
        if design.eyes == 0 or canvas.style.is_thick:
            canvas.blot(outlines.disc(x, 0.06, 0.1, 0.14))
        elif design.eyes == 1:
            canvas.fill(outlines.disc(x, 0.04, 0.2, 0.24), Part.EYE_WHITE, 0.7, shaded=False)
            canvas.fill(outlines.disc(x, 0.08, 0.13, 0.16), Part.EYES, 0.6, shaded=False)
            canvas.blot(outlines.disc(x, 0.08, 0.06, 0.08))
        else:
            canvas.stroke(outlines.moved(outlines.opened("-.16,.08 0,-.06 .16,.08"), x, 0.04), 1.2)
    if design.role == "clown":
        canvas.fill(outlines.disc(0, 0.3, 0.2), RichPart.NOSE)
        canvas.fill(outlines.disc(0, 0.62, 0.4, 0.2), RichPart.LIPS)
        canvas.stroke(outlines.opened("-.3,.58 0,.7 .3,.58"), 0.9)
    elif pose.smile == 0:
        canvas.fill(outlines.closed("-.3,.42! .3,.42! .15,.7 -.15,.7"), Part.MOUTH, 0.8)
    elif pose.smile == 1:
        canvas.fill(outlines.disc(0, 0.55, 0.13, 0.15), Part.MOUTH, 0.8)
    else:
        canvas.stroke(outlines.opened("-.28,.45 0,.62 .28,.45"), 1.0)


def _fringe(canvas: RichCanvas, design: FigureDesign) -> None:
    caps = {
        "short": "-1,.0! -1.05,-.6 -.6,-1.1 .1,-1.2 .8,-.98 1.02,-.3 .98,.0! .75,-.3 .5,-.5 .1,-.42 -.4,-.55 -.8,-.2",
        "bob": "-1.1,.3! -1.1,-.6 -.6,-1.12 .6,-1.12 1.1,-.6 1.1,.3! .85,.1! .8,-.3 0,-.35 -.8,-.3 -.85,.1!",
        "long": "-1.05,.1! -1.05,-.6 -.6,-1.12 .6,-1.12 1.05,-.6 1.05,.1! .8,-.1 .5,-.5 0,-.9! -.5,-.5 -.8,-.1",
        "tails": "-1,-.1! -1,-.6 -.6,-1.1 .6,-1.1 1,-.6 1,-.1! .7,-.4 0,-.55 -.7,-.4",
        "curly": "-1.1,.0 -1.15,-.7 -.6,-1.2 .6,-1.2 1.15,-.7 1.1,.0 .7,-.2! .5,-.6 .2,-.4! 0,-.65 "
        "-.3,-.4! -.6,-.6 -.7,-.2!",
        "bun": "-1,-.05! -1,-.6 -.5,-1.1 .5,-1.1 1,-.6 1,-.05! .7,-.5 .2,-.7 -.4,-.6",
        "spikes": "-1,.0! -1.3,-.4! -.95,-.5! -1.1,-1! -.6,-.9! -.5,-1.45! -.1,-1! .3,-1.5! .5,-.95! 1.1,-1.1! "
        ".95,-.5! 1.3,-.4! 1,.0! .7,-.3! .4,-.55! .1,-.3! -.3,-.55! -.6,-.25!",
    }
    canvas.fill(outlines.closed(caps[design.hair]), Part.HAIR)
    if design.hair == "tails" and not design.few:
        for side in (-1, 1):
            canvas.fill(outlines.disc(side * 0.95, -0.3, 0.2), Part.RIBBON)


def _hat(canvas: RichCanvas, design: FigureDesign) -> None:
    hat = design.hat
    if hat == "toque":
        canvas.fill(outlines.scalloped(0, -1.5, 1.0, 0.6, 5, 0.2), Part.HAT)
        canvas.fill(outlines.box(-0.8, -1.3, 0.8, -0.75, 0.1), RichPart.CLOTH)
    elif hat == "helmet":
        canvas.fill(outlines.closed("0,-1.3! .2,-1.9 .7,-1.9 .5,-1.5 .2,-1.2"), RichPart.MANE)
        canvas.fill(outlines.closed("-1.1,.9! -1.15,-.5 -.6,-1.2 .6,-1.2 1.15,-.5 1.1,.9! .5,1.1 -.5,1.1"), Part.HAT)
        canvas.fill(outlines.box(-0.75, -0.35, 0.75, 0.25, 0.1), Part.SKIN)
        for x in (-0.34, 0.34):
            canvas.blot(outlines.disc(x, -0.05, 0.11, 0.15))
        for x in (-0.3, 0.0, 0.3):
            canvas.stroke(np.array([(x, 0.45), (x, 0.85)]), 0.8, (1, 1))
    elif hat == "bubble":
        shell = outlines.disc(0, -0.05, 1.35, 1.3)
        ring = np.concatenate(
            [shell, shell[:1], (outlines.disc(0, -0.05, 1.05, 1.0)[::-1]), outlines.disc(0, -0.05, 1.05, 1.0)[-1:]]
        )
        canvas.fill(ring, Part.HAT)
        canvas.fill(outlines.disc(1.25, 0.0, 0.25), RichPart.LAMP)
    elif hat == "cone":
        cone = outlines.closed("-.85,-.6! .0,-2.6! .85,-.6! 0,-.45")
        canvas.fill(cone, Part.HAT)
        canvas.inlay(
            cone,
            Part.HAT,
            [outlines.star(0.0, -1.2, 0.3), outlines.star(-0.3, -0.75, 0.2), outlines.star(0.1, -1.8, 0.18)],
            RichPart.PATTERN,
            0.7,
        )
        canvas.fill(outlines.closed("-1.6,-.5 0,-.8 1.6,-.5 0,-.3"), Part.HAT)
    elif hat == "tricorn":
        canvas.fill(outlines.closed("-1.5,-.5! -.9,-1.2 0,-1.55 .9,-1.2 1.5,-.5! .6,-.7 0,-.62 -.6,-.7"), Part.HAT)
        canvas.fill(outlines.disc(0, -1.0, 0.24), RichPart.LABEL)
        canvas.fill(outlines.disc(0.34, 0.05, 0.25), RichPart.STRAP)
    elif hat == "crown":
        canvas.fill(outlines.closed("-.7,-.75! -.8,-1.5! -.35,-1.1! 0,-1.65! .35,-1.1! .8,-1.5! .7,-.75!"), Part.HAT)
        canvas.fill(outlines.disc(0, -1.0, 0.15), RichPart.EARRING)
    elif hat == "bowler":
        canvas.fill(outlines.closed("-.6,-.85! -.55,-1.6 .55,-1.6 .6,-.85!"), Part.HAT)
        canvas.fill(outlines.box(-0.62, -1.1, 0.62, -0.88), Part.RIBBON)
        canvas.fill(outlines.box(-1.0, -0.92, 1.0, -0.72, 0.09), Part.HAT)
        canvas.fill(outlines.scalloped(0.5, -1.25, 0.28, 0.28, 5, 0.3), Part.FLOWER)
    elif hat == "hard hat":
        canvas.fill(outlines.closed("-1.05,-.4! -.95,-1.05 0,-1.4 .95,-1.05 1.05,-.4!"), Part.HAT)
        canvas.fill(outlines.box(-0.18, -1.45, 0.18, -0.45, 0.1), RichPart.BUMPER)
        canvas.fill(outlines.box(-1.25, -0.5, 1.25, -0.3, 0.08), Part.HAT)
    elif hat == "cap":
        canvas.fill(outlines.closed("-1.05,-.35! -.95,-1.05 0,-1.3 .95,-1.05 1.05,-.35!"), Part.HAT)
        canvas.fill(outlines.closed("0,-.4! 1,-.45 1.7,-.25 1.0,-.2 0,-.25!"), RichPart.STRAP)
    elif hat == "bobble":
        canvas.fill(outlines.closed("-1.05,-.3! -.85,-1.1 0,-1.5 .85,-1.1 1.05,-.3!"), Part.HAT)
        canvas.fill(outlines.box(-1.1, -0.6, 1.1, -0.25, 0.15), RichPart.CLOTH)
        canvas.fill(outlines.scalloped(0, -1.55, 0.35, 0.35, 8, 0.15), RichPart.BUTTON)
    elif hat == "bow":
        for side in (-1, 1):
            canvas.fill(outlines.moved(outlines.closed("0,0! .6,-.4 .7,0 .6,.4") * (side, 1), 0.4, -0.95), Part.RIBBON)
        canvas.fill(outlines.disc(0.4, -0.95, 0.17), Part.RIBBON)
