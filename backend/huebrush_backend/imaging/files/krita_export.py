"""Script that runs inside Krita (`kritarunner`), with Krita's own Python: it writes one layer's pixels as raw sRGB.

Arguments: document, the layer's uuid, folder for the output. It uses the standard library and Krita only; the backend
imports this module only for the two names below.
"""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

REPLY_FILE = "reply.json"
PIXELS_FILE = "pixels.bgra"
_TARGET = "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc"
"""Colour model, depth and profile of what is written."""


def main(arguments: list[str]) -> None:
    """Export the layer that the arguments name; always leaves a reply file behind. kritarunner calls this function."""
    document, uuid, folder = arguments[:3]
    try:
        reply = _export(document, uuid, Path(folder))
    except Exception as error:
        traceback.print_exc()
        reply = {"error": f"{type(error).__name__}: {error}"}
    partial = Path(folder) / (REPLY_FILE + ".part")
    partial.write_text(json.dumps(reply), "utf-8")
    partial.replace(Path(folder) / REPLY_FILE)


def _export(path: str, uuid: str, folder: Path) -> dict[str, Any]:
    from krita import Krita  # type: ignore[import-not-found]

    document = Krita.instance().openDocument(path)
    if document is None:
        return {"error": "Krita cannot open the document"}
    document.setBatchmode(True)
    document.waitForDone()
    if (document.colorModel(), document.colorDepth(), document.colorProfile()) != _TARGET:
        # The document is open only here: convert all of it, so that groups and masks are converted too.
        document.setColorSpace(*_TARGET)
        document.waitForDone()
    node = _find(document.rootNode(), uuid.strip("{}").lower())
    if node is None:
        return {"error": "the layer is not in the document"}
    if node.type() != "grouplayer":
        node.setColorSpace(*_TARGET)
        document.waitForDone()
    bounds = node.bounds().united(document.bounds())
    x, y, width, height = bounds.x(), bounds.y(), bounds.width(), bounds.height()
    pixels = bytes(node.projectionPixelData(x, y, width, height))
    space = node.colorModel(), node.colorDepth(), node.colorProfile()
    if node.type() != "grouplayer" and space != _TARGET:
        pixels = _converted(Krita.instance(), pixels, space, width, height)
    (folder / PIXELS_FILE).write_bytes(pixels)
    document.setModified(False)
    document.close()
    return {"x": x, "y": y, "width": width, "height": height}


def _converted(krita: Any, pixels: bytes, space: tuple[str, str, str], width: int, height: int) -> bytes:
    """Convert pixels of a layer whose colour space cannot be set: a file layer has that of its file."""
    scratch = krita.createDocument(width, height, "scratch", *space, 72.0)
    scratch.setBatchmode(True)
    layer = scratch.createNode("layer", "paintlayer")
    scratch.rootNode().addChildNode(layer, None)
    layer.setPixelData(pixels, 0, 0, width, height)
    layer.setColorSpace(*_TARGET)
    scratch.waitForDone()
    converted = bytes(layer.pixelData(0, 0, width, height))
    scratch.setModified(False)
    scratch.close()
    return converted


def _find(parent: Any, uuid: str) -> Any:
    for node in parent.childNodes():
        if node.uniqueId().toString().strip("{}").lower() == uuid:
            return node
        found = _find(node, uuid)
        if found is not None:
            return found
    return None
