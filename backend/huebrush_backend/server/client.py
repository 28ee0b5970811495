"""A small blocking client for tests and benchmarks; also an example for clients in other languages.

    with Client.open(runtime_folder()) as client:
        client.hello("my-program", "1.0")
        job = client.submit("demo", Parameters(seed=1), [(line_art_header, line_art), (reference_header, reference)])
        for received in client.events(job):
            print(received.message)          # Accepted, Progress, Preview … and at last Result, Failed or Cancelled
        client.acknowledge(job)

docs/protocol.md describes everything it does: one DEALER socket, CURVE if the address is tcp, and the codec.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import zmq
from huebrush_protocol import codec
from huebrush_protocol.codec import Received
from huebrush_protocol.endpoint import Endpoint, read_endpoint
from huebrush_protocol.messages import (
    Acknowledge,
    Cancel,
    Cancelled,
    Failed,
    Fetch,
    Hello,
    ImageHeader,
    ListModels,
    Locate,
    Located,
    Message,
    ModelInfo,
    Models,
    Ping,
    Pong,
    Result,
    Submit,
    Welcome,
    failed,
)
from huebrush_protocol.parameters import Parameters, TextEdit

from huebrush_backend.server.security import load_key_pair, use_curve

FINAL = (Result, Located, Failed, Cancelled)
"""Messages that end a job."""

Reply = TypeVar("Reply")


class NoAnswer(Exception):
    """The backend did not answer in time: it does not run, is stuck, or does not accept this client's key."""


class Refused(Exception):
    """The backend answered with the message `Failed`, kept in `failure`."""

    def __init__(self, failure: Failed) -> None:
        super().__init__(f"{failure.message} {failure.remedy}".strip())
        self.failure = failure


