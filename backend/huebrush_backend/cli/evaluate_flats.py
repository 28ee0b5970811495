"""`huebrush evaluate flats`: score flats on drawn pages whose regions are known."""

from __future__ import annotations

import argparse
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from huebrush_protocol.parameter_ranges import MAX_SEED

from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.number_format import percent
from huebrush_backend.cli.options import whole

_FAULTS = ("leak_pixels", "halo_pixels", "gap_count", "splits", "merges")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate flats`."""
    parser.description = (
        "Score flats without a model. Pages of line art with known regions and colours are drawn with every kind of "
        "line, also with known gaps. The found regions are painted in the right colours, and all errors are counted. "
        "A small soft picture of each page also votes for the regions' colours. The pages depend only on --seed."
    )
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0, help="which set of pages (default 0)")
    parser.add_argument(
        "--sizes", default="2k,4k,8.6k", metavar="LIST", help="page sizes, with commas (default: 2k,4k,8.6k)"
    )
    parser.add_argument("--pages", type=whole(1, 999), default=1, help="how many pages of each size (default 1)")
    parser.add_argument("--variants", metavar="LIST", help="kinds of line art, with commas (default: all)")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Score flats and print the figures; return 0."""
    from huebrush_backend.evaluation.flat_making import make_flats
    from huebrush_backend.evaluation.flat_suite import SIZES, evaluate_flats
    from huebrush_backend.synthesis.flat_pages import VARIANTS

    sizes = _chosen("--sizes", arguments.sizes, tuple(SIZES))
    variants = _chosen("--variants", arguments.variants, VARIANTS) if arguments.variants else VARIANTS
    begin = time.monotonic()
    with _progress(shown=not arguments.json) as on_step:
        report = evaluate_flats(
            make=make_flats, sizes=sizes, variants=variants, pages=arguments.pages, seed=arguments.seed, on_step=on_step
        )
    report["seconds"] = round(time.monotonic() - begin, 1)
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        _print_tables(report)
    return 0


def _chosen(option: str, text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    for word in words:
        if word not in known:
            raise CommandError(f"{option} does not know {word!r}; choose from {', '.join(known)}")
    if not words:
        raise CommandError(f"{option} names nothing; choose from {', '.join(known)}")
    return words


@contextlib.contextmanager
def _progress(shown: bool) -> Iterator[Callable[[str], None]]:
    """Show the current step on standard error if `shown`; yield the function that sets it."""
    from rich.console import Console

    console = Console(stderr=True)
    if not (shown and console.is_terminal):
        yield lambda what: None
        return
    with console.status("") as status:
        yield status.update


def _print_tables(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Flats on {report['pages']} pages a size of set {report['seed']}")
    table.add_column("size, lines")
    for heading in ("regions", "right", *(name.replace("_", " ") for name in _FAULTS), "lines unchanged"):
        table.add_column(heading, justify="right")
    rows = [
        (f"{size}, {variant}", figures)
        for size, entry in report["sizes"].items()
        for variant, figures in entry["variants"].items()
    ]
    totals = [(f"all {group}", report[group]) for group in ("closed", "shaded", "gapped")]
    for name, figures in [*rows, *totals]:
        if figures is None:
            continue
        table.add_row(
            name,
            str(figures["regions"]),
            percent(figures["regions_right"]),
            *(str(figures[fault]) for fault in _FAULTS),
            "yes" if figures["line_layer_identical"] else "NO",
        )
    console = Console()
    console.print(table)
    rounded = partial(percent, digits=0, missing="none")
    for size, entry in report["sizes"].items():
        voted = entry["voted"]
        console.print(
            f"{size}, colours by vote of a small soft picture: {rounded(voted['wrong'])} of the regions are wrong; "
            f"{rounded(voted['wrong_that_are_marked'])} of these are marked unsure, "
            f"{rounded(voted['marked_that_are_wrong'])} of the marked ones are wrong"
        )
    again = "the same bytes" if report["deterministic"] else "OTHER BYTES"
    console.print(f"A second time gives {again}. {report['seconds']} s.")
