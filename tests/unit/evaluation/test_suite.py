"""The evaluation of a painter: what is painted, what is scored, the floors, and what cancelling leaves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.evaluation.painters import DEFAULT_GUIDANCE, GuidanceSetting, PaintTask
from huebrush_backend.evaluation.reference_kinds import REFERENCE_KINDS
from huebrush_backend.evaluation.report import comparison_report, evaluation_report
from huebrush_backend.evaluation.sets import GUESSED_PARTS, EvaluationPair, PairsError, View, example_pairs, frozen_pair
from huebrush_backend.evaluation.sheet import pairs_sheet
from huebrush_backend.evaluation.statistics import median
from huebrush_backend.evaluation.suite import Evaluation, Questions, evaluate
from huebrush_backend.synthesis import PART_CLASSES

PAIRS = 6
SET = 3


class Knowing:
    """Painter that knows the answer to the `pairs` when there is a reference, and is grey without one."""

    def __init__(self, pairs: Sequence[EvaluationPair]) -> None:
        self.pairs = pairs
        self.tasks: list[PaintTask] = []

    def __call__(self, tasks: Sequence[PaintTask]) -> list[np.ndarray]:
        self.tasks += tasks
        return [self.paint(task) for task in tasks]

    def paint(self, task: PaintTask) -> np.ndarray:
        (pair,) = (pair for pair in self.pairs if np.array_equal(pair.line_art, task.line_art))
        return pair.truth if task.reference is not None else np.full_like(pair.truth, 128)


class Misled(Knowing):
    """Painter that paints everything grey after a mirrored reference."""

    def paint(self, task: PaintTask) -> np.ndarray:
        picture = super().paint(task)
        is_mirrored = task.reference is not None and any(
            np.array_equal(task.reference, pair.reference.picture[:, ::-1]) for pair in self.pairs
        )
        return np.full_like(picture, 128) if is_mirrored else picture


@pytest.fixture(scope="module")
def pairs() -> list[EvaluationPair]:
    return [frozen_pair(SET, index) for index in range(PAIRS)]


@pytest.fixture(scope="module")
def evaluation(pairs: list[EvaluationPair]) -> Evaluation:
    return evaluate({"model": Knowing(pairs)}, pairs, Questions(keep=3), SET)


def test_the_right_answer_scores_full_marks(evaluation: Evaluation) -> None:
    report = evaluation_report(evaluation)
    assert report["part_colour_accuracy"] == 1
    assert report["median_delta_e"] < 0.01
    assert report["parts_scored"] > 2 * PAIRS
    lines = report["line_fidelity"]
    assert {name: lines[name] for name in ("recall", "precision")} == lines["ceiling"]
    assert lines["recall"] > 0.95
    assert lines["precision"] > 0.8
    # The right answer has colours that the reference lacks only where it has parts that the reference does not show.
    assert report["references"]["cross"]["invented"] < 0.25


def test_every_figure_has_its_standard_error(evaluation: Evaluation) -> None:
    report = evaluation_report(evaluation)
    cross = report["references"]["cross"]
    assert report["standard_error"] == cross["standard_error"] == 0
    for figures in (report, *(report[floor] for floor in ("chance", "no_reference", "copy_by_position"))):
        assert figures["standard_errors"].keys() == {"median_delta_e", "line_recall", "line_precision"}
    for floor in ("chance", "copy_by_position"):
        assert 0.01 < report[floor]["standard_error"] < 0.3
        assert report[floor]["standard_errors"]["median_delta_e"] > 1
    errors = [report["standard_errors"][f"line_{name}"] for name in ("recall", "precision")]
    assert list(report["line_fidelity"]["ceiling_standard_errors"].values()) == errors
    for figures in report["parts"].values():
        assert figures["standard_error"] == (None if figures["count"] == 1 else 0)


def test_every_floor_is_far_below(evaluation: Evaluation) -> None:
    report = evaluation_report(evaluation)
    for floor in ("chance", "no_reference", "copy_by_position"):
        figures = report[floor]
        assert figures["part_colour_accuracy"] < 0.6, floor
        assert figures["median_delta_e"] > 5, floor
        assert figures["parts_scored"] == report["parts_scored"]
    assert report["no_reference"]["line_fidelity"]["recall"] == 0


def test_the_table_holds_all_parts_and_the_headline_leaves_out_what_can_be_guessed(evaluation: Evaluation) -> None:
    report = evaluation_report(evaluation)
    parts = report["parts"]
    assert report["left_out"] == [PART_CLASSES[part] for part in sorted(GUESSED_PARTS)] == ["eye white", "mouth"]
    counted = sum(figures["count"] for part, figures in parts.items() if part not in report["left_out"])
    assert counted == report["parts_scored"]
    assert all(figures["accuracy"] == 1 for figures in parts.values())


def test_only_what_is_asked_for_is_painted_and_each_pair_has_its_noise(pairs: list[EvaluationPair]) -> None:
    painter, told = Knowing(pairs), []
    report = evaluation_report(
        evaluate({"model": painter}, pairs[:2], Questions(kinds=("mirrored",)), on_picture=told.append)
    )
    assert [task.seed for task in painter.tasks] == [0, 1]
    assert told == [1, 2]
    assert list(report["references"]) == ["mirrored"]
    unasked = ("part_colour_accuracy", "median_delta_e", "line_fidelity", "distribution_gap", "entanglement")
    assert [report[name] for name in unasked] == [None] * len(unasked)
    assert report["standard_error"] is report["standard_errors"] is None
    for floor in ("chance", "no_reference", "copy_by_position"):
        assert report[floor]["part_colour_accuracy"] is None


def test_all_references_give_a_gap_and_an_entanglement(pairs: list[EvaluationPair]) -> None:
    painter = Misled(pairs)
    report = evaluation_report(evaluate({"model": painter}, pairs[:3], Questions(kinds=REFERENCE_KINDS)))
    assert list(report["references"]) == list(REFERENCE_KINDS)
    for figures in report["references"].values():
        assert {"part_colour_accuracy", "median_delta_e", "invented", "standard_error"} <= figures.keys()
    assert report["references"]["mirrored"]["part_colour_accuracy"] < 0.6
    assert report["distribution_gap"] == report["distribution_gap_standard_error"] == 0
    assert report["moved_delta_e"]["another_seed"] == report["moved_delta_e"]["shifted_15"] == 0
    assert report["moved_delta_e"]["mirrored"] > 5
    moved = report["moved_delta_e_standard_errors"]
    assert moved.keys() == report["moved_delta_e"].keys()
    assert moved["another_seed"] == 0 < moved["mirrored"]
    assert len({task.seed for task in painter.tasks}) == 6, "each pair is painted with one other seed as well"


def test_settings_of_the_guidance_are_compared_on_the_same_pairs(pairs: list[EvaluationPair]) -> None:
    strong = GuidanceSetting("5", 5.0, 1.0)

    class Weak(Knowing):
        def paint(self, task: PaintTask) -> np.ndarray:
            picture = super().paint(task)
            return np.full_like(picture, 128) if task.guidance == strong else picture

    questions = Questions(kinds=("cross",), guidances=(DEFAULT_GUIDANCE, strong))
    guidance = evaluation_report(evaluate({"model": Weak(pairs)}, pairs, questions))["guidance"]
    assert "difference" not in guidance["default"]
    found = guidance["5"]["difference"]["cross.part_colour_accuracy"]
    figures = [guidance[name]["references"]["cross"]["part_colour_accuracy"] for name in ("5", "default")]
    assert found["difference"] == pytest.approx(figures[0] - figures[1])
    assert found["verdict"] == guidance["5"]["difference"]["cross.median_delta_e"]["verdict"] == "worse"


def test_a_better_model_is_to_be_published_and_a_worse_one_not(pairs: list[EvaluationPair]) -> None:
    good, bad = Knowing(pairs), Misled(pairs)
    questions = Questions(kinds=("cross", "mirrored", "shifted_30", "half_on_white"))
    for painters, is_better in (({"model": good, "other": bad}, True), ({"model": bad, "other": good}, False)):
        comparison = comparison_report(evaluate(painters, pairs, questions))
        assert comparison["verdict"]["publish"] is is_better
        assert ("mirrored.median_delta_e" in comparison["verdict"]["worse"]) is not is_better
        assert comparison["differences"]["cross.part_colour_accuracy"]["verdict"] == "same"


def test_cancelling_keeps_the_finished_pairs(pairs: list[EvaluationPair]) -> None:
    painter = Knowing(pairs)
    evaluation = evaluate(
        {"model": painter}, pairs, Questions(("cross", "none")), is_cancelled=lambda: len(painter.tasks) >= 5
    )
    assert evaluation.pairs == 2
    assert len(painter.tasks) == 5
    assert [len(scores.pairs) for scores in evaluation.findings["model"]["default"].scores.values()] == [2, 2]


def test_the_fast_way_is_compared_with_the_painter_beside_it(pairs: list[EvaluationPair]) -> None:
    evaluation = evaluate({"model": Knowing(pairs)}, pairs[:2], Questions(), beside=Knowing(pairs))
    change = evaluation_report(evaluation)["change"]
    assert change["parts"] > 4
    assert change["median_delta_e"] == change["mean_delta_e"] == 0
    assert change["standard_errors"] == {"median_delta_e": 0, "mean_delta_e": 0}
    evaluation.changes = [[1.0, 5.0], [3.0]]
    change = evaluation_report(evaluation)["change"]
    assert (change["median_delta_e"], change["mean_delta_e"]) == (3, 3)
    assert change["standard_errors"]["median_delta_e"] == pytest.approx(median([[1, 5], [3]]).standard_error, abs=1e-4)
    assert change["standard_errors"]["mean_delta_e"] == 0, "both pairs have the same mean"


def test_pairs_come_in_groups_and_of_any_size_and_number_of_parts() -> None:
    labels = np.repeat([[0, 1, 2, 3]], 40, axis=0).repeat(10, axis=1)
    colors = np.array([(250, 250, 250), (200, 30, 30), (30, 60, 200), (40, 160, 60)], np.uint8)
    views = [View(np.roll(colors[labels], shift, axis=1)) for shift in (0, 10)]
    wide = EvaluationPair(
        line_art=np.where(np.arange(40) % 10 == 0, 0, 255).astype(np.uint8)[None].repeat(40, axis=0),
        labels=labels,
        colors=colors,
        part_names=("ground", "door", "wall", "roof"),
        reference=views[1],
        aligned=views[0],
        background=frozenset({0}),
    )
    known = [wide, frozen_pair(SET, 0)]
    report = evaluation_report(evaluate({"model": Knowing(known)}, known, Questions(kinds=REFERENCE_KINDS), at_once=2))
    references = report["references"]
    assert references["cross"]["part_colour_accuracy"] == references["half_on_white"]["part_colour_accuracy"] == 1
    assert {"door", "roof", "hair"} <= report["parts"].keys()
    assert references["contradicting"]["parts_scored"] < references["cross"]["parts_scored"], "one pair has none"


def test_examples_are_a_set_and_what_is_no_part_is_not_scored(tmp_path: Path) -> None:
    (example,) = example_pairs(0, 1)
    assert example.reference.labels is None
    assert (example.labels < 0).any()
    assert (example.truth[example.labels < 0] == 255).all()
    scores = evaluate({"model": Knowing([example])}, [example], Questions(kinds=("cross",))).findings["model"][
        "default"
    ]
    assert scores.scores["cross"].accuracy().value == 1
    assert len(scores.scores["cross"].pairs[0].parts) >= 8
    with pytest.raises(PairsError, match="no example"):
        list(example_pairs(0, 1, tmp_path))


def test_the_sheet_shows_the_kept_pairs(evaluation: Evaluation) -> None:
    assert len(evaluation.examples) == 3
    sheet = pairs_sheet(evaluation.examples)
    assert sheet.dtype == np.uint8
    assert sheet.shape[0] == 2 * 256 + 6
    pair, _ = evaluation.examples[0]
    assert np.array_equal(sheet[:256, 262:518], pair.reference.picture)
    assert np.array_equal(sheet[:256, 786:1042], pair.truth)
