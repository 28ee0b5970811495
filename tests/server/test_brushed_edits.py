"""Edits inside edit masks through a real socket and worker, with the built-in model."""

from __future__ import annotations

from dataclasses import replace

import msgpack
import numpy as np
import pytest
from huebrush_backend.server.client import Client, Refused
from huebrush_protocol import codec
from huebrush_protocol.messages import Failed, ImageHeader, Result, Submit
from huebrush_protocol.parameters import Parameters, TextEdit
from jobs_helper import assert_refused_and_survived

WIDTH, HEIGHT, LEFT, TOP = 128, 96, 40, 30
JOB = "00000000-0000-4000-8000-000000000000"
LINES = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
LINES[20:24, 10:110] = LINES[70:74, 10:110] = LINES[20:74, 10:14] = LINES[20:74, 106:110] = (0, 0, 0, 255)
FLATS = np.random.default_rng(4).integers(0, 256, (HEIGHT - 10, WIDTH - 20, 4), np.uint8)
"""The layer that is edited: noise, and smaller than the page."""
STROKE = np.zeros((40, 60), np.uint8)
STROKE[5:35, 5:55] = 255

LINE_ART = (ImageHeader("line_art", WIDTH, HEIGHT, "BGRA", x=LEFT, y=TOP), LINES)
REFERENCE = (ImageHeader("reference", 32, 32, "RGB"), np.full((32, 32, 3), (40, 60, 200), np.uint8))
BEFORE = (ImageHeader("before", WIDTH - 20, HEIGHT - 10, "BGRA", x=LEFT + 8, y=TOP + 6, name="Flats"), FLATS)
MASK = (ImageHeader("edit_mask", 60, 40, "GRAY", x=LEFT + 30, y=TOP + 28), STROKE)
EDIT = Parameters(seed=3, steps=2, edits=(TextEdit("crimson top", mask=0),))

UNDER = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
UNDER[6 : HEIGHT - 4, 8 : WIDTH - 12] = FLATS
PAINTED = np.zeros((HEIGHT, WIDTH), bool)
PAINTED[28:68, 30:90] = STROKE > 0


def pixels_of(received: codec.Received) -> np.ndarray:
    assert isinstance(received.message, Result)
    (image,) = received.images
    assert (image.header.x, image.header.y, image.header.order) == (LEFT, TOP, "BGRA")
    return np.frombuffer(image.data, np.uint8).reshape(image.header.height, image.header.width, 4)


def test_a_brushed_edit_changes_its_place_alone_and_says_clearly_what_it_lacks(start_backend) -> None:
    client: Client = start_backend("--device", "cpu", engine=None).client()
    received = client.result(client.submit("demo", EDIT, [LINE_ART, REFERENCE, BEFORE, MASK]), silence=300.0)
    found = pixels_of(received)
    assert np.array_equal(found[~PAINTED], UNDER[~PAINTED])
    assert (found[PAINTED] != UNDER[PAINTED]).any(axis=1).mean() > 0.99
    blue, green, red, alpha = np.median(found[PAINTED], axis=0)
    assert red > 120 > 90 > max(green, blue) and alpha == 255
    assert isinstance(received.message, Result)
    roles = [entry["role"] for entry in received.message.recipe["inputs"]]
    assert roles.count("before") == roles.count("edit_mask") == 1

    # A mask as large as it likes lies where its place says; what hangs over the page's edge does not count.
    wide = np.zeros((HEIGHT + 300, WIDTH + 400), np.uint8)
    wide[100 : 100 + HEIGHT, 200 : 200 + WIDTH][PAINTED] = 255
    wide[:100] = 255
    header = ImageHeader("edit_mask", WIDTH + 400, HEIGHT + 300, "GRAY", x=LEFT - 200, y=TOP - 100)
    again = client.result(client.submit("demo", EDIT, [LINE_ART, REFERENCE, BEFORE, (header, wide)]), silence=300.0)
    assert np.array_equal(pixels_of(again), found)

    # A patch of another picture, in other bytes than the line art's: blue in the file's order is what comes back.
    lace = np.zeros((16, 16, 4), np.uint8)
    lace[4:12, 4:12] = (200, 60, 20, 255)
    patched = replace(EDIT, edits=(TextEdit("lace", mask=0, patch=0),))
    images = [LINE_ART, REFERENCE, BEFORE, MASK, (ImageHeader("edit_patch", 16, 16, "BGRA", name="lace"), lace)]
    blued = pixels_of(client.result(client.submit("demo", patched, images), silence=300.0))
    assert np.array_equal(blued[~PAINTED], UNDER[~PAINTED])
    assert np.abs(np.median(blued[PAINTED], axis=0) - (200, 60, 20, 255)).max() < 25

    away = (replace(MASK[0], x=LEFT + WIDTH), STROKE)
    for images, parameters, says in (
        ([LINE_ART, REFERENCE, BEFORE, away], EDIT, "mask of the edit 'crimson top' is empty"),
        ([LINE_ART, REFERENCE, BEFORE, MASK], Parameters(steps=2), "no edit says where"),
    ):
        with pytest.raises(Refused, match=says) as caught:
            client.result(client.submit("demo", parameters, images), silence=300.0)
        assert caught.value.failure.code == "bad_input" and caught.value.failure.remedy


def hostile(parameters: Parameters, *images: tuple[ImageHeader, np.ndarray], **changed: object) -> list[bytes]:
    """Return a job as it would never be sent by our own client, which checks first."""
    headers = tuple(header for header, _ in images)
    edits = tuple(replace(edit, mask=-1) for edit in parameters.edits)
    good = codec.encode(Submit(JOB, "demo", replace(parameters, edits=edits), headers), [data for _, data in images])
    fields = msgpack.unpackb(bytes(good[0]))
    for edit in fields["parameters"]["edits"]:
        edit.update(changed)
    packed = msgpack.packb(fields)
    assert packed is not None
    return [packed, *map(bytes, good[1:])]


@pytest.mark.parametrize(
    ("frames", "code", "says"),
    [
        (hostile(EDIT, LINE_ART, REFERENCE, BEFORE, mask=0), "bad_input", "there are 0 edit masks"),
        (hostile(EDIT, LINE_ART, REFERENCE, MASK, mask=1), "bad_input", "there are 1 edit masks"),
        (hostile(EDIT, LINE_ART, MASK, mask=-2), "bad_input", "mask"),
        (hostile(EDIT, LINE_ART, MASK, mask=2**40), "bad_input", "mask"),
        (hostile(EDIT, LINE_ART, MASK, mask=0, feather=float("nan")), "malformed", "feather"),
        ([*hostile(EDIT, LINE_ART, MASK, mask=0)[:-1], bytes(7)], "malformed", "images[1] has 7 bytes"),
        (hostile(EDIT, LINE_ART, MASK, mask=0)[:-1], "malformed", "2 image headers, but 1 image frames"),
    ],
)
def test_hostile_masks_and_regions_are_answered_and_survived(
    backend, frames: list[bytes], code: str, says: str
) -> None:
    assert_refused_and_survived(backend.client(), frames, code, says)


def test_two_layers_to_edit_are_one_too_many(backend) -> None:
    client = backend.client()
    frames = hostile(EDIT, LINE_ART, MASK, BEFORE, mask=0)
    fields = msgpack.unpackb(frames[0])
    fields["images"].append(fields["images"][-1])
    client.send_raw([msgpack.packb(fields), *frames[1:], frames[-1]])
    message = client.receive().message
    assert isinstance(message, Failed) and message.code == "bad_input" and "'before'" in message.message
    assert client.ping() >= 0
