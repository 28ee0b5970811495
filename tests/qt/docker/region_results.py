"""Flats with their reports, as a backend sends them, and what the docker makes of them."""

from __future__ import annotations

from typing import Any

from docker_jobs import remembered
from hands import spin
from huebrush.settings.flats import RegionSettings
from huebrush_protocol.messages import Acknowledge, ImageHeader, Result
from krita import Document
from scripted_backend import ScriptedBackend

CLOSE = {
    "kind": "close",
    "x": 5.0,
    "y": 5.0,
    "x2": 9.0,
    "y2": 5.0,
    "color": "",
    "text": "Close the gap",
    "suggested": True,
}
MERGE = {**CLOSE, "kind": "merge", "text": "Merge", "suggested": False}
DYE = {
    "kind": "color",
    "x": 20.0,
    "y": 12.0,
    "x2": 0.0,
    "y2": 0.0,
    "color": "#b03a2e",
    "text": "Take #b03a2e",
    "suggested": True,
}
UNSURE = {
    "kind": "unsure",
    "risk": 0.4,
    "text": "Unsure",
    "x": 18.0,
    "y": 10.0,
    "width": 4.0,
    "height": 4.0,
    "area": 16,
    "color": "#4062a8",
    "visible": 6.0,
    "spots": [[18.0, 10.0, 4.0, 4.0, 20.0, 12.0]],
    "fixes": [DYE],
}
GAP = {
    **UNSURE,
    "kind": "open_gap",
    "risk": 0.9,
    "visible": 9.0,
    "text": "Open gap",
    "x": 4.0,
    "color": "",
    "fixes": [CLOSE, MERGE],
}
BORDER = {
    **UNSURE,
    "kind": "color_border",
    "risk": 0.3,
    "visible": 1.0,
    "text": "No line here",
    "color": "",
    "fixes": [MERGE],
}
REPORT = {
    "regions": 3,
    "gap": 6.0,
    "palette": ["#4062a8", "#d9b99b", "#d9b89a"],
    "near_duplicates": [["#d9b99b", "#d9b89a", 0.43]],
    "gap_closures": [[2.0, 3.0, 8.0, 6.0]],
    "color_borders": [[[20.0, 3.0], [24.0, 6.0], [30.0, 3.0]], [[1.0, 2.0]], "rubbish"],
    "clean": False,
    "places_to_check": [UNSURE, GAP],
}
CLEAN = {**REPORT, "places_to_check": [], "clean": True}


def chosen() -> RegionSettings:
    """What the plugin remembers for the active document."""
    return remembered().regions


def finish(backend: ScriptedBackend, job: str, report: dict[str, Any] = REPORT) -> None:
    """Send flats with this report and wait until they are written."""
    header = ImageHeader("layer", 8, 6, "BGRA", x=3, y=2, name="Flats", kind="flats")
    backend.send(Result(job, {"model": "demo"}, (header,), report), [bytes((10, 20, 30, 255)) * 48])
    assert backend.receive(Acknowledge).job == job
    spin()


def groups(document: Document) -> list[tuple[str, bool]]:
    """The results among the layers, bottom to top: name and whether it can be seen."""
    return [
        (node.name(), node.visible())
        for node in document.rootNode().childNodes()
        if node.name().startswith(("Picture ", "Flats "))
    ]
