"""Pictures made without understanding anything, which a real result must beat."""

from __future__ import annotations

import numpy as np

from huebrush_backend.evaluation.pairs import HeldOutPair, visible_parts_of


def shuffled_picture(pair: HeldOutPair, rng: np.random.Generator) -> np.ndarray:
    """Return the drawing with the colours that the reference shows dealt out to its parts by lot."""
    shown = np.flatnonzero(visible_parts_of(pair.reference_drawing.labels))
    colors = pair.palette.colors.copy()
    colors[shown] = colors[rng.permutation(shown)]
    return colors[pair.drawing.labels]


def picture_by_position(pair: HeldOutPair) -> np.ndarray:
    """Return the picture that has at each place the colour that the reference has there."""
    return pair.reference
