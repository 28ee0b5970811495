"""Layout of a comic page: panels with overlapping figures, scenery, objects, balloons; recorded as shapes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from huebrush_backend.synthesis import figure, flat_details, scenes
from huebrush_backend.synthesis.canvas import Light, Pen
from huebrush_backend.synthesis.design import design as random_design
from huebrush_backend.synthesis.drawing import draw_character
from huebrush_backend.synthesis.flat_shapes import Box, Shape, ShapeRecorder
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.pose import random_pose

_CONTENTS = ("bust", "busts", "figures", "crowd", "objects", "scene")
_SHARES = (0.24, 0.2, 0.2, 0.12, 0.14, 0.1)
_MARGIN, _GUTTER = 0.045, 0.02
_LINE = 0.0015
"""Width of a line in widths of an upright page: 9 of 6071 pixels, like a pen at 600 dots per inch."""


@dataclass(frozen=True)
class Layout:
    """A page's shapes from back to front, and the number of their owners (figures, backgrounds)."""

    shapes: tuple[Shape, ...]
    owners: int
    line_width: float


def lay_out(rng: np.random.Generator, aspect: float) -> Layout:
    """Return a random page that is `aspect` page widths high; a pure function of the generator's state."""
    line = _LINE * max(1.0, aspect) / 1.414 * rng.uniform(0.85, 1.25)
    pen = Pen(width=line, contrast=rng.uniform(0.15, 0.5), taper=rng.uniform(0.6, 0.95))
    angle = rng.uniform(-1.1, 1.1)
    canvas = ShapeRecorder(pen, Light(x=float(np.sin(angle)), y=float(-np.cos(angle))), rng, (0.0, 0.0, 1.0, aspect))
    canvas.ground(_corners((-0.1, -0.1, 1.1, aspect + 0.1)), Part.BACKGROUND)
    panels = _panels(rng, (_MARGIN, _MARGIN, 1 - _MARGIN, aspect - _MARGIN))
    first = rng.permutation(len(_CONTENTS))
    for number, panel in enumerate(panels):
        content = _CONTENTS[int(first[number])] if number < 3 else str(rng.choice(_CONTENTS, p=_SHARES))
        with canvas.clipped(panel):
            draw_panel(canvas, rng, panel, content)
        canvas.frame(_corners(panel), 1.6)
    canvas.next_owner()
    for panel in panels:
        if rng.random() < 0.7:
            _draw_balloon(canvas, rng, panel)
    return Layout(tuple(canvas.shapes), canvas.next_owner() + 1, line)


def _panels(rng: np.random.Generator, page: Box) -> list[Box]:
    left, top, right, bottom = page
    rows = 1 if bottom - top < 0.7 else int(rng.integers(2, 4))
    heights = rng.uniform(0.7, 1.3, rows)
    edges = top + (bottom - top) * np.concatenate([[0], np.cumsum(heights / heights.sum())])
    panels: list[Box] = []
    for y0, y1 in pairwise(edges.tolist()):
        low = y1 if y1 == edges[-1] else y1 - _GUTTER
        if rng.random() < 0.35:
            panels.append((left, y0, right, low))
            continue
        cut = left + (right - left) * rng.uniform(0.38, 0.62)
        panels.append((left, y0, cut - _GUTTER / 2, low))
        panels.append((cut + _GUTTER / 2, y0, right, low))
    return panels


def _corners(box: Box) -> np.ndarray:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


