"""Install the plugin for every Krita found, or for the Krita whose folders are given, and switch it on. The Python
environment from which the plugin starts the backend is made first if it is missing."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_installer.context import Context
from huebrush_installer.environment import RUNTIME, make_environment
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_locations import KritaHome, Surroundings, chosen_home, find_homes
from huebrush_installer.options import add_compute_option, add_krita_options
from huebrush_installer.plugin_installation import NO_KRITA_REMEDY, install_into

SUMMARY = "install the plugin for the Krita on this machine"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    add_krita_options(parser)
    add_compute_option(parser)
    parser.add_argument(
        "--python",
        type=Path,
        help="an interpreter that has Huebrush's backend installed, instead of making .venv",
    )
    parser.add_argument(
        "--wheels", type=Path, help="a folder with the wheels of pyzmq and msgpack, instead of the package index"
    )


def selected_homes(arguments: argparse.Namespace, surroundings: Surroundings) -> list[KritaHome]:
    """Return the Krita home that the options choose, or all homes found."""
    if arguments.krita_data is not None:
        return [chosen_home(arguments.krita_data, arguments.krita_config, surroundings)]
    if arguments.krita_config is not None:
        raise InstallError("--krita-config needs --krita-data", "Give both folders.")
    return find_homes(surroundings)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Install the plugin."""
    homes = selected_homes(arguments, context.surroundings)
    if not homes:
        raise InstallError("no Krita was found for this user", NO_KRITA_REMEDY)
    if arguments.python is not None:
        # Links are not resolved: Python finds its virtual environment by the path with which it was started.
        python = arguments.python.absolute()
    else:
        python = make_environment(context.checkout, context.console, RUNTIME, arguments.compute).python
    install_into(homes, context, python, arguments.wheels)
    context.console.success("The plugin is installed.")
    return 0
