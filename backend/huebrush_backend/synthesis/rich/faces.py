"""Faces close up: from the front, half turned, and in profile; realistic proportions as well as cartoon ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.grounds import draw_panel
from huebrush_backend.synthesis.rich.patterns import draw_pattern
from huebrush_backend.synthesis.shapes import Points, limb, ribbon, spline


@dataclass(frozen=True)
class FaceDesign:
    """Looks of a face; lengths in head heights."""

    width: float
    jaw: float
    eyes: str
    eye_size: float
    eye_y: float
    apart: float
    nose: str
    hair: str
    volume: float
    brow: float
    beard: str
    glasses: bool
    earring: bool
    hat: str
    collar: str
    pattern: bool


def random_face(rng: np.random.Generator) -> FaceDesign:
    """Return the looks of a random face."""

    def pick(*options: str) -> str:
        return options[int(rng.integers(len(options)))]

    u = [float(value) for value in rng.random(10)]
    hair = pick("short", "bob", "long", "bun", "curly", "bald", "parted", "tails")
    hats = ("none", "brim", "cap") if hair == "bald" else ("none", "none", "none", "cap", "headscarf", "band", "brim")
    return FaceDesign(
        width=0.82 + 0.22 * u[0], jaw=u[1], eyes=pick("dot", "almond", "round", "almond", "tall"),
        eye_size=0.085 + 0.045 * u[2], eye_y=-0.04 + 0.1 * u[3], apart=0.17 + 0.04 * u[4],
        nose=pick("line", "wedge", "button", "side", "big"),
        hair=hair, volume=0.05 + 0.1 * u[5],
        brow=0.015 + 0.03 * u[6], beard=pick("none", "none", "none", "full", "moustache") if u[9] > 0.3 else "none",
        glasses=u[7] < 0.22, earring=u[8] < 0.4, hat=pick(*hats),
        collar=pick("round", "shirt", "scarf", "hood", "necklace"), pattern=u[9] < 0.4,
    )  # fmt: skip


def draw_face_close_up(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a face that fills most of the page; its looks come from `design`, its turn and place from `pose`."""
    face = random_face(design)
    if design.random() < 0.35:
        canvas.fill(outlines.box(-0.1, -0.1, 1.1, 1.1), Part.BACKDROP, 0, shaded=False)
    elif design.random() < 0.5:
        draw_panel(canvas, design)
    size = float(pose.uniform(0.5, 0.95))
    x, y = float(pose.uniform(0.4, 0.6)), float(pose.uniform(0.42, 0.54))
    with canvas.within(x, y, size, float(pose.normal(0, 0.1)), bool(pose.random() < 0.5)):
        if pose.random() < 0.25:
            _profile(canvas, face, design, pose)
        else:
            _front(canvas, face, design, pose)


def _shoulders(canvas: RichCanvas, face: FaceDesign, design: np.random.Generator) -> None:
    canvas.fill(outlines.closed("-.16,.2! .16,.2! .17,.6 .3,.76 -.3,.76 -.17,.6"), Part.SKIN)
    body = outlines.closed("-.2,.56! 0,.68 .2,.56! .5,.68 .7,.86 .8,1.4! -.8,1.4! -.7,.86 -.5,.68")
    canvas.fill(body, Part.TOP)
    if face.pattern:
        draw_pattern(canvas, design, body, Part.TOP, None, 7)
    if face.collar == "shirt":
        for side in (-1, 1):
            canvas.fill(outlines.closed("0.02,.7! .18,.5! .3,.62! .16,.86!") * (side, 1), RichPart.CLOTH)
        canvas.fill(outlines.closed("-.06,.7! .06,.7! .09,1.3! 0,1.4! -.09,1.3!"), Part.NECKWEAR)
    elif face.collar == "scarf":
        canvas.fill(outlines.closed("-.28,.5 0,.6 .28,.5 .34,.66 0,.8 -.34,.66"), Part.NECKWEAR)
        canvas.fill(outlines.closed("0.1,.72! .24,.68! .3,1.3! .1,1.3!"), Part.NECKWEAR)
    elif face.collar == "hood":
        canvas.fill(outlines.closed("-.24,.5 0,.72 .24,.5 .4,.64 .1,.86 0,.8 -.1,.86 -.4,.64"), Part.JACKET)
        for x in (-0.1, 0.1):
            canvas.fill(ribbon(np.array([(x, 0.82), (x * 1.2, 1.06)]), 0.03), RichPart.STRAP)
    elif face.collar == "necklace":
        for t in np.linspace(-1, 1, 7):
            canvas.fill(outlines.disc(0.17 * t, 0.68 - 0.12 * t * t, 0.03), RichPart.EARRING)
    else:
        canvas.fill(ribbon(outlines.opened("-.2,.56 0,.69 .2,.56"), 0.07), RichPart.CLOTH)


