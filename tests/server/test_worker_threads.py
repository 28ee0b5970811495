"""The worker's threads wait asleep, so that painting in Krita goes on; the user's environment can say otherwise."""

from __future__ import annotations

from collections.abc import Callable

import psutil
import pytest
from jobs_helper import submit
from serving_backend import Backend


@pytest.mark.parametrize(("chosen", "found"), [(None, "passive"), ("active", "active")])
def test_how_the_worker_waits(
    start_backend: Callable[..., Backend], monkeypatch: pytest.MonkeyPatch, chosen: str | None, found: str
):
    if chosen is None:
        monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    else:
        monkeypatch.setenv("OMP_WAIT_POLICY", chosen)
    backend = start_backend()
    client = backend.client()
    client.result(submit(client))
    assert psutil.Process(backend.worker_pid).environ()["OMP_WAIT_POLICY"] == found
