"""Small comic pages drawn by hand, for the tests of layouts: ink coverage (H,W) uint8."""

from __future__ import annotations

import cv2
import numpy as np

PANELS = ((40, 40, 560, 300), (40, 324, 288, 760), (312, 324, 560, 760))
"""Left, top, right and bottom of the panels of `comic_page`."""


def comic_page() -> np.ndarray:
    """A page of three panels with a margin; each has a circle and a ground line in it."""
    ink = np.zeros((800, 600), np.uint8)
    for left, top, right, bottom in PANELS:
        cv2.rectangle(ink, (left, top), (right, bottom), 255, 4)
        cv2.circle(ink, ((left + right) // 2, bottom - 90), 60, 255, 3)
        cv2.line(ink, (left, bottom - 30), (right, bottom - 20), 255, 3)
    return ink


def write(ink: np.ndarray, words: str, x: int, y: int, scale: float = 0.55, thickness: int = 1) -> None:
    """Letter `words` into `ink`, with the left end of the base line at `x`, `y`."""
    cv2.putText(ink, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thickness, cv2.LINE_AA)


def speech(ink: np.ndarray, x: int, y: int, half: tuple[int, int] = (90, 45), words: tuple[str, ...] = ()) -> None:
    """Draw an elliptic balloon around `x`, `y` with two rows of words, over whatever is there."""
    cv2.ellipse(ink, (x, y), half, 0, 0, 360, 0, -1)
    cv2.ellipse(ink, (x, y), half, 0, 0, 360, 255, 2)
    for row, text in enumerate(words or ("WAIT FOR", "ME HERE")):
        write(ink, text, x - 44, y - 6 + 22 * row)
