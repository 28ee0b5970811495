"""Scores flats of pale skin on white paper: where an outline is open, both should keep their own colour."""

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
"""Smallest share of a page that is skin, and background, for it to count."""


def with_pale_skin(page: SketchPage) -> SketchPage:
    """Return a page on white paper whose figures have pale skin; the tint is always the same."""
    colors, parts = page.colors.copy(), np.asarray(page.parts)
    colors[parts == Part.BACKGROUND] = WHITE
    colors[parts == Part.SKIN] = TINTS[page.seed % len(TINTS)]
    return replace(page, colors=colors)


def kept_skin(page: SketchPage, truth: np.ndarray, pixels: np.ndarray) -> float | None:
    """Return the share 0..1 of a page `with_pale_skin` whose flats keep skin and white background apart.

    It is the mean of two shares: of the skin that is nearer to its tint than to white, and of the background that is
    nearer to white. `truth` (H, W): the page's labels, also under ink; `pixels` (H, W, 4) uint8: the flats. None for a
    page that hardly has skin or background.
    """
    parts, paper = np.asarray(page.parts)[truth], page.ink < INK
    skin, ground = (paper & (parts == part) & (truth > 0) for part in (Part.SKIN, Part.BACKGROUND))
    if min(skin.mean(), ground.mean()) < _LEAST:
        return None
    tint, white = (to_lab(np.array([color], np.uint8)) for color in (TINTS[page.seed % len(TINTS)], WHITE))

    def tinted(place: np.ndarray) -> float:
        found = to_lab(pixels[place][:, :3])
        return float(np.mean(np.linalg.norm(found - tint, axis=1) < np.linalg.norm(found - white, axis=1)))

    return (tinted(skin) + 1 - tinted(ground)) / 2
