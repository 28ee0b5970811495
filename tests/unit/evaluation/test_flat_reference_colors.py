"""Figures of colours from references: which regions count, what is wrong, what is invented, and on which pages."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.evaluation import flat_reference_colors
from huebrush_backend.evaluation.flat_reference_colors import (
    SourceTally,
    evaluate_reference_colors,
    regions_of,
    score_sources,
)
from huebrush_backend.evaluation.sets import EvaluationPair, View
from huebrush_backend.imaging.color import with_alpha
from huebrush_protocol.regions import FROM_PICTURE, FROM_REFERENCE

COLORS = np.array([(255, 255, 255), (200, 30, 40), (30, 60, 210)], np.uint8)
STRANGE = (20, 200, 60)


def pair() -> EvaluationPair:
    """A white ground; on it, between lines, two areas of part 1 and one of part 2, which is the reference's half."""
    labels = np.zeros((100, 100), np.int16)
    labels[10:40, 10:90] = 1
    labels[60:90, 10:90] = 2
    lines = np.full((100, 100), 255, np.uint8)
    lines[10:40, 49:51] = 0
    shown = View(COLORS[labels], labels)
    return EvaluationPair(lines, labels, COLORS, ("ground", "coat", "hat"), shown, shown, background=frozenset({0}))


def test_right_regions_are_areas_of_one_part_between_lines() -> None:
    drawn = pair()
    labels = regions_of(drawn, drawn.reference)
    assert labels.max() == 4
    assert len({int(labels[5, 5]), int(labels[20, 20]), int(labels[20, 80]), int(labels[70, 50])}) == 4
    assert (labels[10:40, 49:51] == 0).all()
    without_hat = View(drawn.reference.picture, np.where(drawn.labels == 2, 0, drawn.labels))
    assert regions_of(drawn, without_hat).max() == 3


def test_wrong_regions_and_invented_colours_are_counted_for_each_way() -> None:
    drawn, tally = pair(), SourceTally()
    right = with_alpha(drawn.truth)
    off = right.copy()
    off[10:40, 10:50, :3] = COLORS[2]  # wrong, but a colour of the reference
    off[60:90, 10:90, :3] = STRANGE
    off[60:62, :, :3] = COLORS[2]  # not the region's commonest colour
    score_sources(drawn, drawn.reference, {FROM_REFERENCE: right, FROM_PICTURE: off}, tally)
    found = tally.summary()
    assert (found["pages"], found["regions"]) == (1, 4)
    assert (found["wrong"], found["wrong_picture"], found["wrong_gain"]) == (0, 0.5, 0.5)
    assert found["invented"] == 0
    assert found["invented_picture"] == pytest.approx(28 / (28 + 2 + 30), abs=0.02)
    assert found["wrong_error"] is None, "one page has no error"


def test_the_pages_are_of_both_kinds_with_both_references(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, bool, str]] = []

    def made(engine: object, line_art: np.ndarray, reference: np.ndarray, way: str, seed: int) -> np.ndarray:
        same = reference.shape == (*line_art.shape, 3) and bool((reference[line_art < 64] < 128).mean() > 0.9)
        seen.append((line_art.shape[0], same, way))
        return with_alpha(np.full((*line_art.shape, 3), 255, np.uint8))

    monkeypatch.setattr(flat_reference_colors, "made_flats", made)
    steps: list[str] = []
    report = evaluate_reference_colors(3, 4, steps.append)
    assert [(side, way) for side, _, way in seen] == [
        (side, way) for side in (512, 256, 512) for way in (FROM_REFERENCE, FROM_PICTURE)
    ]
    assert [same for _, same, _ in seen[::2]] == [False, False, True]
    assert len(steps) == 3
    assert (report["pages"], report["other_drawing"]["pages"], report["same_drawing"]["pages"]) == (3, 2, 1)
    assert report["wrong"] == report["wrong_picture"]
    assert 0 < report["wrong"] <= 1
