"""A small page to colorize."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 96, 64


def line_drawing(transparent: bool = True) -> NDArray[np.uint8]:
    """A circle in black lines, (H,W,4), on nothing or on white."""
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(ink, (WIDTH // 2, HEIGHT // 2), 22, 255, 2, cv2.LINE_AA)
    if transparent:
        return np.dstack([np.zeros((HEIGHT, WIDTH, 3), np.uint8), ink])
    white = np.full((HEIGHT, WIDTH), 255, np.uint8)
    return np.dstack([255 - ink, 255 - ink, 255 - ink, white])
