"""Makes flats from line art as for a user: with the right colours, or with those that a picture votes for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huebrush_backend.evaluation.flat_metrics import Chooser
from huebrush_backend.evaluation.flat_suite import Flats
from huebrush_backend.flats.colors.borders import shared_borders
from huebrush_backend.flats.colors.region_colors import FIXED, RegionColors
from huebrush_backend.flats.colors.vote import vote
from huebrush_backend.flats.layers.paint import color_table, paint
from huebrush_backend.flats.regions.find_regions import Regions, find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.flats.splitting.split_regions import split_by_picture
from huebrush_backend.imaging.lineart import ink_coverage


@dataclass(frozen=True, eq=False)
class PictureFlats:
    """Flats in the colours of a picture.

    * `ink`: (H, W) uint8, coverage of the lines as they were read
    * `by_lines`: regions of the lines alone
    * `regions`: regions of lines and picture together, which were painted
    * `colors`: their colours by vote
    * `pixels`: (H, W, 4) uint8 RGBA, the flats without lines
    """

    ink: np.ndarray
    by_lines: Regions
    regions: Regions
    colors: RegionColors
    pixels: np.ndarray


def make_flats(lines: np.ndarray, gap: float, choose: Chooser) -> Flats:
    """Find the regions of line art and paint each one, with soft edges, in the colour from `choose`."""
    ink = ink_coverage(lines)
    regions = find_regions(ink, gap)
    chosen = choose(regions.labels)
    count = len(chosen) - 1
    colors = RegionColors(chosen, np.ones(count + 1, np.float32), np.full(count + 1, FIXED, np.uint8), chosen.copy())
    return Flats(regions.labels, paint(regions.labels, color_table(colors), hard_edges=False, ink=ink))


def make_picture_flats(lines: np.ndarray, picture: np.ndarray, gap: float | None = None) -> PictureFlats:
    """Make flats of line art (H, W, 4) uint8 RGBA in the colours of a `picture` (h, w, 3) uint8 sRGB of it.

    `gap`: widest gap to close in pixels; None for the automatic width. The steps are those of a user's job
    (`engine.flats`).
    """
    ink = ink_coverage(lines)
    by_lines = find_regions(ink, WidestGap(gap))
    regions = split_by_picture(by_lines, ink, picture)
    borders = shared_borders(regions.labels, ink)
    colors = vote(picture=picture, labels=regions.labels, boxes=regions.boxes, ink=ink, borders=borders)
    pixels = paint(regions.labels, color_table(colors), hard_edges=False, ink=ink)
    return PictureFlats(ink, by_lines, regions, colors, pixels)
