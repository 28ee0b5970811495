"""Regions that stay paper: the gutters and balloons of comic pages, whose places are known before."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.regions.measure import boxes, free_areas
from huebrush_backend.flats.regions.parallel import in_bands

MOSTLY = 0.5
"""Share of a region's free pixels from which it is paper as a whole."""
_WIDE = 3.0
"""Half-width, in pixels of the masks, that a part of a region must have somewhere to become a region itself: beside
lines the masks are no more exact than that."""
_SMALL = 0.01
"""Share of a region below which a part of it never becomes one."""

Mask = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Paper:
    """Places where a page stays paper, as masks (h,w) uint8 0 or 1 that show the whole page, at its size or coarser.

    `places`: gutters and balloons. `covered`: those parts of gutters that solid ink covers.
    """

    places: Mask
    covered: Mask


def set_paper_apart(regions: Regions, ink: NDArray[np.uint8], paper: Paper) -> tuple[Regions, NDArray[np.bool_]]:
    """Return `regions` of which none is half paper, and which of them are paper, (count+1,) bool.

    A region that lies mostly in the places of `paper` is paper. One that runs into them through an opening in the lines
    is parted there. `ink` (H,W) uint8: the coverage in which the regions were found. `regions.labels` are changed in
    place.
    """
    labels, count = regions.labels, regions.count
    height, width = labels.shape
    share = _shares(regions, ink, paper)
    is_paper = share >= MOSTLY
    mixed = np.flatnonzero((share > _SMALL) & (share < 1 - _SMALL))
    fresh: list[bool] = []
    for label in mixed.tolist():
        moved = _part(regions, label, paper.places, bool(is_paper[label]))
        if moved is not None:
            fresh.append(not is_paper[label])
            _relabel(labels, regions.boxes[label], label, moved, count + len(fresh))
    if paper.covered.any():
        fresh.append(True)

        def cover(top: int, bottom: int) -> None:
            labels[top:bottom][on_page(paper.covered, top, bottom, labels.shape) > 0] = count + len(fresh)

        in_bands(height, width, cover)
    if not fresh:
        return regions, is_paper
    total = count + len(fresh)
    renewed = replace(regions, count=total, areas=free_areas(labels, ink, total), boxes=boxes(labels, total))
    return renewed, np.concatenate([is_paper, np.array(fresh, bool)])


def paper_regions(regions: Regions, ink: NDArray[np.uint8], paper: Paper) -> NDArray[np.bool_]:
    """Return (count+1,) bool: True for `regions` that are paper, after `set_paper_apart` and other parting."""
    return _shares(regions, ink, paper) >= MOSTLY


def _shares(regions: Regions, ink: NDArray[np.uint8], paper: Paper) -> NDArray[np.float64]:
    """Return the share (count+1,) of each region's free pixels that is in places of `paper`, 0 for entry 0.

    Of a region under ink alone it is the share of all its pixels in covered places.
    """
    labels, count = regions.labels, regions.count

    def measure(top: int, bottom: int) -> NDArray[np.int64]:
        band = labels[top:bottom]
        inside = (on_page(paper.places, top, bottom, labels.shape) > 0) & (ink[top:bottom] < INK)
        covered = on_page(paper.covered, top, bottom, labels.shape) > 0
        return np.stack([np.bincount(band[mask], minlength=count + 1) for mask in (inside, covered, band >= 0)])

    inside, covered, size = np.sum(in_bands(labels.shape[0], labels.shape[1], measure), axis=0)
    share = np.where(regions.areas > 0, inside / np.maximum(regions.areas, 1), covered / np.maximum(size, 1))
    share[0] = 0
    return share


def on_page(mask: Mask, top: int, bottom: int, shape: tuple[int, ...]) -> Mask:
    """Return rows `top` to `bottom` of `mask` (h,w), which shows a page of `shape`, at the page's size, (rows,W)."""
    height, width = shape[:2]
    if mask.shape == (height, width):
        return mask[top:bottom]
    rows = (np.arange(top, bottom) + 0.5) * (mask.shape[0] / height)
    columns = (np.arange(width) + 0.5) * (mask.shape[1] / width)
    wide = np.take(mask, columns.astype(np.intp), axis=1) if len(rows) > mask.shape[0] else mask
    picked = np.take(wide, rows.astype(np.intp), axis=0)
    return picked if wide is not mask else np.take(picked, columns.astype(np.intp), axis=1)


def _part(regions: Regions, label: int, places: Mask, is_paper: bool) -> Mask | None:
    """Return the part of a region that is not like most of it, as a coarse mask (h,w) of the whole page.

    None if that part is too slim to be more than the masks' own inexactness.
    """
    height, width = regions.labels.shape
    down, across = places.shape[0] / height, places.shape[1] / width
    left, top, wide, high = regions.boxes[label].tolist()
    rows = np.arange(int(top * down), max(int(top * down) + 1, min(places.shape[0], int((top + high) * down) + 1)))
    columns = np.arange(
        int(left * across), max(int(left * across) + 1, min(places.shape[1], int((left + wide) * across) + 1))
    )
    at_rows = np.minimum(((rows + 0.5) / down).astype(np.intp), height - 1)
    at_columns = np.minimum(((columns + 0.5) / across).astype(np.intp), width - 1)
    own = (regions.labels[np.ix_(at_rows, at_columns)] == label).view(np.uint8)
    inside = places[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] & own
    apart = [_distance_to_core(side) for side in (inside, own - inside)]
    if apart[0] is None or apart[1] is None:
        return None
    odd = apart[1] < apart[0] if is_paper else apart[0] < apart[1]
    part = np.zeros_like(places)
    part[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = odd
    return part


def _distance_to_core(side: Mask) -> NDArray[np.float32] | None:
    """Return the distance (h,w) to where `side` (h,w) is wide, None if it is nowhere."""
    framed = cv2.copyMakeBorder(side, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    core = np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 3) > _WIDE, np.uint8)[1:-1, 1:-1]
    return np.asarray(cv2.distanceTransform(1 - core, cv2.DIST_L2, 3), np.float32) if core.any() else None


def _relabel(labels: NDArray[np.int32], box: NDArray[np.int32], label: int, part: Mask, new: int) -> None:
    """Give the pixels of `label` in `box` that lie in the coarse `part` (h,w) of the page the label `new`."""
    left, top, wide, high = box.tolist()

    def work(first: int, last: int) -> None:
        rows = slice(top + first, top + last)
        moved = on_page(part, rows.start, rows.stop, labels.shape)[:, left : left + wide] > 0
        area = labels[rows, left : left + wide]
        area[moved & (area == label)] = new

    in_bands(high, wide, work)
