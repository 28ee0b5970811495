"""Documents that the plugin makes for a moment: they have no view, but every script in Krita sees them.

Another script may close one between two of our steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from krita import Krita

from ..base.problems import Problem
from ..base.tasks import BREATHE, Steps
from .find import is_open, require_open

if TYPE_CHECKING:
    from krita import Document

SRGB_PROFILE = "sRGB-elle-V2-srgbtrc.icc"
SRGB_SPACE = ("RGBA", "U8", SRGB_PROFILE)
"""Colour model, depth and profile of the pixels that Huebrush sends and receives."""
POLL_MILLISECONDS = 10
"""Milliseconds between two questions whether Krita's own threads are done."""


Resolution = tuple[float, float]
"""Pixels per inch, across and down."""


def resolution_of(document: Document) -> Resolution:
    """Return the resolution of `document`: vector layers have their sizes on paper."""
    return document.xRes(), document.yRes()


@contextmanager
def scratch_document(name: str, resolution: Resolution, space: tuple[str, str, str] = SRGB_SPACE) -> Iterator[Document]:
    """Yield a new document of one pixel called `name`, and close it at the end unless another script already has.

    Layers keep their pixels outside it. In a document of the page's size Krita would compose the whole page for each
    layer that is added; see `compose` for doing that once.
    """
    across, down = resolution
    document = Krita.instance().createDocument(1, 1, name, *space, across)
    try:
        document.setBatchmode(True)
        if down != across:
            document.setYRes(down)
        yield document
    finally:
        if is_open(document):
            document.setModified(False)
            document.close()


def compose(document: Document, area: tuple[int, int, int, int], otherwise: Problem) -> Steps[None]:
    """Enlarge a scratch document to `area` (x, y, width and height), so that Krita composes its layers and groups
    there. Then the area's corner is at 0, 0, and everything has moved with it.

    Raises `ProblemError` with `otherwise` when the document is closed meanwhile.
    """
    yield BREATHE
    require_open(document, otherwise)
    document.resizeImage(*area)
    yield from until_idle(document, otherwise)


def until_idle(document: Document, otherwise: Problem) -> Steps[None]:
    """Wait until Krita's own threads are done with a scratch document, without holding Krita up as `waitForDone` does.

    Raises `ProblemError` with `otherwise` when the document is closed meanwhile.
    """
    yield BREATHE
    require_open(document, otherwise)
    while not document.tryBarrierLock():  # as `waitForDone`, which would hold Krita up
        yield POLL_MILLISECONDS
        require_open(document, otherwise)
    document.unlock()
