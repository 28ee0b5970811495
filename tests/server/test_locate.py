"""Where a text fits in a reference, asked through a real socket and worker."""

from __future__ import annotations

import cv2
import msgpack
import numpy as np
import pytest
from huebrush_backend.evaluation.pairs import held_out_pair
from huebrush_backend.server.client import Client
from huebrush_backend.synthesis import Part
from huebrush_protocol import codec
from huebrush_protocol.messages import Accepted, Failed, ImageHeader, Locate, Located
from huebrush_protocol.parameters import TextEdit
from jobs_helper import assert_refused_and_survived, final, submit

JOB = "00000000-0000-4000-8000-000000000000"
SMALL = (ImageHeader("reference", 2, 2, "RGB"), bytes(12))


def test_the_built_in_model_finds_a_part_by_its_colour_and_name(start_backend) -> None:
    client: Client = start_backend("--device", "cpu", engine=None).client()
    assert "locate" in client.hello().capabilities
    pair = held_out_pair(0, 1)
    color = pair.palette.names[Part.BACKGROUND]
    bgra = np.dstack([pair.reference[..., ::-1], np.full(pair.reference.shape[:2], 255, np.uint8)])
    header = ImageHeader("reference", bgra.shape[1], bgra.shape[0], "BGRA", name="girl")
    job = client.locate("demo", f"{color} background", header, bgra.tobytes())
    *before, received = client.events(job, silence=300.0)
    assert isinstance(before[0].message, Accepted)
    assert isinstance(received.message, Located), received.message
    (image,) = received.images
    assert (image.header.width, image.header.height, image.header.order) == (24, 24, "GRAY")
    fit = np.frombuffer(image.data, np.uint8).reshape(24, 24)
    assert (fit.min(), fit.max()) == (0, 255)
    truth = cv2.resize((pair.reference_drawing.labels == Part.BACKGROUND).astype(np.float32), (24, 24), interpolation=3)
    assert fit[truth > 0.9].mean() > 160 > 100 > fit[truth < 0.1].mean()
    client.acknowledge(job)

    there = f"{color} background"
    recolored = TextEdit("dark green background", there, there)
    *_, again = client.events(client.locate("demo", there, header, bgra.tobytes(), (recolored,)), silence=300.0)
    (image,) = again.images
    after = np.frombuffer(image.data, np.uint8).reshape(24, 24)
    contrasts = [places[truth > 0.9].mean() - places[truth < 0.1].mean() for places in (fit, after)]
    assert contrasts[1] < contrasts[0] - 50, "it is looked for in what the edits have left"

    nothing = np.zeros((4, 4, 4), np.uint8)
    empty = final(client, client.locate("demo", "hair", ImageHeader("reference", 4, 4, "BGRA"), nothing))
    assert isinstance(empty, Failed) and empty.code == "bad_input" and empty.remedy


def test_an_engine_that_cannot_says_so_and_goes_on(backend) -> None:
    client = backend.client()
    failed = final(client, client.locate("demo", "hair", *SMALL))
    assert isinstance(failed, Failed) and (failed.code, "cannot find where" in failed.message) == ("bad_input", True)
    assert failed.remedy
    assert not isinstance(final(client, submit(client)), Failed)


@pytest.mark.parametrize(("model", "code"), [("other", "unknown_model"), ("absent", "model_missing")])
def test_models_that_are_not_there_are_refused_at_once(backend, model: str, code: str) -> None:
    client = backend.client()
    failed = final(client, client.locate(model, "hair", *SMALL))
    assert isinstance(failed, Failed) and failed.code == code


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"text": " "}, "text must be a text of at most 1000 characters"),
        ({"text": "x" * 1001}, "text must be a text of at most 1000 characters"),
        ({"images": []}, "Exactly one image"),
        ({"model": ""}, "model must be"),
        ({"edits": [{"target": "red", "strength": 99}]}, "edits[0].strength"),
        ({"edits": [{"target": "red", "mask": 0}]}, "inside an edit mask"),
    ],
)
def test_nonsense_is_answered(backend, changed: dict[str, object], says: str) -> None:
    client = backend.client()
    header, pixels = SMALL
    good = codec.encode(Locate(JOB, "demo", "hair", (header,)), [pixels])
    fields = {**msgpack.unpackb(bytes(good[0])), **changed}
    frames = [msgpack.packb(fields), *([] if changed.get("images") == [] else good[1:])]
    assert_refused_and_survived(client, frames, "bad_input", says)
