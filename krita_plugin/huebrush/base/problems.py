"""Problems as the docker shows them: what is wrong, what to do, and the button that does it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from huebrush_protocol.messages import Failed
from huebrush_protocol.texts import Text

from .strings import text, translated


class Remedy(Enum):
    """Action that a banner's button offers; the value names its label in the catalogue."""

    NONE = "none"
    RETRY = "retry"
    START = "start"
    PLACE = "place"
    MULTIPLY = "multiply"
    SCREEN = "screen"
    SHOW_COLORS = "show_colors"
    LOG = "log"


@dataclass(frozen=True)
class Problem:
    """`code` names it for programs and tests, `message` says what is wrong, `advice` what to do."""

    code: str
    message: str
    advice: str = ""
    remedy: Remedy = Remedy.NONE
    severity: str = "error"  # or "info"


class ProblemError(Exception):
    """Error that stops the work; carries the `Problem` to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.message} {problem.advice}".strip())
        self.problem = problem


def problem(code: str, remedy: Remedy = Remedy.NONE, severity: str = "error", **values: object) -> Problem:
    """Return the problem `code` with its sentences from the catalogue (`problem.<code>` and `….advice`).

    Of an error among `values`, what it says is shown, translated if it is a sentence of the protocol.
    """
    shown = {
        name: translated(Text.about(value)) if isinstance(value, BaseException) else value
        for name, value in values.items()
    }
    return Problem(code, text(f"problem.{code}", **shown), text(f"problem.{code}.advice", **shown), remedy, severity)


def unexpected(error: Exception, remedy: Remedy = Remedy.NONE) -> Problem:
    """Return the problem for an `error` that no other code handles."""
    return problem("unexpected", remedy, reason=f"{type(error).__name__}: {error}")


_REMEDIES = {
    "worker_died": Remedy.RETRY,
    "out_of_memory": Remedy.RETRY,
    "internal": Remedy.RETRY,
    "busy": Remedy.RETRY,
    "unknown_job": Remedy.RETRY,
}


def from_failure(failure: Failed) -> Problem:
    """Return the problem that tells the artist about the backend's `failure`, in the language Krita runs in."""
    advice = translated(failure.remedy) or text("problem.backend.advice")
    return Problem(failure.code, translated(failure.message), advice, _REMEDIES.get(failure.code, Remedy.NONE))
