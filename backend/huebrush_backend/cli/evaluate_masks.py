"""`huebrush evaluate masks`: score the figure masks that are made when none is given."""

from __future__ import annotations

import argparse

from huebrush_backend.cli.known_pages import add_page_options, score_pages


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate masks`."""
    parser.description = (
        "Score the figure masks that are made for line art and references when none is given, on drawings whose parts "
        "are known. The score is intersection over union with the true figure, by the kind of ground behind it."
    )
    add_page_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Score and print; return 0."""
    from huebrush_backend.evaluation.mask_scores import score_figure_masks

    score_pages(arguments, score_figure_masks, ("figure of", "behind it", "mean IoU", "median", "least", "pages"))
    return 0
