"""Pictures of one figure, and of several together: friends, a grown-up with children, a person with an animal."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from huebrush_backend.synthesis.design import design as character_design
from huebrush_backend.synthesis.drawing import draw_character
from huebrush_backend.synthesis.figure import build_body
from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.pose import random_pose
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.figure_looks import random_figure, random_figure_pose
from huebrush_backend.synthesis.rich.figures import draw_figure
from huebrush_backend.synthesis.rich.grounds import draw_ground

CHILD_PARTS: Mapping[int, int] = {
    Part.HAIR: RichPart.CHILD_HAIR, Part.TOP: RichPart.CHILD_TOP, Part.BOTTOM: RichPart.CHILD_BOTTOM,
}  # fmt: skip
"""Classes of what small figures wear: it has colours of its own beside what the grown-ups wear."""


def draw_person(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw one whole figure; its looks come from `design`, its pose, place and size from `pose`."""
    size = float(pose.uniform(0.55, 0.92))
    x, y = float(pose.uniform(0.36, 0.64)), float(pose.uniform(0.46, 0.54))
    draw_ground(canvas, pose, min(0.95, y + size / 2))
    looks = random_figure(design)
    with canvas.within(x, y, size, float(pose.normal(0, 0.08)), bool(pose.random() < 0.5)):
        draw_figure(canvas, looks, random_figure_pose(pose), design)
    if design.random() < 0.4:
        with canvas.within(x + size * float(pose.choice([-0.34, 0.34])), min(0.95, y + size / 2), size * 0.36):
            _companion(canvas, int(design.integers(4)))


def draw_crowd(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw two to four figures; small ones wear the classes of `CHILD_PARTS`."""
    base = float(pose.uniform(0.84, 0.95))
    draw_ground(canvas, pose, base)
    count = int(design.integers(2, 5))
    drawn_by_design = design.random() < 0.2
    small = design.permutation(count)[: int(design.integers(1, count))]
    order = pose.permutation(count)
    places = (np.arange(count) + 0.5 + pose.uniform(-0.12, 0.12, count)) / count
    for number in range(count):
        rng = np.random.default_rng(design.integers(2**31))
        child = number in small
        tall = float(pose.uniform(0.62, 0.84)) * (0.62 if child else 1.0) * (1.1 if count == 2 else 1.0)
        x = 0.5 + (float(places[order[number]]) - 0.5) * 0.92
        with canvas.relabelled(CHILD_PARTS if child else {}):
            if drawn_by_design and not child:
                _drawn_character(canvas, rng, pose, x, base, tall)
                continue
            with canvas.within(x, base - tall / 2, tall, float(pose.normal(0, 0.04)), bool(pose.random() < 0.5)):
                draw_figure(canvas, random_figure(rng), random_figure_pose(pose), rng)
    if design.random() < 0.4:
        with canvas.within(float(pose.uniform(0.1, 0.9)), base + 0.03, 0.26):
            _companion(canvas, int(design.integers(4)))


def _drawn_character(
    canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator, x: float, base: float, tall: float
) -> None:
    """Draw a character as `draw` does, standing at (`x`, `base`), `tall` high."""
    looks, stance = character_design(design), random_pose(pose)
    body = build_body(looks, stance)
    scale = tall / (body.feet_y + 0.75)
    with canvas.within(x, base - scale * body.feet_y, scale, 0, stance.flip):
        draw_character(canvas, looks, stance, body)


def _companion(canvas: RichCanvas, kind: int) -> None:
    """Draw a dog, a balloon, a ball or a potted plant that stands at (0, 0), about 1 high."""
    if kind == 0:
        canvas.fill(outlines.leaf(-0.4, -0.45, 0.4, -0.7, 0.2), RichPart.TAIL)
        for x in (-0.34, -0.2, 0.16, 0.3):
            canvas.fill(outlines.box(x - 0.06, -0.35, x + 0.06, 0.0, 0.04), Part.ANIMAL)
        canvas.fill(outlines.closed("-.46,-.5 -.2,-.6 .2,-.58 .4,-.5 .36,-.26 -.1,-.2 -.42,-.26"), Part.ANIMAL)
        canvas.fill(outlines.disc(0.42, -0.68, 0.24, 0.22), Part.ANIMAL)
        canvas.fill(outlines.disc(0.58, -0.6, 0.14, 0.11), RichPart.SNOUT)
        canvas.fill(outlines.closed("0.22,-.86 .36,-.86 .36,-.6 .26,-.46 .16,-.6"), RichPart.EAR)
        canvas.blot(outlines.disc(0.66, -0.65, 0.05))
        canvas.blot(outlines.disc(0.48, -0.74, 0.035))
    elif kind == 1:
        canvas.stroke(outlines.opened("0,0 .06,-.3 -.04,-.7 0,-1.1"), 0.9, (1, 1))
        canvas.fill(outlines.disc(0, -1.4, 0.3, 0.36), Part.BALLOON)
        canvas.fill(outlines.moved(outlines.closed("-.06,.06! 0,-.02! .06,.06!"), 0, -1.03), Part.BALLOON)
    elif kind == 2:
        ball = outlines.disc(0, -0.26, 0.26)
        canvas.fill(ball, RichPart.BODY)
        canvas.inlay(
            ball, RichPart.BODY, [outlines.closed("-.3,-.4 0,-.3 .3,-.4 .3,-.16 0,-.1 -.3,-.16")], RichPart.LABEL, 0.9
        )
    else:
        for turn in (-0.7, -0.2, 0.3, 0.8):
            canvas.fill(outlines.leaf(0.05 * turn, -0.36, 0.5, turn, 0.24), RichPart.LEAF)
        canvas.fill(outlines.closed("-.22,-.4! .22,-.4! .16,0! -.16,0!"), RichPart.POT)
