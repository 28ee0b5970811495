"""`huebrush evaluate`: score a model on the fixed held-out drawings."""

from __future__ import annotations

import argparse
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huebrush_backend.cli.main import CommandError

if TYPE_CHECKING:
    from huebrush_backend.pipeline.colorize import ColorizePipeline

DEFAULT_PAIRS = 64
DEFAULT_STEPS = 20
MAX_STEPS = 150
SHEET_PAIRS = 8

_ROWS = (
    ("model", None),
    ("chance: colours dealt by lot", "chance"),
    ("without the reference", "no_reference"),
    ("copied by position", "copy_by_position"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`."""
    parser.description = (
        "Score a model on held-out pairs: line art of one synthetic drawing, a picture of another one as reference, "
        "so that the right colour of each part is known. The pairs depend on --seed alone; training uses none of them."
    )
    parser.add_argument("--model", default="demo", help="which model (default: demo)")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="score an exported folder instead of --model")
    parser.add_argument("--seed", type=int, default=0, help="which set of pairs (default 0)")
    parser.add_argument("--pairs", type=int, default=DEFAULT_PAIRS, help=f"how many (default {DEFAULT_PAIRS})")
    parser.add_argument("--steps", type=int, default=DEFAULT_STEPS, help=f"denoising steps (default {DEFAULT_STEPS})")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps … (default: auto)")
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="OUT.png",
        help=f"also write the first {SHEET_PAIRS} pairs: line art, reference, result under the lines, right answer",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Score the model and print its figures; return 0."""
    if arguments.pairs < 1:
        raise CommandError("--pairs must be at least 1")
    if not 1 <= arguments.steps <= MAX_STEPS:
        raise CommandError(f"--steps must be in 1..{MAX_STEPS}")
    if not 0 <= arguments.seed < 2**32:
        raise CommandError("--seed must be in 0..4294967295")
    if arguments.sheet and not arguments.sheet.absolute().parent.is_dir():
        raise CommandError(f"the folder of {arguments.sheet} does not exist; make it first")

    from huebrush_backend.evaluation.suite import default_guidance, evaluate, pipeline_painter
    from huebrush_backend.models.catalog import weights_sha256
    from huebrush_backend.models.devices import describe_device

    folder, name = _model_folder(arguments)
    pipeline = _load(folder, arguments.device)
    begin = time.monotonic()
    with _progress(arguments.pairs, shown=not arguments.json) as on_pair:
        evaluation = evaluate(
            pipeline_painter(pipeline, arguments.steps),
            arguments.pairs,
            arguments.seed,
            on_pair,
            keep=SHEET_PAIRS if arguments.sheet else 0,
        )
    report = {
        "model": name,
        "model_sha256": weights_sha256(folder),
        "seed": arguments.seed,
        "pairs": arguments.pairs,
        "steps": arguments.steps,
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
    from huebrush_backend.models.catalog import UnknownModelError, find_model

    if arguments.weights:
        if not (arguments.weights / "model_index.json").is_file():
            raise CommandError(f"{arguments.weights} is not an exported model: it has no model_index.json")
        return arguments.weights, arguments.weights.absolute().name
    try:
        entry = find_model(arguments.model)
    except UnknownModelError as error:
        raise CommandError(str(error)) from error
    if not entry.info.available:
        raise CommandError(f"the weights of the model {arguments.model!r} are missing. {entry.info.remedy}")
    return entry.folder, entry.info.name


def _load(folder: Path, device_name: str) -> ColorizePipeline:
    from huebrush_backend.models.devices import choose_device, weight_dtype
    from huebrush_backend.pipeline.colorize import ColorizePipeline

    try:
        device = choose_device(device_name)
    except ValueError as error:
        raise CommandError(str(error)) from error
    try:
        pipeline = ColorizePipeline.from_pretrained(
            folder, torch_dtype=weight_dtype(device), local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"the model in {folder} cannot be loaded: {error}") from error
    pipeline.to(device)
    return pipeline


@contextlib.contextmanager
def _progress(pairs: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on standard error, if `shown`; yields what is to be told the number of pairs done."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not (shown and console.is_terminal), transient=True) as progress:
        task = progress.add_task("Colouring", total=pairs)
        yield lambda done: progress.update(task, completed=done)


def _write_sheet(path: Path, examples: list[Any]) -> None:
    import cv2

    from huebrush_backend.evaluation.sheet import contact_sheet

    encoded, data = cv2.imencode(".png", contact_sheet(examples)[..., ::-1])
    if not encoded:
        raise CommandError(f"cannot make a PNG for {path}")
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error


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
            _percent(figures["part_colour_accuracy"]),
            _number(figures["median_delta_e"]),
            _percent(lines["recall"]),
            _percent(lines["precision"]),
        )
    ceiling = report["line_fidelity"]["ceiling"]
    summary.add_row("right answer", "", "", _percent(ceiling["recall"]), _percent(ceiling["precision"]))
    console.print(summary)
    parts = Table(title="By part")
    for heading in ("part", "accuracy", "median ΔE", "count"):
        parts.add_column(heading, justify="left" if heading == "part" else "right")
    for part, figures in report["parts"].items():
        mark = " (not in the headline)" if part in report["left_out"] else ""
        parts.add_row(
            part + mark, _percent(figures["accuracy"]), _number(figures["median_delta_e"]), str(figures["count"])
        )
    console.print(parts)
    console.print(f"{report['device']}, {report['seconds']} s, weights {report['model_sha256'][:12]}")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
