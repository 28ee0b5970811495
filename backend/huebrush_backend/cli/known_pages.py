"""Common to `evaluate lines` and `evaluate masks`: options and output of scores on known pages."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

from huebrush_protocol.parameter_ranges import MAX_SEED

from huebrush_backend.cli.number_format import percent
from huebrush_backend.cli.options import whole

DEFAULT_PAGES = 32
DEFAULT_SIZE = 512


def add_page_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose the pages, and `--json`."""
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0, help="which set of pages (default 0)")
    parser.add_argument("--pages", type=whole(1), default=DEFAULT_PAGES, help=f"how many (default {DEFAULT_PAGES})")
    parser.add_argument(
        "--size", type=whole(64, 4096), default=DEFAULT_SIZE, metavar="PX", help=f"side (default {DEFAULT_SIZE})"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def score_pages(
    arguments: argparse.Namespace, score: Callable[[int, int, int], dict[str, Any]], headings: tuple[str, ...]
) -> None:
    """Call `score` (pages, seed, size) and print the figures it returns, by one name or by two.

    `headings`: headings of the table for the names and the figures.
    """
    begin = time.monotonic()
    report = {
        "seed": arguments.seed,
        "pages": arguments.pages,
        "size": arguments.size,
        "scores": score(arguments.pages, arguments.seed, arguments.size),
        "seconds": round(time.monotonic() - begin, 1),
    }
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        _print(report, headings)


def _print(report: dict[str, Any], headings: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*headings, title=f"{report['pages']} pages of set {report['seed']}, {report['size']} px")
    for name, figures in report["scores"].items():
        rows = figures if all(isinstance(value, dict) for value in figures.values()) else {"": figures}
        for second, values in rows.items():
            names = [name, second] if second else [name]
            table.add_row(*(word.replace("_", " ") for word in names), *map(_shown, values.values()))
    console = Console()
    console.print(table)
    console.print(f"{report['seconds']} s")


def _shown(figure: float | int | None) -> str:
    return str(figure) if isinstance(figure, int) else percent(figure)
