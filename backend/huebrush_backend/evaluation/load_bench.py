"""Measures how long a picture takes while other programs compute, for each way in which the worker's threads can wait.

The ways take turns, each in a backend of its own, so that other work of the machine slows all of them equally, and of
each the least time counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from huebrush_protocol.parameters import Parameters

from huebrush_backend.evaluation.backend_bench import colorize_once, running_backend
from huebrush_backend.evaluation.pairs import held_out_pair

WAYS = {
    "as_shipped": {},
    "spinning": {"GOMP_SPINCOUNT": "300000"},
    "sleeping": {"GOMP_SPINCOUNT": "0"},
    "one_thread": {"OMP_NUM_THREADS": "1"},
}
"""Environment variables of each way; the first way is what users have, the second OpenMP's own default."""
SHIPPED = "as_shipped"
THREAD_VARIABLES = ("OMP_WAIT_POLICY", "OMP_NUM_THREADS", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
"""Variables that are taken out of the caller's environment first: they would decide what is to be measured."""
BUSY_PROGRAM = "while True: pass"
SETTLING_SECONDS = 0.5
"""Time for which the busy programs compute before a picture begins."""


def measure_load(weights: Path | None, steps: int, repeats: int) -> dict[str, Any]:
    """Return the seconds that a picture of 256 px takes on the processor, alone and beside busy programs.

    `weights`: folder of an exported model, or None for the built-in model. As many programs are busy as the machine
    has cores, with the backend's priority. `quiet_ratio`: the shipped way's time alone, as a multiple of the fastest
    way's. `loaded_ratio`: the shipped way's time beside the busy programs, as a multiple of its time alone. Raises
    BenchError.
    """
    pair, parameters = held_out_pair(0, 0), Parameters(steps=steps)
    quiet: dict[str, list[float]] = {way: [] for way in WAYS}
    loaded: dict[str, list[float]] = {way: [] for way in WAYS}
    programs = os.cpu_count() or 1
    with ExitStack() as stack:
        backends = {}
        for way, variables in WAYS.items():
            kept = {name: value for name, value in os.environ.items() if name not in THREAD_VARIABLES}
            backend = stack.enter_context(running_backend(weights, "cpu", {**kept, **variables}))
            colorize_once(backend, parameters, pair)  # loads the model
            backends[way] = backend
        for _ in range(repeats):
            for way, backend in backends.items():
                quiet[way].append(colorize_once(backend, parameters, pair).seconds)
            for way, backend in backends.items():
                with _busy_programs(programs):
                    loaded[way].append(colorize_once(backend, parameters, pair).seconds)
    alone = {way: min(times) for way, times in quiet.items()}
    beside = {way: min(times) for way, times in loaded.items()}
    return {
        "quiet_ratio": round(alone[SHIPPED] / min(alone.values()), 2),
        "loaded_ratio": round(beside[SHIPPED] / alone[SHIPPED], 2),
        "steps": steps,
        "repeats": repeats,
        "busy_programs": programs,
        "seconds": {way: {"quiet": round(alone[way], 2), "loaded": round(beside[way], 2)} for way in WAYS},
    }


@contextmanager
def _busy_programs(count: int) -> Iterator[None]:
    """Let `count` other processes compute during the block."""
    programs = [subprocess.Popen([sys.executable, "-c", BUSY_PROGRAM]) for _ in range(count)]
    try:
        time.sleep(SETTLING_SECONDS)
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()
