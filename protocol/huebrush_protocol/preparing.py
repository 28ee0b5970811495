"""Messages about loading a model ahead, before the first job needs it."""

from __future__ import annotations

from dataclasses import dataclass

PREPARATION_STATES = ("loading", "ready", "stopped")
"""Words of a `Preparation`."""


@dataclass(frozen=True)
class Prepare:
    """Load `model` now, so that the next job need not wait for it.

    The backend answers with `Preparation` at once, each second while the model loads, and at the end. A job that
    arrives meanwhile goes first as soon as the model is loaded. A later `Prepare`, or a job with another model, takes
    the place of one that has not begun.
    """

    model: str


@dataclass(frozen=True)
class Preparation:
    """State of a model that `Prepare` asked for.

    `state`: "loading", "ready", or "stopped" if it is not loaded after all; a job with this model then says why.
    `seconds_left`: None while it is not known.
    """

    model: str
    state: str
    seconds_left: float | None = None


PreparingMessage = Prepare | Preparation
