"""Layout of single drawings, not comic pages: one subject each, recorded as shapes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from huebrush_backend.synthesis.canvas import Light, Pen
from huebrush_backend.synthesis.flat_layout import Layout, draw_panel
from huebrush_backend.synthesis.flat_shapes import Shape, ShapeRecorder
from huebrush_backend.synthesis.rich.drawing import MAKERS
from huebrush_backend.synthesis.rich.shape_canvas import RichShapeRecorder

_PANELS = ("bust", "busts", "figures", "objects")
CONTENTS = (*_PANELS, "animal", "vehicle", "room", "food", "face", "things", "person", "crowd")
"""Subjects of drawings."""
_SHARES = (0.14, 0.07, 0.09, 0.04, 0.22, 0.08, 0.05, 0.05, 0.12, 0.04, 0.07, 0.03)
_WIDTHS = {"bust": 0.010, "face": 0.012, "animal": 0.02, "vehicle": 0.009, "food": 0.008, "things": 0.008,
           "person": 0.007, "busts": 0.007}  # fmt: skip
"""Widest lines of a content, as a share of the page's longer side; elsewhere _MANY."""
_MANY = 0.005
_NARROWEST = 0.0027
"""Narrowest lines, as a share of the page's longer side: 2.4 pixels of 900."""


def lay_out_drawing(rng: np.random.Generator, aspect: float) -> Layout:
    """Return a random drawing that is `aspect` page widths high; a pure function of the generator's state."""
    content = str(rng.choice(CONTENTS, p=_SHARES))
    longer = max(1.0, aspect)
    widest = _WIDTHS.get(content, _MANY)
    line = longer * float(np.exp(rng.uniform(np.log(_NARROWEST), np.log(widest))))
    light = Light(x=float(np.sin(angle := rng.uniform(-1.1, 1.1))), y=float(-np.cos(angle)))
    pen = Pen(width=line, contrast=rng.uniform(0, 0.3), taper=rng.uniform(0.3, 0.95))
    page = (0.0, 0.0, 1.0, aspect)
    if content in _PANELS:
        canvas = ShapeRecorder(pen, light, rng, page)
        draw_panel(canvas, rng, page, content)
        return Layout(tuple(canvas.shapes), canvas.next_owner() + 1, line)
    recorder = RichShapeRecorder(replace(pen, width=line / longer), light, rng)
    looks, pose = (np.random.default_rng(rng.integers(2**62)) for _ in range(2))
    MAKERS[content](recorder, looks, pose)
    return Layout(tuple(_cropped(shape, longer, aspect) for shape in recorder.shapes), 1, line)


def _cropped(shape: Shape, longer: float, aspect: float) -> Shape:
    """Return a shape of a square drawing on a page that is `aspect` widths high and shows the drawing's middle."""
    offset = np.array([(longer - 1) / 2, (longer - aspect) / 2])
    return replace(shape, points=shape.points * longer - offset, half=shape.half * longer, clip=(0.0, 0.0, 1.0, aspect))
