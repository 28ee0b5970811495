"""Tables of `huebrush evaluate flats`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from huebrush_backend.cli.number_format import percent

if TYPE_CHECKING:
    from rich.table import Table

_FAULTS = ("leak_pixels", "halo_pixels", "gap_count", "splits", "merges")


def print_tables(report: dict[str, Any]) -> None:
    """Print the `report` of an evaluation of flats."""
    from rich.console import Console

    console = Console()
    if report["sizes"]:
        console.print(_comic_pages(report))
    rounded = partial(percent, digits=0, missing="none")
    for size, entry in report["sizes"].items():
        voted = entry["voted"]
        console.print(
            f"{size}, colours by vote of a small soft picture: {rounded(voted['wrong'])} of the regions are wrong; "
            f"{rounded(voted['wrong_that_are_marked'])} of these are marked unsure, "
            f"{rounded(voted['marked_that_are_wrong'])} of the marked ones are wrong"
        )
    drawings = _drawings(report)
    if drawings is not None:
        console.print(drawings)
    if report["deterministic"] is not None:
        again = "the same bytes" if report["deterministic"] else "OTHER BYTES"
        console.print(f"A second time gives {again}.")
    console.print(f"{'Stopped: some parts are missing. ' if 'stopped' in report else ''}{report['seconds']} s.")


def _comic_pages(report: dict[str, Any]) -> Table:
    from rich.table import Table

    from huebrush_backend.evaluation.flat_suite import LINE_KINDS

    table = Table(title=f"Flats on {report['pages']} pages a size of set {report['seed']}")
    table.add_column("size, lines")
    for heading in ("regions", "right", *(name.replace("_", " ") for name in _FAULTS), "lines unchanged"):
        table.add_column(heading, justify="right")
    rows = [
        (f"{size}, {variant}", figures)
        for size, entry in report["sizes"].items()
        for variant, figures in entry["variants"].items()
    ]
    for name, figures in [*rows, *((f"all {group}", report[group]) for group in LINE_KINDS)]:
        if figures is None:
            continue
        table.add_row(
            name,
            str(figures["regions"]),
            percent(figures["regions_right"]),
            *(str(figures[fault]) for fault in _FAULTS),
            "yes" if figures["line_layer_identical"] else "NO",
        )
    return table


def _drawings(report: dict[str, Any]) -> Table | None:
    """Return a table of the kinds of drawings that were scored; None if there are none."""
    from rich.table import Table

    from huebrush_backend.evaluation.flat_kinds import DRAWN_KINDS

    table = Table(title=f"Flats on drawings of set {report['seed']}")
    table.add_column("kind")
    table.add_column("drawings", justify="right")
    table.add_column("figures")
    for name, kind in DRAWN_KINDS.items():
        figures = report[name]
        if figures is not None:
            told = (f"{figure.replace('_', ' ')} {percent(figures[figure])}" for figure in kind.headline)
            table.add_row(name, str(figures["pages"]), ", ".join(told))
    return table if table.row_count else None