def _front(canvas: RichCanvas, face: FaceDesign, design: np.random.Generator, pose: np.random.Generator) -> None:
    yaw = float(pose.uniform(-1, 1)) * 0.9
    shift, w = yaw * 0.1, face.width
    _back_hair(canvas, face)
    _shoulders(canvas, face, design)
    for side in (-1, 1):
        if side * yaw < 0.5:
            with canvas.stretched(side * 0.36 * w, 0.06, side, 1):
                canvas.fill(outlines.closed("-.04,-.1 .06,-.12 .08,.0 .02,.1 -.04,.1"), RichPart.EAR)
                canvas.stroke(outlines.opened("0,-.05 .04,-.04 .02,.03"), 0.6)
                if face.earring:
                    canvas.fill(outlines.disc(0.03, 0.16, 0.035, 0.05), RichPart.EARRING)
    cheek, chin = 0.33 - 0.05 * face.jaw, 0.15 + 0.06 * face.jaw
    head = spline(
        [(0, -0.46), (0.26 * w, -0.4), (0.37 * w, -0.16), (0.37 * w, 0.08), (cheek * w + shift * 0.5, 0.26),
         (chin * w + shift, 0.42), (shift * 1.4, 0.49), (-chin * w + shift, 0.42),
         (-cheek * w + shift * 0.5, 0.26), (-0.37 * w, 0.08), (-0.37 * w, -0.16), (-0.26 * w, -0.4)]
    )  # fmt: skip
    canvas.fill(head, Part.SKIN)
    if face.beard == "full":
        beard = outlines.moved(
            outlines.closed("-.4,-.02! -.3,.12 -.16,.2 0,.17 .16,.2 .3,.12 .4,-.02! .5,.7! -.5,.7!"), shift, 0.06
        )
        canvas.inlay(head, Part.SKIN, [beard], RichPart.BEARD, 0.9)
    if design.random() < 0.4:
        for side in (-1, 1):
            canvas.fill(outlines.disc(shift + side * 0.22 * w, 0.2, 0.06, 0.035), RichPart.NOSE, 0.3, shaded=False)
    look = pose.uniform(-1, 1, 2)
    closed = pose.random() < 0.12
    for side in (-1, 1):
        near = 1 - 0.25 * yaw * side
        x = shift * 1.2 + side * face.apart * (0.9 + 0.1 * near)
        _eye(canvas, face, x, face.eye_y, face.eye_size * near, side, look, closed)
    _nose(canvas, face, shift * 1.6, yaw)
    _mouth(canvas, face, shift * 1.35, float(pose.uniform(-1, 1)))
    if face.glasses:
        _glasses(canvas, face, shift * 1.2)
    _front_hair(canvas, face, design, yaw)
    _headwear(canvas, face, design)


