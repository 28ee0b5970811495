"""Kinds of drawn pages that `huebrush evaluate flats` scores, beside those of `flat_suite`: each is one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from huebrush_backend.evaluation.flat_colored import evaluate_colored
from huebrush_backend.evaluation.flat_comics import evaluate_comics
from huebrush_backend.evaluation.flat_reading import evaluate_reading
from huebrush_backend.evaluation.flat_reference_colors import evaluate_reference_colors
from huebrush_backend.evaluation.flat_sketches import evaluate_mottled, evaluate_open
from huebrush_backend.evaluation.flat_spilled import evaluate_spilled
from huebrush_backend.evaluation.flat_suggestions import evaluate_suggestions
from huebrush_backend.evaluation.flat_suite import LINE_KINDS
from huebrush_backend.synthesis.comic_pages import STRIP

Evaluate = Callable[[int, int, Callable[[str], None]], dict[str, Any]]
"""Function that scores a number of pages of a set (its seed), calls the last argument with a description once before
each page, and returns figures ready for JSON, "pages" among them."""


@dataclass(frozen=True)
class DrawnKind:
    """A kind of drawn pages.

    * `evaluate`: scores them
    * `pages`: how many it scores by default
    * `headline`: the figures, shares 0..1, that a table shows
    """

    evaluate: Evaluate
    pages: int
    headline: tuple[str, ...]


DRAWN_KINDS: Mapping[str, DrawnKind] = {
    "open": DrawnKind(evaluate_open, 100, ("lost", "regions_right", "monotonic")),
    "mottled": DrawnKind(evaluate_mottled, 100, ("false_borders",)),
    "colored": DrawnKind(evaluate_colored, 110, ("area_right", "regions_right")),
    "suggestions": DrawnKind(evaluate_suggestions, 120, ("first_ten", "put_right")),
    "reference_colors": DrawnKind(
        evaluate_reference_colors, 108, ("wrong", "wrong_picture", "invented", "invented_picture")
    ),
    "spilled": DrawnKind(evaluate_spilled, 100, ("before", "after", "harmed")),
    "comic": DrawnKind(evaluate_comics, 52, ("lost", "gutters_painted", "balloons_painted", "panels_right")),
    "strips": DrawnKind(
        partial(evaluate_comics, kinds=(STRIP,)), 12, ("lost", "gutters_painted", "balloons_painted", "panels_right")
    ),
    "reading": DrawnKind(evaluate_reading, 204, ("polarity_right", "recall", "precision", "regions_right")),
}
"""The kinds by name; a further one is a line here, and has its own total in the report."""
FLAT_KINDS = (*LINE_KINDS, *DRAWN_KINDS)
"""All kinds, in the order in which they are scored."""
