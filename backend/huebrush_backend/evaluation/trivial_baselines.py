"""Pictures made without any understanding of the drawing; a real result must score better."""

from __future__ import annotations

import numpy as np

from huebrush_backend.evaluation.pairs import HeldOutPair, visible_parts_of


def shuffled_picture(pair: HeldOutPair, rng: np.random.Generator) -> np.ndarray:
    """Colour the drawing's parts at random with the colours that the reference shows."""
    shown = np.flatnonzero(visible_parts_of(pair.reference_drawing.labels))
    colors = pair.palette.colors.copy()
    colors[shown] = colors[rng.permutation(shown)]
    return colors[pair.drawing.labels]


def picture_by_position(pair: HeldOutPair) -> np.ndarray:
    """Give each pixel the colour that the reference has at the same position."""
    return pair.reference
