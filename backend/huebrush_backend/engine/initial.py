"""The picture that a new one goes on from: what is refused, and the picture on the model's canvas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from huebrush_backend.engine.request import ColorizeRequest, EngineError, Reference
from huebrush_backend.imaging.brush_masks import Window
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.pipeline.canvas import picture_on_canvas


def check_initial(request: ColorizeRequest, paints_page: bool) -> None:
    """Refuse a picture to go on from that is empty, or that no model goes on from. Raises EngineError."""
    initial = request.initial
    if initial is None:
        return
    if request.before is not None:
        raise EngineError.of("initial.edited_layer")
    if not paints_page:
        raise EngineError.of("initial.without_model")
    if not initial.pixels[..., 3].any():
        raise EngineError.of("initial.empty", name=initial.name)


def initial_picture(initial: Reference, height: int, width: int) -> np.ndarray:
    """Return `initial` on a canvas of `height` x `width`, (height,width,3) uint8, where the drawing lies.

    Its lines, if it has any, stay, and none are added: drawn over colours alone, they ran into them.
    """
    return picture_on_canvas(flatten_on_white(initial.pixels), height, width)


def initial_section(initial: Reference, window: Window, visible: np.ndarray) -> Reference:
    """Return the part of `initial` in a `window` of the page, transparent where not `visible` (h,w) bool."""
    pixels = np.ascontiguousarray(initial.pixels[window.slices])
    pixels[~visible] = 0
    return replace(initial, pixels=pixels)
