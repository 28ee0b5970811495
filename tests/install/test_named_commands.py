"""Every message that tells people to run a command names one that the programs accept."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huebrush_backend.cli import main as huebrush
from huebrush_installer import program as installer

ROOT = Path(__file__).resolve().parents[2]
INSTALLER, PROGRAM = "python3 install.py", "huebrush"
NAMED = rf"(?:{re.escape(INSTALLER)}|{PROGRAM} (?:{'|'.join(huebrush.COMMANDS)}))\b(?!:)[^”“„「」`'\n]*?"
QUOTED = re.compile(rf"[“„「`']({NAMED})[”“」`']")
AT_THE_END = re.compile(rf": ({NAMED})(?=[.;,)]?(?: [A-Z(]|$))")
MENTION = re.compile(rf"install\.py|\b{PROGRAM} (?:{'|'.join(huebrush.COMMANDS)})\b(?!:)")
STANDS_FOR = {"accelerator.kind": "cpu"}
"""What to put for a value that must be one of a few; any word does for the others."""


def strings_of_code(path: Path) -> Iterator[str]:
    """Yield the strings in a module that are no docstrings, with a word for each value that is filled in."""
    tree = ast.parse(path.read_text("utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    told |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    for node in ast.walk(tree):
        if id(node) in told:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(_filled(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _filled(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        return STANDS_FOR.get(ast.unparse(part.value), "value")
    return str(part.value) if isinstance(part, ast.Constant) else ""


def messages() -> list[tuple[str, str]]:
    """Return where each message that mentions a command stands, and the message."""
    found = []
    for folder in ("backend", "protocol", "krita_plugin"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found += [(str(path.relative_to(ROOT)), said) for said in strings_of_code(path) if said != "install.py"]
        for path in sorted((ROOT / folder).rglob("catalogue/*.json")):
            sentences = json.loads(path.read_text("utf-8"))
            found += [(f"{path.stem} {key}", re.sub(r"{\w+}", "value", said)) for key, said in sentences.items()]
    return [(place, said) for place, said in found if MENTION.search(said)]


def commands_in(said: str) -> list[str]:
    """Return the commands that a message names: in quotes, or after a colon up to the end of the sentence."""
    quoted = QUOTED.findall(said)
    rest = QUOTED.sub("", said)
    return quoted + AT_THE_END.findall(rest)


def is_accepted(command: str, said: str, capsys: pytest.CaptureFixture[str]) -> bool:
    """True when the program takes the words, or answers them with its help.

    Arguments may be missing only for a command that the message `said` has in quotes; one after a colon is to be run.
    """
    words = shlex.split(command.removeprefix(INSTALLER) if command.startswith(INSTALLER) else command)
    parse: Callable[[], object]
    if command.startswith(INSTALLER):
        parse = lambda: installer.build_parser().parse_args(installer.with_command(words))  # noqa: E731
    else:
        parse = lambda: huebrush.build_parser(words[1]).parse_args(words[1:])  # noqa: E731
    try:
        parse()
    except SystemExit as end:
        is_only_named = command not in AT_THE_END.findall(said)
        return end.code in (0, None) or (is_only_named and "are required" in capsys.readouterr().err)
    return True


MESSAGES = messages()


def test_messages_that_name_commands_are_found() -> None:
    places = {place.split()[0] for place, _ in MESSAGES}
    assert {"en", "de", "ja"} <= places
    assert len(MESSAGES) > 40


@pytest.mark.parametrize(("place", "said"), MESSAGES, ids=[f"{place}-{said[:40]}" for place, said in MESSAGES])
def test_a_named_command_is_accepted(place: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    named = commands_in(said)
    assert len(named) == len(MENTION.findall(said)), f"{place} names a command neither in quotes nor at the end: {said}"
    assert [command for command in named if not is_accepted(command, said, capsys)] == []


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Run: huebrush doctor. The log is here.", ["huebrush doctor"]),
        ("Make room, or run: python3 install.py plugin --python /a/b", ["python3 install.py plugin --python /a/b"]),
        ("Update it with “python3 install.py”, then wait.", ["python3 install.py"]),
        ("huebrush colorize: it failed", []),
        ("Run install.py again.", []),
    ],
)
def test_where_a_command_begins_and_ends(said: str, named: list[str]) -> None:
    assert commands_in(said) == named


@pytest.mark.parametrize(
    "command",
    ["python3 install.py update", "huebrush models fetch x", "huebrush doctor --all", "huebrush models add-baseline"],
)
def test_what_no_program_accepts(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert not is_accepted(command, f"Run: {command}", capsys)
