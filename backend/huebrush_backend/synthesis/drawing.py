"""Whole drawings: a kind of picture, a character in a pose, a background, a pen and a light."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from huebrush_backend.synthesis import figure, garments, hair, heads, scenes
from huebrush_backend.synthesis.canvas import Canvas, Light, Pen
from huebrush_backend.synthesis.design import CharacterDesign
from huebrush_backend.synthesis.design import design as random_design
from huebrush_backend.synthesis.pose import Pose, random_pose

KINDS = ("bust", "half", "figure", "scene")
_KIND_SHARES = (0.33, 0.22, 0.33, 0.12)


@dataclass(frozen=True)
class Drawing:
    """A drawing without colours.

    * `labels`: (H, W) uint8, index into PART_CLASSES, also under the ink
    * `ink`: (H, W) uint8, coverage 0..255
    * `shade`: (H, W) uint8, 255 where lit
    * `kind`: one of KINDS
    * `design`: the character, None in a scene
    """

    labels: np.ndarray
    ink: np.ndarray
    shade: np.ndarray
    kind: str
    design: CharacterDesign | None = field(default=None)


def draw(
    rng: np.random.Generator, size: int = 256, design: CharacterDesign | None = None, kind: str | None = None
) -> Drawing:
    """Return a random drawing, `size` pixels square: a pure function of the generator's state and the arguments.

    With a `design`, that character is drawn in a new pose, framing, style and background. `kind`, one of KINDS, chooses
    the subject. The same generator state gives the same geometry at every size.
    """
    pen, light = _random_pen(rng), _random_light(rng)
    canvas = Canvas(size, pen, light, rng)
    if kind is None:
        edges = np.cumsum(_KIND_SHARES[: 3 if design is not None else 4])
        kind = KINDS[int(np.searchsorted(edges, rng.random() * edges[-1]))]
    elif kind not in KINDS:
        raise ValueError(f"unknown kind of drawing {kind!r}; choose one of {', '.join(KINDS)}")
    if kind == "scene":
        scenes.draw_scene(canvas, rng)
        return Drawing(*canvas.maps(), kind=kind)
    character = design if design is not None else random_design(rng)
    pose = random_pose(rng)
    body = figure.build_body(character, pose)
    scale, x, y = _framing(rng, kind, character, body)
    _draw_background(canvas, rng, kind, y + scale * body.feet_y)
    turn = float(rng.uniform(-1, 1)) * {"bust": 0.2, "half": 0.14, "figure": 0.06}[kind]
    with canvas.within(x, y, scale, angle=turn, flip=pose.flip):
        draw_character(canvas, character, pose, body)
    if kind == "figure" and rng.random() < 0.2:
        scenes.draw_cat(
            canvas, rng, 0.14 if x > 0.5 else 0.86, min(0.98, y + scale * body.feet_y + 0.03), rng.uniform(0.22, 0.32)
        )
    return Drawing(*canvas.maps(), kind=kind, design=character)


def draw_character(canvas: Canvas, design: CharacterDesign, pose: Pose, body: figure.Body) -> None:
    """Draw a character from back to front in the figure's frame."""
    with canvas.within(0, 0.4, angle=pose.roll), canvas.within(0, -0.4):
        hair.draw_back_hair(canvas, design, pose)
    garments.draw_cape(canvas, design, pose, body)
    behind = (-1, 1)[pose.arm_behind] if pose.arm_behind >= 0 else 0
    if behind:
        figure.draw_arm(canvas, design, pose, body, behind)
    figure.draw_legs(canvas, design, pose, body)
    garments.draw_skirt(canvas, design, pose, body)
    garments.draw_torso(canvas, design, pose, body)
    garments.draw_waist(canvas, design, body)
    garments.draw_jacket(canvas, design, pose, body)
    garments.draw_bag(canvas, design, body)
    for side in (-1, 1):
        if side != behind and not _raised(pose, side):
            figure.draw_arm(canvas, design, pose, body, side)
    garments.draw_neckwear(canvas, design, pose, body)
    with canvas.within(0, 0.4, angle=pose.roll), canvas.within(0, -0.4):
        heads.draw_face(canvas, design, pose)
        hair.draw_front_hair(canvas, design, pose)
        hair.draw_side_tails(canvas, design, pose)
        heads.draw_headwear(canvas, design, pose)
    for side in (-1, 1):
        if side != behind and _raised(pose, side):
            figure.draw_arm(canvas, design, pose, body, side)


def _raised(pose: Pose, side: int) -> bool:
    return pose.arms[0 if side < 0 else 1][1] > 1.6


def _framing(
    rng: np.random.Generator, kind: str, design: CharacterDesign, body: figure.Body
) -> tuple[float, float, float]:
    """Return scale (head height in canvas heights) and the place of the head's centre."""
    x = rng.uniform(0.4, 0.6)
    if kind == "bust":
        scale = rng.uniform(0.38, 0.7)
        return scale, rng.uniform(0.34, 0.66), rng.uniform(0.36, 0.52)
    if kind == "half":
        visible = min(body.hip_y + 0.4, 2.6)
        scale = rng.uniform(0.62, 0.75) / (visible * 0.85 + 0.2)
        return scale, x, scale * 0.75 + rng.uniform(0.0, 0.1)
    tall = body.feet_y + 0.75
    scale = rng.uniform(0.8, 0.96) / tall
    room = 1 - scale * tall
    return scale, x, scale * 0.72 + room * rng.uniform(0.2, 0.9)


def _draw_background(canvas: Canvas, rng: np.random.Generator, kind: str, feet: float) -> None:
    choice = rng.random()
    if choice < 0.4:
        return
    if choice < 0.68:
        scenes.draw_backdrop(canvas, rng)
        return
    horizon = feet - rng.uniform(0.05, 0.2) if kind == "figure" else rng.uniform(0.6, 0.85)
    scenes.draw_scenery(canvas, rng, float(horizon))


def _random_pen(rng: np.random.Generator) -> Pen:
    style = rng.random()
    width = rng.uniform(0.0042, 0.0085)
    if style < 0.45:
        return Pen(width=width, contrast=rng.uniform(0.2, 0.6), taper=rng.uniform(0.6, 1.0))
    if style < 0.65:
        return Pen(width=width, contrast=0.0, taper=0.0)
    if style < 0.85:
        return Pen(
            width=width * 0.9,
            contrast=rng.uniform(0, 0.4),
            wobble=rng.uniform(0.15, 0.4),
            taper=0.9,
            hatching=bool(rng.random() < 0.3),
        )
    return Pen(
        width=width,
        contrast=rng.uniform(0.2, 0.5),
        taper=0.9,
        gaps=rng.uniform(0.1, 0.4),
        hatching=bool(rng.random() < 0.4),
    )


def _random_light(rng: np.random.Generator) -> Light:
    angle = rng.uniform(-1.1, 1.1)
    style = ("none", "cel", "cel", "soft")[int(rng.integers(4))]
    return Light(
        style=style, x=float(np.sin(angle)), y=float(-np.cos(angle)), depth=rng.uniform(0.08, 0.2),
        tone=int(rng.integers(70, 170)),
    )  # fmt: skip
