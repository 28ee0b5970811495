"""`huebrush evaluate presets`: score the presets against the default settings on the pages that they are for."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from huebrush_protocol.parameter_ranges import MAX_SEED, MAX_STEPS
from huebrush_protocol.presets import PRESETS

from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.name_lists import names_in
from huebrush_backend.cli.number_format import one_digit, percent, plus_minus
from huebrush_backend.cli.options import add_device_option, whole
from huebrush_backend.cli.progress import StepDisplay
from huebrush_backend.models.library_output import quieten_libraries

DEFAULT_PAGES = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate presets`."""
    parser.description = (
        "Score each preset that comes with Huebrush against the default settings. Both colour the same drawn pages, of "
        "the kind that the preset is for, with the built-in model: inked drawings, sketches, comic pages. The right "
        "colours are known, and the pages depend only on --seed. ± is two standard errors over the pages. Ctrl+C "
        "prints the figures of the presets that are done."
    )
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0, help="which set of pages (default 0)")
    parser.add_argument(
        "--pages",
        type=whole(1, 9999),
        default=DEFAULT_PAGES,
        help=f"how many for each preset (default {DEFAULT_PAGES})",
    )
    parser.add_argument(
        "--presets", metavar="LIST", help=f"which presets, with commas: {', '.join(PRESETS)} (default: all)"
    )
    parser.add_argument(
        "--steps",
        type=whole(1, MAX_STEPS),
        metavar="N",
        help="denoising steps of both, for a quick look (default: each one's own)",
    )
    add_device_option(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Score the presets and print the figures; return 0, or 130 after Ctrl+C."""
    presets = tuple(PRESETS) if arguments.presets is None else names_in("--presets", arguments.presets, tuple(PRESETS))

    from huebrush_backend.engine.engine import Engine
    from huebrush_backend.engine.request import EngineError
    from huebrush_backend.evaluation.preset_suite import MODEL, evaluate_presets
    from huebrush_backend.models.catalog import builtin_folder, weights_sha256

    quieten_libraries()
    begin = time.monotonic()
    report: dict[str, Any] = {"model": MODEL, "model_sha256": weights_sha256(builtin_folder()), "seed": arguments.seed}
    report |= {"steps": arguments.steps, "presets": dict.fromkeys(PRESETS)}
    try:
        engine = Engine(arguments.device)
        report["device"] = str(engine.device_description())
        with StepDisplay(shown=not arguments.json) as display:
            display.expect([1.0] * arguments.pages * len(presets))
            scored = evaluate_presets(
                engine, arguments.pages, arguments.seed, presets, display.step, steps=arguments.steps
            )
            for name, figures in scored:
                report["presets"][name] = figures
    except KeyboardInterrupt:
        report["stopped"] = True
    except ValueError as error:
        raise CommandError(str(error)) from error
    except EngineError as error:
        raise CommandError(error.sentence) from error
    report["seconds"] = round(time.monotonic() - begin, 1)
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        _print_tables(report)
    return 130 if "stopped" in report else 0


def _print_tables(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from huebrush_backend.evaluation.preset_suite import DEFAULT, HIGHER_IS_BETTER, PRESET

    table = Table(title=f"Presets on drawn pages of set {report['seed']}")
    for heading in ("preset", "figure"):
        table.add_column(heading, no_wrap=True)
    for heading in ("default", "preset", "better by"):
        table.add_column(heading, justify="right")
    scored = {name: figures for name, figures in report["presets"].items() if figures is not None}
    for name, figures in scored.items():
        for number, figure in enumerate(HIGHER_IS_BETTER):
            found = figures[figure]
            factor, show = (1, one_digit) if figure == "difference" else (100, percent)
            table.add_row(
                "" if number else f"{name}, {figures['pages']} pages",
                figure.replace("_", " ") + (" *" if figure in figures["goals"] else ""),
                show(found[DEFAULT]),
                show(found[PRESET]),
                show(found["gain"]) + plus_minus(found["gain_error"], factor),
                end_section=number == len(HIGHER_IS_BETTER) - 1,
            )
    console = Console()
    console.print(table)
    for name, figures in scored.items():
        verdict = "better" if figures["better"] else "NOT better"
        console.print(f"{name}: {verdict} in what is marked *; {figures['layers'][PRESET]} layers")
    console.print(f"{'Stopped: some presets are missing. ' if 'stopped' in report else ''}{report['seconds']} s")
