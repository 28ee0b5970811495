"""A native Colorize Mask of Krita's, with the key strokes of a result: flats that the artist goes on editing.

The mask works on the lines of the layer that it lies on, and shows its colours below them. That layer is one of its own
with a copy of the artist's lines, faint enough not to darken theirs, which lie on top: Krita only looks at how the
lines compare with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader

from ..base.colors import parse_color
from ..base.problems import Problem, ProblemError, problem
from ..base.qt import QtCore
from ..base.strings import text
from ..base.tasks import BREATHE, Steps
from .find import require_open
from .krita_colors import managed_color
from .pixels import Rect, StripHeight
from .scratch import POLL_MILLISECONDS

if TYPE_CHECKING:
    from krita import ColorizeMask, Document, ManagedColor, Node

MASK_LINES = "mask_lines"
"""Kind of the image with the lines that a mask follows. The backend knows it not: its kind "lines" is seen."""
FAINTNESS = 16
"""Divisor for the coverage of the lines in the copy."""
EDGE_SIZE = 4.0
CLEAN_UP = 70.0
"""Krita's own settings of the mask: the width of the lines in pixels, and how much of a stroke may cross one."""
LARGEST_FILLED = 10_000_000
"""Pixels of a page up to which Krita fills the mask before it is inserted. It takes seconds for each million; on larger
pages the artist has it filled when they want to, by the tool's Update button."""

_COVERAGE = bytes(alpha // FAINTNESS for alpha in range(256))
_DARKNESS = bytes((255 - brightness) // FAINTNESS for brightness in range(256))


def can_make_masks(document: Document) -> bool:
    """True when this Krita lets scripts make Colorize Masks (5.2 and later)."""
    return hasattr(document, "createColorizeMask")


def faint_lines(header: ImageHeader, data: memoryview | bytes, is_opaque: bool) -> Steps[Image]:
    """Make the lines that a mask follows (GRAY, the coverage of faint black) of line art that was read (packed BGRA):
    where it is dark, or, without opaque paper, where it covers. The generator's result is the image."""
    channel, table = (1, _DARKNESS) if is_opaque else (3, _COVERAGE)
    made = bytearray()
    height, row, stride = StripHeight(header.width), 0, header.width * 4
    while row < header.height:
        rows = height.next(header.height - row)
        made += bytes(data[row * stride : (row + rows) * stride])[channel::4].translate(table)
        row += rows
        height.done()
        yield 0
    size = (header.width, header.height)
    return Image(ImageHeader("layer", *size, "GRAY", x=header.x, y=header.y, kind=MASK_LINES), memoryview(made))


def add_lines(document: Document, group: Node, lines: Image, otherwise: Problem) -> Steps[Node]:
    """Add a layer with `lines` (see `faint_lines`) on top of `group` of the scratch `document`; the result is the
    layer.

    Raises `ProblemError` ("no_masks") where Krita cannot put a mask on it, and with `otherwise` when the document is
    closed meanwhile.
    """
    if not can_make_masks(document):
        raise ProblemError(problem("no_masks"))
    layer = document.createNode(text("mask.lines"), "paintlayer")
    yield from _write_lines(layer, lines)
    require_open(document, otherwise)
    group.addChildNode(layer, None)
    yield BREATHE
    return layer


def add_mask(document: Document, layer: Node, strokes: Sequence[Image], otherwise: Problem) -> Steps[ColorizeMask]:
    """Put a mask with `strokes` (GRAY, each of one colour) on `layer` of a scratch `document`; the result is the mask.

    The document must be as large as the page by now: Krita looks for the lines soon afterwards, within the document,
    and does not look again when the document grows. Raises `ProblemError` with `otherwise` when the document is closed
    meanwhile.
    """
    require_open(document, otherwise)
    mask = document.createColorizeMask(text("mask.title"))
    layer.addChildNode(mask, None)
    colored = [(stroke, color) for stroke in strokes if (color := parse_color(stroke.header.color)) is not None]
    managed = {color: managed_color(color) for _, color in colored}
    mask.initializeKeyStrokeColors(list(managed.values()), -1)
    mask.setUseEdgeDetection(True)
    mask.setEdgeDetectionSize(EDGE_SIZE)
    mask.setCleanUpAmount(CLEAN_UP)
    mask.setLimitToDeviceBounds(False)
    yield BREATHE
    for stroke, color in colored:
        require_open(document, otherwise)
        yield from _write_stroke(mask, stroke, managed[color])
    require_open(document, otherwise)
    mask.setEditKeyStrokes(False)
    mask.setShowOutput(True)
    yield BREATHE
    return mask


def fill(document: Document, mask: ColorizeMask, otherwise: Problem) -> Steps[bool]:
    """Let Krita fill the `mask` of a scratch `document` that is as large as the page; Krita's own threads work.

    The result is True, or False where the page is too large to wait for that.
    """
    if document.width() * document.height() > LARGEST_FILLED:
        return False
    require_open(document, otherwise)
    mask.updateMask(True)
    yield BREATHE
    require_open(document, otherwise)
    while not document.tryBarrierLock():
        yield POLL_MILLISECONDS
        require_open(document, otherwise)
    document.unlock()
    return True


def _write_lines(layer: Node, lines: Image) -> Steps[None]:
    header = lines.header
    height, row = StripHeight(header.width), 0
    while row < header.height:
        rows = height.next(header.height - row)
        faint = _rows(lines, row, rows)
        if faint.count(0) < len(faint):
            black = bytearray(len(faint) * 4)
            black[3::4] = faint
            at = (header.x, header.y + row, header.width, rows)
            layer.setPixelData(QtCore.QByteArray(bytes(black)), *at)
        row += rows
        height.done()
        yield 0


def _write_stroke(mask: ColorizeMask, stroke: Image, color: ManagedColor) -> Steps[None]:
    header = stroke.header
    rect = Rect(header.x, header.y, header.width, header.height)
    height, row = StripHeight(rect.width), 0
    while row < rect.height:
        rows = height.next(rect.height - row)
        strip = _rows(stroke, row, rows)
        if strip.count(0) < len(strip):
            mask.setKeyStrokePixelData(QtCore.QByteArray(strip), color, rect.x, rect.y + row, rect.width, rows)
        row += rows
        height.done()
        yield 0


def _rows(image: Image, row: int, rows: int) -> bytes:
    """Return so many rows of a GRAY image from `row` on, packed."""
    starts = (at * image.stride for at in range(row, row + rows))
    return b"".join(bytes(image.data[start : start + image.header.width]) for start in starts)
