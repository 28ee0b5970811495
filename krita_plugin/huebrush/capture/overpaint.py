"""Reads the paint that the artist has put over a result, or in layers added to it, for the one that goes on from it.

A result is kept in files as it was written. So it is composed once more from these, beside its layers as they are now,
and what differs is the artist's.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from mmap import mmap
from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader

from ..base.problems import problem
from ..base.qt import never_none
from ..base.tasks import BREATHE, Steps, in_thread
from ..documents.find import find_node, node_id, require_open, root_node
from ..documents.layer_reading import page_of, read_copies
from ..documents.pixels import PIXELS_AT_ONCE, Pixels, Rect, read_strips, trim
from ..documents.scratch import resolution_of, scratch_document
from ..results.kept_results import KeptResult, KeptResults, NotKept
from ..results.layers import add_layer
from ..results.writeback import STROKE

if TYPE_CHECKING:
    from krita import Document, Node

OVERPAINT = "overpaint"
"""Kind of the layer with what was painted over an earlier result."""
NAME = "Overpaint"
LINES = "lines"
"""Kind of a layer with lines that were drawn from a picture: it lies on top of its result."""
MOST = 0.9
"""Largest share of a result's pixels that may differ: one that differs everywhere was mirrored, moved or replaced, and
not painted over, so nothing is carried."""
LIKE = 0.5
"""Least share of their place that a layer and the same layer under a new name, painted on perhaps, have in common."""
TRANSPARENT = 1 << 24
"""Pixels, as numbers, below this are transparent."""


def read_overpaint(document: Document, start: str, now: memoryview | bytes, kept: KeptResults) -> Steps[Image | None]:
    """Find the pixels of the layer or group with the id `start` that are others than when it was written as a result;
    `now` has it as it was read just now, in the size of the page.

    The generator's result has exactly these pixels. It is None where there are none, where `start` is no result whose
    pixels are `kept`, and where it differs everywhere.
    """
    node = find_node(document, start)
    if node is None:
        return None
    result, within = _kept_result(document, node, kept)
    if result is None:
        return None
    try:
        images, _ = yield from in_thread(lambda: kept.read_layers(result))
    except NotKept:
        return None
    if any(image.header.kind == STROKE for image in images):
        return None  # of a Colorize Mask, Krita makes the pixels
    written = [image for image in images if image.header.kind != OVERPAINT]
    before = yield from _composed(document, node, result, written, within)
    return None if before is None else (yield from _difference(page_of(document), now, before.data))


def with_overpaint(images: Sequence[Image], overpaint: Image | None) -> Sequence[Image]:
    """Return the layers of a result, bottom to top, with what was painted over an earlier one on top of all but
    lines."""
    if overpaint is None:
        return images
    count = len(images)
    while count and images[count - 1].header.kind == LINES:
        count -= 1
    return (*images[:count], overpaint, *images[count:])


def _kept_result(document: Document, node: Node, kept: KeptResults) -> tuple[KeptResult | None, bool]:
    """Return the kept result that `node` is or lies directly in, None for none, and whether it lies in it."""
    try:
        results = {each.record.group: each for each in kept.of(document).values() if each.has_layers}
    except OSError:
        return None, False
    parent = node.parentNode()
    own = results.get(node_id(node))
    found = own or (results.get(node_id(parent)) if parent is not None else None)
    has_size = found is not None and (found.width, found.height) == (document.width(), document.height())
    return (found if has_size else None), own is None


def _composed(
    document: Document, node: Node, result: KeptResult, images: Sequence[Image], within: bool
) -> Steps[Pixels | None]:
    """Read what the layer or group `node` showed with the layers `images` that it was written with, as far as they are
    there and visible now. `within`: it is one layer of the `result`. The result is None where it is none of them."""
    closed = problem("document_closed_early")
    with scratch_document("huebrush-overpaint", resolution_of(document)) as scratch:
        yield BREATHE
        require_open(scratch, closed)
        group = scratch.createGroupLayer(result.name)
        root_node(scratch).addChildNode(group, None)
        made: list[Node] = []
        for image in images:
            made.append((yield from add_layer(scratch, group, image, result.name, closed)))
        if node.type() == "grouplayer" and not within:
            _follow(_paired(made, node.childNodes()))
            pixels = yield from read_copies(document, (group,), page_of(document))
        else:
            present = never_none(node.parentNode()).childNodes() if within else [node]
            pairs = _paired(made, present) if within else [(layer, node) for layer in made]
            same = [layer for layer, now in pairs if now is not None and node_id(now) == node_id(node)]
            if len(same) != 1:
                return None
            pixels = yield from read_strips(scratch, same[0], page_of(document), projected=False)
        yield BREATHE
    yield BREATHE
    return pixels


def _paired(made: Sequence[Node], present: Sequence[Node]) -> list[tuple[Node, Node | None]]:
    """Pair the layers `made` again with those `present`: with one of the same name, or where the artist has renamed it,
    with the one left over whose pixels lie in the most similar place. None stands for one that was deleted."""
    left = list(present)
    pairs: dict[int, Node] = {}
    for number, layer in enumerate(made):
        same = next((node for node in left if node.name() == layer.name()), None)
        if same is not None:
            pairs[number] = same
            left.remove(same)
    for number, layer in enumerate(made):
        painted = [node for node in left if node.type() == layer.type()]
        if number not in pairs and painted:
            nearest = max(painted, key=lambda node, layer=layer: _likeness(layer, node))
            if _likeness(layer, nearest) >= LIKE:
                pairs[number] = nearest
                left.remove(nearest)
    return [(layer, pairs.get(number)) for number, layer in enumerate(made)]


def _likeness(layer: Node, other: Node) -> float:
    """Return the share of the place that two layers take together which both take, 0 to 1."""
    own, its = layer.bounds(), other.bounds()
    common = own.intersected(its)
    both = common.width() * common.height() if common.isValid() else 0
    return both / max(1, own.width() * own.height() + its.width() * its.height() - both)


def _follow(pairs: Sequence[tuple[Node, Node | None]]) -> None:
    """Show layers made again as those that they are paired with are shown now, and hide the others: what was hidden,
    dimmed or deleted was not painted over."""
    for layer, same in pairs:
        if same is None:
            layer.setVisible(False)
            continue
        layer.setVisible(same.visible())
        layer.setOpacity(same.opacity())
        layer.setBlendingMode(same.blendingMode())


def _difference(page: Rect, now: memoryview | bytes, before: memoryview) -> Steps[Image | None]:
    """Find the pixels of `now` that are others in `before`, and not transparent; both are packed BGRA of `page`."""
    data = memoryview(mmap(-1, page.width * page.height * 4))
    own, stride, rows_at_once = memoryview(now), page.width * 4, max(1, PIXELS_AT_ONCE // page.width)
    written = gone = painted = 0
    for row in range(page.height):
        place = slice(row * stride, (row + 1) * stride)
        line, former = bytes(own[place]), bytes(before[place])
        written += page.width - former[3::4].count(0)
        if line != former:
            pairs = list(zip(array("I", line), array("I", former), strict=True))
            others = array("I", [new if new != old and new >= TRANSPARENT else 0 for new, old in pairs])
            gone += sum(new != old and old >= TRANSPARENT for new, old in pairs)
            painted += page.width - others.count(0)
            data[place] = others.tobytes()
            yield 0
        elif row % rows_at_once == rows_at_once - 1:
            yield 0
    if not painted or gone > MOST * written:
        return None
    rect, pixels = yield from trim(Pixels(page, data, is_opaque=False, is_empty=False))
    header = ImageHeader("layer", rect.width, rect.height, "BGRA", x=rect.x, y=rect.y, name=NAME, kind=OVERPAINT)
    return Image(header, pixels)
