"""The pixels of the artist's hints that count: what a stroke says about the regions under it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.imaging.color_codes import pack_rgb, unpack_rgb
from huebrush_backend.imaging.oklab import srgb_to_oklab

OVERSHOOT = 0.04
"""Smallest share for a stroke to count in a region. A stroke with less of its pixels there, which also covers less
than this share of the region, crossed the line by accident.
"""
ONE_COLOR = 0.03
"""Oklab distance up to which two colours are one hint: brushes mix and texture their colour."""
FEWEST = 0.02
"""Smallest share of a region's hinted pixels for a colour to be a hint of its own."""


@dataclass(frozen=True, eq=False)
class HintPixels:
    """Pixels that count as hints: `rows`, `columns` (n,), the `label` (n,) of their region, and the `code` (n,) of
    their colour, as `pack_rgb` makes it."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    label: NDArray[np.int64]
    code: NDArray[np.int64]


def counted_hints(
    hints: NDArray[np.uint8], labels: NDArray[np.int32], areas: NDArray[np.int64], ink: NDArray[np.uint8]
) -> HintPixels:
    """Return the pixels of `hints` (H,W,4) uint8 RGBA that count in the regions `labels` (H,W).

    Not counted are pixels less opaque than the middle of the strokes, pixels on the lines (`ink` (H,W) uint8), and the
    end of a stroke that went a little over a line. `areas` (count+1,): free pixels of the regions.
    """
    alpha = hints[..., 3]
    opaque = int(alpha.max(initial=0))
    if opaque == 0:
        none = np.zeros(0, np.int64)
        return HintPixels(none, none, none, none)
    core = (alpha >= max(1, opaque - 5)).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(core)
    window = slice(top, top + height), slice(left, left + width)
    _, strokes = cv2.connectedComponents(core[window], connectivity=8)
    at = np.nonzero(core[window])
    stroke = np.asarray(strokes)[at].astype(np.int64)
    label = labels[window][at].astype(np.int64)
    code = pack_rgb(hints[window][at]).astype(np.int64)
    free = ink[window][at] < INK
    pair, which, size = np.unique((stroke << 32) | label, return_inverse=True, return_counts=True)
    of_stroke = size / np.bincount(stroke)[pair >> 32]
    of_region = size / np.maximum(areas[pair & 0xFFFFFFFF], 1)
    counted = free & ~((of_stroke < OVERSHOOT) & (of_region < OVERSHOOT))[which.reshape(-1)] & (label > 0)
    return HintPixels(at[0][counted] + top, at[1][counted] + left, label[counted], code[counted])


def hint_groups(code: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return for each of the pixels of one region which hint it belongs to, (n,) int32, 1..k; 0 for none.

    `code` (n,): their colours. Colours that look the same are one hint, that of the commonest.
    """
    codes, which, numbers = np.unique(code, return_inverse=True, return_counts=True)
    lab = srgb_to_oklab(unpack_rgb(codes))
    group = np.zeros(len(codes), np.int32)
    for index in np.argsort(-numbers, kind="stable"):
        if group[index]:
            continue
        alike = (np.linalg.norm(lab - lab[index], axis=1) <= ONE_COLOR) & (group == 0)
        group[alike] = group.max() + 1
    group = group[which.reshape(-1)]
    share = np.bincount(group) / max(1, len(group))
    kept = np.flatnonzero(share >= FEWEST)
    table = np.zeros(len(share), np.int32)
    table[kept] = np.arange(1, len(kept) + 1)
    return table[group]
