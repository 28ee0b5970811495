"""`huebrush train`: train the built-in model on pictures drawn by this project, or a released one on one's own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError

from huebrush_backend.allocation import keep_freed_memory
from huebrush_backend.cli import train_finetune
from huebrush_backend.cli.drawings import source_errors_as_command_errors
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import whole
from huebrush_backend.cli.output_places import is_same_file
from huebrush_backend.cli.progress import TrainingDisplay, cancel_on_interrupt, is_first_process
from huebrush_backend.cli.train_options import add_configuration_options, changed
from huebrush_backend.models.catalog import BUILTIN_MODEL, builtin_folder
from huebrush_backend.models.library_output import quieten_libraries
from huebrush_backend.training.configuration import (
    Configuration,
    ConfigurationError,
    read_configuration,
    write_configuration,
)

if TYPE_CHECKING:
    from huebrush_backend.training.plan import TrainingPlan

REQUEST_FILE = "configuration.json"
"""Last request, in the run's folder; each stage has a file of this name with what it was trained with."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands of `huebrush train`."""
    kinds = parser.add_subparsers(dest="family", metavar="WHAT", required=True)
    demo = kinds.add_parser("demo", help="train the built-in model on drawings made by this project")
    _add_demo_options(demo)
    demo.set_defaults(run_training=_run_demo)
    tuning = kinds.add_parser("finetune", help="train a released model further on your own pictures")
    train_finetune.configure(tuning)
    tuning.set_defaults(run_training=train_finetune.run)


def run(arguments: argparse.Namespace) -> int:
    """Train; return 0, 1 when the training failed, or 130 when Ctrl+C ended it with its state saved."""
    quieten_libraries()
    keep_freed_memory()
    return arguments.run_training(arguments)


def _add_demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=Path("runs/demo"), help="state, samples and weights of the run")
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="take all values from this file, such as another run's configuration.json; options replace them",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue from the state in the folder, with that run's values, or without one from the published weights",
    )
    parser.add_argument(
        "--stop-at", type=whole(1), metavar="STEP", help="save the state after this step and end; --resume goes on"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="train nothing; state size, memory and time, measured on a few steps"
    )
    parser.add_argument(
        "--weights",
        metavar="FOLDER",
        help="begin a new run of one stage on the weights that the other stages have exported to FOLDER, or on those "
        "of the built-in model (demo); the network that the stage trains begins anew",
    )
    parser.add_argument(
        "--publish", type=Path, metavar="FOLDER", help="then write the half-precision weights to FOLDER"
    )
    add_configuration_options(parser)


def _run_demo(arguments: argparse.Namespace) -> int:
    from huebrush_backend.training.data.pool import ProducerError

    try:
        with source_errors_as_command_errors():
            return _dry_run(arguments) if arguments.dry_run else _train(arguments)
    except ConfigurationError as error:
        raise CommandError(str(error)) from error
    except (SafetensorError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise CommandError(
                f"{error.filename or arguments.folder} cannot be used: {error.strerror}. Choose another --folder, or "
                "make room, and go on with --resume"
            ) from error
        raise CommandError(  # diffusers and transformers raise an OSError without a number
            f"weights in {arguments.folder} are damaged ({error}); remove them and train that stage again, or take the "
            "published ones with --resume in a new folder"
        ) from error
    except ProducerError as error:
        print(f"huebrush train: {error}", file=sys.stderr)
        return 1


def _dry_run(arguments: argparse.Namespace) -> int:
    from huebrush_backend.training.dry_run import measure
    from huebrush_backend.training.plan import plans_of

    for plan in plans_of(_configuration(arguments), arguments.folder, arguments.resume):
        known = next((weights for weights in (plan.weights, builtin_folder()) if weights.is_dir()), None)
        print(measure(plan, known if arguments.resume or known == plan.weights else None).text())
    return 0


def _train(arguments: argparse.Namespace) -> int:
    """Train the stages and publish the result if asked to; return 130 when Ctrl+C ended it early."""
    from huebrush_backend.training.plan import plans_of
    from huebrush_backend.training.publishing import require_publishable, take_over_published
    from huebrush_backend.training.train import train

    folder: Path = arguments.folder
    configuration = _configuration(arguments)
    request = folder / REQUEST_FILE
    if arguments.config is not None and not arguments.resume and is_same_file(arguments.config, request):
        raise CommandError(f"--config {arguments.config} would be replaced by the new run; choose another --folder")
    if arguments.publish:
        require_publishable(folder / "weights", arguments.publish)
        if configuration.run.minutes == 0:
            return _publish(folder, arguments.publish)
    if arguments.stop_at is not None and configuration.run.stage == "all":
        raise CommandError("--stop-at needs one stage; name it with --stage")
    folder.mkdir(parents=True, exist_ok=True)
    if arguments.resume:
        take_over_published(builtin_folder(), folder / "weights")
    plans = list(plans_of(configuration, folder, arguments.resume))
    if arguments.weights is not None:
        _take_over(arguments, plans)
    interrupted = False

    @contextmanager
    def noting_interrupts() -> Iterator[Callable[[], bool]]:
        nonlocal interrupted
        with cancel_on_interrupt() as is_cancelled:
            yield is_cancelled
            interrupted = is_cancelled()

    def keep_request() -> None:
        if is_first_process():
            write_configuration(configuration, folder / REQUEST_FILE)

    with TrainingDisplay(sys.stderr) as display:
        for plan in plans:
            if not train(plan, display.show, noting_interrupts, arguments.stop_at, keep_request):
                display.say(f"{plan.stage}: the state is saved; --resume goes on from there")
                return 130 if interrupted else 0
    return _publish(folder, arguments.publish) if arguments.publish and is_first_process() else 0


def _publish(folder: Path, destination: Path) -> int:
    from huebrush_backend.training.publishing import publish

    _require_weights(folder)
    publish(folder / "weights", destination)
    print(f"Weights written to {destination}")
    return 0


def _take_over(arguments: argparse.Namespace, plans: Sequence[TrainingPlan]) -> None:
    """Copy the weights of other stages that `--weights` names into the new run's folder."""
    from huebrush_backend.training.publishing import take_over_other_parts

    if arguments.resume:
        raise CommandError("--weights begins a new run and --resume goes on with one: give one of them")
    if len(plans) != 1:
        raise CommandError("--weights needs one stage; name it with --stage")
    source = builtin_folder() if arguments.weights == BUILTIN_MODEL else Path(arguments.weights)
    take_over_other_parts(source, plans[0].weights, plans[0].stage)


def _configuration(arguments: argparse.Namespace) -> Configuration:
    """Return the configuration: the file's values or those of the run to resume, changed by the command line."""
    configuration = Configuration()
    if arguments.config is not None:
        configuration = read_configuration(arguments.config)
    elif arguments.resume:
        stage = vars(arguments).get("run.stage")
        files = [arguments.folder / REQUEST_FILE]
        if stage is not None:
            files.insert(0, arguments.folder / stage / REQUEST_FILE)
        known = next((file for file in files if file.is_file()), None)
        if known is not None:
            configuration = read_configuration(known)
    configuration = changed(configuration, arguments)
    data = configuration.data
    if data.pictures:
        from huebrush_backend.drawings.sources import open_sources

        # Now, and not when a producer wants the first one.
        open_sources(data.pictures, parts=data.svg_parts, lines=data.svg_lines).pair(0, 0)
    return configuration


def _require_weights(folder: Path) -> None:
    if not (folder / "weights" / "model_index.json").is_file():
        raise CommandError(
            f"{folder} holds no trained model to publish; name the run with --folder, or train the unet stage there "
            "first"
        )
