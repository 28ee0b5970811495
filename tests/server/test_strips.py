"""A strip for phones longer than other images may be wide, through a real front, worker and engine."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.frames import MAX_EDGE
from huebrush_protocol.messages import ImageHeader, Result
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import WITHOUT_MODEL, RegionParameters

WIDTH, HEIGHT, STEP = 160, 40_000, 250


def test_a_strip_of_40_000_pixels_comes_back_whole(start_backend):
    lines = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    for top in range(20, HEIGHT - STEP, STEP):
        cv2.rectangle(lines, (10, top), (150, top + 200), (0, 0, 0, 255), 3)
        cv2.circle(lines, (80, top + 100), 40, (0, 0, 0, 255), 3)
    palette = ("#c04040", "#40a060", "#4060c0", "#e0d080")
    parameters = Parameters(regions=RegionParameters(result="flats", palette=palette, hard_edges=True))
    client = start_backend("--device", "cpu", engine=None).client()
    images = [(ImageHeader("line_art", WIDTH, HEIGHT, "BGRA", name="strip"), lines)]
    job = client.submit(WITHOUT_MODEL, parameters, images)
    result = client.result(job, silence=300.0)
    assert isinstance(result.message, Result), result.message
    (header,) = result.message.images
    layer = np.frombuffer(result.images[0].data, np.uint8).reshape(header.height, header.width, 4)
    page = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    page[header.y : header.y + header.height, header.x : header.x + header.width] = layer
    for top in (20, 20 + 80 * STEP, 20 + 150 * STEP):
        assert page[top + 20, 30, 3] == 255 and page[top + 100, 80, 3] == 255
        assert page[top + 225, 80, 3] == 0, "the gutter stays paper"
    assert result.message.flats_report["regions"] > 2 * 158

    too_long = [(ImageHeader("line_art", 1, MAX_EDGE + 1, "BGRA"), np.zeros((MAX_EDGE + 1, 1, 4), np.uint8))]
    with pytest.raises(ProtocolError, match="131072"):
        client.submit(WITHOUT_MODEL, parameters, too_long)
