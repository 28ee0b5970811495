"""Figures and their standard errors on numbers whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from huebrush_backend.evaluation.metrics import LineFidelity, PartScore
from huebrush_backend.evaluation.scores import PairScore, Scores
from huebrush_backend.evaluation.statistics import distribution_gap, entanglement, mean_of, median, share
from huebrush_backend.evaluation.suite import Findings
from huebrush_backend.evaluation.verdict import difference, judge

KINDS = ("cross", "mirrored", "shifted_30", "half_on_white")


def test_the_standard_error_of_a_mean_is_the_textbooks() -> None:
    values = np.random.default_rng(1).normal(5, 2, 40)
    figure = share(values, np.ones(40))
    assert figure.value == pytest.approx(values.mean())
    assert figure.standard_error == pytest.approx(values.std(ddof=1) / 40**0.5, rel=0.03)


def test_pairs_with_more_parts_count_more() -> None:
    figure = share([1, 0, 6], [2, 2, 6])
    assert figure.value == 0.7
    residuals = np.array([1, 0, 6]) - 0.7 * np.array([2, 2, 6])
    assert figure.standard_error == pytest.approx((3 / 2 * (residuals**2).sum()) ** 0.5 / 10, rel=0.5)


def test_pairs_that_agree_leave_no_error() -> None:
    assert share([2, 2, 2], [4, 4, 4]).standard_error == 0
    assert median([[3, 3], [3], [3, 3, 3]]).standard_error == 0


def test_nothing_to_count_and_a_single_pair_have_no_figures() -> None:
    assert np.isnan(share([0, 0], [0, 0]).value)
    assert np.isnan(median([[], []]).value)
    assert np.isnan(share([1], [2]).standard_error)
    assert np.isnan(share([], []).value)


def test_the_median_counts_all_parts_of_all_pairs() -> None:
    assert median([[1, 9], [2], [3, 4, 5]]).value == 3.5
    evenly = (np.arange(101) / 100)[:, None]
    # The median of n numbers from an even distribution of width 1 has the standard error 1/(2√n).
    assert median(evenly.tolist()).standard_error == pytest.approx(0.5 / 101**0.5, rel=0.05)


def test_differences_are_paired() -> None:
    hits = np.random.default_rng(3).integers(0, 9, 30)
    ours, theirs = share(hits + 1, np.full(30, 10)), share(hits, np.full(30, 10))
    assert (ours - theirs).value == pytest.approx(0.1)
    assert (ours - theirs).standard_error == pytest.approx(0, abs=1e-12)
    assert ours.standard_error > 0.02
    assert mean_of([ours, theirs]).value == pytest.approx((ours.value + theirs.value) / 2)


def test_the_gap_is_aligned_less_cross() -> None:
    gap = distribution_gap(share([9, 8, 10], [10, 10, 10]), share([7, 6, 8], [10, 10, 10]))
    assert gap.value == pytest.approx(0.2)
    assert gap.standard_error == pytest.approx(0, abs=1e-12)


def test_entanglement_is_what_moving_changes_beyond_another_seed() -> None:
    figure = entanglement([[4, 6], [5, 5]], [[1], [2]])
    assert figure.value == 3.5
    assert entanglement([[4], [5]], [[4], [5]]).value == 0


@pytest.mark.parametrize(
    ("column", "ours", "verdict"),
    [
        ("cross.part_colour_accuracy", [9, 9, 9], "better"),
        ("cross.part_colour_accuracy", [7, 7, 7], "worse"),
        ("cross.median_delta_e", [9, 9, 9], "worse"),
        ("cross.invented", [7, 7, 7], "better"),
        ("cross.line_recall", [8, 8, 8], "same"),
        ("cross.line_recall", [8, 9, 6], "same"),
    ],
)
def test_a_difference_counts_beyond_two_standard_errors(column: str, ours: list[int], verdict: str) -> None:
    totals = [10, 10, 10]
    assert difference(column, share(ours, totals), share([8, 8, 8], totals)).verdict == verdict


def findings(right: int, delta_e: float = 3.0, line_hits: int = 9) -> Findings:
    """Make findings of four pairs of ten parts each, `right` of which are right, after each of `KINDS`."""
    parts = tuple((f"part {number}", PartScore(number, number < right, delta_e)) for number in range(10))
    score = PairScore(parts=parts, lines=LineFidelity(line_hits, 10, 9, 10), invented=1, paper=10)
    return Findings({kind: Scores([score] * 4) for kind in KINDS})


def scores_of(*rows: Sequence[float], name: str = "hair") -> Scores:
    """Make scores of one part, for each pair one row of ΔE; a part is right below 5."""
    return Scores([PairScore(tuple((name, PartScore(1, value < 5, value)) for value in row)) for row in rows])


def test_the_headline_has_the_errors_of_the_block() -> None:
    scores = scores_of([1, 9], [2], [3, 8, 4], [7])
    headline, block = scores.headline(), scores.block()
    assert headline["standard_error"] == block["standard_error"] > 0
    names = ("median_delta_e", "line_recall", "line_precision")
    assert headline["standard_errors"] == {name: block["standard_errors"][name] for name in names}
    assert headline["standard_errors"]["median_delta_e"] > 0
    assert headline["standard_errors"]["line_recall"] is None, "there are no lines to score"


def test_errors_of_a_part_are_over_the_pairs_that_show_it() -> None:
    rows = [[1.0, 9.0], [2.0], [6.0]]
    found = scores_of(*rows, [], []).by_part()["hair"]
    assert (found["accuracy"], found["median_delta_e"], found["count"]) == (0.5, 4, 4)
    assert found["standard_error"] == pytest.approx(share([1, 1, 0], [2, 1, 1]).standard_error, abs=1e-4)
    assert found["standard_errors"]["median_delta_e"] == pytest.approx(median(rows).standard_error, abs=1e-4)
    alone = scores_of([3], [], []).by_part()["hair"]
    assert (alone["standard_error"], alone["standard_errors"]) == (None, {"median_delta_e": None})


def test_parts_of_one_pair_are_not_independent() -> None:
    together, apart = scores_of([1] * 8, [9] * 8).by_part(), scores_of(*[[1], [9]] * 8).by_part()
    assert together["hair"]["accuracy"] == apart["hair"]["accuracy"] == 0.5
    assert together["hair"]["standard_error"] > 2 * apart["hair"]["standard_error"]


@pytest.mark.parametrize(
    ("ours", "publish", "worse"),
    [
        (findings(9), True, []),
        (findings(8), False, []),
        (findings(7), False, []),
        (findings(9, line_hits=8), False, ["cross.line_recall"]),
        (findings(9, delta_e=4), False, [f"{kind}.median_delta_e" for kind in KINDS]),
    ],
)
def test_the_verdict_needs_a_better_mean_and_nothing_worse(ours: Findings, publish: bool, worse: list[str]) -> None:
    verdict = judge(ours, findings(8))
    assert (verdict["publish"], verdict["worse"]) == (publish, worse)


def test_without_all_judged_references_there_is_no_verdict() -> None:
    ours, theirs = findings(9), findings(8)
    del ours.scores["mirrored"]
    assert judge(ours, theirs)["publish"] is None
