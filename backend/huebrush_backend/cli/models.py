"""`huebrush models`: which models can be used."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands of `models`."""
    commands = parser.add_subparsers(dest="models_command", metavar="COMMAND", required=True)
    listing = commands.add_parser("list", help="list the models, and what is missing for those that cannot be used")
    listing.add_argument("--json", action="store_true", help="print the list as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Carry out the chosen subcommand; return the exit status."""
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
