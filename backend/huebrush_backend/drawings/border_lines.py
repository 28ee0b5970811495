"""Draws lines along the borders of parts, in many styles: even pens, brushes, pictograms, open and sketchy lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
FINER = 2
"""Factor by which label maps are larger than the lines drawn from them, which makes edges of lines soft."""


@dataclass(frozen=True)
class LineStyle:
    """A way to draw lines. Lengths are shares of the picture's longer side.

    * `width`: mean width
    * `outline`: how many times as wide lines around the whole figure are
    * `contrast`: 0..1, how much the width changes along a line
    * `wobble`: how far lines stray from the border
    * `gaps`: 0..1, share of the lines that is left out
    * `passes`: how many times each line is drawn, each time straying elsewhere
    * `darkness`: 0..1
    """

    width: float = 0.006
    outline: float = 1.0
    contrast: float = 0.0
    wobble: float = 0.0
    gaps: float = 0.0
    passes: int = 1
    darkness: float = 1.0


def random_style(rng: np.random.Generator) -> LineStyle:
    """Return a random style: fine pen, brush pen, pictogram, marker, open or sketchy lines."""
    kind = rng.random()
    outline = float(rng.choice([1.0, 1.0, 1.5, 2.0]))
    if kind < 0.3:
        return LineStyle(float(rng.uniform(0.004, 0.008)), outline, float(rng.uniform(0, 0.3)))
    if kind < 0.5:
        return LineStyle(
            float(rng.uniform(0.006, 0.012)), outline, float(rng.uniform(0.5, 0.9)), wobble=float(rng.uniform(0, 0.002))
        )
    if kind < 0.62:
        return LineStyle(float(rng.uniform(0.014, 0.028)), 1.0)
    if kind < 0.8:
        return LineStyle(
            float(rng.uniform(0.004, 0.009)),
            outline,
            float(rng.uniform(0.1, 0.6)),
            wobble=float(rng.uniform(0, 0.002)),
            gaps=float(rng.uniform(0.05, 0.3)),
        )
    return LineStyle(
        float(rng.uniform(0.003, 0.006)),
        1.0,
        float(rng.uniform(0.2, 0.7)),
        wobble=float(rng.uniform(0.002, 0.005)),
        gaps=float(rng.uniform(0, 0.25)),
        passes=int(rng.integers(2, 4)),
        darkness=float(rng.uniform(0.55, 0.9)),
    )


def draw_borders(labels: NDArray[np.integer], style: LineStyle, rng: np.random.Generator, ground: int) -> Plane:
    """Return lines along the borders of `labels` (2H,2W) as ink coverage (H,W) float32 0..1.

    `ground`: the label around the figure. The same state of `rng` gives the same lines.
    """
    height, width = labels.shape
    longer = max(height, width)
    inner, outer = _borders(labels, ground)
    ink = np.zeros((height, width), np.float32)
    for _ in range(max(1, style.passes)):
        weight = 1 + style.contrast * _smooth_noise(rng, (height, width), cells=7)
        half = np.maximum(0.5 * style.width * longer * np.clip(weight, 0.15, 2), 0.5)
        present = _smooth_noise(rng, (height, width), cells=12)
        open_below = np.quantile(present, min(style.gaps, 1.0)) if style.gaps > 0 else -np.inf
        flow = style.wobble * longer * np.stack([_smooth_noise(rng, (height, width), cells=9) for _ in range(2)])
        lines = np.zeros((height, width), np.float32)
        for border, factor in ((inner, 1.0), (outer, style.outline)):
            if not border.any():
                continue
            distance = cv2.distanceTransform((~border).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
            if style.wobble > 0:
                rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
                distance = cv2.remap(
                    distance, columns + flow[0], rows + flow[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
                )
            # Lines end in a point where they stop, not in a straight cut.
            taper = np.clip((present - open_below) * 4, 0, 1) if style.gaps > 0 else 1.0
            lines = np.maximum(lines, np.clip(half * factor * taper - distance + 0.5, 0, 1))
        ink = 1 - (1 - ink) * (1 - style.darkness * lines)
    return cv2.resize(ink, (width // FINER, height // FINER), interpolation=cv2.INTER_AREA)  # pyright: ignore


def _borders(labels: NDArray[np.integer], ground: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the pixels (H,W) left of and above a border: between two parts, and between a part and the ground."""
    inner = np.zeros(labels.shape, bool)
    outer = np.zeros(labels.shape, bool)
    for here, there, mark in (
        (labels[:, :-1], labels[:, 1:], np.s_[:, :-1]),
        (labels[:-1], labels[1:], np.s_[:-1]),
    ):
        differs = here != there
        outside = (here == ground) | (there == ground)
        outer[mark] |= differs & outside
        inner[mark] |= differs & ~outside
    return inner, outer


def _smooth_noise(rng: np.random.Generator, shape: tuple[int, int], cells: int) -> Plane:
    """Return smooth noise (H,W) float32 of about -1..1 with about `cells` hills along each side."""
    coarse = rng.uniform(-1, 1, (cells, cells)).astype(np.float32)
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)  # pyright: ignore[reportReturnType]
