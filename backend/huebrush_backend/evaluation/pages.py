"""Pages whose parts, ink and colours are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huebrush_backend.evaluation.pairs import FAMILY, MAX_SEED
from huebrush_backend.synthesis import Drawing, Palette, draw, random_palette

_PURPOSES = {"drawing": 101, "palette": 102, "grain": 103}
"""Last number of the seed of each stream of random numbers; the pairs' seeds end in small numbers."""


@dataclass(frozen=True)
class KnownPage:
    """Page `index` of the set `seed`: a drawing and a palette to colour it with."""

    seed: int
    index: int
    drawing: Drawing
    palette: Palette

    def random(self, purpose: str) -> np.random.Generator:
        """Return a generator of the page's own random numbers for `purpose`. The numbers are always the same."""
        return _stream(self.seed, self.index, purpose)


def known_page(seed: int, index: int, size: int, kind: str | None = None) -> KnownPage:
    """Return page `index` of the set `seed`, `size` pixels square. The same arguments give the same page.

    `kind`: kind of drawing, one of `synthesis.KINDS`; None for any. Raises ValueError when `seed` is not in 0..2**32-1.
    """
    if not 0 <= seed <= MAX_SEED:
        raise ValueError(f"the seed must be in 0..{MAX_SEED}")
    drawing = draw(_stream(seed, index, "drawing"), size, kind=kind)
    return KnownPage(seed, index, drawing, random_palette(_stream(seed, index, "palette")))


def _stream(seed: int, index: int, purpose: str) -> np.random.Generator:
    return np.random.default_rng([FAMILY, seed, index, _PURPOSES[purpose]])
