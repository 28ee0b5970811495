"""The command line of `install.py`."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from huebrush_installer.checkout import Checkout
from huebrush_installer.commands import demo, doctor, install, package, plugin, test, uninstall
from huebrush_installer.console import Console
from huebrush_installer.context import Context
from huebrush_installer.errors import InstallError
from huebrush_installer.krita_locations import Surroundings

COMMANDS = {
    "install": install,
    "demo": demo,
    "test": test,
    "plugin": plugin,
    "package": package,
    "doctor": doctor,
    "uninstall": uninstall,
}
DEFAULT_COMMAND = "install"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all subcommands."""
    parser = argparse.ArgumentParser(
        prog="install.py",
        description="Install, try, test, check and remove Huebrush. Every command may be run again. "
        f"Without a command: {DEFAULT_COMMAND}.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        subparser = commands.add_parser(name, help=module.SUMMARY, description=module.__doc__)
        module.configure(subparser)
        subparser.set_defaults(run=module.run)
    return parser


def with_command(words: Sequence[str]) -> list[str]:
    """Return the `words` of a command line, with the default command first if they have no command and no --help."""
    named = bool(words) and (words[0] in ("-h", "--help") or not words[0].startswith("-"))
    return list(words) if named else [DEFAULT_COMMAND, *words]


def main(root: Path, argv: Sequence[str] | None = None) -> int:
    """Run the installer for the project in `root` and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a user's name may be in no code page of Windows
    arguments = build_parser().parse_args(with_command(sys.argv[1:] if argv is None else argv))
    context = Context(Checkout(root), Surroundings.here(), Console())
    try:
        return arguments.run(arguments, context)
    except InstallError as error:
        context.console.problem(error.message)
        if error.remedy:
            context.console.note(error.remedy)
        return 1
    except KeyboardInterrupt:
        print("Cancelled. Run the same command again to continue.", file=sys.stderr)
        return 130
