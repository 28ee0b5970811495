"""The picture that a new one goes on from: what is refused, and the picture on the model's canvas."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from huebrush_backend.engine.request import ColorizeRequest, EngineError, Reference
from huebrush_backend.imaging.brush_masks import Window
from huebrush_backend.imaging.color import flatten_on_white
from huebrush_backend.pipeline.conditioning import picture_on_canvas, reduce_line_art


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


def initial_picture(initial: Reference, ink: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return `initial` on a canvas of `height` x `width`, (height,width,3) uint8, where the drawing lies.

    The lines, coverage `ink` (H,W) float32 0..1, are drawn over it: the model's own pictures have them, and a layer of
    colours alone has not.
    """
    rgb = flatten_on_white(initial.pixels)
    lines = reduce_line_art(ink, height, width)
    small = np.asarray(cv2.resize(rgb, lines.shape[::-1], interpolation=cv2.INTER_AREA))
    drawn = np.rint(small * (1 - lines[..., None])).astype(np.uint8)
    return picture_on_canvas(drawn, height, width)


def initial_section(initial: Reference, window: Window, visible: np.ndarray) -> Reference:
    """Return the part of `initial` in a `window` of the page, transparent where not `visible` (h,w) bool."""
    pixels = np.ascontiguousarray(initial.pixels[window.slices])
    pixels[~visible] = 0
    return replace(initial, pixels=pixels)
