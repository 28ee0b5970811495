"""Nothing that arrives brings the front down, and every complaint is an answer."""

from __future__ import annotations

import random

import msgpack
import pytest
from huebrush_backend.server.client import Refused
from huebrush_protocol import codec
from huebrush_protocol.messages import Hello, Ping, Pong, Progress, Result
from jobs_helper import answer, final, submit
from serving_backend import Backend


def test_malformed_messages_are_answered_and_survived(backend: Backend):
    client = backend.client()
    ping = codec.encode(Ping(3))[0]
    for frames in ([b""], [b"\xc1"], [ping[:-1]], [ping, b"extra"], [bytes(2 << 20)], [b"x"] * 200, [b"", b"", b""]):
        assert answer(client, frames).code == "malformed"
    chance = random.Random(5)
    for _ in range(100):
        answer(client, [chance.randbytes(chance.randrange(1, 60)) for _ in range(chance.randrange(1, 4))])
    client.send(Ping(4))
    assert client.receive().message == Pong(4)
    assert isinstance(final(client, submit(client)), Result)


def test_unknown_and_misplaced_messages(backend: Backend):
    client = backend.client()
    unknown = answer(client, [msgpack.packb({"type": "sing", "song": 1})])
    assert unknown.code == "unknown_message" and "sing" in unknown.message
    job = "00000000-0000-4000-8000-000000000000"
    assert answer(client, codec.encode(Progress(job, "denoising"))).code == "unknown_message"


def test_no_common_version(backend: Backend):
    client = backend.client()
    with pytest.raises(Refused) as caught:
        client.hello(versions=(7, 8))
    assert caught.value.failure.code == "version"
    assert "update the backend" in caught.value.failure.remedy.lower()
    client.send(Hello("new", "9", (8, 1)))
    assert client.hello(versions=(8, 1)).version == 1
