"""`huebrush evaluate`: score a model on held-out drawings; `huebrush evaluate SUBJECT`: score something else."""

from __future__ import annotations

import argparse
import importlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huebrush_protocol.parameter_ranges import MAX_SEED, MAX_STEPS

from huebrush_backend.cli.libraries import quieten_libraries
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_choice import available_model, exported_model
from huebrush_backend.cli.number_format import one_digit, percent
from huebrush_backend.cli.options import add_device_option, whole
from huebrush_backend.cli.progress import progress_bar

if TYPE_CHECKING:
    from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline

DEFAULT_PAIRS = 64
DEFAULT_STEPS = 20
SHEET_PAIRS = 8
SUBJECTS: dict[str, str] = {
    "edits": "score edits by text, brushed or not, on drawn pages whose parts are known",
    "flats": "score flats on drawn pages whose regions are known",
    "lines": "score the lines drawn from pictures whose ink is known",
    "masks": "score the figure masks that are made when none is given",
}
"""Other subjects to score, by their word on the command line. Each has a module `evaluate_WORD` with
`configure(parser)` and `run(arguments) -> exit status`."""

_ROWS = (
    ("model", None),
    ("chance: colours dealt by lot", "chance"),
    ("without the reference", "no_reference"),
    ("copied by position", "copy_by_position"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`."""
    parser.description = (
        "Score a model on held-out pairs: line art of a synthetic drawing, and a picture of another drawing as "
        "reference. The right colour of each part is known. The pairs depend only on --seed; training never uses them."
    )
    parser.add_argument("--model", default="demo", help="which model (default: demo)")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="score an exported folder instead of --model")
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0, help="which set of pairs (default 0)")
    parser.add_argument("--pairs", type=whole(1), default=DEFAULT_PAIRS, help=f"how many (default {DEFAULT_PAIRS})")
    parser.add_argument(
        "--steps", type=whole(1, MAX_STEPS), default=DEFAULT_STEPS, help=f"denoising steps (default {DEFAULT_STEPS})"
    )
    parser.add_argument(
        "--fast", action="store_true", help="score the fast way, and its difference in colours from the full way"
    )
    add_device_option(parser)
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="OUT.png",
        help=f"also write the first {SHEET_PAIRS} pairs: line art, reference, result under the lines, right answer",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    subjects = parser.add_subparsers(dest="subject", metavar="SUBJECT", help="score this instead of a model")
    for name, summary in SUBJECTS.items():
        module = importlib.import_module(f"huebrush_backend.cli.evaluate_{name}")
        subject = subjects.add_parser(name, help=summary)
        module.configure(subject)
        subject.set_defaults(run_subject=module.run)


def run(arguments: argparse.Namespace) -> int:
    """Score the model or the chosen subject and print its figures; return 0."""
    if arguments.subject:
        return arguments.run_subject(arguments)
    if arguments.sheet and not arguments.sheet.absolute().parent.is_dir():
        raise CommandError(f"the folder of {arguments.sheet} does not exist; make it first")

    from huebrush_backend.evaluation.suite import default_guidance, evaluate, pipeline_painter
    from huebrush_backend.models.catalog import weights_sha256
    from huebrush_backend.models.devices import describe_device

    quieten_libraries()
    folder, name = _model_folder(arguments)
    pipeline = _load(folder, arguments.device)
    begin = time.monotonic()
    with progress_bar("Colouring", arguments.pairs, shown=not arguments.json) as on_pair:
        evaluation = evaluate(
            pipeline_painter(pipeline, arguments.steps, arguments.fast),
            arguments.pairs,
            arguments.seed,
            on_pair,
            keep=SHEET_PAIRS if arguments.sheet else 0,
            beside=pipeline_painter(pipeline, arguments.steps) if arguments.fast else None,
        )
    report = {
        "model": name,
        "model_sha256": weights_sha256(folder),
        "seed": arguments.seed,
        "pairs": arguments.pairs,
        "steps": arguments.steps,
        "fast": arguments.fast,
        "reference_guidance": default_guidance(pipeline).reference,
        "device": describe_device(pipeline.device),
        "seconds": round(time.monotonic() - begin, 1),
        **evaluation.report,
    }
    if arguments.sheet:
        _write_sheet(arguments.sheet, evaluation.examples)
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        _print_tables(report)
    return 0


def _model_folder(arguments: argparse.Namespace) -> tuple[Path, str]:
    if arguments.weights:
        return exported_model(arguments.weights), arguments.weights.absolute().name
    entry = available_model(arguments.model)
    return entry.folder, entry.info.name


def _load(folder: Path, device_name: str) -> ColorizationPipeline:
    from huebrush_backend.checkpoints.installed import load_model
    from huebrush_backend.models.devices import choose_device
    from huebrush_backend.pipeline.loading import PipelineFilesError

    try:
        return load_model(folder, choose_device(device_name))
    except ValueError as error:
        raise CommandError(str(error)) from error
    except PipelineFilesError as error:
        raise CommandError(f"the model in {folder} cannot be loaded: {error}") from error


def _write_sheet(path: Path, examples: list[Any]) -> None:
    from huebrush_backend.evaluation.sheet import contact_sheet
    from huebrush_backend.imaging.files import PictureError, write_png

    try:
        write_png(path, contact_sheet(examples))
    except PictureError as error:
        raise CommandError(str(error)) from error


def _print_tables(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    summary = Table(
        title=f"{report['model']}: {report['pairs']} pairs of set {report['seed']}, {report['steps']} steps"
    )
    for heading in ("", "part colour accuracy", "median ΔE", "line recall", "line precision"):
        summary.add_column(heading, justify="right" if heading else "left")
    for name, key in _ROWS:
        figures = report[key] if key else report
        lines = figures["line_fidelity"]
        summary.add_row(
            name,
            percent(figures["part_colour_accuracy"]),
            one_digit(figures["median_delta_e"]),
            percent(lines["recall"]),
            percent(lines["precision"]),
        )
    ceiling = report["line_fidelity"]["ceiling"]
    summary.add_row("right answer", "", "", percent(ceiling["recall"]), percent(ceiling["precision"]))
    console.print(summary)
    if "change" in report:
        change = report["change"]
        console.print(
            f"Fast beside full: part colours change by a median ΔE of {change['median_delta_e']}, "
            f"a mean of {change['mean_delta_e']} ({change['parts']} parts)"
        )
    parts = Table(title="By part")
    for heading in ("part", "accuracy", "median ΔE", "count"):
        parts.add_column(heading, justify="left" if heading == "part" else "right")
    for part, figures in report["parts"].items():
        mark = " (not in the headline)" if part in report["left_out"] else ""
        parts.add_row(
            part + mark, percent(figures["accuracy"]), one_digit(figures["median_delta_e"]), str(figures["count"])
        )
    console.print(parts)
    console.print(f"{report['device']}, {report['seconds']} s, weights {report['model_sha256'][:12]}")
