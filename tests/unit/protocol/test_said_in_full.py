"""No sentence of ours is hidden in the argument of another, where no client could translate it.

A reason among the arguments is a `Text` of its own. Only what the operating system or a library says may be plain.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("backend/huebrush_backend", "protocol/huebrush_protocol")
AT_THE_COMMAND_LINE = (
    "checkpoints/baseline_adding.py",
    "checkpoints/baseline_parts.py",
    "checkpoints/stable_diffusion.py",
)
"""Modules that only subcommands call: what they say is printed, never sent."""
SAID = {
    "CheckpointError",
    "ConditioningError",
    "DamagedFileError",
    "DeviceError",
    "EndpointError",
    "HubError",
    "ChecksumError",
    "LineArtError",
    "LocationError",
    "ModelsError",
    "ModelsFolderError",
    "OpenClipFormatError",
    "PaletteError",
    "PipelineFilesError",
    "QueueFull",
    "SamplingError",
    "UnknownFamilyError",
    "UnsupportedFamilyError",
    "UnsupportedRequestError",
    "SmallFileError",
}
"""Errors whose message becomes a text, or the reason in another."""
MAKERS = {"of", "failed", "pull_failed", "malformed", "refused", "remedy_of"}
"""Functions that make a text of an id and arguments."""
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the place and the tree of each module that can say something to a client."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT / folder).as_posix()
            if not place.startswith(("cli/", "drawings/", "training/", "evaluation/", "synthesis/", "sentences/")):
                yield place, ast.parse(path.read_text("utf-8"))


def name_of(node: ast.expr) -> str:
    """Return the last name of a called function or class."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def assigned(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """Return every expression that a name of `tree` is set to."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def caught(tree: ast.AST) -> dict[str, set[str]]:
    """Return, for the name that each caught error of `tree` is bound to, the errors of ours among them."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.name and node.type is not None:
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            found.setdefault(node.name, set()).update({name_of(kind) for kind in kinds} & SAID)
    return found


def faults(value: ast.expr, variables: dict[str, list[ast.expr]], errors: dict[str, set[str]]) -> Iterator[str]:
    """Yield what is wrong with the `value` of an argument: English words, or an error of ours turned into a string."""
    if isinstance(value, ast.Call) and name_of(value.func) in MAKERS | {"Text", "about"}:
        return  # looked at by itself, or a text already
    if isinstance(value, ast.Name):
        for expression in variables.get(value.id, ()):
            yield from faults(expression, {}, errors)
        return
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WORDS.search(node.value):
            yield f"has the words {node.value!r}"
        made_text = isinstance(node, ast.FormattedValue) or (isinstance(node, ast.Call) and name_of(node.func) == "str")
        if made_text:
            inner = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
            for name in sorted(inner & set(errors)):
                if errors[name]:
                    yield f"turns {', '.join(sorted(errors[name]))} into a string"


def hidden_sentences(place: str, tree: ast.Module) -> Iterator[str]:
    """Yield every argument of a text, and every message of an error that is `SAID`, with a sentence of ours in it."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    for function in functions:
        variables, errors = assigned(function), caught(function)
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            if name_of(node.func) in MAKERS:
                for argument in node.keywords:
                    for fault in faults(argument.value, variables, errors):
                        yield f"{place}:{node.lineno}: {argument.arg} {fault}"
            elif name_of(node.func) in SAID and node.args and place not in AT_THE_COMMAND_LINE:
                said = node.args[0]
                if isinstance(said, (ast.Constant, ast.JoinedStr, ast.BinOp)):
                    yield f"{place}:{node.lineno}: {name_of(node.func)} has no id"
                for fault in faults(said, variables, errors):
                    yield f"{place}:{node.lineno}: {name_of(node.func)} {fault}"


def test_every_reason_is_a_text_of_its_own() -> None:
    found = [fault for place, tree in modules() for fault in hidden_sentences(place, tree)]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'Text.of("a.b", reason="no output")',
        'Text.of("a.b", reason=f"{count} jobs are waiting")',
        'failed(job, "busy", "a.b", reason=", ".join(names) or "none of them")',
        'raise QueueFull(f"{count} jobs")',
        'raise CheckpointError("cut short")',
        'reason = "no output"\n    malformed("a.b", reason=reason)',
        'try: pass\n    except QueueFull as error: failed(job, "busy", "a.b", reason=str(error))',
        'try: pass\n    except PaletteError as error: failed(job, "busy", "a.b", reason=f"{error}")',
    ],
)
def test_a_hidden_sentence_is_found(line: str) -> None:
    assert list(hidden_sentences("server/any.py", ast.parse(f"def function():\n    {line}\n")))


@pytest.mark.parametrize(
    "line",
    [
        'Text.of("a.b", reason=Text.of("c.d"), names=", ".join(names), count=3)',
        'try: pass\n    except OSError as error: failed(job, "busy", "a.b", reason=str(error))',
        'try: pass\n    except QueueFull as error: failed(job, "busy", "a.b", reason=Text.about(error))',
        'raise QueueFull(Text.of("a.b"))',
    ],
)
def test_what_a_library_says_may_stay(line: str) -> None:
    assert not list(hidden_sentences("server/any.py", ast.parse(f"def function():\n    {line}\n")))


def test_every_error_of_ours_is_said_or_ends_where_it_is_raised() -> None:
    """A new error must be put into one of the two lists: does a client read its message?"""
    unsaid = {
        "AddressError",  # these end the front itself, which then says so at the command line
        "AlreadyRunning",
        "EngineSpecError",
        "KeyFileError",
        "LogFileError",
        "EngineError",  # made of an id (`EngineError.of`)
        "ProtocolError",  # made of an id (`malformed`, `refused`)
        "CheckpointKeysError",  # these put their sentence together themselves
        "PickleRefusedError",
        "UnknownModelError",
        "DamagedFile",  # only logged; the client is told that its job is lost
        "PictureError",  # picture files are read by the command line alone
        "UnknownColorsError",
        "Cancelled",  # these say nothing
        "Settled",
        "NoAnswer",  # of the client in Python
        "Refused",
    }
    bases = ("Error", "Exception")
    ours = {
        node.name
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(name_of(base).endswith(bases) for base in node.bases)
    }
    assert ours == SAID | unsaid
