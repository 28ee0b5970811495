"""What the artist has brushed over a reference: the colour of this, not of that.

The strokes lie on an ordinary paint layer on top of the page, one for each reference that has any. The document's note
names it by its id, which lasts in a saved file: Krita's scripts can attach nothing to a layer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from huebrush_protocol.messages import ImageHeader

from .capture import ReferenceSource
from .documents import find_node, node_id
from .pixels import Pixels, Rect, read_node
from .qt import QtCore, to_bytes
from .scratch import SRGB_SPACE
from .slices import Steps
from .strings import text
from .stroke_masks import Mask, split_strokes

REFERENCE_PARTS = "reference_parts"
"""The backend's capability for parts of references."""
TAKE, LEAVE = "#19c23c", "#ff2d95"
"""The brush's colours for what colours are taken from alone, and for what is left out."""
ROLES = ("reference_part", "reference_left_out")
"""What the masks of these colours are in a job, in the same order."""
NOTE = "huebrush/reference-brush"
OPACITY = 153
"""Of 255: the reference shows through strokes."""


def find_marks(document: Any, reference: str) -> Any | None:
    """Return the layer with the strokes over the layer with the id `reference`, None where there are none."""
    uid = _noted(document).get(reference, "")
    return find_node(document, uid) if uid else None


def mark_ids(document: Any) -> frozenset[str]:
    """Return the ids of all layers of `document` that have such strokes, if they are still there."""
    return frozenset(_noted(document).values())


def make_marks(document: Any, source: ReferenceSource) -> Any:
    """Return the layer for strokes over `source`: the one there is, else a new one on top of all, in one undo step."""
    found = find_marks(document, source.key)
    if found is not None:
        return found
    layer = document.createNode(text("marks.layer", name=source.name), "paintlayer")
    layer.setColorSpace(*SRGB_SPACE)  # what is painted is read to the very colour, whatever the page is in
    layer.setOpacity(OPACITY)
    document.rootNode().addChildNode(layer, None)
    noted = _noted(document) | {source.key: node_id(layer)}
    content = json.dumps(noted, sort_keys=True).encode("utf-8")
    document.setAnnotation(NOTE, text("marks.note"), QtCore.QByteArray(content))
    return layer


def capture_marks(document: Any, references: Sequence[ReferenceSource], headers: Sequence[ImageHeader]) -> Steps:
    """Read what is brushed over `references`, which a job has in this order with these `headers`; the result is the
    headers and frames of their masks."""
    made: list[ImageHeader] = []
    frames: list[memoryview | bytes] = []
    for number, (source, header) in enumerate(zip(references, headers, strict=True)):
        layer = find_marks(document, source.key) if source.kind == "layer" else None
        if layer is None:
            continue
        pixels: Pixels = yield from read_node(document, layer, Rect(header.x, header.y, header.width, header.height))
        if pixels.is_empty:
            continue
        masks: list[Mask | None] = yield from split_strokes(pixels, (TAKE, LEAVE))
        for role, mask in zip(ROLES, masks, strict=True):
            if mask is not None:
                left, top = header.x + mask.rect.x, header.y + mask.rect.y
                size = mask.rect.width, mask.rect.height
                made.append(ImageHeader(role, *size, "GRAY", x=left, y=top, name=header.name, reference=number))
                frames.append(mask.data)
    return tuple(made), tuple(frames)


def _noted(document: Any) -> dict[str, str]:
    if NOTE not in document.annotationTypes():
        return {}
    try:
        noted = json.loads(to_bytes(document.annotation(NOTE)).decode("utf-8"))
    except ValueError:
        return {}
    items = noted.items() if isinstance(noted, dict) else ()
    return {key: uid for key, uid in items if isinstance(uid, str)}
