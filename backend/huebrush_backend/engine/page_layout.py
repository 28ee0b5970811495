"""The layout of a request's page if it is a comic page, and what it means for the page's ink. Imports no torch."""

from __future__ import annotations

import cv2
import numpy as np
from huebrush_protocol.parameters import PANELS_OFF
from huebrush_protocol.texts import Text

from huebrush_backend.comics.layout import PageLayout, find_layout
from huebrush_backend.comics.overview import is_strip
from huebrush_backend.engine.page_ink import PageInk
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.flats.regions.paper import Paper, on_page
from huebrush_backend.flats.regions.parallel import in_bands
from huebrush_backend.flats.splitting.draw_parts import WHOLE_PAGE, Window


class PageLayouts:
    """Finds layouts; keeps the last page's until its lines change."""

    def __init__(self) -> None:
        self._key = ""
        self._layout: PageLayout | None = None

    def of(self, request: ColorizeRequest, ink: PageInk) -> PageLayout | None:
        """Return the layout of the page of `request`, None if it has none or does not want one."""
        if request.parameters.panels == PANELS_OFF:
            return None
        if ink.key != self._key:
            self._key, self._layout = ink.key, find_layout(ink.coverage)
        return self._layout


def layout_note(layout: PageLayout) -> Text:
    """Return the recipe's note on a layout."""
    if layout.found == 0:
        return Text.of("note.pieces", count=len(layout.boxes))
    return Text.of("note.panels", count=layout.found, balloons=int(layout.balloons.max()))


def without_lettering(ink: np.ndarray, layout: PageLayout) -> np.ndarray:
    """Return a copy of the coverage `ink` (H,W) of the layout's page in which no letter has ink."""
    bare = ink.copy()
    letters = np.asarray(cv2.dilate(layout.lettering, np.ones((3, 3), np.uint8)), np.uint8)

    def clear(top: int, bottom: int) -> None:
        bare[top:bottom][on_page(letters, top, bottom, ink.shape) > 0] = 0

    in_bands(ink.shape[0], ink.shape[1], clear)
    return bare


def paper_of(layout: PageLayout) -> Paper:
    """Return the places where the layout's page stays paper."""
    return Paper(layout.paper, layout.black)


def painted_pieces(layout: PageLayout | None) -> tuple[Window, ...]:
    """Return rows and columns of the windows of a page whose picture is looked at one by one.

    A strip for phones is far too slim to be looked at as a whole: there they are the pieces that were painted.
    """
    if layout is None or not is_strip(layout.height, layout.width):
        return (WHOLE_PAGE,)
    return tuple((slice(top, top + height), slice(left, left + width)) for left, top, width, height in layout.boxes)


def painted_part(layout: PageLayout, kept: np.ndarray | None) -> np.ndarray:
    """Return (H,W) bool: where a picture of the layout's page is opaque, as far as it is `kept` (H,W) bool or None."""
    paper = on_page(layout.paper, 0, layout.height, (layout.height, layout.width)) > 0
    return ~paper if kept is None else kept & ~paper
