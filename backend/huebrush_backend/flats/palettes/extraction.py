"""Palette of a picture: its main colours exactly, including small but distinct ones."""

from __future__ import annotations

import cv2
import numpy as np
from huebrush_protocol.palettes.swatches import PaletteError, Swatch
from huebrush_protocol.texts import Text
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000

from huebrush_backend.flats.palettes.names import color_name
from huebrush_backend.flats.palettes.palette import Palette, make_palette
from huebrush_backend.imaging.color import color_difference, srgb_to_lab
from huebrush_backend.imaging.color_codes import pack_rgb, unpack_rgb
from huebrush_backend.imaging.oklab import srgb_to_oklab

_WORKING_SIZE = 1024
"""Longer side, in pixels, at which pictures are examined. Pixels are skipped, not averaged: a mean is no real colour.
"""
_EVEN = 0.03
"""Largest Oklab distance between neighbouring pixels of one colour; steps of a soft edge are larger."""
_GRID = 0.015
"""Oklab step of the histogram."""
_MERGED = 7.0
"""CIEDE2000 difference up to which two colours become one swatch."""
_LEAST_PIXELS = 6
"""Fewest even pixels of the examined picture that make a swatch."""
_INK_LIGHTNESS = 0.35
"""Oklab lightness below which a colour may belong to the lines."""
_INK_LEVELS = (_INK_LIGHTNESS, 0.26, 0.18, 0.1)
"""Oklab lightness below which lines are looked for, step by step: black outlines around dark brown are lines too."""
_INK_CONTRAST = 0.08
"""Oklab lightness by which lines are darker than what is beside them; grain of a dark area is not."""
_MOST_CANDIDATES = 256


def extract_palette(pictures: list[NDArray[np.uint8]], most: int = 24) -> Palette:
    """Return up to `most` colours of `pictures`, each (H,W,3) or (H,W,4) uint8 sRGB; the largest areas first.

    Only pixels that share their colour with a 2×2 block around them count, so soft edges give no swatch. Transparent
    pixels do not count either. Colours nearer than about 7 CIEDE2000 become one: exactly the commonest of them. If more
    than `most` are left, the colours whose loss shows least are dropped: little area times little difference from the
    colours that stay. So an eye's colour outlives a second shade of the background. A dark colour that is never more
    than a few pixels wide belongs to the lines and is left out. Raises `PaletteError` if no colour is even.
    """
    if most < 1:
        raise ValueError("a palette has at least one colour")
    even = [_even_colors(picture) for picture in pictures]
    rgb, weight = np.concatenate([color for color, _ in even]), np.concatenate([count for _, count in even])
    if not len(rgb):
        raise PaletteError(Text.of("palette.no_even_colors"))
    colors, counts = _merge_colors(rgb, weight)
    keep = _most_missed(colors, counts, most)
    order = keep[np.argsort(-counts[keep], kind="stable")]
    swatches = [Swatch((red, green, blue)) for red, green, blue in colors[order].tolist()]
    return make_palette([Swatch(swatch.rgb, color_name(swatch.rgb)) for swatch in swatches])


def line_pixels(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return (H,W) bool: the dark lines of `picture` (H,W,4) uint8 sRGB, without dark areas and what lies close to
    these. Transparent pixels are no lines."""
    lightness = srgb_to_oklab(np.ascontiguousarray(picture[..., :3]))[..., 0]
    return _thin_lines(lightness, picture[..., 3] > 0)


def _even_colors(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the colours (n,3) that even pixels of a picture have, and the number of pixels of each."""
    step = -(-max(picture.shape[:2]) // _WORKING_SIZE)
    small = np.ascontiguousarray(picture[::step, ::step])
    lab = srgb_to_oklab(small[..., :3])
    even = _in_even_block(lab)
    if small.shape[2] == 4:
        even &= small[..., 3] == 255
    even &= ~_thin_lines(lab[..., 0], even)
    unique, count = np.unique(pack_rgb(small[even]), return_counts=True)
    return unpack_rgb(unique), count.astype(np.float64)


def _in_even_block(lab: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return (h,w) bool: pixels in some 2×2 block of one colour."""
    height, width = lab.shape[:2]
    even = np.zeros((height, width), bool)
    if height < 2 or width < 2:
        return even
    block = np.ones((height - 1, width - 1), bool)
    corner = lab[:-1, :-1]
    for other in (lab[:-1, 1:], lab[1:, :-1], lab[1:, 1:]):
        block &= np.square(other - corner).sum(axis=2) <= _EVEN**2
    for down in (0, 1):
        for right in (0, 1):
            even[down : down + height - 1, right : right + width - 1] |= block
    return even


def _thin_lines(lightness: NDArray[np.float32], counts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (h,w) bool: dark pixels that belong to nothing thicker than lines, of those that `counts` (h,w).

    `lightness`: (h,w), Oklab's. A line on a dark area is found where it is darker than that.
    """
    reach = max(3, round(max(lightness.shape) / 85))
    square = np.ones((reach + 1, reach + 1), np.uint8)
    contrast = cv2.morphologyEx(np.where(counts, lightness, 1).astype(np.float32), cv2.MORPH_BLACKHAT, square)
    lines = np.zeros(lightness.shape, bool)
    for level in _INK_LEVELS:
        dark = counts & (lightness < level)
        core = cv2.erode(dark.astype(np.uint8), square)
        reached = cv2.dilate(core, np.ones((3 * reach, 3 * reach), np.uint8)) > 0
        lines |= dark & ~reached & (contrast > _INK_CONTRAST)
    return lines


def _merge_colors(rgb: NDArray[np.uint8], weight: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Gather colours (n,3) around the commonest ones. Returns those and the number of pixels each stands for."""
    cell = np.rint(srgb_to_oklab(rgb) / _GRID).astype(np.int64)
    _, member = np.unique(cell, axis=0, return_inverse=True)
    member = member.reshape(-1)
    mass = np.bincount(member, weight)
    order = np.lexsort((np.arange(len(weight)), weight))
    peak = np.zeros(len(mass), np.intp)
    peak[member[order]] = order  # the commonest colour of each cell is written last and stays
    by_mass = np.argsort(-mass, kind="stable")
    colors, counts = rgb[peak[by_mass]], mass[by_mass]
    lab = srgb_to_lab(colors)
    chosen: list[int] = []
    total: list[float] = []
    for index in range(len(colors)):
        if chosen:
            distance = deltaE_ciede2000(lab[index : index + 1], lab[chosen])
            nearest = int(distance.argmin())
            if distance[nearest] < _MERGED or len(chosen) == _MOST_CANDIDATES:
                total[nearest] += counts[index]
                continue
        chosen.append(index)
        total.append(float(counts[index]))
    sums = np.array(total)
    enough = sums >= _LEAST_PIXELS
    if not enough.any():
        enough[sums.argmax()] = True
    return colors[chosen][enough], sums[enough]


def _most_missed(colors: NDArray[np.uint8], counts: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Return the indices of the `most` colours (n,3) whose loss would show most."""
    distance = color_difference(colors[:, None], colors[None])
    np.fill_diagonal(distance, np.inf)
    kept = np.ones(len(colors), bool)
    while kept.sum() > most:
        here = np.nonzero(kept)[0]
        nearest = distance[np.ix_(here, here)].min(axis=1) if len(here) > 1 else np.ones(1)
        loss = counts[here] ** 0.25 * nearest
        kept[here[loss.argmin()]] = False
    return np.nonzero(kept)[0]
