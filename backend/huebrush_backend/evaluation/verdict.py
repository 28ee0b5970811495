"""Compares two models, or two guidances, on the same pairs: differences with their standard errors, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huebrush_backend.evaluation.reference_kinds import NONE
from huebrush_backend.evaluation.statistics import Figure, mean_of, rounded
from huebrush_backend.evaluation.suite import Findings

JUDGED_KINDS = ("cross", "mirrored", "shifted_30", "half_on_white")
"""Kinds of reference whose mean part colour accuracy decides whether a model is better."""
ERRORS = 2.0
"""Paired standard errors beyond which a difference counts."""
LOWER_IS_BETTER = ("median_delta_e", "invented", "entanglement", "distribution_gap")
"""Last words of the columns in which less is better."""


@dataclass(frozen=True)
class Difference:
    """A column's difference between a model and another one. `gain`: positive where the model is better."""

    value: float
    standard_error: float
    gain: float

    @property
    def verdict(self) -> str:
        """ "better", "worse" or "same", beyond `ERRORS` standard errors or not; "unknown" without pairs to compare."""
        if not self.standard_error >= 0:  # NaN
            return "unknown"
        if abs(self.gain) <= ERRORS * self.standard_error:
            return "same"
        return "better" if self.gain > 0 else "worse"

    def report(self) -> dict[str, Any]:
        """Return the difference, ready for JSON."""
        return {
            "difference": rounded(self.value),
            "standard_error": rounded(self.standard_error),
            "verdict": self.verdict,
        }


def difference(column: str, ours: Figure, theirs: Figure) -> Difference:
    """Return the paired difference of `column`, `ours` less `theirs`."""
    figure = ours - theirs
    sign = -1 if column.endswith(LOWER_IS_BETTER) else 1
    return Difference(figure.value, figure.standard_error, sign * figure.value)


def columns_of(findings: Findings) -> dict[str, Figure]:
    """Return the columns that two models are compared in, by names such as "mirrored.median_delta_e".

    These are accuracy and ΔE of all kinds of reference, invented colours and lines of "cross", and the entanglement.
    Without reference there is no right colour to be near to, so "none" has no ΔE.
    """
    columns: dict[str, Figure] = {}
    for kind, scores in findings.scores.items():
        figures = scores.figures()
        columns[f"{kind}.part_colour_accuracy"] = figures.pop("part_colour_accuracy")
        if kind != NONE:
            columns[f"{kind}.median_delta_e"] = figures.pop("median_delta_e")
        if kind == "cross":
            columns |= {f"{kind}.{name}": figure for name, figure in figures.items()}
    moved = findings.entanglement()
    return columns if moved is None else {**columns, "entanglement": moved}


def differences_of(ours: Findings, theirs: Findings) -> dict[str, Difference]:
    """Return the difference of each column that both have, `ours` less `theirs`."""
    left, right = columns_of(ours), columns_of(theirs)
    return {name: difference(name, figure, right[name]) for name, figure in left.items() if name in right}


def differences_report(ours: Findings, theirs: Findings) -> dict[str, Any]:
    """Return the differences of all columns, ready for JSON."""
    return {name: found.report() for name, found in differences_of(ours, theirs).items()}


def judge(ours: Findings, theirs: Findings) -> dict[str, Any]:
    """Say whether `ours` is better than `theirs`, ready for JSON.

    It is if the mean part colour accuracy over `JUDGED_KINDS` is better by two paired standard errors and no other
    column is worse by two. "publish" is None if one of these kinds was not asked for, or if there are too few pairs.
    """
    differences = differences_of(ours, theirs)
    judged = {f"{kind}.part_colour_accuracy" for kind in JUDGED_KINDS}
    worse = [name for name, found in differences.items() if found.verdict == "worse" and name not in judged]
    mean = None
    if all(kind in findings.scores for kind in JUDGED_KINDS for findings in (ours, theirs)):
        means = [mean_of([findings.scores[kind].accuracy() for kind in JUDGED_KINDS]) for findings in (ours, theirs)]
        mean = difference("part_colour_accuracy", *means)
    known = mean is not None and mean.verdict != "unknown"
    return {
        "judged": list(JUDGED_KINDS),
        "mean_part_colour_accuracy": None if mean is None else mean.report(),
        "worse": worse,
        "publish": (mean.verdict == "better" and not worse) if known and mean is not None else None,
    }
