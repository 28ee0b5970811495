"""Finds the colour that a picture spilled over the lines: places of a region in a neighbour's colour.

Each cell of a grid that does not look like its own region is compared with the tones of the regions near it. Where it
is nearer to one of them, or half of a mixture with it, it is suspected. Suspected cells are a spill if they hang
together, over lines, with a region of that tone, do not reach far from it, are not far larger than it, and are no
part that lines surround: paint for which one of these does not hold is the region's own. Around a spill its soft edge
is found.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from huebrush_backend.flats.spills.mixtures import between
from huebrush_backend.flats.spills.patch_shapes import contact_of, depth_within, disc, nearest_of, quantiles, shifted
from huebrush_backend.flats.spills.suspects import (
    APART,
    EDGE,
    LEAST_SOURCE,
    MOST_TONES,
    NEARER,
    REACH,
    Places,
    Suspects,
    mixture,
    suspects_of,
    tones_of,
)
from huebrush_backend.flats.splitting.color_patches import perceived, squares

BEYOND = 0.3
"""Share of a suspected patch beyond `REACH` from which it is the region's own paint."""
BROAD, SLENDER = 4.0, 22.0
"""Depth inside a patch from which it is broad, and greatest sum of that depth and of how far `MOSTLY` of such a patch
reaches from the neighbour, in pixels of the picture: a broad spill lies at the line. What reaches farther is a part."""
MOSTLY = 0.9
"""Share of a patch that tells how far it reaches."""
PURE, LEAST_PURE = 0.1, 30.0
"""Greatest difference from the neighbour's tone of the tenth of a spill that is nearest to it, for one that may be
light or shade, and area in pixels of the picture from which that is asked: of less the blur may leave only mixtures."""
MOST = 0.5
"""Greatest share of a region's paper that one patch of spill covers: what covers more is its own paint."""
LARGER = 2.0
"""Greatest area of a spill, in areas of the region that it comes from."""
SHADE_REACH, SHADE_CONTACT = 9.0, 0.35
"""Farthest that a spill reaches which may be light or shade, in pixels of the picture, and least share of its border
with other regions that is one with the neighbour's tone: shade runs along other borders too."""
BARE = 0.5
"""Greatest share of a spill's border with its tone at which no line lies: on bare paper colours run into each other."""
DRAWN, LEAST_DRAWN = 0.5, 4.0
"""Share of a patch's border within its region that runs along lines from which the patch is a drawn part, and length of
the border in pixels of the picture up to which it says nothing."""
WIDE = 1.0
"""Half the width, in widths of the lines, from which ink is filled rather than a line."""
SOFT, FAINT = 3.0, 10.0
"""Width of a spill's soft edge in pixels of the picture, and how far from it the neighbour's colour may fade out."""
FADING, RIM = 0.2, 0.7
"""Farthest aside, in lengths of the line from own to spill, of a colour around a spill that fades out from it, and the
share of a patch from which such colours make it the spill's rim, whatever else it looks like."""
SEAM = 4.0
"""Width in pixels of the picture up to which odd colours around a spill are a seam: blurred colours meet there."""
CROSSING = 1.5
"""Pixels of the picture beside a line over which a spill may be too faint to be suspected."""


def find_spills(
    picture: NDArray[np.float32],
    own: NDArray[np.float32],
    place: Places,
    colors: NDArray[np.uint8],
) -> NDArray[np.float32]:
    """Return the share (h,w) 0..1 of each cell that is to be replaced by its region's own colour.

    * `picture`, `own`: (h,w,3) as `perceived` returns it: what is painted, and the field of each cell's region
    * `place`: the cells' regions and lines
    * `colors`: (count+1,3) uint8 sRGB, main tones of the regions
    """
    labels = place.labels
    areas = np.bincount(labels.ravel(), minlength=len(colors))
    tones = tones_of(areas, colors, LEAST_SOURCE * place.pixel**2)
    main = perceived(colors[None])[0]
    suspects = suspects_of(picture, own, place, tones, main)
    share, settled = np.zeros(labels.shape, np.float32), np.zeros(labels.shape, bool)
    for least in NEARER:
        # Drawn parts, light and shade stay the region's own, though a blur at a line makes them like the neighbour.
        some = suspects.where((suspects.share > least) & ~settled.ravel()[suspects.cell])
        spilled, in_spill, own_paint = _spilled(some, place, tones, areas)
        if spilled.any():
            more = _replaced(some, spilled, in_spill, picture, own, place, main)
            share = np.maximum(share, np.where(settled, 0, more))
        settled.ravel()[some.cell[own_paint]] = True
    return share


