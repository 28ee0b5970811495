"""Classifier-free guidance: which branches run, and how they are combined."""

from __future__ import annotations

import pytest
import torch
from huebrush_backend.pipeline.guidance import Guidance, GuidanceWindow

CONDITIONAL, NO_REFERENCE, NO_SKETCH = (torch.full((1, 2, 3, 3), value) for value in (5.0, 2.0, 1.0))


@pytest.mark.parametrize(("reference", "sketch", "branches"), [(1, 1, 1), (0.5, 1, 1), (4, 1, 2), (1, 2, 2), (4, 2, 3)])
def test_a_scale_of_one_or_less_costs_no_branch(reference: float, sketch: float, branches: int) -> None:
    assert Guidance(reference, sketch).branches == branches


def test_without_guidance_the_conditional_prediction_is_returned() -> None:
    assert torch.equal(Guidance(1, 1).combine(CONDITIONAL), CONDITIONAL)


def test_reference_guidance_moves_away_from_the_prediction_without_reference() -> None:
    combined = Guidance(4, 1).combine(torch.cat([CONDITIONAL, NO_REFERENCE]))
    torch.testing.assert_close(combined, torch.full_like(combined, 2 + 4 * (5 - 2)))


def test_dual_guidance_is_the_mean_of_the_two_single_ones() -> None:
    combined = Guidance(4, 2).combine(torch.cat([CONDITIONAL, NO_REFERENCE, NO_SKETCH]))
    torch.testing.assert_close(combined, torch.full_like(combined, ((2 + 4 * 3) + (1 + 2 * 4)) / 2))


def test_the_branch_without_reference_is_the_second() -> None:
    assert Guidance(4, 2).unconditional_rows == (1,)
    assert Guidance(1, 2).unconditional_rows == ()


def test_sketch_features_are_null_only_in_the_branch_without_sketch() -> None:
    sketch_features, null = [torch.ones(1, 2, 4, 4)], [torch.zeros(1, 2, 4, 4)]
    (batch,) = Guidance(4, 2).batch_sketch_features(sketch_features, null)
    assert [bool(row.any()) for row in batch] == [True, True, False]


def test_sketch_guidance_without_null_features_is_refused() -> None:
    with pytest.raises(ValueError, match="empty sketch"):
        Guidance(1, 2).batch_sketch_features([torch.ones(1, 2, 4, 4)], None)


@pytest.mark.parametrize(
    ("window", "seen"),
    [
        (GuidanceWindow(), [True] * 5),
        (GuidanceWindow(start=0.3), [False, False, True, True, True]),
        (GuidanceWindow(end=0.5), [True, True, True, False, False]),
        (GuidanceWindow(pause_start=0.2, pause_end=0.6), [True, False, False, True, True]),
    ],
)
def test_the_reference_is_seen_within_the_window_alone(window: GuidanceWindow, seen: list[bool]) -> None:
    assert [window.is_open(timestep, 1000) for timestep in (1000, 750, 500, 250, 0)] == seen
