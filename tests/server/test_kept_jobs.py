"""Jobs and results outlive the front that took them; what the disk does not take stays in memory."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

import psutil
import pytest
from huebrush_backend.server.client import Client
from huebrush_backend.server.dispatcher import MOST_RESTARTS
from huebrush_backend.server.job_store import DATABASE
from huebrush_protocol.codec import Received
from huebrush_protocol.messages import Accepted, Result
from jobs_helper import failure, final, is_told_why, start_gated, submit
from serving_backend import Backend, wait_until


def bytes_of(received: Received) -> list[bytes]:
    return [bytes(image.data) for image in received.images]


def database(backend: Backend) -> Path:
    """Return the table's file."""
    (path,) = (backend.data / "cache" / "jobs").glob(f"*/{DATABASE}")
    return path


def asked(client: Client, job: str) -> Received:
    """Ask for a finished job and return its result."""
    client.fetch(job)
    return client.result(job)


def test_a_result_outlives_the_front_until_it_is_acknowledged(start_backend):
    first = start_backend()
    client = first.client()
    jobs = [submit(client), submit(client)]
    before = [client.result(job) for job in jobs]
    first.kill()
    second = start_backend()
    client = second.client()
    for job, result in zip(jobs, before, strict=True):
        again = asked(client, job)
        assert again.message == result.message and bytes_of(again) == bytes_of(result)
    client.acknowledge(jobs[0])
    wait_until(lambda: not list(database(second).parent.glob(f"{jobs[0]}.*")), "it to be forgotten on the disk")
    second.kill()
    client = start_backend().client()
    client.fetch(jobs[0])
    assert failure(client, jobs[0]).code == "unknown_job"
    assert bytes_of(asked(client, jobs[1])) == bytes_of(before[1])


def test_the_next_front_goes_on_with_the_jobs_of_one_that_died(start_backend):
    first = start_backend()
    client = first.client()
    running = start_gated(first, client)
    waiting = [submit(client) for _ in range(3)]
    for job in waiting:
        assert isinstance(next(client.events(job)).message, Accepted)
    first.kill()
    second = start_backend()
    client = second.client()
    client.fetch(running)
    assert is_told_why(client, running) == "job.continued"
    for job in waiting:
        client.fetch(job)
    second.allow_step(2)
    for job in (running, *waiting):
        assert isinstance(final(client, job), Result)


def test_no_accepted_job_is_lost_by_many_deaths(start_backend):
    jobs: list[str] = []
    for _ in range(3):
        backend = start_backend()
        client = backend.client()
        for job in jobs:
            client.fetch(job)
        jobs += [submit(client, steps=20) for _ in range(3)]
        for job in jobs[-3:]:
            assert isinstance(next(client.events(job)).message, Accepted)
        backend.kill()
    client = start_backend().client()
    for job in jobs:
        client.fetch(job)
        assert isinstance(final(client, job), Result)


def noted(backend: Backend, job: str) -> tuple[int, int]:
    """Return what the table of a front that has ended says: whether the job runs, and how many deaths hit it."""
    with contextlib.closing(sqlite3.connect(database(backend))) as table:
        return table.execute("SELECT is_running, restarts FROM jobs WHERE id = ?", (job,)).fetchone()


def test_a_job_that_front_after_front_dies_of_fails_at_last(start_backend):
    backend = start_backend()
    job, deaths = start_gated(backend, backend.client()), 1
    backend.kill()
    while noted(backend, job) != (1, MOST_RESTARTS):  # a death before a thread has noted that the job runs is none
        (backend.engine_folder / "held").unlink(missing_ok=True)
        backend = start_backend()
        backend.wait_until_held(2)
        backend.kill()
        deaths += 1
        assert deaths < 3 * MOST_RESTARTS
    assert deaths > MOST_RESTARTS
    client = start_backend().client()
    client.fetch(job)
    told = failure(client, job)
    assert told.code == "worker_died" and "several times" in told.message


