"""Scores whether flats keep pale skin apart from white paper where an outline is open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.synthesis.flat_truth import INK
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.sketch_pages import SketchPage

TINTS = ((255, 243, 235), (255, 241, 230), (254, 238, 226), (248, 232, 224), (255, 235, 222), (255, 228, 212))
"""Skin in sRGB, 6 to 12 CIEDE2000 from white."""
WHITE = (255, 255, 255)
_LEAST = 0.005
"""Smallest share of a page that is skin for it to count."""


def with_pale_skin(page: SketchPage) -> SketchPage:
    """Return a page on white paper whose figures have pale skin; the tint is always the same."""
    colors, parts = page.colors.copy(), np.asarray(page.parts)
    colors[parts == Part.BACKGROUND] = WHITE
    colors[parts == Part.SKIN] = TINTS[page.seed % len(TINTS)]
    return replace(page, colors=colors)


def kept_skin(page: SketchPage, truth: np.ndarray, pixels: np.ndarray) -> float | None:
    """Return the share 0..1 of the skin of a page `with_pale_skin` that is not as white as paper in its flats.

    `truth` (H, W): the page's labels, also under ink; `pixels` (H, W, 4) uint8: the flats. Such a pixel is nearer to
    the tint than to white. None for a page that hardly has skin.
    """
    skin = (np.asarray(page.parts) == Part.SKIN)[truth] & (page.ink < INK)
    if skin.mean() < _LEAST:
        return None
    tint, white = (to_lab(np.array([color], np.uint8)) for color in (TINTS[page.seed % len(TINTS)], WHITE))
    found = to_lab(pixels[skin][:, :3])
    return float(np.mean(np.linalg.norm(found - tint, axis=1) < np.linalg.norm(found - white, axis=1)))
