"""`huebrush evaluate lines`: score the lines drawn from pictures whose ink is known."""

from __future__ import annotations

import argparse

from huebrush_backend.cli.known_pages import add_page_options, score_pages


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate lines`."""
    parser.description = (
        "Score the lines that `huebrush lines` draws from pictures: inked, without ink, and as if scanned. Figures: "
        "share of the drawing's ink with a found line at most 2 px away; the same for ink that the picture shows, "
        "itself or as a border of colours; share of the found lines with ink at most 2 px away."
    )
    add_page_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Score and print; return 0."""
    from huebrush_backend.evaluation.line_scores import score_line_extraction

    score_pages(arguments, score_line_extraction, ("look", "ink found", "visible ink found", "found is ink"))
    return 0
