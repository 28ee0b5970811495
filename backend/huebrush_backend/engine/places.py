"""The places to check of a job's flats, as plain data for the flats report."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import cv2
import numpy as np

from huebrush_backend.flats.checks.lost_colors import counted_regions
from huebrush_backend.flats.checks.picture_evidence import Evidence, gather_evidence
from huebrush_backend.flats.checks.place import PlaceToCheck
from huebrush_backend.flats.colors.colored_paint import Paint
from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.regions.find_regions import Regions

PAINTED = 0.9
"""Share of a cell that paint of a coloured picture must cover for the cell to say what the page's colour is."""
SPILLED = 0.025
"""Distance that paint of a coloured picture may run over lines, as a share of the page's longer side."""


def picture_evidence(
    picture: np.ndarray,
    paint: Paint | None,
    regions: Regions,
    ink: np.ndarray,
    colors: RegionColors,
    allowed: np.ndarray | None,
    decides: bool,
    minor: np.ndarray | None = None,
) -> Evidence:
    """Return the evidence of the `picture` (h,w,3) about flats in these `colors`.

    `paint`: the coloured picture that it comes from, None for a model's. `allowed`: (n,3) uint8 sRGB, colours of the
    locked palette or of the references that the flats take theirs from, None if all are allowed. `ink`: (H,W) uint8,
    coverage of the page's lines. `decides`: whether flats should be as the picture, and `minor` (n,) bool: which
    of `allowed` only small regions may have, see `Evidence`.
    """
    speaking = None
    if paint is not None:
        height, width = picture.shape[:2]
        share = cv2.resize(paint.painted.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
        speaking = share >= PAINTED
    spilled = 0.0 if paint is None else SPILLED
    return gather_evidence(picture, regions, ink, counted_regions(colors), allowed, speaking, spilled, decides, minor)


def place_data(place: PlaceToCheck) -> dict[str, Any]:
    """Return a place as plain data (docs/protocol.md, "The flats report")."""
    fixes = [
        {**asdict(fix), "text": fix.text.as_data(), "more": [list(points) for points in fix.more]}
        for fix in place.fixes
    ]
    spots = [list(spot) for spot in place.spots]
    visible = round(place.visible, 1)
    return {**asdict(place), "text": place.text.as_data(), "fixes": fixes, "spots": spots, "visible": visible}
