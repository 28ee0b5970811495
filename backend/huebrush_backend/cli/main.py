"""The commands of `huebrush`: one module per subcommand, imported only when the subcommand runs."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

from huebrush_backend import __version__
from huebrush_backend.cli.options import attach_values, empty_value

COMMANDS: dict[str, str] = {
    "colorize": "colorize a line-art file from a reference picture, without Krita",
    "replay": "make a result again from its recipe",
    "check": "check painted flats for unpainted specks, leaks, and colours outside the palette",
    "lines": "draw the lines of a coloured, shaded or scanned picture",
    "serve": "run the backend that the Krita plugin talks to",
    "models": "list the models, add or fetch others",
    "install-plugin": "put the plugin into Krita, or remove it",
    "doctor": "say what is installed, what is wrong and what to do",
    "heatmap": "show where a text matches a reference picture",
    "drawings": "fetch drawings by others to train on, and look at training pairs",
    "draw": "draw synthetic pictures: contact sheets and examples",
    "train": "train the built-in model, or a released one on your own pictures",
    "evaluate": "score a model on held-out drawings",
    "bench": "measure speed and memory",
}
"""Subcommands with their one-line help. Each has a module of its name in this package with `configure(parser)` and
`run(arguments) -> exit status`."""

DASHED_VALUES = ("--allow-client", "--edit")
"""Options whose values may begin with a dash, as one public key in 85 does, and an edit that begins with an arrow."""


class CommandError(Exception):
    """A mistake of the user, or something missing on the machine; the message says what to do."""


class OneSentenceParser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, without a screen of usage before it."""

    def error(self, message: str) -> NoReturn:
        """End the program with 2 and a sentence."""
        self.exit(2, f"{self.prog}: {message}. `{self.prog} --help` shows what there is.\n")


def build_parser(selected: str | None = None) -> argparse.ArgumentParser:
    """Make the parser; import only the module of the `selected` subcommand and add its options."""
    parser = OneSentenceParser(prog="huebrush", description="Colorize line art from a reference picture.")
    parser.add_argument("--version", action="version", version=f"huebrush {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if name == selected:
            module = importlib.import_module(f"huebrush_backend.cli.{name.replace('-', '_')}")
            module.configure(subparser)
            subparser.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with `argv` (default: the process's own arguments) and return its exit status."""
    if argv is None:
        from huebrush_backend.cli.start import main as start

        return start()
    try:
        return run_command(argv)
    except KeyboardInterrupt:
        print("Cancelled.", file=sys.stderr)
        return 130


def run_command(argv: Sequence[str]) -> int:
    """Run the command that `argv` names and return its exit status. Raises KeyboardInterrupt after Ctrl+C."""
    words = attach_values(argv, DASHED_VALUES)
    selected = next((word for word in words if not word.startswith("-")), None)
    if (empty := empty_value(words)) is not None:
        print(f"huebrush: {empty} is empty; give it a value, or leave it out.", file=sys.stderr)
        return 2
    try:
        arguments = build_parser(selected).parse_args(words)
        return arguments.run(arguments)
    except CommandError as error:
        print(f"huebrush {selected}: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        from huebrush_backend.models.libraries import extra_with, install_command

        if (extra := extra_with(error.name or "")) is None:
            raise
        print(
            f"huebrush {selected}: this needs {error.name}, which is not installed. To add it, run: "
            f"{install_command(extra)}",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    # Imported by name: when run as a script, this module has a second CommandError that commands do not raise.
    from huebrush_backend.cli.start import main as run_program

    sys.exit(run_program())
