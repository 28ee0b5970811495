"""Edits by text: what they move, and what they leave alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from huebrush_backend.manipulation.edits import TextEdit, edit_global, edit_local, is_active
from huebrush_backend.manipulation.heatmap import heatmap_levels, heatmap_picture
from huebrush_backend.manipulation.position_weights import normalize, position_weights, project

WORDS = ("red hair", "blue hair", "hair")
VECTORS = F.normalize(torch.randn(len(WORDS), 1, 8, generator=torch.Generator().manual_seed(3)), dim=-1)
TOKENS = torch.randn(1, 17, 8, generator=torch.Generator().manual_seed(4))


def encode(texts: Sequence[str]) -> torch.Tensor:
    return torch.cat([VECTORS[WORDS.index(text)][None] for text in texts])


@pytest.mark.parametrize("control", [None, "hair"])
def test_a_local_edit_leaves_the_global_token_alone(control: str | None) -> None:
    edited = edit_local(TOKENS, [TextEdit("red hair", control=control)], encode)
    assert torch.equal(edited[:, 0], TOKENS[:, 0])
    assert not torch.allclose(edited[:, 1:], TOKENS[:, 1:])


def test_without_a_control_every_token_moves_by_the_same_step() -> None:
    steps = edit_local(TOKENS, [TextEdit("red hair", "blue hair")], encode)[0, 1:] - TOKENS[0, 1:]
    assert torch.allclose(steps, steps[:1].expand_as(steps), atol=1e-5)


def test_a_global_edit_sets_how_far_the_token_lies_in_the_direction_of_the_target() -> None:
    edited = edit_global(TOKENS[:, :1], [TextEdit("red hair", strength=5.0)], encode)
    assert project(edited, encode(["red hair"])).item() == pytest.approx(5.0, abs=1e-5)


def test_an_enhanced_global_edit_takes_the_anchor_out() -> None:
    edited = edit_global(TOKENS[:, :1], [TextEdit("red hair", "blue hair", strength=0.0, enhanced=True)], encode)
    assert project(edited, encode(["blue hair"])).item() == pytest.approx(0.0, abs=1e-5)


def test_edits_follow_one_another() -> None:
    first, second = TextEdit("red hair", control="hair"), TextEdit("blue hair", "red hair", "hair", 3.0)
    apart = edit_local(edit_local(TOKENS, [first], encode), [second], encode)
    assert torch.equal(edit_local(TOKENS, [first, second], encode), apart)


def test_edits_without_strength_are_not_active() -> None:
    assert not is_active([])
    assert not is_active([TextEdit("red hair", strength=0.0)])
    assert is_active([TextEdit("red hair", strength=0.0), TextEdit("blue hair", strength=0.25)])


def test_position_weights_rise_with_the_projection_and_jump_nowhere_but_at_the_lowest_threshold() -> None:
    projection = torch.linspace(-3, 5, 2001).view(1, -1, 1)
    weights = position_weights(projection, 2.0)[0, :, 0]
    steps = weights.diff()
    assert weights[0] == -4.0
    assert weights[-1] == 2.0
    assert (steps >= -1e-6).all()
    assert (steps > 0.1).sum() == 1


def test_equal_projections_give_the_full_weight_and_no_nan() -> None:
    assert torch.equal(position_weights(torch.full((1, 4, 1), 0.3), 2.0), torch.full((1, 4, 1), 2.0))
    assert torch.equal(normalize(torch.zeros(1, 2, 2), (-2, -1)), torch.ones(1, 2, 2))


def test_equal_thresholds_leave_no_nan() -> None:
    weights = position_weights(torch.linspace(0, 1, 9).view(1, 9, 1), 1.0, (0.5, 0.5, 0.5, 0.5))
    assert set(weights.flatten().tolist()) == {-2.0, 1.0}


@pytest.mark.parametrize(
    "thresholds", [(0.5, 0.4, 0.6, 0.7), (0.1, 0.2, 0.3), (-0.1, 0.2, 0.3, 0.4), (0.1, 0.2, 0.3, 1.1)]
)
def test_thresholds_that_make_no_sense_are_refused(thresholds: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        TextEdit("red hair", thresholds=thresholds)


def test_a_heatmap_is_warm_where_the_text_is_found() -> None:
    text = encode(["hair"])
    tokens = torch.zeros(1, 16, 8)
    tokens[0, :8] = text[0, 0]  # the upper half of a 4 x 4 grid
    levels = heatmap_levels(tokens, text, 64, 48)
    assert levels.shape == (4, 64, 48)
    assert set(np.unique(levels)) == {0, 63}
    picture = heatmap_picture(np.full((64, 48, 3), 128, np.uint8), levels, 4)
    upper, lower = picture[20, 18].astype(int), picture[60, 18].astype(int)
    assert upper[0] > upper[2]
    assert lower[2] > lower[0]
    assert (picture[16] == 0).all()
    assert (picture[:, 36] == 0).all()
