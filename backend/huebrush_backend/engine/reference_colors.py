"""Lets the regions of a page take their colours from the references of a request, and reports where from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from huebrush_protocol.regions import FROM_REFERENCE
from huebrush_protocol.texts import Text

from huebrush_backend.engine.picture_cache import ModelPicture
from huebrush_backend.engine.references import counted_part, padded, reference_picture, spot_as_sent, without_margins
from huebrush_backend.engine.request import ColorizeRequest, Reference
from huebrush_backend.flats.checks.color_sources import SourceColor, color_sources
from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.cell_grid import cell_grid
from huebrush_backend.flats.colors.reference_looks import looks_of_regions
from huebrush_backend.flats.colors.reference_palette import ReferencePalette, reference_palette
from huebrush_backend.flats.colors.reference_vote import ReferenceVote, vote_from_reference
from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.colors.vote import grid_size
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.imaging.color import with_alpha
from huebrush_backend.imaging.color_codes import hex_color

MOST_CELLS = 1024
"""Longer side of the grid on which regions are compared with what the model looked at."""
CELLS_OF_LOOK = 8
"""Cells of that grid, a side, for each place that looked somewhere, at least: a strip's grid is longer."""
MOSTLY = 0.5
"""Part of a region's attention from which it counts as attention to the references, not to a background picture."""


@dataclass(frozen=True, eq=False)
class ReferenceColors:
    """Colours of regions from references: the `vote`, the `palette` that it chose from, and `notes` for the recipe.

    `looks`: (count+1,m) shares in which the regions looked at the palette's places, None if that is not known.
    """

    vote: ReferenceVote
    palette: ReferencePalette
    looks: np.ndarray | None
    notes: tuple[Text, ...]


def palette_of(request: ColorizeRequest, trims_margins: bool = False) -> ReferencePalette:
    """Return the main colours of the references as the model sees them, without what does not count in them.

    `trims_margins`: whether the model gets references without margins of one colour. The palette's spots are those of
    the references as they were sent.
    """
    padding = request.parameters.reference_padding
    shown = [without_margins(item) if trims_margins else item for item in request.references]
    palette = reference_palette([_counted(item, padding) for item in shown])
    spots = [
        spot_as_sent(shown[number], padding, *map(float, spot))
        for number, spot in zip(palette.reference[palette.color_of], palette.spots, strict=True)
    ]
    return replace(palette, spots=np.array(spots).reshape(-1, 2))


def colors_from_references(
    request: ColorizeRequest,
    painted: ModelPicture,
    voted: RegionColors,
    regions: Regions,
    ink: np.ndarray,
    borders: Borders,
) -> ReferenceColors | None:
    """Return the colours of the regions from the references of `request`; None if they stay as the model painted them.

    `voted`: colours by the vote of `painted`. `ink` (H,W) uint8: coverage of the lines. An edit by text of the whole
    page changes what the model sees, so its picture counts then; and where it looked at a background picture.
    """
    parameters = request.parameters
    is_edited = any(edit.strength > 0 and not edit.is_brushed for edit in parameters.edits)
    if parameters.regions.colors_from != FROM_REFERENCE or not request.references or is_edited:
        return None
    has_background = parameters.enhancement.background and request.background is not None
    if painted.looks is None and has_background:
        return None
    palette = palette_of(request) if painted.looks is None else painted.looks.palette
    if not len(palette):
        return None
    looks = kept = None
    if painted.looks is not None and painted.picture is not None:
        most_cells = max(MOST_CELLS, CELLS_OF_LOOK * max(painted.looks.weights.shape[:2]))
        rows, columns = grid_size(painted.picture.shape[:2], regions.labels.shape, most_cells)
        looks, seen = looks_of_regions(
            painted.looks.weights, cell_grid(regions.labels, ink, rows, columns), regions.count
        )
        kept = seen < MOSTLY if has_background else None
    notes = () if looks is not None else (Text.of("note.nearest_colors"),)
    at_colors = None if looks is None else palette.by_color(looks)
    vote = vote_from_reference(voted, palette, borders, regions.areas, at_colors, kept)
    return ReferenceColors(vote, palette, looks, notes)


def sources_report(
    taken: ReferenceColors | None,
    colors: RegionColors,
    regions: Regions,
    swatches: np.ndarray | None,
) -> tuple[list[dict[str, Any]], int]:
    """Return the entries of a flats report (docs/protocol.md) that say where the regions' `colors` come from.

    Also returns how many more there are than a report lists.

    `swatches`: (n,3) uint8 sRGB of a locked palette, None without one.
    """
    if taken is None:
        return [], 0
    found, more = color_sources(taken.vote, colors, regions, taken.palette, taken.looks, swatches)

    def data(color: SourceColor) -> dict[str, Any]:
        return {
            "color": hex_color(color.color),
            "reference": color.reference,
            "reference_color": hex_color(color.reference_color),
            "x": round(color.x, 4),
            "y": round(color.y, 4),
        }

    rows = [
        {
            **data(part.source),
            "share": round(part.share, 6),
            "regions": part.regions,
            "points": [list(point) for point in part.points],
            "alternatives": [data(other) for other in part.alternatives],
        }
        for part in found
    ]
    return rows, more


def _counted(item: Reference, padding: float) -> np.ndarray:
    """Return a reference as the model sees it, (h,w,4) uint8, transparent where it does not count."""
    counts = counted_part(item).astype(np.uint8) * np.uint8(255)
    return with_alpha(reference_picture(item, padding), padded(counts, padding, 0))
