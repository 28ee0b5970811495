"""Requests carried out for a command of the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.parameter_ranges import validate_parameters

from huebrush_backend.cli.main import CommandError

if TYPE_CHECKING:
    from huebrush_backend.cli.progress import ProgressDisplay
    from huebrush_backend.engine.engine import Engine
    from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult


class JobFailedError(Exception):
    """A colorization that was started and failed; the message says why, and what to do."""


@attrs.define
class Carrier:
    """An engine with its progress bar, which carries out one request after the other and keeps the model loaded."""

    device: str
    display: ProgressDisplay
    is_cancelled: Callable[[], bool]
    _engine: Engine | None = None

    def carry_out(self, request: ColorizeRequest) -> ColorizeResult:
        """Return the result. Raises `CommandError` for a mistake in the request, `JobFailedError`, and
        KeyboardInterrupt after Ctrl+C."""
        from huebrush_backend.engine.request import Cancelled, EngineError

        try:
            validate_parameters(request.parameters)
        except ProtocolError as error:
            raise CommandError(error.message) from error
        if self._engine is None:
            self._engine = _engine_on(self.device)
        try:
            return self._engine.colorize(request, self.display.show, self.is_cancelled)
        except Cancelled as error:
            raise KeyboardInterrupt from error
        except EngineError as error:
            kind = CommandError if error.code in ("bad_input", "unknown_model", "model_missing") else JobFailedError
            raise kind(error.sentence) from error


@contextmanager
def carrier(device: str) -> Iterator[Carrier]:
    """Make a `Carrier`; inside, Ctrl+C cancels cleanly. The engine is made, on `device`, with the first request."""
    from huebrush_backend.cli.progress import ProgressDisplay, cancel_on_interrupt

    with cancel_on_interrupt() as is_cancelled, ProgressDisplay(sys.stderr) as display:
        yield Carrier(device, display, is_cancelled)


def carry_out(command: str, device: str, request: ColorizeRequest) -> ColorizeResult | None:
    """Run the engine with a progress bar. Ctrl+C cancels cleanly. Prints a message and returns None on failure.

    `command`: name of the command, for the message. Raises `CommandError` for a mistake in the request.
    """
    try:
        with carrier(device) as carries:
            return carries.carry_out(request)
    except JobFailedError as error:
        print(f"huebrush {command}: {error}", file=sys.stderr)
        return None


def _engine_on(device: str) -> Engine:
    from huebrush_backend.engine.engine import Engine

    try:
        return Engine(device)
    except ValueError as error:
        raise CommandError(str(error)) from error
