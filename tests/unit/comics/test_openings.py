"""Panels whose borders do not quite close are parted from what runs into them."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.comics.openings import parted_at_openings


@pytest.mark.parametrize("between", [4, 10])
def test_two_panels_with_a_passage_between_them_are_parted(between: int) -> None:
    """Nothing may be left of a short passage: then there is no third part."""
    area = np.zeros((400, 700), np.uint8)
    area[50:350, 50:320] = area[50:350, 320 + between : 640] = 1
    area[180:186, 320 : 320 + between] = 1
    parts = parted_at_openings(area, 60, 60, (800, 900), 800)
    assert all(mask.any() for mask, _, _ in parts)
    assert sum(int(mask.sum()) for mask, _, _ in parts) == int(area.sum())
    large = [mask.shape for mask, _, _ in parts if mask.sum() > 1000]
    assert sorted(shape[0] for shape in large) == [300, 300]
