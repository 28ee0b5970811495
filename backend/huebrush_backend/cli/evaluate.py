"""`huebrush evaluate`: score a model on held-out drawings; `huebrush evaluate SUBJECT`: score something else."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huebrush_protocol.parameter_ranges import MAX_SEED, MAX_STEPS, RANGES

from huebrush_backend.cli.evaluate_tables import print_tables
from huebrush_backend.cli.interruption import patience
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_choice import available_model, exported_model
from huebrush_backend.cli.options import add_device_option, whole
from huebrush_backend.cli.output_places import deliver, require_ending, require_places
from huebrush_backend.cli.progress import cancel_on_interrupt, progress_bar
from huebrush_backend.models.library_output import quieten_libraries
from huebrush_backend.training.ranges import MAX_THREADS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huebrush_backend.evaluation.painters import GuidanceSetting
    from huebrush_backend.evaluation.sets import EvaluationPair
    from huebrush_backend.evaluation.suite import Evaluation, Questions
    from huebrush_backend.pipeline.colorization_pipeline import ColorizationPipeline

DEFAULT_PAIRS = 64
DEFAULT_STEPS = 20
SHEET_PAIRS = 8
FIGURES = 30.0
"""Seconds that the picture under work has to end in after Ctrl+C, so that the figures of those before are not lost."""
ALL = "all"
_GUIDANCE_FORM = (
    "give default, a scale within {:g} to {:g}, or scales of reference and line art with a slash, such as 2.5/1.5"
).format(*RANGES["reference_guidance"])
SUBJECTS: dict[str, str] = {
    "edits": "score edits by text, brushed or not, on drawn pages whose parts are known",
    "flats": "score flats on drawn pages whose regions are known",
    "lines": "score the lines drawn from pictures whose ink is known",
    "masks": "score the figure masks that are made when none is given",
    "presets": "score the presets against the default settings, each on the kind of page that it is for",
}
"""Other subjects to score, by their word on the command line. Each has a module `evaluate_WORD` with
`configure(parser)` and `run(arguments) -> exit status`."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`."""
    parser.description = (
        "Score a model on held-out pairs: line art of a drawing, and a picture of another drawing as reference. The "
        "right colour of each part is known. The pairs depend only on --set and --seed; training never uses them. Only "
        "what is asked for is computed. Ctrl+C stops, and prints the figures of the pairs that are done."
    )
    parser.add_argument("--model", default="demo", help="which model (default: demo)")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="score an exported folder instead of --model")
    parser.add_argument(
        "--against",
        metavar="OTHER",
        help="also score another model, or an exported folder, on the same pairs; print the paired differences, and "
        "whether the first is better",
    )
    parser.add_argument(
        "--set",
        default="frozen",
        metavar="NAME",
        help="kind of drawings: frozen (default), rich, examples, or what is kept from training of the fetched sets "
        "fluent, noto and openclipart",
    )
    parser.add_argument("--seed", type=whole(0, MAX_SEED), default=0, help="number of the set of pairs (default 0)")
    parser.add_argument("--pairs", type=whole(1), default=DEFAULT_PAIRS, help=f"how many (default {DEFAULT_PAIRS})")
    parser.add_argument(
        "--steps", type=whole(1, MAX_STEPS), default=DEFAULT_STEPS, help=f"denoising steps (default {DEFAULT_STEPS})"
    )
    parser.add_argument(
        "--references",
        metavar="KINDS",
        help="kinds of reference, such as cross,none, which takes a fifth of the time of all (the default): aligned, "
        "cross, contradicting, mirrored, shifted_15, shifted_30, scaled_70, half_on_white, upside_down, none",
    )
    parser.add_argument(
        "--guidance",
        type=_guidance_names,
        default=("default",),
        metavar="SCALES",
        help="guidance scales to compare on the same pairs, such as default,1,2.5,2.5/1.5; the number after the slash "
        "is that of the line art. The first one gives the main figures (default: the model's own)",
    )
    parser.add_argument(
        "--edits", type=whole(1), metavar="PAGES", help="also score local and global edits by text on so many pages"
    )
    parser.add_argument(
        "--fast", action="store_true", help="score the fast way, and its difference in colours from the full way"
    )
    add_device_option(parser)
    parser.add_argument(
        "--threads", type=whole(1, MAX_THREADS), metavar="N", help="threads of the processor (default: all)"
    )
    parser.add_argument(
        "--batch", type=whole(1), metavar="N", help="most pictures a batch (default: what suits model and device)"
    )
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="OUT.png",
        help=f"also write the first {SHEET_PAIRS} pairs: line art, reference, result under the lines, right answer",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the sheet if it exists")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    subjects = parser.add_subparsers(dest="subject", metavar="SUBJECT", help="score this instead of a model")
    for name, summary in SUBJECTS.items():
        module = importlib.import_module(f"huebrush_backend.cli.evaluate_{name}")
        subject = subjects.add_parser(name, help=summary)
        module.configure(subject)
        subject.set_defaults(run_subject=module.run)


