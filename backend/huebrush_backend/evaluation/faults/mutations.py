"""Messages of every type, each changed in a way that nobody thought of."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import msgpack
from huebrush_protocol import codec
from huebrush_protocol.messages import (
    Accepted,
    Acknowledge,
    Cancel,
    Cancelled,
    Fetch,
    Hello,
    ImageHeader,
    ListModels,
    Locate,
    Located,
    Message,
    Models,
    Ping,
    Pong,
    Preview,
    Progress,
    Result,
    Submit,
    Welcome,
    failed,
)
from huebrush_protocol.parameters import Parameters, TextEdit
from huebrush_protocol.preparing import Preparation, Prepare
from huebrush_protocol.pulls import (
    CancelPull,
    ListReleases,
    Pull,
    PullCancelled,
    Pulled,
    PullProgress,
    Releases,
    SetModelsFolder,
    pull_failed,
)

from huebrush_backend.evaluation.faults.engine import MODEL, list_models
from huebrush_backend.evaluation.faults.served import NOWHERE, Served
from huebrush_backend.evaluation.faults.tally import Tally
from huebrush_backend.server.client import Client, NoAnswer

AT_ONCE = 50
"""Messages that are sent before the answers are read."""
GROWN_AFTER = 10_000
"""Messages after which the front is to grow no more."""
PULL_SHARE = 0.02
"""Share of the messages `pull` that are sent: each can start a process."""
_LINES = ImageHeader("line_art", 3, 2, "RGBA")
_REFERENCE = ImageHeader("reference", 2, 2, "RGB", name="girl")
_PIXELS = [bytes(24), bytes(12)]
_ODD_VALUES: Sequence[Any] = (
    None, True, False, 0, -1, 1 << 31, (1 << 64) - 1, -(1 << 63), 1e308, float("nan"), float("inf"), "", "\0",
    "x" * 5000, "\ud800".encode("utf-8", "surrogatepass"), b"", b"\xff" * 100, [], {}, [[[[]]]], {"": {}}, [{}] * 600,
    {1: 2},
)  # fmt: skip


def samples(chance: random.Random) -> list[tuple[Message, list[bytes]]]:
    """Return a valid message of every type with its pictures; a new job each time."""
    job = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    without = [
        Hello("faults", "1"), Welcome(1, "1", "cpu", list_models()), ListModels(), Models(list_models()), Ping(1),
        Pong(1), Fetch(job), Accepted(job), Progress(job, "denoising"), failed(job, "internal", "internal", reason=""),
        Cancel(job), Cancelled(job), Acknowledge(job), Prepare(MODEL), Preparation(MODEL, "ready"), ListReleases(),
        Releases((), ""), SetModelsFolder(""), Pull("none", mirror=NOWHERE), PullProgress("none", "starting"),
        Pulled("none"), pull_failed("none", "internal", "pull.ended", release="none", status=1), CancelPull("none"),
        PullCancelled("none"),
    ]  # fmt: skip
    parameters = Parameters(steps=1, edits=(TextEdit("blue hair"),))
    pictured: list[tuple[Message, list[bytes]]] = [
        (Submit(job, MODEL, parameters, (_LINES, _REFERENCE)), _PIXELS),
        (Locate(job, MODEL, "hair", (_REFERENCE,)), _PIXELS[1:]),
        (Located(job, (ImageHeader("fit", 2, 2, "GRAY"),)), [bytes(4)]),
        (Preview(job, 1, (ImageHeader("preview", 2, 2, "RGB"),)), _PIXELS[1:]),
        (Result(job, {}, (ImageHeader("layer", 3, 2, "RGBA"),)), _PIXELS[:1]),
    ]
    return [*((message, []) for message in without), *pictured]


def mutated(chance: random.Random) -> list[bytes]:
    """Return the frames of a message that is changed at random."""
    message, pictures = chance.choice(samples(chance))
    if isinstance(message, Pull) and chance.random() > PULL_SHARE:
        message = Ping(1)
    frames = [bytes(frame) for frame in codec.encode(message, pictures)]
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        frames = chance.choice(_MUTATIONS)(frames, chance)
    return frames or [b""]


def _flip(frames: list[bytes], chance: random.Random) -> list[bytes]:
    at = chance.randrange(len(frames)) if frames else 0
    if not frames or not frames[at]:
        return [*frames, b"\x81"]
    changed = bytearray(frames[at])
    for _ in range(chance.choice((1, 2, 20))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return [*frames[:at], bytes(changed), *frames[at + 1 :]]


def _cut(frames: list[bytes], chance: random.Random) -> list[bytes]:
    header = frames[0] if frames else b""
    return [header[: chance.randrange(len(header) + 1)], *frames[1:]]


def _insert(frames: list[bytes], chance: random.Random) -> list[bytes]:
    header = frames[0] if frames else b""
    at = chance.randrange(len(header) + 1)
    return [header[:at] + chance.randbytes(chance.randrange(1, 30)) + header[at:], *frames[1:]]


def _replace_value(frames: list[bytes], chance: random.Random) -> list[bytes]:
    """Put an odd value in place of a field, or of one within it."""
    try:
        header = msgpack.unpackb(frames[0], strict_map_key=False)
    except (ValueError, TypeError, IndexError, RecursionError, msgpack.UnpackException):
        return frames
    place, value = header, chance.choice(_ODD_VALUES)
    while isinstance(place, (dict, list)) and place:
        key = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
        if not isinstance(place[key], (dict, list)) or chance.random() < 0.3:
            place[key] = value
            break
        place = place[key]
    try:
        return [msgpack.packb(header) or b"", *frames[1:]]
    except (ValueError, TypeError, OverflowError):
        return frames


def _move_frames(frames: list[bytes], chance: random.Random) -> list[bytes]:
    frames = list(frames)
    if chance.random() < 0.5 and frames:
        del frames[chance.randrange(len(frames))]
    elif chance.random() < 0.5:
        frames.insert(chance.randrange(len(frames) + 1), chance.randbytes(chance.randrange(40)))
    else:
        chance.shuffle(frames)
    return frames


def _nest(frames: list[bytes], chance: random.Random) -> list[bytes]:
    return [b"\x91" * chance.choice((10, 1000, 100_000)) + b"\xc0", *frames[1:]]


_MUTATIONS: Sequence[Callable[[list[bytes], random.Random], list[bytes]]] = (
    _flip, _flip, _cut, _insert, _replace_value, _replace_value, _replace_value, _move_frames, _nest,
)  # fmt: skip


class Mutator:
    """Sends mutated messages to one front, and measures how it grows after the first `grown_after` of them."""

    def __init__(self, served: Served, tally: Tally, chance: random.Random, grown_after: int = GROWN_AFTER) -> None:
        self._served, self._tally, self._chance, self._grown_after = served, tally, chance, grown_after
        self._sent = 0
        self._first_mib: float | None = None

    def send(self, count: int) -> bool:
        """Send `count` messages; return whether the front still answers."""
        with self._served.connect() as client:
            while count > 0:
                batch = min(count, AT_ONCE)
                for _ in range(batch):
                    client.send_raw(mutated(self._chance))
                count, self._sent = count - batch, self._sent + batch
                self._tally.frames += batch
                if not self._answers(client):
                    self._tally.wedged += 1
                    self._tally.front_alive = self._tally.front_alive and self._served.is_alive
                    self._tally.note("mutated messages: the front answers no more")
                    return False
                self._measure()
        return True

    def _answers(self, client: Client) -> bool:
        """Read the answers up to that to a ping of our own."""
        token = self._chance.getrandbits(62)
        client.send(Ping(token))
        try:
            while client.receive().message != Pong(token):
                pass
        except NoAnswer:
            return False
        return self._served.is_alive

    def _measure(self) -> None:
        if self._sent < self._grown_after:
            return
        mib = self._served.front.memory_info().rss / 2**20
        if self._first_mib is None:
            self._first_mib = mib
        self._tally.front_growth = max(self._tally.front_growth, round(mib - self._first_mib, 1))
