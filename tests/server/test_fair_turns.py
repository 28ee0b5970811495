"""Turns between clients of a real backend: a small job does not wait behind another client's many."""

from __future__ import annotations

import numpy as np
from huebrush_backend.server.client import Client
from huebrush_protocol.messages import Accepted, Failed, ImageHeader, Result
from huebrush_protocol.parameters import Parameters
from jobs_helper import LINES, final, start_gated, submit
from serving_backend import Backend


def accepted(client: Client, job: str) -> int:
    """Wait for word that the job waits; return how many are ahead."""
    for received in client.events(job):
        message = received.message
        assert isinstance(message, Accepted), message
        return message.position
    raise AssertionError("the backend forgot the job")


def places(client: Client, job: str) -> list[int]:
    """Wait for the job's result; return the places in the queue that were told on the way."""
    told = [received.message for received in client.events(job)]
    assert isinstance(told[-1], Result), told[-1]
    return [message.position for message in told if isinstance(message, Accepted)]


def submit_batch(client: Client) -> str:
    images = [
        (ImageHeader("line_art", 7, 5, "BGRA"), LINES),
        (ImageHeader("reference", 2, 2, "RGB"), np.zeros((2, 2, 3), np.uint8)),
    ]
    return client.submit("demo", Parameters(steps=1), images, batch=True)


def test_a_small_job_waits_for_the_running_one_alone_beside_500(backend: Backend):
    greedy, small = backend.client(), backend.client()
    running = start_gated(backend, greedy)
    many = [submit(greedy) for _ in range(500)]
    job = submit(small)
    assert accepted(small, job) == 1
    backend.allow_step(2)
    assert places(small, job) == []  # nothing came between
    assert isinstance(final(greedy, running), Result)
    ends = [final(greedy, name) for name in many]
    refused = [end for end in ends if not isinstance(end, Result)]
    assert all(isinstance(end, Failed) and end.code == "busy" for end in refused)
    assert 0 < len(refused) < 500


def test_what_somebody_waits_for_goes_before_a_batch(backend: Backend):
    client, other = backend.client(), backend.client()
    start_gated(backend, client)
    batch = [submit_batch(client) for _ in range(3)]
    assert [accepted(client, job) for job in batch] == [1, 2, 3]
    waited_for = submit(other)
    assert accepted(other, waited_for) == 1
    assert [accepted(client, job) for job in batch] == [2, 3, 4]  # they are told that they wait longer
    own = submit(client)
    assert accepted(client, own) == 2
    backend.allow_step(2)
    assert places(other, waited_for) == []
    ended = list[str]()
    while len(ended) < 5:
        message = client.receive().message
        if isinstance(message, Result):
            ended.append(message.job)
    assert ended[1:] == [own, *batch]


def test_places_come_nearer_until_the_job_runs(backend: Backend):
    client = backend.client()
    start_gated(backend, client)
    jobs = [submit(client) for _ in range(3)]
    assert [accepted(client, job) for job in jobs] == [1, 2, 3]
    backend.allow_step(2)
    assert [places(client, job) for job in jobs] == [[], [1], [2, 1]]