def run(arguments: argparse.Namespace) -> int:
    """Score the model or the chosen subject and print its figures; return 0, or 130 after Ctrl+C."""
    if arguments.subject:
        return arguments.run_subject(arguments)
    if arguments.sheet is not None:
        require_ending(arguments.sheet, [".png"], "the sheet is")
        require_places([arguments.sheet], [], arguments.overwrite, "choose another --sheet")

    from huebrush_backend.evaluation.report import comparison_report, evaluation_report
    from huebrush_backend.models.catalog import weights_sha256
    from huebrush_backend.models.devices import describe_device

    questions = _questions(arguments)
    folder, name = _model_folder(arguments)
    other = None if arguments.against is None else _folder_or_model(arguments.against)
    quieten_libraries()
    with _threads(arguments.threads), patience(FIGURES), cancel_on_interrupt() as is_cancelled:
        begin = time.monotonic()
        pipeline = _load(folder, arguments.device)
        against = None if other is None else _load(other[0], arguments.device)
        evaluation = _evaluate(arguments, questions, pipeline, against, is_cancelled)
        guidance = questions.guidances[0].of(pipeline)
        report = {
            "model": name,
            "model_sha256": weights_sha256(folder),
            "set": arguments.set,
            "seed": arguments.seed,
            "pairs": evaluation.pairs,
            "steps": arguments.steps,
            "fast": arguments.fast,
            "reference_guidance": guidance.reference,
            "sketch_guidance": guidance.sketch,
            "device": describe_device(pipeline.device),
            "seconds": round(time.monotonic() - begin, 1),
        }
        if not evaluation.pairs:
            raise KeyboardInterrupt
        report |= evaluation_report(evaluation)
        if other is not None:
            report["against"] = {"model": other[1], "model_sha256": weights_sha256(other[0])}
            report["against"] |= comparison_report(evaluation)
        if arguments.edits and not is_cancelled():
            report["edits"] = _edits(arguments, folder)
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        print_tables(report)
    sys.stdout.flush()
    if is_cancelled():
        print(f"Cancelled after {evaluation.pairs} of {arguments.pairs} pairs.", file=sys.stderr)
    if arguments.sheet is not None and evaluation.examples:  # last, so that a full disk does not cost the figures
        _write_sheet(arguments.sheet, evaluation.examples, arguments.overwrite)
    return 130 if is_cancelled() else 0


def _evaluate(
    arguments: argparse.Namespace,
    questions: Questions,
    pipeline: ColorizationPipeline,
    against: ColorizationPipeline | None,
    is_cancelled: Callable[[], bool],
) -> Evaluation:
    from huebrush_backend.evaluation.painters import pipeline_painter, suitable_batch
    from huebrush_backend.evaluation.suite import evaluate

    batch = arguments.batch or suitable_batch(pipeline)
    painters = {"model": pipeline_painter(pipeline, arguments.steps, arguments.fast, batch)}
    if against is not None:
        painters["other"] = pipeline_painter(against, arguments.steps, arguments.fast, batch)
    total = arguments.pairs * questions.pictures(len(painters), arguments.fast)
    with progress_bar("Colouring", total, shown=not arguments.json) as on_picture:
        return evaluate(
            painters=painters,
            pairs=_pairs(arguments),
            questions=questions,
            number=arguments.seed,
            at_once=batch,
            beside=pipeline_painter(pipeline, arguments.steps) if arguments.fast else None,
            on_picture=on_picture,
            is_cancelled=is_cancelled,
        )


