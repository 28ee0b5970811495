"""The layout of a comic page: panels in reading order, gutters, balloons, captions and lettering."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.balloon_shapes import CAPTION, filled
from huebrush_backend.comics.balloons import Bubble, find_balloons
from huebrush_backend.comics.gutters import find_gutters
from huebrush_backend.comics.hidden import without_open_balloons
from huebrush_backend.comics.lettering import Lettering, TextBlock, find_lettering
from huebrush_backend.comics.margins import with_margins
from huebrush_backend.comics.overview import Box, Overview, is_strip, overview
from huebrush_backend.comics.panels import find_panels
from huebrush_backend.comics.strips import cut_long_panels, cut_strip

Mask = NDArray[np.uint8]

LEAST_SHORT_SIDE = 200
"""Shorter side in pixels below which a page is too small to have panels that can be told."""
_HEAVY = 1.15
"""Stroke of letters outside balloons, as a multiple of the strokes in balloons or of the page's lines: sounds are
drawn boldly, and what is finer may be a drawing."""
_OUTLINE = 9
"""Twice the width in pixels of a balloon's outline, about."""
_BLACK = 150
"""Coverage (of 255) from which a pixel of a gutter is black."""


@dataclass(frozen=True, eq=False)
class PageLayout:
    """Layout of a page of `height` x `width` pixels. All masks are (h,w) over the whole page, smaller by `scale`.

    * `panels`: uint16, the number of the panel at each pixel, from 1 in reading order, 0 outside
    * `boxes`: left, top, width and height of each panel in pixels of the page
    * `gutters`: uint8, 1 in gutters and margins
    * `balloons`: uint16, the number of the balloon or caption at each pixel, from 1, with its tail as far as it is
      closed, and its lettering; 0 outside
    * `captions`: numbers of those balloons that are captions
    * `lettering`: uint8, 1 on the ink of letters
    * `inked`: uint8, 1 on solid black
    * `found`: number of panels that the page has; `panels` are more where a long one is painted in pieces
    """

    height: int
    width: int
    scale: float
    panels: NDArray[np.uint16]
    boxes: tuple[Box, ...]
    gutters: Mask
    balloons: NDArray[np.uint16]
    captions: tuple[int, ...]
    lettering: Mask
    inked: Mask
    found: int

    @property
    def paper(self) -> Mask:
        """(h,w) uint8, 1 where the page stays paper: gutters, balloons and captions."""
        return self.gutters | (self.balloons > 0).view(np.uint8)

    @property
    def black(self) -> Mask:
        """(h,w) uint8, 1 where gutters are black."""
        return self.gutters & self.inked

    def panel_rows(self, top: int, bottom: int, left: int, right: int) -> NDArray[np.uint16]:
        """Return the panels' numbers in a window of the page, (bottom - top, right - left)."""
        rows = ((np.arange(top, bottom) + 0.5) * (self.panels.shape[0] / self.height)).astype(np.intp)
        columns = ((np.arange(left, right) + 0.5) * (self.panels.shape[1] / self.width)).astype(np.intp)
        return self.panels[np.ix_(rows, columns)]


def find_layout(ink: NDArray[np.uint8]) -> PageLayout | None:
    """Return the layout of a page, None for one without panels. `ink` (H,W) uint8 is coverage, 0 paper to 255 ink.

    A strip for phones always has a layout, because it is painted in pieces. Raises ValueError for another array.
    """
    if ink.ndim != 2 or ink.dtype != np.uint8:
        raise ValueError(f"ink must be (H,W) uint8, got {ink.shape} {ink.dtype}")
    height, width = ink.shape
    if min(height, width) < LEAST_SHORT_SIDE and not is_strip(height, width):
        return None
    page = overview(ink)
    gutters = find_gutters(page.ink, page.is_strip)
    if not gutters.any() and not page.is_strip:
        return None
    lettering = find_lettering(page)
    gutters, borders = without_open_balloons(gutters, lettering.blocks)
    bubbles = find_balloons(page, lettering, gutters, borders)
    covered = _covered(page, bubbles)
    panels = find_panels(page, with_margins(page.ink, gutters, covered), covered)
    if panels is None and not page.is_strip:
        return None
    if panels is None:
        gutters, found = np.zeros_like(page.ink), 0
        labels, boxes = cut_strip(page)
    else:
        gutters, found = panels.gutters, len(panels.boxes)
        labels, boxes = cut_long_panels(page, panels.labels, panels.boxes)
    numbers = np.zeros(page.ink.shape, np.uint16)
    for number, bubble in enumerate(bubbles, start=1):
        area = numbers[bubble.window]
        area[filled(bubble.mask) > 0] = number
    spoken = [block for bubble in bubbles for block in bubble.blocks]
    words = lettering.mask([*spoken, *_sounds(page, lettering, spoken)])
    for bubble in bubbles:
        words[bubble.window] |= filled(bubble.mask) - bubble.mask
    return PageLayout(
        height=height,
        width=width,
        scale=page.scale,
        panels=labels,
        boxes=tuple(_on_page(box, page.scale, height, width) for box in boxes),
        gutters=gutters,
        balloons=numbers,
        captions=tuple(number for number, bubble in enumerate(bubbles, start=1) if bubble.kind == CAPTION),
        lettering=words,
        inked=(page.ink >= _BLACK).view(np.uint8),
        found=found,
    )


def _covered(page: Overview, bubbles: list[Bubble]) -> Mask:
    """Return (h,w) uint8, 1 in balloons and on their outlines."""
    covered = np.zeros_like(page.ink)
    for bubble in bubbles:
        covered[bubble.window] |= filled(bubble.mask)
    return np.asarray(cv2.dilate(covered, np.ones((_OUTLINE, _OUTLINE), np.uint8)), np.uint8)


def _sounds(page: Overview, lettering: Lettering, spoken: list[TextBlock]) -> list[TextBlock]:
    """Return the texts outside balloons that are letters for sure: bold ones."""
    inside = {id(block) for block in spoken}
    strokes = [block.stroke for block in spoken]
    least = _HEAVY * (float(np.median(strokes)) if strokes else 3.0)
    return [
        block for block in lettering.blocks if id(block) not in inside and block.count >= 3 and block.stroke >= least
    ]


def _on_page(box: Box, scale: float, height: int, width: int) -> Box:
    left, top, wide, high = box
    x, y = int(left / scale), int(top / scale)
    return x, y, min(width - x, round(wide / scale) + 1), min(height - y, round(high / scale) + 1)
