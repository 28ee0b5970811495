"""Measures a real backend, with its own front and worker processes, over the protocol."""

from __future__ import annotations

import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from huebrush_protocol.endpoint import EndpointError, read_endpoint
from huebrush_protocol.messages import ImageHeader, Preview, Result
from huebrush_protocol.parameters import Parameters

from huebrush_backend.evaluation.pairs import SIZE, HeldOutPair, held_out_pair
from huebrush_backend.models.catalog import BUILTIN_MODEL
from huebrush_backend.server.client import FINAL, Client, NoAnswer
from huebrush_backend.synthesis import line_art

START_PATIENCE = 120.0
JOB_PATIENCE = 600.0
SPARE_PATIENCE = 30.0
SETTLING_SECONDS = 5.0
_MIB = 2**20
_BRANCHES = {"no_guidance": (1.0, 1.0), "reference_guidance": (4.0, 1.0), "both_guidances": (4.0, 3.0)}
"""Settings to compare: (reference guidance, sketch guidance). Each guidance adds a row to the UNet's batch."""


class BenchError(Exception):
    """The backend could not be measured; the message says why."""


@dataclass(frozen=True)
class RunningBackend:
    """A backend of our own: a client of it, its front process, the model to use, seconds until it listened, and the
    seeds of its jobs."""

    client: Client
    front: psutil.Process
    model: str
    seconds_to_listen: float
    seeds: Iterator[int] = field(default_factory=lambda: itertools.count(1))


@dataclass(frozen=True)
class JobFigures:
    """Measurements of one colorization; times in seconds, memory in MiB."""

    seconds: float
    first_preview: float
    worker_mib: float
    device: str


def measure_backend(weights: Path | None, steps: int, repeats: int, device: str = "auto") -> dict[str, Any]:
    """Start a backend in a temporary folder, colour pictures of 256 px, and return the figures, ready for JSON.

    The guidance settings take turns, so that other work of the machine slows all of them equally.
    `weights`: folder of an exported model, or None for the built-in model. Raises BenchError.
    """
    pair = held_out_pair(0, 0)
    parameters = Parameters(steps=steps)
    with running_backend(weights, device, dict(os.environ)) as backend:
        time.sleep(1.0)
        idle_front = _mib(backend.front)
        cold = colorize_once(backend, parameters, pair)
        settings = {
            name: replace(parameters, reference_guidance=reference, sketch_guidance=sketch)
            for name, (reference, sketch) in _BRANCHES.items()
        }
        warm: list[JobFigures] = []
        others: dict[str, list[JobFigures]] = {name: [] for name in settings}
        for _ in range(repeats):
            warm.append(colorize_once(backend, parameters, pair))
            for name, setting in settings.items():
                others[name].append(colorize_once(backend, setting, pair))
        busy_front = _mib(backend.front)
        after_death = [_colorize_after_death(backend, parameters, pair) for _ in range(repeats)]
    seconds = {name: statistics.median(job.seconds for job in jobs) for name, jobs in others.items()}
    everything = [cold, *warm, *(job for jobs in others.values() for job in jobs)]
    return {
        "model": backend.model,
        "device": cold.device,
        "size": SIZE,
        "steps": steps,
        "repeats": repeats,
        "speed": {
            "seconds_a_picture": _rounded(statistics.median(job.seconds for job in warm)),
            "seconds_to_first_preview": _rounded(statistics.median(job.first_preview for job in warm)),
            "cold_seconds_to_listening": _rounded(backend.seconds_to_listen),
            "cold_seconds_to_first_preview": _rounded(cold.first_preview),
            "cold_seconds_a_picture": _rounded(cold.seconds),
            "seconds_a_picture_after_a_kill": _rounded(statistics.median(job.seconds for job in after_death)),
            "seconds_by_guidance": {name: _rounded(value) for name, value in seconds.items()},
            "ratio_to_no_guidance": {name: _rounded(value / seconds["no_guidance"]) for name, value in seconds.items()},
        },
        "memory": {
            "worker_peak_mib": round(max(job.worker_mib for job in everything)),
            "front_idle_mib": round(idle_front),
            "front_after_jobs_mib": round(busy_front),
        },
    }


