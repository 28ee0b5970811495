"""Round trips through the codec, and what it says about messages that are not valid."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

import msgpack
import pytest
import zmq
from huebrush_protocol import codec, messages
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.frames import MAX_EDGE, MAX_IMAGES
from huebrush_protocol.messages import ImageHeader, Parameters, Submit
from hypothesis import given
from protocol_strategies import valid_messages

JOB = str(uuid.UUID(int=7))
LINES = ImageHeader("line_art", 3, 2, "BGRA", x=-5, y=9, name="墨線")
PIXELS = bytes(range(24))


def pack(value: Any) -> bytes:
    """Return `value` as msgpack."""
    return bytes(msgpack.packb(value) or b"")


def submit(**changes) -> Submit:
    return dataclasses.replace(Submit(JOB, "demo", Parameters(seed=2**32 - 1), (LINES,)), **changes)


def header_of(message, frames=()) -> dict:
    return msgpack.unpackb(codec.encode(message, frames)[0])


def decode_header(fields, *frames) -> codec.Received:
    return codec.decode([pack(fields), *frames])


def refusal(function, *arguments) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        function(*arguments)
    assert caught.value.code in messages.FAILURE_CODES
    return caught.value


@given(valid_messages())
def test_every_message_comes_back_as_it_was(case):
    message, frames = case
    received = codec.decode([bytes(frame) for frame in codec.encode(message, frames)])
    assert received.message == message
    assert [image.data.tobytes() for image in received.images] == frames
    assert [image.header for image in received.images] == list(getattr(message, "images", ()))


def test_every_message_class_is_on_the_wire():
    assert set(codec.MESSAGE_TYPES.values()) == set(messages.Message.__args__)


def test_pixels_are_not_copied():
    pixels = bytearray(PIXELS)
    frames = codec.encode(submit(), [pixels])
    assert frames[1] is pixels
    received = codec.decode(frames)
    pixels[0] = 200
    assert received.images[0].data[0] == 200


def test_zmq_frames_are_read_in_place():
    header, pixels = codec.encode(submit(), [PIXELS])
    frame = zmq.Frame(pixels)
    image = codec.decode([zmq.Frame(header), frame]).images[0]
    assert image.data.tobytes() == PIXELS
    assert image.stride == 12 and image.is_packed


def test_padded_rows_are_accepted_and_short_ones_are_not():
    padded = dataclasses.replace(LINES, stride=16)
    image = codec.decode(codec.encode(submit(images=(padded,)), [bytes(32)])).images[0]
    assert image.stride == 16 and not image.is_packed
    short = dataclasses.replace(LINES, stride=11)
    assert "stride" in refusal(codec.encode, submit(images=(short,)), [bytes(22)]).message


def test_unknown_fields_are_ignored_everywhere():
    fields = header_of(submit(), [PIXELS])
    fields["colour_of_the_sky"] = {"deep": [1, 2]}
    fields["parameters"]["later"] = None
    fields["images"][0]["profile"] = b"\x00icc"
    assert decode_header(fields, PIXELS).message == submit()


def test_missing_fields_take_their_defaults_or_are_named():
    fields = header_of(submit(), [PIXELS])
    del fields["parameters"]["steps"], fields["images"][0]["dtype"]
    assert decode_header(fields, PIXELS).message == submit()
    del fields["model"]
    assert "submit.model is missing" in refusal(decode_header, fields, PIXELS).message


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (("model",), 3, "text"),
        (("job",), "{" + JOB + "}", "UUID"),
        (("job",), JOB.upper().replace("0", "A"), "UUID"),
        (("parameters",), [], "map"),
        (("parameters", "seed"), 1.0, "whole number"),
        (("parameters", "steps"), True, "whole number"),
        (("parameters", "sketch_guidance"), float("nan"), "finite"),
        (("parameters", "sampler"), None, "text"),
        (("images",), {}, "list"),
        (("images", 0, "role"), "background", "role"),
        (("images", 0, "order"), "CMYK", "order"),
        (("images", 0, "dtype"), "float32", "dtype"),
        (("images", 0, "width"), 0, "pixels"),
        (("images", 0, "width"), MAX_EDGE + 1, "pixels"),
        (("images", 0, "height"), -2, "pixels"),
        (("images", 0, "stride"), -12, "stride"),
        (("images", 0, "stride"), 2**63, "bytes"),
        (("images", 0, "x"), 2**40, "position"),
        (("images", 0, "weight"), -0.5, "weight"),
    ],
)
def test_a_wrong_value_is_named(path, value, word):
    fields = header_of(submit(), [PIXELS])
    target = fields
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    error = refusal(decode_header, fields, PIXELS)
    assert error.code == "malformed"
    assert word in error.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", -1),
        ("seed", 2**32),
        ("steps", 0),
        ("steps", 151),
        ("reference_guidance", 0.9),
        ("sketch_guidance", 15.1),
        ("reference_strength", 1.01),
        ("sketch_strength", -0.01),
        ("sampler", ""),
    ],
)
def test_parameters_out_of_range_are_bad_input_of_that_job(name, value):
    fields = header_of(submit(), [PIXELS])
    fields["parameters"][name] = value
    error = refusal(decode_header, fields, PIXELS)
    assert (error.code, error.job) == ("bad_input", JOB)
    assert name in error.message


@pytest.mark.parametrize("roles", [(), ("reference",), ("line_art", "line_art"), ("line_art", "preview")])
def test_a_job_has_one_line_art_and_else_references(roles):
    images = tuple(ImageHeader(role, 1, 1, "GRAY") for role in roles)
    fields = {**header_of(submit(), [PIXELS]), "images": [dataclasses.asdict(image) for image in images]}
    assert refusal(decode_header, fields, *[b"\x00"] * len(images)).code == "bad_input"


@pytest.mark.parametrize("frames", [(), (PIXELS[:-1],), (PIXELS + b"\0",), (PIXELS, PIXELS)])
def test_frames_must_be_exactly_as_described(frames):
    assert refusal(decode_header, header_of(submit(), [PIXELS]), *frames).code == "malformed"


def test_images_are_limited_in_number_and_size():
    many = (LINES, *[ImageHeader("reference", 1, 1, "GRAY")] * MAX_IMAGES)
    assert str(MAX_IMAGES) in refusal(codec.encode, submit(images=many), [PIXELS, *[b"\0"] * MAX_IMAGES]).message
    huge = ImageHeader("line_art", MAX_EDGE, MAX_EDGE, "RGBA")
    assert "bytes" in refusal(codec.encode, submit(images=(huge,)), [b""]).message


@pytest.mark.parametrize("header", [b"", b"\xc1", b"\x93\x01", pack([1]), pack({1: 2}), b"\xff" * 40])
def test_what_is_not_a_header_is_malformed(header):
    assert refusal(codec.decode, [header]).code == "malformed"


def test_no_frames_at_all_and_too_long_a_header_are_malformed():
    assert refusal(codec.decode, []).code == "malformed"
    assert "header" in refusal(codec.decode, [bytes(codec.MAX_HEADER_BYTES + 1)]).message


def test_an_unknown_type_says_so_and_keeps_the_job():
    error = refusal(decode_header, {"type": "paint_the_town", "job": JOB})
    assert (error.code, error.job) == ("unknown_message", JOB)
    assert "paint_the_town" in error.message


def test_a_refusal_never_grows_too_long_to_be_sent():
    error = refusal(decode_header, {**header_of(submit(), [PIXELS]), "job": "x" * 500_000})
    fields = header_of(submit(), [PIXELS])
    fields["images"][0]["role"] = "r" * 500_000
    longer = refusal(decode_header, fields, PIXELS)
    for answer in (error, longer):
        codec.decode(codec.encode(messages.Failed("", answer.code, answer.message)))


@pytest.mark.parametrize(
    "recipe",
    [
        {"a": float("inf")},
        {"a": b"bytes"},
        {"a": {1: 2}},
        {"a": object()},
        {"a": 2**70},
        {"a": "\ud800"},
        {"pad": "x" * codec.MAX_HEADER_BYTES},
    ],
)
def test_a_recipe_is_plain_data_of_sane_size(recipe):
    assert refusal(codec.encode, messages.Result(JOB, recipe, ())).code == "malformed"


def test_a_recipe_cannot_be_nested_without_end():
    endless: dict = {}
    endless["again"] = endless
    assert refusal(codec.encode, messages.Result(JOB, endless, ())).code == "malformed"
    deep = pack(None)
    for _ in range(400):
        deep = b"\x81\xa1a" + deep
    packed = b"\x84" + b"".join(
        pack(part) if isinstance(part, (str, list)) else part
        for part in ("type", "result", "job", JOB, "images", [], "recipe", deep)
    )
    assert "nested" in refusal(codec.decode, [packed]).message


def test_what_is_not_a_message_cannot_be_sent():
    assert refusal(codec.encode, LINES).code == "unknown_message"
    assert refusal(codec.encode, messages.Ping("1")).code == "malformed"  # type: ignore[arg-type]
