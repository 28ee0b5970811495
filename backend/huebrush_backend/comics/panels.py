"""Panels of a comic page: what the gutters leave, in reading order; None for a page that is no comic page."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.gutters import Mask, find_gutters, hidden_gutters
from huebrush_backend.comics.overview import LINE, Overview

LEAST_PANEL = 0.008
"""Smallest area of a panel, in shorter sides squared."""
COVERED = 0.45
"""Smallest share of a page that its panels cover; in strips, where gutters are wide, a third of it."""
FRAMED = 0.8
"""Smallest share of its bounding rectangle, turned as it fits, that a bordered panel covers."""
WIDEST_MARGIN = 0.12
"""Widest margin around a single panel, in shorter sides."""
_BORDERLESS = 0.03
"""Smallest area of a panel without a border: of the drawing's box, in shorter sides squared."""


@dataclass(frozen=True, eq=False)
class Panels:
    """Panels of an overview.

    * `labels`: (h,w) uint16, 0 in gutters, else the panel's number in reading order, from 1
    * `gutters`: (h,w) uint8, 1 in gutters and margins
    * `boxes`: left, top, width, height of each panel
    * `framed`: number of panels with a border of their own
    """

    labels: NDArray[np.uint16]
    gutters: Mask
    boxes: tuple[tuple[int, int, int, int], ...]
    framed: int


def find_panels(page: Overview) -> Panels | None:
    """Return the panels of `page`, None if it is no comic page."""
    gutters = find_gutters(page.ink, page.is_strip)
    if not gutters.any():
        return None
    short = page.short
    inside = 1 - (gutters | hidden_gutters(gutters))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4, ltype=cv2.CV_32S)
    areas = stats[:, cv2.CC_STAT_AREA]
    chosen = [int(label) for label in np.flatnonzero(areas >= LEAST_PANEL * short**2) if label != 0]
    framed = [label for label in chosen if _is_framed(labels, stats[label], label, short)]
    if not _is_comic_page(page, stats, chosen, framed, gutters):
        return None
    borderless = [label for label in chosen if label not in framed]
    masks = [(labels == label).view(np.uint8) for label in framed]
    masks += _borderless_panels(page, gutters, labels, framed, borderless)
    return _numbered(masks, gutters, len(framed))


def _is_framed(labels: NDArray[np.int32], stats: NDArray[np.int32], label: int, short: int) -> bool:
    """Return whether a part of the page has the shape of a panel: nearly its bounding rectangle or a polygon."""
    left, top, wide, high = (int(value) for value in stats[:4])
    if min(wide, high) < 0.08 * short:
        return False
    mask = (labels[top : top + high, left : left + wide] == label).view(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    filled = cv2.contourArea(contour)
    hull = cv2.convexHull(contour)
    _, (one, other), _ = cv2.minAreaRect(contour)
    polygon = cv2.approxPolyDP(hull, 0.02 * (wide + high), True)
    boxy = filled >= FRAMED * one * other or len(polygon) <= 5
    return bool(boxy and filled >= FRAMED * cv2.contourArea(hull))


def _is_comic_page(
    page: Overview, stats: NDArray[np.int32], chosen: list[int], framed: list[int], gutters: Mask
) -> bool:
    height, width = page.ink.shape
    short = page.short
    covered = float(stats[framed, cv2.CC_STAT_AREA].sum()) / (height * width)
    if page.is_strip:
        return len(framed) >= 2 and covered >= COVERED / 3
    others = [label for label in chosen if label not in framed]
    broken = float(stats[others, cv2.CC_STAT_AREA].sum()) / (height * width)
    if len(framed) >= 2:
        return covered + 0.5 * broken >= COVERED
    if len(framed) == 1:
        left, top, wide, high = (int(value) for value in stats[framed[0], :4])
        margins = (left, top, width - left - wide, height - top - high)
        enclosed = min(margins) >= 0.008 * short and max(margins) <= WIDEST_MARGIN * short
        return enclosed and covered >= 0.6 and not broken > 0.02
    return False


def _borderless_panels(
    page: Overview, gutters: Mask, labels: NDArray[np.int32], framed: list[int], others: list[int]
) -> list[Mask]:
    """Return masks of drawings without a border: what is drawn in the gutters, gathered where it lies close."""
    short = page.short
    drawn = np.isin(labels, others).astype(np.uint8)
    islands = ((page.ink >= LINE) & ~np.isin(labels, framed)).astype(np.uint8)
    drawn |= islands & (1 - gutters)
    reach = round(0.03 * short) | 1
    together = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, found, stats, _ = cv2.connectedComponentsWithStats(together, connectivity=8, ltype=cv2.CV_32S)
    taken = np.isin(labels, framed)
    masks = []
    for label in range(1, len(stats)):
        left, top, wide, high, _ = (int(value) for value in stats[label])
        if wide * high < _BORDERLESS * short**2 or min(wide, high) < 0.1 * short:
            continue
        mask = np.zeros_like(gutters)
        mask[top : top + high, left : left + wide] = 1
        mask[taken] = 0
        if cv2.countNonZero(mask) >= 0.5 * wide * high:
            taken |= mask > 0
            masks.append(mask)
    return masks


def _numbered(masks: list[Mask], gutters: Mask, framed: int) -> Panels:
    boxes = [tuple(int(value) for value in cv2.boundingRect(mask)) for mask in masks]
    order = reading_order(boxes)
    labels = np.zeros(gutters.shape, np.uint16)
    for number, index in enumerate(order, start=1):
        labels[masks[index] > 0] = number
    return Panels(labels, gutters, tuple(boxes[index] for index in order), framed)  # type: ignore[arg-type]


def reading_order(boxes: list[tuple[int, ...]]) -> list[int]:
    """Return the numbers of `boxes` (left, top, width, height) from top to bottom, in a tier from left to right.

    Boxes are in one tier if they share more than half of the lower one's height. Where pages are read from right to
    left, only the order of work differs.
    """
    left_over = sorted(range(len(boxes)), key=lambda index: (boxes[index][1], boxes[index][0]))
    order = []
    while left_over:
        first = boxes[left_over[0]]
        tier = [
            index
            for index in left_over
            if index == left_over[0]
            or min(first[1] + first[3], boxes[index][1] + boxes[index][3]) - max(first[1], boxes[index][1])
            > 0.5 * min(first[3], boxes[index][3])
        ]
        tier.sort(key=lambda index: (boxes[index][0], boxes[index][1]))
        order += tier
        left_over = [index for index in left_over if index not in tier]
    return order
