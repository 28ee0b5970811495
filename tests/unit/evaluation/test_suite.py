"""The held-out pairs, the floors, and the sums."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.evaluation.pairs import HeldOutPair, held_out_pair, visible_parts_of
from huebrush_backend.evaluation.sheet import contact_sheet
from huebrush_backend.evaluation.suite import LEFT_OUT, Evaluation, evaluate
from huebrush_backend.synthesis import PART_CLASSES

PAIRS = 6


def perfect(pair: HeldOutPair, with_reference: bool, seed: int) -> np.ndarray:
    """Know the answer when there is a reference; be grey without one."""
    return pair.truth if with_reference else np.full_like(pair.truth, 128)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(perfect, PAIRS, seed=3, keep=3)


def test_a_set_is_always_the_same() -> None:
    first, again = held_out_pair(0, 1), held_out_pair(0, 1)
    assert np.array_equal(first.drawing.labels, again.drawing.labels)
    assert np.array_equal(first.drawing.ink, again.drawing.ink)
    assert np.array_equal(first.reference, again.reference)
    assert np.array_equal(first.truth, again.truth)


def test_other_seeds_and_other_indices_are_other_pairs() -> None:
    pictures = [held_out_pair(seed, index).truth for seed, index in ((0, 0), (0, 1), (1, 0), (2**32 - 1, 0))]
    for number, picture in enumerate(pictures):
        assert not any(np.array_equal(picture, other) for other in pictures[number + 1 :])


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        held_out_pair(seed, 0)


def test_reference_and_drawing_differ_but_share_parts_and_colours() -> None:
    pair = held_out_pair(0, 2)
    shared = visible_parts_of(pair.drawing.labels) & visible_parts_of(pair.reference_drawing.labels)
    assert shared.sum() >= 2
    assert (pair.drawing.labels != pair.reference_drawing.labels).mean() > 0.05
    assert np.array_equal(pair.truth, pair.palette.colors[pair.drawing.labels])


def test_the_right_answer_scores_full_marks(evaluation: Evaluation) -> None:
    report = evaluation.report
    assert report["part_colour_accuracy"] == 1
    assert report["median_delta_e"] < 0.01
    assert report["parts_scored"] > 2 * PAIRS
    lines = report["line_fidelity"]
    assert {name: lines[name] for name in ("recall", "precision")} == lines["ceiling"]
    assert lines["recall"] > 0.95
    assert lines["precision"] > 0.8


def test_every_floor_is_far_below(evaluation: Evaluation) -> None:
    for floor in ("chance", "no_reference", "copy_by_position"):
        figures = evaluation.report[floor]
        assert figures["part_colour_accuracy"] < 0.6, floor
        assert figures["median_delta_e"] > 5, floor
        assert figures["parts_scored"] == evaluation.report["parts_scored"]
    assert evaluation.report["no_reference"]["line_fidelity"]["recall"] == 0


def test_the_table_holds_all_parts_and_the_headline_leaves_out_what_can_be_guessed(evaluation: Evaluation) -> None:
    parts = evaluation.report["parts"]
    left_out = evaluation.report["left_out"]
    assert left_out == [PART_CLASSES[part] for part in LEFT_OUT] == ["eye white", "mouth"]
    counted = sum(figures["count"] for part, figures in parts.items() if part not in left_out)
    assert counted == evaluation.report["parts_scored"]
    assert all(figures["accuracy"] == 1 for figures in parts.values())


def test_progress_is_told_and_seeds_differ() -> None:
    told: list[int] = []
    seeds: list[int] = []

    def paint(pair: HeldOutPair, with_reference: bool, seed: int) -> np.ndarray:
        seeds.append(seed)
        return pair.truth

    evaluate(paint, 2, seed=0, on_pair=told.append)
    assert told == [1, 2]
    assert seeds == [0, 0, 1, 1]


def test_the_sheet_shows_the_kept_pairs(evaluation: Evaluation) -> None:
    assert len(evaluation.examples) == 3
    sheet = contact_sheet(evaluation.examples)
    assert sheet.dtype == np.uint8
    assert sheet.shape[0] == 2 * 256 + 6
    pair, _ = evaluation.examples[0]
    assert np.array_equal(sheet[:256, 262:518], pair.reference)
    assert np.array_equal(sheet[:256, 786:1042], pair.truth)
