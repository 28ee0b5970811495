"""Pictures that spill as a model's do: colours end beside the lines, and patches of them lie across.

A model decides on colours in cells of its latent, eight pixels wide: borders of colours are off by up to a cell, and
here and there a patch of one colour lies over its neighbours.
"""

from __future__ import annotations

import cv2
import numpy as np

from huebrush_backend.evaluation.flat_pictures import painted_picture, smooth_noise
from huebrush_backend.imaging.color import color_difference

_CELL = 8.0
"""Width of a latent's cell in pixels of the picture."""
_OFF = (0.25, 0.9)
"""Least and greatest standard deviation, in cells, by which borders of colours are off where they are off."""
_OFF_SHARE = 0.35
"""Share of the picture in which they are off."""
_PATCHES = (2, 12)
"""Fewest and most patches across lines."""
_RADII = (0.4, 1.3)
"""Least and greatest radius of a patch, in cells."""
_UNLIKE = 10.0
"""Difference (CIEDE2000) from which two colours can be told apart, so that one can lie visibly over the other."""


def spilled_picture(
    rng: np.random.Generator,
    right: np.ndarray,
    truth: np.ndarray,
    colors: np.ndarray,
    ink: np.ndarray,
    size: int,
) -> np.ndarray:
    """Return a picture (h,w,3) uint8 sRGB as a model that spills would paint it.

    * `right`: (H,W,3) uint8 sRGB, the right colour of every pixel, under the lines too
    * `truth`: (H,W) int32, region of every pixel; `colors`: (count+1,3) uint8 sRGB, their plain colours
    * `ink`: (H,W) uint8, coverage of the lines
    * `size`: longer side of the picture in pixels
    """
    height, width = ink.shape
    scale = max(height, width) / size
    return painted_picture(rng, _patched(rng, _shifted(rng, right, scale), truth, colors, scale), ink, size)


def _shifted(rng: np.random.Generator, right: np.ndarray, scale: float) -> np.ndarray:
    """Return `right` (H,W,3) with its borders off in places. `scale`: pixels of the page in one of the picture."""
    height, width = right.shape[:2]
    extent = (max(2, round(width / scale)), max(2, round(height / scale)))
    cell = round(_CELL)
    where = smooth_noise(rng, extent, 4 * cell)
    where = np.clip(4 * (where - np.quantile(where, 1 - _OFF_SHARE)), 0, 1) * rng.uniform(*_OFF) * _CELL * scale
    off = [cv2.resize(where * smooth_noise(rng, extent, 2 * cell), (width, height)) for _ in range(2)]
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    maps = (across + off[0]).astype(np.float32), (down + off[1]).astype(np.float32)
    return np.asarray(cv2.remap(right, *maps, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _patched(
    rng: np.random.Generator, right: np.ndarray, truth: np.ndarray, colors: np.ndarray, scale: float
) -> np.ndarray:
    """Return `right` (H,W,3) with patches of regions' colours that lie over their neighbours."""
    result = right.copy()
    pairs = region_borders(truth)
    apart = color_difference(colors[truth[pairs[0], pairs[1]]], colors[truth[pairs[2], pairs[3]]])
    pairs = pairs[:, np.asarray(apart) >= _UNLIKE]
    if not pairs.size:
        return result
    rows, columns = np.mgrid[: truth.shape[0], : truth.shape[1]]
    for _ in range(int(rng.integers(*_PATCHES, endpoint=True))):
        row, column, row2, column2 = pairs[:, rng.integers(pairs.shape[1])]
        if rng.random() < 0.5:
            row, column, row2, column2 = row2, column2, row, column
        radius = rng.uniform(*_RADII) * _CELL * scale
        angle = np.arctan2(rows - row, columns - column)
        wave = 1 + 0.25 * np.sin(2 * angle + rng.uniform(0, 6)) + 0.15 * np.sin(3 * angle + rng.uniform(0, 6))
        inside = np.hypot(rows - row, columns - column) < radius * wave
        result[inside & (truth != truth[row, column])] = colors[truth[row, column]]
    return result


def region_borders(truth: np.ndarray) -> np.ndarray:
    """Return (4,n): rows and columns of pixels, and of their right or lower neighbours in another region."""
    across = np.nonzero(truth[:, 1:] != truth[:, :-1])
    down = np.nonzero(truth[1:] != truth[:-1])
    return np.concatenate(
        [
            np.stack([across[0], across[1], across[0], across[1] + 1]),
            np.stack([down[0], down[1], down[0] + 1, down[1]]),
        ],
        axis=1,
    )
