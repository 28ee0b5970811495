"""Reading and writing pixels a strip of rows at a time: layers of any colour model and depth as 8-bit sRGB, and where a
layer has anything."""

from __future__ import annotations

import time
from dataclasses import dataclass
from mmap import mmap
from typing import TYPE_CHECKING

from ..base.problems import problem
from ..base.qt import QtCore, to_bytes
from ..base.tasks import BREATHE, Steps
from .find import require_open
from .scratch import SRGB_SPACE, resolution_of, scratch_document
from .srgb import is_known_srgb, is_srgb

if TYPE_CHECKING:
    from krita import Document, Node

PIXELS_AT_ONCE = 1 << 18
"""Number of pixels read in one step."""

SMALLEST_STRIP_PIXELS = 1 << 17
"""Smallest strip: below it, the calls to Krita cost more than the pixels (far more on a busy machine)."""
LARGEST_STRIP_PIXELS = 1 << 20
STRIP_SECONDS = 0.010
"""Seconds that reading or writing one strip should take; strips grow and shrink towards it."""


@dataclass(frozen=True)
class Rect:
    """A rectangle of document pixels; `width` and `height` are at least 1."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to the right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height

    def united(self, other: Rect) -> Rect:
        """Return the rectangle around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rect(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def grown(self, margin: int) -> Rect:
        """Return the rectangle with `margin` pixels more on each side."""
        return Rect(self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)

    def holds(self, other: Rect) -> bool:
        """True when no pixel of `other` is outside."""
        return self.united(other) == self

    def meets(self, other: Rect) -> bool:
        """True when both have a pixel in common."""
        across = max(self.x, other.x) < min(self.right, other.right)
        return across and max(self.y, other.y) < min(self.bottom, other.bottom)


@dataclass(frozen=True)
class Pixels:
    """Packed BGRA bytes (8-bit sRGB, straight alpha) of `rect`, and whether they are opaque or empty everywhere.

    The bytes are in a memory map, which the system provides piece by piece as it is written. Filling a bytearray for
    a whole page with zeros first would block Krita.
    """

    rect: Rect
    data: memoryview
    is_opaque: bool
    is_empty: bool


class StripHeight:
    """Chooses how many rows make up the next strip so that one takes about `STRIP_SECONDS`."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._pixels = SMALLEST_STRIP_PIXELS
        self._started = time.monotonic()

    def next(self, rows_left: int) -> int:
        """Return the height of the next strip and start its clock."""
        self._started = time.monotonic()
        return max(1, min(rows_left, self._pixels // self._width))

    def done(self) -> None:
        """Stop the clock, and adapt the height of the next strip."""
        seconds = time.monotonic() - self._started
        if seconds < STRIP_SECONDS / 2:
            self._pixels = min(self._pixels * 2, LARGEST_STRIP_PIXELS)
        elif seconds > STRIP_SECONDS * 1.5:
            self._pixels = max(self._pixels // 2, SMALLEST_STRIP_PIXELS)


def write_layer(node: Node, rect: Rect, data: memoryview, stride: int) -> Steps[None]:
    """Write BGRA rows (`stride` bytes apart) into `node`, an 8-bit sRGB layer that no document holds yet."""
    height = StripHeight(rect.width)
    packed = rect.width * 4
    row = 0
    while row < rect.height:
        rows = height.next(rect.height - row)
        if stride == packed:
            strip = bytes(data[row * stride : (row + rows) * stride])
        else:
            strip = b"".join(bytes(data[at * stride : at * stride + packed]) for at in range(row, row + rows))
        if strip.count(0) < len(strip):  # skip empty strips, so that Krita has less to compose
            node.setPixelData(QtCore.QByteArray(strip), rect.x, rect.y + row, rect.width, rows)
        row += rows
        height.done()
        yield 0


def write_coverage(node: Node, rect: Rect, data: memoryview, stride: int, color: tuple[int, int, int]) -> Steps[None]:
    """Write one colour (red, green, blue) with `data` as its alpha, one byte a pixel; otherwise like `write_layer`."""
    height, row = StripHeight(rect.width), 0
    while row < rect.height:
        rows = height.next(rect.height - row)
        alpha = b"".join(bytes(data[at * stride : at * stride + rect.width]) for at in range(row, row + rows))
        if alpha.count(0) < len(alpha):
            strip = bytearray(bytes((*reversed(color), 0)) * len(alpha))
            strip[3::4] = alpha
            node.setPixelData(QtCore.QByteArray(bytes(strip)), rect.x, rect.y + row, rect.width, rows)
        row += rows
        height.done()
        yield 0


def read_strips(document: Document, node: Node, rect: Rect, projected: bool) -> Steps[Pixels]:
    """Read `rect` of `node` as 8-bit sRGB: its own pixels, or, `projected`, what it shows with masks and children."""
    space = (node.colorModel(), node.colorDepth(), node.colorProfile())
    if is_known_srgb(space):
        return (yield from _collect_strips(node, rect, projected, None))
    # Krita converts in a stroke on the layer's document: not in the artist's, which would be redrawn each time.
    resolution = resolution_of(document)
    yield BREATHE
    with scratch_document("huebrush-strips", resolution, space) as scratch:
        yield BREATHE
        require_open(scratch, problem("document_closed_early"))
        converter = None if is_srgb(scratch) else scratch
        pixels = yield from _collect_strips(node, rect, projected, converter)
        yield BREATHE
    yield BREATHE
    return pixels


def _collect_strips(node: Node, rect: Rect, projected: bool, scratch: Document | None) -> Steps[Pixels]:
    """Read `rect` of `node`; with `scratch`, a document of the node's colour space, convert each strip in it."""
    data = memoryview(mmap(-1, rect.width * rect.height * 4))
    opaque = visible = 0
    height = StripHeight(rect.width)
    row = 0
    while row < rect.height:
        rows = height.next(rect.height - row)
        area = (rect.x, rect.y + row, rect.width, rows)
        raw = node.projectionPixelData(*area) if projected else node.pixelData(*area)
        strip = to_bytes(raw if scratch is None else _converted(scratch, raw, rect.width, rows))
        if len(strip) != rect.width * rows * 4:
            raise ValueError(f"Krita returned {len(strip)} bytes for {rect.width} × {rows} pixels")
        data[row * rect.width * 4 : (row + rows) * rect.width * 4] = strip
        alpha = strip[3::4]
        opaque += alpha.count(255)
        visible += len(alpha) - alpha.count(0)
        row += rows
        height.done()
        yield 0
    return Pixels(rect, data, opaque == rect.width * rect.height, visible == 0)


def _converted(scratch: Document, raw: QtCore.QByteArray, width: int, rows: int) -> QtCore.QByteArray:
    """Return one strip converted to 8-bit sRGB by way of a small layer that is never inserted anywhere."""
    require_open(scratch, problem("document_closed_early"))
    strip = scratch.createNode("huebrush-strip", "paintlayer")
    strip.setPixelData(raw, 0, 0, width, rows)
    strip.setColorSpace(*SRGB_SPACE)
    return strip.pixelData(0, 0, width, rows)


def trim(pixels: Pixels) -> Steps[tuple[Rect, memoryview]]:
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
