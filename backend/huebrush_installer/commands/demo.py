"""Make everything ready and show it: the Python environment with pinned packages, the plugin for the Krita that is
found, then the main job on the example document. Says where the result is. The first time, a few hundred megabytes are
downloaded (more with a graphics card)."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_installer.context import Context
from huebrush_installer.environment import RUNTIME, Environment, make_environment
from huebrush_installer.krita_demo import colorize_in_krita, runner
from huebrush_installer.krita_locations import find_homes
from huebrush_installer.options import add_compute_option
from huebrush_installer.plugin_installation import NO_KRITA_REMEDY, install_into
from huebrush_installer.processes import run as run_program
from huebrush_installer.system_packages import KRITA_PACKAGES, install_system_packages

SUMMARY = "install Huebrush and colorize the example"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    add_compute_option(parser)
    parser.add_argument("--no-plugin", action="store_true", help="leave Krita alone")
    parser.add_argument("--with-krita", action="store_true", help="install Krita too, by apt (Debian, Ubuntu)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="folder for the results (default: demo)")
    parser.add_argument("--steps", type=int, default=20, help="denoising steps (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which of many possible results (default: %(default)s)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Install, colorize the example, and say where the result is."""
    console = context.console
    results = (arguments.output or context.checkout.demo_results).absolute()
    if arguments.with_krita:
        console.step("Installing Krita")
        install_system_packages(KRITA_PACKAGES, console)
    environment = make_environment(context.checkout, console, RUNTIME, arguments.compute)
    homes = [] if arguments.no_plugin else find_homes(context.surroundings)
    if homes:
        install_into(homes, context, environment.python)
    elif not arguments.no_plugin:
        console.step("Looking for Krita: none found for this user, so the plugin is not installed")
        console.note(NO_KRITA_REMEDY)
    console.step("Colorizing docs/example/line_art.png with the colours of docs/example/reference.png")
    results.mkdir(parents=True, exist_ok=True)
    colorize_files(arguments, context, environment, results)
    krita = None
    program = runner(context.surroundings) if homes else None
    if program is not None:
        console.step("Colorizing the same as layers of a Krita document, by the plugin in Krita")
        krita = colorize_in_krita(context, program, environment.python, results, arguments.seed, arguments.steps)
    console.success("Done. The results:")
    console.success(f"  {results / 'colorized.png'}  the picture")
    console.success(f"  {results / 'colorized.ora'}  its layers, for any painting program")
    if krita is not None:
        console.success(f"  {krita.document}  the Krita document: the colours in a group under the line art")
        console.success(f"  {krita.picture}  what Krita shows of it")
    if homes:
        console.success("In Krita itself: open a drawing, then Settings > Dockers > Huebrush (docs/manual.md).")
    return 0


def colorize_files(arguments: argparse.Namespace, context: Context, environment: Environment, results: Path) -> None:
    """Colorize the example line art from the example reference into `results`, as a picture and as layers."""
    example = context.checkout.root / "docs" / "example"
    for name in ("colorized.png", "colorized.ora"):
        run_program(
            [
                *(str(environment.python), "-m", "huebrush_backend.cli.main", "colorize"),
                *(str(example / "line_art.png"), "--reference", str(example / "reference.png")),
                *("--seed", str(arguments.seed), "--steps", str(arguments.steps), "--overwrite"),
                *("--output", str(results / name)),
            ],
            cwd=context.checkout.root,
        )