def draw_panel(canvas: ShapeRecorder, rng: np.random.Generator, panel: Box, content: str) -> None:
    """Draw a panel's background and its content, one of "bust", "busts", "figures", "crowd", "objects", "scene"."""
    left, top, right, bottom = panel
    width, height = right - left, bottom - top
    side = max(width, height)
    canvas.next_owner()
    canvas.ground(_corners(panel), Part.BACKGROUND)
    with canvas.within(left + (width - side) / 2, top + (height - side) / 2, side):
        if content == "scene":
            scenes.draw_scene(canvas, rng)
        elif content != "objects" and rng.random() < 0.75:
            (scenes.draw_backdrop if rng.random() < 0.4 else _scenery)(canvas, rng)
    if content == "objects":
        _draw_objects(canvas, rng, panel)
    elif content == "bust":
        _draw_figure(canvas, rng, (left + width * rng.uniform(0.4, 0.6), top + height * 0.48), height * 0.55)
    elif content == "busts":
        for place in (0.3, 0.7):
            head = min(height * 0.42, width * 0.42) * rng.uniform(0.85, 1.1)
            _draw_figure(canvas, rng, (left + width * place, top + height * rng.uniform(0.36, 0.5)), head)
    elif content in ("figures", "crowd"):
        count = 2 if content == "figures" else 4
        for place in rng.permutation(np.linspace(0.5 / count, 1 - 0.5 / count, count)):
            head = height * (0.2 if content == "figures" else 0.15) * rng.uniform(0.85, 1.15)
            _draw_figure(canvas, rng, (left + width * float(place), top + height * rng.uniform(0.2, 0.3)), head)


def _scenery(canvas: ShapeRecorder, rng: np.random.Generator) -> None:
    scenes.draw_scenery(canvas, rng, float(rng.uniform(0.6, 0.8)))


def _draw_figure(canvas: ShapeRecorder, rng: np.random.Generator, at: tuple[float, float], head: float) -> None:
    """Draw a character whose head is `head` page widths high and has its centre at `at`."""
    canvas.next_owner()
    character = replace(random_design(rng), glasses=False)
    pose = random_pose(rng)
    body = figure.build_body(character, pose)
    with canvas.within(at[0], at[1], head, float(rng.uniform(-0.1, 0.1)), pose.flip):
        if rng.random() < 0.7:
            side = float(rng.choice((-1, 1)))
            root = (side * 0.28, -0.32)
            angle = side * rng.uniform(0.6, 1.5)
            flat_details.draw_strands(canvas, rng, root, angle, rng.uniform(1.1, 2.2), int(rng.integers(5, 12)))
        draw_character(canvas, character, pose, body)
        if rng.random() < 0.35:
            side = float(rng.choice((-1, 1)))
            flat_details.draw_freckles(canvas, rng, side * 0.2, 0.27, 0.07, 0.008)


def _draw_objects(canvas: ShapeRecorder, rng: np.random.Generator, panel: Box) -> None:
    left, top, right, bottom = panel
    width, height = right - left, bottom - top
    unit = min(width, height)

    def place(share: float) -> tuple[float, float]:
        return left + width * share, top + height * rng.uniform(0.25, 0.75)

    slots = rng.permutation(np.linspace(0.12, 0.88, 5))
    flat_details.draw_strands(
        canvas, rng, place(slots[0]), rng.uniform(-1.5, 1.5), unit * rng.uniform(0.6, 0.9), int(rng.integers(6, 12))
    )
    x, y = place(slots[1])
    flat_details.draw_pinched(canvas, rng, x, y, unit * rng.uniform(0.4, 0.6), canvas.pen.width * rng.uniform(4, 8))
    x, y = place(slots[2])
    flat_details.draw_burst(canvas, rng, x, y, unit * rng.uniform(0.15, 0.26))
    x, y = place(slots[3])
    flat_details.draw_band(canvas, x, y, unit * rng.uniform(0.5, 0.8), unit * rng.uniform(0.07, 0.12), 14)
    flat_details.draw_chain(canvas, rng, place(slots[4]), rng.uniform(0, 6), unit * rng.uniform(0.08, 0.13))
    flat_details.draw_spots(canvas, rng, (left, top, right, bottom), 5)


def _draw_balloon(canvas: ShapeRecorder, rng: np.random.Generator, panel: Box) -> None:
    left, top, right, bottom = panel
    rx = (right - left) * rng.uniform(0.08, 0.13)
    ry = min((bottom - top) * 0.11, rx * rng.uniform(0.6, 0.9))
    x = left + (right - left) * rng.choice((0.13, 0.87))
    y = top + (bottom - top) * rng.uniform(0.12, 0.18)
    flat_details.draw_speech(canvas, x, y, rx, ry, float(rng.uniform(0.9, 2.2)))
