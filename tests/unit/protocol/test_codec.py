"""Round trips through the codec, and what it says about messages that are not valid."""

from __future__ import annotations

import dataclasses
import typing
import uuid
from typing import Any

import msgpack
import pytest
import zmq
from huebrush_protocol import codec, messages
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.frames import MAX_EDGE, MAX_IMAGES
from huebrush_protocol.messages import ImageHeader, Submit
from huebrush_protocol.parameter_ranges import MAX_EDITS, RANGES
from huebrush_protocol.parameters import ENHANCEMENTS, SKETCH_MODES, Enhancement, Parameters
from hypothesis import given, settings
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
@settings(deadline=None)
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
    assert image.stride == 12


def test_padded_rows_are_accepted_and_short_ones_are_not():
    padded = dataclasses.replace(LINES, stride=16)
    image = codec.decode(codec.encode(submit(images=(padded,)), [bytes(32)])).images[0]
    assert image.stride == 16
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
        (("images", 0, "role"), "backdrop", "role"),
        (("parameters", "edits"), {}, "list"),
        (("parameters", "edits"), [{"anchor": "hair"}], "edits[0].target is missing"),
        (("parameters", "edits"), [{"target": "hair", "thresholds": 0.5}], "edits[0].thresholds must be a list"),
        (("parameters", "injection"), True, "map"),
        (("parameters", "guidance_window"), None, "map"),
        (("parameters", "enhancement", "style"), 1, "true or false"),
        (("parameters", "block_strengths"), ["0.5"], "block_strengths[0] must be a finite number"),
        (("parameters", "reference_levels", "low"), float("inf"), "finite"),
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


def bounds() -> list[tuple[str, float]]:
    """Every parameter that has a range, with a number just below it and one just above."""
    return [(name, value) for name, (low, high) in RANGES.items() for value in outside(name, low, high)]


def outside(name: str, low: float, high: float) -> tuple[float, float]:
    """Numbers just outside a range; whole ones where the parameter is."""
    whole = ("seed", "steps", "regions.palette_size", "regions.most_layers", "edits.mask", "edits.patch")
    step = 1 if name in whole else 0.01
    return low - step, high + step


def parameters_with(name: str, value: float) -> Any:
    """Parameters as they are on the wire, one of them, called as in `RANGES`, being `value`."""
    first, _, second = name.partition(".")
    if first == "edits":
        edit = {"thresholds": sorted([0.1, 0.2, 0.3, value])} if second == "thresholds" else {second: value}
        return {"edits": [{"target": "hair", **edit}]}
    if name.startswith("regions.fixes."):
        fix = {"kind": "merge", "x": 0, "y": 0, name.rpartition(".")[2]: value}
        return {"regions": {"fixes": [fix]}}
    if first == "block_strengths":
        return {"block_strengths": [value]}
    return {first: {second: value} if second else value}


@pytest.mark.parametrize(("name", "value"), bounds())
def test_parameters_out_of_range_are_bad_input_of_that_job(name: str, value: float):
    fields = {**header_of(submit(), [PIXELS]), "parameters": parameters_with(name, value)}
    error = refusal(decode_header, fields, PIXELS)
    assert (error.code, error.job) == ("bad_input", JOB)
    low, high = RANGES[name]
    assert name.partition(".")[0] in error.message and name.rpartition(".")[2] in error.message
    assert str(value) in error.message and f"{low:.10g} to {high:.10g}" in error.message


@pytest.mark.parametrize("name", RANGES)
def test_the_ends_of_a_range_belong_to_it(name: str):
    for value in RANGES[name]:
        fields = {**header_of(submit(), [PIXELS]), "parameters": parameters_with(name, value)}
        if name == "guidance_window.end":
            fields["parameters"]["guidance_window"]["start"] = 0
        many = name in ("edits.mask", "edits.patch")
        masks = [ImageHeader(role, 1, 1, "GRAY") for role in ("edit_mask", "edit_patch")] * MAX_EDITS * many
        if name == "edits.patch":
            fields["parameters"]["edits"][0]["mask"] = 0
        fields["images"] = [*fields["images"], *map(dataclasses.asdict, masks)]
        assert isinstance(decode_header(fields, PIXELS, *[b"\0"] * len(masks)).message, Submit)


def numbers(cls: type, before: str = "") -> set[str]:
    """The dotted names of all numbers in a dataclass of parameters, as its annotations say."""
    found = set()
    for name, kind in typing.get_type_hints(cls).items():
        for part in (kind, *typing.get_args(kind)):
            if isinstance(part, type) and dataclasses.is_dataclass(part):
                found |= numbers(part, f"{before}{name}.")
            elif part in (int, float):
                found.add(f"{before}{name}")
    return found


