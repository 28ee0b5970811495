"""From result images to one group of layers in the document: one insertion, one undo step.

The group is built in a scratch document of one pixel (parents before children: the other order leaves the target's
projection stale) and a duplicate of it is inserted, because every structural call on the target would be an undo step
of its own. Krita composes the group in the scratch document before that: in the artist's, a duplicate of a group that
was not composed would show as no larger than one pixel until the whole page is composed a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from huebrush_protocol.frames import Image

from .documents import document_key, find_document, find_node, node_id, require_open
from .lowest import insert_lowest
from .problems import Problem, ProblemError, Remedy, problem
from .result_layers import add_layer
from .scratch import compose, scratch_document
from .slices import BREATHE, Steps


def place(key: str, line_art: str | None, name: str, images: Sequence[Image]) -> Steps:
    """Insert `images` (bottom to top, BGRA) as a group called `name` into the open document with this `key`.

    The group goes directly below the layer with the id `line_art`, or on top of all layers when that is None. The
    generator's result is the id of the new group. Raises `ProblemError` ("document_closed", "line_art_deleted") when
    the place is gone, or ("lowest_layer") when it cannot be reached; no layer has changed then.
    """
    document = _document(key)
    yield BREATHE
    with scratch_document("huebrush-result", document.resolution()) as scratch:
        yield BREATHE
        require_open(scratch, _closed())
        group = scratch.createGroupLayer(name)
        scratch.rootNode().addChildNode(group, None)
        yield 0
        for image in images:
            yield from add_layer(scratch, group, image, name, _closed())
        document = _document(key)
        yield from compose(scratch, document.width(), document.height(), _closed())
        document = _document(key)
        active = document.activeNode()
        inserted = yield from _insert(document, line_art, group)
        yield BREATHE
        if active is not None:
            _make_active(key, active)
        yield BREATHE
    yield BREATHE  # the scratch document is closed; its layers are given back in the next step
    return inserted


def _make_active(key: str, node: Any) -> None:
    """Krita makes a layer active when it was inserted; the artist goes on where they were."""
    document = find_document(key)
    if document is not None and find_node(document, node_id(node)) is not None:
        document.setActiveNode(node)


def _document(key: str) -> Any:
    document = find_document(key)
    if document is None:
        raise ProblemError(_closed())
    return document


def _closed() -> Problem:
    return problem("document_closed", Remedy.PLACE)


def _insert(document: Any, line_art: str | None, group: Any) -> Steps:
    """Insert a duplicate of `group` and return its id; begins before any event runs, so what is checked stays true."""
    if line_art is None:
        copy = group.duplicate()
        document.rootNode().addChildNode(copy, None)
        return node_id(copy)
    lines = find_node(document, line_art)
    if lines is None:
        raise ProblemError(problem("line_art_deleted", Remedy.PLACE))
    parent = lines.parentNode()
    siblings = parent.childNodes()
    index = [node_id(node) for node in siblings].index(line_art)
    if index == 0:
        return node_id((yield from insert_lowest(document_key(document), lines, group)))
    copy = group.duplicate()
    parent.addChildNode(copy, siblings[index - 1])
    return node_id(copy)
