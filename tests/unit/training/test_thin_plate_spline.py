"""Thin-plate splines over references."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.training.strategies.thin_plate_spline import thin_plate_spline

CORNERS = [[8.0, 8.0], [88.0, 8.0], [8.0, 56.0], [88.0, 56.0]]


def dot(x: int, y: int) -> torch.Tensor:
    """Return a black picture, 96 wide and 64 high, with a white square around (x, y)."""
    picture = torch.zeros(1, 3, 64, 96)
    picture[..., y - 2 : y + 2, x - 2 : x + 2] = 1
    return picture


def place(picture: torch.Tensor) -> list[float]:
    """Return the (x, y) around which the picture is white."""
    plane = picture[0, 0] / picture[0, 0].sum()
    x = (plane.sum(dim=0) * (torch.arange(96) + 0.5)).sum()
    y = (plane.sum(dim=1) * (torch.arange(64) + 0.5)).sum()
    return [float(x), float(y)]


def test_what_was_at_a_point_comes_to_lie_where_it_was_moved() -> None:
    before, after = torch.tensor([[*CORNERS, [40.0, 30.0]]]), torch.tensor([[*CORNERS, [50.0, 36.0]]])
    assert place(thin_plate_spline(dot(40, 30), before, after)) == pytest.approx([50, 36], abs=1.0)


def test_every_picture_of_a_batch_has_points_of_its_own() -> None:
    before = torch.tensor([[*CORNERS, [40.0, 30.0]]]).repeat(2, 1, 1)
    after = before.clone()
    after[1, -1] += torch.tensor([10.0, 6.0])
    both = thin_plate_spline(dot(40, 30).repeat(2, 1, 1, 1), before, after)
    alone = thin_plate_spline(dot(40, 30), before[1:], after[1:])
    assert torch.allclose(both[1:], alone, atol=1e-5)
    assert place(both[:1]) == pytest.approx([40, 30], abs=1.0)


def test_what_lies_outside_the_picture_is_zero() -> None:
    before = torch.tensor([CORNERS])
    moved = thin_plate_spline(torch.ones(1, 3, 64, 96), before, before + torch.tensor([40.0, 0.0]))
    assert (moved[..., :38] == 0).all()
    assert (moved[..., 1:, 42:] > 0.99).all()  # the first row is half outside


def test_points_on_a_line_are_refused() -> None:
    points = torch.tensor([[[0.0, 0.0], [24.0, 16.0], [48.0, 32.0]]])
    with pytest.raises(RuntimeError, match="singular"):
        thin_plate_spline(dot(40, 30), points, points)
