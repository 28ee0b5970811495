"""Cuts strips for phones, and panels as long as those, into pieces that a model paints one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.overview import LINE, Box, Overview

WANTED = 1.4
"""Length of a piece, in widths of the strip: about the shape of a page."""
LONGEST = 2.2
"""Longest piece of a strip that is painted at once, in the strip's widths."""
SLIM = 3.5
"""Longest panel that is painted at once, in its own widths: a model's canvas is hardly longer."""
SHORTEST = 0.7


def cut_strip(page: Overview) -> tuple[NDArray[np.uint16], tuple[Box, ...]]:
    """Return the number of the piece at each pixel (h,w), from 1 at the top, and the pieces' boxes.

    A strip is cut at its emptiest rows near the wanted lengths: at gutters where it has any.
    """
    height, width = page.ink.shape
    edges = [0, *cut_rows(page.ink), height]
    labels = np.zeros((height, width), np.uint16)
    boxes = []
    for number, (top, bottom) in enumerate(pairwise(edges), start=1):
        labels[top:bottom] = number
        boxes.append((0, top, width, bottom - top))
    return labels, tuple(boxes)


def cut_long_panels(
    page: Overview, labels: NDArray[np.uint16], boxes: tuple[Box, ...]
) -> tuple[NDArray[np.uint16], tuple[Box, ...]]:
    """Return the panels of a page with those that are too long for one picture cut into pieces, in the same order."""
    if not any(_is_too_long(box, page) for box in boxes):
        return labels, boxes
    result, pieces = np.zeros_like(labels), list[Box]()
    for number, (left, top, wide, high) in enumerate(boxes, start=1):
        window = np.s_[top : top + high, left : left + wide]
        mask = labels[window] == number
        edges = [0, high]
        if _is_too_long((left, top, wide, high), page):
            edges = [0, *cut_rows(np.where(mask, page.ink[window], np.uint8(0))), high]
        for first, last in pairwise(edges):
            pieces.append((left, top + first, wide, last - first))
            result[window][first:last][mask[first:last]] = len(pieces)
    return result, tuple(pieces)


def _is_too_long(box: Box, page: Overview) -> bool:
    return box[3] > SLIM * box[2] or (page.is_strip and box[3] > LONGEST * page.ink.shape[1])


def cut_rows(ink: NDArray[np.uint8]) -> list[int]:
    """Return the rows at which `ink` (h,w) is cut, from top to bottom, so that each piece has a suitable length.

    A row is the better the less ink crosses it, and the nearer it is to the wanted length. In an empty band the cut
    lies in the middle.
    """
    height, width = ink.shape
    crossed = (ink >= LINE).mean(axis=1)
    nearest = _distance_to_ink(crossed > 0)
    rows, top = [], 0
    while height - top > LONGEST * width:
        low, high = top + round(SHORTEST * width), min(top + round(LONGEST * width), height - round(SHORTEST * width))
        places = np.arange(low, max(high, low + 1))
        off = np.abs(places - top - WANTED * width) / width
        cost = 10 * crossed[places] + 0.1 * off - 0.5 * np.minimum(nearest[places] / (0.1 * width), 1.0)
        top = int(places[int(cost.argmin())])
        rows.append(top)
    return rows


def _distance_to_ink(inked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each row the distance in rows to the nearest one with ink."""
    index = np.arange(len(inked))
    before = np.maximum.accumulate(np.where(inked, index, -len(inked)))
    after = np.minimum.accumulate(np.where(inked, index, 2 * len(inked))[::-1])[::-1]
    return np.minimum(index - before, after - index)
