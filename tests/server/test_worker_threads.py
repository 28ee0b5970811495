"""The worker's threads soon sleep while they wait, so that painting in Krita goes on; the user's environment can say
otherwise."""

from __future__ import annotations

from collections.abc import Callable

import psutil
import pytest
from jobs_helper import submit
from serving_backend import Backend

VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, ("passive", "12000")),
        ({"OMP_WAIT_POLICY": "active"}, ("active", None)),
        ({"GOMP_SPINCOUNT": "0"}, (None, "0")),
    ],
)
def test_how_the_worker_waits(
    start_backend: Callable[..., Backend],
    monkeypatch: pytest.MonkeyPatch,
    chosen: dict[str, str],
    found: tuple[str | None, str | None],
):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    backend = start_backend()
    client = backend.client()
    client.result(submit(client))
    environment = psutil.Process(backend.worker_pid).environ()
    assert tuple(environment.get(name) for name in VARIABLES) == found