class Client:
    """A connection to a backend. Only one thread at a time may use it."""

    def __init__(self, endpoint: Endpoint, timeout: float = 10.0) -> None:
        """Connect to `endpoint` without sending anything yet. `timeout`: seconds to wait for an answer."""
        self._timeout = timeout
        self._early: deque[Received] = deque()  # messages that arrived before an expected one
        self._tokens = 0
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 500)
        if endpoint.server_public_key:
            own = load_key_pair(Path(endpoint.client_key_file))
            use_curve(self._socket, endpoint.server_public_key.encode("ascii"), own)
        self._socket.connect(endpoint.address)

    @staticmethod
    def open(path: Path, timeout: float = 10.0) -> Client:
        """Connect to the backend that announced itself in `path` (a runtime folder, or an endpoint file).

        Raises `huebrush_protocol.endpoint.EndpointError` when there is no announcement.
        """
        return Client(read_endpoint(path), timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Disconnect. Jobs continue, and their results wait until another connection calls `fetch`."""
        self._context.destroy(linger=500)

    def hello(self, name: str = "huebrush-client", version: str = "", versions: tuple[int, ...] = (1,)) -> Welcome:
        """Introduce this client. Raises `NoAnswer`, or `Refused` when the two share no protocol version."""
        self.send(Hello(name, version, versions))
        return self._reply(Welcome)

    def models(self) -> tuple[ModelInfo, ...]:
        """Return the models the backend knows."""
        self.send(ListModels())
        return self._reply(Models).models

    def ping(self) -> float:
        """Ping the backend and return the seconds until its answer. Raises `NoAnswer`."""
        self._tokens += 1
        token, start = self._tokens, time.monotonic()
        self.send(Ping(token))
        self._wait(lambda received: isinstance(received.message, Pong) and received.message.token == token)
        return time.monotonic() - start

    def submit(
        self,
        model: str,
        parameters: Parameters,
        images: Sequence[tuple[ImageHeader, Any]],
        job: str | None = None,
        batch: bool = False,
    ) -> str:
        """Send a job and return its id.

        `images`: headers with their pixels (bytes-like); one has role "line_art". `batch`: nobody waits for it in front
        of the screen.
        """
        job = job or str(uuid.uuid4())
        headers = tuple(header for header, _ in images)
        self.send(Submit(job, model, parameters, headers, batch), [pixels for _, pixels in images])
        return job

    def locate(
        self,
        model: str,
        text: str,
        header: ImageHeader,
        pixels: Any,
        edits: Sequence[TextEdit] = (),
        job: str | None = None,
    ) -> str:
        """Ask where `text` matches a reference, and return the job's id. `events` yields `Located`.

        `model`: name of the model.
        `text`: words to look for.
        `header`, `pixels`: the reference.
        `edits`: edits that change the reference first.
        `job`: id of the job; None for a new one.
        """
        job = job or str(uuid.uuid4())
        self.send(Locate(job, model, text, (header,), tuple(edits)), [pixels])
        return job

    def fetch(self, job: str) -> None:
        """Ask for the state of a job after a reconnect. `events` yields the answer and all later messages."""
        self.send(Fetch(job))

    def cancel(self, job: str) -> None:
        """Ask to stop a job. `events` yields `Cancelled`."""
        self.send(Cancel(job))

    def acknowledge(self, job: str) -> None:
        """Let the backend forget a finished job."""
        self.send(Acknowledge(job))

    def events(self, job: str, silence: float = 600.0) -> Iterator[Received]:
        """Yield the backend's messages about `job`, the final one last.

        The backend is pinged after `timeout` seconds of silence. Raises `NoAnswer` when it does not answer, or when it
        sends nothing about the job for `silence` seconds.
        """
        quiet, step = 0.0, min(self._timeout, silence)
        while True:
            try:
                received = self._wait(lambda received: getattr(received.message, "job", None) == job, step)
            except NoAnswer:
                quiet += step
                if quiet >= silence:
                    raise
                self.ping()
                continue
            quiet = 0.0
            yield received
            if isinstance(received.message, FINAL):
                return

    def result(self, job: str, silence: float = 600.0) -> Received:
        """Wait for the end of `job` and return its `Result`. Raises `Refused` for any other end, or `NoAnswer`."""
        for received in self.events(job, silence):
            if isinstance(received.message, Result):
                return received
            if isinstance(received.message, Failed):
                raise Refused(received.message)
        raise Refused(failed(job, "internal", "job.cancelled"))

    def send(self, message: Message, frames: Sequence[Any] = ()) -> None:
        """Send any message. Raises `huebrush_protocol.errors.ProtocolError` when it is not valid."""
        self.send_raw(codec.encode(message, frames))

    def send_raw(self, frames: Sequence[Any]) -> None:
        """Send frames as they are."""
        self._socket.send_multipart(list(frames), copy=False)

    def receive(self, timeout: float | None = None) -> Received:
        """Return the next message of any kind. Raises `NoAnswer` after `timeout` seconds."""
        return self._wait(lambda _: True, timeout)

    def _reply(self, kind: type[Reply]) -> Reply:
        """Wait for a message of `kind`. Raises `Refused` for a failure that belongs to no job."""

        def fits(received: Received) -> bool:
            message = received.message
            return isinstance(message, kind) or (isinstance(message, Failed) and not message.job)

        message = self._wait(fits).message
        if isinstance(message, Failed):
            raise Refused(message)
        assert isinstance(message, kind)
        return message

    def _wait(self, fits: Callable[[Received], bool], timeout: float | None = None) -> Received:
        """Return the first message that `fits`, and keep the others for later. Raises `NoAnswer`."""
        for index, received in enumerate(self._early):
            if fits(received):
                del self._early[index]
                return received
        deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
        while (left := deadline - time.monotonic()) > 0:
            if self._socket.poll(max(1, int(left * 1000))):
                received = codec.decode(self._socket.recv_multipart(copy=False))
                if fits(received):
                    return received
                self._early.append(received)
        raise NoAnswer("the backend does not answer")
