"""Held-out pairs: line art of a drawing, a reference with another drawing in the same colours, and the right answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huebrush_backend.synthesis import PART_CLASSES, Drawing, Palette, color_picture, draw, random_palette

FAMILY = 20260
"""First number of every seed of pairs. Training seeds begin with small numbers, so training never sees these pairs."""
SIZE = 256
CANDIDATES = 6
VISIBLE_SHARE = 0.002
"""Smallest share of a drawing's pixels, 0..1, that a visible part covers."""
LEAST_SHARED = 2
"""Parts besides the background that a contradicting drawing shares with the drawing; with fewer, little is scored."""
MAX_SEED = 2**32 - 1

_PALETTE, _DRAWING, _FIRST_CANDIDATE = 1, 2, 3


@dataclass(frozen=True)
class HeldOutPair:
    """A drawing to colour after a reference, with the right answer.

    * `drawing`: gives the lines
    * `reference_drawing`: another drawing that shows many of the same parts
    * `palette`: colours of both
    * `reference`: (H,W,3) uint8, picture of `reference_drawing`
    * `truth`: (H,W,3) uint8, `drawing` in flat colours without lines
    * `contradicting_drawing`: another drawing, which fits `drawing` badly
    """

    drawing: Drawing
    reference_drawing: Drawing
    palette: Palette
    reference: np.ndarray
    truth: np.ndarray
    contradicting_drawing: Drawing


def held_out_pair(seed: int, index: int, size: int = SIZE) -> HeldOutPair:
    """Return pair `index` of the set `seed`, pictures `size` pixels square. The same arguments give the same pair.

    Of a few candidates, the reference is the one that shows most of the drawing's parts. The contradicting one shows
    the fewest of them, but at least two besides the background if any candidate does. Raises ValueError when `seed` is
    not in 0..2**32-1.

    The pairs never change: a test compares some of them with their hashes. A new kind of drawing is a set of its own
    (`evaluation/sets.py`).
    """
    if not 0 <= seed <= MAX_SEED:
        raise ValueError(f"the seed must be in 0..{MAX_SEED}")

    def stream(purpose: int) -> np.random.Generator:
        return np.random.default_rng([FAMILY, seed, index, purpose])

    drawing = draw(stream(_DRAWING), size)
    candidates = [draw(stream(_FIRST_CANDIDATE + number), size) for number in range(CANDIDATES)]
    wanted = visible_parts_of(drawing.labels)
    shared = [visible_parts_of(candidate.labels) & wanted for candidate in candidates]
    other = candidates[max(range(CANDIDATES), key=lambda number: int(shared[number].sum()))]
    worst = min(range(CANDIDATES), key=lambda number: _misfit_order(shared[number]))
    palette = random_palette(stream(_PALETTE))
    return HeldOutPair(
        drawing,
        other,
        palette,
        reference=color_picture(other, palette, ink=True, shading=True),
        truth=color_picture(drawing, palette, ink=False, shading=False),
        contradicting_drawing=candidates[worst],
    )


def _misfit_order(shared: np.ndarray) -> tuple[bool, int]:
    """Return a key that sorts candidates, the worst fit first; `shared` marks the parts that both drawings show."""
    count = int(shared[1:].sum())
    enough = count >= LEAST_SHARED
    return not enough, count if enough else -count


def visible_parts_of(labels: np.ndarray, classes: int = len(PART_CLASSES)) -> np.ndarray:
    """Mark the parts that the label map (H,W) shows, (classes,) bool. Negative labels are no part."""
    flat = labels.ravel()
    return np.bincount(flat[flat >= 0], minlength=classes) >= VISIBLE_SHARE * labels.size
