"""Scores of flats on comic pages."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.evaluation import flat_comics
from huebrush_backend.evaluation.flat_comics import evaluate_comics
from huebrush_backend.evaluation.flat_kinds import DRAWN_KINDS


def test_two_pages_are_found_right() -> None:
    steps: list[str] = []
    report = evaluate_comics(2, 6, steps.append, ("grid", "bleeding"))
    assert report["pages"] == 2 and len(steps) == 2
    assert report["gutters_painted"] == 0.0 and report["balloons_painted"] <= 0.01
    assert report["lost"] <= 0.02 and report["panels_right"] >= 0.5
    assert set(report["gutters_painted_by_kind"]) == set(report["balloons_painted_by_kind"]) == {"grid", "bleeding"}


def test_without_a_layout_gutters_and_balloons_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat_comics, "find_layout", lambda ink: None)
    report = evaluate_comics(1, 6, kinds=("grid",))
    assert report["gutters_painted"] == 1.0 and report["balloons_painted"] == 1.0 and report["without_layout"] == 1


def test_wrong_colours_in_patches_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        flat_comics, "_likeliest", lambda labels, page, count: np.full((count + 1, 3), (1, 200, 7), np.uint8)
    )
    assert evaluate_comics(1, 6, kinds=("grid",))["lost"] > 0.5


def test_strips_are_a_kind_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short one here; layout, gutters and colours are judged as on pages."""
    monkeypatch.setattr(flat_comics, "STRIP_SIZE", (300, 1200))
    steps: list[str] = []
    report = DRAWN_KINDS["strips"].evaluate(2, 6, steps.append)
    assert steps == ["comic page 1 of 2, strip", "comic page 2 of 2, strip"]
    assert list(report["lost_by_kind"]) == ["strip"]
    assert report["panels"] >= 4
    assert report["lost"] < 0.1
    assert report["gutters_painted"] < 0.1
