"""Make what is published: the plugin as a ZIP that Krita imports, with its libraries for every platform; the wheel of
the backend, which holds the same ZIP; and their checksums."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_installer.context import Context
from huebrush_installer.environment import RUNTIME, make_environment
from huebrush_installer.options import add_compute_option
from huebrush_installer.packaging import make_packages

SUMMARY = "make the ZIP for Krita, the wheel, and their checksums"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for what is made")
    parser.add_argument(
        "--wheels", type=Path, help="a folder with the wheels of pyzmq and msgpack, instead of the package index"
    )
    parser.add_argument(
        "--python", type=Path, help="an interpreter that has Huebrush's packages installed, instead of making .venv"
    )
    add_compute_option(parser)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Make the packages and say where they are."""
    if arguments.python is not None:
        python = arguments.python.absolute()
    else:
        python = make_environment(context.checkout, context.console, RUNTIME, arguments.compute).python
    made = make_packages(context, python, arguments.output.absolute(), arguments.wheels)
    context.console.success("Made:")
    for path in made:
        context.console.success(f"  {path}  ({path.stat().st_size / 1e6:.1f} MB)")
    return 0
