"""Vehicles: cars, vans and lorries, tractors, locomotives, ships, aeroplanes, rockets, balloons and bicycles."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.grounds import draw_sky, draw_street
from huebrush_backend.synthesis.rich.patterns import draw_pattern
from huebrush_backend.synthesis.shapes import limb, ribbon, spline


def draw_vehicle(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a vehicle where it travels; its looks come from `design`, its place from `pose`."""
    makers = (_car, _car, _van, _lorry, _tractor, _train, _ship, _boat, _plane, _rocket, _balloon, _bicycle)
    maker = makers[int(design.integers(len(makers)))]
    size, x = float(pose.uniform(0.55, 0.9)), float(pose.uniform(0.42, 0.58))
    flip, tilt = bool(pose.random() < 0.5), 0.0
    if maker in (_ship, _boat):
        base = float(pose.uniform(0.62, 0.8))
        draw_sky(canvas, pose, base)
    elif maker in (_plane, _rocket, _balloon):
        base = float(pose.uniform(0.46, 0.56))
        tilt = float(pose.normal(0, 0.22))
        if pose.random() < 0.7:
            draw_sky(canvas, pose, 0.9)
    else:
        base = float(pose.uniform(0.66, 0.85))
        if pose.random() < 0.7:
            draw_street(canvas, pose, base - float(pose.uniform(0.02, 0.1)))
        elif pose.random() < 0.5:
            canvas.stroke(np.array([(-0.05, base), (1.05, base)]), 1.0, (1, 1))
    with canvas.within(x, base, size, tilt, flip):
        maker(canvas, design, pose)
    if maker in (_ship, _boat):
        _waves(canvas, pose, base)


def _wheel(canvas: RichCanvas, x: float, y: float, radius: float, spokes: int = 0) -> None:
    canvas.fill(outlines.disc(x, y, radius), RichPart.WHEEL)
    canvas.fill(outlines.disc(x, y, radius * 0.56), RichPart.HUB, 0.8)
    for turn in np.arange(spokes) * 2 * np.pi / max(spokes, 1):
        ray = np.array([np.sin(turn), np.cos(turn)]) * radius
        canvas.stroke(outlines.moved(np.stack([ray * 0.14, ray * 0.5]), x, y), 0.7, (1, 1))
    if not canvas.style.is_thick:
        canvas.fill(outlines.disc(x, y, radius * 0.15), RichPart.BUMPER, 0.7)


def _driver(canvas: RichCanvas, design: np.random.Generator, x: float, y: float, size: float) -> None:
    """Draw head and shoulders of someone in a window, where the window is."""
    with canvas.within(x, y, size):
        clip = outlines.box(-3, -3, 3, 3)
        canvas.inlay(clip, RichPart.WINDOW, [outlines.closed("-.55,1.4! -.4,.5 0,.4 .4,.5 .55,1.4!")], Part.TOP, 0.7)
        canvas.inlay(clip, RichPart.WINDOW, [outlines.disc(0, 0, 0.42, 0.46)], Part.SKIN, 0.7)
        canvas.inlay(
            clip, Part.SKIN, [outlines.closed("-.6,.1! -.3,-.15 .1,-.1 .3,-.25 .6,-.2! .5,-.7 -.6,-.7")], Part.HAIR, 0.7
        )
        canvas.blot(outlines.disc(0.2, 0.02, 0.06))


