"""Text manipulation of the reference, and its heatmap."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch
from huebrush_backend.manipulation.edits import TextEdit, edit_global, edit_local
from huebrush_backend.manipulation.heatmap import heatmap_levels
from huebrush_backend.manipulation.position_weights import position_weights
from judging import Judge
from small_clip import encode_picture, encode_texts
from vectors import Case, cases_of

HEATMAP_TOLERANCE = 1e-3
"""Share of the pixels that may lie on another level."""


@pytest.mark.parametrize("case", cases_of("position_weights"), ids=lambda case: case.id)
def test_position_weights_are_as_recorded(case: Case, judge: Judge) -> None:
    weights = position_weights(case.tensor("projection"), case.params["strength"], case.params["thresholds"])
    judge(case, {"weights": weights})


@torch.inference_mode()
@pytest.mark.parametrize("case", cases_of("manipulate_local"), ids=lambda case: case.id)
def test_local_edits_are_as_recorded(case: Case, judge: Judge) -> None:
    edits = [
        TextEdit(target, None if anchor == "none" else anchor, control, strength, enhanced, tuple(thresholds))
        for target, anchor, control, strength, enhanced, thresholds in zip(
            *(case.params[name] for name in ("targets", "anchors", "controls", "scales", "enhanced", "thresholds")),
            strict=True,
        )
    ]
    judge(case, {"tokens": edit_local(case.tensor("tokens"), edits, partial(encode_texts, case.vectors))})


@torch.inference_mode()
@pytest.mark.parametrize("case", cases_of("manipulate_global"), ids=lambda case: case.id)
def test_global_edits_are_as_recorded(case: Case, judge: Judge) -> None:
    edits = [
        TextEdit(target, None if anchor == "none" else anchor, strength=strength, enhanced=enhanced)
        for target, anchor, strength, enhanced in zip(
            *(case.params[name] for name in ("targets", "anchors", "scales", "enhanced")), strict=True
        )
    ]
    judge(case, {"token": edit_global(case.tensor("tokens")[:, :1], edits, partial(encode_texts, case.vectors))})


@torch.inference_mode()
@pytest.mark.parametrize("case", cases_of("heatmap"), ids=lambda case: case.id)
def test_heatmaps_are_as_recorded(case: Case, judge: Judge) -> None:
    picture = case.tensor("image")
    tokens = encode_picture(case.vectors, picture)[1][:, 1:]
    text = encode_texts(case.vectors, [case.params["text"]])
    levels = heatmap_levels(tokens, text, picture.shape[-2], picture.shape[-1], case.params["thresholds"])
    expected = case.expected()
    assert len(levels) == len(expected)
    errors = {
        f"level{number}": float(np.mean(level[..., None] != expected[f"level{number}"]))
        for number, level in enumerate(levels)
    }
    judge.record(case, errors, HEATMAP_TOLERANCE)
