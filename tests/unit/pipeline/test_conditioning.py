"""Line art and references on their way into the networks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from huebrush_backend.pipeline.canvas import SIZE_MULTIPLE, canvas_size, reduce_line_art
from huebrush_backend.pipeline.conditioning import fit_sketch, picture_array, picture_tensor, sketch_tensor
from hypothesis import given
from hypothesis import strategies as st

sides = st.integers(1, 9000)


@given(width=sides, height=sides, native=st.sampled_from([256, 512, 768]))
def test_canvas_sides_are_multiples_of_64_and_keep_the_area(width: int, height: int, native: int) -> None:
    rows, columns = canvas_size(width, height, native)
    assert rows % SIZE_MULTIPLE == columns % SIZE_MULTIPLE == 0
    assert 0.6 * native**2 <= rows * columns <= 1.6 * native**2


def test_a_square_drawing_gets_the_native_size() -> None:
    assert canvas_size(4096, 4096, 256) == (256, 256)


def test_a_portrait_gets_a_portrait_canvas() -> None:
    rows, columns = canvas_size(2480, 3508, 512)
    assert rows > columns


def test_the_sketch_is_centred_on_paper_with_truncated_size() -> None:
    sketch = torch.ones(1, 3, 101, 67)
    canvas, box = fit_sketch(sketch, 128, 128)
    assert (box.height, box.width) == (128, int(67 * 128 / 101))
    assert box.left == (128 - box.width) // 2
    assert torch.all(canvas[..., : box.left] == -1)
    assert torch.allclose(canvas[..., box.left : box.left + box.width], torch.tensor(1.0), atol=1e-4)


def test_thin_lines_of_a_large_page_stay_dark() -> None:
    ink = np.zeros((4096, 4096), np.float32)
    ink[2000:2004] = 1
    reduced = reduce_line_art(ink, 256, 256)
    assert reduced.shape == (256, 256)
    assert reduced.max() > 0.6
    assert reduced[:100].max() == 0


def test_small_line_art_is_not_touched() -> None:
    ink = np.random.default_rng(0).random((100, 80)).astype(np.float32)
    np.testing.assert_array_equal(reduce_line_art(ink, 256, 256), ink)


def test_ink_becomes_plus_one_and_paper_minus_one() -> None:
    sketch = sketch_tensor(np.array([[0.0, 1.0]], np.float32))
    assert sketch.shape == (1, 3, 1, 2)
    assert sketch[0, 0].tolist() == [[-1.0, 1.0]]


def test_a_picture_survives_the_way_to_a_tensor_and_back() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    back = picture_array(picture_tensor(rgb)).astype(int)
    assert np.abs(back - rgb).max() <= 1  # truncated, not rounded


def test_values_beyond_the_range_are_clamped() -> None:
    assert picture_array(torch.tensor([-3.0, 3.0]).view(1, 1, 1, 2).expand(1, 3, 1, 2)).tolist() == [
        [[0] * 3, [255] * 3]
    ]


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1)])
def test_extreme_shapes_fit_a_canvas(shape: tuple[int, int]) -> None:
    height, width = canvas_size(shape[1], shape[0], 256)
    canvas, box = fit_sketch(sketch_tensor(np.ones(shape, np.float32)), height, width)
    assert canvas.shape == (1, 3, height, width)
    assert box.width >= 1 and box.height >= 1
