"""A spare worker, started and without a model, takes the place of one that dies; it leaves with its front."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

import psutil
import pytest
from huebrush_backend.server import spare_worker
from huebrush_backend.server.spare_worker import IDLE_LOOKS, WorkerLauncher
from huebrush_protocol.messages import Result
from jobs_helper import final, submit
from serving_backend import Backend, is_gone, wait_until

SPARE = re.compile(r"spare worker process (\d+) started")


def spare_of(backend: Backend) -> psutil.Process:
    """Wait for the spare worker and return it."""
    log = backend.runtime / "backend.log"
    wait_until(lambda: SPARE.search(log.read_text("utf-8")), "a spare worker")
    return psutil.Process(int(SPARE.findall(log.read_text("utf-8"))[-1]))


def test_the_spare_does_the_next_job_when_the_worker_dies(backend: Backend):
    client = backend.client()
    client.result(submit(client))
    spare = spare_of(backend)
    psutil.Process(backend.worker_pid).kill()
    result = final(client, submit(client))
    assert isinstance(result, Result) and result.recipe["pid"] == spare.pid


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process")
def test_a_spare_that_is_dead_or_stopped_is_not_used(backend: Backend):
    client = backend.client()
    client.result(submit(client))
    spare = spare_of(backend)
    spare.send_signal(signal.SIGSTOP)
    worker = backend.worker_pid
    psutil.Process(worker).kill()
    result = final(client, submit(client))
    assert isinstance(result, Result) and result.recipe["pid"] not in (spare.pid, worker)
    wait_until(lambda: is_gone(spare.pid), "the stopped one's end")


@pytest.mark.parametrize("number", [signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)])
def test_the_spare_ends_with_the_front(backend: Backend, number: int):
    client = backend.client()
    client.result(submit(client))
    spare = spare_of(backend)
    backend.process.send_signal(number)
    wait_until(lambda: is_gone(spare.pid), "the spare's end")


@pytest.mark.parametrize(("free", "count"), [(spare_worker.FREE_BYTES, 1), (spare_worker.FREE_BYTES - 1, 0)])
def test_a_spare_is_started_where_memory_allows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, count: int):
    started: list[tuple[str, ...]] = []

    class Process:
        can_begin, pid = True, 1

        def __init__(self, folder: Path, words: tuple[str, ...]) -> None:
            started.append(words)

    class Memory:
        available = free

    monkeypatch.setattr(spare_worker, "WorkerProcess", Process)
    monkeypatch.setattr(spare_worker.psutil, "virtual_memory", Memory)
    launcher = WorkerLauncher(tmp_path, "an:engine")
    for _ in range(IDLE_LOOKS - 1):
        launcher.on_look(is_idle=True)
    launcher.on_look(is_idle=False)
    assert started == []
    for _ in range(3 * IDLE_LOOKS):
        launcher.on_look(is_idle=True)
    assert len(started) == count
