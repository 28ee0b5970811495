"""The worker is expendable: its death costs no job, and one that it dies of twice is reported as failed."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest
from huebrush_protocol.messages import Cancelled, Result
from huebrush_protocol.texts import Text
from jobs_helper import failure, final, is_told_why, start_gated, submit, wait_for_step
from serving_backend import Backend, is_gone, wait_until


def test_a_job_whose_worker_is_killed_runs_once_more(backend: Backend):
    client = backend.client()
    job = start_gated(backend, client)
    waiting = submit(client)
    killed = backend.worker_pid
    psutil.Process(killed).kill()
    assert is_told_why(client, job) == "job.again"
    backend.allow_step(2)
    for either in (job, waiting):
        result = final(client, either)
        assert isinstance(result, Result) and result.recipe["pid"] != killed


def test_a_job_that_two_deaths_hit_fails(backend: Backend):
    client = backend.client()
    job = start_gated(backend, client)
    waiting = submit(client)
    psutil.Process(backend.worker_pid).kill()
    assert is_told_why(client, job) == "job.again"
    wait_for_step(client, job, 1)
    psutil.Process(backend.worker_pid).kill()
    lost = failure(client, job)
    assert lost.code == "worker_died" and "second time" in lost.message and "Colorize again" in lost.remedy
    assert isinstance(final(client, waiting), Result)
    client.fetch(job)  # the failure, too, is kept until acknowledged
    assert failure(client, job) == lost


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.15])
def test_a_job_sent_just_after_an_idle_workers_death_does_not_fail(backend: Backend, seconds: float):
    client = backend.client()
    client.result(submit(client))
    psutil.Process(backend.worker_pid).kill()
    time.sleep(seconds)
    assert isinstance(final(client, submit(client)), Result)


def test_a_worker_that_is_killed_while_it_starts_costs_no_job(start_backend, root: Path):
    (root / "engine").mkdir()
    (root / "engine" / "hang").touch()
    backend = start_backend(engine="fake_engine:create_engine_that_may_hang")
    client = backend.client()
    job = submit(client)
    front = psutil.Process(backend.process.pid)
    wait_until(front.children, "the worker")
    (root / "engine" / "hang").unlink()
    front.children()[0].kill()
    assert isinstance(final(client, job), Result)


@pytest.mark.parametrize("behaviour", ["exit", "segfault"])
def test_a_worker_that_ends_by_itself(backend: Backend, behaviour: str):
    client = backend.client()
    assert failure(client, submit(client, behaviour)).code == "worker_died"
    assert isinstance(final(client, submit(client)), Result)


@pytest.mark.parametrize("behaviour", ["memory_error", "out_of_memory"])
def test_out_of_memory_replaces_the_worker(backend: Backend, behaviour: str):
    client = backend.client()
    client.result(submit(client))
    used = backend.worker_pid
    lost = submit(client, behaviour)
    waiting = submit(client)
    full = failure(client, lost)
    assert full.code == "out_of_memory" and full.remedy
    result = final(client, waiting)
    assert isinstance(result, Result)
    assert result.recipe["pid"] != used
    wait_until(lambda: is_gone(used), "the old worker's end")


def test_an_idle_worker_may_die_too(backend: Backend):
    client = backend.client()
    client.result(submit(client))
    psutil.Process(backend.worker_pid).kill()
    wait_until(lambda: not list(backend.runtime.glob("worker-*.sock")), "the front to notice")
    assert isinstance(final(client, submit(client)), Result)


def test_a_worker_killed_while_cancelling_still_means_cancelled(backend: Backend):
    client = backend.client()
    job = start_gated(backend, client)
    client.cancel(job)
    client.ping()
    psutil.Process(backend.worker_pid).kill()
    assert final(client, job) == Cancelled(job)


def test_a_worker_that_cannot_start_says_why(start_backend):
    client = start_backend(engine="fake_engine:create_broken_engine").client()
    for _ in range(2):
        broken = failure(client, submit(client))
        assert broken.code == "worker_died"
        assert "no module named torch" in broken.message and "huebrush doctor" in broken.remedy
    assert client.ping() >= 0


def test_why_a_worker_cannot_start_can_be_translated(start_backend):
    client = start_backend(engine="fake_engine:create_engine_without_device").client()
    message = failure(client, submit(client)).message
    assert isinstance(message, Text) and message.id == "worker.not_started"
    reason = message.arguments["reason"]
    assert isinstance(reason, Text)
    assert (reason.id, reason.arguments) == ("device.missing", {"device": "cuda:7"})
