"""A message without an end: the front starts anew before it has filled the memory, and no job is lost."""

from __future__ import annotations

import contextlib
import socket
import sys

import psutil
import pytest
from huebrush_protocol.messages import Result
from jobs_helper import final, is_told_why, start_gated, submit
from serving_backend import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot take its own place on Windows")
MOST = 300
"""MiB of memory that the front may take."""
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
READY = b"\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
PART = b"\x03" + (1 << 20).to_bytes(8, "big") + bytes(1 << 20)
"""ZeroMQ's own words (ZMTP 3.0), as its sockets send nothing of a message before its end. `PART`: more follows."""


def test_a_message_without_an_end_costs_no_job_and_no_memory(start_backend):
    backend = start_backend("--most-memory", str(MOST))
    client = backend.client()
    done = submit(client)
    result = client.result(done)
    running = start_gated(backend, client)
    log = backend.runtime / "backend.log"
    with socket.socket(socket.AF_UNIX) as endless:
        endless.connect(backend.endpoint.address.removeprefix("ipc://"))
        endless.sendall(GREETING + READY)

        def goes_on() -> bool:
            with contextlib.suppress(OSError):
                endless.sendall(PART)
            return "starting anew" in log.read_text("utf-8")

        wait_until(goes_on, "the front to notice")
    client.fetch(running)
    assert is_told_why(client, running) == "job.continued"
    backend.allow_step(2)
    assert isinstance(final(client, running), Result)
    client.fetch(done)
    assert client.result(done).message == result.message
    front = psutil.Process(backend.process.pid)
    assert backend.process.poll() is None and front.memory_info().rss < MOST << 20