@contextmanager
def running_backend(weights: Path | None, device: str, variables: Mapping[str, str]) -> Iterator[RunningBackend]:
    """Run `huebrush serve` in a temporary folder during the block.

    `weights`: folder of an exported model, or None for the built-in model. `variables`: its environment. Raises
    BenchError.
    """
    # The path must be short: a Unix socket's path has at most about 100 characters.
    root = Path(tempfile.mkdtemp(prefix="hb-"))
    model = BUILTIN_MODEL
    process: subprocess.Popen[bytes] | None = None
    try:
        if weights:
            model = "benched"
            (root / "data" / "models").mkdir(parents=True)
            shutil.copytree(weights, root / "data" / "models" / model)
        command = [sys.executable, "-m", "huebrush_backend.cli.main", "serve", "--runtime", str(root / "run")]
        command += ["--parent", str(os.getpid()), "--device", device]
        environment = {**variables, "HUEBRUSH_DATA": str(root / "data")}
        with (root / "output").open("wb") as output:
            begin = time.monotonic()
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        while not _announced(root / "run", process.pid):
            if process.poll() is not None or time.monotonic() > begin + START_PATIENCE:
                said = (root / "output").read_text("utf-8", "replace")[-1000:]
                raise BenchError(f"the backend did not start: {said}")
            time.sleep(0.02)
        seconds = time.monotonic() - begin
        with Client.open(root / "run", timeout=30.0) as client:
            client.hello("huebrush-bench")
            yield RunningBackend(client, psutil.Process(process.pid), model, seconds)
    finally:
        if process is not None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(root, ignore_errors=True)


def _announced(runtime: Path, pid: int) -> bool:
    try:
        return read_endpoint(runtime).pid == pid
    except EndpointError:
        return False


def colorize_once(backend: RunningBackend, parameters: Parameters, pair: HeldOutPair) -> JobFigures:
    """Send one job, wait for its end, and return its measurements. Raises BenchError.

    It has a seed of its own: a backend keeps its last pictures, and would give the same one again at once.
    """
    client = backend.client
    parameters = replace(parameters, seed=next(backend.seeds))
    lines = line_art(pair.drawing)
    images = [
        (ImageHeader("line_art", SIZE, SIZE, "GRAY"), np.ascontiguousarray(lines)),
        (ImageHeader("reference", SIZE, SIZE, "RGB"), np.ascontiguousarray(pair.reference)),
    ]
    begin = time.monotonic()
    job = client.submit(backend.model, parameters, images)
    first_preview, peak = None, 0.0
    try:
        for received in client.events(job, silence=JOB_PATIENCE):
            now = time.monotonic()
            peak = max(peak, *(_mib(child) for child in backend.front.children(recursive=True)), 0.0)
            message = received.message
            if isinstance(message, Preview) and first_preview is None:
                first_preview = now - begin
            if isinstance(message, FINAL) and not isinstance(message, Result):
                raise BenchError(f"the job did not succeed: {message}")
            if isinstance(message, Result):
                client.acknowledge(job)
                seconds = now - begin
                device = str(message.recipe.get("device", ""))
                return JobFigures(seconds, seconds if first_preview is None else first_preview, peak, device)
    except NoAnswer as error:
        raise BenchError(str(error)) from error
    raise BenchError("the backend forgot the job")


def _colorize_after_death(backend: RunningBackend, parameters: Parameters, pair: HeldOutPair) -> JobFigures:
    """Kill the idle worker, send a job at once, and return its measurements. Raises BenchError.

    As in daily use, the spare has had time to import what it needs before that, if the front keeps one.
    """
    deadline = time.monotonic() + SPARE_PATIENCE
    while len(backend.front.children()) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(SETTLING_SECONDS)
    workers = backend.front.children()
    if not workers:
        raise BenchError("the worker has ended by itself")
    max(workers, key=_mib).kill()  # the spare has no model, and so less memory
    return colorize_once(backend, parameters, pair)


def _mib(process: psutil.Process) -> float:
    """Return the process's resident memory in MiB, or 0 when it has ended."""
    try:
        return process.memory_info().rss / _MIB
    except psutil.NoSuchProcess:
        return 0.0


def _rounded(value: float) -> float:
    return round(value, 2)