def test_every_number_among_the_parameters_has_a_range():
    assert numbers(Parameters) == set(RANGES)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"sampler": ""}, "sampler"),
        ({"noise_schedule": "x" * 129}, "noise_schedule"),
        ({"sketch_mode": "outline"}, "sketch_mode is 'outline'; it must be one of lines, dark_lines, light_lines"),
        ({"guidance_window": {"start": 0.8, "end": 0.2}}, "guidance_window.start is 0.8; it must be at most"),
        ({"edits": [{"target": "hair"}, {"target": " "}]}, r"edits[1].target must be a text"),
        (
            {"edits": [{"target": "hair", "anchor": ""}]},
            "edits[0].anchor must be a text of at most 1000 characters",
        ),
        ({"edits": [{"target": "hair", "control": "x" * 1001}]}, "edits[0].control"),
        ({"edits": [{"target": "hair", "thresholds": [0.5, 0.4, 0.6, 0.7]}]}, "four ascending numbers"),
        ({"edits": [{"target": "hair", "thresholds": [0.5]}]}, "four ascending numbers"),
        ({"edits": [{"target": "hair"}] * 33}, "edits has 33 entries; at most 32"),
        ({"edits": [{"target": "hair"}, {"target": "hair", "mask": 0}]}, "edits[1].mask is 0; there are 0 edit"),
        (
            {"edits": [{"target": "lace", "patch": 0}]},
            "edits[0].patch is a picture; give the edit a mask for it",
        ),
        ({"edits": [{"target": "#c81e28"}]}, "edits[0].target is a colour; give the edit a mask for it"),
        ({"block_strengths": [1.0] * 257}, "block_strengths has 257 entries; at most 256"),
    ],
)
def test_parameters_that_make_no_sense_are_bad_input(parameters: dict, words: str):
    error = refusal(decode_header, {**header_of(submit(), [PIXELS]), "parameters": parameters}, PIXELS)
    assert (error.code, error.job) == ("bad_input", JOB)
    assert words in error.message


def test_parameters_of_the_first_version_mean_what_they_did():
    fields = header_of(submit(), [PIXELS])
    fields["parameters"] = {"seed": 4, "steps": 9, "reference_guidance": 5.0, "sampler": "ddim"}
    message = decode_header(fields, PIXELS).message
    assert isinstance(message, Submit)
    parameters = message.parameters
    assert parameters == Parameters(seed=4, steps=9, reference_guidance=5.0, sampler="ddim")
    assert (parameters.edits, parameters.injection, parameters.block_strengths) == ((), None, ())
    assert parameters.enhancement == Enhancement() and not parameters.enhancement.background


def test_capabilities_name_every_choice():
    assert {f"sketch_mode:{name}" for name in SKETCH_MODES} < set(messages.CAPABILITIES)
    assert {"masks", "sampler:dpm", "noise_schedule:karras"} < set(messages.CAPABILITIES)
    assert set(ENHANCEMENTS) < set(Enhancement.__dataclass_fields__)


@pytest.mark.parametrize(
    "roles",
    [
        (),
        ("reference",),
        ("line_art", "line_art"),
        ("line_art", "preview"),
        ("line_art", "background", "background"),
        ("line_art", "reference_mask", "reference", "reference_mask"),
        ("line_art", "line_art_mask", "line_art_mask"),
        ("line_art", "before", "before"),
        ("line_art", "initial", "initial"),
        ("line_art", "layer"),
    ],
)
def test_a_job_has_one_line_art_references_and_one_of_each_other_picture(roles):
    images = tuple(ImageHeader(role, 1, 1, "GRAY") for role in roles)
    fields = {**header_of(submit(), [PIXELS]), "images": [dataclasses.asdict(image) for image in images]}
    assert refusal(decode_header, fields, *[b"\x00"] * len(images)).code == "bad_input"


def test_an_edit_acts_where_the_mask_of_its_number_says():
    extras = [dataclasses.asdict(ImageHeader(role, 1, 1, "GRAY")) for role in ("edit_mask", "before", "edit_mask")]
    fields = header_of(submit(), [PIXELS])
    fields["images"] = [*fields["images"], *extras]
    fields["parameters"] = {"edits": [{"target": "#c81e28", "mask": 1, "feather": 3}, {"target": "red hair"}]}
    message = decode_header(fields, PIXELS, *[b"\0"] * 3).message
    assert isinstance(message, Submit)
    brushed, everywhere = message.parameters.edits
    assert (brushed.mask, brushed.feather, brushed.is_brushed) == (1, 3.0, True)
    assert not everywhere.is_brushed and everywhere.feather == 0


def test_an_edits_patch_is_the_picture_of_its_number():
    extras = [dataclasses.asdict(ImageHeader(role, 1, 1, "RGB")) for role in ("edit_mask", "edit_patch", "edit_patch")]
    fields = header_of(submit(), [PIXELS])
    fields["images"] = [*fields["images"], *extras]
    fields["parameters"] = {"edits": [{"target": "lace", "mask": 0, "patch": 1}, {"target": "red", "mask": 0}]}
    message = decode_header(fields, PIXELS, *[b"rgb"] * 3).message
    assert isinstance(message, Submit)
    assert [edit.patch for edit in message.parameters.edits] == [1, -1]
    fields["parameters"]["edits"][0]["patch"] = 2
    assert (
        "edits[0].patch is 2; there are 2 edit patches" in refusal(decode_header, fields, PIXELS, *[b"rgb"] * 3).message
    )


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
