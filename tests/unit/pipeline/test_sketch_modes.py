"""The official interface's ways to prepare a sketch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from huebrush_backend.pipeline.sketch_modes import SKETCH_MODES, prepare_sketch


def page(paper: int, ink: int) -> np.ndarray:
    picture = np.full((64, 64, 3), paper, np.uint8)
    picture[30:33] = ink
    return picture


def test_dark_lines_become_light() -> None:
    sketch = prepare_sketch(page(255, 0), "invert")
    assert sketch.shape == (1, 3, 64, 64)
    assert (sketch[0, :, 31, 5] == 1).all()
    assert (sketch[0, :, 5, 5] == -1).all()


def test_light_lines_on_black_stay() -> None:
    assert torch.equal(prepare_sketch(page(0, 255), "none"), prepare_sketch(page(255, 0), "invert"))


@pytest.mark.parametrize("paper", [255, 180, 120])
def test_local_contrast_takes_grey_paper_away(paper: int) -> None:
    sketch = prepare_sketch(page(paper, 0), "invert-webui")
    assert (sketch[0, :, 5, 5] == -1).all()
    assert (sketch[0, :, 31, 5] > -0.2).all()


@pytest.mark.parametrize("mode", SKETCH_MODES)
def test_an_empty_page_gives_an_even_sketch(mode: str) -> None:
    sketch = prepare_sketch(np.full((9, 11, 3), 255, np.uint8), mode)
    assert len(sketch.unique()) == 1


def test_an_unknown_mode_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="none, invert, invert-webui"):
        prepare_sketch(page(255, 0), "extract")
