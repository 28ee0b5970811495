"""The artist's selection as a mask: one byte a pixel, as wide as the page."""

from __future__ import annotations

from mmap import mmap
from typing import Any

from .pixels import Rect, StripHeight
from .problems import ProblemError, problem
from .qt import to_bytes
from .slices import Steps


def read_selection(document: Any) -> Steps:
    """Read what is selected in `document` now, cut to the page; the result is the page's rectangle and its bytes, 255
    where all is selected. Raises `ProblemError` when nothing is.

    A copy is read, so that selecting on meanwhile does not tear the mask.
    """
    selection = document.selection()
    if selection is None:
        raise ProblemError(problem("no_selection"))
    copy = selection.duplicate()
    page = Rect(0, 0, document.width(), document.height())
    data = memoryview(mmap(-1, page.width * page.height))
    height, row, is_empty = StripHeight(page.width), 0, True
    while row < page.height:
        rows = height.next(page.height - row)
        strip = to_bytes(copy.pixelData(0, row, page.width, rows))
        is_empty = is_empty and strip.count(0) == len(strip)
        data[row * page.width : (row + rows) * page.width] = strip
        row += rows
        height.done()
        yield 0
    if is_empty:
        raise ProblemError(problem("no_selection"))
    return page, data
