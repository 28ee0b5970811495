"""`huebrush models`: list the models, add or fetch others."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

from huebrush_backend.cli import baseline_adding, model_adding, model_pulling
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import number


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands of `models`."""
    commands = parser.add_subparsers(dest="models_command", metavar="COMMAND", required=True)
    listing = commands.add_parser("list", help="list the models, and say what is missing")
    listing.add_argument("--json", action="store_true", help="print the list as JSON")
    listing.set_defaults(run_models=_list)

    adding = commands.add_parser("add", help="check a released single file and add it to the models")
    model_adding.configure(adding)
    adding.set_defaults(run_models=model_adding.run)

    baseline = commands.add_parser("add-baseline", help="make a model for comparison: ControlNet and IP-Adapter")
    baseline_adding.configure(baseline)
    baseline.set_defaults(run_models=baseline_adding.run)

    pulling = commands.add_parser("pull", help="fetch published weights; without a name, list them")
    model_pulling.configure(pulling)
    pulling.set_defaults(run_models=model_pulling.run)

    removing = commands.add_parser("remove", help="delete a model from the models folder")
    removing.add_argument("name", metavar="NAME", help="as in 'huebrush models list'; clip-vit-h-14 for CLIP")
    removing.set_defaults(run_models=_remove)

    strength = commands.add_parser("strength", help="print the strength of a LoRA, or change it")
    strength.add_argument("name", metavar="NAME", help="as in 'huebrush models list'")
    strength.add_argument(
        "strength", metavar="X", nargs="?", type=number(0, 2), help="from now on: 0 to 2, 1 as trained"
    )
    strength.set_defaults(run_models=_strength)

    folder = commands.add_parser("folder", help="print the models folder, or choose another")
    folder.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, help="use this one from now on")
    folder.set_defaults(run_models=_folder)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the chosen subcommand; return the exit status."""
    return arguments.run_models(arguments)


def _list(arguments: argparse.Namespace) -> int:
    from huebrush_backend.models.catalog import list_models

    models = list_models()
    if arguments.json:
        print(json.dumps([asdict(model) for model in models], indent=2))
        return 0
    for model in models:
        state = "ready" if model.available else "not installed"
        kind = ", small and built in" if model.builtin else ""
        print(f"{model.name:24} {state:14} {model.title} ({model.native_size} px{kind}; {model.licence})")
        if not model.available and model.remedy:
            print(f"{'':24} {model.remedy}")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from huebrush_backend.checkpoints.models_folder import ModelsFolderError, remove_model
    from huebrush_backend.models.catalog import default_models_folder

    try:
        remove_model(arguments.name, default_models_folder())
    except (ModelsFolderError, OSError) as error:
        raise CommandError(str(error)) from error
    print(f"Removed {arguments.name}.")
    return 0


def _strength(arguments: argparse.Namespace) -> int:
    from huebrush_backend.models.catalog import default_models_folder
    from huebrush_backend.models.registration import read_record, write_record

    folder = default_models_folder() / arguments.name
    record = read_record(folder) if Path(arguments.name).name == arguments.name else None
    if record is None or record.strength is None:
        raise CommandError(f"{arguments.name} is no LoRA; 'huebrush models list' shows the models")
    if arguments.strength is not None:
        record = replace(record, strength=arguments.strength)
        try:
            write_record(folder, record)
        except OSError as error:
            raise CommandError(f"{folder} cannot be changed: {error}") from error
    print(f"{record.strength:g}")
    return 0


def _folder(arguments: argparse.Namespace) -> int:
    from huebrush_backend.models.catalog import default_models_folder
    from huebrush_backend.models.settings import read_settings, write_settings

    if arguments.folder is not None:
        if not str(arguments.folder).strip():
            raise CommandError("the name of the models folder is blank; give a folder")
        chosen = arguments.folder.absolute()
        try:
            chosen.mkdir(parents=True, exist_ok=True)
            write_settings(replace(read_settings(), models_folder=str(chosen)))
        except OSError as error:
            raise CommandError(f"{chosen} cannot be used as the models folder: {error}") from error
    print(default_models_folder())
    return 0
