"""What an artist does with the text brush, step by step, and what the scripted backend makes of it."""

from __future__ import annotations

import json
from typing import Any

from hands import spin, type_text, wait_for
from huebrush.base.colors import parse_color
from huebrush.base.qt import QtCore
from huebrush.documents.find import document_key, node_id
from huebrush.documents.own_layers import REFERENCE_BRUSH_NOTE, find_text_brush_layer
from huebrush.session import session
from huebrush.strokes.target_layer import layer_to_edit
from huebrush.strokes.text_brush import SETTLE_MILLISECONDS
from huebrush_protocol.messages import Accepted, Acknowledge, ImageHeader, Result, Submit
from krita import Document, Krita
from scripted_backend import ScriptedBackend


def brushed(target: str) -> None:
    """Begin an edit with its brush, as the shortcut does."""
    Krita.instance().action("huebrush_new_brush_edit").trigger()
    spin()
    type_text("huebrush_edit_target", target)


def painted(document: Document, *strokes: tuple[str, int, int, int, int]) -> Any:
    """The text brush's layer, made by the docker, with rectangles of these colours at x, y, width, height."""
    layer = find_text_brush_layer(document)
    assert layer is not None
    for code, x, y, width, height in strokes:
        color = parse_color(code)
        assert color is not None
        pixels = bytes((*reversed(color), 255)) * (width * height)
        layer.setPixelData(QtCore.QByteArray(pixels), x, y, width, height)
    return layer


def layer_over(document: Document, reference: Any) -> Any:
    """A layer with green strokes over a reference, as they were kept before references had a window of their own."""
    strokes = document.createNode(f"Reference brush: {reference.name()}", "paintlayer")
    strokes.setPixelData(QtCore.QByteArray(bytes((60, 194, 25, 255)) * 80), 2, 3, 10, 8)
    document.rootNode().addChildNode(strokes, None)
    note = json.dumps({node_id(reference): node_id(strokes)}).encode()
    document.setAnnotation(REFERENCE_BRUSH_NOTE, "", QtCore.QByteArray(note))
    return strokes


def edited(document: Document) -> Any:
    """The layer that edits would change now."""
    found = layer_to_edit(document)
    assert found is not None
    return found


def names(document: Document) -> list[str]:
    """What the layers are called, topmost first."""
    return [node.name() for node in reversed(document.rootNode().childNodes())]


def answer(backend: ScriptedBackend, overlaps: tuple[tuple[int, int], ...] = ()) -> dict[str, Any]:
    """Take the job and answer with one layer; return the job's parts."""
    message = backend.receive(Submit)
    images: dict[str, list[tuple[ImageHeader, bytes]]] = {}
    for image in backend.images:
        images.setdefault(image.header.role, []).append((image.header, bytes(image.data)))
    backend.send(Accepted(message.job))
    recipe = {"recipe_version": 1, "overlaps": [list(pair) for pair in overlaps]}
    backend.send(Result(message.job, recipe, (ImageHeader("layer", 40, 30, "BGRA", name="Colour"),)), [b"\1" * 4800])
    return {"edits": message.parameters.edits, "images": images, "result": message.parameters.regions.result}


def settled(backend: ScriptedBackend) -> None:
    """Wait for the layers of the job, for the thanks, and until the artist has their own layer in hand again."""
    key = session().jobs.latest
    document = Krita.instance().activeDocument()
    assert document is not None
    own = document_key(document)
    wait_for(lambda: (job := key(own)) is not None and job.stage.value == "done", "the layers")
    backend.receive(Acknowledge)
    later: list[bool] = []
    QtCore.QTimer.singleShot(2 * SETTLE_MILLISECONDS, lambda: later.append(True))
    wait_for(lambda: later, "a moment")
