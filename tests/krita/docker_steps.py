"""What many tests do in the docker of a Krita: start the backend, colorize, save and open again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from krita_program import PATIENCE, KritaProgram

MODEL_PATIENCE = 400.0
"""Seconds that the real model may take, on two busy cores, before it counts as stuck."""
LEAST_WIDTH = "hands.widget('huebrush_panel').minimumSizeHint().width()"
"""In Krita, the width in pixels that the docker needs."""
NARROW = 260
"""Width in pixels of Krita's own dockers on a small screen, which ours needs no more than."""
MARKER = "canvas_view().area.viewport().findChild(hands.QtWidgets.QWidget, 'huebrush_marker')"
"""In Krita, the ring around the place that is looked at, or None."""
WHEN_QUEUED = """
from huebrush.session import session
from huebrush_protocol.messages import Submit
def when_queued(act):
    "Call `act` once, when the next job has been read and sent."
    link, send = session().link, session().link.send
    def send_and_act(message, *frames):
        send(message, *frames)
        if isinstance(message, Submit):
            link.send = send
            hands.QtCore.QTimer.singleShot(0, act)
    link.send = send_and_act
"""
"""In Krita: `when_queued(act)`. It watches what is sent, not what is told of the job: from Krita 5.2 on the docker lets
events run while it is told, and the stage may be a later one when the next listener hears of it."""


def start_backend(krita: KritaProgram) -> None:
    """Press Start, unless a test before has done so, and wait for the connection."""
    if krita.value("hands.widget('huebrush_backend_start').isEnabled()"):
        krita.run("hands.click('huebrush_backend_start')")
    krita.wait_for("hands.backend_is_ready()", "the backend")


def wait_for_result(krita: KritaProgram, seconds: float = PATIENCE) -> None:
    """Wait until the active document's job has ended well."""
    assert krita.wait_for_end(seconds) == "done", krita.value("hands.banner()")


def colorize(krita: KritaProgram, seconds: float = PATIENCE) -> None:
    """Press the big button and wait for the result."""
    krita.run("hands.click('huebrush_colorize')")
    wait_for_result(krita, seconds)


def colorize_regions(krita: KritaProgram, seconds: float = PATIENCE, **regions: object) -> None:
    """Ask by script for a result with these `RegionSettings`, after the layer "Reference", and wait for it.

    In Krita, `d` is the document and `job` the job from then on.
    """
    words = ", ".join(f"{name}={value!r}" for name, value in regions.items())
    krita.run(
        "from huebrush import api; from huebrush.documents import find as documents; "
        "from huebrush.settings.flats import RegionSettings; d = hands.document(); "
        f"job = api.colorize(d, references=[hands.layer_named('Reference')], regions=RegionSettings({words}))"
    )
    wait_for_result(krita, seconds)


def save(krita: KritaProgram, file: Path) -> None:
    """Save the document as `file`."""
    krita.run(f"hands.document().saveAs({str(file)!r}); hands.spin(0.5)")


def open_again(krita: KritaProgram, file: Path) -> None:
    """Close the document without saving and open `file`; in Krita, `d` is the new document from then on."""
    krita.run(f"hands.close_all(); hands.open_file({str(file)!r}); d = hands.document()")


def top_layers(krita: KritaProgram) -> list[str]:
    """Names of the active document's layers that lie in no group, topmost first."""
    return [layer["name"] for layer in krita.value("hands.layers()") if layer["depth"] == 0]


def layer_pixels(krita: KritaProgram, folder: Path, node: str) -> np.ndarray:
    """A layer or group of the active document as it is composed, (H,W,4) uint8 RGBA; by way of a file in `folder`.

    `node`: an expression for it in Krita.
    """
    file = folder / "layer.pixels"
    krita.run(
        "page = hands.document(); page.waitForDone(); "
        f"data = {node}.projectionPixelData(0, 0, page.width(), page.height()).data(); "
        f"open({str(file)!r}, 'wb').write(bytes(data))"
    )
    width, height = krita.value("[page.width(), page.height()]")
    return np.fromfile(file, np.uint8).reshape(height, width, 4)[..., [2, 1, 0, 3]]


def sent_job(records: Path) -> dict[str, Any]:
    """The latest job that the recording backend got."""
    return json.loads((records / "job.json").read_text("utf-8"))
