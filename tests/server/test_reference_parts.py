"""Masks over references through a real socket and worker: what is right colours the page, what is wrong is said."""

from __future__ import annotations

from dataclasses import replace

import msgpack
import numpy as np
import pytest
from huebrush_backend.server.client import Client, Refused
from huebrush_protocol import codec
from huebrush_protocol.messages import ImageHeader, Result, Submit
from huebrush_protocol.parameters import Parameters
from jobs_helper import assert_refused_and_survived

JOB = "00000000-0000-4000-8000-000000000000"
QUICK = Parameters(seed=3, steps=2)
LINES = np.zeros((96, 96, 4), np.uint8)
LINES[20:24, 10:86] = LINES[70:74, 10:86] = LINES[20:74, 10:14] = LINES[20:74, 82:86] = (0, 0, 0, 255)
SHEET = np.full((32, 32, 3), (40, 60, 220), np.uint8)
SHEET[:, :16] = (220, 40, 44)
GRAY = np.full((32, 32, 3), 128, np.uint8)
LINE_ART = (ImageHeader("line_art", 96, 96, "RGBA"), LINES)
UNUSED = (ImageHeader("reference", 32, 32, "RGB", weight=0.0), GRAY)
REFERENCE = (ImageHeader("reference", 32, 32, "RGB", x=100, y=50, name="sheet"), SHEET)
STROKE = np.full((40, 16), 255, np.uint8)
PART = (ImageHeader("reference_part", 16, 40, "GRAY", x=100, y=46, reference=1), STROKE)
"""Over the red half, and beyond the edge above and below."""


def test_a_part_of_a_reference_colours_the_page_and_none_is_refused(start_backend) -> None:
    client: Client = start_backend("--device", "cpu", engine=None).client()
    job = client.submit("demo", QUICK, [LINE_ART, UNUSED, REFERENCE, PART])
    received = client.result(job, silence=300.0)
    assert isinstance(received.message, Result)
    (image,) = received.images
    red, _, blue, _ = np.frombuffer(image.data, np.uint8).reshape(96, 96, 4)[30:65, 20:76].reshape(-1, 4).mean(axis=0)
    assert red > blue
    roles = [entry["role"] for entry in received.message.recipe["inputs"]]
    assert roles == ["line_art", "reference", "reference_part"]

    beside = (replace(PART[0], x=500), STROKE)
    out = (replace(PART[0], role="reference_left_out"), STROKE)
    for images in ([LINE_ART, UNUSED, REFERENCE, beside], [LINE_ART, UNUSED, REFERENCE, PART, out]):
        with pytest.raises(Refused, match="No part of the reference 'sheet'") as caught:
            client.result(client.submit("demo", QUICK, images), silence=300.0)
        assert caught.value.failure.code == "bad_input" and caught.value.failure.remedy


def is_mask(header: ImageHeader) -> bool:
    return header.role.startswith("reference_")


def hostile(*images: tuple[ImageHeader, np.ndarray], reference: object) -> list[bytes]:
    """Return a job as it would never be sent by our own client: all masks say that they lie over `reference`."""
    headers = tuple(replace(header, role="edit_mask") if is_mask(header) else header for header, _ in images)
    frames = codec.encode(Submit(JOB, "demo", QUICK, headers), [data for _, data in images])
    fields = msgpack.unpackb(bytes(frames[0]))
    for entry, (header, _) in zip(fields["images"], images, strict=True):
        entry |= {"role": header.role, "reference": reference if is_mask(header) else 0}
    packed = msgpack.packb(fields)
    assert packed is not None
    return [packed, *map(bytes, frames[1:])]


@pytest.mark.parametrize(
    ("frames", "code", "says"),
    [
        (hostile(LINE_ART, REFERENCE, PART, reference=1), "bad_input", "there are 1 references"),
        (hostile(LINE_ART, REFERENCE, PART, reference=-1), "bad_input", "there are 1 references"),
        (hostile(LINE_ART, REFERENCE, PART, reference=2**40), "bad_input", "there are 1 references"),
        (hostile(LINE_ART, PART, reference=0), "bad_input", "there are 0 references"),
        (hostile(LINE_ART, REFERENCE, PART, PART, reference=0), "bad_input", "at most one 'reference_part', not 2"),
        (hostile(LINE_ART, REFERENCE, PART, reference="0"), "malformed", "reference"),
        ([*hostile(LINE_ART, REFERENCE, PART, reference=0)[:-1], bytes(9)], "malformed", "images[2] has 9 bytes"),
    ],
)
def test_hostile_masks_are_answered_and_survived(backend, frames: list[bytes], code: str, says: str) -> None:
    assert_refused_and_survived(backend.client(), frames, code, says)
