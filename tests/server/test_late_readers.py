"""A client that reads late gets every outcome and every answer, and costs the front no memory."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import numpy as np
import pytest
from huebrush_protocol.messages import Accepted, Failed, Result
from jobs_helper import final, submit
from serving_backend import Backend, wait_until

JOBS = 60
FETCHES = 10_000
LARGE = np.zeros((1024, 4096, 4), np.uint8)
ENOUGH_MEMORY = 250 << 20
"""Less than the results take, and enough for the front and one of them on its way to the disk."""


def all_done(backend: Backend, last: str) -> None:
    """Wait until a job is done, by another client, which takes its messages over."""
    other = backend.client()
    other.fetch(last)
    assert isinstance(final(other, last), Result)


@pytest.mark.parametrize("steps", [20, 50])
def test_results_of_many_jobs_come_at_last(backend: Backend, steps: int):
    client = backend.client()
    jobs = [submit(client, steps=steps) for _ in range(JOBS)]
    client.ping()
    all_done(backend, jobs[-1])
    client.fetch(jobs[-1])
    told = set()
    while told != set(jobs):
        message = client.receive().message
        if isinstance(message, Result):
            told.add(message.job)
        assert not isinstance(message, Failed), message


def test_every_question_is_answered(backend: Backend):
    client = backend.client()
    for _ in range(FETCHES):
        client.fetch(str(uuid.UUID(int=1)))
    assert [type(client.receive().message) for _ in range(FETCHES)] == [Failed] * FETCHES
    assert client.ping() >= 0


@pytest.mark.skipif(sys.platform != "linux", reason="the memory is read as Linux tells it")
def test_large_results_that_nobody_reads_take_no_memory(backend: Backend):
    client = backend.client()
    jobs = [submit(client, lines=LARGE) for _ in range(12)]
    for job in jobs:
        assert isinstance(next(client.events(job)).message, Accepted)
    folder = backend.data / "cache" / "jobs"
    wait_until(lambda: len(list(folder.glob("*/*.end"))) == len(jobs), "all results")
    assert backend.client().ping() >= 0
    assert own_memory(backend.process.pid) < ENOUGH_MEMORY
    for job in jobs:
        result = client.result(job)
        assert [image.data.nbytes for image in result.images] == [LARGE.nbytes] * 2
        client.acknowledge(job)


def own_memory(pid: int) -> int:
    """Return the bytes of memory that only this process has, without mapped files."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the system does not tell")
