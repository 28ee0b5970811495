"""A picture to go on from through a real socket and worker, with the built-in model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from huebrush_backend.server.client import Client, Refused
from huebrush_protocol.messages import ImageHeader, Result
from huebrush_protocol.parameters import Parameters

WIDTH, HEIGHT, LEFT, TOP = 128, 96, 40, 30
LINES = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
LINES[20:24, 10:110] = LINES[70:74, 10:110] = LINES[20:74, 10:14] = LINES[20:74, 106:110] = (0, 0, 0, 255)
LINE_ART = (ImageHeader("line_art", WIDTH, HEIGHT, "BGRA", x=LEFT, y=TOP), LINES)
REFERENCE = (ImageHeader("reference", 32, 32, "RGB"), np.full((32, 32, 3), (40, 60, 200), np.uint8))
HALF = WIDTH // 2
LEFT_HALF = (
    ImageHeader("initial", HALF, HEIGHT + 20, "BGRA", x=LEFT, y=TOP - 10, name="Result 1"),
    np.full((HEIGHT + 20, HALF, 4), (40, 30, 200, 255), np.uint8),
)
"""Half of the page in red, above its edges too; the rest is not covered."""
TOUCH_UP = Parameters(seed=3, steps=10, change=0.1, keep_to_lines=False)


def test_it_lies_where_its_place_says_and_is_in_the_recipe(start_backend) -> None:
    client: Client = start_backend("--device", "cpu", engine=None).client()
    received = client.result(client.submit("demo", TOUCH_UP, [LINE_ART, REFERENCE, LEFT_HALF]), silence=300.0)
    assert isinstance(received.message, Result)
    (image,) = received.images
    found = np.frombuffer(image.data, np.uint8).reshape(HEIGHT, WIDTH, 4)[30:64].astype(int)
    blue, green, red, _ = np.median(found[:, 20 : HALF - 10].reshape(-1, 4), axis=0)
    assert red > 150 > 100 > max(blue, green), "the half that is covered stays red"
    assert np.median(found[:, HALF + 10 : 100].reshape(-1, 4), axis=0)[:3].min() > 150, "the other is white"
    start = next(entry for entry in received.message.recipe["inputs"] if entry["role"] == "initial")
    assert (start["name"], start["width"], start["height"]) == ("Result 1", WIDTH, HEIGHT)
    assert received.message.recipe["parameters"]["change"] == 0.1

    away = (replace(LEFT_HALF[0], x=LEFT + WIDTH), LEFT_HALF[1])
    with pytest.raises(Refused, match="'Result 1', is empty") as caught:
        client.result(client.submit("demo", TOUCH_UP, [LINE_ART, REFERENCE, away]), silence=300.0)
    assert caught.value.failure.code == "bad_input" and caught.value.failure.remedy
