"""Insertion of result images as one group of layers: one undo step.

The group is built in a scratch document of one pixel (parents before children: the other order leaves the target's
projection stale) and a duplicate of it is inserted, because every structural call on the target would be an undo step
of its own. Krita composes the group in the scratch document before that: in the artist's, a duplicate of a group that
was not composed would show as no larger than one pixel until the whole page is composed a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image

from ..base.artists_hand import artists_hand
from ..base.problems import Problem, ProblemError, Remedy, problem
from ..base.qt import never_none
from ..base.tasks import BREATHE, Steps
from ..documents.active_layer import artists_layer_active, give_back_active, until_ready
from ..documents.colorize_mask import MASK_LINES, add_lines, add_mask, fill
from ..documents.find import document_key, find_document, find_node, node_id, require_open, root_node
from ..documents.insert_below_lowest import LOWEST_LAYER, insert_below_lowest
from ..documents.scratch import compose, resolution_of, scratch_document
from .edited_stack import lay_over
from .layers import add_layer

if TYPE_CHECKING:
    from krita import Document, Node

STROKE = "stroke"
TRIES_MILLISECONDS = (BREATHE, 50, 100, 200, 400, 800, 1600)
"""Milliseconds to wait before each try to insert a group below the lowest layer: while a script of another program, or
Krita itself, lets events run inside an event, the Layers docker learns of nothing."""
GONE_MILLISECONDS = 100
"""Wait in which Krita may still activate a group whose insertion was undone."""
PASS_THROUGH = "pass through"
"""Name of the blending mode of a group that is not composed by itself, in some versions of Krita."""


@dataclass(frozen=True)
class Placed:
    """Inserted group: its id, whether it holds a Colorize Mask that Krita has not filled yet, and whether it was turned
    or moved with the page."""

    group: str
    has_unfilled_mask: bool = False
    has_moved: bool = False


Fits = Callable[["Document"], bool]
"""Question whether images still fit the page."""


def always(_document: Document) -> bool:
    """Say that they do."""
    return True


def insert_group(
    key: str,
    above: str | None,
    name: str,
    images: Sequence[Image],
    fits: Fits = always,
) -> Steps[Placed]:
    """Insert `images` (bottom to top, BGRA) as a group called `name` into the open document with this `key`.

    The group goes directly below the layer with the id `above`, or on top of all layers when that is None. Key strokes
    among the images become a Colorize Mask on the lines that are among them too (of the kind `MASK_LINES`). `fits` is
    asked at the last moment. The generator's result is a `Placed`. If it raises `ProblemError`, no layer has changed:
    "document_closed", "line_art_deleted" (the place is gone), "page_changed" (the images do not fit any more),
    "lowest_layer" (nothing can be inserted below the lines) or "no_masks" (Krita makes no Colorize Masks).
    """
    strokes = [image for image in images if image.header.kind == STROKE]
    lines = next((image for image in images if image.header.kind == MASK_LINES), None)
    document = _document(key)
    yield BREATHE
    with scratch_document("huebrush-result", resolution_of(document)) as scratch:
        yield BREATHE
        require_open(scratch, _closed())
        group = scratch.createGroupLayer(name)
        root_node(scratch).addChildNode(group, None)
        yield 0
        masked = None
        for image in images:
            if image.header.kind not in (STROKE, MASK_LINES):
                yield from add_layer(scratch, group, image, name, _closed())
            elif masked is None and lines is not None:
                masked = yield from add_lines(scratch, group, lines, _closed())
        document = _document(key)
        yield from compose(scratch, (0, 0, document.width(), document.height()), _closed())
        is_filled = True
        if masked is not None:
            mask = yield from add_mask(scratch, masked, strokes, _closed())
            is_filled = yield from fill(scratch, mask, _closed())
        inserted, tries = "", iter(TRIES_MILLISECONDS)
        while not inserted:
            yield next(tries, 0) or _give_up()
            yield from until_ready(key)
            with artists_layer_active(_document(key)) as selected:
                document = _document(key)
                if artists_hand().is_down:
                    continue
                _require_fit(document, fits)
                inserted = yield from _insert(document, above, group)
                if inserted:
                    yield from give_back_active(key, selected, inserted)
                else:
                    yield GONE_MILLISECONDS
    yield BREATHE  # the scratch document is closed; its layers are given back in the next step
    return Placed(inserted, not is_filled)


def insert_layer_over(key: str, over: str, name: str, image: Image, fits: Fits = always) -> Steps[Placed]:
    """Insert `image` as a layer called `name` into the open document with this `key`, directly above the layer or group
    with the id `over`, with the same opacity and blending mode. `fits` is asked at the last moment. The generator's
    result is a `Placed`.

    Raises `ProblemError` ("document_closed", "edited_layer_deleted") when the place is gone, and "page_changed" when
    the image does not fit any more; then no layer has changed.
    """
    return _insert_over(key, over, name, lambda scratch: _make_layer(scratch, image, name), fits)


def insert_stack_over(key: str, over: str, name: str, fills: Sequence[Image], fits: Fits = always) -> Steps[Placed]:
    """Insert a copy, called `name`, of the group of layers of one colour each with the id `over`, directly above it,
    with `fills` laid over it (see `lay_over`). All else is as for `insert_layer_over`."""
    return _insert_over(key, over, name, lambda scratch: _make_stack(scratch, key, over, fills), fits)


def _make_layer(scratch: Document, image: Image, name: str) -> Steps[Node]:
    return (yield from add_layer(scratch, root_node(scratch), image, name, _closed()))


def _make_stack(scratch: Document, key: str, over: str, fills: Sequence[Image]) -> Steps[Node]:
    copy = _edited(_document(key), over).duplicate()
    root_node(scratch).addChildNode(copy, None)
    copy.setVisible(True)
    yield BREATHE
    yield from lay_over(scratch, copy, fills, _closed())
    return copy


def _insert_over(key: str, over: str, name: str, make: Callable[[Document], Steps[Node]], fits: Fits) -> Steps[Placed]:
    """Insert what `make` makes in a scratch document over the layer or group with the id `over`."""
    document = _document(key)
    yield BREATHE
    with scratch_document("huebrush-result", resolution_of(document)) as scratch:
        yield BREATHE
        require_open(scratch, _closed())
        layer = yield from make(scratch)
        layer.setName(name)
        document = _document(key)
        yield from compose(scratch, (0, 0, document.width(), document.height()), _closed())
        yield BREATHE
        yield from until_ready(key)
        with artists_layer_active(_document(key)) as selected:
            document = _document(key)
            _require_fit(document, fits)
            below = _edited(document, over)
            layer.setOpacity(below.opacity())
            if layer.blendingMode() != below.blendingMode() and below.blendingMode() != PASS_THROUGH:
                layer.setBlendingMode(below.blendingMode())
            copy = layer.duplicate()
            copy.setName(name)
            never_none(below.parentNode()).addChildNode(copy, below)
            inserted = node_id(copy)
            yield from give_back_active(key, selected, inserted)
    yield BREATHE
    return Placed(inserted)


def _edited(document: Document, over: str) -> Node:
    node = find_node(document, over)
    if node is None:
        raise ProblemError(problem("edited_layer_deleted", Remedy.PLACE))
    return node


def _document(key: str) -> Document:
    document = find_document(key)
    if document is None:
        raise ProblemError(_closed())
    return document


def _give_up() -> int:
    raise ProblemError(problem(LOWEST_LAYER, Remedy.PLACE))


def _require_fit(document: Document, fits: Fits) -> None:
    if not fits(document):
        raise ProblemError(problem("page_changed", Remedy.RETRY))


def _closed() -> Problem:
    return problem("document_closed", Remedy.PLACE)


def _insert(document: Document, line_art: str | None, group: Node) -> Steps[str]:
    """Insert a duplicate of `group` and return its id, "" if that was not possible at this moment; begins before any
    event runs, so earlier checks still hold."""
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
        return (yield from insert_below_lowest(document_key(document), lines, group))
    copy = group.duplicate()
    parent.addChildNode(copy, siblings[index - 1])
    return node_id(copy)
