"""Margins of one colour around a picture."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.imaging.margins import content_box


def page(rows: int, columns: int, color: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    """A page of one colour, as noisy as a JPEG file."""
    noise = np.random.default_rng(seed).integers(-5, 6, (rows, columns, 3))
    return np.clip(np.array(color) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("color", [(255, 255, 255), (20, 24, 30), (90, 160, 90)])
@pytest.mark.parametrize(("rows", "columns"), [(200, 200), (900, 500), (2000, 3000)])
def test_the_box_holds_the_content_in_the_pictures_aspect(color, rows, columns) -> None:
    """To within a pixel of the reduced picture, wherever the content lies."""
    rng = np.random.default_rng(rows)
    for _ in range(6):
        top, left = int(rng.integers(9, rows // 2)), int(rng.integers(9, columns // 2))
        bottom, right = top + rows // 3, left + columns // 4
        picture = page(rows, columns, color)
        picture[top:bottom, left:right] = (200, 30, 40)
        box = content_box(picture)
        assert box is not None
        slack = max(rows, columns) / 256 + 1
        assert box[0].start <= top + slack and box[0].stop >= bottom - slack
        assert box[1].start <= left + slack and box[1].stop >= right - slack
        height, width = box[0].stop - box[0].start, box[1].stop - box[1].start
        assert height / rows == pytest.approx(1 / 3, abs=0.03) and width / columns == pytest.approx(1 / 3, abs=0.03)


def test_no_box_without_a_margin_worth_cutting() -> None:
    blank = page(120, 120, (255, 255, 255))
    assert content_box(blank) is None
    full = blank.copy()
    full[4:118, 3:117] = (10, 60, 200)
    assert content_box(full) is None
    bleeding = blank.copy()
    bleeding[40:, 50:80] = (10, 60, 200)  # the figure is cut off by the lower edge
    assert content_box(bleeding) is None
    photograph = np.random.default_rng(1).integers(0, 255, (120, 120, 3)).astype(np.uint8)
    assert content_box(photograph) is None


def test_dust_is_no_content() -> None:
    picture = page(240, 240, (250, 250, 245))
    picture[100:150, 90:140] = (40, 90, 160)
    clean = content_box(picture)
    picture[10, 15] = picture[220, 230] = 0
    assert content_box(picture) == clean


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 500), (3, 2)])
def test_the_smallest_pictures(rows, columns) -> None:
    picture = np.full((rows, columns, 3), 255, np.uint8)
    picture[rows // 2, columns // 2] = 0
    box = content_box(picture)
    assert box is None or picture[box].size