def test_who_was_cancelled_does_not_come_back(start_backend):
    first = start_backend()
    client = first.client()
    running, waiting = start_gated(first, client), submit(client)
    client.cancel(waiting)
    client.cancel(running)
    wait_until(lambda: not list(database(first).parent.glob("*.job")), "both to be forgotten on the disk")
    first.kill()
    client = start_backend().client()
    for job in (running, waiting):
        client.fetch(job)
        assert failure(client, job).code == "unknown_job"


@pytest.mark.parametrize("damage", ["garbage", "folder", "older", "cut"])
def test_a_damaged_table_is_begun_anew(start_backend, damage: str):
    backend = start_backend()
    client = backend.client()
    job = submit(client)
    client.result(job)
    backend.kill()
    path = database(backend)
    path.with_name(DATABASE + "-wal").unlink()  # from which SQLite would make the table whole again
    if damage == "garbage":
        path.write_bytes(b"no database" * 1000)
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    elif damage == "older":
        with contextlib.closing(sqlite3.connect(path)) as table:
            table.execute("CREATE TABLE jobs (something TEXT)")
            table.execute("PRAGMA user_version = 7")
    else:
        path.write_bytes(path.read_bytes()[:100])
    client = start_backend().client()
    client.fetch(job)
    assert failure(client, job).code == "unknown_job"
    assert isinstance(final(client, submit(client)), Result)


def test_a_lost_picture_is_said_and_wedges_nothing(start_backend):
    first = start_backend()
    client = first.client()
    running, waiting, done = start_gated(first, client), submit(client), ""
    assert isinstance(next(client.events(waiting)).message, Accepted)
    first.kill()
    for path in database(first).parent.glob("*.job"):
        path.write_bytes(path.read_bytes()[:-1])
    client = start_backend().client()
    for job in (running, waiting):
        client.fetch(job)
        told = failure(client, job)
        assert told.code == "internal" and "cannot be read" in told.message
    done = submit(client)
    assert isinstance(final(client, done), Result)


@pytest.mark.parametrize("put", [os.mkfifo, Path.mkdir], ids=["fifo", "folder"])
def test_what_is_put_in_place_of_kept_files_wedges_nothing(start_backend, put):
    first = start_backend()
    client = first.client()
    done = submit(client)
    client.result(done)
    running = start_gated(first, client)
    first.kill()
    for path in [*database(first).parent.glob("*.job"), *database(first).parent.glob("*.end")]:
        path.unlink()
        put(path)
    client = start_backend().client()
    for job in (running, done):
        client.fetch(job)
        told = failure(client, job)
        assert told.code == "internal" and "cannot be read" in told.message
    assert isinstance(final(client, submit(client)), Result)


def test_without_a_folder_for_them_jobs_stay_in_memory(start_backend, root: Path):
    (root / "data").mkdir()
    (root / "data" / "cache").write_text("in the way", "utf-8")
    backend = start_backend()
    client = backend.client()
    job = submit(client)
    result = client.result(job)
    assert asked(client, job).message == result.message
    assert "kept in memory only" in (backend.runtime / "backend.log").read_text("utf-8")


def test_a_folder_that_vanishes_costs_nothing(backend: Backend):
    client = backend.client()
    client.result(submit(client))
    folder = database(backend).parent
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    job = submit(client)
    result = client.result(job)
    assert asked(client, job).message == result.message


def test_files_are_private_and_leave_with_their_job(backend: Backend):
    client = backend.client()
    job = submit(client)
    client.result(job)
    folder = database(backend).parent
    assert [path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())] == [0] * (
        1 + len(list(folder.iterdir()))
    )
    assert [path.name for path in folder.glob("*.*") if not path.name.startswith(DATABASE)] == [f"{job}.end"]
    client.acknowledge(job)
    wait_until(lambda: not (folder / f"{job}.end").exists(), "the file to be removed")


def test_a_worker_that_dies_with_the_front_is_not_left(start_backend):
    backend = start_backend()
    start_gated(backend, backend.client())
    worker = psutil.Process(backend.worker_pid)
    backend.kill()
    worker.wait(300)
