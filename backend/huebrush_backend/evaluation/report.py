"""Turns an evaluation into a report that is ready for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from huebrush_backend.evaluation.scores import Scores
from huebrush_backend.evaluation.statistics import median, rounded, share
from huebrush_backend.evaluation.suite import Evaluation, Findings
from huebrush_backend.evaluation.verdict import differences_report, judge

FIGURES_OF_KINDS = (
    "part_colour_accuracy",
    "median_delta_e",
    "parts_scored",
    "line_fidelity",
    "standard_error",
    "standard_errors",
)
"""Headline figures and their standard errors, which are those of the reference "cross"."""


def evaluation_report(evaluation: Evaluation) -> dict[str, Any]:
    """Return the figures of the first painter with all that was asked for.

    The headline is that of the reference "cross"; figures that were not asked for are None.
    """
    by_guidance = next(iter(evaluation.findings.values()))
    main = next(iter(by_guidance.values()))
    cross, without = main.scores.get("cross"), main.scores.get("none")
    report = _headline(cross)
    if cross is not None:
        ceiling = evaluation.floors["ceiling"]
        report["line_fidelity"]["ceiling"] = ceiling.line_fidelity()
        report["line_fidelity"]["ceiling_standard_errors"] = {
            "recall": rounded(ceiling.line_recall().standard_error),
            "precision": rounded(ceiling.line_precision().standard_error),
        }
    report |= {
        "chance": _headline(evaluation.floors.get("chance")),
        "no_reference": _headline(without),
        "copy_by_position": _headline(evaluation.floors.get("copy_by_position")),
        "parts": {} if cross is None else cross.by_part(),
        "left_out": [] if cross is None else cross.left_out(),
        **findings_report(main),
    }
    if len(by_guidance) > 1:
        report["guidance"] = {
            name: findings_report(findings)
            | ({} if findings is main else {"difference": differences_report(findings, main)})
            for name, findings in by_guidance.items()
        }
    if evaluation.changes is not None:
        report["change"] = _change_report(evaluation.changes)
    return report


def comparison_report(evaluation: Evaluation) -> dict[str, Any]:
    """Return the second painter's figures, the first one's differences from them, and the verdict on the first."""
    ours, theirs = (next(iter(by_guidance.values())) for by_guidance in evaluation.findings.values())
    differences, verdict = differences_report(ours, theirs), judge(ours, theirs)
    return {**findings_report(theirs), "differences": differences, "verdict": verdict}


def findings_report(findings: Findings) -> dict[str, Any]:
    """Return the figures for each kind of reference, the gap and the entanglement of `findings`."""
    gap, moved = findings.distribution_gap(), findings.entanglement()
    report: dict[str, Any] = {
        "references": {kind: scores.block() for kind, scores in findings.scores.items()},
        "distribution_gap": None if gap is None else rounded(gap.value),
        "distribution_gap_standard_error": None if gap is None else rounded(gap.standard_error),
        "entanglement": None if moved is None else rounded(moved.value, 2),
        "entanglement_standard_error": None if moved is None else rounded(moved.standard_error),
        "cpu_seconds_a_picture": rounded(findings.seconds / findings.pictures, 2) if findings.pictures else None,
    }
    if findings.moves:
        figures = {kind: median(moves) for kind, moves in findings.moves.items()}
        report["moved_delta_e"] = {kind: rounded(figure.value, 2) for kind, figure in figures.items()}
        report["moved_delta_e_standard_errors"] = {
            kind: rounded(figure.standard_error) for kind, figure in figures.items()
        }
    return report


def _change_report(rows: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Return the median and the mean of ΔE of parts, one row for each pair, with their standard errors."""
    values = [value for row in rows for value in row]
    mean = share([sum(row) for row in rows], [len(row) for row in rows])
    return {
        "median_delta_e": rounded(float(np.median(values)), 2) if values else None,
        "mean_delta_e": rounded(float(np.mean(values))) if values else None,
        "parts": len(values),
        "standard_errors": {
            "median_delta_e": rounded(median(rows).standard_error),
            "mean_delta_e": rounded(mean.standard_error),
        },
    }


def _headline(scores: Scores | None) -> dict[str, Any]:
    return dict.fromkeys(FIGURES_OF_KINDS) if scores is None else scores.headline()
