"""The outbox over real sockets: what a client does not read waits for it, in order; only what may be lost is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zmq
import zmq.asyncio
from huebrush_backend.server import outbox as boxes
from huebrush_backend.server.outbox import Outbox

FEW = 4
"""Messages that fit on the way to the test's client, beside the system's own buffers."""


class Ends:
    """A front's socket with its outbox, and a client."""

    def __init__(self, context: zmq.asyncio.Context, address: str) -> None:
        self.router = context.socket(zmq.ROUTER)
        self.router.setsockopt(zmq.SNDHWM, FEW)
        self.router.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self.router.bind(address)
        self.client = context.socket(zmq.DEALER)
        self.client.setsockopt(zmq.RCVHWM, FEW)
        self.client.connect(address)
        self.outbox = Outbox(self.router)
        self.connection = b""

    async def meet(self) -> None:
        """Let the front learn of the client."""
        await self.client.send(b"hello")
        self.connection = (await self.router.recv_multipart())[0]

    async def read(self, count: int) -> list[bytes]:
        """Return the first frames of the next messages."""
        return [(await self.client.recv_multipart())[0] for _ in range(count)]


def run(folder: Path, what: Callable[[Ends], Any]) -> None:
    """Run `what` with two ends."""
    with made(folder) as (loop, ends):
        loop.run_until_complete(ends.meet())
        loop.run_until_complete(asyncio.wait_for(what(ends), 120))


@contextmanager
def made(folder: Path) -> Iterator[tuple[asyncio.AbstractEventLoop, Ends]]:
    """Make a loop and two ends."""
    loop = asyncio.SelectorEventLoop()
    asyncio.set_event_loop(loop)
    context = zmq.asyncio.Context()
    try:
        yield loop, Ends(context, f"ipc://{folder / 's'}")
    finally:
        context.destroy(linger=0)
        asyncio.set_event_loop(None)
        loop.close()


def test_answers_wait_for_a_client_that_reads_late(tmp_path: Path):
    wanted = [b"%d" % number + bytes(30_000) for number in range(200)]

    async def what(ends: Ends) -> None:
        for message in wanted:
            ends.outbox.send(ends.connection, [message])
        assert ends.outbox.waiting > 0
        assert await ends.read(200) == wanted
        assert ends.outbox.waiting == 0

    run(tmp_path, what)


def test_progress_is_thrown_away_and_never_comes_before_an_answer(tmp_path: Path):
    async def what(ends: Ends) -> None:
        filler = [b"a%d" % number + bytes(60_000) for number in range(100)]
        for message in filler:
            ends.outbox.send(ends.connection, [message])
        ends.outbox.offer(ends.connection, [b"progress"])
        ends.outbox.send(ends.connection, [b"last"])
        assert await ends.read(101) == [*filler, b"last"]

    run(tmp_path, what)


def test_of_what_is_large_one_is_under_way_and_the_rest_is_loaded_late(tmp_path: Path):
    async def what(ends: Ends) -> None:
        loaded: list[int] = []

        def load(number: int) -> list[bytes]:
            loaded.append(number)
            return [b"%d" % number, bytes(4 << 20)]

        for number in range(20):
            ends.outbox.deliver(ends.connection, lambda number=number: load(number))
        ends.outbox.deliver(ends.connection, lambda: None)  # forgotten meanwhile
        ends.outbox.send(ends.connection, [b"end"])
        await asyncio.sleep(5 * boxes.FIRST_RETRY)
        assert len(loaded) <= 2 * FEW  # some are on the side of the client already
        assert await ends.read(21) == [*(b"%d" % number for number in range(20)), b"end"]
        assert loaded == list(range(20))

    run(tmp_path, what)


def test_what_cannot_be_loaded_now_is_sent_later(tmp_path: Path):
    async def what(ends: Ends) -> None:
        tries: list[int] = []

        def load() -> list[bytes]:
            tries.append(1)
            if len(tries) < 3:
                raise OSError(24, "Too many open files")
            return [b"result"]

        ends.outbox.deliver(ends.connection, load)
        ends.outbox.send(ends.connection, [b"end"])
        assert await ends.read(2) == [b"result", b"end"]
        assert len(tries) == 3

    run(tmp_path, what)


def test_what_waits_for_a_client_that_is_gone_is_forgotten(tmp_path: Path):
    async def what(ends: Ends) -> None:
        for _ in range(100):
            ends.outbox.send(ends.connection, [bytes(60_000)])
        assert ends.outbox.waiting > 0
        ends.client.close(0)
        while ends.outbox.waiting:
            await asyncio.sleep(boxes.FIRST_RETRY)
        ends.outbox.send(b"nobody", [b"x"])
        ends.outbox.deliver(b"nobody", lambda: [b"x"])
        assert ends.outbox.waiting == 0

    run(tmp_path, what)


@pytest.mark.parametrize(("name", "most"), [("MOST_WAITING", 10), ("MOST_BYTES", 300_000), ("MOST_BYTES_IN_ALL", 9)])
def test_what_waits_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int):
    monkeypatch.setattr(boxes, name, most)

    async def what(ends: Ends) -> None:
        for _ in range(100):
            ends.outbox.send(ends.connection, [bytes(60_000)])
        assert ends.outbox.waiting <= 10

    run(tmp_path, what)
