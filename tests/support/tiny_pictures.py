"""An artist's pictures, small ones: inked and coloured shapes that the line extractor can read."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from huebrush_backend.imaging.files import write_png

SIDE = 96


def write_pictures(folder: Path, count: int = 6) -> Path:
    """Write `count` pictures into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        rng = np.random.default_rng(number)
        picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
        for radius in (36, 20):
            center = tuple(int(place) for place in rng.integers(40, 56, 2))
            cv2.circle(picture, center, radius, tuple(int(tone) for tone in rng.integers(60, 230, 3)), -1)
            cv2.circle(picture, center, radius, (10, 10, 10), 2)
        opaque = np.full((SIDE, SIDE, 1), 255, np.uint8)
        write_png(folder / f"picture-{number}.png", np.concatenate([picture, opaque], axis=2))
    return folder
