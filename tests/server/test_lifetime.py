"""One backend per folder; it ends with its parent, takes its worker along, and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from huebrush_backend.server.backend import ending_signals
from huebrush_protocol.locations import krita_folder_name
from huebrush_protocol.messages import Result
from jobs_helper import failure, final, submit
from serving_backend import DEADLINE, Backend, is_gone, wait_until

LEFT_OVER = {"backend.lock", "backend.log"}


def names(backend: Backend) -> set[str]:
    return {path.name for path in backend.runtime.iterdir()}


@pytest.mark.parametrize("number", ending_signals())
def test_a_signal_ends_it_cleanly_and_clients_are_told(backend: Backend, number: int):
    client = backend.client()
    running, waiting = submit(client, "endless"), submit(client)
    worker = backend.worker_pid
    assert client.ping() >= 0  # both jobs have arrived
    backend.process.send_signal(number)
    for job in (running, waiting):
        told = failure(client, job)
        assert told.code == "worker_died" and "ended" in told.message
    assert backend.process.wait(DEADLINE) == 0
    wait_until(lambda: is_gone(worker), "the worker's end")
    assert names(backend) == LEFT_OVER


def waiting_process() -> subprocess.Popen[bytes]:
    """Start a process that does nothing until it is killed, or its standard input is closed."""
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def test_the_parents_death_ends_front_and_worker(start_backend):
    with waiting_process() as parent:
        backend = start_backend("--parent", str(parent.pid), "--prewarm")
        assert backend.endpoint
        worker = backend.worker_pid
        parent.kill()
    assert backend.process.wait(DEADLINE) == 0
    wait_until(lambda: is_gone(worker), "the worker's end")
    assert names(backend) == LEFT_OVER


def test_a_kritas_backend_leaves_nothing_and_clears_up_after_killed_ones(start_backend, root: Path):
    """As the plugin starts it: in a folder named after Krita's process, which no later Krita uses again."""
    with waiting_process() as krita:
        folder = krita_folder_name(krita.pid)
        killed = start_backend("--parent", str(krita.pid), runtime=folder)
        assert killed.endpoint
        killed.process.kill()
        killed.process.wait()
        krita.kill()
    assert names(killed) > LEFT_OVER
    with waiting_process() as next_krita:
        backend = start_backend("--parent", str(next_krita.pid), runtime=krita_folder_name(next_krita.pid))
        client = backend.client()
        assert isinstance(final(client, submit(client)), Result)
        assert not killed.runtime.exists()
        next_krita.kill()
    assert backend.process.wait(DEADLINE) == 0
    assert not backend.runtime.exists()


def test_a_parent_that_is_gone_already(start_backend):
    parent = subprocess.Popen([sys.executable, "-c", ""])
    parent.wait()
    backend = start_backend("--parent", str(parent.pid))
    assert backend.process.wait(DEADLINE) == 0


@pytest.mark.parametrize("options", [(), ("--worker-tcp",)])
def test_the_worker_does_not_outlive_a_killed_front(start_backend, options: tuple[str, ...]):
    backend = start_backend("--prewarm", *options)
    assert backend.endpoint
    worker = backend.worker_pid
    backend.process.kill()
    backend.process.wait()
    wait_until(lambda: is_gone(worker), "the worker's end")


def test_a_second_backend_says_so_and_a_dead_one_is_replaced(start_backend):
    first = start_backend()
    assert first.endpoint
    second = subprocess.run(first.command, env=first.environment, capture_output=True, text=True, timeout=DEADLINE)
    assert second.returncode == 3
    assert f"already runs in {first.runtime} (process {first.process.pid})" in second.stderr
    assert first.client().ping() >= 0
    first.process.kill()
    first.process.wait()
    assert "endpoint.json" in names(first) and "backend.sock" in names(first)
    replacement = start_backend()
    client = replacement.client()
    assert replacement.endpoint.pid == replacement.process.pid
    assert isinstance(final(client, submit(client)), Result)


def test_the_front_never_imports_torch_and_stays_small(backend: Backend):
    client = backend.client()
    client.result(submit(client))
    front = psutil.Process(backend.process.pid)
    assert not any("torch" in Path(region.path).name for region in front.memory_maps())
    assert front.memory_info().rss < 150 << 20
