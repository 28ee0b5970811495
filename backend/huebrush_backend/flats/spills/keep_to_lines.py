"""Pulls colour that a model's picture spilled over lines back to what each region has away from its borders.

All is done at the size of the model's picture, before it is enlarged along the lines. Light, shade and soft transitions
stay: only what looks like a neighbour's colour, and hangs together with it, is replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders, shared_borders
from huebrush_backend.flats.colors.vote import MOST_CELLS as MOST_VOTING_CELLS
from huebrush_backend.flats.colors.vote import vote
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.spills.find_spills import find_spills
from huebrush_backend.flats.spills.own_fields import label_guide, own_fields, refined_field, softened, unmixed
from huebrush_backend.flats.spills.patch_shapes import depth_within
from huebrush_backend.flats.spills.suspects import Places
from huebrush_backend.flats.splitting.color_patches import perceived
from huebrush_backend.flats.splitting.draw_parts import WHOLE_PAGE, Window
from huebrush_backend.flats.splitting.split_regions import shown_in
from huebrush_backend.flats.splitting.working_grid import WorkingGrid, working_grid
from huebrush_backend.imaging.oklab import oklab_to_srgb, srgb_to_oklab
from huebrush_backend.imaging.upsampling import without_lines

DOUBLED, MOST_CELLS = 512, 1024
"""Longer side of the result up to which it has up to two pixels for one of the picture, so that slim regions have some
of their own; and that of the grid, in cells, on which spills are looked for in a larger one."""
CORE = 8.0
"""Depth in a region, in pixels of the picture, from which its colour counts in full as its own: a cell of a latent."""
CARRY = 12.0
"""Distance, in pixels of the picture, over which a region's own colour is carried."""
NEARBY = 4.0
"""The same distance within which it counts more for what is replaced."""
AT_BORDER = 1e-3
"""Least trust in the colour of a region's cell, that of one beside its border."""
FADE = 0.7
"""Distance, in pixels of the picture, over which what is replaced passes into what stays, within a region."""
SLIM = 1.2
"""Depth in a region, in pixels of the picture, up to which it is so slim that its main tone may be a mixture of its
neighbours': a blur over two pixels leaves nothing of its own."""


def keep_to_lines(
    picture: NDArray[np.uint8],
    regions: Regions,
    ink: NDArray[np.uint8],
    borders: Borders | None = None,
    windows: Sequence[Window] = (WHOLE_PAGE,),
) -> NDArray[np.uint8]:
    """Return the `picture` of a page without what it spilled over lines, up to twice as large.

    * `picture`: (h,w,3) uint8 sRGB, the model's picture of the page
    * `regions`: the page's regions, parted where the picture has clearly different colours
    * `ink`: (H,W) uint8, coverage of the page's lines
    * `borders`: the borders between the regions, if they are known
    * `windows`: rows and columns of the page that are looked at, one after the other: the pieces of a strip
    """
    if regions.count < 2:
        return picture
    borders = borders or shared_borders(regions.labels, ink)
    bare = without_lines(picture, np.asarray(ink / np.float32(255), np.float32))
    most = max(MOST_VOTING_CELLS, *picture.shape[:2])
    voted = vote(bare, regions.labels, regions.boxes, ink, borders, most_cells=most)
    factor = float(np.clip(DOUBLED / max(picture.shape[:2]), 1, 2))
    size = round(picture.shape[1] * factor), round(picture.shape[0] * factor)
    result = np.asarray(cv2.resize(bare, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    for window in windows:
        part = shown_in(result, window, ink.shape)
        longer = max(part.shape[:2])
        here = replace(regions, labels=regions.labels[window])
        grid = working_grid(here, ink[window], min(longer, MOST_CELLS))
        _pull_back(part, grid, voted.colors, borders, factor * max(grid.shape) / longer)
    return result


def _pull_back(
    picture: NDArray[np.uint8], grid: WorkingGrid, colors: NDArray[np.uint8], borders: Borders, pixel: float
) -> None:
    """Replace what `picture` (h,w,3) uint8 spilled, in place.

    `grid`: of what the picture shows. `colors` (count+1,3) uint8 sRGB: main tones of all regions of the page, between
    which there are `borders`. `pixel`: cells in a pixel that the model painted.
    """
    labels, size = grid.labels, picture.shape[1::-1]
    seen = picture
    if grid.shape != picture.shape[:2]:
        seen = np.asarray(cv2.resize(picture, grid.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    depth, deepest = depth_within(labels, grid.ink < INK), np.zeros(len(colors), np.float32)
    np.maximum.at(deepest, labels.ravel(), depth.ravel())
    colors, mixed = unmixed(colors, borders, deepest <= SLIM * pixel)
    core = np.clip(depth / np.maximum(np.minimum(deepest, CORE * pixel), 1)[labels], 0, 1) ** 2
    trust = np.where((depth > 0) & ~mixed[labels], np.maximum(core, AT_BORDER), 0).astype(np.float32)
    place = Places(labels, grid.ink >= INK, grid.line_width, pixel)
    guide, reach = label_guide(labels), CARRY * pixel
    shades, main = perceived(seen), perceived(colors[None])[0][labels]
    # What lies in a neighbour's colour must not count as the region's own: at first its main tone stands for that.
    share = find_spills(shades, main, place, colors)
    own = own_fields(shades, trust * (share <= 0), guide, main, reach)
    share = np.maximum(find_spills(shades, own, place, colors), mixed[labels])
    if not share.any():
        return
    lab = srgb_to_oklab(seen)
    trust *= share <= 0
    target = own_fields(lab, trust, guide, srgb_to_oklab(colors)[labels], reach)
    target = refined_field(target, lab, trust, guide, NEARBY * pixel)
    share = softened(share, guide, FADE * pixel)
    if seen is not picture:
        lab, share = srgb_to_oklab(picture), cv2.resize(share, size, interpolation=cv2.INTER_LINEAR)
        target = cv2.resize(target, size, interpolation=cv2.INTER_LINEAR)
    changed = share > 0
    moved = lab[changed] + share[changed][:, None] * (target[changed] - lab[changed])
    picture[changed] = oklab_to_srgb(moved)
