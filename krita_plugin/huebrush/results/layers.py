"""The layers of a result, one paint layer for each image: its pixels, how it lies on those below, and its label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader
from huebrush_protocol.regions import BLENDS

from ..base.colors import parse_color
from ..base.problems import Problem
from ..base.tasks import Steps
from ..documents.find import require_open
from ..documents.krita_colors import GREY_LABEL, NO_LABEL, nearest_label
from ..documents.pixels import Rect, write_coverage, write_layer
from .layer_names import layer_name

if TYPE_CHECKING:
    from krita import Document, Node

LOCKED_KINDS = ("color", "area")
"""Kinds of layer whose alpha is locked: painting on one stays inside its shape."""
SHADING_KINDS = ("shade", "light")


def add_layer(
    document: Document, group: Node, image: Image, name: str, otherwise: Problem, below: Node | None = None
) -> Steps[Node]:
    """Add the layer for `image` to `group`, above its layer `below` or on top of all; the result is the layer.

    * `document`: the scratch document that has the group
    * `image`: BGRA, or GRAY as the alpha of its one colour
    * `name`: used if the image has no name
    * `otherwise`: told by a `ProblemError` when the document is closed meanwhile
    """
    header = image.header
    require_open(document, otherwise)
    layer = document.createNode(layer_name(header) or name, "paintlayer")
    rect = Rect(header.x, header.y, header.width, header.height)
    color = parse_color(header.color)
    if header.order == "GRAY" and color is not None:
        yield from write_coverage(layer, rect, image.data, image.stride, color)
    else:
        yield from write_layer(layer, rect, image.data, image.stride)
    if header.blend != "normal" and header.blend in BLENDS:
        layer.setBlendingMode(header.blend)
    label = label_of(header)
    if label != NO_LABEL:
        layer.setColorLabel(label)
    require_open(document, otherwise)
    group.addChildNode(layer, below)
    if header.kind in LOCKED_KINDS:
        layer.setAlphaLocked(True)
    yield 0
    return layer


def label_of(header: ImageHeader) -> int:
    """Return a layer's colour label: nearest to its one colour, grey for light and shade, none otherwise."""
    if header.kind in SHADING_KINDS:
        return GREY_LABEL
    color = parse_color(header.color)
    return nearest_label(color) if color is not None else NO_LABEL
