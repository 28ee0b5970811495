"""Whatever bytes arrive: a valid message, or one ProtocolError with a known code. Nothing else, ever."""

from __future__ import annotations

from typing import Any

import msgpack
from huebrush_protocol import codec
from huebrush_protocol.codec import MESSAGE_TYPES
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.frames import row_stride
from huebrush_protocol.messages import FAILURE_CODES
from hypothesis import given, settings
from hypothesis import strategies as st
from protocol_strategies import valid_messages

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abtype", max_size=4) | st.integers(-9, 9), inner, max_size=4)
    ),
    max_leaves=12,
)


def pack(value: Any) -> bytes:
    """Return `value` as msgpack."""
    return bytes(msgpack.packb(value) or b"")


def check(frames: list[bytes]) -> None:
    """Decode; what comes out must be sendable again and its images as long as they say."""
    try:
        received = codec.decode(frames)
    except ProtocolError as error:
        assert error.code in FAILURE_CODES and error.message
        return
    codec.encode(received.message, [image.data for image in received.images])
    for image in received.images:
        assert image.data.nbytes == row_stride(image.header) * image.header.height


@given(st.lists(st.binary(max_size=200), max_size=4))
@settings(max_examples=400, deadline=None)
def test_random_bytes(frames):
    check(frames)


@given(ANYTHING, st.lists(st.binary(max_size=30), max_size=2))
@settings(max_examples=300, deadline=None)
def test_well_formed_msgpack_of_anything(value, frames):
    check([pack(value), *frames])


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_known_types_with_any_fields(data):
    kind = data.draw(st.sampled_from(sorted(MESSAGE_TYPES)))
    names = [*MESSAGE_TYPES[kind].__dataclass_fields__, "unknown"]
    fields = {"type": kind, **{name: data.draw(ANYTHING, name) for name in names}}
    check([pack(fields), *data.draw(st.lists(st.binary(max_size=30), max_size=2))])


@given(valid_messages(), st.data())
@settings(max_examples=300, deadline=None)
def test_truncated_messages(case, data):
    frames = [bytes(frame) for frame in codec.encode(*case)]
    which = data.draw(st.integers(0, len(frames) - 1))
    frames[which] = frames[which][: data.draw(st.integers(0, len(frames[which]) - 1))] if frames[which] else b""
    check(frames)


@given(valid_messages(), st.data())
@settings(max_examples=300, deadline=None)
def test_flipped_bytes(case, data):
    frames = [bytearray(frame) for frame in codec.encode(*case)]
    for _ in range(data.draw(st.integers(1, 4))):
        frames[0][data.draw(st.integers(0, len(frames[0]) - 1))] = data.draw(st.integers(0, 255))
    check([bytes(frame) for frame in frames])


@given(valid_messages(), st.data())
@settings(max_examples=300, deadline=None)
def test_one_field_replaced_by_anything(case, data):
    header, *frames = codec.encode(*case)
    fields = msgpack.unpackb(header)
    target = fields
    while True:
        key = data.draw(
            st.sampled_from(sorted(target)) if isinstance(target, dict) else st.integers(0, len(target) - 1)
        )
        inner = target[key]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.booleans()):
            break
        target = inner
    target[key] = data.draw(ANYTHING)
    check([pack(fields), *frames])


@given(valid_messages(), st.data())
@settings(max_examples=200, deadline=None)
def test_frames_lost_added_or_swapped(case, data):
    frames = [bytes(frame) for frame in codec.encode(*case)]
    frames = data.draw(st.permutations(frames + data.draw(st.lists(st.binary(max_size=20), max_size=3))))
    check(frames[: data.draw(st.integers(0, len(frames)))])
