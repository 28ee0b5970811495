"""Brush strokes over a reference: take the colours of these parts, not of those.

The strokes lie on an ordinary paint layer on top of the page, one for each reference that has any.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from huebrush_protocol.messages import ImageHeader

from ..base.qt import QtCore
from ..base.strings import text
from ..base.tasks import Steps
from ..documents.find import node_id, root_node
from ..documents.layer_reading import read_node
from ..documents.own_layers import REFERENCE_BRUSH_NOTE, find_reference_strokes, noted_reference_strokes
from ..documents.pixels import Rect
from ..documents.scratch import SRGB_SPACE
from ..settings.sources import ReferenceSource
from .masks import split_brush_strokes

if TYPE_CHECKING:
    from krita import Document, Node


REFERENCE_PARTS = "reference_parts"
"""The backend's capability for parts of references."""
TAKE, LEAVE = "#19c23c", "#ff2d95"
"""Brush colours for parts that alone give colours, and for parts that are left out."""
ROLES = ("reference_part", "reference_left_out")
"""Roles of the masks of these colours in a job, in the same order."""
OPACITY = 153
"""Of 255: the reference shows through strokes."""


def make_reference_strokes(document: Document, source: ReferenceSource) -> Node:
    """Return the layer for strokes over `source`; makes one on top of all layers, in one undo step, if needed."""
    found = find_reference_strokes(document, source.key)
    if found is not None:
        return found
    layer = document.createNode(text("reference_strokes.layer", name=source.name), "paintlayer")
    layer.setColorSpace(*SRGB_SPACE)  # painted colours stay exact, whatever the page's colour space is
    layer.setOpacity(OPACITY)
    root_node(document).addChildNode(layer, None)
    noted = noted_reference_strokes(document) | {source.key: node_id(layer)}
    content = json.dumps(noted, sort_keys=True).encode("utf-8")
    document.setAnnotation(REFERENCE_BRUSH_NOTE, text("reference_strokes.note"), QtCore.QByteArray(content))
    return layer


def capture_reference_strokes(
    document: Document, references: Sequence[ReferenceSource], headers: Sequence[ImageHeader]
) -> Steps[tuple[tuple[ImageHeader, ...], tuple[memoryview | bytes, ...]]]:
    """Read the brush strokes over a job's `references`, which have these `headers`, in the same order. The result is
    the headers and frames of their masks."""
    made: list[ImageHeader] = []
    frames: list[memoryview | bytes] = []
    for number, (source, header) in enumerate(zip(references, headers, strict=True)):
        layer = find_reference_strokes(document, source.key) if source.kind == "layer" else None
        if layer is None:
            continue
        pixels = yield from read_node(document, layer, Rect(header.x, header.y, header.width, header.height))
        if pixels.is_empty:
            continue
        masks = yield from split_brush_strokes(pixels, (TAKE, LEAVE))
        for role, mask in zip(ROLES, masks, strict=True):
            if mask is not None:
                left, top = header.x + mask.rect.x, header.y + mask.rect.y
                size = mask.rect.width, mask.rect.height
                made.append(ImageHeader(role, *size, "GRAY", x=left, y=top, name=header.name, reference=number))
                frames.append(mask.data)
    return tuple(made), tuple(frames)
