"""One job with the real engine and the built-in model, as Krita's plugin would send it."""

from __future__ import annotations

import numpy as np
from huebrush_protocol.messages import Cancelled, ImageHeader, Preview, Progress, Result
from huebrush_protocol.parameters import Enhancement, Parameters
from huebrush_protocol.texts import Text
from serving_backend import wait_until

LINES = np.zeros((96, 128, 4), np.uint8)
LINES[20:24, 10:110] = LINES[70:74, 10:110] = LINES[20:74, 10:14] = LINES[20:74, 106:110] = (0, 0, 0, 255)
REFERENCE = np.full((64, 64, 4), (40, 60, 200, 255), np.uint8)
IMAGES = [
    (ImageHeader("line_art", 128, 96, "BGRA", x=5, y=6, name="ink"), LINES),
    (ImageHeader("reference", 64, 64, "BGRA", name="red"), REFERENCE),
]


def test_the_demo_model_colorizes_and_can_be_cancelled(start_backend):
    client = start_backend("--device", "cpu", engine=None).client()
    models = {model.name: model for model in client.hello().models}
    assert models["demo"].available, models["demo"].remedy
    job = client.submit("demo", Parameters(seed=3, steps=2), IMAGES)
    events = list(client.events(job, silence=300.0))
    result = events[-1].message
    assert isinstance(result, Result), result
    assert any(isinstance(event.message, Preview) for event in events)
    assert max(event.message.step for event in events if isinstance(event.message, Progress)) == 2
    assert all((header.x, header.y, header.order) == (5, 6, "BGRA") for header in result.images)
    assert {(header.width, header.height) for header in result.images} == {(128, 96)}
    assert result.recipe["model"] == "demo" and len(result.recipe["inputs"]) == 2
    client.acknowledge(job)
    wait_until(lambda: client.hello().device, "the device, which the model made known")
    assert Text.from_data(client.hello().device).id.startswith("device.")

    half, sky = np.full((96, 64), 255, np.uint8), np.full((32, 32, 3), (200, 220, 255), np.uint8)
    others = [
        (ImageHeader("line_art_mask", 64, 96, "GRAY", x=5, y=6, name="left half"), half),
        (ImageHeader("reference_mask", 64, 64, "RGB"), np.full((64, 64, 3), 255, np.uint8)),
        (ImageHeader("background", 32, 32, "RGB", name="sky"), sky),
    ]
    parameters = Parameters(seed=3, steps=2, enhancement=Enhancement(background=True))
    apart = client.result(client.submit("demo", parameters, [*IMAGES, *others]), silence=300.0)
    assert isinstance(apart.message, Result)
    assert [(item["role"], item["name"]) for item in apart.message.recipe["inputs"]] == [
        ("line_art", "ink"),
        ("reference", "red"),
        ("background", "sky"),
        ("line_art_mask", "left half"),
        ("reference_mask", ""),
    ]
    assert apart.images[0].data.tobytes() != events[-1].images[0].data.tobytes()

    stopped = client.submit("demo", Parameters(steps=150), IMAGES)
    for received in client.events(stopped, silence=300.0):
        if isinstance(received.message, Progress) and received.message.step >= 1:
            break
    client.cancel(stopped)
    last = list(client.events(stopped, silence=300.0))
    assert last[-1].message == Cancelled(stopped)
