"""`huebrush train finetune`: train a released model further on an artist's own pictures."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_backend.cli.drawings import source_errors_as_command_errors
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import whole
from huebrush_backend.cli.progress import TrainingDisplay, cancel_on_interrupt, is_first_process
from huebrush_backend.cli.train_options import add_configuration_options, changed
from huebrush_backend.models.catalog import default_models_folder
from huebrush_backend.training.configuration import ConfigurationError, read_as
from huebrush_backend.training.finetuning.configuration import (
    CONFIGURATION_FILE,
    STRATEGIES,
    FineTuning,
    defaults_of,
)
from huebrush_backend.training.strategies.options import Strategies

if TYPE_CHECKING:
    from huebrush_backend.training.finetuning.plan import TuningPlan

_WITHOUT_OPTION = (
    ("source", "model"),
    *(("strategies", entry.name) for entry in fields(Strategies) if entry.name not in STRATEGIES),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `huebrush train finetune`."""
    parser.description = (
        "Train a released model further on your own pictures. The result is a new model in the list of the docker. "
        "The defaults suit 20 to 100 pictures; --dry-run says what it takes."
    )
    parser.add_argument(
        "model", metavar="MODEL", nargs="?", help="the model to start from, as in 'huebrush models list'"
    )
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="state, log and sample sheets of the run (default: runs/NAME)"
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="take all values from this file; options replace them"
    )
    parser.add_argument(
        "--resume", action="store_true", help="continue from the state in --folder, with that run's values"
    )
    parser.add_argument(
        "--stop-at", type=whole(1), metavar="STEP", help="save the state after this step and end; --resume goes on"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="train nothing; state size, memory, time and disk, measured on a few steps",
    )
    add_configuration_options(parser, FineTuning(), _WITHOUT_OPTION)


def run(arguments: argparse.Namespace) -> int:
    """Fine-tune; return 0, or 130 when Ctrl+C ended it with its state saved."""
    with source_errors_as_command_errors():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from huebrush_backend.checkpoints.errors import ModelsError
    from huebrush_backend.models.out_of_memory import is_out_of_memory
    from huebrush_backend.training.finetuning.plan import make_plan, memory_remedy

    try:
        configuration, former = _configuration(arguments)
        plan = make_plan(configuration, arguments.folder or Path(), arguments.resume, default_models_folder())
        if arguments.folder is None:
            plan = replace(plan, folder=Path("runs") / plan.configuration.source.name)
        _require_new_folder(plan)
    except ConfigurationError as error:
        raise CommandError(str(error)) from error
    try:
        return _train(arguments, plan, former)
    except (ConfigurationError, ModelsError, OSError) as error:
        raise CommandError(str(error)) from error
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise CommandError(f"memory ran out. {memory_remedy(plan)}") from error


def _train(arguments: argparse.Namespace, plan: TuningPlan, former: FineTuning | None) -> int:
    from huebrush_backend.training.finetuning.run import fine_tune, measure

    if arguments.dry_run:
        print(measure(plan).text())
        return 0
    with TrainingDisplay(sys.stderr) as display:
        record = fine_tune(plan, former, display.show, cancel_on_interrupt, arguments.stop_at)
        source = plan.configuration.source
        if record is None:
            display.say(f"The state is saved; go on with: huebrush train finetune --resume --folder {plan.folder}")
            return 0 if arguments.stop_at is not None else 130
    if is_first_process():
        print(
            f"{source.name} is ready; choose it among the docker's models, or by the option --model {source.name}. "
            f"Its licence is {record.licence}, as that of {source.model}."
        )
    return 0


def _configuration(arguments: argparse.Namespace) -> tuple[FineTuning, FineTuning | None]:
    """Return the configuration to train with, and that of the run to go on with, if there is one."""
    former = None
    if arguments.resume:
        if arguments.folder is None:
            raise CommandError("name the run to go on with: --resume --folder runs/NAME")
        file = arguments.folder / CONFIGURATION_FILE
        if not file.is_file():
            raise CommandError(f"{arguments.folder} has no fine-tuning to go on with; begin one without --resume")
        former = read_as(FineTuning, file)
    if arguments.config is not None:
        start = read_as(FineTuning, arguments.config)
    else:
        start = former or defaults_of(vars(arguments).get("run.method", "lora"))
    configuration = changed(start, arguments)
    if arguments.model is not None:
        configuration = replace(configuration, source=replace(configuration.source, model=arguments.model))
    if not configuration.source.model or not configuration.source.data:
        raise CommandError(
            "name the model to start from and your pictures: huebrush train finetune MODEL --data FOLDER"
        )
    if former is not None and former.source.model != configuration.source.model:
        raise CommandError(f"{arguments.folder} trains {former.source.model}; begin another run for another model")
    if former is not None and former.run.method != configuration.run.method:
        raise CommandError(
            f"{arguments.folder} trains by --method {former.run.method}; begin another run for the other"
        )
    return configuration, former


def _require_new_folder(plan: TuningPlan) -> None:
    from huebrush_backend.training.loop import STATE_FILE

    if not plan.resume and (plan.folder / STATE_FILE).exists():
        raise ConfigurationError(
            f"{plan.folder} has a run already: go on with --resume --folder {plan.folder}, or choose another --folder"
        )
