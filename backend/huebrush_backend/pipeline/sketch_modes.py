"""Sketch preparations of the official interface, known to its users (docs/method.md, "Sketch preparation").

Huebrush's own preparation, which keeps thin lines of large pages, is `huebrush_backend.imaging.lineart`.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch

from huebrush_backend.pipeline.conditioning import picture_tensor

_BLUR = 6.0
_FAINT = 8.0
_LEAST_CONTRAST = 16.0
_LINE_VALUE = 127.0


def as_it_is(rgb: np.ndarray) -> torch.Tensor:
    """Return `rgb` (h,w,3) uint8, light lines on black, as a sketch (1,3,h,w) in [-1,1]."""
    return picture_tensor(rgb)


def inverted(rgb: np.ndarray) -> torch.Tensor:
    """Return `rgb` (h,w,3) uint8, dark lines on white, as a sketch (1,3,h,w) in [-1,1]: paper -1, lines +1."""
    return -picture_tensor(rgb)


def local_contrast(rgb: np.ndarray) -> torch.Tensor:
    """Return `rgb` (h,w,3) uint8 as a sketch (1,3,h,w) of all that is darker than its surroundings: paper -1, lines
    about 0.

    Removes grey or tinted paper; the median of all lines that are not faint brings them to the same strength.
    """
    picture = rgb.astype(np.float32)
    blurred = cv2.GaussianBlur(picture, (0, 0), _BLUR)
    lines = (blurred - picture).min(axis=2).clip(0, 255)
    strong = lines[lines > _FAINT]
    contrast = max(_LEAST_CONTRAST, float(np.median(strong))) if strong.size else _LEAST_CONTRAST
    plane = (lines / contrast * _LINE_VALUE).clip(0, 255).astype(np.uint8)
    return picture_tensor(np.repeat(plane[..., None], 3, axis=2))


SKETCH_MODES: dict[str, Callable[[np.ndarray], torch.Tensor]] = {
    "none": as_it_is,
    "invert": inverted,
    "invert-webui": local_contrast,
}
"""Modes by the names of the official interface."""


def prepare_sketch(rgb: np.ndarray, mode: str = "invert") -> torch.Tensor:
    """Return `rgb` (h,w,3) uint8 as a sketch (1,3,h,w) in [-1,1], for `conditioning.fit_sketch`.

    Raises ValueError, with the existing names, for an unknown `mode`.
    """
    if mode not in SKETCH_MODES:
        raise ValueError(f"there is no sketch mode {mode!r}; choose one of {', '.join(SKETCH_MODES)}")
    return SKETCH_MODES[mode](rgb)
