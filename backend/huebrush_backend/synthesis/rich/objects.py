"""Things: a sheet of several, or one large one. Each is a list of outlines with their part classes."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.grounds import draw_panel, draw_wall
from huebrush_backend.synthesis.rich.patterns import draw_pattern

THINGS: dict[str, tuple[tuple[str, Part | RichPart], ...]] = {
    "teapot": (
        ("0.3,-.15 .5,-.25 .56,-.4! .66,-.36! .58,-.1 .36,.15", RichPart.BEAK),
        ("-.3,-.22 -.5,-.3 -.6,-.1 -.5,.16 -.3,.2 -.3,.1 -.44,.06 -.5,-.08 -.44,-.18 -.3,-.12", RichPart.HANDLE),
        ("-.24,-.32! .24,-.32! .4,-.1 .38,.2 .24,.36! -.24,.36! -.38,.2 -.4,-.1", RichPart.POT),
        ("-.25,-.31! -.18,-.42 .18,-.42 .25,-.31!", RichPart.LID),
        ("-.06,-.46 0,-.52 .06,-.46 0,-.4", RichPart.BUTTON),
        ("-.26,.34! .26,.34! .22,.42! -.22,.42!", RichPart.DISH),
    ),
    "backpack": (
        ("-.14,-.5 0,-.58 .14,-.5! .08,-.46! 0,-.51 -.08,-.46!", RichPart.HANDLE),
        ("-.4,-.1 -.52,0 -.5,.3 -.38,.36 -.34,0", RichPart.STRAP),
        ("0.4,-.1 .52,0 .5,.3 .38,.36 .34,0", RichPart.STRAP),
        ("-.4,.46! -.4,-.3 -.24,-.48 .24,-.48 .4,-.3 .4,.46!", Part.BAG),
        ("-.4,-.14! -.38,-.32 -.24,-.48 .24,-.48 .38,-.32 .4,-.14! .2,-.06 -.2,-.06", RichPart.LID),
        ("-.26,.08! .26,.08! .26,.38! -.26,.38!", RichPart.LABEL),
        ("-.05,-.12! .05,-.12! .05,.06! -.05,.06!", RichPart.CLOTH),
    ),
    "clock": (
        ("-.3,.3! -.2,.36! -.3,.5! -.38,.46!", RichPart.PAW),
        ("0.3,.3! .2,.36! .3,.5! .38,.46!", RichPart.PAW),
        ("-.34,-.3 -.2,-.46 -.06,-.4! -.3,-.2!", RichPart.LAMP),
        ("0.34,-.3 .2,-.46 .06,-.4! .3,-.2!", RichPart.LAMP),
        ("0,-.42 .3,-.3 .42,0 .3,.3 0,.42 -.3,.3 -.42,0 -.3,-.3", RichPart.BODY),
        ("0,-.32 .23,-.23 .32,0 .23,.23 0,.32 -.23,.23 -.32,0 -.23,-.23", RichPart.DISH),
        ("-.02,.04! 0,-.24! .03,.03! .16,.1! .14,.13!", RichPart.BLADE),
    ),
    "camera": (
        ("-.2,-.26! -.14,-.4! .14,-.4! .2,-.26!", RichPart.LID),
        ("-.5,-.26! .5,-.26! .5,.34! -.5,.34!", RichPart.BODY),
        ("-.5,-.1! .5,-.1! .5,.16! -.5,.16!", RichPart.STRAP),
        ("0,-.2 .2,-.12 .26,.06 .2,.24 0,.3 -.2,.24 -.26,.06 -.2,-.12", RichPart.BUMPER),
        ("0,-.1 .12,-.05 .16,.06 .12,.16 0,.2 -.12,.16 -.16,.06 -.12,-.05", RichPart.WINDOW),
        ("0.3,-.22! .44,-.22! .44,-.13! .3,-.13!", RichPart.LAMP),
        ("-.42,-.34! -.28,-.34! -.28,-.26! -.42,-.26!", RichPart.BUTTON),
    ),
    "guitar": (
        ("0.02,-.56! .12,-.56! .1,-.42! .04,-.42!", RichPart.LID),
        ("0.05,-.44! .1,-.44! .12,.06! .04,.06!", RichPart.STALK),
        ("0.08,-.06 .26,-.08 .26,.1 .3,.28 .24,.5 -.08,.52 -.16,.3 -.08,.12 -.1,-.04", RichPart.BODY),
        ("0.08,.08 .16,.14 .08,.22 0,.14", RichPart.SCREEN),
        ("-.02,.34! .2,.34! .2,.4! -.02,.4!", RichPart.BUMPER),
    ),
    "lamp": (
        ("-.2,.42 0,.36 .2,.42 .2,.48! -.2,.48!", RichPart.BUMPER),
        ("-.05,-.04! .05,-.04! .1,.16 .04,.4! -.04,.4! -.1,.16", RichPart.POT),
        ("-.2,-.5! .2,-.5! .36,-.02! -.36,-.02!", RichPart.LAMP),
        ("-.36,-.09! .36,-.09! .37,-.01! -.37,-.01!", RichPart.CLOTH),
    ),
    "book": (
        ("-.5,-.3! 0,-.2! .5,-.3! .5,.3! 0,.4! -.5,.3!", RichPart.BOOK),
        ("-.44,-.34 -.2,-.34 0,-.22! 0,.32! -.2,.22 -.44,.22!", RichPart.DISH),
        ("0.44,-.34 .2,-.34 0,-.22! 0,.32! .2,.22 .44,.22!", RichPart.DISH),
        ("0.1,-.12! .36,-.16! .36,.06! .1,.1!", RichPart.PICTURE),
        ("-.1,-.25! -.02,-.2! -.02,.46! -.06,.4! -.1,.44!", Part.RIBBON),
    ),
    "gift": (
        ("-.38,-.1! .38,-.1! .38,.44! -.38,.44!", RichPart.BODY),
        ("-.08,-.1! .08,-.1! .08,.44! -.08,.44!", Part.RIBBON),
        ("-.44,-.22! .44,-.22! .44,-.06! -.44,-.06!", RichPart.LID),
        ("-.08,-.22! .08,-.22! .08,-.06! -.08,-.06!", Part.RIBBON),
        ("0,-.22! -.1,-.46 -.28,-.44 -.3,-.28", Part.RIBBON),
        ("0,-.22! .1,-.46 .28,-.44 .3,-.28", Part.RIBBON),
        ("0.2,.1! .34,.06! .36,.24! .22,.26!", RichPart.LABEL),
    ),
    "mushroom": (
        ("-.14,-.05! .14,-.05! .16,.2 .22,.46! -.22,.46! -.16,.2", RichPart.STALK),
        ("-.2,.02! .2,.02! .22,.12! 0,.08 -.22,.12!", RichPart.CLOTH),
        ("-.5,.02! -.44,-.3 0,-.5 .44,-.3 .5,.02! 0,.1", RichPart.LID),
        ("-.2,-.34 -.08,-.3 -.12,-.16 -.26,-.2", RichPart.PATTERN),
        ("0.1,-.4 .22,-.32 .16,-.22 .04,-.28", RichPart.PATTERN),
        ("0.3,-.16 .38,-.1 .32,-.02 .24,-.08", RichPart.PATTERN),
        ("-.42,.3! -.3,.1! -.28,.46! -.46,.46!", RichPart.LEAF),
    ),
    "cactus": (
        ("-.36,-.06 -.42,-.2 -.3,-.24 -.26,-.06 -.1,-.04 -.1,.1 -.3,.08", RichPart.LEAF),
        ("0.36,-.16 .42,-.3 .3,-.34 .26,-.16 .1,-.12 .1,.02 .3,-.02", RichPart.LEAF),
        ("-.14,.14! -.16,-.3 0,-.46 .16,-.3 .14,.14!", RichPart.LEAF),
        ("-.08,-.44 0,-.56 .08,-.44 0,-.4", Part.FLOWER),
        ("-.28,.12! .28,.12! .2,.48! -.2,.48!", RichPart.POT),
        ("-.32,.06! .32,.06! .32,.18! -.32,.18!", RichPart.BUMPER),
    ),
    "shoe": (
        ("-.44,-.28! -.16,-.32! -.04,-.08 .2,.02 .48,.1 .52,.26! -.48,.26!", Part.SHOES),
        ("-.5,.24! .54,.24! .54,.36! -.5,.36!", RichPart.BUMPER),
        ("0.3,.04 .48,.1 .53,.26! .28,.26!", RichPart.CLOTH),
        ("-.16,-.32! .0,-.34 .12,-.02! -.0,-.06!", RichPart.SNOUT),
        ("-.1,-.18! .06,-.2! .08,-.14! -.08,-.11!", RichPart.STRAP),
        ("-.04,-.06! .12,-.1! .15,-.04! .0,.02!", RichPart.STRAP),
        ("-.44,-.1! -.3,-.1! -.28,.26! -.48,.26!", RichPart.LABEL),
    ),
    "potion": (
        ("-.1,-.52! .1,-.52! .08,-.38! -.08,-.38!", RichPart.STALK),
        ("-.1,-.4! .1,-.4! .1,-.16 .38,.12 .3,.44 -.3,.44 -.38,.12 -.1,-.16", RichPart.WINDOW),
        ("-.36,.1 0,.14 .36,.1 .3,.44 -.3,.44", RichPart.DRINK),
        ("-.14,-.36! .14,-.36! .14,-.28! -.14,-.28!", Part.RIBBON),
        ("-.16,.2! .16,.2! .16,.36! -.16,.36!", RichPart.LABEL),
    ),
    "sword": (
        ("-.08,.1! -.08,-.48! 0,-.6! .08,-.48! .08,.1!", RichPart.BLADE),
        ("-.28,.08! .28,.08! .24,.18! -.24,.18!", RichPart.BUMPER),
        ("-.06,.18! .06,.18! .05,.42! -.05,.42!", RichPart.HANDLE),
        ("-.08,.48 0,.4 .08,.48 0,.56", RichPart.EARRING),
        ("-.03,-.3! .03,-.3! .03,.04! -.03,.04!", RichPart.STRAP),
    ),
    "candle": (
        ("-.34,.36 0,.3 .34,.36 .3,.46! -.3,.46!", RichPart.DISH),
        ("0.3,.34 .46,.28 .48,.4 .34,.44", RichPart.HANDLE),
        ("-.14,-.16! .14,-.16! .14,.4! -.14,.4!", RichPart.BODY),
        ("-.15,-.18! .15,-.18! .15,.04 .1,.14 .06,.0 0,.1 -.06,-.04 -.12,.06 -.15,-.02", RichPart.CREAM),
        ("0,-.52! .09,-.3 0,-.2 -.09,-.3", Part.MOON),
    ),
    "phone": (
        ("-.26,-.5! .26,-.5! .26,.5! -.26,.5!", RichPart.BODY),
        ("-.22,-.4! .22,-.4! .22,.34! -.22,.34!", RichPart.SCREEN),
        ("-.22,.1! 0,-.1 .22,.06! .22,.34! -.22,.34!", Part.FOLIAGE),
        ("0.02,-.26 .1,-.2 .02,-.12 -.06,-.2", Part.MOON),
        ("-.05,.4! .05,.4! .05,.46! -.05,.46!", RichPart.BUTTON),
    ),
    "watering can": (
        ("0.2,.1! .46,-.26! .54,-.2! .3,.24!", RichPart.STALK),
        ("0.42,-.34! .62,-.16! .56,-.1! .36,-.28!", RichPart.LID),
        ("-.36,-.2 -.56,-.16 -.52,.2 -.3,.3 -.3,.2 -.44,.12 -.46,-.08 -.34,-.12", RichPart.HANDLE),
        ("-.36,-.2! .26,-.2! .3,.4! -.4,.4!", RichPart.POT),
        ("-.38,.02! .28,.02! .29,.14! -.39,.14!", RichPart.PATTERN),
    ),
    "pencil": (
        ("-.12,-.3! .12,-.3! .12,.28! -.12,.28!", RichPart.BODY),
        ("-.12,.28! .12,.28! 0,.56!", RichPart.BREAD),
        ("-.045,.46! .045,.46! 0,.56!", RichPart.NOSE),
        ("-.13,-.4! .13,-.4! .13,-.28! -.13,-.28!", RichPart.BUMPER),
        ("-.12,-.4! -.12,-.52 .12,-.52 .12,-.4!", RichPart.LIPS),
        ("-.04,-.28! .04,-.28! .04,.28! -.04,.28!", RichPart.LABEL),
    ),
    "scissors": (
        ("-.06,.0! .22,-.52! .3,-.46! .08,.1!", RichPart.BLADE),
        ("0.06,.0! -.22,-.52! -.3,-.46! -.08,.1!", RichPart.BLADE),
        ("0.02,.06 .2,.1 .3,.32 .14,.46 .0,.34", RichPart.HANDLE),
        ("-.02,.06 -.2,.1 -.3,.32 -.14,.46 .0,.34", RichPart.HANDLE),
        ("-.05,.02 0,-.03 .05,.02 0,.07", RichPart.BUTTON),
    ),
    "mug": (
        ("0.24,-.2 .46,-.22 .48,.18 .24,.22 .24,.12 .38,.08 .36,-.1 .24,-.1", RichPart.HANDLE),
        ("-.34,-.34! .3,-.34! .28,.36 .16,.44 -.2,.44 -.32,.36", RichPart.CUP),
        ("-.34,-.34 0,-.42 .3,-.34 0,-.26", RichPart.DRINK),
        ("-.33,.0! .29,.0! .29,.16! -.33,.16!", RichPart.PATTERN),
    ),
    "lantern": (
        ("-.06,-.5 0,-.56 .06,-.5 .12,-.42! -.12,-.42!", RichPart.HANDLE),
        ("-.26,-.28! -.14,-.42! .14,-.42! .26,-.28!", RichPart.LID),
        ("-.24,-.28! .24,-.28! .2,.3! -.2,.3!", RichPart.WINDOW),
        ("0,-.14! .08,.06 0,.16 -.08,.06", Part.MOON),
        ("-.06,.12! .06,.12! .06,.3! -.06,.3!", RichPart.CREAM),
        ("-.28,.3! .28,.3! .24,.44! -.24,.44!", RichPart.BUMPER),
    ),
    "bird house": (
        ("-.04,.3! .04,.3! .04,.56! -.04,.56!", RichPart.STALK),
        ("-.3,-.14! .3,-.14! .26,.34! -.26,.34!", RichPart.FURNITURE),
        ("0,-.54! .44,-.1! .36,-.04! 0,-.36! -.36,-.04! -.44,-.1!", Part.ROOF),
        ("0,-.1 .1,0 0,.1 -.1,0", RichPart.SCREEN),
        ("-.08,.16! .08,.16! .08,.22! -.08,.22!", RichPart.HANDLE),
        ("0.12,.34! .24,.34! .3,.2! .18,.22!", RichPart.LEAF),
    ),
    "umbrella": (
        ("-.02,-.1! .02,-.1! .02,.4 .1,.5 .18,.4! .22,.42! .14,.56 .0,.54 -.02,.4", RichPart.HANDLE),
        ("-.5,.0! -.4,-.3 0,-.48 .4,-.3 .5,.0! .33,-.07 .17,.0! 0,-.07 -.17,.0! -.33,-.07", RichPart.CLOTH),
        ("-.17,.0! -.14,-.3 0,-.48! .14,-.3 .17,.0! 0,-.07", RichPart.BODY),
        ("-.03,-.46! 0,-.58! .03,-.46!", RichPart.BUTTON),
    ),
}  # fmt: skip
"""Outlines from back to front in a frame from -0.5 to 0.5, by name."""


def draw_thing(canvas: RichCanvas, name: str, rng: np.random.Generator) -> None:
    """Draw the thing `name` of `THINGS` around (0, 0), about 1 high; its largest part may have a pattern."""
    pieces = THINGS[name]
    shapes = [(outlines.closed(text), part) for text, part in pieces]
    largest = max(range(len(shapes)), key=lambda number: float(np.ptp(shapes[number][0], axis=0).prod()))
    patterned = rng.random() < 0.35
    for number, (outline, part) in enumerate(shapes):
        canvas.fill(outline, part)
        if patterned and number == largest and not canvas.style.is_thick:
            draw_pattern(canvas, rng, outline, part, None, 5)


def draw_things(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw one to nine things; which comes from `design`, how they lie from `pose`."""
    count = int(design.choice([2, 3, 4, 5, 6, 9]))
    names = [list(THINGS)[int(number)] for number in design.permutation(len(THINGS))[:count]]
    looks = [int(seed) for seed in design.integers(2**31, size=count)]
    ground = design.random()
    if ground < 0.25:
        draw_panel(canvas, design)
    elif ground < 0.5 and count <= 3:
        draw_wall(canvas, design, float(pose.uniform(0.62, 0.75)))
    rows = int(np.ceil(count / (2 if count <= 4 else 3)))
    columns = int(np.ceil(count / rows))
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    order = pose.permutation(len(cells))
    turned = 0.5 if pose.random() < 0.4 else 0.1
    for number, name in enumerate(names):
        row, column = cells[int(order[number])]
        w, h = 1 / columns, 1 / rows
        x = (column + 0.5) * w + float(pose.uniform(-0.08, 0.08)) * w
        y = (row + 0.5) * h + float(pose.uniform(-0.08, 0.08)) * h
        size = min(w, h) * float(pose.uniform(0.72, 0.98))
        with canvas.within(x, y, size, float(pose.normal(0, turned)), bool(pose.random() < 0.5)):
            draw_thing(canvas, name, np.random.default_rng(looks[number]))
