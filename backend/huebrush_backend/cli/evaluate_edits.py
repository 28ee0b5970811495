"""`huebrush evaluate edits`: score edits by text on drawn pages whose parts are known."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huebrush_protocol.parameter_ranges import MAX_SEED, MAX_STEPS

from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_choice import available_model
from huebrush_backend.cli.number_format import one_digit, percent, plus_minus
from huebrush_backend.cli.options import add_device_option, whole
from huebrush_backend.cli.progress import progress_bar
from huebrush_backend.models.library_output import quieten_libraries

DEFAULT_PAGES = 24
DEFAULT_STEPS = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate edits`."""
    parser.description = (
        "Score edits by text such as 'brown hair -> blue hair'. Pages with known parts are drawn and coloured after a "
        "reference. Then the colour of one large and one small part of each page is edited in three ways: brushed onto "
        "the part, located by words in the reference, and on the whole page. Reached: share of edits after which the "
        "requested colour word is nearest to the part's median colour. Locality: share of the model's change that lies "
        "in the part. The pages depend only on --seed. ± is two standard errors over the pages."
    )
    parser.add_argument("--model", default="demo", help="which model (default: demo)")
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0, help="which set of pages (default 0)")
    parser.add_argument("--pages", type=whole(1), default=DEFAULT_PAGES, help=f"how many (default {DEFAULT_PAGES})")
    parser.add_argument(
        "--steps", type=whole(1, MAX_STEPS), default=DEFAULT_STEPS, help=f"denoising steps (default {DEFAULT_STEPS})"
    )
    add_device_option(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Score edits and print the figures; return 0."""
    from huebrush_backend.engine.engine import Engine
    from huebrush_backend.engine.request import EngineError
    from huebrush_backend.evaluation.edit_suite import evaluate_edits
    from huebrush_backend.models.catalog import weights_sha256

    entry = available_model(arguments.model)
    quieten_libraries()
    begin = time.monotonic()
    try:
        engine = Engine(arguments.device)
        with progress_bar("Editing", arguments.pages, shown=not arguments.json) as on_page:
            figures = evaluate_edits(
                colorizer=engine,
                model=entry.info.name,
                pages=arguments.pages,
                seed=arguments.seed,
                steps=arguments.steps,
                on_page=on_page,
            )
    except ValueError as error:
        raise CommandError(str(error)) from error
    except EngineError as error:
        raise CommandError(error.sentence) from error
    report = {
        "model": entry.info.name,
        "model_sha256": weights_sha256(entry.folder),
        "seed": arguments.seed,
        "pages": arguments.pages,
        "steps": arguments.steps,
        "device": engine.device_description(),
        "seconds": round(time.monotonic() - begin, 1),
        **figures,
    }
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        _print_table(report)
    return 0


def score_edits(
    folder: Path,
    device: str,
    pages: int,
    seed: int,
    steps: int,
    on_page: Callable[[int], None],
) -> dict[str, Any]:
    """Return the figures of local and global edits of the model in `folder`, ready for JSON.

    Local edits act where they are brushed, or where the reference fits the words ("automatic"); global ones everywhere.
    The other arguments are as in `evaluate_edits`. Raises CommandError for a model that cannot make edits.
    """
    from huebrush_backend.engine.engine import Engine
    from huebrush_backend.engine.request import EngineError
    from huebrush_backend.evaluation.edit_suite import evaluate_edits
    from huebrush_backend.models.catalog import BUILTIN_MODEL, builtin_folder

    with tempfile.TemporaryDirectory() as models:
        name = BUILTIN_MODEL
        if folder.resolve() != builtin_folder().resolve():
            name = "evaluated"
            (Path(models) / name).symlink_to(folder.resolve(), target_is_directory=True)
        try:
            figures = evaluate_edits(Engine(device, Path(models)), name, pages, seed, steps, on_page)
        except EngineError as error:
            raise CommandError(error.sentence) from error
    local = {way: figures[way] for way in ("brushed", "automatic")}
    return {"pages": pages, "local": local, "global": figures["everywhere"]}


def _print_table(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from huebrush_backend.evaluation.edit_pages import SIZES
    from huebrush_backend.evaluation.edit_suite import WAYS

    table = Table(title=f"{report['model']}: {report['pages']} pages of set {report['seed']}, {report['steps']} steps")
    for heading in ("where", "parts"):
        table.add_column(heading, no_wrap=True)
    for heading in ("edits", "reached", "by the model", "median ΔE", "pixels changed outside", "locality"):
        table.add_column(heading, justify="right")
    for way in WAYS:
        for size, figures in (("all", report[way]), *((size, report[way][size]) for size in SIZES)):
            table.add_row(
                way,
                size,
                str(figures["edits"]),
                percent(figures["reached"]) + plus_minus(figures["standard_errors"]["reached"], 100),
                percent(figures["reached_by_model"]) + plus_minus(figures["standard_errors"]["reached_by_model"], 100),
                one_digit(figures["median_delta_e"]),
                str(figures["pixels_changed_outside"]),
                percent(figures["locality"]) + plus_minus(figures["standard_errors"]["locality"], 100),
            )
    console = Console()
    console.print(table)
    console.print(f"{report['device']}, {report['seconds']} s, weights {report['model_sha256'][:12]}")