def _pairs(arguments: argparse.Namespace) -> Iterator[EvaluationPair]:
    from huebrush_backend.evaluation.sets import EVALUATION_SETS, PairsError

    try:
        yield from EVALUATION_SETS[arguments.set](arguments.seed, arguments.pairs)
    except PairsError as error:
        raise CommandError(str(error)) from error


def _questions(arguments: argparse.Namespace) -> Questions:
    """Return the questions that the options ask. Raises CommandError for names that do not exist."""
    from huebrush_backend.evaluation.reference_kinds import REFERENCE_KINDS
    from huebrush_backend.evaluation.sets import EVALUATION_SETS
    from huebrush_backend.evaluation.suite import Questions

    if arguments.set not in EVALUATION_SETS:
        raise CommandError(f"there is no set {arguments.set!r}; there are: {', '.join(EVALUATION_SETS)}")
    kinds = REFERENCE_KINDS
    if arguments.references is not None:
        asked = [name.replace("-", "_") for name in _names(arguments.references)]
        there_are = f"there are: {', '.join(REFERENCE_KINDS)}, {ALL}"
        if not asked:
            raise CommandError(f"--references names none; {there_are}")
        for name in asked:
            if name not in (*REFERENCE_KINDS, ALL):
                raise CommandError(f"there is no reference {name!r}; {there_are}")
        kinds = tuple(kind for kind in REFERENCE_KINDS if kind in asked or ALL in asked)
    guidances = tuple(dict.fromkeys(_guidance(name) for name in arguments.guidance))
    return Questions(kinds, guidances, keep=SHEET_PAIRS if arguments.sheet else 0)


def _names(text: str) -> tuple[str, ...]:
    """Return the names in `text`, between commas, without empty ones."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _guidance_names(text: str) -> tuple[str, ...]:
    names = _names(text)
    if not names:
        raise argparse.ArgumentTypeError(f"no scale is given; {_GUIDANCE_FORM}")
    for name in names:
        _scales(name)
    return names


def _scales(name: str) -> tuple[float | None, float | None]:
    """Return the scales of the reference and of the line art; None for the model's own."""
    if name == "default":
        return None, None
    reference, slash, sketch = name.partition("/")
    try:
        scales = float(reference), float(sketch) if slash else 1.0
    except ValueError:
        raise argparse.ArgumentTypeError(f"{name!r} is no guidance; {_GUIDANCE_FORM}") from None
    for scale, parameter in zip(scales, ("reference_guidance", "sketch_guidance"), strict=True):
        low, high = RANGES[parameter]
        if not low <= scale <= high:  # also catches NaN
            raise argparse.ArgumentTypeError(f"{scale:g} is not within {low:g} to {high:g}; {_GUIDANCE_FORM}")
    return scales


def _guidance(name: str) -> GuidanceSetting:
    from huebrush_backend.evaluation.painters import GuidanceSetting

    return GuidanceSetting(name, *_scales(name))


def _edits(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from huebrush_backend.cli.evaluate_edits import score_edits

    with progress_bar("Editing", arguments.edits, shown=not arguments.json) as on_page:
        return score_edits(folder, arguments.device, arguments.edits, arguments.seed, arguments.steps, on_page)


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    """Let PyTorch use `count` threads inside the context; None changes nothing."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _model_folder(arguments: argparse.Namespace) -> tuple[Path, str]:
    if arguments.weights:
        return exported_model(arguments.weights), arguments.weights.absolute().name
    entry = available_model(arguments.model)
    return entry.folder, entry.info.name


def _folder_or_model(name: str) -> tuple[Path, str]:
    if Path(name).is_dir():
        return exported_model(Path(name)), name
    entry = available_model(name)
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


def _write_sheet(path: Path, examples: list[Any], overwrite: bool) -> None:
    from huebrush_backend.evaluation.sheet import pairs_sheet
    from huebrush_backend.imaging.files import PictureError, write_png

    try:
        picture = pairs_sheet(examples)
        deliver(path, lambda staged: write_png(staged, picture), overwrite)
    except PictureError as error:
        raise CommandError(str(error)) from error
