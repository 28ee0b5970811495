"""Makes flats from line art as for a user, with the right colours in place of the model's picture."""

from __future__ import annotations

import numpy as np

from huebrush_backend.evaluation.flat_metrics import Chooser
from huebrush_backend.evaluation.flat_suite import Flats
from huebrush_backend.flats.colors.region_colors import FIXED, RegionColors
from huebrush_backend.flats.layers.paint import color_table, paint
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.imaging.lineart import ink_coverage


def make_flats(lines: np.ndarray, gap: float, choose: Chooser) -> Flats:
    """Find the regions of line art and paint each one, with soft edges, in the colour from `choose`."""
    ink = ink_coverage(lines)
    regions = find_regions(ink, gap)
    chosen = choose(regions.labels)
    count = len(chosen) - 1
    colors = RegionColors(chosen, np.ones(count + 1, np.float32), np.full(count + 1, FIXED, np.uint8), chosen.copy())
    return Flats(regions.labels, paint(regions.labels, color_table(colors), hard_edges=False, ink=ink))