def _replaced(
    suspects: Suspects,
    spilled: NDArray[np.bool_],
    in_spill: NDArray[np.bool_],
    picture: NDArray[np.float32],
    own: NDArray[np.float32],
    place: Places,
    main: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return the share (h,w) 0..1 of each cell that is replaced.

    * `spilled`, `in_spill`: (n,) bool, which of the `suspects` are a spill, and which belong to a patch with such cells
    * `picture`, `own`, `place`: as for `find_spills`
    * `main`: (count+1,3) main colours of the regions, in the same space
    """
    labels = place.labels
    seeds = np.zeros(labels.shape, bool)
    seeds.ravel()[suspects.cell[spilled]] = True
    source = np.zeros(labels.shape, np.int32)
    source.ravel()[suspects.cell[spilled]] = suspects.source[spilled]
    share, fading = _with_edges(seeds, source, picture, own, place, main)
    # The region's own paint stays, right up to a spill. A seam around a spill is not paint, whatever it looks like, and
    # neither is what fades out from it.
    painted = np.zeros(labels.shape, np.int32)
    painted.ravel()[suspects.cell[~in_spill]] = labels.ravel()[suspects.cell[~in_spill]]
    from skimage.measure import label  # takes long to import, and only pictures of a model spill

    patches = np.asarray(label(painted, connectivity=1, background=0))
    is_rim = np.bincount(patches.ravel(), weights=fading.ravel()) > RIM * np.bincount(patches.ravel())
    own_paint = ((painted > 0) & ~is_rim[patches]).view(np.uint8)
    share[cv2.morphologyEx(own_paint, cv2.MORPH_OPEN, disc(SEAM / 2 * place.pixel)) > 0] = 0
    return share


def _spilled(
    suspects: Suspects, place: Places, tones: NDArray[np.intp], areas: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (n,) bool: which of the suspected cells are a spill, which belong to a patch with such cells, and which
    surely do not: what lines surround, and what may be light or shade and has not the shape of a spill.

    `areas` (count+1,): cells of each region.
    """
    reach = REACH * place.pixel
    shape, cell = place.labels.shape, suspects.cell
    # A patch has one region and one tone.
    kind = np.zeros(shape, np.int32)
    kind.ravel()[cell] = place.labels.ravel()[cell] * np.int32(MOST_TONES) + suspects.tone.astype(np.int32) + 1
    from skimage.measure import label

    patches = np.asarray(label(kind, connectivity=1, background=0), np.int32)
    patch = patches.ravel()[cell]
    count = int(patches.max()) + 1
    area = np.bincount(patch, minlength=count)
    shade = 2 * np.bincount(patch, weights=suspects.shade, minlength=count) > area
    limit = np.where(shade, SHADE_REACH * place.pixel, reach)
    far = np.bincount(patch, weights=suspects.away > limit[patch], minlength=count)
    largest = np.zeros(count, np.int64)
    np.maximum.at(largest, patch, areas[suspects.source])
    outlined = _outlined(patches, count, place)
    fits = (far <= BEYOND * area) & (area <= np.where(shade, 1, LARGER) * largest) & ~outlined
    region = np.zeros(count, np.intp)
    region[patch] = place.labels.ravel()[cell]
    paper = np.bincount(place.labels[~place.inked], minlength=len(areas))
    fits &= (area <= MOST * paper[region]) & ~_broad_or_impure(suspects, patches, shade, place)
    own_paint = outlined | (shade & ~fits)
    fits[0] = False
    seen_tone = tones[place.labels]
    seen_tone.ravel()[cell] = np.where(fits[patch], suspects.tone, -2)
    carried = _carried_under_lines(patches, place)
    hidden = (carried > 0) & (patches == 0)
    beside = seen_tone.copy()
    kind_of = np.zeros(count, np.intp)
    kind_of[patch] = suspects.tone
    beside[hidden] = np.where(fits[carried[hidden]], kind_of[carried[hidden]], -2)
    contact, bare = contact_of(carried, beside, count, place.labels, place.inked)
    fits &= (~shade | (contact >= SHADE_CONTACT)) & (bare <= BARE)
    found = _reached(patches, seen_tone, fits, place)[patch]
    return found & (suspects.away <= reach), found, own_paint[patch]


def _broad_or_impure(
    suspects: Suspects, patches: NDArray[np.int32], shade: NDArray[np.bool_], place: Places
) -> NDArray[np.bool_]:
    """Return (count,) bool: patches that are both broad and far from the neighbour, and those that may be `shade`
    (count,) and are nowhere in the neighbour's tone."""
    patch = patches.ravel()[suspects.cell]
    area = np.bincount(patch, minlength=int(patches.max()) + 1)
    depth = np.zeros(len(area), np.float32)
    np.maximum.at(depth, patch, depth_within(patches, patches > 0).ravel()[suspects.cell])
    reach = quantiles(suspects.away, patch, area, MOSTLY)
    purest = quantiles(suspects.apart, patch, area, 1 - MOSTLY)
    pixel = place.pixel
    far = (depth > BROAD * pixel) & (reach + depth > SLENDER * pixel)
    return far | (shade & (area > LEAST_PURE * pixel * pixel) & (purest > PURE))


def _carried_under_lines(patches: NDArray[np.int32], place: Places) -> NDArray[np.int32]:
    """Return `patches` (h,w) continued within their regions under the lines beside them, where paint is not seen."""
    away, nearest = nearest_of(patches > 0)
    across = place.line + CROSSING * place.pixel
    hidden = (patches == 0) & (away <= across) & (place.labels.ravel()[nearest] == place.labels)
    hidden &= np.asarray(cv2.dilate(place.inked.view(np.uint8), disc(CROSSING * place.pixel)), bool)
    return np.where(hidden, patches.ravel()[nearest], patches)


def _reached(
    patches: NDArray[np.int32], tone: NDArray[np.intp], fits: NDArray[np.bool_], place: Places
) -> NDArray[np.bool_]:
    """Return (count,) bool: patches that fit and meet a region of their tone, over a line or over further patches.

    `tone` (h,w): that of each cell's region, or of its patch.
    """
    across = place.line / 2 + CROSSING * place.pixel
    touching = np.zeros(len(fits), bool)
    links = []
    for radius in {max(1, round(across / 2)), max(1, round(across))}:
        diagonal = max(1, round(radius * 0.7))
        for down, right in ((0, radius), (radius, 0), (diagonal, diagonal), (diagonal, -diagonal)):
            here, there = shifted(down, right)
            same = (tone[here] == tone[there]) & (place.labels[here] != place.labels[there])
            one, other = patches[here][same], patches[there][same]
            touching[one[other == 0]] = True
            touching[other[one == 0]] = True
            both = (one > 0) & (other > 0)
            links.append(np.unique(one[both].astype(np.int64) * len(fits) + other[both]))
    pairs = np.unique(np.concatenate(links))
    graph = coo_matrix((np.ones(len(pairs)), np.divmod(pairs, len(fits))), shape=(len(fits), len(fits)))
    _, group = connected_components(graph, directed=False)
    reached = np.zeros(len(fits), bool)
    reached[group[touching & fits]] = True
    return reached[group] & fits


def _outlined(patches: NDArray[np.int32], count: int, place: Places) -> NDArray[np.bool_]:
    """Return (count,) bool: patches whose border within their own region runs along lines, so that they are drawn."""
    edge, border = np.zeros(patches.shape, bool), np.zeros(patches.shape, bool)
    for down, right in ((0, 1), (1, 0)):
        for here, there in (shifted(down, right), shifted(down, right)[::-1]):
            same = place.labels[here] == place.labels[there]
            edge[here] |= (patches[here] > 0) & (patches[here] != patches[there]) & same
            border[here] |= ~same
    # A line belongs to the region's outline in all its width, and what is wider than a line encloses nothing.
    inked = place.inked.view(np.uint8)
    away, nearest = nearest_of(border)
    thick = np.asarray(cv2.distanceTransform(inked, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
    outline = away <= np.maximum(place.line / 2, thick.ravel()[nearest]) + place.pixel
    edge &= ~outline
    blots = cv2.morphologyEx(inked, cv2.MORPH_OPEN, disc(WIDE * place.line))
    drawn = place.inked & ~outline & (blots == 0)
    near = np.asarray(cv2.dilate(drawn.view(np.uint8), disc(1.5 * place.pixel)), bool)
    length = np.bincount(patches[edge], minlength=count)
    along = np.bincount(patches[edge & near], minlength=count)
    return (length > LEAST_DRAWN * place.pixel) & (along > DRAWN * length)


def _with_edges(
    seeds: NDArray[np.bool_],
    source: NDArray[np.int32],
    picture: NDArray[np.float32],
    own: NDArray[np.float32],
    place: Places,
    main: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the share (h,w) 0..1 of each cell that is replaced: 1 in the spills `seeds` (h,w), less at their edges.

    Also returns (h,w) bool: cells around them that are a true mixture of their region's own colour and the spill's.

    `source` (h,w): region from which each of them comes.
    """
    away, nearest = nearest_of(seeds)
    same = place.labels.ravel()[nearest] == place.labels
    cell = np.flatnonzero(same & ~seeds & (away <= FAINT * place.pixel))
    tone = main[source.ravel()[nearest.ravel()[cell]]]
    seen, field = picture.reshape(-1, 3)[cell], own.reshape(-1, 3)[cell]
    # Beside a spill every odd colour is its edge, however it is mixed; farther off only what fades out from it.
    odd = np.sqrt(squares(seen - field) / np.maximum(squares(tone - field), APART**2))
    trace = np.where(away.ravel()[cell] <= SOFT * place.pixel, odd, mixture(seen, field, tone))
    share = seeds.astype(np.float32)
    share.ravel()[cell] = np.clip((trace - EDGE[0]) / (EDGE[1] - EDGE[0]), 0, 1)
    along, aside, square = between(seen, field, tone)
    fading = np.zeros(seeds.shape, bool)
    fading.ravel()[cell] = (square > APART**2) & (aside <= FADING**2 * square) & (along > EDGE[0])
    return share, fading