def _eye(
    canvas: RichCanvas,
    face: FaceDesign,
    x: float,
    y: float,
    size: float,
    side: int,
    look: np.ndarray,
    closed: bool,
) -> None:
    """Draw an eye with its brow: its middle, its half-width, its side, and where it looks."""
    brow = outlines.moved(outlines.opened("-1.1,.1 -.3,-.22 .5,-.2 1.2,.1") * (side * size, size), x, y - size * 1.5)
    thick = face.brow * np.array([1.0] * 4 + [0.8] * 6 + [0.3] * 6)
    canvas.fill(
        ribbon(brow, np.interp(np.linspace(0, 1, len(brow)), np.linspace(0, 1, 16), thick)), RichPart.BROWS, 0.7
    )
    if closed:
        canvas.stroke(outlines.moved(outlines.opened("-1,0 -.3,.3 .4,.3 1,0") * size, x, y), 1.4)
        return
    if face.eyes == "dot":
        canvas.blot(outlines.disc(x, y, size * 0.36, size * 0.46))
        return
    tall = {"almond": 0.62, "round": 0.95, "tall": 1.2}[face.eyes]
    white = outlines.moved(
        outlines.closed("-1,.1! -.5,-.75 .2,-.9 1,0! .4,.75 -.4,.75") * (side * size, size * tall), x, y
    )
    canvas.fill(white, Part.EYE_WHITE, 0.8, shaded=False)
    cx, cy = x + float(look[0]) * size * 0.3, y + float(look[1]) * size * 0.12 * tall
    radius = size * 0.62 * max(0.8, tall * 0.8)
    canvas.inlay(white, Part.EYE_WHITE, [outlines.disc(cx, cy, radius * 0.9, radius)], Part.EYES, 0.7)
    canvas.blot(outlines.disc(cx, cy, radius * 0.42))
    if not canvas.style.is_thick:
        lash = outlines.moved(outlines.opened("-1,.1 -.5,-.78 .2,-.95 1.1,-.05") * (side * size, size * tall), x, y)
        canvas.stroke(lash, 1.7, (0.4, 0.9))
        canvas.stroke(outlines.moved(lash * (1, 0.8), 0, -size * 0.28 + y * 0.2), 0.5)


def _nose(canvas: RichCanvas, face: FaceDesign, x: float, yaw: float) -> None:
    y = face.eye_y + 0.17
    if face.nose == "button":
        canvas.fill(outlines.disc(x, y, 0.05, 0.04), RichPart.NOSE, 0.8)
    elif face.nose == "big":
        canvas.fill(
            outlines.moved(outlines.closed("-.03,-.14 .03,-.14 .09,.02 .05,.08 -.05,.08 -.09,.02"), x, y),
            RichPart.NOSE,
            0.8,
        )
    elif face.nose == "wedge":
        canvas.stroke(
            outlines.moved(outlines.opened("0,-.12! .06,.04! -.03,.05!") * (1 if yaw > 0 else -1, 1), x, y), 0.9
        )
    elif face.nose == "side":
        canvas.stroke(
            outlines.moved(
                outlines.opened("0.02,-.14 .04,-.04 .07,.03 .04,.06 0,.05") * (1 if yaw > 0 else -1, 1), x, y
            ),
            0.9,
        )
    else:
        canvas.stroke(outlines.moved(outlines.opened("-.06,.02 -.03,.06 .03,.06 .06,.02"), x, y), 0.9)


