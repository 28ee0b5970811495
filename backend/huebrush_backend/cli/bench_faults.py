"""`huebrush bench faults`: break a real backend in every known way, and count what is lost."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import whole

DEFAULT_STATE = Path("huebrush-faults.json")
SHOWN = (
    ("kills", "processes killed at random moments"),
    ("stops", "processes stopped"),
    ("frames", "mutated messages"),
    ("jobs", "jobs accepted"),
    ("jobs_untold", "jobs of whose end nobody heard"),
    ("results_lost", "jobs without a result that should have one"),
    ("wrong_bytes", "results with other bytes"),
    ("wedged", "times that the backend did nothing any more"),
    ("processes_left", "processes left behind"),
    ("files_left", "files left behind"),
    ("front_alive", "the front never ended by itself"),
    ("front_growth", "MiB by which the front grew"),
)


def configure_faults(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench faults`."""
    faults = parser.add_argument_group("for faults")
    faults.add_argument(
        "--whole",
        action="store_true",
        help="1,000 kills and 1,000,000 mutated messages, which takes hours, instead of a minute's choice",
    )
    faults.add_argument(
        "--state",
        type=Path,
        default=DEFAULT_STATE,
        metavar="FILE",
        help=f"with --whole: what has been done so far, to be resumed (default: {DEFAULT_STATE})",
    )
    faults.add_argument(
        "--seed", type=whole(0), default=1, help="number that decides on all that is chance (default 1)"
    )


def measure_faults(arguments: argparse.Namespace) -> dict[str, Any]:
    """Try the faults, and return the figures, ready for JSON."""
    from huebrush_backend.evaluation.faults.bench import run_short, run_whole
    from huebrush_backend.evaluation.faults.served import FaultBenchError

    if sys.platform == "win32":
        raise CommandError("`bench faults` stops and limits processes as only Unix can")
    say = Console(stderr=True).print
    try:
        tally = run_whole(arguments.state, arguments.seed, say) if arguments.whole else run_short(arguments.seed, say)
    except (FaultBenchError, OSError) as error:
        raise CommandError(str(error)) from error
    return tally.as_data()


def print_faults(console: Console, figures: dict[str, Any]) -> None:
    """Print the figures, and in words what was lost."""
    table = Table("", "", title="faults", show_header=False)
    for name, title in SHOWN:
        table.add_row(title, str(figures[name]))
    console.print(table)
    for text in (*figures["notes"], *(f"not tried: {what}" for what in figures["skipped"])):
        console.print(f"- {text}", markup=False)
