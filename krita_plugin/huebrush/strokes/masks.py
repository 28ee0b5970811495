"""Masks of brush strokes: read from the layer that they are painted on, one for each colour, and kept in recipes."""

from __future__ import annotations

import base64
import binascii
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from mmap import mmap
from typing import TYPE_CHECKING

from huebrush_protocol.frames import MAX_EDGE

from ..base.colors import Color
from ..base.qt import QtCore
from ..base.tasks import BREATHE, Steps, in_thread
from ..documents.pixels import Pixels, Rect
from .brush_colors import OPAQUE, BrushStrokeOwners

if TYPE_CHECKING:
    from krita import Node

PIXELS_AT_ONCE = 1 << 16
"""Number of pixels read in one step."""


@dataclass(frozen=True)
class Mask:
    """Edit mask: `data` has one byte for each pixel of `rect` on the page, 255 inside."""

    rect: Rect
    data: bytes | memoryview


def split_brush_strokes(pixels: Pixels, colors: Sequence[str]) -> Steps[list[Mask | None]]:
    """Split the brush strokes on a layer by colour; the result is a `Mask` or None for each of `colors`, "#rrggbb".

    A pixel that is at least half opaque belongs to the nearest colour. So soft rims of a stroke belong to the same
    edit as its core, and masks have hard edges.
    """
    if sys.byteorder != "little":
        raise RuntimeError("strokes are read as numbers of the lowest byte first")
    width, height = pixels.rect.width, pixels.rect.height
    owners, plane = BrushStrokeOwners(colors), memoryview(mmap(-1, width * height))
    numbers = pixels.data.cast("I")
    boxes: dict[int, tuple[int, int, int, int]] = {}
    at_once = max(1, PIXELS_AT_ONCE // width)
    for first in range(0, height, at_once):
        rows = range(first, min(first + at_once, height))
        for row in rows if _has_paint(pixels, rows) else ():
            alpha = bytes(pixels.data[row * width * 4 : (row + 1) * width * 4])[3::4]
            left = width - len(alpha.lstrip(b"\0"))
            right = len(alpha.rstrip(b"\0"))
            if left >= right:
                continue
            found = bytes(map(owners.__getitem__, numbers[row * width + left : row * width + right]))
            plane[row * width + left : row * width + right] = found
            for number in set(found) - {0}:
                begin, end = left + found.index(number), left + found.rindex(number) + 1
                box = boxes.get(number, (begin, row, end, row + 1))
                boxes[number] = min(box[0], begin), box[1], max(box[2], end), row + 1
        yield 0
    masks: list[Mask | None] = []
    for number in range(1, len(colors) + 1):
        masks.append((yield from _cut(plane, width, boxes[number], number)) if number in boxes else None)
    return masks


def write_brush_strokes(
    layer: Node, masks: Sequence[Mask | None], colors: Sequence[Color], width: int, height: int
) -> Steps[None]:
    """Paint `masks`, each in its colour, on `layer`, an 8-bit sRGB layer that no document holds yet.

    They are cut to a page of `width` × `height`; later ones cover earlier ones. `split_brush_strokes` reads them back,
    without the covered pixels.
    """
    tables = [bytes([0, *(color[channel] for color in colors)]).ljust(256, b"\0") for channel in (2, 1, 0)]
    tables.append(bytes([0, *[255] * len(colors)]).ljust(256, b"\0"))
    rows_at_once = max(1, PIXELS_AT_ONCE // width)
    for first in range(0, height, rows_at_once):
        plane = bytearray(width * min(rows_at_once, height - first))
        for number, mask in enumerate(masks, start=1):
            if mask is not None:
                _cover(plane, width, first, mask, number)
        if any(plane):
            strip = bytearray(len(plane) * 4)
            for channel, table in enumerate(tables):
                strip[channel::4] = plane.translate(table)
            layer.setPixelData(QtCore.QByteArray(bytes(strip)), 0, first, width, len(plane) // width)
        yield 0


def masks_meet(one: Mask, other: Mask) -> Steps[bool]:
    """Check whether two masks have a pixel in common, even a faint one; the result is True or False."""
    rects = one.rect, other.rect
    left, right = max(rect.x for rect in rects), min(rect.x + rect.width for rect in rects)
    top, bottom = max(rect.y for rect in rects), min(rect.y + rect.height for rect in rects)
    if left >= right:
        return False
    inside = bytes([0] + [255] * 255)
    at_once = max(1, PIXELS_AT_ONCE * 16 // (right - left))
    for row in range(top, bottom):
        numbers = []
        for mask in (one, other):
            start = (row - mask.rect.y) * mask.rect.width - mask.rect.x
            numbers.append(int.from_bytes(bytes(mask.data[start + left : start + right]).translate(inside), "big"))
        if numbers[0] & numbers[1]:
            return True
        if (row - top) % at_once == at_once - 1:
            yield 0
    return False


def pack_mask(mask: Mask) -> Steps[str]:
    """Return `mask` as a short text that `unpack_mask` reads."""
    yield BREATHE
    rect = mask.rect
    packed = yield from in_thread(lambda: base64.b64encode(zlib.compress(bytes(mask.data))).decode("ascii"))
    return f"{rect.x},{rect.y},{rect.width},{rect.height};{packed}"


def unpack_mask(text: str) -> Mask | None:
    """Return the mask packed in `text` by `pack_mask`, None for any other text."""
    head, _, packed = text.partition(";")
    try:
        x, y, width, height = (int(number) for number in head.split(","))
        if not (0 < width <= MAX_EDGE and 0 < height <= MAX_EDGE):
            return None
        reader = zlib.decompressobj()
        data = reader.decompress(base64.b64decode(packed, validate=True), width * height)
    except (ValueError, binascii.Error, zlib.error):
        return None
    return Mask(Rect(x, y, width, height), data) if len(data) == width * height else None


def _cover(plane: bytearray, width: int, first: int, mask: Mask, number: int) -> None:
    """Write `number` where `mask` is at least half set, into `plane`, the rows of the page that begin at `first`."""
    rect, inside = mask.rect, bytes(number if value >= OPAQUE else 0 for value in range(256))
    outside = bytes(0 if value >= OPAQUE else 255 for value in range(256))
    left, right = max(0, rect.x), min(width, rect.x + rect.width)
    if left >= right:  # beside the page, as after it was cropped; such slices would change the plane's length
        return
    for row in range(max(first, rect.y), min(first + len(plane) // width, rect.y + rect.height)):
        start = (row - rect.y) * rect.width - rect.x
        own = bytes(mask.data[start + left : start + right])
        place = slice((row - first) * width + left, (row - first) * width + right)
        kept = int.from_bytes(plane[place], "big") & int.from_bytes(own.translate(outside), "big")
        plane[place] = (kept | int.from_bytes(own.translate(inside), "big")).to_bytes(len(own), "big")


def _has_paint(pixels: Pixels, rows: range) -> bool:
    stride = pixels.rect.width * 4
    alpha = bytes(pixels.data[rows.start * stride : rows.stop * stride])[3::4]
    return max(alpha) >= OPAQUE


def _cut(plane: memoryview, width: int, box: tuple[int, int, int, int], number: int) -> Steps[Mask]:
    """Cut the mask of one number out of the page's numbers."""
    left, top, right, bottom = box
    only = bytes(255 if value == number else 0 for value in range(256))
    data = memoryview(mmap(-1, (right - left) * (bottom - top)))
    at_once = max(1, PIXELS_AT_ONCE * 16 // (right - left))
    for place, row in enumerate(range(top, bottom)):
        strip = bytes(plane[row * width + left : row * width + right]).translate(only)
        data[place * (right - left) : (place + 1) * (right - left)] = strip
        if place % at_once == at_once - 1:
            yield 0
    return Mask(Rect(left, top, right - left, bottom - top), data)
