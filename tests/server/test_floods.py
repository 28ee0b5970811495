"""Floods of connections: new clients are refused, old ones served, and afterwards all is as before."""

from __future__ import annotations

import contextlib
import resource
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest
from huebrush_backend.server import descriptors
from huebrush_protocol.messages import Result, Welcome
from jobs_helper import final, start_gated, submit
from serving_backend import Backend, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of open files are those of Unix")
ADDRESSES = {"ipc": (), "tcp": ("--address", "tcp://127.0.0.1:*")}
PATIENT = ("--patience", "10")
"""Options with which the silent are not put out before all have come."""
REFUSING = "further ones are refused"


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    """Let this process open enough connections for a flood."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(address: str) -> socket.socket:
    """Open a connection that says nothing."""
    family, place = (socket.AF_UNIX, address.removeprefix("ipc://"))
    if address.startswith("tcp://"):
        host, port = address.removeprefix("tcp://").rsplit(":", 1)
        family, place = socket.AF_INET, (host, int(port))
    connection = socket.socket(family)
    connection.connect(place)
    return connection


@contextmanager
def flood(address: str, count: int) -> Iterator[list[socket.socket]]:
    """Have `count` silent connections during the block, as far as they are not refused."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connect(address)) for _ in range(count)]


def connections_of(backend: Backend) -> Callable[[], int]:
    """The function that counts the sockets that the front has at its address."""
    address, front = backend.endpoint.address, psutil.Process(backend.process.pid)
    port = address.rpartition(":")[2]

    def count() -> int:
        if address.startswith("ipc://"):
            return sum(known.laddr == address.removeprefix("ipc://") for known in front.net_connections("unix"))
        return sum(str(known.laddr.port) == port for known in front.net_connections("tcp"))

    return count


def log_of(backend: Backend) -> str:
    return (backend.runtime / "backend.log").read_text("utf-8")


@pytest.mark.parametrize("kind", ADDRESSES)
def test_a_flood_of_clients_takes_nothing_from_the_old_ones(start_backend, kind: str):
    backend = start_backend(*ADDRESSES[kind], *PATIENT, limits="-S -n 1024")
    client, connections = backend.client(), connections_of(backend)
    client.result(submit(client))
    before = connections()
    with flood(backend.endpoint.address, descriptors.MOST_CONNECTIONS + 500):
        wait_until(lambda: REFUSING in log_of(backend), "the front to refuse connections")
        wait_until(lambda: connections() <= before + descriptors.MOST_CONNECTIONS, "the front to close what it refused")
        job = start_gated(backend, client)
        psutil.Process(backend.worker_pid).kill()  # the next one needs descriptors, too
        backend.allow_step(2)
        final(client, job)
        assert isinstance(final(client, submit(client)), Result)
    wait_until(lambda: connections() <= before, "the flood's connections to be closed")
    fresh = backend.client()
    assert isinstance(fresh.hello(), Welcome)
    assert isinstance(final(fresh, submit(fresh)), Result)


def test_a_burst_where_few_files_are_allowed_ends_no_front(start_backend):
    backend = start_backend(*PATIENT, limits="-n 200")
    assert backend.endpoint.address.startswith("tcp://")
    client, connections = backend.client(), connections_of(backend)
    client.result(submit(client))
    before = connections()
    with flood(backend.endpoint.address, 400):
        wait_until(lambda: REFUSING in log_of(backend), "the front to refuse connections")
        assert isinstance(final(client, submit(client)), Result)
    wait_until(lambda: connections() <= before, "the flood's connections to be closed")
    assert isinstance(backend.client().hello(), Welcome)


def test_who_never_says_who_it_is_is_put_out(start_backend):
    backend = start_backend("--patience", "0.05")
    client, connections = backend.client(), connections_of(backend)
    client.result(submit(client))
    before = connections()
    with flood(backend.endpoint.address, 20) as silent:
        for connection in silent:
            while connection.recv(4096):  # the front's greeting, then the end
                pass
        wait_until(lambda: connections() <= before, "the connections of the silent to be closed")
        assert client.ping() >= 0


def test_clients_that_were_refused_come_in_when_others_leave(start_backend):
    backend = start_backend("--address", "tcp://127.0.0.1:*", limits="-n 200")
    most = descriptors.most_connections(200)
    crowd = [backend.client() for _ in range(most)]
    for client in crowd:
        client.hello()
    late = backend.client()
    wait_until(lambda: REFUSING in log_of(backend), "the front to refuse the last one")
    for client in crowd:
        assert client.ping() >= 0
    crowd[0].close()
    assert isinstance(late.hello(), Welcome)


@pytest.mark.parametrize(("allowed", "most"), [(128, 32), (1024, 480), (4096, 1024), (1 << 20, 1024)])
def test_a_reserve_is_kept(allowed: int, most: int):
    assert descriptors.most_connections(allowed) == most
    assert most + descriptors.RESERVE <= allowed
    if allowed >= descriptors.FEWEST_FOR_IPC:
        assert most + descriptors.RESERVE + descriptors.BURST <= allowed
