"""Growth of labels under the ink until they meet in its middle, so that flats have no halo and no unpainted pixel."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.parallel import in_parallel

BAND = 320
OVERLAP = 64
"""Rows beyond its own that a band looks at. Ink thicker than twice that is split a little unevenly."""


def grow_under_ink(labels: NDArray[np.int32]) -> None:
    """Give every pixel of label 0 in `labels` (H,W) the label of the nearest labelled pixel, in place.

    Nearest is measured in steps through the unlabelled area (cv2.watershed on an even picture), so nothing jumps over a
    line. Does nothing when no pixel is labelled.
    """
    height = labels.shape[0]
    # Copies of the rows around each band's end, because bands write while others read.
    edges = range(BAND, height, BAND)
    before = {edge: labels[max(0, edge - OVERLAP) : edge + OVERLAP].copy() for edge in edges}

    in_parallel(range(0, height, BAND), lambda top: _grow_band(labels, before, top))
    if not labels.all() and labels.any():  # ink higher than a band
        _flood(labels)


def _grow_band(labels: NDArray[np.int32], before: dict[int, NDArray[np.int32]], top: int) -> None:
    bottom = min(top + BAND, labels.shape[0])
    own = labels[top:bottom]
    if own.all():
        return
    above = before[top][:OVERLAP] if top in before else own[:0]
    below = before[bottom][OVERLAP:] if bottom in before else own[:0]
    whole = np.concatenate([above, own, below])
    if whole.any():
        _flood(whole)
        own[:] = whole[len(above) : len(above) + len(own)]


def _flood(labels: NDArray[np.int32]) -> None:
    # cv2.watershed writes a border on the outermost pixels, so add one pixel around, and a border between any two
    # labels.
    padded = cv2.copyMakeBorder(labels, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.watershed(np.zeros((*padded.shape, 3), np.uint8), padded)
    inner = padded[1:-1, 1:-1]
    rows, columns = np.nonzero(inner <= 0)
    while rows.size:
        found = np.zeros(rows.size, np.int32)
        for down, right in ((0, -1), (-1, 0), (0, 1), (1, 0)):
            beside = padded[rows + 1 + down, columns + 1 + right]
            found = np.where((found <= 0) & (beside > 0), beside, found)
        inner[rows, columns] = found
        if not found.any():
            break
        rows, columns = rows[found <= 0], columns[found <= 0]
    labels[:] = np.maximum(inner, 0)
