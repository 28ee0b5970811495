"""What a layer holds: all of it, also outside the page, without the transparent margins around it."""

from __future__ import annotations

from mmap import mmap
from typing import Any

from .pixels import Pixels, Rect, is_plain
from .qt import QtCore
from .slices import Steps

OPAQUE_SAMPLES = {"U8": b"\xff", "U16": b"\xff\xff", "F16": b"\x00\x3c", "F32": b"\x00\x00\x80\x3f"}
"""The bytes of one opaque sample, by colour depth."""
PIXELS_AT_ONCE = 1 << 18
"""How much is looked at in one step."""


def extent(document: Any, node: Any) -> Rect:
    """Return a rectangle that holds the page of `document` and all that `node` shows.

    Krita composes groups and masks on the page only, so no other layer than a plain one reaches out of it. Asked for
    the bounds of that, Krita searches its transparent margins pixel by pixel, for tenths of a second on a large page,
    unless it meets something at once. So it is asked about a copy with the corners of the page painted.
    """
    width, height = document.width(), document.height()
    if not is_plain(node):
        return Rect(0, 0, width, height)
    copy = node.duplicate()
    sample = OPAQUE_SAMPLES[node.colorDepth()]
    opaque = QtCore.QByteArray(sample * (len(copy.pixelData(0, 0, 1, 1)) // len(sample)))
    copy.setPixelData(opaque, 0, 0, 1, 1)
    copy.setPixelData(opaque, width - 1, height - 1, 1, 1)
    bounds = copy.bounds()
    return Rect(bounds.x(), bounds.y(), bounds.width(), bounds.height())


def trimmed(pixels: Pixels) -> Steps:
    """Cut off the transparent margins; the result is the rectangle that is left and its packed BGRA bytes.

    There must be something that is not transparent.
    """
    width, stride = pixels.rect.width, pixels.rect.width * 4
    rows_at_once = max(1, PIXELS_AT_ONCE // width)
    top = bottom = right = 0
    left = width
    for row in range(pixels.rect.height):
        alpha = bytes(pixels.data[row * stride : (row + 1) * stride])[3::4]
        begins = width - len(alpha.lstrip(b"\0"))
        if begins < width:
            left, right = min(left, begins), max(right, len(alpha.rstrip(b"\0")))
            top, bottom = (top if bottom else row), row + 1
        if row % rows_at_once == rows_at_once - 1:
            yield 0
    rect = Rect(pixels.rect.x + left, pixels.rect.y + top, right - left, bottom - top)
    if rect.width == width:
        return rect, pixels.data[top * stride : bottom * stride]
    data = memoryview(mmap(-1, rect.width * rect.height * 4))
    for row in range(rect.height):
        start = (top + row) * stride + left * 4
        data[row * rect.width * 4 : (row + 1) * rect.width * 4] = pixels.data[start : start + rect.width * 4]
        if row % rows_at_once == rows_at_once - 1:
            yield 0
    return rect, data
