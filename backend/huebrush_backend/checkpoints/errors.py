"""Errors of checkpoints and of the models folder. Every message says what was found and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from huebrush_protocol.texts import Text

MOST_NAMED = 20
"""Largest number of keys of one kind listed in a message; the exception itself holds all of them."""

Shape = tuple[int, ...]


class ModelsError(Exception):
    """A model cannot be fetched, added or removed.

    `problem`: what is wrong. `remedy`: what to do at the command line. The exception's text is both. `code`: the kind
    of problem. Other programs use the remedy of `problem` in `huebrush_protocol.texts` if it has an id.
    """

    def __init__(self, problem: Text | str, remedy: str = "", code: str = "refused") -> None:
        super().__init__(f"{problem} {remedy}".strip())
        self.problem = Text.from_data(problem)
        self.remedy = remedy
        self.code = code


class CheckpointError(Exception):
    """A file cannot be loaded as a released model."""


class DamagedFileError(CheckpointError):
    """The file is cut short, or is no safetensors file at all."""


class PickleRefusedError(CheckpointError):
    """The file is a pickle, which can run code when it is opened, and pickles are not allowed."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file.name} is a pickle, which could run code on this computer. Use the .safetensors file of the same "
            "model; if there is none and you trust the source, allow pickles explicitly."
        )


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
        shapes = [f"{key} is {found}, not {wanted}" for key, (found, wanted) in self.wrong_shapes.items()]
        sorts = (("missing", self.missing), ("not expected", self.unexpected), ("of a wrong shape", shapes))
        parts = [f"{len(lines)} {sort}: {_some(lines)}" for sort, lines in sorts if lines]
        super().__init__("The file's tensors do not match the model that its keys suggest. " + "; ".join(parts))


def _some(lines: Sequence[str]) -> str:
    more = len(lines) - MOST_NAMED
    return ", ".join(lines[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
