"""The canvas that the networks paint on: its size, and pictures in their place on it. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

SIZE_MULTIPLE = 64
"""Divisor of canvas sides: 8 for the VAE times 8 for the UNet's three downsamplings."""


@dataclass(frozen=True)
class Box:
    """Place of the drawing on the canvas, in canvas pixels."""

    left: int
    top: int
    width: int
    height: int


def canvas_size(width: int, height: int, native: int) -> tuple[int, int]:
    """Return canvas (height, width) with about the area of `native`², the drawing's aspect, and sides multiples of 64.

    The aspect is limited to 1:4 to 4:1; a longer drawing is padded.
    """
    aspect = float(np.clip(width / height, 0.25, 4.0))
    sides = (native / aspect**0.5, native * aspect**0.5)
    rows, columns = (max(SIZE_MULTIPLE, round(side / SIZE_MULTIPLE) * SIZE_MULTIPLE) for side in sides)
    return rows, columns


def reduce_line_art(ink: np.ndarray, height: int, width: int) -> np.ndarray:
    """Shrink `ink` (H,W) in 0..1 to fit `height` x `width` without letting thin lines fade away.

    A 4 px line of a 4096 px page is a quarter pixel at 256 px; averaging alone would leave a pale grey that the models
    have never seen. So where the reduction is strong, the coverage is scaled until lines are dark again. Returns
    float32 (h,w) in 0..1, at most `height` x `width`, with the same aspect; never enlarges.
    """
    ratio = min(height / ink.shape[0], width / ink.shape[1])
    if ratio >= 1:
        return ink.astype(np.float32, copy=False)
    size = (max(1, int(ink.shape[1] * ratio)), max(1, int(ink.shape[0] * ratio)))
    reduced = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    lines = reduced[reduced > 0.04]
    if lines.size == 0:
        return reduced
    gain = float(np.clip(0.9 / np.percentile(lines, 80), 1.0, 4.0))
    return np.minimum(reduced * gain, 1.0)


def fitted_box(rows: int, columns: int, height: int, width: int) -> Box:
    """Return the place of a picture of `rows` x `columns` on a canvas of `height` x `width`: as large as possible,
    centred.

    The size is truncated, not rounded, as in the official models (docs/method.md, "Sketch preparation").
    """
    ratio = min(height / rows, width / columns)
    rows, columns = int(rows * ratio), int(columns * ratio)
    return Box((width - columns) // 2, (height - rows) // 2, columns, rows)


def picture_on_canvas(picture: np.ndarray, height: int, width: int, around: int | None = None) -> np.ndarray:
    """Return a picture (h,w) or (h,w,3) uint8 on a (height, width) canvas, in its place (`fitted_box`). `around` is the
    value of the canvas around it; None repeats the picture's edges."""
    box = fitted_box(picture.shape[0], picture.shape[1], height, width)
    method = cv2.INTER_AREA if box.width < picture.shape[1] else cv2.INTER_LINEAR
    resized = cv2.resize(picture, (box.width, box.height), interpolation=method)
    margins = box.top, height - box.top - box.height, box.left, width - box.left - box.width
    if around is None:
        return np.asarray(cv2.copyMakeBorder(resized, *margins, cv2.BORDER_REPLICATE))
    return np.asarray(cv2.copyMakeBorder(resized, *margins, cv2.BORDER_CONSTANT, value=(around,) * 3))