def _mouth(canvas: RichCanvas, face: FaceDesign, x: float, mood: float) -> None:
    y = 0.32
    if face.beard == "moustache":
        canvas.fill(
            outlines.moved(
                outlines.closed("0,-.05! .1,-.06 .19,.03! .08,.03 0,.0! -.08,.03 -.19,.03! -.1,-.06"), x, y - 0.03
            ),
            RichPart.BEARD,
        )
    if mood > 0.5:
        canvas.fill(
            outlines.moved(outlines.closed("-.12,-.02! 0,.01 .12,-.02! .07,.09 -.07,.09"), x, y), Part.MOUTH, 0.9
        )
        canvas.inlay(
            outlines.disc(x, y, 0.2),
            Part.MOUTH,
            [outlines.box(x - 0.2, y - 0.06, x + 0.2, y + 0.022)],
            Part.EYE_WHITE,
            0.6,
        )
    elif mood > -0.6:
        w = 0.1 + 0.03 * mood
        canvas.fill(
            outlines.moved(outlines.closed("-1,0! -.4,-.32 0,-.2! .4,-.32 1,0! 0,.08") * (w, w), x, y),
            RichPart.LIPS,
            0.8,
        )
        canvas.fill(
            outlines.moved(outlines.closed("-1,0! 0,.08 1,0! .5,.38 -.5,.38") * (w, w), x, y), RichPart.LIPS, 0.8
        )
    else:
        canvas.fill(outlines.disc(x, y + 0.01, 0.05, 0.06), Part.MOUTH, 0.9)


def _glasses(canvas: RichCanvas, face: FaceDesign, x: float) -> None:
    """Draw frames as rings: the lens shows what lies behind it, so only the frame is painted."""
    for side in (-1, 1):
        lens = outlines.disc(x + side * face.apart, face.eye_y, 0.135, 0.12)
        ring = ribbon(np.concatenate([lens, lens[:2]]), 0.028)
        canvas.fill(ring, RichPart.GLASSES, 0.7, shaded=False)
    canvas.fill(
        ribbon(outlines.moved(outlines.opened("-.06,0 0,-.02 .06,0"), x, face.eye_y), 0.025), RichPart.GLASSES, 0.7
    )


def _back_hair(canvas: RichCanvas, face: FaceDesign) -> None:
    wide, top = 0.4 * face.width + face.volume, -0.48 - face.volume
    if face.hair == "long":
        canvas.fill(
            outlines.closed("0,-1 .8,-.8 1.05,-.2 1.1,.6 1.25,1.6 .6,1.75 -.6,1.75 -1.25,1.6 -1.1,.6 -1.05,-.2 -.8,-.8")
            * (wide, -top),
            Part.HAIR,
        )
    elif face.hair == "bob":
        canvas.fill(
            outlines.closed("0,-1 .8,-.8 1.05,-.1 1.15,.6! .7,.7! -.7,.7! -1.15,.6! -1.05,-.1 -.8,-.8") * (wide, -top),
            Part.HAIR,
        )
    elif face.hair == "curly":
        canvas.fill(outlines.scalloped(0, -0.08, wide * 1.25, 0.58, 13, 0.12), Part.HAIR)
    elif face.hair == "bun":
        canvas.fill(outlines.disc(0, top - 0.08, 0.18), Part.HAIR)
        canvas.fill(ribbon(outlines.moved(outlines.opened("-.13,.02 0,.06 .13,.02"), 0, top), 0.06), Part.RIBBON)
    elif face.hair == "tails":
        for side in (-1, 1):
            tail = limb(
                [(side * wide, -0.3), (side * (wide + 0.24), -0.1), (side * (wide + 0.16), 0.6)], [0.16, 0.3, 0.05]
            )
            canvas.fill(tail, Part.HAIR)
            canvas.fill(outlines.disc(side * (wide + 0.03), -0.28, 0.08), Part.RIBBON)


