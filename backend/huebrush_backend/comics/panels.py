"""Panels of a comic page: what the gutters leave, in reading order; None for a page that is no comic page."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.gutters import usual_line_width
from huebrush_backend.comics.hidden import hidden_gutters
from huebrush_backend.comics.outlines import Mask
from huebrush_backend.comics.overlaps import cuts_along_borders
from huebrush_backend.comics.overview import LINE, Box, Overview

LEAST_PANEL = 0.008
"""Smallest area of a panel, in shorter sides squared."""
COVERED = 0.45
"""Smallest share of a page that its panels cover; in strips, where gutters are wide, a third of it."""
FRAMED = 0.8
"""Smallest share of its bounding rectangle, turned as it fits, that a bordered panel covers."""
UPRIGHT = 0.975
"""Smallest share of its upright bounding box that the only panel of a page covers: a house with a roof covers less."""
WIDEST_MARGIN = 0.12
"""Widest margin around a single panel, in shorter sides."""
_BRIDGE = 0.01
"""Width in shorter sides up to which lines across a gutter do not join panels."""
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
    boxes: tuple[Box, ...]
    framed: int


def find_panels(page: Overview, gutters: Mask, balloons: Mask) -> Panels | None:
    """Return the panels of `page`, None if it is no comic page.

    `gutters` (h,w): those that are seen. `balloons` (h,w): 1 in balloons, with their outlines; they hide gutters.
    """
    if not gutters.any():
        return None
    short = page.short
    slim = 2 * round(_BRIDGE * short / 2) + 1
    hidden = hidden_gutters(gutters, balloons, page.ink)
    opened = cv2.morphologyEx(1 - (gutters | hidden), cv2.MORPH_OPEN, np.ones((slim, slim), np.uint8))
    inside = np.asarray(opened, np.uint8)
    labels, stats, chosen, framed = _areas(inside, short)
    if _part_overlapping(page, inside, labels, stats, chosen):
        labels, stats, chosen, framed = _areas(inside, short)
    boxes: list[Box] = [_box(stats[label]) for label in framed]
    drawings = _drawings(page, gutters, labels, framed, [label for label in chosen if label not in framed])
    if not _is_comic_page(page, stats, framed, drawings):
        return None
    order = reading_order([*boxes, *drawings])
    numbers = np.zeros(len(stats), np.uint16)
    for number, index in enumerate(order, start=1):
        if index < len(framed):
            numbers[framed[index]] = number
    left_over = _left_over(page, labels, chosen)
    result = numbers[labels]
    for number, index in enumerate(order, start=1):
        if index >= len(framed):
            left, top, wide, high = drawings[index - len(framed)]
            area = result[top : top + high, left : left + wide]
            area[area == 0] = number
            left_over[top : top + high, left : left + wide] = 0
    in_order = tuple([*boxes, *drawings][index] for index in order)
    return Panels(result, gutters | left_over, in_order, len(framed))


def _areas(inside: Mask, short: int) -> tuple[NDArray[np.int32], NDArray[np.int32], list[int], list[int]]:
    """Return the labels (h,w) of the connected areas `inside` (h,w) the gutters, their statistics as OpenCV's, which
    are large, and which of these have the shape of a panel."""
    _, found, measured, _ = cv2.connectedComponentsWithStats(inside, connectivity=4, ltype=cv2.CV_32S)
    labels, stats = np.asarray(found, np.int32), np.asarray(measured, np.int32)
    areas = stats[:, cv2.CC_STAT_AREA]
    chosen = [int(label) for label in np.flatnonzero(areas >= LEAST_PANEL * short**2) if label != 0]
    return labels, stats, chosen, [label for label in chosen if _is_framed(labels, stats[label], label, short)]


def _part_overlapping(
    page: Overview, inside: Mask, labels: NDArray[np.int32], stats: NDArray[np.int32], chosen: list[int]
) -> bool:
    """Part those of the `chosen` areas that are panels over panels, in place in `inside` (h,w); return whether any is.

    Two of the parts at least must have the shape of a panel.
    """
    parted = False
    for label in chosen:
        left, top, wide, high = _box(stats[label])
        window = np.s_[top : top + high, left : left + wide]
        area = (labels[window] == label).view(np.uint8)
        cuts = cuts_along_borders(area, page.ink[window], usual_line_width(page.ink), page.short)
        if cuts is None:
            continue
        parts = area & (1 - cuts)
        if len(_areas(parts, page.short)[3]) >= 2:
            inside[window] &= 1 - (cuts & area)
            parted = True
    return parted


def _left_over(page: Overview, labels: NDArray[np.int32], chosen: list[int]) -> Mask:
    """Return (h,w) uint8, 1 on paper that is in no panel: between ends of borders, or cut off by a balloon.

    `labels`: areas between the gutters, of which those in `chosen` are large.
    """
    large = np.zeros(int(labels.max()) + 1, np.uint8)
    large[chosen] = 1
    within = cv2.morphologyEx(large[labels], cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return (page.ink < LINE).view(np.uint8) & (1 - np.asarray(within, np.uint8))


def _box(stats: NDArray[np.int32]) -> Box:
    left, top, wide, high = (int(value) for value in stats[:4])
    return left, top, wide, high


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


def _is_comic_page(page: Overview, stats: NDArray[np.int32], framed: list[int], drawings: list[Box]) -> bool:
    """Return whether the panels with a border, and the drawings beside them, make a comic page."""
    height, width = page.ink.shape
    short = page.short
    covered = float(stats[framed, cv2.CC_STAT_AREA].sum()) / (height * width)
    beside = sum(wide * high for _, _, wide, high in drawings) / (height * width)
    if page.is_strip:
        return len(framed) >= 2 and covered >= COVERED / 3
    if len(framed) >= 2:
        return covered + min(covered, beside) >= COVERED
    if len(framed) == 1:
        left, top, wide, high = _box(stats[framed[0]])
        margins = (left, top, width - left - wide, height - top - high)
        enclosed = min(margins) >= 0.008 * short and max(margins) <= WIDEST_MARGIN * short
        upright = covered * height * width >= UPRIGHT * wide * high
        return enclosed and upright and covered >= 0.6 and beside <= 0.02
    return False


def _drawings(
    page: Overview, gutters: Mask, labels: NDArray[np.int32], framed: list[int], others: list[int]
) -> list[Box]:
    """Return the boxes of drawings without a border: what is drawn in the gutters, gathered where it lies close."""
    short = page.short
    kinds = np.zeros(int(labels.max()) + 1, np.uint8)
    kinds[framed], kinds[others] = 2, 1
    kind = kinds[labels]
    taken = (kind == 2).view(np.uint8)
    drawn = (kind == 1).view(np.uint8) | ((page.ink >= LINE).view(np.uint8) & (1 - taken) & (1 - gutters))
    reach = round(0.03 * short) | 1
    together = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(together, connectivity=8, ltype=cv2.CV_32S)
    boxes = []
    for label in range(1, len(stats)):
        left, top, wide, high = box = _box(stats[label])
        if wide * high < _BORDERLESS * short**2 or min(wide, high) < 0.1 * short:
            continue
        if cv2.countNonZero(taken[top : top + high, left : left + wide]) <= 0.5 * wide * high:
            taken[top : top + high, left : left + wide] = 1
            boxes.append(box)
    return boxes


def reading_order(boxes: list[Box]) -> list[int]:
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
