"""`huebrush bench start`: measure flats of a small page from the shell."""

from __future__ import annotations

from typing import Any

from huebrush_backend.cli.main import CommandError


def measure_first_flats(repeats: int) -> dict[str, Any]:
    """Return the figures. Raises `CommandError` when a program that is measured fails."""
    from huebrush_backend.evaluation.start_bench import StartBenchError, measure_start

    try:
        return measure_start(repeats)
    except StartBenchError as error:
        raise CommandError(str(error)) from error
