"""Small jobs for the tests of the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from huebrush_backend.server.client import Client
from huebrush_protocol.messages import Accepted, Failed, ImageHeader, Progress
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.texts import Text
from serving_backend import Backend

LINES = np.arange(5 * 7 * 4, dtype=np.uint8).reshape(5, 7, 4)


def submit(
    client: Client,
    behaviour: str = "",
    steps: int = 3,
    job: str | None = None,
    model: str = "demo",
    lines: np.ndarray = LINES,
) -> str:
    """Submit a small job; the fake engine does what `behaviour` says. Returns the job's id."""
    height, width = lines.shape[:2]
    images = [(ImageHeader("line_art", width, height, "BGRA", x=100, y=50, name="ink"), lines)]
    images.append((ImageHeader("reference", 2, 2, "RGB", name=behaviour), np.zeros((2, 2, 3), np.uint8)))
    return client.submit(model, Parameters(steps=steps), images, job)


def start_gated(backend: Backend, client: Client, steps: int = 2) -> str:
    """Submit a job whose steps `backend.allow_step` lets go on one by one; return its id once the first is done."""
    job = submit(client, "gated", steps)
    backend.allow_step(1)
    wait_for_step(client, job, 1)
    return job


def final(client: Client, job: str):
    """Return the message that ends the job."""
    return list(client.events(job))[-1].message


def failure(client: Client, job: str) -> Failed:
    """Return the failure that ends the job."""
    message = final(client, job)
    assert isinstance(message, Failed), message
    return message


def is_told_why(client: Client, job: str) -> str:
    """Read the job's events until one says why it runs again; return the id of that sentence."""
    for received in client.events(job):
        reason = received.message.reason if isinstance(received.message, Accepted) else ""
        if reason:
            return Text.from_data(reason).id
    raise AssertionError(f"job {job} ended without a word of running again")


def wait_for_step(client: Client, job: str, step: int) -> None:
    """Read the job's events until `step` is done."""
    for received in client.events(job):
        if isinstance(received.message, Progress) and received.message.step >= step:
            return
    raise AssertionError(f"job {job} ended before step {step}")


def answer(client: Client, frames: Sequence[Any]) -> Failed:
    """Send `frames` as they are, which must be refused, and return the answer."""
    client.send_raw(frames)
    message = client.receive().message
    assert isinstance(message, Failed), message
    return message


def assert_refused_and_survived(client: Client, frames: Sequence[Any], code: str, says: str) -> None:
    """Send `frames` as they are; they must be refused with this code and these words, and the backend go on."""
    refusal = answer(client, frames)
    assert refusal.code == code and says in refusal.message
    assert client.ping() >= 0
