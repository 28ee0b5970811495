"""Pictures made without any understanding of the drawing; a real result must score better."""

from __future__ import annotations

import cv2
import numpy as np

from huebrush_backend.evaluation.sets import EvaluationPair


def shuffled_picture(pair: EvaluationPair, rng: np.random.Generator) -> np.ndarray:
    """Colour the drawing's parts at random with the colours that the reference shows."""
    shown = np.flatnonzero(pair.shown_parts(pair.reference.labels))
    colors = pair.colors.copy()
    colors[shown] = colors[rng.permutation(shown)]
    return pair.painted(colors)


def picture_by_position(pair: EvaluationPair) -> np.ndarray:
    """Give each pixel the colour that the reference has at the same position."""
    height, width = pair.labels.shape
    if pair.reference.picture.shape[:2] == (height, width):
        return pair.reference.picture
    return cv2.resize(pair.reference.picture, (width, height), interpolation=cv2.INTER_AREA)
