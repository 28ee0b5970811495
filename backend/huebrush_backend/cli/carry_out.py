"""One request carried out for a command of the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from huebrush_backend.cli.main import CommandError

if TYPE_CHECKING:
    from huebrush_backend.engine.request import ColorizeRequest, ColorizeResult


def carry_out(command: str, device: str, request: ColorizeRequest) -> ColorizeResult | None:
    """Run the engine with a progress bar. Ctrl+C cancels cleanly. Prints a message and returns None on failure.

    `command`: name of the command, for the message. Raises `CommandError` for a mistake in the request.
    """
    from huebrush_backend.cli.progress import ProgressDisplay, cancel_on_interrupt
    from huebrush_backend.engine.engine import Engine
    from huebrush_backend.engine.request import Cancelled, EngineError

    try:
        engine = Engine(device)
    except ValueError as error:
        raise CommandError(str(error)) from error
    try:
        with cancel_on_interrupt() as is_cancelled, ProgressDisplay(sys.stderr) as display:
            return engine.colorize(request, display.show, is_cancelled)
    except Cancelled as error:
        raise KeyboardInterrupt from error
    except EngineError as error:
        if error.code in ("bad_input", "unknown_model", "model_missing"):
            raise CommandError(error.sentence) from error
        print(f"huebrush {command}: {error.sentence}", file=sys.stderr)
        return None
