"""Make everything ready and show it: the Python environment with pinned packages, the plugin for the Krita that is
found, then the main job on the example document. Says where the result is. The first time, a few hundred megabytes are
downloaded (more with a graphics card)."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_installer.context import Context
from huebrush_installer.environment import RUNTIME, Environment, make_environment
from huebrush_installer.krita_locations import find_homes
from huebrush_installer.options import add_compute_option
from huebrush_installer.plugin_installation import NO_KRITA_REMEDY, install_into
from huebrush_installer.processes import run as run_program

SUMMARY = "install Huebrush and colorize the example"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    add_compute_option(parser)
    parser.add_argument("--no-plugin", action="store_true", help="leave Krita alone")
    parser.add_argument("--steps", type=int, default=20, help="denoising steps (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which of many possible results (default: %(default)s)")


def run_demo(arguments: argparse.Namespace, context: Context, environment: Environment) -> Path:
    """Colorize the example line art from the example reference; return the folder with the results."""
    example = context.checkout.root / "docs" / "example"
    results = context.checkout.demo_results
    results.mkdir(exist_ok=True)
    for name in ("colorized.png", "colorized.ora"):
        command = [
            *(str(environment.python), "-m", "huebrush_backend.cli.main", "colorize"),
            *(str(example / "line_art.png"), "--reference", str(example / "reference.png")),
            *("--seed", str(arguments.seed), "--steps", str(arguments.steps), "--output", str(results / name)),
        ]
        run_program(command, cwd=context.checkout.root)
    return results


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Install, colorize the example, and say where the result is."""
    console = context.console
    environment = make_environment(context.checkout, console, RUNTIME, arguments.compute)
    homes = [] if arguments.no_plugin else find_homes(context.surroundings)
    if homes:
        install_into(homes, context, environment.python)
    elif not arguments.no_plugin:
        console.step("Looking for Krita: none found for this user, so the plugin is not installed")
        console.note(NO_KRITA_REMEDY)
    console.step("Colorizing docs/example/line_art.png with the colours of docs/example/reference.png")
    results = run_demo(arguments, context, environment)
    console.success(f"Done. The colorized picture: {results / 'colorized.png'}")
    console.success(f"With its layers, to open in Krita: {results / 'colorized.ora'}")
    if homes:
        console.success("In Krita itself: open a drawing, then Settings > Dockers > Huebrush (docs/manual.md).")
    return 0
