"""Runs a command as a process of its own: its terminal, Ctrl+C, and its exit status."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext

from huebrush_backend.cli.interruption import end_now, interruption, prompt_end, quiet_unraisable
from huebrush_backend.cli.terminal import flush_terminal, is_of_output, prepare_terminal

ENDING_THEMSELVES = ("serve", "train")
"""Commands that take their time after Ctrl+C: they answer their clients, or save their state."""


def run_process(words: Sequence[str]) -> int:
    """Run `huebrush` with `words` and return the exit status."""
    prepare_terminal()
    sys.unraisablehook = quiet_unraisable
    with nullcontext() if words and words[0] in ENDING_THEMSELVES else prompt_end():
        try:
            status = _run(words)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: Ctrl+C while Python ends changes nothing
        except KeyboardInterrupt:
            end_now()
        except BaseException as error:
            if interruption().pressed.is_set():  # libraries make other errors of Ctrl+C while they are imported
                end_now()
            if isinstance(error, OSError) and is_of_output(error):
                return flush_terminal(error) or 1
            raise
    failure = flush_terminal()
    return status if failure is None else failure


def _run(words: Sequence[str]) -> int:
    from huebrush_backend.cli.main import run_command

    try:
        return run_command(words)
    except SystemExit as error:  # of argparse, after help and mistakes
        return error.code if isinstance(error.code, int) else int(error.code is not None)
