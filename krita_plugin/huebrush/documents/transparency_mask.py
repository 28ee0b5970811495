"""A transparency mask that limits a group to a part of the page, for what cannot be clipped itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader
from krita import Selection

from ..base.problems import Problem
from ..base.qt import QtCore
from ..base.strings import text
from ..base.tasks import BREATHE, Steps
from .find import require_open
from .pixels import Rect, StripHeight

if TYPE_CHECKING:
    from krita import Document, Node

SELECTED = "selected"
"""Kind of the image (GRAY) of what is shown of a group."""


def selected_image(rect: Rect, data: bytes | memoryview) -> Image:
    """Return the image of a part of the page: 255 where it is shown, one byte for each pixel of `rect`."""
    header = ImageHeader("layer", rect.width, rect.height, "GRAY", x=rect.x, y=rect.y, kind=SELECTED)
    return Image(header, memoryview(data))


def limit_group(document: Document, group: Node, shown: Image, otherwise: Problem) -> Steps[None]:
    """Show of `group`, in the scratch `document`, what `shown` has of the page. Only where this Krita makes Colorize
    Masks (5.2 and later). Raises `ProblemError` with `otherwise` when the document is closed meanwhile."""
    header, selection = shown.header, Selection()
    height, row = StripHeight(header.width), 0
    while row < header.height:
        rows = height.next(header.height - row)
        starts = (at * shown.stride for at in range(row, row + rows))
        strip = b"".join(bytes(shown.data[start : start + header.width]) for start in starts)
        selection.setPixelData(QtCore.QByteArray(strip), header.x, header.y + row, header.width, rows)
        row += rows
        height.done()
        yield 0
    require_open(document, otherwise)
    mask = document.createTransparencyMask(text("mask.selection"))
    group.addChildNode(mask, None)
    mask.setSelection(selection)
    yield BREATHE
