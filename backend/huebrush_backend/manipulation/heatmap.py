"""Heatmap of a text in a reference (docs/method.md, "Position weights")."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from huebrush_backend.manipulation.position_weights import DEFAULT_THRESHOLDS, best_projection, normalize

LEVEL_VALUE = 63
"""Value, of 255, of a place above one threshold: a quarter, truncated."""
PICTURE_SHARE = 0.3
"""Share of the reference in the heatmap; the rest is the colour of the level."""


def heatmap_levels(
    tokens: torch.Tensor,
    text: torch.Tensor,
    height: int,
    width: int,
    thresholds: Sequence[float] = DEFAULT_THRESHOLDS,
) -> np.ndarray:
    """Return one plane per threshold (len(thresholds),`height`,`width`) uint8: 0 below it, else 63.

    * `tokens`: (1,N,C), local tokens of a reference, N a square number
    * `text`: (n,1,C) unit vectors, mostly one; the best fit of them counts
    * `height`, `width`: size of the planes in pixels
    * `thresholds`: ascending, of 0..1

    The projection is first enlarged and then normalised to 0..1, so the overshoot of the interpolation counts.
    """
    side = round(tokens.shape[1] ** 0.5)
    plane = best_projection(tokens, text).float().transpose(-1, -2).unflatten(-1, (side, side))
    plane = F.interpolate(plane, (height, width), mode="bicubic", align_corners=False)
    place = normalize(plane, (-2, -1))[0, 0].cpu().numpy()
    return np.stack([np.where(place < threshold, 0, LEVEL_VALUE).astype(np.uint8) for threshold in thresholds])


def heatmap_picture(reference: np.ndarray, levels: np.ndarray, grid: int) -> np.ndarray:
    """Return `reference` (H,W,3) uint8 under the colours of `levels` (n,H,W): blue where all are 0, red where none is.

    `grid` is the number of tokens a side; black lines separate them.
    """
    heat = levels.sum(axis=0, dtype=np.uint16).clip(max=255).astype(np.uint8)
    colors = cv2.cvtColor(cv2.applyColorMap(heat, cv2.COLORMAP_JET), cv2.COLOR_BGR2RGB)
    picture = cv2.addWeighted(reference, PICTURE_SHARE, colors, 1 - PICTURE_SHARE, 0)
    height, width = picture.shape[:2]
    for line in range(1, grid):
        picture[line * height // grid] = 0
        picture[:, line * width // grid] = 0
    return picture
