"""Poses of characters: everything that changes when the same design is drawn again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Angles = tuple[float, float]
"""Angles of the upper and lower segment of a limb in radians; 0 hangs down, positive turns outwards."""


@dataclass(frozen=True)
class Pose:
    """A pose. `yaw` -1..1 turns the head, `roll` tilts it; `hold` is the object in the raised hand."""

    flip: bool
    lean: float
    roll: float
    yaw: float
    look: tuple[float, float]
    eyes: str
    mouth: str
    arms: tuple[Angles, Angles]
    arm_behind: int
    legs: tuple[Angles, Angles]
    sway: float
    hold: str


def _arm(rng: np.random.Generator) -> Angles:
    kind = rng.random()
    if kind < 0.4:
        upper = rng.uniform(0.1, 0.45)
        return upper, upper + rng.uniform(-0.35, 0.1)
    if kind < 0.55:  # hand on the hip
        return rng.uniform(0.6, 0.85), rng.uniform(-0.9, -0.6)
    if kind < 0.7:  # hand in front of the chest
        return rng.uniform(0.25, 0.45), rng.uniform(-2.3, -1.7)
    if kind < 0.87:  # raised
        return rng.uniform(0.9, 1.9), rng.uniform(2.2, 2.9)
    upper = rng.uniform(0.7, 1.4)
    return upper, upper + rng.uniform(-0.2, 0.5)


def _leg(rng: np.random.Generator) -> Angles:
    thigh = rng.uniform(0.0, 0.22)
    if rng.random() < 0.25:
        return rng.uniform(0.05, 0.5), rng.uniform(-0.5, 0.05)
    return thigh, thigh + rng.uniform(-0.15, 0.03)


def random_pose(rng: np.random.Generator) -> Pose:
    """Return a random pose."""
    arms = (_arm(rng), _arm(rng))
    raised = [arm[1] > 2.1 for arm in arms]
    hold = "none"
    if any(raised) and rng.random() < 0.5:
        hold = "balloon" if rng.random() < 0.5 else "flower"
    return Pose(
        flip=bool(rng.random() < 0.5),
        lean=float(rng.uniform(-0.12, 0.12)),
        roll=float(rng.uniform(-0.2, 0.2)),
        yaw=float(rng.uniform(-1, 1)),
        look=(float(rng.uniform(-1, 1)), float(rng.uniform(-0.6, 0.6))),
        eyes="closed" if rng.random() < 0.05 else ("wink" if rng.random() < 0.04 else "open"),
        mouth=("line", "smile", "open", "small", "grin")[int(rng.integers(5))],
        arms=arms,
        arm_behind=int(rng.integers(-2, 2)),
        legs=(_leg(rng), _leg(rng)),
        sway=float(rng.uniform(-0.25, 0.25)),
        hold=hold,
    )
