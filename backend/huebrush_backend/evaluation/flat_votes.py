"""Scores colours chosen by vote: how many are right, and how many wrong ones are marked as unsure.

In place of a model's picture, the right flats vote: reduced, blurred, shaded, slightly shifted in tone, and bled over
the lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

from huebrush_backend.evaluation.flat_metrics import right_colors
from huebrush_backend.evaluation.flat_pictures import smooth_noise
from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.region_colors import UNSURE
from huebrush_backend.flats.colors.vote import vote
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.imaging.lineart import ink_coverage
from huebrush_backend.synthesis.flat_pages import FlatPage, flats_of, render_lines

PICTURE_SIZE = 768
"""Longer side of the picture in pixels, about the size of a diffusion model's picture."""
WRONG = 10.0
"""Difference (CIEDE2000) from which a region's colour counts as that of another part."""
_SOFT = 1.2
"""Standard deviation in pixels of the blur over the whole picture."""
_BLEEDING = 4.0
_BLED_SHARE = 0.35
"""Bleeding over the lines: standard deviation of its blur in pixels, and its share of the colour where it occurs."""
_SHADES = 8.0
_TONES = 1.5
"""Largest loss of lightness by shading, and standard deviation of the shift in tone, in CIELAB."""


@dataclass
class VoteTally:
    """Counts over pages: all regions, regions with a wrong colour, regions marked unsure, and regions that are both.

    `differences`: CIEDE2000 between each region's colour and the right one.
    """

    regions: int = 0
    wrong: int = 0
    unsure: int = 0
    wrong_and_unsure: int = 0
    differences: list[float] = field(default_factory=list)

    def add(self, difference: np.ndarray, confidence: np.ndarray) -> None:
        """Add a page's regions, each with its colour's `difference` (n,) and its `confidence` (n,) 0..1."""
        wrong, unsure = difference >= WRONG, confidence < UNSURE
        self.regions += len(difference)
        self.wrong += int(wrong.sum())
        self.unsure += int(unsure.sum())
        self.wrong_and_unsure += int((wrong & unsure).sum())
        self.differences += difference.tolist()

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON: shares 0..1, None where there is nothing to count."""
        return {
            "regions": self.regions,
            "wrong": _share(self.wrong, self.regions),
            "delta_e_median": round(float(np.median(self.differences)), 2) if self.differences else None,
            "delta_e_p95": round(float(np.percentile(self.differences, 95)), 2) if self.differences else None,
            "marked_unsure": _share(self.unsure, self.regions),
            "wrong_that_are_marked": _share(self.wrong_and_unsure, self.wrong),
            "marked_that_are_wrong": _share(self.wrong_and_unsure, self.unsure),
        }


def vote_on(page: FlatPage, truth: np.ndarray, tally: VoteTally) -> None:
    """Let `model_picture` of `page` vote for colours of the regions found in its lines; add the result to `tally`.

    `truth` (H,W) int32: the true label of every pixel; under ink, the label of the nearest region.
    """
    ink = ink_coverage(render_lines(page, "aa"))
    regions = find_regions(ink, page.widest_gap)
    borders = shared_borders(regions.labels, ink)
    colors = vote(model_picture(page), regions.labels, regions.boxes, ink, borders)
    right = right_colors(page.truth, truth, page.colors)(regions.labels)
    difference = np.asarray(deltaE_ciede2000(to_lab(colors.colors[1:]), to_lab(right[1:])))
    tally.add(difference, colors.confidence[1:])


def model_picture(page: FlatPage) -> np.ndarray:
    """Paint a picture (h,w,3) uint8 sRGB of `page` as a model might, PICTURE_SIZE long. It is always the same."""
    rng = np.random.default_rng([page.seed, 93])
    height, width = page.ink.shape
    scale = PICTURE_SIZE / max(height, width)
    size = (round(width * scale), round(height * scale))
    flats = np.where(page.truth[..., None] > 0, flats_of(page), 255).astype(np.uint8)
    small = cv2.resize(flats, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    bled = cv2.GaussianBlur(small, (0, 0), _BLEEDING)
    where = smooth_noise(rng, size, 40) > 0.5
    small = np.where(where[..., None], (1 - _BLED_SHARE) * small + _BLED_SHARE * bled, small)
    lab = rgb2lab(np.clip(small, 0, 255) / 255)
    lab[..., 0] -= _SHADES * np.clip(smooth_noise(rng, size, 25), 0, 1)
    lab += _TONES * np.stack([smooth_noise(rng, size, 120) for _ in range(3)], axis=2)
    lines = cv2.resize(page.ink, size, interpolation=cv2.INTER_AREA)[..., None] / 255
    picture = lab2rgb(lab) * 255 * (1 - lines)
    return np.clip(np.rint(cv2.GaussianBlur(picture, (0, 0), _SOFT)), 0, 255).astype(np.uint8)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
