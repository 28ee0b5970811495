"""Jobs through a real front, a real socket and a real worker process."""

from __future__ import annotations

import uuid

import numpy as np
import pytest
from huebrush_backend.server.client import Client
from huebrush_protocol.messages import Accepted, Cancelled, Failed, Preview, Progress, Result
from jobs_helper import LINES, failure, final, start_gated, submit
from serving_backend import DEADLINE, Backend


def test_a_job_from_hello_to_acknowledge(backend: Backend):
    client = backend.client()
    welcome = client.hello("test", "1")
    assert welcome.version == 1 and [model.name for model in welcome.models] == ["demo", "second", "absent"]
    job = submit(client, steps=3)
    events = list(client.events(job))
    messages = [event.message for event in events]
    assert messages[0] == Accepted(job, 0)
    assert [m.step for m in messages if isinstance(m, Progress) and m.phase == "denoising"] == [1, 2, 3]
    previews = [event for event in events if isinstance(event.message, Preview)]
    assert [event.images[0].data[0] for event in previews] == [1, 2, 3]
    result = messages[-1]
    assert isinstance(result, Result) and result.recipe["inputs"] == [1]
    inverted, same = events[-1].images
    assert (inverted.header.name, inverted.header.x, inverted.header.y) == ("inverted", 103, 48)
    assert (inverted.header.artists_word, same.header.artists_word) == ("", "same")
    assert (same.header.order, same.header.x, same.header.y) == ("BGRA", 100, 50)
    assert same.data.tobytes() == LINES.tobytes()
    expected = LINES.copy()
    expected[..., :3] = 255 - expected[..., :3]
    assert np.array_equal(np.frombuffer(inverted.data, np.uint8).reshape(5, 7, 4), expected)
    client.acknowledge(job)
    client.fetch(job)
    assert failure(client, job).code == "unknown_job"


def test_the_device_is_told_once_it_is_known(backend: Backend):
    client = backend.client()
    assert client.hello().device == ""
    client.result(submit(client))
    assert client.hello().device == "fake auto"


def test_submitting_twice_is_one_job(backend: Backend):
    client = backend.client()
    job = start_gated(backend, client)
    submit(client, "gated", steps=2, job=job)
    client.ping()  # it has arrived while the job runs
    backend.allow_step(2)
    results = [event for event in client.events(job) if isinstance(event.message, Result)]
    assert len(results) == 1
    submit(client, "gated", steps=2, job=job)  # finished, not acknowledged: the same result, not a second run
    assert final(client, job) == results[0].message
    client.ping()
    with pytest.raises(Exception, match="does not answer"):
        next(client.events(job, silence=0.3))


def test_a_result_waits_for_a_client_that_comes_back(backend: Backend):
    first = backend.client()
    job = start_gated(backend, first)
    first.close()
    second = backend.client()
    second.fetch(job)
    progress = next(second.events(job)).message
    assert isinstance(progress, Progress) and progress.step == 1
    backend.allow_step(2)
    result = second.result(job)
    third = backend.client()
    third.fetch(job)
    assert third.result(job).message == result.message


def test_a_queued_job_is_cancelled_at_once(backend: Backend):
    client = backend.client()
    running = submit(client, "gated", steps=1)
    waiting, last = submit(client), submit(client)
    assert next(client.events(last)).message == Accepted(last, 2)
    client.cancel(waiting)
    assert final(client, waiting) == Cancelled(waiting)
    assert next(client.events(last)).message == Accepted(last, 1)
    backend.allow_step(1)
    assert isinstance(final(client, running), Result)
    assert isinstance(final(client, last), Result)


def test_a_running_job_is_cancelled_within_one_step(backend: Backend):
    client = backend.client()
    job = start_gated(backend, client, steps=50)
    assert isinstance(next(client.events(job)).message, Preview)
    backend.wait_until_held(2)  # it has asked whether to go on, and will not ask again before the step is done
    client.cancel(job)
    client.ping()  # answered in order: the front has passed the cancel on
    with pytest.raises(Exception, match="does not answer"):
        client.receive(1.0)  # the step in hand is held back here, so nothing can have ended yet
    for step in range(2, 51):
        backend.allow_step(step)
    assert final(client, job) == Cancelled(job)
    assert backend.steps_done() == 2
    assert isinstance(final(client, submit(client)), Result)


def test_a_job_without_end_is_cancelled_and_forgotten(backend: Backend):
    client = backend.client()
    job = submit(client, "endless")
    assert isinstance(next(client.events(job)).message, Accepted)
    client.cancel(job)
    assert final(client, job) == Cancelled(job)
    client.fetch(job)
    assert failure(client, job).code == "unknown_job"


def test_pings_are_answered_while_a_job_runs(backend: Backend):
    client, other = backend.client(), backend.client()
    job = start_gated(backend, client)
    assert other.ping() < DEADLINE and client.ping() < DEADLINE
    assert backend.steps_done() == 1
    backend.allow_step(2)
    assert isinstance(final(client, job), Result)


def test_models_that_are_unknown_or_missing(backend: Backend):
    client = backend.client()
    unknown = failure(client, submit(client, model="nonesuch"))
    assert unknown.code == "unknown_model" and "demo" in unknown.remedy
    missing = failure(client, submit(client, model="absent"))
    assert missing.code == "model_missing" and missing.remedy == "Run: huebrush models fetch absent"


def test_jobs_nobody_knows(backend: Backend):
    client, job = backend.client(), str(uuid.uuid4())
    client.acknowledge(job)
    client.fetch(job)
    assert failure(client, job).code == "unknown_job"
    client.cancel(job)
    assert failure(client, job).code == "unknown_job"


@pytest.mark.parametrize("options", [("--worker-tcp",), ("--address", "tcp://127.0.0.1:*")])
def test_the_same_over_tcp(start_backend, options: tuple[str, ...]):
    client: Client = start_backend(*options).client()
    assert isinstance(final(client, submit(client)), Result)


def test_engine_errors_reach_the_client(backend: Backend):
    client = backend.client()
    refused = failure(client, submit(client, "engine_error"))
    assert refused == Failed(refused.job, "bad_input", "The line art is empty.", "Draw something.")
    bug = failure(client, submit(client, "bug"))
    assert bug.code == "internal" and "ZeroDivisionError" in bug.message
    before = backend.worker_pid
    result = final(client, submit(client))
    assert isinstance(result, Result) and result.recipe["pid"] == before  # neither cost the worker
