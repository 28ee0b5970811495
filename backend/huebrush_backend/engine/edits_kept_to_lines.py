"""Pulls back what edits with a mask spilled over lines, where a mask's own border is a border of colours too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.flats.regions.measure import boxes
from huebrush_backend.flats.spills.keep_to_lines import keep_to_lines
from huebrush_backend.flats.splitting.split_regions import split_by_picture
from huebrush_backend.imaging.brush_masks import Window


def edits_kept_to_lines(
    picture: np.ndarray, regions: Regions, window: Window, masks: Sequence[np.ndarray], ink: np.ndarray
) -> np.ndarray:
    """Return the `picture` (h,w,3) uint8 of a section of the page without what it spilled over lines.

    * `regions`: those of the page by its lines; `window`: the section
    * `masks`: (h,w) uint8, of the section's size, inside which the picture was changed; later ones cover earlier ones
    * `ink`: (h,w) uint8, coverage of the section's lines

    Inside a mask a region has a colour of its own: the old colour beside the mask does not count there.
    """
    labels = regions.labels[window.slices].astype(np.int64)
    edit = np.zeros(labels.shape, np.int64)
    for number, mask in enumerate(masks, start=1):
        edit[mask >= 128] = number
    found, parts = np.unique(labels * (len(masks) + 1) + edit, return_inverse=True)
    parts = (parts.reshape(labels.shape) + 1).astype(np.int32)
    count = len(found)
    areas = np.bincount(parts[ink < 64], minlength=count + 1)
    here = replace(
        regions,
        labels=parts,
        count=count,
        areas=areas,
        boxes=boxes(parts, count),
        gap_closures=(),
        open_gaps=(),
        color_borders=(),
    )
    return keep_to_lines(picture, split_by_picture(here, ink, picture), ink)
