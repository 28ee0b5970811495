"""Alpha of stacked layers at the soft edges between them, so that together they show exactly the mixed edge.

At an edge pixel each colour has a share by the binomial kernel. Layers painted over one another show those shares if
the alpha of each is its own share of the rest that the layers above leave. The lowest colour is then opaque, unless
something unpainted lies beside it: no paper shines through a seam.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.layers.paint import KERNEL, at_borders, neighbourhood
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.regions.parallel import in_bands

_WHOLE = 16
"""Sum of the kernel's weights."""


@dataclass(frozen=True, eq=False)
class SoftEdges:
    """Pixels where layers of several ranks meet. `place` (n,) int64 is a flat index into the page, and `alpha` (n,)
    uint8 is the layer's alpha there. The entries of rank r are `start[r]`:`start[r + 1]`.
    """

    place: NDArray[np.int64]
    alpha: NDArray[np.uint8]
    start: NDArray[np.int64]

    def of(self, rank: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Return the pixels and alphas of one layer."""
        here = slice(int(self.start[rank]), int(self.start[rank + 1]))
        return self.place[here], self.alpha[here]


def soft_edges(ranks: NDArray, layers: int, ink: NDArray[np.uint8] | None = None) -> SoftEdges:
    """Find the soft edges of `ranks` (H,W), the layer of each pixel: 1 (lowest) to `layers`; 0 for none.

    With `ink` (H,W) uint8, the coverage of the lines, edges beside a line are hard, as in `paint`.
    """
    height, width = ranks.shape

    def work(top: int, bottom: int) -> tuple[NDArray, NDArray, NDArray]:
        above, below = max(0, top - 1), min(height, bottom + 1)
        band = ranks[above:below]
        soft = at_borders(band)[top - above : bottom - above]
        at = np.flatnonzero(soft if ink is None else soft & (ink[top:bottom] >= INK))
        rows, columns = np.divmod(at, width)
        rank, which, alpha = _shares(band, rows + top - above, columns)
        return rank, at[which].astype(np.int64) + top * width, alpha

    parts = in_bands(height, width, work)
    rank = np.concatenate([part[0] for part in parts])
    order = np.argsort(rank, kind="stable")
    place = np.concatenate([part[1] for part in parts])[order]
    alpha = np.concatenate([part[2] for part in parts])[order]
    start = np.searchsorted(rank[order], np.arange(layers + 2))
    return SoftEdges(place, alpha, start)


def _shares(
    band: NDArray, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> tuple[NDArray, NDArray[np.intp], NDArray[np.uint8]]:
    """Return the rank, the pixel and the alpha of every layer that has a share of one of the pixels."""
    near = neighbourhood(band, rows, columns)
    ranks, pixels, alphas = [], [], []
    for index, rank in enumerate(near):
        fresh = rank > 0
        for earlier in near[:index]:
            fresh &= earlier != rank
        which = np.nonzero(fresh)[0]
        rank = rank[which]
        own = np.zeros(len(which), np.uint16)
        over = np.zeros(len(which), np.uint16)
        for (_, _, weight), other in zip(KERNEL, near, strict=True):
            there = other[which]
            own += (there == rank) * np.uint16(weight)
            over += (there > rank) * np.uint16(weight)
        left = _WHOLE - over
        ranks.append(rank)
        pixels.append(which)
        alphas.append(((own * np.uint16(255) + left // 2) // left).astype(np.uint8))
    return np.concatenate(ranks), np.concatenate(pixels), np.concatenate(alphas)
