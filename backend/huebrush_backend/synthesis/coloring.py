"""Pictures from a drawing and a palette."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.drawing import Drawing
from huebrush_backend.synthesis.palette import Palette

_LEVELS = 32
_SHADOW = np.array([0.42, 0.38, 0.52])
"""Share of red, green and blue that the darkest tone keeps: shadows turn towards violet."""


def color_picture(drawing: Drawing, palette: Palette, ink: bool = True, shading: bool = True) -> np.ndarray:
    """Return the drawing in the palette's colours, (H, W, 3) uint8 sRGB.

    Without `ink` the colours continue under the lines; without `shading` every part has one flat colour.
    """
    colors = palette.colors.astype(np.float32)
    classes = len(colors)
    if shading:
        level = np.linspace(0, 1, _LEVELS, dtype=np.float32)[:, None, None]
        table = colors * level + colors * _SHADOW.astype(np.float32) * (1 - level)
        index = (drawing.shade // (256 // _LEVELS)).astype(np.uint16) * classes + drawing.labels
        picture = np.rint(table).astype(np.uint8).reshape(-1, 3)[index]
    else:
        picture = palette.colors[drawing.labels]
    if not ink:
        return picture
    cover = drawing.ink[..., None].astype(np.uint16)
    line = np.array(palette.ink, dtype=np.uint16)
    return ((picture * (255 - cover) + line * cover + 127) // 255).astype(np.uint8)


def line_art(drawing: Drawing) -> np.ndarray:
    """Return the lines, (H, W) uint8: black on white."""
    return 255 - drawing.ink
