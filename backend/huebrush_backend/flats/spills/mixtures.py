"""Colours that lie between two others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.splitting.color_patches import squares


def between(
    seen: NDArray[np.float32], one: NDArray[np.float32], other: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return the places of the colours `seen` on the lines from `one` to `other`, (n,3) each in any space.

    That is (n,) the share of `other`, 0 at `one` and 1 at `other`; (n,) the squared distance from the line; and (n,)
    the squared length of the line.
    """
    step, off = other - one, seen - one
    square = squares(step)
    along = np.einsum("ik,ik->i", off, step) / np.maximum(square, 1e-9)
    return along, squares(off) - along**2 * square, square
