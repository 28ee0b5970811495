"""Whole rich drawings: a kind of picture, a subject, its pose and place, a line style and a light."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from huebrush_backend.synthesis.canvas import Light
from huebrush_backend.synthesis.drawing import Drawing
from huebrush_backend.synthesis.rich.animals import draw_animal
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.rich.crowds import draw_crowd, draw_person
from huebrush_backend.synthesis.rich.faces import draw_face_close_up
from huebrush_backend.synthesis.rich.food import draw_food
from huebrush_backend.synthesis.rich.kinds import RICH_KINDS
from huebrush_backend.synthesis.rich.line_styles import LineStyle, random_line_style
from huebrush_backend.synthesis.rich.objects import draw_things
from huebrush_backend.synthesis.rich.patterns import draw_patterned_page
from huebrush_backend.synthesis.rich.rooms import draw_room
from huebrush_backend.synthesis.rich.vehicles import draw_vehicle

Maker = Callable[[RichCanvas, np.random.Generator, np.random.Generator], None]
"""Draws a kind of picture onto a canvas: looks come from the first generator, pose and place from the second."""

MAKERS: dict[str, Maker] = {
    "animal": draw_animal,
    "vehicle": draw_vehicle,
    "room": draw_room,
    "food": draw_food,
    "face": draw_face_close_up,
    "things": draw_things,
    "person": draw_person,
    "crowd": draw_crowd,
    "pattern": draw_patterned_page,
}


FEWEST_PARTS = 6
"""Number of part classes, the background included, that a rich drawing shows at least."""
_LEAST_SHARE = 0.002
_TRIES = 6


def draw_rich(
    rng: np.random.Generator,
    size: int = 256,
    kind: str | None = None,
    subject: int | None = None,
    style: str | None = None,
) -> Drawing:
    """Return a random rich drawing: a pure function of the generator's state and the arguments.

    * `rng`: its state decides all that the other arguments leave open
    * `size`: side in pixels; the same state gives the same geometry at every size
    * `kind`: one of `RICH_KINDS`
    * `subject`: seed of the looks; the same kind and subject is the same thing again in another pose, style and place
    * `style`: one of `LINE_STYLES`

    Raises ValueError for a kind or style that does not exist.
    """
    if kind is not None and kind not in MAKERS:
        raise ValueError(f"unknown kind of drawing {kind!r}; choose one of {', '.join(RICH_KINDS)}")
    kinds, subjects, poses = (int(number) for number in rng.integers(2**62, size=3))
    chosen = RICH_KINDS[kinds % len(RICH_KINDS)] if kind is None else kind
    looks = subjects if subject is None else subject
    best, most = None, -1
    for attempt in range(_TRIES):
        drawing = _draw_once(chosen, [looks], [poses, attempt], size, style)
        parts = int((np.bincount(drawing.labels.ravel()) >= _LEAST_SHARE * drawing.labels.size).sum())
        if parts > most:
            best, most = drawing, parts
        if most >= FEWEST_PARTS:
            break
    assert best is not None
    return best


def random_light(rng: np.random.Generator) -> Light:
    """Return a random light: half of the drawings have no shade."""
    angle, depth, tone = rng.uniform(-1.1, 1.1), rng.uniform(0.08, 0.2), int(rng.integers(80, 175))
    style = ("none", "none", "cel", "soft")[int(rng.integers(4))]
    return Light(style, float(np.sin(angle)), float(-np.cos(angle)), float(depth), tone)


def _draw_once(kind: str, subject: list[int], pose: list[int], size: int, style: str | None) -> Drawing:
    design_rng, pose_rng, page_rng = (np.random.default_rng(seed) for seed in (subject, [*pose, 0], [*pose, 1]))
    line_style = random_line_style(page_rng, style)
    canvas = RichCanvas(size, line_style, random_light(page_rng), page_rng, _bend(page_rng, line_style))
    MAKERS[kind](canvas, design_rng, pose_rng)
    return Drawing(*canvas.maps(), kind=kind)


def _bend(rng: np.random.Generator, style: LineStyle) -> float:
    """Return the bend of a page in canvas widths; pictograms and even lines belong to straight drawings."""
    amount = float(rng.uniform(0, 0.02)) if rng.random() < 0.65 else 0.0
    return amount * (0.3 if style.name in ("pictogram", "even") else 1.0)
