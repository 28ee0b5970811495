"""Scores how line art is read, on drawn pages that were photographed, scanned or drawn on dark or ruled paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.evaluation.flat_metrics import score_regions
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.imaging.lineart import LineArtError, Reading, ink_coverage, paper_is_dark
from huebrush_backend.synthesis.flat_pages import FlatPage, draw_flat_page
from huebrush_backend.synthesis.photographs import KINDS, Photograph, photograph_page

_SIZES = ((900, 1200), (1200, 900), (800, 1100))
"""Widths and heights of the drawn pages, in pixels; a photograph shows half to all of their sides."""
_PHOTOGRAPHS_A_PAGE = 6
"""Photographs of one drawn page, each of another kind: drawing takes as long as several of them."""
_CORE = 160
"""Coverage, 0..255, of the true ink that must be found."""
_NEAR = 2
"""Distance in pixels from true ink within which found ink counts as right: photographs are blurred."""
_GAP = 3.0
_LEAST_AREA = 100
"""Fewest free pixels of a region that counts; smaller ones a camera's blur fills."""
_WITH_OWN_REGIONS = frozenset({"screentone", "much_black", "pencil"})
"""Kinds whose regions are not those of the page's lines."""


@dataclass
class ReadingTally:
    """Sums over photographs.

    * `recall`: shares of true ink that was found; `precision`: shares of found ink that is true
    * `regions_right`: shares of the clean drawing's regions that are found in the photograph
    """

    polarity_right: int = 0
    pages: int = 0
    recall: list[float] = field(default_factory=list)
    precision: list[float] = field(default_factory=list)
    regions_right: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON: shares 0..1, None where nothing was counted."""
        return {
            "polarity_right": round(self.polarity_right / self.pages, 4) if self.pages else None,
            "pages": self.pages,
            "recall": _mean(self.recall),
            "precision": _mean(self.precision),
            "regions_right": _mean(self.regions_right),
        }


def evaluate_reading(pages: int, seed: int, on_step: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
    """Score the reading of `pages` photographs of drawn pages, of each kind in turn.

    `seed`: number of the set; it and a photograph's number decide the photograph. `on_step`: called with a description
    before each photograph. The report has the figures of all photographs, under "kinds" those of each kind, and under
    "wrong" the kinds and numbers of the photographs whose polarity is wrong.
    """
    total, kinds = ReadingTally(), {kind: ReadingTally() for kind in KINDS}
    wrong, page = [], None
    for number in range(pages):
        kind = tuple(KINDS)[number % len(KINDS)]
        on_step(f"reading: photograph {number + 1} of {pages}, {kind}")
        if page is None or number % _PHOTOGRAPHS_A_PAGE == 0:
            page = draw_flat_page(*_page_arguments(seed, number))
        if not _score(page, kind, number, (total, kinds[kind])):
            wrong.append({"kind": kind, "number": number})
    return {
        **total.summary(),
        "kinds": {kind: tally.summary() for kind, tally in kinds.items() if tally.pages},
        "wrong": wrong,
    }


def read_photograph(photograph: Photograph) -> tuple[bool, NDArray[np.uint8]]:
    """Return whether its polarity is read right, and the coverage (H,W) uint8 that is found; ruled paper is said to be
    so."""
    reading = Reading(remove_ruling=photograph.is_ruled)
    try:
        is_right = paper_is_dark(photograph.pixels) == photograph.light_lines
        return is_right, ink_coverage(photograph.pixels, reading)
    except LineArtError:
        return False, np.zeros_like(photograph.ink)


def _page_arguments(seed: int, number: int) -> tuple[int, int, int]:
    drawn = number // _PHOTOGRAPHS_A_PAGE
    return 1000 * seed + 500 + drawn, *_SIZES[drawn % len(_SIZES)]


def _score(page: FlatPage, kind: str, number: int, tallies: tuple[ReadingTally, ...]) -> bool:
    """Photograph the page, read it, and add its figures to the tallies; return whether the polarity is right."""
    photograph = photograph_page(page, kind, number)
    is_right, ink = read_photograph(photograph)
    core, found = photograph.ink >= _CORE, ink >= INK
    near = cv2.dilate((photograph.ink >= INK).astype(np.uint8), np.ones((2 * _NEAR + 1,) * 2, np.uint8)) > 0
    regions = _regions_right(photograph.ink, ink) if kind not in _WITH_OWN_REGIONS | {"mixed"} else None
    for tally in tallies:
        tally.pages += 1
        tally.polarity_right += is_right
        if core.any():
            tally.recall.append(float(found[core].mean()))
        tally.precision.append(float(near[found].mean()) if found.any() else 0.0)
        if regions is not None:
            tally.regions_right.append(regions)
    return is_right


def _regions_right(true_ink: NDArray[np.uint8], ink: NDArray[np.uint8]) -> float | None:
    """Return the share of the clean drawing's regions that `ink` has too, None if it has none."""
    clean = find_regions(true_ink, _GAP)
    labels = np.where(true_ink < INK, clean.labels, 0)
    large = np.bincount(labels.ravel(), minlength=clean.count + 1) >= _LEAST_AREA
    labels[~large[labels]] = 0
    if not labels.any():
        return None
    present, packed = np.unique(labels, return_inverse=True)
    if present[0] != 0:
        packed = packed + 1
    return score_regions(packed.reshape(labels.shape).astype(np.int32), find_regions(ink, _GAP).labels).right


def _mean(values: list[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None
