"""Install everything as `install` does, then colorize the example document, first without Krita and then in Krita. Say
where the results are."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_installer.commands.install import configure as add_install_options
from huebrush_installer.commands.install import install, say_where_in_krita
from huebrush_installer.context import Context
from huebrush_installer.environment import Environment
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_demo import colorize_in_krita, runner
from huebrush_installer.processes import run as run_program

SUMMARY = "install Huebrush and colorize the example"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    add_install_options(parser)
    parser.add_argument("--output", type=Path, metavar="DIR", help="folder for the results (default: demo)")
    parser.add_argument("--steps", type=int, default=20, help="denoising steps (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which of many possible results (default: %(default)s)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Install, colorize the example, and say where the result is. Returns 1 if the part in Krita failed, else 0."""
    console = context.console
    results = (arguments.output or context.checkout.demo_results).absolute()
    environment, homes = install(arguments, context)
    console.step("Colorizing docs/example/line_art.png with the colours of docs/example/reference.png")
    results.mkdir(parents=True, exist_ok=True)
    colorize_files(arguments, context, environment, results)
    krita, failure = None, None
    program = runner(context.surroundings) if homes else None
    if program is not None:
        console.step("Colorizing the same as layers of a Krita document, by the plugin in Krita")
        try:
            krita = colorize_in_krita(
                context=context,
                program=program,
                python=environment.python,
                results=results,
                seed=arguments.seed,
                steps=arguments.steps,
            )
        except InstallError as error:
            failure = error
    console.success("Done. The results:" if failure is None else "The results before the part in Krita failed:")
    console.success(f"  {results / 'colorized.png'}  the picture")
    console.success(f"  {results / 'colorized.ora'}  its layers, for any painting program")
    if krita is not None:
        console.success(f"  {krita.document}  the Krita document: the colours in a group under the line art")
        console.success(f"  {krita.picture}  what Krita shows of it")
    if homes:
        say_where_in_krita(context)
    if failure is not None:
        raise failure
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
