"""Scores of pictures of the same pairs, collected for one kind of reference, and the figures made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from huebrush_backend.evaluation.invented import invented_pixels, paper_of_figure
from huebrush_backend.evaluation.metrics import LineFidelity, PartScore, score_lines, score_parts
from huebrush_backend.evaluation.sets import EvaluationPair, View
from huebrush_backend.evaluation.statistics import Figure, median, rounded, share


@dataclass(frozen=True)
class PairScore:
    """Score of one picture. The default is that of a pair which cannot be scored: nothing to count.

    `parts`: scores by the name of the part. `left_out`: names that do not count in the headline. `invented`,
    `paper`: pixels of the figure with a colour that the reference does not have, and all of them.
    """

    parts: tuple[tuple[str, PartScore], ...] = ()
    left_out: frozenset[str] = frozenset()
    lines: LineFidelity = field(default_factory=LineFidelity)
    invented: int = 0
    paper: int = 0

    @property
    def counted(self) -> list[PartScore]:
        """Scores of the parts that count in the headline."""
        return [score for name, score in self.parts if name not in self.left_out]


def score_picture(picture: np.ndarray, pair: EvaluationPair, reference: View) -> PairScore:
    """Score `picture` (H,W,3) uint8, painted after `reference`, as an answer to `pair`."""
    ink = pair.ink
    scores = score_parts(picture, pair.labels, ink, reference.labels, pair.colors)
    paper = paper_of_figure(pair.labels, pair.background, ink)
    invented, pixels = invented_pixels(picture, paper, reference.picture)
    return PairScore(
        parts=tuple((pair.part_names[score.part], score) for score in scores),
        left_out=frozenset(pair.part_names[part] for part in pair.left_out),
        lines=score_lines(picture, pair.labels, ink, pair.colors),
        invented=invented,
        paper=pixels,
    )


@dataclass
class Scores:
    """Scores of one setting, one for each pair in the order of the pairs."""

    pairs: list[PairScore] = field(default_factory=list)

    def accuracy(self) -> Figure:
        """Return the share of parts with the right colour."""
        rows = [pair.counted for pair in self.pairs]
        return share([sum(score.correct for score in row) for row in rows], [len(row) for row in rows])

    def delta_e(self) -> Figure:
        """Return the median ΔE of parts from the right colour."""
        return median([[score.delta_e for score in pair.counted] for pair in self.pairs])

    def invented(self) -> Figure:
        """Return the share of the figures' paper with colours that the references do not have."""
        return share([pair.invented for pair in self.pairs], [pair.paper for pair in self.pairs])

    def line_recall(self) -> Figure:
        """Return the share of line pixels with a colour edge near."""
        return share([pair.lines.line_hits for pair in self.pairs], [pair.lines.line_pixels for pair in self.pairs])

    def line_precision(self) -> Figure:
        """Return the share of edge pixels with a line near."""
        return share([pair.lines.edge_hits for pair in self.pairs], [pair.lines.edge_pixels for pair in self.pairs])

    def figures(self) -> dict[str, Figure]:
        """Return all figures by their names in reports."""
        return {
            "part_colour_accuracy": self.accuracy(),
            "median_delta_e": self.delta_e(),
            "invented": self.invented(),
            "line_recall": self.line_recall(),
            "line_precision": self.line_precision(),
        }

    def headline(self) -> dict[str, Any]:
        """Return the headline figures and their standard errors, ready for JSON.

        A figure is None when there is nothing to score. The keys of the errors are those of `block`.
        """
        accuracy, delta_e = self.accuracy(), self.delta_e()
        return {
            "part_colour_accuracy": rounded(accuracy.value),
            "median_delta_e": rounded(delta_e.value, 2),
            "parts_scored": sum(len(pair.counted) for pair in self.pairs),
            "line_fidelity": self.line_fidelity(),
            "standard_error": rounded(accuracy.standard_error),
            "standard_errors": {
                "median_delta_e": rounded(delta_e.standard_error),
                "line_recall": rounded(self.line_recall().standard_error),
                "line_precision": rounded(self.line_precision().standard_error),
            },
        }

    def line_fidelity(self) -> dict[str, Any]:
        """Return line recall and precision, ready for JSON."""
        return {"recall": rounded(self.line_recall().value), "precision": rounded(self.line_precision().value)}

    def block(self) -> dict[str, Any]:
        """Return all figures with their standard errors, ready for JSON."""
        return figures_report(self.figures()) | {"parts_scored": sum(len(pair.counted) for pair in self.pairs)}

    def by_part(self) -> dict[str, dict[str, Any]]:
        """Return the figures of each scored part, ready for JSON, in the order of the parts' numbers."""
        found: dict[str, dict[int, list[PartScore]]] = {}
        for index, pair in enumerate(self.pairs):
            for name, score in pair.parts:
                found.setdefault(name, {}).setdefault(index, []).append(score)
        rows = {name: list(by_pair.values()) for name, by_pair in found.items()}
        return {
            name: _part_report(scores) for name, scores in sorted(rows.items(), key=lambda item: item[1][0][0].part)
        }

    def left_out(self) -> list[str]:
        """Return the names of the parts that do not count in the headline, in the order of their numbers."""
        return sorted({name for pair in self.pairs for name in pair.left_out})


def figures_report(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """Return the values of `figures` and their standard errors, ready for JSON.

    "standard_error" is that of the part colour accuracy, "standard_errors" has those of the other figures by name.
    """
    return {
        **{name: rounded(figure.value, _digits(name)) for name, figure in figures.items()},
        "standard_error": rounded(figures["part_colour_accuracy"].standard_error),
        "standard_errors": {
            name: rounded(figure.standard_error) for name, figure in figures.items() if name != "part_colour_accuracy"
        },
    }


def _part_report(rows: Sequence[Sequence[PartScore]]) -> dict[str, Any]:
    """Return accuracy, median ΔE, their standard errors and count of a part, ready for JSON.

    `rows`: its scores for each pair that shows it. The other pairs say nothing about it, so errors are over these.
    """
    scores = [score for row in rows for score in row]
    accuracy = share([sum(score.correct for score in row) for row in rows], [len(row) for row in rows])
    delta_e = median([[score.delta_e for score in row] for row in rows])
    return {
        "accuracy": rounded(float(np.mean([score.correct for score in scores]))),
        "median_delta_e": rounded(float(np.median([score.delta_e for score in scores])), 2),
        "count": len(scores),
        "standard_error": rounded(accuracy.standard_error),
        "standard_errors": {"median_delta_e": rounded(delta_e.standard_error)},
    }


def _digits(name: str) -> int:
    return 2 if name == "median_delta_e" else 4
