"""`huebrush evaluate masks`: score the masks of figures that are made where none is given."""

from __future__ import annotations

import argparse

from huebrush_backend.cli.known_pages import add_page_options, score_pages


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate masks`."""
    parser.description = (
        "Score the masks of figures that are made of line art and of references where none is given, on drawings whose "
        "parts are known: intersection over union with the true figure, by what is behind it."
    )
    add_page_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Score and print; return 0."""
    from huebrush_backend.evaluation.mask_scores import score_figure_masks

    score_pages(arguments, score_figure_masks, ("figure of", "behind it", "mean IoU", "median", "least", "pages"))
    return 0