def _car(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    shape = int(design.integers(4))
    tall = float(design.uniform(0.9, 1.15))
    body, cabin, windows = (
        ("-.5,-.08! -.5,-.24 -.36,-.28! .2,-.28! .42,-.22 .5,-.16 .5,-.08!",
         "-.38,-.27! -.26,-.44 -.1,-.47 .08,-.45 .24,-.27!",
         ("-.31,-.28! -.22,-.41 -.09,-.42! -.09,-.28!", "-.05,-.28! -.05,-.42! .06,-.41 .17,-.28!")),
        ("-.5,-.08! -.52,-.2 -.4,-.26 .05,-.27 .3,-.26 .48,-.2 .52,-.08!",
         "-.34,-.26! -.2,-.5 .0,-.54 .18,-.46 .28,-.26!",
         ("-.26,-.27! -.16,-.45 -.02,-.48! -.02,-.27!", "0.02,-.27! .02,-.48! .14,-.42 .21,-.27!")),
        ("-.52,-.08! -.54,-.26! -.2,-.26! .5,-.24 .54,-.16 .54,-.08!",
         "-.2,-.25! -.1,-.4 .06,-.42 .12,-.4 .2,-.25!",
         ("-.14,-.26! -.07,-.37 .0,-.38! .0,-.26!", "0.03,-.26! .03,-.385! .09,-.37 .14,-.26!")),
        ("-.5,-.08! -.5,-.32 -.44,-.34! .3,-.34! .5,-.3 .52,-.08!",
         "-.47,-.33! -.45,-.56! .12,-.56! .28,-.33!",
         ("-.41,-.34! -.41,-.51! -.15,-.51! -.15,-.34!", "-.1,-.34! -.1,-.51! .1,-.51! .21,-.34!")),
    )[shape]  # fmt: skip
    with canvas.stretched(0, 0, 1, tall):
        canvas.fill(outlines.closed(cabin), Part.ROOF)
        for window in windows:
            canvas.fill(outlines.closed(window), RichPart.WINDOW, 0.8)
        if design.random() < 0.5 and not canvas.style.is_thick:
            _driver(canvas, design, 0.05, -0.34, 0.1)
        outline = outlines.closed(body)
        canvas.fill(outline, RichPart.BODYWORK)
        choice = design.random()
        if choice < 0.3:
            canvas.inlay(outline, RichPart.BODYWORK, [outlines.box(-0.6, -0.2, 0.6, -0.15)], RichPart.PATTERN, 0.7)
        elif choice < 0.5:
            canvas.inlay(outline, RichPart.BODYWORK, [outlines.box(-0.6, -0.17, 0.6, 0)], RichPart.PATTERN, 0.7)
        for x in (-0.07, 0.2):
            canvas.stroke(outlines.moved(outlines.opened("0,-.1! 0,-.24!"), x, 0), 0.7, (1, 1))
        canvas.stroke(np.array([(0.0, -0.22), (0.05, -0.22)]), 1.0, (1, 1))
        canvas.fill(outlines.disc(0.47, -0.19, 0.035), RichPart.LAMP)
        canvas.fill(outlines.box(-0.53, -0.22, -0.48, -0.15, 0.015), Part.RIBBON)
        canvas.fill(outlines.box(0.44, -0.12, 0.56, -0.06, 0.02), RichPart.BUMPER)
        canvas.fill(outlines.box(-0.56, -0.12, -0.44, -0.06, 0.02), RichPart.BUMPER)
    for x in (-0.3, 0.31):
        canvas.fill(outlines.disc(x, -0.09, 0.125), RichPart.ARMOUR, 0.6)
        _wheel(canvas, x, -0.08, 0.1, int(design.integers(0, 2)) * 5)
    if design.random() < 0.25:
        with canvas.within(-0.1, -0.52 * tall):
            canvas.fill(outlines.box(-0.2, -0.14, 0.02, 0, 0.02), Part.BAG)
            canvas.fill(outlines.box(-0.14, -0.22, 0.1, -0.14, 0.02), RichPart.BLANKET)


def _van(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a bus, camper or ice-cream van."""
    tall = float(design.uniform(0.9, 1.2))
    with canvas.stretched(0, 0, 1, tall):
        body = outlines.closed("-.5,-.06! -.5,-.5 -.44,-.54 .34,-.54! .46,-.5 .52,-.3 .52,-.06!")
        canvas.fill(body, RichPart.BODYWORK)
        line = float(design.uniform(-0.3, -0.2))
        canvas.inlay(body, RichPart.BODYWORK, [outlines.box(-0.7, line, 0.7, 0)], RichPart.PATTERN, 0.9)
        canvas.inlay(body, RichPart.BODYWORK, [outlines.box(-0.7, -0.6, 0.7, -0.5)], Part.ROOF, 0.9)
        count = int(design.integers(2, 5))
        w = 0.72 / count
        for number in range(count):
            x = -0.45 + number * w
            canvas.fill(outlines.box(x, -0.47, x + w * 0.82, -0.33, 0.025), RichPart.WINDOW)
            if design.random() < 0.5 and not canvas.style.is_thick:
                _driver(canvas, design, x + w * 0.4, -0.39, 0.09)
        canvas.fill(outlines.closed("0.31,-.47! .42,-.47 .48,-.33! .31,-.33!"), RichPart.WINDOW)
        canvas.fill(outlines.box(0.12, -0.3, 0.26, -0.07, 0.02), Part.DOOR)
        if design.random() < 0.4:
            for x in np.linspace(-0.44, 0.02, 6)[:-1]:
                canvas.fill(
                    outlines.moved(outlines.closed("0,0! .09,0! .09,.06 .045,.08 0,.06"), x, -0.48),
                    RichPart.CURTAIN,
                    0.8,
                )
        canvas.fill(outlines.disc(0.48, -0.19, 0.04), RichPart.LAMP)
        canvas.fill(outlines.box(-0.54, -0.11, 0.56, -0.05, 0.02), RichPart.BUMPER)
    for x in (-0.28, 0.3):
        _wheel(canvas, x, -0.08, 0.105, int(design.integers(0, 2)) * 6)


def _lorry(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a lorry, tipper or fire engine."""
    load = int(design.integers(3))
    if load == 0:
        box = outlines.box(-0.54, -0.52, 0.16, -0.12)
        canvas.fill(box, RichPart.BODY)
        canvas.inlay(box, RichPart.BODY, [outlines.disc(-0.2, -0.32, 0.13)], RichPart.LABEL, 0.8)
    elif load == 1:
        canvas.fill(outlines.scalloped(-0.2, -0.36, 0.34, 0.18, 8, 0.2), Part.GROUND)
        canvas.fill(outlines.closed("-.56,-.38! .18,-.34! .12,-.12! -.48,-.12!"), RichPart.BODY)
        for x in (-0.34, -0.18, -0.02):
            canvas.stroke(np.array([(x, -0.34), (x + 0.015, -0.14)]), 0.8, (1, 1))
    else:
        canvas.fill(outlines.box(-0.54, -0.36, 0.16, -0.12), RichPart.BODY)
        canvas.inlay(
            outlines.box(-0.54, -0.36, 0.16, -0.12),
            RichPart.BODY,
            [outlines.box(-0.6, -0.2, 0.2, -0.1)],
            RichPart.PATTERN,
            0.8,
        )
        with canvas.within(-0.5, -0.38, 1, float(pose.uniform(-0.35, -0.05))):
            canvas.fill(outlines.box(0, -0.06, 0.66, 0), RichPart.HANDLE)
            for x in np.arange(0.06, 0.64, 0.09):
                canvas.stroke(np.array([(x, -0.06), (x, 0)]), 0.8, (1, 1))
    canvas.fill(outlines.closed("0.2,-.1! .2,-.46! .4,-.46 .48,-.26 .54,-.24 .55,-.1!"), RichPart.BODYWORK)
    canvas.fill(outlines.closed("0.27,-.42! .38,-.42 .44,-.27! .27,-.27!"), RichPart.WINDOW)
    if not canvas.style.is_thick:
        _driver(canvas, design, 0.34, -0.34, 0.08)
    canvas.fill(outlines.box(0.28, -0.51, 0.36, -0.46, 0.02), Part.MOON)
    canvas.fill(outlines.disc(0.52, -0.18, 0.03), RichPart.LAMP)
    canvas.fill(outlines.box(-0.56, -0.13, 0.57, -0.07, 0.01), RichPart.BUMPER)
    for x in (-0.38, -0.14, 0.38):
        _wheel(canvas, x, -0.08, 0.1, int(load == 2) * 6)


def _tractor(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    canvas.fill(ribbon(np.array([(0.3, -0.4), (0.3, -0.62)]), 0.05), RichPart.BUMPER)
    if pose.random() < 0.6:
        canvas.fill(outlines.scalloped(0.34, -0.76, 0.1, 0.07, 5, 0.25), RichPart.SMOKE)
    canvas.fill(outlines.closed("-.08,-.44! .42,-.4 .48,-.36 .48,-.16! -.08,-.16!"), RichPart.BODYWORK)
    for x in (0.28, 0.34, 0.4):
        canvas.stroke(np.array([(x, -0.36), (x, -0.22)]), 0.9, (1, 1))
    canvas.fill(outlines.closed("-.46,-.16! -.42,-.72! -.02,-.72! .02,-.16!"), RichPart.BODY)
    canvas.fill(outlines.closed("-.38,-.4! -.36,-.66! -.08,-.66! -.05,-.4!"), RichPart.WINDOW)
    _driver(canvas, design, -0.2, -0.52, 0.13)
    canvas.fill(outlines.box(-0.5, -0.78, 0.06, -0.71, 0.03), Part.ROOF)
    canvas.fill(outlines.disc(0.49, -0.32, 0.035), RichPart.LAMP)
    canvas.fill(
        spline([(-0.6, -0.25), (-0.5, -0.46), (-0.26, -0.5), (-0.04, -0.4), (0.02, -0.2), (-0.3, -0.2)]),
        RichPart.ARMOUR,
    )
    _wheel(canvas, -0.28, -0.22, 0.23, 8)
    _wheel(canvas, 0.34, -0.12, 0.13, 6)


def _train(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a steam locomotive, perhaps with a carriage."""
    canvas.fill(outlines.box(-1.2, -0.02, 1.2, 0.03), RichPart.STRAP)
    for x in np.arange(-1.1, 1.2, 0.16):
        canvas.fill(outlines.box(x, 0.03, x + 0.07, 0.07), Part.TRUNK, 0.7)
    puff = float(pose.uniform(0, 0.12))
    for x, y, r in ((0.24, -0.72, 0.09), (0.08, -0.84 - puff, 0.12), (-0.16, -0.92 - puff, 0.15)):
        canvas.fill(outlines.scalloped(x, y, r * 1.3, r, 6, 0.2), RichPart.SMOKE)
    canvas.fill(outlines.closed("0.22,-.4! .19,-.62! .37,-.62! .34,-.4!"), RichPart.LID)
    canvas.fill(outlines.closed("-.02,-.44! .0,-.54 .06,-.54 .08,-.44!"), RichPart.CUP)
    boiler = outlines.box(-0.14, -0.46, 0.46, -0.2, 0.05)
    canvas.fill(boiler, RichPart.BODYWORK)
    canvas.inlay(
        boiler, RichPart.BODYWORK, [outlines.box(x, -0.6, x + 0.04, 0) for x in (0.0, 0.2)], RichPart.PATTERN, 0.8
    )
    canvas.fill(outlines.disc(0.46, -0.36, 0.045), RichPart.LAMP)
    canvas.fill(outlines.box(-0.5, -0.62, -0.12, -0.14), RichPart.BODY)
    canvas.fill(outlines.box(-0.42, -0.54, -0.2, -0.36, 0.03), RichPart.WINDOW)
    _driver(canvas, design, -0.3, -0.44, 0.09)
    canvas.fill(outlines.closed("-.58,-.62! -.3,-.7 -.04,-.62! -.04,-.58! -.58,-.58!"), Part.ROOF)
    canvas.fill(outlines.box(-0.52, -0.2, 0.5, -0.12), RichPart.BUMPER)
    canvas.fill(outlines.closed("0.46,-.18! .64,-.02! .42,-.02!"), Part.RIBBON)
    for x, r in ((-0.36, 0.12), (-0.08, 0.12), (0.16, 0.08), (0.34, 0.08)):
        _wheel(canvas, x, -r - 0.01, r, 6)
    canvas.fill(outlines.box(-0.38, -0.15, -0.06, -0.11, 0.02), RichPart.HANDLE)


def _ship(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a steamer."""
    hull = outlines.closed("-.56,-.22! .6,-.26! .46,.1! -.46,.1!")
    canvas.fill(outlines.box(-0.4, -0.36, 0.34, -0.2, 0.02), RichPart.BODY)
    canvas.fill(outlines.box(-0.28, -0.5, 0.2, -0.36, 0.02), Part.WALL)
    for x in (-0.16, 0.06):
        funnel = outlines.moved(outlines.closed("-.06,.0! -.05,-.24! .05,-.24! .06,.0!"), x, -0.5)
        canvas.fill(funnel, RichPart.LID)
        canvas.inlay(funnel, RichPart.LID, [outlines.box(-1, -0.68, 1, -0.61)], RichPart.PATTERN, 0.8)
        canvas.fill(outlines.scalloped(x - 0.06, -0.84, 0.12, 0.08, 6, 0.2), RichPart.SMOKE)
    for x in (-0.2, -0.06, 0.08):
        canvas.fill(outlines.box(x - 0.035, -0.47, x + 0.035, -0.4, 0.01), RichPart.WINDOW, 0.8)
    canvas.fill(hull, RichPart.BODYWORK)
    canvas.inlay(hull, RichPart.BODYWORK, [outlines.box(-1, -0.06, 1, 1)], RichPart.BELLY, 0.9)
    for x in np.linspace(-0.36, 0.36, 5):
        canvas.fill(outlines.disc(x, -0.14, 0.035), RichPart.WINDOW, 0.9)
    canvas.stroke(np.array([(0.48, -0.26), (0.5, -0.5)]), 1.0, (1, 1))
    canvas.fill(outlines.closed("0.5,-.5! .36,-.46! .49,-.4!"), RichPart.FLAG)


def _boat(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a sailing boat or pirate ship."""
    canvas.fill(outlines.box(-0.02, -0.88, 0.02, -0.1), RichPart.STALK)
    belly = float(pose.uniform(0.02, 0.1))
    if design.random() < 0.5:
        sail = spline([(0.04, -0.84), (0.2 + belly, -0.5), (0.44, -0.2), (0.04, -0.2)], True, 6, (0, 2, 3))
        canvas.fill(sail, RichPart.SAIL)
        draw_pattern(
            canvas, design, sail, RichPart.SAIL, ("stripes", "wavy stripes", "dots")[int(design.integers(3))], 4
        )
        canvas.fill(
            spline([(-0.04, -0.76), (-0.14, -0.5), (-0.4, -0.2), (-0.04, -0.24)], True, 6, (0, 2, 3)), RichPart.CLOTH
        )
    else:
        for y, w in ((-0.8, 0.24), (-0.5, 0.36)):
            sail = spline(
                [(-w, y), (w, y), (w + belly, y + 0.13), (w, y + 0.25), (-w, y + 0.25), (-w + belly, y + 0.13)],
                True,
                5,
                (0, 1, 3, 4),
            )
            canvas.fill(sail, RichPart.SAIL if y > -0.7 else RichPart.CLOTH)
            draw_pattern(canvas, design, sail, RichPart.SAIL, "stripes", 4)
    canvas.fill(outlines.closed("0.02,-.9! .2,-.95 .16,-.86 .22,-.8! .02,-.82!"), RichPart.FLAG)
    hull = outlines.closed("-.5,-.16! .56,-.18! .5,-.02 .3,.12! -.34,.12! -.46,.0")
    canvas.fill(hull, RichPart.BODYWORK)
    canvas.inlay(hull, RichPart.BODYWORK, [outlines.box(-1, -0.1, 1, -0.04)], RichPart.PATTERN, 0.8)
    canvas.fill(outlines.box(-0.54, -0.21, 0.58, -0.15, 0.02), RichPart.BUMPER)


def _plane(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    canvas.fill(outlines.closed("-.02,-.08! .12,-.08! -.08,-.34! -.18,-.34!"), RichPart.FIN)
    canvas.fill(outlines.closed("-.5,-.06! -.3,-.06! -.44,-.36! -.56,-.36!"), RichPart.TAIL)
    body = outlines.closed("-.56,-.06 -.4,-.12 .2,-.14 .46,-.08 .54,.02 .44,.1 .1,.14 -.3,.08")
    canvas.fill(body, RichPart.BODYWORK)
    canvas.inlay(body, RichPart.BODYWORK, [outlines.closed("-.7,.04! .7,.04! .7,.3! -.7,.3!")], RichPart.BELLY, 0.8)
    if design.random() < 0.5:
        canvas.inlay(
            body, RichPart.BODYWORK, [outlines.closed("-.5,-.3! -.34,-.3! -.26,.3! -.44,.3!")], RichPart.PATTERN, 0.8
        )
    canvas.fill(outlines.closed("0.34,-.11 .46,-.07 .5,-.01! .36,-.02!"), RichPart.WINDOW)
    for x in np.linspace(-0.24, 0.24, 5):
        canvas.fill(outlines.disc(x, -0.04, 0.03, 0.035), RichPart.WINDOW, 0.8)
    canvas.fill(outlines.closed("-.04,.04! .16,.04! -.06,.4! -.2,.4!"), RichPart.WING)
    canvas.fill(outlines.closed("-.5,-.04! -.38,-.04! -.5,.1! -.58,.1!"), RichPart.FIN)
    canvas.fill(limb([(-0.04, 0.24), (0.12, 0.24)], [0.1, 0.1], cap=0.2), RichPart.LID)
    if design.random() < 0.4:
        canvas.fill(outlines.disc(0.56, 0.02, 0.04), RichPart.NOSE)
        canvas.fill(outlines.moved(outlines.closed("0,-.2 .03,-.1 0,0 -.03,-.1"), 0.58, 0.02), RichPart.BLADE)
        canvas.fill(outlines.moved(outlines.closed("0,.2 .03,.1 0,0 -.03,.1"), 0.58, 0.02), RichPart.BLADE)


def _rocket(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    flame = float(pose.uniform(0.5, 0.72))
    canvas.fill(
        outlines.moved(
            outlines.closed("-.1,.34! -.16,.46 -.06,.5! 0,1! .06,.5! .16,.46 .1,.34!") * (1, 0.6), 0, flame - 0.44
        ),
        RichPart.SMOKE,
    )
    canvas.fill(outlines.closed("-.06,.3! -.06,.4 0,.6! .06,.4 .06,.3!"), Part.MOON)
    for side in (-1, 1):
        canvas.fill(outlines.closed("0.1,.0! .3,.2 .32,.42! .08,.32!") * (side, 1), RichPart.FIN)
    hull = outlines.closed("0,-.56! .14,-.36 .19,-.06 .15,.3! -.15,.3! -.19,-.06 -.14,-.36")
    canvas.fill(hull, RichPart.BODYWORK)
    canvas.inlay(
        hull, RichPart.BODYWORK, [outlines.closed("-.4,-.36! 0,-.32 .4,-.36! .4,-.8! -.4,-.8!")], RichPart.NOSE, 0.9
    )
    canvas.inlay(hull, RichPart.BODYWORK, [outlines.box(-1, 0.18, 1, 0.25)], RichPart.PATTERN, 0.9)
    for y, r in ((-0.18, 0.085), (0.06, 0.06)):
        canvas.fill(outlines.disc(0, y, r), RichPart.BUMPER)
        canvas.fill(outlines.disc(0, y, r * 0.66), RichPart.WINDOW, 0.8)
    canvas.fill(outlines.closed("-.03,.12! .03,.12! .03,.42 0,.46! -.03,.42"), RichPart.FIN)


def _balloon(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a hot-air balloon."""
    for x in (-0.12, 0.12):
        canvas.stroke(np.array([(x * 1.5, 0.18), (x, 0.38)]), 0.8, (1, 1))
    bag = outlines.closed("0,-.56 .26,-.48 .38,-.22 .3,.06 .14,.24! -.14,.24! -.3,.06 -.38,-.22 -.26,-.48")
    canvas.fill(bag, Part.BALLOON)
    if design.random() < 0.6:
        shape, upward = outlines.opened("0,-.58 .26,-.48 .38,-.22 .3,.06 .1,.3"), slice(None, None, -1)
        stripes = [
            np.concatenate([shape * (inner, 1), shape[upward] * (outer, 1)])
            for inner, outer in ((-0.85, -0.5), (-0.15, 0.2), (0.55, 0.85))
        ]
        canvas.inlay(bag, Part.BALLOON, stripes, RichPart.PATTERN, 0.9)
    else:
        draw_pattern(canvas, design, bag, Part.BALLOON, None, 5)
    canvas.inlay(bag, Part.BALLOON, [outlines.closed("-.6,.04 0,.1 .6,.04 .6,.4 -.6,.4")], RichPart.BODY, 0.9)
    for x in (-0.05, 0.06):
        canvas.fill(outlines.disc(x, 0.34, 0.04), Part.SKIN)
        canvas.fill(outlines.moved(outlines.closed("-.045,0! -.03,-.05 .03,-.05 .045,0!"), x, 0.335), Part.HAIR)
    canvas.fill(outlines.closed("-.13,.38! .13,.38! .1,.56! -.1,.56!"), RichPart.HANDLE)
    for y in (0.44, 0.5):
        canvas.stroke(np.array([(-0.11, y), (0.11, y)]), 0.6, (1, 1))
    canvas.fill(outlines.box(-0.15, 0.35, 0.15, 0.39, 0.02), RichPart.STRAP)
    for x in (-0.09, 0.09):
        canvas.fill(
            outlines.moved(outlines.closed("-.03,-.02 .03,-.02 .035,.06 0,.08 -.035,.06"), x * 1.3, 0.42), Part.BAG, 0.8
        )


def _bicycle(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    for x in (-0.32, 0.34):
        ring = outlines.disc(x, -0.22, 0.22)
        canvas.fill(ring, RichPart.WHEEL)
        canvas.fill(outlines.disc(x, -0.22, 0.165), Part.BACKGROUND, 0.8, shaded=False)
        for turn in np.arange(8) * np.pi / 4:
            ray = np.array([np.sin(turn), np.cos(turn)]) * 0.165
            canvas.stroke(outlines.moved(np.stack([ray * 0.2, ray]), x, -0.22), 0.5, (1, 1))
        canvas.fill(outlines.disc(x, -0.22, 0.035), RichPart.HUB)
    frame = (
        ((-0.32, -0.22), (-0.02, -0.2)), ((-0.32, -0.22), (-0.14, -0.52)), ((-0.02, -0.2), (-0.17, -0.6)),
        ((-0.02, -0.2), (0.26, -0.52)), ((-0.14, -0.5), (0.26, -0.54)), ((0.34, -0.22), (0.24, -0.64)),
    )  # fmt: skip
    for points in frame:
        canvas.fill(ribbon(np.array(points), 0.05), RichPart.BODYWORK)
    canvas.fill(outlines.closed("-.28,-.64! -.08,-.64 -.02,-.6 -.14,-.57 -.26,-.57!"), RichPart.CUSHION)
    canvas.fill(limb([(0.22, -0.64), (0.24, -0.72), (0.12, -0.74)], [0.05, 0.05, 0.06]), RichPart.HANDLE)
    canvas.fill(outlines.closed("0.3,-.62! .56,-.62! .52,-.42! .34,-.42!"), Part.BAG)
    draw_pattern(canvas, design, outlines.box(0.3, -0.62, 0.56, -0.42), Part.BAG, "checks", 5)
    canvas.fill(outlines.scalloped(0.44, -0.66, 0.12, 0.08, 6, 0.3), Part.FLOWER)
    canvas.fill(outlines.disc(0.3, -0.5, 0.045), RichPart.LAMP)
    canvas.fill(outlines.disc(-0.02, -0.2, 0.07), RichPart.BUMPER)
    canvas.fill(outlines.closed("-.44,-.5! -.3,-.54! -.28,-.36! -.42,-.32!"), RichPart.STRAP)


def _waves(canvas: RichCanvas, rng: np.random.Generator, base: float) -> None:
    for level in (0.02, 0.16):
        x = np.arange(-0.15, 1.16, 0.07) + float(rng.uniform(0, 0.07))
        swing = 0.014 * np.where(np.arange(len(x)) % 2, 1, -1)
        crest = spline(np.stack([x, base + level + swing], axis=1), False, 4)
        part = RichPart.WATER if level < 0.1 else RichPart.DRINK
        canvas.fill(np.concatenate([crest, [(1.2, 1.1), (-0.2, 1.1)]]), part, shaded=False)