def _front_hair(canvas: RichCanvas, face: FaceDesign, design: np.random.Generator, yaw: float) -> None:
    if face.hair == "bald":
        for side in (-1, 1):
            canvas.fill(outlines.scalloped(side * 0.37 * face.width, -0.1, 0.07, 0.16, 5, 0.2), Part.HAIR)
        return
    wide, top, part = 0.4 * face.width + face.volume, -0.48 - face.volume, yaw * 0.05
    crown = [
        (-wide, 0.06),
        (-wide * 1.02, -0.16),
        (-wide * 0.74, top + 0.14),
        (0, top),
        (wide * 0.74, top + 0.14),
        (wide * 1.02, -0.16),
        (wide, 0.06),
    ]
    inner = 0.33 * face.width
    if face.hair in ("short", "bob", "tails"):
        edge = [(inner, -0.06)]
        for number, x in enumerate(np.linspace(inner, -inner, 6)[1:-1]):
            edge.append((float(x) + part, (-0.2, -0.27)[number % 2] + 0.03 * float(design.uniform(-1, 1))))
        edge.append((-inner, -0.06))
        corners = (0, 6, *range(7, 7 + len(edge)))
    elif face.hair == "curly":
        edge = [
            (inner, -0.05),
            (inner * 0.8, -0.2),
            (inner * 0.4, -0.28),
            (0, -0.24),
            (-inner * 0.4, -0.29),
            (-inner * 0.8, -0.2),
            (-inner, -0.05),
        ]
        corners = (0, 6, 8, 10, 12)
    else:
        middle = float(design.uniform(-0.16, 0.16))
        edge = [(inner, 0.02), (inner * 0.8, -0.18), (middle + part, -0.4), (-inner * 0.8, -0.2), (-inner, 0.02)]
        corners = (0, 6, 9)
    outline = spline([*crown, *edge], True, 5, corners)
    canvas.cast(outline + np.array([0, 0.06]), Part.SKIN)
    canvas.fill(outline, Part.HAIR)
    for x in np.linspace(-0.6, 0.6, 5):
        bend = float(design.uniform(-0.05, 0.05))
        canvas.stroke(
            np.array([(x * wide, -0.3), (x * wide * 0.85 + bend, top * 0.8), (x * wide * 0.5 + bend, top + 0.05)]), 0.6
        )


def _headwear(canvas: RichCanvas, face: FaceDesign, design: np.random.Generator) -> None:
    wide, top = 0.42 * face.width + face.volume, -0.5 - face.volume
    if face.hat == "cap":
        canvas.fill(outlines.closed("-1.02,-.45! -.95,-1 0,-1.2 .95,-1 1.02,-.45! 0,-.6") * (wide, -top), Part.HAT)
        canvas.fill(outlines.closed("-.9,-.5 0,-.66 .9,-.5 1.2,-.34 0,-.44 -1.2,-.34") * (wide, -top), RichPart.STRAP)
        canvas.fill(outlines.star(0, top * 0.82, 0.08), RichPart.LABEL, 0.8)
    elif face.hat == "headscarf":
        scarf = outlines.closed("-1.02,-.1! -1.05,-.8 0,-1.16 1.05,-.8 1.02,-.1! .7,-.5 0,-.66 -.7,-.5") * (wide, -top)
        canvas.fill(scarf, Part.HAT)
        draw_pattern(canvas, design, scarf, Part.HAT, "dots", 8)
    elif face.hat == "band":
        canvas.fill(ribbon(outlines.opened("-1,-.3 -.7,-.75 0,-.86 .7,-.75 1,-.3") * (wide, -top), 0.09), Part.RIBBON)
        canvas.fill(outlines.scalloped(wide * 0.75, top * 0.72, 0.11, 0.11, 5, 0.3), Part.FLOWER)
        canvas.fill(outlines.disc(wide * 0.75, top * 0.72, 0.04), RichPart.BUTTON, 0.8)
    elif face.hat == "brim":
        canvas.fill(outlines.closed("-.8,-.6! -.7,-1.3 0,-1.4 .7,-1.3 .8,-.6!") * (wide, -top), Part.HAT)
        canvas.fill(ribbon(outlines.opened("-.8,-.72 0,-.64 .8,-.72") * (wide, -top), 0.1), Part.RIBBON)
        canvas.fill(
            outlines.closed("-1.7,-.6! -.8,-.72 0,-.62 .8,-.72 1.7,-.6! .8,-.46 0,-.42 -.8,-.46") * (wide, -top),
            Part.HAT,
        )


