"""Pages of which everything is known: where each part is, where the ink, and in which colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huebrush_backend.evaluation.pairs import FAMILY, MAX_SEED
from huebrush_backend.synthesis import Drawing, Palette, draw, random_palette

_PURPOSES = {"drawing": 101, "palette": 102, "grain": 103}
"""Last number of each stream's seed; those of the pairs are small."""


@dataclass(frozen=True)
class KnownPage:
    """Page `index` of the set `seed`: a drawing and a palette to see it in."""

    seed: int
    index: int
    drawing: Drawing
    palette: Palette

    def random(self, purpose: str) -> np.random.Generator:
        """Return the page's own random numbers for `purpose`: the same whenever they are asked for."""
        return _stream(self.seed, self.index, purpose)


def known_page(seed: int, index: int, size: int, kind: str | None = None) -> KnownPage:
    """Return page `index` of the set `seed`, `size` pixels square: the same whenever it is asked for.

    `kind`: what is drawn, one of `synthesis.KINDS`, or any. Raises ValueError when `seed` is not in 0..2**32-1.
    """
    if not 0 <= seed <= MAX_SEED:
        raise ValueError(f"the seed must be in 0..{MAX_SEED}")
    drawing = draw(_stream(seed, index, "drawing"), size, kind=kind)
    return KnownPage(seed, index, drawing, random_palette(_stream(seed, index, "palette")))


def _stream(seed: int, index: int, purpose: str) -> np.random.Generator:
    return np.random.default_rng([FAMILY, seed, index, _PURPOSES[purpose]])
