"""A worker that cannot be started, hangs or stands still: each job is told of it, and the next goes on."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from huebrush_backend.cli.serve import EXIT_ALREADY_RUNNING
from huebrush_protocol.messages import Cancelled, Failed, Result
from jobs_helper import failure, final, is_told_why, start_gated, submit
from serving_backend import Backend, is_gone, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are those of Unix")
IMPATIENT = ("--patience", "0.05")


def kill_worker(backend: Backend) -> None:
    """End the idle worker and wait until the front has noticed."""
    worker = backend.worker_pid
    psutil.Process(worker).kill()
    wait_until(lambda: is_gone(worker), "the worker's end")
    wait_until(lambda: not list(backend.runtime.glob("worker-*.sock")), "the front to notice")


def test_the_runtime_folder_is_made_anew(backend: Backend):
    client = backend.client()
    client.result(submit(client))
    kill_worker(backend)
    shutil.rmtree(backend.runtime)
    assert isinstance(final(client, submit(client)), Result)
    fresh = backend.client()
    assert isinstance(final(fresh, submit(fresh)), Result)
    assert isinstance(final(client, submit(client)), Result)
    wait_until((backend.runtime / "backend.log").exists, "a log")
    assert subprocess.run(backend.command, env=backend.environment, check=False).returncode == EXIT_ALREADY_RUNNING


def test_who_takes_the_vanished_folder_keeps_it(backend: Backend, start_backend):
    client = backend.client()
    psutil.Process(backend.process.pid).send_signal(signal.SIGSTOP)
    shutil.rmtree(backend.runtime)
    second = start_backend()
    endpoint = second.endpoint
    psutil.Process(backend.process.pid).send_signal(signal.SIGCONT)
    assert isinstance(final(client, submit(client)), Result)
    assert second.endpoint == endpoint and second.client().ping() >= 0
    backend.close()
    wait_until(Path(endpoint.address.removeprefix("ipc://")).exists, "the second one's socket")
    assert second.endpoint == endpoint and second.client().ping() >= 0


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process can be set on Linux only")
def test_without_descriptors_each_job_is_told_and_afterwards_all_is_well(backend: Backend):
    client = backend.client()
    client.result(submit(client))
    kill_worker(backend)
    front = psutil.Process(backend.process.pid)
    usual = front.rlimit(resource.RLIMIT_NOFILE)
    front.rlimit(resource.RLIMIT_NOFILE, (front.num_fds(), usual[1]))
    for job in [submit(client), submit(client)]:
        told = failure(client, job)
        assert told.code == "worker_died" and "open files" in told.message
    front.rlimit(resource.RLIMIT_NOFILE, usual)
    assert isinstance(final(client, submit(client)), Result)


def test_where_no_socket_can_be_made_each_job_is_told(backend: Backend):
    client = backend.client()
    client.result(submit(client))
    kill_worker(backend)
    aside = backend.runtime.with_name("aside")
    backend.runtime.rename(aside)
    backend.runtime.write_text("in the way", "utf-8")
    for job in [submit(client), submit(client)]:
        assert failure(client, job).code == "worker_died"
    backend.runtime.unlink()
    aside.rename(backend.runtime)
    assert isinstance(final(client, submit(client)), Result)


def test_a_worker_that_hangs_while_starting_is_ended(start_backend, root: Path):
    (root / "engine").mkdir()
    (root / "engine" / "hang").touch()
    client = start_backend(*IMPATIENT, engine="fake_engine:create_engine_that_may_hang").client()
    jobs = [submit(client), submit(client)]
    told = failure(client, jobs[0])
    assert told.code == "worker_died" and "stood still" in told.message
    (root / "engine" / "hang").unlink()
    last = final(client, jobs[1])  # the second worker may have met the file as well
    assert isinstance(last, (Result, Failed))
    assert isinstance(final(client, submit(client)), Result)


def test_a_stopped_worker_is_noticed(start_backend):
    backend = start_backend(*IMPATIENT)
    client = backend.client()
    job = start_gated(backend, client)
    waiting, stopped = submit(client), backend.worker_pid
    psutil.Process(stopped).send_signal(signal.SIGSTOP)
    assert is_told_why(client, job) == "job.again"
    backend.allow_step(2)
    for either in (job, waiting):
        result = final(client, either)
        assert isinstance(result, Result) and result.recipe["pid"] != stopped
    assert is_gone(stopped)


def test_a_worker_that_spins_is_noticed(start_backend):
    backend = start_backend("--patience", "0.02")
    client = backend.client()
    client.result(submit(client))
    job = submit(client, "spin")
    end = final(client, job)
    assert isinstance(end, Failed) and end.code == "worker_died" and "stood still" in end.message
    assert isinstance(final(client, submit(client)), Result)


def test_a_cancel_does_not_wait_for_a_stopped_worker(start_backend):
    backend = start_backend(*IMPATIENT)
    client = backend.client()
    job = start_gated(backend, client)
    psutil.Process(backend.worker_pid).send_signal(signal.SIGSTOP)
    client.cancel(job)
    assert final(client, job) == Cancelled(job)
    assert isinstance(final(client, submit(client)), Result)