def _profile(canvas: RichCanvas, face: FaceDesign, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw the face from the side, looking to the right."""
    if face.hair in ("long", "curly", "bob", "tails"):
        low = 0.9 if face.hair == "long" else 0.45
        canvas.fill(
            spline([(-0.1, -0.58), (-0.46, -0.4), (-0.56, 0.0), (-0.6, low), (-0.2, low), (-0.1, 0.1)]), Part.HAIR
        )
    _shoulders(canvas, face, design)
    nose = 0.07 + 0.07 * face.jaw
    head = spline(
        [(0.0, -0.5), (-0.3, -0.42), (-0.44, -0.14), (-0.36, 0.14), (-0.2, 0.26), (-0.06, 0.42), (0.12, 0.49),
         (0.27, 0.44), (0.3, 0.36), (0.31, 0.31), (0.34, 0.28), (0.32, 0.255), (0.34, 0.23), (0.315, 0.19),
         (0.34 + nose * 0.4, 0.15), (0.35 + nose, 0.1), (0.31, -0.03), (0.3, -0.1),
         (0.34, -0.2), (0.28, -0.38)], True, 5, (14, 15)
    )  # fmt: skip
    canvas.fill(head, Part.SKIN)
    if face.beard == "full":
        canvas.inlay(
            head, Part.SKIN, [outlines.closed("-.2,-.02 .0,.14 .2,.2 .5,.24 .5,.7! -.3,.7!")], RichPart.BEARD, 0.9
        )
    canvas.inlay(head, Part.SKIN, [outlines.closed("0.24,.25! .3,.21 .5,.25 .5,.3 .3,.3")], RichPart.LIPS, 0.8)
    white = outlines.moved(outlines.closed("0.13,.02! .2,-.05 .27,-.02! .28,.05 .2,.05"), 0, face.eye_y - 0.02)
    canvas.fill(white, Part.EYE_WHITE, 0.9, shaded=False)
    canvas.inlay(white, Part.EYE_WHITE, [outlines.disc(0.25, face.eye_y - 0.02, 0.03, 0.05)], Part.EYES, 0.7)
    canvas.stroke(outlines.moved(outlines.opened("0.11,.03 .2,-.06 .3,-.03"), 0, face.eye_y - 0.02), 1.5)
    canvas.fill(
        ribbon(outlines.moved(outlines.opened("0.1,-.1 .2,-.15 .31,-.13"), 0, face.eye_y), face.brow),
        RichPart.BROWS,
        0.7,
    )
    canvas.fill(
        outlines.moved(outlines.closed("-.12,-.02 -.08,-.1 .0,-.08 .0,.04 -.06,.14"), -0.02, 0.04), RichPart.EAR
    )
    if face.earring:
        canvas.fill(outlines.disc(-0.08, 0.22, 0.035, 0.05), RichPart.EARRING)
    if face.hair != "bald":
        hair: Points = outlines.closed(
            "0.3,-.28! .2,-.24 .12,-.3 .02,-.12! -.06,-.1 -.12,0! -.2,.14! -.4,.22! -.52,-.1 -.44,-.44 -.1,-.6 .22,-.54"
        )
        canvas.fill(hair, Part.HAIR)
        for x in (-0.3, -0.16, 0.0):
            canvas.stroke(np.array([(x, -0.05), (x + 0.02, -0.3), (x + 0.12, -0.48)]), 0.6)
    if face.hair == "bun":
        canvas.fill(outlines.disc(-0.48, -0.3, 0.16), Part.HAIR)
        canvas.fill(outlines.disc(-0.4, -0.26, 0.06), Part.RIBBON)
    if face.hat == "cap":
        canvas.fill(outlines.closed("0.34,-.3! -.46,-.16! -.5,-.46 -.2,-.68 .16,-.64 .34,-.44"), Part.HAT)
        canvas.fill(outlines.closed("0.2,-.36! .6,-.3 .62,-.24 .24,-.26!"), RichPart.STRAP)
    elif face.hat == "band":
        canvas.fill(ribbon(outlines.opened("-.06,-.1 -.12,-.4 -.02,-.62"), 0.08), Part.RIBBON)
