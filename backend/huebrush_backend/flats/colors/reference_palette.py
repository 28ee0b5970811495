"""The main colours of the references, and where in them each one is: what flats may take their colours from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from huebrush_protocol.palettes.swatches import PaletteError
from numpy.typing import NDArray
from scipy.spatial import KDTree

from huebrush_backend.flats.palettes.extraction import extract_palette, line_pixels
from huebrush_backend.flats.regions.measure import deepest_point
from huebrush_backend.imaging.color import color_difference, srgb_to_lab
from huebrush_backend.imaging.color_codes import pack_rgb, unpack_rgb
from huebrush_backend.imaging.oklab import srgb_to_oklab

LONGEST = 512
"""Longer side, in pixels, at which references are looked at. Pixels are skipped, not averaged: a mean is no colour of
the reference."""
MOST_COLORS = 32
"""Most colours of one reference."""
LEAST_SHARE = 0.002
"""Smallest share of a reference, 0..1, that one of its colours covers, with all that is nearer to it than to others."""
MAIN_SHARE = 0.005
"""Share of a reference, 0..1, from which a colour is a main one, counted by the pixels that are `ALIKE`."""
ALIKE = 4.0
"""CIE76 difference between pixels of one colour."""
OF_MAIN = 12.0
"""CIEDE2000 difference up to which a colour passes for a shade of a main one."""
BELONGS = 0.12
"""Oklab distance up to which a pixel belongs to the colour nearest to it; others are soft edges and lines."""
MOST_PLACES = 4
"""Most places of one colour that are told apart: white hair and a white shirt."""
LEAST_PLACE = 0.15
"""Smallest size of such a place, as a share of the colour's largest one."""


