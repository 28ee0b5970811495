"""A coloured picture, and nothing at all, as the source of colours, through a real front, worker and engine."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_backend.server.client import Refused
from huebrush_protocol.messages import CAPABILITIES, ImageHeader, Result
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import WITHOUT_MODEL, RegionParameters

WIDTH, HEIGHT = 240, 160
RED, BLUE = (200, 30, 40), (30, 60, 210)
FLATS = Parameters(regions=RegionParameters(result="flats", hard_edges=True))


def lines() -> tuple[ImageHeader, np.ndarray]:
    """Two boxes side by side, BGRA."""
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    for left in (20, 120):
        cv2.rectangle(pixels, (left, 20), (left + 100, 140), (0, 0, 0, 255), 3)
    return ImageHeader("line_art", WIDTH, HEIGHT, "BGRA", name="lines"), pixels


def colored(width: int, height: int) -> tuple[ImageHeader, np.ndarray]:
    """Red left, blue right, over the lines, of another size and in another order of channels."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[height // 12 : -height // 12, width // 14 : width * 11 // 20] = (*RED, 255)
    pixels[height // 12 : -height // 12, width // 2 : -width // 14] = (*BLUE, 255)
    return ImageHeader("colored", width, height, "RGBA", name="rough paint"), pixels


def test_a_coloured_picture_and_none_at_all_give_flats(start_backend):
    assert "colored" in CAPABILITIES
    client = start_backend("--device", "cpu", engine=None).client()
    job = client.submit(WITHOUT_MODEL, FLATS, [lines(), colored(360, 240)])
    result = client.result(job, silence=300.0)
    assert isinstance(result.message, Result), result.message
    (header,) = result.message.images
    layer = np.frombuffer(result.images[0].data, np.uint8).reshape(header.height, header.width, 4)
    for place, color in (((80, 70), RED), ((80, 170), BLUE)):
        assert tuple(layer[place[0] - header.y, place[1] - header.x]) == (*color[::-1], 255)
    given = {item["role"]: item for item in result.message.recipe["inputs"]}
    assert (given["colored"]["name"], given["colored"]["width"]) == ("rough paint", 360)
    assert [place["kind"] for place in result.message.flats_report["places_to_check"]] == ["unpainted"]

    job = client.submit(WITHOUT_MODEL, FLATS, [lines()])
    result = client.result(job, silence=300.0)
    assert isinstance(result.message, Result) and result.message.flats_report["clean"]
    assert len(result.message.flats_report["palette"]) == result.message.flats_report["regions"] == 3

    job = client.submit(WITHOUT_MODEL, FLATS, [lines(), colored(360, 480)])
    with pytest.raises(Refused, match=r"differ in shape.*shows the whole page"):
        client.result(job, silence=300.0)
