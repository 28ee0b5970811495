"""Pins through a real socket and worker: placed as their header says, and in the recipe."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.server.client import Client, Refused
from huebrush_protocol.messages import CAPABILITIES, ImageHeader, Result
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import RegionParameters

WIDTH, HEIGHT, LEFT, TOP = 128, 96, 40, 30
LINES = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
LINES[20:24, 10:110] = LINES[70:74, 10:110] = LINES[20:74, 10:14] = LINES[20:74, 106:110] = (0, 0, 0, 255)
LINE_ART = (ImageHeader("line_art", WIDTH, HEIGHT, "BGRA", x=LEFT, y=TOP), LINES)
REFERENCE = (ImageHeader("reference", 32, 32, "RGB"), np.full((32, 32, 3), (40, 60, 200), np.uint8))
KEPT = np.random.default_rng(3).integers(1, 256, (20, 30, 4), np.uint8)
PINNED = (ImageHeader("pinned", 30, 20, "BGRA", x=LEFT + 50, y=TOP + 30, name="Result 1"), KEPT)


def test_a_place_stays_to_the_byte_in_a_picture(start_backend) -> None:
    assert "pinned" in CAPABILITIES
    client: Client = start_backend("--device", "cpu", engine=None).client()
    for seed in (1, 2):
        job = client.submit("demo", Parameters(seed=seed, steps=2), [LINE_ART, REFERENCE, PINNED])
        received = client.result(job, silence=300.0)
        assert isinstance(received.message, Result)
        (image,) = received.images
        found = np.frombuffer(image.data, np.uint8).reshape(HEIGHT, WIDTH, 4)
        assert np.array_equal(found[30:50, 50:80], KEPT)
        entry = next(entry for entry in received.message.recipe["inputs"] if entry["role"] == "pinned")
        assert (entry["name"], entry["width"], entry["height"]) == ("Result 1", WIDTH, HEIGHT)

    stack = Parameters(regions=RegionParameters(result="flats_by_color"))
    with pytest.raises(Refused, match="one layer") as caught:
        client.result(client.submit("demo", stack, [LINE_ART, REFERENCE, PINNED]), silence=300.0)
    assert caught.value.failure.code == "bad_input" and caught.value.failure.remedy
