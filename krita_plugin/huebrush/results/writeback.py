"""Insertion of result images as one group of layers: one undo step.

The group is built in a scratch document of one pixel (parents before children: the other order leaves the target's
projection stale) and a duplicate of it is inserted, because every structural call on the target would be an undo step
of its own. Krita composes the group in the scratch document before that: in the artist's, a duplicate of a group that
was not composed would show as no larger than one pixel until the whole page is composed a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image

from ..base.problems import Problem, ProblemError, Remedy, problem
from ..base.qt import never_none
from ..base.tasks import BREATHE, Steps
from ..documents.colorize_mask import add_lines, add_mask, fill
from ..documents.find import document_key, find_document, find_node, node_id, require_open, root_node, while_open
from ..documents.insert_below_lowest import insert_below_lowest
from ..documents.pixels import Pixels, Rect, read_node
from ..documents.scratch import compose, scratch_document
from .layers import add_layer

if TYPE_CHECKING:
    from krita import Document, Node

STROKE = "stroke"
PASS_THROUGH = "pass through"
"""Name of the blending mode of a group that is not composed by itself, in some versions of Krita."""


@dataclass(frozen=True)
class Placed:
    """Inserted group: its id, and whether it holds a Colorize Mask that Krita has not filled yet."""

    group: str
    has_unfilled_mask: bool = False


def insert_group(key: str, above: str | None, name: str, images: Sequence[Image], lines: str = "") -> Steps[Placed]:
    """Insert `images` (bottom to top, BGRA) as a group called `name` into the open document with this `key`.

    The group goes directly below the layer with the id `above`, or on top of all layers when that is None. Key strokes
    among the images become a Colorize Mask on a copy of the layer with the id `lines`. The generator's result is a
    `Placed`. If it raises `ProblemError`, no layer has changed: "document_closed", "line_art_deleted" (lines or place
    gone), "lowest_layer" (nothing can be inserted below the lines) or "no_masks" (Krita makes no Colorize Masks).
    """
    strokes = [image for image in images if image.header.kind == STROKE]
    copied = (yield from _read_lines(key, lines)) if strokes else None
    document = _document(key)
    yield BREATHE
    with scratch_document("huebrush-result", document.resolution()) as scratch:
        yield BREATHE
        require_open(scratch, _closed())
        group = scratch.createGroupLayer(name)
        root_node(scratch).addChildNode(group, None)
        yield 0
        masked = None
        for image in images:
            if image.header.kind != STROKE:
                yield from add_layer(scratch, group, image, name, _closed())
            elif masked is None and copied is not None:
                masked = yield from add_lines(scratch, group, copied, _closed())
        document = _document(key)
        yield from compose(scratch, document.width(), document.height(), _closed())
        is_filled = True
        if masked is not None:
            mask = yield from add_mask(scratch, masked, strokes, _closed())
            is_filled = yield from fill(scratch, mask, _closed())
        document = _document(key)
        active = document.activeNode()
        inserted = yield from _insert(document, above, group)
        yield BREATHE
        if active is not None:
            _make_active(key, active)
        yield BREATHE
    yield BREATHE  # the scratch document is closed; its layers are given back in the next step
    return Placed(inserted, not is_filled)


def insert_layer_over(key: str, over: str, name: str, image: Image) -> Steps[Placed]:
    """Insert `image` as a layer called `name` into the open document with this `key`, directly above the layer or group
    with the id `over`, with the same opacity and blending mode. The generator's result is a `Placed`.

    Raises `ProblemError` ("document_closed", "edited_layer_deleted") when the place is gone; then no layer has changed.
    """
    document = _document(key)
    yield BREATHE
    with scratch_document("huebrush-result", document.resolution()) as scratch:
        yield BREATHE
        require_open(scratch, _closed())
        yield from add_layer(scratch, root_node(scratch), image, name, _closed())
        layer = root_node(scratch).childNodes()[-1]
        layer.setName(name)
        document = _document(key)
        yield from compose(scratch, document.width(), document.height(), _closed())
        document = _document(key)
        below = find_node(document, over)
        if below is None:
            raise ProblemError(problem("edited_layer_deleted", Remedy.PLACE))
        active = document.activeNode()
        layer.setOpacity(below.opacity())
        if layer.blendingMode() != below.blendingMode() and below.blendingMode() != PASS_THROUGH:
            layer.setBlendingMode(below.blendingMode())
        copy = layer.duplicate()
        copy.setName(name)
        never_none(below.parentNode()).addChildNode(copy, below)
        inserted = node_id(copy)
        yield BREATHE
        if active is not None:
            _make_active(key, active)
        yield BREATHE
    yield BREATHE
    return Placed(inserted)


def _read_lines(key: str, uid: str) -> Steps[Pixels]:
    """Read the layer with this id within the page: the lines that a Colorize Mask follows."""
    document = _document(key)
    node = find_node(document, uid)
    if node is None:
        raise ProblemError(problem("line_art_deleted", Remedy.PLACE))
    page = Rect(0, 0, document.width(), document.height())
    pixels = yield from while_open(document, read_node(document, node, page), _closed())
    return pixels


def _make_active(key: str, node: Node) -> None:
    """Make the artist's layer active again: Krita activates each inserted layer."""
    document = find_document(key)
    if document is not None and find_node(document, node_id(node)) is not None:
        document.setActiveNode(node)


def _document(key: str) -> Document:
    document = find_document(key)
    if document is None:
        raise ProblemError(_closed())
    return document


def _closed() -> Problem:
    return problem("document_closed", Remedy.PLACE)


def _insert(document: Document, line_art: str | None, group: Node) -> Steps[str]:
    """Insert a duplicate of `group` and return its id; begins before any event runs, so earlier checks still hold."""
    if line_art is None:
        copy = group.duplicate()
        root_node(document).addChildNode(copy, None)
        return node_id(copy)
    lines = find_node(document, line_art)
    if lines is None:
        raise ProblemError(problem("line_art_deleted", Remedy.PLACE))
    parent = never_none(lines.parentNode())
    siblings = parent.childNodes()
    index = [node_id(node) for node in siblings].index(line_art)
    if index == 0:
        return node_id((yield from insert_below_lowest(document_key(document), lines, group)))
    copy = group.duplicate()
    parent.addChildNode(copy, siblings[index - 1])
    return node_id(copy)
