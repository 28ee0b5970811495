"""Held-out pairs: line art of a drawing, a reference with another drawing in the same colours, and the right answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huebrush_backend.synthesis import PART_CLASSES, Drawing, Palette, colour_picture, draw, random_palette

FAMILY = 20260
"""First number of every seed of pairs. Training seeds begin with small numbers, so training never sees these pairs."""
SIZE = 256
CANDIDATES = 6
VISIBLE_SHARE = 0.002
"""Smallest share of a drawing's pixels, 0..1, that a visible part covers."""
MAX_SEED = 2**32 - 1

_PALETTE, _DRAWING, _FIRST_CANDIDATE = 1, 2, 3


@dataclass(frozen=True)
class HeldOutPair:
    """A drawing to colour after a reference, with the right answer.

    `reference` (H,W,3) uint8: a picture of `reference_drawing` in `palette`. `truth` (H,W,3) uint8: `drawing` in the
    same palette, in flat colours without lines.
    """

    drawing: Drawing
    reference_drawing: Drawing
    palette: Palette
    reference: np.ndarray
    truth: np.ndarray


def held_out_pair(seed: int, index: int, size: int = SIZE) -> HeldOutPair:
    """Return pair `index` of the set `seed`, pictures `size` pixels square. The same arguments give the same pair.

    Of a few candidates, the reference is the one that shows most of the drawing's parts. Raises ValueError when `seed`
    is not in 0..2**32-1.
    """
    if not 0 <= seed <= MAX_SEED:
        raise ValueError(f"the seed must be in 0..{MAX_SEED}")

    def stream(purpose: int) -> np.random.Generator:
        return np.random.default_rng([FAMILY, seed, index, purpose])

    drawing = draw(stream(_DRAWING), size)
    candidates = [draw(stream(_FIRST_CANDIDATE + number), size) for number in range(CANDIDATES)]
    wanted = visible_parts_of(drawing.labels)
    other = max(candidates, key=lambda candidate: int((visible_parts_of(candidate.labels) & wanted).sum()))
    palette = random_palette(stream(_PALETTE))
    return HeldOutPair(
        drawing,
        other,
        palette,
        reference=colour_picture(other, palette, ink=True, shading=True),
        truth=colour_picture(drawing, palette, ink=False, shading=False),
    )


def visible_parts_of(labels: np.ndarray) -> np.ndarray:
    """Mark the parts that the label map (H,W) shows, (classes,) bool."""
    return np.bincount(labels.ravel(), minlength=len(PART_CLASSES)) >= VISIBLE_SHARE * labels.size
