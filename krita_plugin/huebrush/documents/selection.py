"""Selection of a page: whether there is one, and its pixels."""

from __future__ import annotations

from mmap import mmap
from typing import TYPE_CHECKING

from ..base.problems import ProblemError, problem
from ..base.qt import to_bytes
from ..base.tasks import Steps
from .pixels import Rect, StripHeight

if TYPE_CHECKING:
    from krita import Document, Selection


def has_selection(document: Document) -> bool:
    """True when something of the page of `document` is selected."""
    selection = document.selection()
    return selection is not None and _place(selection, document) is not None


def copied_selection(document: Document) -> Selection | None:
    """Return a copy of what is selected now, None where nothing of the page of `document` is."""
    selection = document.selection()
    return selection.duplicate() if selection is not None and _place(selection, document) is not None else None


def read_selected(selection: Selection, document: Document) -> Steps[tuple[Rect, memoryview] | None]:
    """Read the part of `selection` that is on the page of `document`. The result is its rectangle and its bytes, 255
    for a fully selected pixel; None where no pixel of the page is selected, or each one fully."""
    rect = _place(selection, document)
    if rect is None:
        return None
    data, is_empty, is_full = yield from _read(selection, rect)
    is_page = rect == Rect(0, 0, document.width(), document.height())
    return None if is_empty or (is_full and is_page) else (rect, data)


def read_selection(document: Document) -> Steps[tuple[Rect, memoryview]]:
    """Read the current selection of `document`, cut to the page. The result is the page's rectangle and its bytes, 255
    for a fully selected pixel. Raises `ProblemError` when nothing is selected.

    A copy is read, so that changing the selection meanwhile does not mix two states.
    """
    selection = document.selection()
    if selection is None:
        raise ProblemError(problem("no_selection"))
    page = Rect(0, 0, document.width(), document.height())
    data, is_empty, _ = yield from _read(selection.duplicate(), page)
    if is_empty:
        raise ProblemError(problem("no_selection"))
    return page, data


def _place(selection: Selection, document: Document) -> Rect | None:
    """Return the rectangle around what is selected of the page, None where nothing is."""
    left, top = max(selection.x(), 0), max(selection.y(), 0)
    right = min(selection.x() + selection.width(), document.width())
    bottom = min(selection.y() + selection.height(), document.height())
    return Rect(left, top, right - left, bottom - top) if left < right and top < bottom else None


def _read(selection: Selection, rect: Rect) -> Steps[tuple[memoryview, bool, bool]]:
    """Read `rect` of a selection that nobody changes. The result is its bytes, whether they are all 0, and whether they
    are all 255."""
    data = memoryview(mmap(-1, rect.width * rect.height))
    height, row, is_empty, is_full = StripHeight(rect.width), 0, True, True
    while row < rect.height:
        rows = height.next(rect.height - row)
        strip = to_bytes(selection.pixelData(rect.x, rect.y + row, rect.width, rows))
        strip = strip or bytes(rect.width * rows)  # Krita gives nothing for a selection without pixels
        is_empty = is_empty and strip.count(0) == len(strip)
        is_full = is_full and strip.count(255) == len(strip)
        data[row * rect.width : (row + rows) * rect.width] = strip
        row += rows
        height.done()
        yield 0
    return data, is_empty, is_full
