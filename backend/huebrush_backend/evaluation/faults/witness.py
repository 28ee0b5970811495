"""A client that knows what it should be told, and counts what it is not told."""

from __future__ import annotations

import contextlib
import random
import time
import uuid
from dataclasses import dataclass
from typing import Any

from huebrush_protocol.codec import Received
from huebrush_protocol.endpoint import EndpointError
from huebrush_protocol.messages import Accepted, Cancelled, Failed, ImageHeader, Result
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import RegionParameters

from huebrush_backend.evaluation.faults import known_results
from huebrush_backend.evaluation.faults.engine import MODEL
from huebrush_backend.evaluation.faults.served import Served
from huebrush_backend.evaluation.faults.tally import Tally
from huebrush_backend.server.client import Client, NoAnswer

ASK_SECONDS = 5.0
"""Silence after which the witness asks for its jobs."""
UNTOLD_SECONDS = 30.0
"""Silence after which a job counts as untold."""
REFERENCE = (ImageHeader("reference", 1, 1, "RGB"), b"\0\0\0")


@dataclass
class Order:
    """A job that was sent: what it is made of, and whether the backend has accepted it."""

    number: int
    width: int
    height: int
    result: str
    steps: int
    is_accepted: bool = False
    is_cancelled: bool = False
    is_batch: bool = False

    def expected(self) -> list[bytes]:
        """Return the bytes of the layers that must come back."""
        picture = known_results.line_art(self.number, self.width, self.height)
        return [layer.pixels.tobytes() for layer in known_results.layers(picture, self.result)]


class Witness:
    """A client of `served`. `chance`: for sizes and kinds of jobs. `where`: what is being done to the backend."""

    def __init__(self, served: Served, tally: Tally, chance: random.Random, where: str) -> None:
        self._served, self._tally, self._chance, self._where = served, tally, chance, where
        self._client = served.connect()
        self.orders: dict[str, Order] = {}
        self.forgives = False
        """Whether failures are in order now: the machine itself lacks something."""

    @property
    def client(self) -> Client:
        """The connection."""
        return self._client

    def close(self) -> None:
        """Disconnect."""
        self._client.close()

    def submit(self, steps: int = 5, side: int = 0, batch: bool = False) -> str:
        """Send a job of any kind and return its id. `side`: of its pictures, 0 for any."""
        chance = self._chance
        width, height = side or chance.randint(1, 300), side or chance.randint(1, 300)
        order = Order(chance.getrandbits(32), width, height, chance.choice(known_results.KINDS), steps, is_batch=batch)
        job = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        self.orders[job] = order
        self._send(job, order)
        return job

    def cancel(self, job: str) -> None:
        """Cancel a job."""
        self.orders[job].is_cancelled = True
        self._client.cancel(job)

    def adopt(self, job: str, order: Order) -> None:
        """Take over a job that another client sent and that was accepted, and ask for it."""
        self.orders[job] = order
        self._client.fetch(job)

    def reconnect(self) -> None:
        """Connect again, as after the front's death, and ask for all jobs."""
        self._client.close()
        self._client = self._served.connect()
        self._ask()

    def listen(self, seconds: float) -> bool:
        """Read what comes for so long; return whether anything came."""
        deadline, heard = time.monotonic() + seconds, False
        while (left := deadline - time.monotonic()) > 0 and self.orders:
            try:
                received = self._client.receive(left)
            except NoAnswer:
                break
            heard = True
            self._take(received)
        return heard

    def settle(self, asks: bool = True) -> None:
        """Wait until all jobs have ended; count those that are not told. `asks`: asks for them after a silence."""
        heard = asked = time.monotonic()
        while self.orders:
            if self.listen(0.25):
                heard = time.monotonic()
            elif not self._served.is_alive or time.monotonic() - heard > UNTOLD_SECONDS:
                break
            elif asks and time.monotonic() - max(heard, asked) > ASK_SECONDS:
                asked = time.monotonic()
                self._ask()
        for job, order in self.orders.items():
            self._tally.jobs_untold += order.is_accepted or self._served.is_alive
            self._tally.note(f"{self._where}: the end of job {job} was never told")
        self.orders.clear()

    def _send(self, job: str, order: Order) -> None:
        picture = known_results.line_art(order.number, order.width, order.height)
        parameters = Parameters(steps=order.steps, regions=RegionParameters(result=order.result))
        images: list[tuple[ImageHeader, Any]] = [(ImageHeader("line_art", order.width, order.height, "RGBA"), picture)]
        if order.result == "check":
            images.append((ImageHeader("flats", order.width, order.height, "RGBA"), picture))
        self._client.submit(MODEL, parameters, [*images, REFERENCE], job, order.is_batch)

    def _ask(self) -> None:
        for job, order in self.orders.items():
            if order.is_accepted:
                self._client.fetch(job)
            else:
                self._send(job, order)

    def _take(self, received: Received) -> None:
        message = received.message
        job = getattr(message, "job", "")
        order = self.orders.get(job)
        if order is None:
            return
        if isinstance(message, Accepted):
            self._tally.jobs += not order.is_accepted
            order.is_accepted = True
        elif isinstance(message, Result):
            if [image.data.tobytes() for image in received.images] != order.expected():
                self._tally.wrong_bytes += 1
                self._tally.note(f"{self._where}: job {job} has other bytes than it should")
            self._client.acknowledge(job)
            del self.orders[job]
        elif isinstance(message, (Failed, Cancelled)):
            if isinstance(message, Failed) and message.code == "unknown_job" and not order.is_accepted:
                return  # it never arrived, and was sent again
            if not (order.is_cancelled or self.forgives or _is_refusal(message, order)):
                self._tally.results_lost += 1
                said = f"{message.code}: {message.message}" if isinstance(message, Failed) else "cancelled"
                self._tally.note(f"{self._where}: job {job} ended without a result ({said})")
            self._client.acknowledge(job)
            del self.orders[job]


def _is_refusal(message: Failed | Cancelled, order: Order) -> bool:
    return isinstance(message, Failed) and message.code == "busy" and not order.is_accepted


def works(served: Served, tally: Tally, chance: random.Random, where: str) -> bool:
    """Return whether a new client is told of the end of its job, and count it if it is not."""
    found, deadline = Tally(), time.monotonic() + UNTOLD_SECONDS
    while not served.is_announced and time.monotonic() < deadline:
        time.sleep(0.05)
    with contextlib.suppress(EndpointError):
        witness = Witness(served, found, chance, f"a new client after {where}")
        witness.submit(1, 16)
        witness.settle()
        witness.close()
    is_told = found.jobs > 0 and not found.jobs_untold
    found.jobs_untold, found.wedged = 0, int(not is_told)
    if not is_told:
        found.notes = [f"{where}: the backend does nothing any more"]
    tally.add(found)
    return is_told
