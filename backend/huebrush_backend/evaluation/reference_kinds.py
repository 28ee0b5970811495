"""Kinds of reference that a drawing is coloured after, from its own picture to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import cv2
import numpy as np

from huebrush_backend.evaluation.sets import EvaluationPair, View

NONE = "none"
Change = Callable[[np.ndarray, bool], np.ndarray]
"""Function that moves the pixels of a picture or, if its second argument is True, of a label map."""

WHITE = 255
OUTSIDE = -1
"""Label of pixels that belong to no part."""


def _mirror(pixels: np.ndarray, is_labels: bool) -> np.ndarray:
    return pixels[:, ::-1]


def _upside_down(pixels: np.ndarray, is_labels: bool) -> np.ndarray:
    return pixels[::-1, ::-1]


def _shift(share: float, pixels: np.ndarray, is_labels: bool) -> np.ndarray:
    """Move `pixels` to the right by `share` of the width; the left edge is repeated beside it."""
    width = pixels.shape[1]
    columns = np.clip(np.arange(width) - round(share * width), 0, width - 1)
    return pixels[:, columns]


def _shrink(scale: float, on_white: bool, pixels: np.ndarray, is_labels: bool) -> np.ndarray:
    """Shrink `pixels` to `scale` of their size, in the middle of white paper or with their edges repeated around."""
    height, width = pixels.shape[:2]
    small = (max(1, round(scale * width)), max(1, round(scale * height)))
    method = cv2.INTER_NEAREST if is_labels else cv2.INTER_AREA
    shrunk = cv2.resize(np.ascontiguousarray(pixels), small, interpolation=method)
    left, top = (width - small[0]) // 2, (height - small[1]) // 2
    margins = (top, height - small[1] - top, left, width - small[0] - left)
    if not on_white:
        return cv2.copyMakeBorder(shrunk, *margins, cv2.BORDER_REPLICATE)
    paper = OUTSIDE if is_labels else WHITE
    return cv2.copyMakeBorder(shrunk, *margins, cv2.BORDER_CONSTANT, value=(paper, paper, paper, paper))


_CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "mirrored": _mirror,
        "shifted_15": partial(_shift, 0.15),
        "shifted_30": partial(_shift, 0.30),
        "scaled_70": partial(_shrink, 0.70, False),
        "half_on_white": partial(_shrink, 0.50, True),
        "upside_down": _upside_down,
    }
)

REFERENCE_KINDS = ("aligned", "cross", "contradicting", *_CHANGES, NONE)
"""Kinds of reference:

* "aligned": the drawing itself, coloured
* "cross": another drawing with the same colours
* "contradicting": another drawing that fits the drawing badly
* "mirrored": as cross, left and right exchanged
* "shifted_15", "shifted_30": as cross, moved to the right by 15 or 30 % of the width
* "scaled_70": as cross, at 70 % of its size
* "half_on_white": as cross, half as large in the middle of white paper
* "upside_down": as cross, turned by half a turn
* "none": no reference
"""


def reference_view(pair: EvaluationPair, kind: str) -> View | None:
    """Return the reference of `kind`, one of `REFERENCE_KINDS` but "none", for `pair`; None if its set has none."""
    if kind in ("aligned", "contradicting"):
        return pair.aligned if kind == "aligned" else pair.contradicting
    if kind == "cross":
        return pair.reference
    change = _CHANGES[kind]
    labels = pair.reference.labels
    moved = None if labels is None else np.ascontiguousarray(change(labels.astype(np.int16), True))
    return View(np.ascontiguousarray(change(pair.reference.picture, False)), moved)
