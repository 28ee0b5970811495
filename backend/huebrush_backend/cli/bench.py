"""`huebrush bench`: measure the built-in model's speed, the backend's memory and faults, Krita's blocks, and flats."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from huebrush_protocol.parameter_ranges import MAX_STEPS

from huebrush_backend.cli.bench_faults import configure_faults, measure_faults, print_faults
from huebrush_backend.cli.bench_flats import measure_flat_making, print_flats
from huebrush_backend.cli.bench_network import DEFAULT_EVALUATIONS, run_network_bench
from huebrush_backend.cli.bench_start import measure_first_flats
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_choice import available_model, exported_model
from huebrush_backend.cli.options import add_device_option, whole
from huebrush_backend.models.catalog import BUILTIN_MODEL

SUBJECTS = ("speed", "memory", "load", "ui", "flats", "start", "faults")
DEFAULT_SUBJECTS = ("speed", "memory")
UI_SCRIPT = Path("tests") / "krita" / "measure_ui.py"
UI_PATIENCE = 1800.0
DEFAULT_STEPS = 20
DEFAULT_REPEATS = 3
LOAD_REPEATS = 5
LOAD_STEPS = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench`."""
    parser.description = (
        "Measure on this machine. backend: speed (seconds a picture, cold start, first preview) and memory of a real "
        "backend with the built-in model, also without guidance. load: a picture beside busy programs, by the way in "
        "which the backend's threads wait for each other. ui: the longest blocks of Krita's main thread. "
        "flats: finding and painting regions on pages of 12 and 52 megapixels, compared with scikit-image's watershed. "
        "start: flats of a small page from the shell, compared with the imports of their libraries. "
        "faults: a backend whose processes are killed, stopped and starved, and what is lost by it. "
        "With --random-weights instead: each optimization of the networks, on and off; this needs no weights."
    )
    parser.add_argument(
        "subjects",
        nargs="*",
        metavar="SUBJECT",
        help=f"{', '.join(SUBJECTS)} (default: {' and '.join(DEFAULT_SUBJECTS)})",
    )
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="an exported folder instead of the model `demo`")
    parser.add_argument(
        "--steps", type=whole(1, MAX_STEPS), help=f"denoising steps (default {DEFAULT_STEPS}, for load {LOAD_STEPS})"
    )
    parser.add_argument(
        "--repeats",
        type=whole(1),
        help=f"pictures of each kind, of which the median counts (default {DEFAULT_REPEATS}; for load {LOAD_REPEATS}, "
        "of which the fastest counts); with --random-weights "
        f"most evaluations of each kind, of which the fastest counts (default {DEFAULT_EVALUATIONS})",
    )
    parser.add_argument(
        "--random-weights",
        action="store_true",
        help="measure networks of the size of --model with random weights, each optimization on and off",
    )
    parser.add_argument(
        "--model", default=BUILTIN_MODEL, help="with --random-weights: colorize-diffusion-v1 or demo (default: demo)"
    )
    parser.add_argument(
        "--size", type=whole(64, 2048), metavar="PX", help="with --random-weights: picture side (default: the model's)"
    )
    configure_faults(parser)
    add_device_option(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; return 0."""
    if arguments.random_weights:
        if arguments.subjects:
            raise CommandError("--random-weights measures only networks; leave out the subjects")
        return run_network_bench(arguments)
    if arguments.model != BUILTIN_MODEL or arguments.size:
        raise CommandError("--model and --size need --random-weights")
    subjects = tuple(arguments.subjects) or DEFAULT_SUBJECTS
    unknown = sorted(set(subjects) - set(SUBJECTS))
    if unknown:
        raise CommandError(f"there is no bench {unknown[0]!r}; choose from {', '.join(SUBJECTS)}")
    report: dict[str, Any] = {}
    if "speed" in subjects or "memory" in subjects:
        figures = _measure_backend(arguments)
        report |= {name: values for name, values in figures.items() if name in subjects or name not in SUBJECTS}
    if "load" in subjects:
        report["load"] = _measure_load(arguments)
    if "ui" in subjects:
        report["ui"] = _measure_ui()
    if "flats" in subjects:
        report["flats"] = measure_flat_making(arguments.repeats or DEFAULT_REPEATS)
    if "start" in subjects:
        report["start"] = measure_first_flats(arguments.repeats or DEFAULT_REPEATS)
    if "faults" in subjects:
        report["faults"] = measure_faults(arguments)
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        _print_tables(report)
    return 0


def _measure_backend(arguments: argparse.Namespace) -> dict[str, Any]:
    from huebrush_backend.evaluation.backend_bench import BenchError, measure_backend

    _require_model(arguments.weights)
    try:
        repeats = arguments.repeats or DEFAULT_REPEATS
        return measure_backend(arguments.weights, arguments.steps or DEFAULT_STEPS, repeats, arguments.device)
    except BenchError as error:
        raise CommandError(str(error)) from error


def _measure_load(arguments: argparse.Namespace) -> dict[str, Any]:
    from huebrush_backend.evaluation.backend_bench import BenchError
    from huebrush_backend.evaluation.load_bench import measure_load

    _require_model(arguments.weights)
    try:
        return measure_load(arguments.weights, arguments.steps or LOAD_STEPS, arguments.repeats or LOAD_REPEATS)
    except BenchError as error:
        raise CommandError(str(error)) from error


def _require_model(weights: Path | None) -> None:
    """Raise CommandError unless the model to measure is there."""
    if weights:
        exported_model(weights)
    else:
        available_model(BUILTIN_MODEL)


def _measure_ui() -> dict[str, Any]:
    """Run the script that drives a Krita; it prints one JSON object."""
    import shutil

    root = Path(__file__).resolve().parents[3]
    script = root / UI_SCRIPT
    if not script.is_file():
        raise CommandError(f"`bench ui` needs the source tree with {UI_SCRIPT}; it is not in {root}")
    for program, package in (("krita", "krita"), ("Xvfb", "xvfb")):
        if shutil.which(program) is None and not os.environ.get("HUEBRUSH_KRITA_ROOT"):
            raise CommandError(f"`bench ui` needs {program}; on Debian: apt install {package}")
    try:
        done = subprocess.run(
            [sys.executable, str(script)], capture_output=True, text=True, timeout=UI_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"{UI_SCRIPT} did not end within {UI_PATIENCE:.0f} seconds") from error
    if done.returncode:
        raise CommandError(f"{UI_SCRIPT} failed:\n{done.stderr[-2000:]}")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise CommandError(f"{UI_SCRIPT} printed something that is not JSON:\n{done.stdout[-500:]}") from error


def _print_tables(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from huebrush_backend.cli.ui_table import print_ui

    console = Console()
    for subject in SUBJECTS:
        if subject not in report:
            continue
        if subject == "ui":
            print_ui(console, report[subject])
            continue
        if subject == "flats":
            print_flats(console, report[subject])
            continue
        if subject == "faults":
            print_faults(console, report[subject])
            continue
        table = Table("", "", title=subject, show_header=False)
        for name, value in report[subject].items():
            table.add_row(name.replace("_", " "), json.dumps(value) if isinstance(value, (dict, list)) else str(value))
        console.print(table)
    if "device" in report:
        console.print(f"{report['device']}; {report['size']} px, {report['steps']} steps, {report['repeats']} repeats")
