"""Edits of a stack of layers of one colour each: what is filled anew moves from the layers of its former colours to
that of its new one."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image

from ..base.colors import Color, parse_color
from ..base.problems import Problem
from ..base.qt import QtCore, to_bytes
from ..base.tasks import BREATHE, Steps
from ..documents.find import node_id, require_open
from ..documents.krita_colors import NO_LABEL
from ..documents.pixels import StripHeight
from ..documents.srgb import is_known_srgb
from .layers import add_layer

if TYPE_CHECKING:
    from krita import Document, Node

HOLE = "hole"
"""Kind of an image whose opaque pixels are to be taken out of the stack's layers."""
FULL = 255


def hole(fill: Image) -> Image:
    """Return the hole that `fill`, an image of one colour (BGRA), is to fill."""
    return Image(dataclasses.replace(fill.header, kind=HOLE), fill.data)


def lay_over(document: Document, group: Node, fills: Sequence[Image], otherwise: Problem) -> Steps[None]:
    """Lay `fills` (BGRA, of one colour each, or of the kind HOLE), one after the other, over the stack `group` of the
    scratch `document`. A fill goes into the layer of its colour; where there is none, into a new one on top of the
    stack, below light and shade. Layers of which nothing is left go.

    Raises `ProblemError` with `otherwise` when the document is closed meanwhile.
    """
    colored: list[tuple[Node, Color | None]] = []
    for layer in _colored_layers(group):
        colored.append((layer, (yield from _color_of(layer))))
    cut: dict[str, Node] = {}
    for fill in fills:
        require_open(document, otherwise)
        color = parse_color(fill.header.color)
        if fill.header.kind == HOLE:
            for layer, _ in colored:
                if (yield from _cut(layer, fill)):
                    cut[node_id(layer)] = layer
            continue
        same = next((layer for layer, own in colored if own == color and own is not None), None)
        if same is not None and color is not None:
            yield from _add(same, fill, color)
            cut.pop(node_id(same), None)
        else:
            top = colored[-1][0] if colored else None
            made = yield from add_layer(document, group, fill, fill.header.name, otherwise, top)
            colored.append((made, color))
    for layer in cut.values():
        yield BREATHE
        require_open(document, otherwise)
        if layer.bounds().isEmpty():
            layer.remove()


def _colored_layers(group: Node) -> list[Node]:
    """Return the layers of one colour each in `group`, bottom to top: those with a colour label or with the alpha
    locked, as they were made."""
    return [
        layer
        for layer in group.childNodes()
        if layer.type() == "paintlayer"
        and layer.blendingMode() == "normal"
        and (layer.alphaLocked() or layer.colorLabel() != NO_LABEL)
        and is_known_srgb((layer.colorModel(), layer.colorDepth(), layer.colorProfile()))
    ]


def _color_of(layer: Node) -> Steps[Color | None]:
    """Find the colour of the first opaque pixel of `layer`; the result is None where there is none."""
    yield BREATHE
    bounds = layer.bounds()
    height, row = StripHeight(max(1, bounds.width())), bounds.top()
    while row <= bounds.bottom():
        rows = height.next(bounds.bottom() + 1 - row)
        strip = to_bytes(layer.pixelData(bounds.left(), row, bounds.width(), rows))
        opaque = strip[3::4].find(FULL)
        if opaque >= 0:
            blue, green, red = strip[opaque * 4 : opaque * 4 + 3]
            return red, green, blue
        row += rows
        height.done()
        yield 0
    return None


def _cut(layer: Node, fill: Image) -> Steps[bool]:
    """Take out of `layer` what `fill` covers wholly; the result tells whether there was anything."""
    has_cut = False
    outside = bytes(0 if value == FULL else FULL for value in range(256))
    height, row, header = StripHeight(fill.header.width), 0, fill.header
    while row < header.height:
        rows = height.next(header.height - row)
        kept = _opacity(fill, row, rows).translate(outside)
        if kept.count(FULL) < len(kept):
            place = header.x, header.y + row, header.width, rows
            own = to_bytes(layer.pixelData(*place))
            left = _both(own, _spread(kept))
            if left != own:
                layer.setPixelData(QtCore.QByteArray(left), *place)
                has_cut = True
        row += rows
        height.done()
        yield 0
    return has_cut


def _add(layer: Node, fill: Image, color: Color) -> Steps[None]:
    """Lay `fill`, which has this `color`, over `layer`, which has it too."""
    inside = bytes(FULL if value else 0 for value in range(256))
    outside = bytes(0 if value else FULL for value in range(256))
    height, row, header = StripHeight(fill.header.width), 0, fill.header
    while row < header.height:
        rows = height.next(header.height - row)
        opacity = _opacity(fill, row, rows)
        if opacity.count(0) < len(opacity):
            place = header.x, header.y + row, header.width, rows
            own = to_bytes(layer.pixelData(*place))
            even = bytes((*reversed(color), FULL)) * len(opacity)
            kept = _both(own, _spread(opacity.translate(outside)))
            new = _both(even, _spread(opacity.translate(inside)))
            mixed = bytearray(_either(kept, new))
            pairs = bytearray(2 * len(opacity))
            pairs[0::2], pairs[1::2] = own[3::4], opacity
            mixed[3::4] = bytes(map(_over().__getitem__, memoryview(pairs).cast("H")))
            layer.setPixelData(QtCore.QByteArray(bytes(mixed)), *place)
        row += rows
        height.done()
        yield 0


def _opacity(image: Image, row: int, rows: int) -> bytes:
    """Return the opacity of so many rows of an image from `row` on, a byte a pixel."""
    starts = (at * image.stride for at in range(row, row + rows))
    return b"".join(bytes(image.data[start : start + image.header.width * 4])[3::4] for start in starts)


def _spread(shares: bytes) -> bytes:
    """Return each byte four times."""
    spread = bytearray(4 * len(shares))
    for channel in range(4):
        spread[channel::4] = shares
    return bytes(spread)


def _both(one: bytes, other: bytes) -> bytes:
    """Return the bits that both have."""
    bits = int.from_bytes(one, sys.byteorder) & int.from_bytes(other, sys.byteorder)
    return bits.to_bytes(len(one), sys.byteorder)


def _either(one: bytes, other: bytes) -> bytes:
    """Return the bits that one of them has."""
    bits = int.from_bytes(one, sys.byteorder) | int.from_bytes(other, sys.byteorder)
    return bits.to_bytes(len(one), sys.byteorder)


@lru_cache(maxsize=1)
def _over() -> bytes:
    """Return the opacity of two layers of these opacities, one over the other; either may come first in the index."""
    return bytes(one + other - (one * other + FULL // 2) // FULL for one in range(256) for other in range(256))
