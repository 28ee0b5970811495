"""Places where a layer has anything: on the page, beside it, and far away from everything else.

A stray mark thousands of pixels away would make a picture of a layer mostly empty, and the rest of it small. Nobody
sees such a mark, so it is left out; the artist is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ..base.problems import Problem, problem
from ..base.qt import QtCore, never_none
from ..base.tasks import BREATHE, Steps
from .find import find_node, node_id, require_open, root_node
from .layer_reading import page_of
from .pixels import Rect
from .scratch import resolution_of, scratch_document, until_idle

if TYPE_CHECKING:
    from krita import Document, Node

OPAQUE_SAMPLES = {"U8": b"\xff", "U16": b"\xff\xff", "F16": b"\x00\x3c", "F32": b"\x00\x00\x80\x3f"}
"""The bytes of one opaque sample, by colour depth."""
MOST_STYLE_PIXELS = 2000
"""More pixels around a layer are not looked at for what its style draws."""
BOUNDED = ("paintlayer", "vectorlayer", "filelayer", "clonelayer")
"""Kinds of layer that have bounds of their own. All others fill the page."""


@dataclass(frozen=True)
class Reach:
    """`rect` holds all that counts of a layer, `left_out` are the places of what is far from everything else."""

    rect: Rect
    left_out: tuple[Rect, ...] = ()


def reach(document: Document, node: Node) -> Steps[Reach]:
    """Find where `node` of `document` shows anything. The generator's result is a `Reach`, whose rectangle may be
    larger than need be, by the page."""
    page, found = page_of(document), list[Rect]()
    if node_id(node) == node_id(root_node(document)):
        return Reach(page)
    for layer, margin in _shown_layers(node):
        if layer.type() not in BOUNDED:
            places = [page]
        elif layer.type() == "paintlayer":
            places = yield from _painted(document, layer)
        else:
            bounds = _bounds(layer)
            places = [] if bounds is None else [bounds]
        found += [place.grown(margin) for place in places]
        yield BREATHE
    parts = _near_each_other(found or [page], _far(page))
    main = max(parts, key=lambda part: sum(rect.width * rect.height for rect in part))
    return Reach(_around(main), tuple(_around(part) for part in parts if part is not main))


def _shown_layers(node: Node, margin: int = 0) -> Iterator[tuple[Node, int]]:
    """Yield `node`, or the visible layers in it if it is a group, each with the width of the margin that layer styles
    may fill around it; `margin` is what the groups around `node` fill."""
    margin += _style_margin(node)
    if node.type() != "grouplayer":
        yield node, margin
        return
    for child in node.childNodes():
        if child.visible() and not child.type().endswith("mask"):
            yield from _shown_layers(child, margin)


def _style_margin(node: Node) -> int:
    """Return the most pixels that the style of `node` can reach beyond it: all lengths in it together."""
    style = node.layerStyleToAsl()
    lengths = ElementTree.fromstring(style).iterfind(".//node[@unit='#Pxl']") if style else ()
    return min(MOST_STYLE_PIXELS, sum(ceil(float(length.get("value", "0"))) for length in lengths))


def _far(page: Rect) -> int:
    """Return the pixels between things that are far from each other."""
    return max(page.width, page.height)


def _painted(document: Document, layer: Node) -> Steps[list[Rect]]:
    """Find rectangles around what is painted on `layer`: one, with the page, if nothing of it is far from the page.

    To find a layer's bounds, Krita searches the transparent margins pixel by pixel, which takes tenths of a second on a
    large page unless the corners are painted. So this asks for the bounds of a copy with the page's corners painted.
    """
    page, copy = page_of(document), layer.duplicate()
    sample = OPAQUE_SAMPLES[layer.colorDepth()]
    opaque = QtCore.QByteArray(sample * (len(copy.pixelData(0, 0, 1, 1)) // len(sample)))
    copy.setPixelData(opaque, 0, 0, 1, 1)
    copy.setPixelData(opaque, page.width - 1, page.height - 1, 1, 1)
    whole, far = _bounds(copy) or page, _far(page)
    near = page.grown(far)
    if near.holds(whole):
        return [whole]
    return (yield from _parts(document, layer, (near, *_around_it(near, whole))))


def _around_it(near: Rect, whole: Rect) -> Iterator[Rect]:
    """Yield the rest of `whole` without `near`: on the left, on the right, above and below."""
    if whole.x < near.x:
        yield Rect(whole.x, whole.y, near.x - whole.x, whole.height)
    if whole.right > near.right:
        yield Rect(near.right, whole.y, whole.right - near.right, whole.height)
    if whole.y < near.y:
        yield Rect(near.x, whole.y, near.width, near.y - whole.y)
    if whole.bottom > near.bottom:
        yield Rect(near.x, near.bottom, near.width, whole.bottom - near.bottom)


def _parts(document: Document, layer: Node, areas: Sequence[Rect]) -> Steps[list[Rect]]:
    """Find the bounds of what `layer` has in each of `areas`. Copies are cropped, in a document of their own: Krita
    knows at once which tiles of a cropped layer are left, and need not search the space between them."""
    space, closed = (document.colorModel(), document.colorDepth(), document.colorProfile()), _closed()
    with scratch_document("huebrush-reach", resolution_of(document), space) as scratch:
        yield BREATHE
        ids = []
        for _ in areas:
            require_open(scratch, closed)
            copy = layer.duplicate()
            root_node(scratch).addChildNode(copy, None)
            ids.append(node_id(copy))
            yield BREATHE
        for uid, area in zip(ids, areas, strict=True):
            require_open(scratch, closed)
            never_none(find_node(scratch, uid)).cropNode(area.x, area.y, area.width, area.height)
            yield from until_idle(scratch, closed)
        found = [_bounds(never_none(find_node(scratch, uid))) for uid in ids]
        yield BREATHE
    yield BREATHE
    return [bounds for bounds in found if bounds is not None]


def _closed() -> Problem:
    return problem("document_closed_early")


def _bounds(node: Node) -> Rect | None:
    found = node.bounds()
    return None if found.isEmpty() else Rect(found.x(), found.y(), found.width(), found.height())


def _near_each_other(rects: Sequence[Rect], far: int) -> list[list[Rect]]:
    """Return groups of `rects` such that no two of different groups are within `far` pixels."""
    groups: list[list[Rect]] = []
    for rect in rects:
        near = [group for group in groups if any(_distance(rect, other) <= far for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([rect, *(other for group in near for other in group)])
    return groups


def _distance(one: Rect, other: Rect) -> int:
    """Return the pixels between two rectangles, across or down, whichever are more."""
    across = max(one.x - other.right, other.x - one.right)
    down = max(one.y - other.bottom, other.y - one.bottom)
    return max(across, down, 0)


def _around(rects: Sequence[Rect]) -> Rect:
    around = rects[0]
    for rect in rects[1:]:
        around = around.united(rect)
    return around
