"""Looks and poses of whole figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROLES = (
    "plain",
    "plain",
    "plain",
    "cook",
    "knight",
    "astronaut",
    "wizard",
    "pirate",
    "fairy",
    "clown",
    "worker",
    "robot",
)
"""Roles of figures; plain ones are the most frequent."""


@dataclass(frozen=True)
class FigureDesign:
    """Looks of a figure. `heads`: its height in heads; `few`: whether only the main parts are drawn."""

    role: str
    few: bool
    heads: float
    slim: float
    bottom: str
    sleeves: str
    hair: str
    hat: str
    beard: bool
    apron: bool
    vest: bool
    belt: bool
    bag: bool
    gloves: bool
    scarf: bool
    pattern: bool
    boots: bool
    eyes: int


@dataclass(frozen=True)
class FigurePose:
    """Angles of arms and legs in radians from hanging down, outwards; lean of the body and tilt of the head."""

    arms: tuple[tuple[float, float], tuple[float, float]]
    legs: tuple[tuple[float, float], tuple[float, float]]
    lean: float
    tilt: float
    smile: int


def random_figure(rng: np.random.Generator) -> FigureDesign:
    """Return the looks of a random figure."""

    def pick(*options: str) -> str:
        return options[int(rng.integers(len(options)))]

    u = [float(value) for value in rng.random(12)]
    role, few = ROLES[int(rng.integers(len(ROLES)))], u[0] < 0.3
    hat = {"cook": "toque", "knight": "helmet", "astronaut": "bubble", "wizard": "cone", "pirate": "tricorn",
           "fairy": "crown", "clown": "bowler", "worker": "hard hat", "robot": "aerial"}.get(
        role, pick("none", "none", "none", "cap", "bobble", "bow"))  # fmt: skip
    bottom = {"wizard": "robe", "fairy": "skirt", "astronaut": "trousers", "robot": "trousers",
              "knight": "trousers"}.get(
        role, pick("trousers", "trousers", "skirt", "shorts", "robe"))  # fmt: skip
    return FigureDesign(
        role="plain" if few else role, few=few, heads=2.2 + 4.6 * u[1] ** 1.3, slim=0.75 + 0.5 * u[2], bottom=bottom,
        sleeves=pick("long", "long", "short"), hair=pick("short", "bob", "long", "tails", "curly", "bun", "spikes"),
        hat="none" if few and u[3] < 0.7 else hat, beard=u[4] < 0.15 or role == "wizard",
        apron=role in ("cook",) or u[5] < 0.12, vest=u[6] < 0.22 or role == "pirate", belt=u[7] < 0.5, bag=u[8] < 0.25,
        gloves=role in ("astronaut", "knight", "clown", "worker", "robot") or u[9] < 0.15, scarf=u[10] < 0.2,
        pattern=u[11] < 0.45, boots=u[2] < 0.4, eyes=int(rng.integers(3)),
    )  # fmt: skip


def random_figure_pose(rng: np.random.Generator) -> FigurePose:
    """Return a random pose: standing, walking, waving, jumping, dancing, arms akimbo, or anything."""
    kind = int(rng.integers(7))

    def near(value: float, spread: float = 0.15) -> float:
        return value + float(rng.normal(0, spread))

    arms = {
        0: ((near(0.25), near(0.2)), (near(0.25), near(0.2))),
        1: ((near(0.5), near(0.9)), (near(-0.35), near(0.1))),
        2: ((near(0.25), near(0.2)), (near(1.9), near(2.7))),
        3: ((near(2.1), near(2.6)), (near(2.1), near(2.6))),
        4: ((near(1.5), near(1.6)), (near(2.3), near(1.6))),
        5: ((near(0.75), near(-0.8)), (near(0.75), near(-0.8))),
    }.get(kind, ((near(1.0, 0.8), near(1.2, 0.9)), (near(1.0, 0.8), near(1.2, 0.9))))
    legs = {
        0: ((near(0.08, 0.05), near(0.05, 0.04)), (near(0.08, 0.05), near(0.05, 0.04))),
        1: ((near(0.45), near(0.2)), (near(0.15), near(0.75))),
        3: ((near(0.5), near(0.1)), (near(0.6), near(0.9))),
        4: ((near(0.1), near(0.1)), (near(0.8), near(0.7))),
    }.get(kind, ((near(0.15, 0.1), near(0.1, 0.1)), (near(0.2, 0.12), near(0.1, 0.1))))
    return FigurePose(arms, legs, float(rng.normal(0, 0.06)), float(rng.normal(0, 0.12)), int(rng.integers(4)))
