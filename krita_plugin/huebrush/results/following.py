"""Insertion of a result into a page that was turned, mirrored, enlarged or cropped since its lines were read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from huebrush_protocol.frames import Image

from ..base.problems import ProblemError, Remedy, problem
from ..base.tasks import Steps
from ..documents.active_layer import until_ready
from ..documents.find import find_document, while_open
from ..documents.page_change import Change, PageMark, follow, share_now
from .turned_images import turned_images
from .writeback import Fits, Placed

if TYPE_CHECKING:
    from krita import Document

TRIES = 3
"""Times that the page may change again while a result is being written."""
STILL_FITS = 0.5
"""Share that must be left of the ink that was found, when the result is inserted a moment later."""


def follow_page(
    key: str,
    line_art: str,
    mark: PageMark,
    images: Sequence[Image],
    insert: Callable[[Sequence[Image], Fits], Steps[Placed]],
) -> Steps[Placed]:
    """Let `insert` insert `images`, moved as the page of the document with this `key` has since `mark`, by its layer
    with the id `line_art`. The generator's result is that of `insert`.

    Raises `ProblemError` as `insert`, and "page_changed" where the page is another and it cannot be told how.
    """
    tries = TRIES
    while True:
        yield from until_ready(key)
        document, closed = find_document(key), problem("document_closed", Remedy.PLACE)
        if document is None:
            raise ProblemError(closed)
        change = yield from while_open(document, follow(document, line_art, mark), closed)
        moved = yield from turned_images(images, change)
        tries -= 1
        try:
            placed = yield from insert(moved, _fits(document, line_art, mark, change))
        except ProblemError as error:
            if error.problem.code != "page_changed" or not tries:
                raise
        else:
            return replace(placed, has_moved=not change.is_none)


def _fits(document: Document, line_art: str, mark: PageMark, change: Change) -> Fits:
    """Return the question whether the page is as it is now."""
    size = (document.width(), document.height())
    share = share_now(document, line_art, mark, change)

    def fits(page: Document) -> bool:
        is_same_size = (page.width(), page.height()) == size
        return is_same_size and share_now(page, line_art, mark, change) >= STILL_FITS * share

    return fits
