"""Hatching that runs from outline to outline cuts an area into strips; they belong together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.sizes import Component


def hatching_groups(
    components: Component, free: NDArray[np.uint8], line_width: float, gap: float
) -> list[tuple[int, int]]:
    """Return pairs of areas that are strips of one hatched area."""
    return []