@dataclass(frozen=True, eq=False)
class ReferencePalette:
    """Main colours of all references, those of the first reference first, each reference's largest first.

    * `colors`: (n,3) uint8 sRGB, each exactly the colour of some of the reference's pixels
    * `reference`: (n,) number of the reference, from 0
    * `shares`: (n,) float64, share 0..1 of its reference, without lines, that each colour covers
    * `is_main`: (n,) bool, colours that cover much of a reference, or are shades of such
    * `color_of`: (m,) the colour of each place; a place is a connected area of one colour, each colour's largest first
    * `spots`: (m,2) float64, x and y well inside each place, in shares of the reference's width and height
    * `maps`: for each reference (h,w) int16: the place of each pixel, -1 for none
    """

    colors: NDArray[np.uint8]
    reference: NDArray[np.intp]
    shares: NDArray[np.float64]
    is_main: NDArray[np.bool_]
    color_of: NDArray[np.intp]
    spots: NDArray[np.float64]
    maps: tuple[NDArray[np.int16], ...]

    def __len__(self) -> int:
        """Number of colours."""
        return len(self.colors)

    def by_color(self, looks: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the sums (…,n) for each colour of values (…,m) for each place."""
        return looks @ (self.color_of[:, None] == np.arange(len(self))).astype(np.float32)


def reference_palette(pictures: Sequence[NDArray[np.uint8]]) -> ReferencePalette:
    """Return the main colours of `pictures`, each (h,w,4) uint8 sRGB, whose transparent pixels do not count.

    A picture in which no colour is even has none.
    """
    colors, reference, shares, main, owners, spots, maps = [], [], [], [], [], [], []
    for number, picture in enumerate(pictures):
        step = -(-max(picture.shape[:2]) // LONGEST)
        small = np.ascontiguousarray(picture[::step, ::step])
        distinct, pixel_color = _distinct(small)
        found, member = _main_colors(small, distinct, pixel_color)
        place, owner = _places(member, len(found))
        spots.append(np.array([_spot(place == each) for each in range(len(owner))]).reshape(-1, 2))
        maps.append(np.where(place >= 0, place + sum(map(len, owners)), -1).astype(np.int16))
        owners.append(owner + sum(map(len, colors)))
        colors.append(found)
        reference.append(np.full(len(found), number, np.intp))
        seen = max(1, int((pixel_color >= 0).sum()))
        shares.append(np.bincount(member[member >= 0], minlength=len(found)) / seen)
        main.append(_is_main(distinct, pixel_color, found))
    return ReferencePalette(
        np.concatenate(colors) if colors else np.zeros((0, 3), np.uint8),
        np.concatenate(reference) if reference else np.zeros(0, np.intp),
        np.concatenate(shares) if shares else np.zeros(0),
        np.concatenate(main) if main else np.zeros(0, bool),
        np.concatenate(owners) if owners else np.zeros(0, np.intp),
        np.concatenate(spots) if spots else np.zeros((0, 2)),
        tuple(maps),
    )


def _distinct(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return the different colours (k,3) of the pixels of a picture (h,w,4) that count, and the number of each pixel's
    colour (h,w), -1 for a transparent pixel and for one of a line.

    Outlines cover much of a drawing: counted, they would make the black of a small pupil a main colour.
    """
    counts = (picture[..., 3] > 0) & ~line_pixels(picture)
    codes, number = np.unique(pack_rgb(picture[counts][:, :3]), return_inverse=True)
    numbers = np.full(counts.shape, -1, np.intp)
    numbers[counts] = number
    return unpack_rgb(codes), numbers


def _main_colors(
    picture: NDArray[np.uint8], distinct: NDArray[np.uint8], number: NDArray[np.intp]
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return the main colours (n,3) of a picture (h,w,4), and the number of each pixel's colour (h,w), -1 for none.

    `distinct`, `number`: as `_distinct` returns them.
    """
    opaque = picture.copy()
    opaque[number >= 0, 3] = 255
    try:
        colors = extract_palette([opaque], MOST_COLORS).colors
    except PaletteError:
        return np.zeros((0, 3), np.uint8), np.full(number.shape, -1, np.intp)
    member = _nearest(distinct, colors, number)
    share = np.bincount(member[member >= 0], minlength=len(colors)) / max(1, int((number >= 0).sum()))
    kept = share >= min(LEAST_SHARE, float(share.max()))
    return (colors, member) if kept.all() else (colors[kept], _nearest(distinct, colors[kept], number))


def _nearest(distinct: NDArray[np.uint8], colors: NDArray[np.uint8], number: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return (h,w): the nearest of `colors` (n,3) to each pixel, -1 where none is near. `distinct`, `number`: as
    `_distinct` returns them."""
    tree = KDTree(srgb_to_oklab(colors))
    _, nearest = tree.query(srgb_to_oklab(distinct), distance_upper_bound=BELONGS)
    nearest = np.append(np.where(nearest < len(colors), nearest, -1), -1)  # the last one is for transparent pixels
    return nearest[number]


def _places(member: NDArray[np.intp], count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return (h,w) the place of each pixel, -1 for none, and (m,) the colour of each place.

    `member` (h,w): the pixels' colours, 0..`count`-1. Areas too small for a place of their own count to the largest.
    """
    place, owner = np.full(member.shape, -1, np.intp), []
    for color in range(count):
        pieces, found, stats, _ = cv2.connectedComponentsWithStats((member == color).view(np.uint8), connectivity=8)
        sizes = stats[1:, cv2.CC_STAT_AREA]
        order = np.argsort(-sizes, kind="stable")[:MOST_PLACES]
        kept = order[sizes[order] >= LEAST_PLACE * sizes[order[0]]]
        number = np.full(pieces, len(owner), np.intp)
        number[kept + 1] = len(owner) + np.arange(len(kept))
        number[0] = -1
        place = np.where(found > 0, number[found], place)
        owner += [color] * len(kept)
    return place, np.array(owner, np.intp)


def _is_main(distinct: NDArray[np.uint8], number: NDArray[np.intp], colors: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return (n,): which of `colors` (n,3) cover much of a picture, or are shades of one that does. `distinct`,
    `number`: as `_distinct` returns them."""
    if not len(colors):
        return np.zeros(0, bool)
    share = np.bincount(number[number >= 0], minlength=len(distinct)) / max(1, int((number >= 0).sum()))
    tree = KDTree(srgb_to_lab(distinct))
    covered = np.array([share[near].sum() for near in tree.query_ball_point(srgb_to_lab(colors), ALIKE)])
    main = covered >= min(MAIN_SHARE, covered.max())
    return color_difference(colors[:, None], colors[main][None]).min(axis=1) <= OF_MAIN


def _spot(inside: NDArray[np.bool_]) -> tuple[float, float]:
    """Return x and y, in shares of the picture's size, of the place of `inside` (h,w) furthest from all else."""
    column, row, _ = deepest_point(inside)
    return (column + 0.5) / inside.shape[1], (row + 0.5) / inside.shape[0]
