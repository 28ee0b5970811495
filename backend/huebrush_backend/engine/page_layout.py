"""The layout of a request's page if it is a comic page, and what it means for the page's ink. Imports no torch."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
from huebrush_protocol.parameters import PANELS_OFF
from huebrush_protocol.texts import Text

from huebrush_backend.comics.layout import PageLayout, find_layout
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.flats.regions.paper import Paper, on_page
from huebrush_backend.flats.regions.parallel import in_bands


class PageLayouts:
    """Finds layouts; keeps the last page's until its lines change."""

    def __init__(self) -> None:
        self._key = ""
        self._layout: PageLayout | None = None

    def of(self, request: ColorizeRequest, ink: np.ndarray) -> PageLayout | None:
        """Return the layout of the page of `request`, None if it has none or does not want one.

        `ink` (H,W) uint8 is the page's coverage.
        """
        if request.parameters.panels == PANELS_OFF:
            return None
        key = hashlib.sha256(np.ascontiguousarray(ink).data).hexdigest() + repr(ink.shape)
        if key != self._key:
            self._key, self._layout = key, find_layout(ink)
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


def painted_part(layout: PageLayout, kept: np.ndarray | None) -> np.ndarray:
    """Return (H,W) bool: where a picture of the layout's page is opaque, as far as it is `kept` (H,W) bool or None."""
    paper = on_page(layout.paper, 0, layout.height, (layout.height, layout.width)) > 0
    return ~paper if kept is None else kept & ~paper
