"""Errors of checkpoints and of the models folder. Every message says what was found and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from huebrush_protocol.texts import Text, joined

MOST_NAMED = 20
"""Largest number of keys of one kind listed in a message; the exception itself holds all of them."""

Shape = tuple[int, ...]


class ModelsError(Exception):
    """A model cannot be fetched, added or removed.

    `problem`: what is wrong. `remedy`: what to do at the command line. The exception's text is both. `code`: the kind
    of problem. Other programs use the remedy of `problem` in `huebrush_protocol.sentences`.
    """

    def __init__(self, problem: Text, remedy: str = "", code: str = "refused") -> None:
        super().__init__(f"{problem} {remedy}".strip())
        self.problem = problem
        self.remedy = remedy
        self.code = code


class CheckpointError(Exception):
    """A file cannot be loaded as a released model.

    The message is a `Text`. Only where parts are added at the command line, it is plain English.
    """


class DamagedFileError(CheckpointError):
    """The file is cut short, or is no safetensors file at all."""


class PickleRefusedError(CheckpointError):
    """The file is a pickle, which can run code when it is opened, and pickles are not allowed."""

    def __init__(self, file: Path) -> None:
        super().__init__(Text.of("checkpoint.pickle", file=file.name))


class UnknownFamilyError(CheckpointError):
    """The keys are not those of any released model."""


class UnsupportedFamilyError(CheckpointError):
    """The keys are those of a released model that cannot be run yet."""


class CheckpointKeysError(CheckpointError):
    """Tensors are missing, not expected, or have a wrong shape. The keys are those of the file."""

    def __init__(
        self,
        missing: Sequence[str] = (),
        unexpected: Sequence[str] = (),
        wrong_shapes: Mapping[str, tuple[Shape, Shape]] | None = None,
    ) -> None:
        """`wrong_shapes`: key to (shape found, shape expected)."""
        self.missing = tuple(missing)
        self.unexpected = tuple(unexpected)
        self.wrong_shapes = dict(wrong_shapes or {})
        shapes = [f"{key} {found} ≠ {wanted}" for key, (found, wanted) in self.wrong_shapes.items()]
        sorts = (
            ("checkpoint.missing_keys", self.missing),
            ("checkpoint.unexpected_keys", self.unexpected),
            ("checkpoint.wrong_shapes", shapes),
        )
        faults = joined([Text.of(id, count=len(lines), keys=_some(lines)) for id, lines in sorts if lines])
        super().__init__(Text.of("checkpoint.wrong_tensors", faults=faults))


def _some(lines: Sequence[str]) -> str:
    return ", ".join(lines[:MOST_NAMED]) + (", …" if len(lines) > MOST_NAMED else "")
