"""The paper under the lines: its even colour, or its local level under uneven light, shadows and black fills.

Paper has an even colour if hardly anything wide on the page has another one. Otherwise its level at each place is a
morphological closing, which removes lines and keeps the hard edge of a shadow where it is. A wide dark area is a black
fill if its edge is sharp and no lines show in it; shadows and dark corners have lines in them, or a soft edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.imaging.color import flatten
from huebrush_backend.imaging.polarity import has_light_lines

Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]

VISIBLE = 16
"""Alpha (0..255) from which a pixel counts as painted."""
_SMALL_SIZE = 512
"""Longer side of the version of the page on which the polarity is judged."""
_OVERVIEW_SIZE = 1024
"""Longer side of the version of the page in which the paper's level is known."""
_SAMPLED_SIZE = 2048
"""Longer side of a page up to which the overview uses every pixel; for longer pages every second, third …"""
_TILES, _TILE_SIDE = 9, 60
"""The page's own pixels are looked at in so many tiles across and down, each with this side in pixels."""

_SMOOTH_RANGE = 40
"""Largest range of grey levels, 0..255, within 5 x 5 pixels of an area that no line crosses."""
_SAME_COLOR = 2
"""Largest difference in each channel, 0..255, of pixels of the same colour."""
_FLAT_SHARE = 0.05
"""Share of the smooth pixels from which one exact colour is a flat one: paper, a fill, a digital grey."""
_EVEN_SHARE = 0.85
"""Share of smooth pixels, without those of other flat colours, that must have the paper's colour if it is even."""
_INK_TONE = 0.45
"""Brightness, as a share of the lightest smooth pixels', below which a flat colour is ink."""

_LINE_SHARE = 1 / 50
"""Side of the closing's element as a share of the longer side: wider than lines are."""
_LEAST_SIDE = 13
"""Least side of that element in pixels: lines of small pictures are wider in relation to them."""
_DARK_LEVELS = (0.18, 0.3, 0.45)
"""Levels, as shares of the page's lit paper, below which a wide area may be a black fill."""
_LIT_QUANTILE = 0.9
_SHARP = 1.6
"""Least ratio of the levels on both sides of an edge, 8 pixels apart in the overview, that is a sharp one."""
_LINE_CONTRAST = 0.3
"""Least darkness, relative to its surroundings, of a line inside a shadow."""
_LEAST_DEPTH = 8
"""Least darkness of such a line in grey levels, 0..255: noise is no line."""
_LINES_INSIDE = 0.012
"""Share of an area that lines must cover to show that it is paper."""
_WIDER = 2.2
"""Side of a second closing as a multiple of the first's, for ink that is wider than usual lines."""
_SPOT_LEVEL = 0.85
"""Ratio of both closings below which there is a spot that may be such ink."""
_INK_LEVEL = 0.7
"""Ratio of the page's brightness to the first closing below which there is ink."""
_INKED_SHARE = 0.25
"""Share of a spot that must be ink: a finger's shadow has less."""
_PAPER_CONTRAST = 0.15
"""Largest difference of paper from its level, relative to it; more is ink."""
_EDGE_RATIO = 1.12
"""Ratio of levels within the reach of the overview's blur from which they are those of two sides of an edge."""


@dataclass(frozen=True)
class Paper:
    """The ground under the lines: `color` is (h,w,3) float 0..1, coarse and smooth, or (1,1,3) if it is even.

    `dark`: the lines are lighter than it. `painted`: it is part of the picture, not a transparent layer's nothing.
    """

    color: Array
    dark: bool
    painted: bool = False


def paper_candidates(pixels: Bytes, light_lines: bool | None = None) -> Iterator[Paper]:
    """Yield the possible papers of (H,W,4) uint8 RGBA line art, likeliest first.

    `light_lines`: whether lines are lighter than the paper, None to find out.
    """
    overview = _overview(pixels, _SMALL_SIZE)
    visible = overview[..., 3] >= VISIBLE
    white = Paper(np.ones((1, 1, 3), np.float32), dark=False)
    black = Paper(np.zeros((1, 1, 3), np.float32), dark=True)
    if visible.mean() > 0.9:
        if light_lines is None:
            light_lines = has_light_lines(_tone(overview), visible)
        yield _painted_paper(pixels, light_lines)
        return
    if light_lines is not None:
        yield black if light_lines else white
        return
    weight = overview[..., 3].astype(np.float32)
    mean_tone = float((_tone(overview) * weight).sum() / max(weight.sum(), 1))
    if mean_tone < 153:
        yield white
        return
    # Light paint on a transparent layer: a filled figure or a cut-out page (thick), or light lines (thin).
    thick = cv2.erode(visible.astype(np.uint8), np.ones((7, 7), np.uint8))
    if thick.sum() > 0.3 * visible.sum():
        yield _painted_paper(pixels, False)
    # Light lines: any tone is ink, so measure against black and let the scale do the rest.
    yield black


def paper_rows(color: Array, rows: slice, height: int, width: int) -> Array:
    """Return some `rows` of the coarse paper colour, enlarged bilinearly to a picture of `height` by `width`."""
    if color.shape[:2] == (1, 1):
        return color
    position = (np.arange(height, dtype=np.float32)[rows] + 0.5) * (color.shape[0] / height) - 0.5
    position = np.clip(position, 0, color.shape[0] - 1)
    above = np.floor(position).astype(int)
    below = np.minimum(above + 1, color.shape[0] - 1)
    share = (position - above)[:, None, None]
    band = color[above] * (1 - share) + color[below] * share
    return cv2.resize(band.astype(np.float32), (width, len(band)), interpolation=cv2.INTER_LINEAR)


def _tone(overview: Bytes) -> Bytes:
    """Return the mean of the colour channels, (h,w) uint8."""
    mean = cv2.transform(np.ascontiguousarray(overview[..., :3]), np.full((1, 3), 1 / 3, np.float32))
    return np.asarray(mean, np.uint8)


def _overview(pixels: Bytes, longer: int) -> Bytes:
    """Return a small version of the picture; colours of transparent pixels do not bleed into it."""
    height, width = pixels.shape[:2]
    scale = min(1.0, longer / max(height, width))
    if scale == 1.0:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    step = max(1, max(height, width) // _SAMPLED_SIZE)
    pixels = np.ascontiguousarray(pixels[::step, ::step])
    if pixels[..., 3].min() == 255:
        return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    alpha = cv2.resize(np.ascontiguousarray(pixels[..., 3]), size, interpolation=cv2.INTER_AREA)
    on_black = cv2.resize(flatten(pixels, (0, 0, 0)), size, interpolation=cv2.INTER_AREA).astype(np.float32)
    color = np.clip(on_black * 255 / np.maximum(alpha[..., None], 1), 0, 255)
    return np.rint(np.dstack([color, alpha])).astype(np.uint8)


def _painted_paper(pixels: Bytes, light_lines: bool) -> Paper:
    """Return the paper of an opaque page, scan or cut-out."""
    even = _even_color(pixels, light_lines)
    if even is not None:
        return Paper(even.reshape(1, 1, 3), light_lines, painted=True)
    overview = _overview(pixels, _OVERVIEW_SIZE)
    visible = overview[..., 3] >= VISIBLE
    color = 255 - overview[..., :3] if light_lines else overview[..., :3]
    level = _local_level(np.ascontiguousarray(color), visible)
    return Paper(1 - level if light_lines else level, light_lines, painted=True)


def _even_color(pixels: Bytes, light_lines: bool) -> Array | None:
    """Return the paper's colour (3,) float 0..1 if it is the same all over the page, None otherwise."""
    colors = _smooth_pixels(pixels)
    if not len(colors):
        return None
    packed = colors.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1])
    found, counts = np.unique(packed, return_counts=True)
    is_flat = counts >= _FLAT_SHARE * len(colors)
    found, counts = found[is_flat], counts[is_flat]
    flat = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    brightness, bright = colors.mean(axis=1), flat.mean(axis=1)
    if light_lines:
        brightness, bright = 255 - brightness, 255 - bright
    may_be_paper = bright >= _INK_TONE * float(np.quantile(brightness, 0.99))
    if not may_be_paper.any():
        return None
    paper = flat[may_be_paper][counts[may_be_paper].argmax()]
    same = np.abs(colors.astype(np.int16) - paper).max(axis=1) <= _SAME_COLOR
    other = np.isin(packed, found) & ~same
    if same.sum() < _EVEN_SHARE * (~other).sum():
        return None
    return (np.median(colors[same], axis=0) / 255).astype(np.float32)


def _smooth_pixels(pixels: Bytes) -> Bytes:
    """Return the colours (n,3) of painted pixels, in tiles all over the page, that no line is near to."""
    height, width = pixels.shape[:2]
    found, all_colors = [], []
    for rows in _tile_slices(height):
        for columns in _tile_slices(width):
            tile = np.ascontiguousarray(pixels[rows, columns])
            tone, kernel = _tone(tile), np.ones((5, 5), np.uint8)
            smooth = cv2.dilate(tone, kernel) - cv2.erode(tone, kernel) <= _SMOOTH_RANGE
            painted = tile[..., 3] >= VISIBLE
            found.append(tile[smooth & painted, :3])
            all_colors.append(tile[painted, :3])
    smooth = np.concatenate(found)
    return smooth if len(smooth) >= 64 else np.concatenate(all_colors)


def _tile_slices(length: int) -> list[slice]:
    if length <= _TILES * _TILE_SIDE:
        return [slice(0, length)]
    starts = np.linspace(0, length - _TILE_SIDE, _TILES).astype(int)
    return [slice(int(start), int(start) + _TILE_SIDE) for start in starts]


def _local_level(color: Bytes, visible: NDArray[np.bool_]) -> Array:
    """Return the paper's colour at each place, (h,w,3) float 0..1; `color` is (h,w,3) uint8 with darker ink."""
    longer = max(color.shape[:2])
    smooth = np.asarray(cv2.GaussianBlur(color, (0, 0), max(0.5, longer / 1024)), np.uint8)
    smooth[~visible] = 0
    side = _odd(max(_LEAST_SIDE, longer * _LINE_SHARE))
    closed = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    closed = np.asarray(cv2.medianBlur(closed, _odd(side / 2)), np.uint8)
    filled = ~visible | _black_fills(_tone(smooth), _tone(closed), side)
    level = _without(closed.astype(np.float32), filled)
    ratio = (smooth.astype(np.float32).sum(axis=2) + 1) / (level.sum(axis=2) + 1)
    is_paper = ~filled & (np.abs(ratio - 1) < _PAPER_CONTRAST)
    # A closing lies on the upper side of the grain.
    bias = float(np.median(ratio[is_paper])) if is_paper.any() else 1.0
    return np.clip(_lower_side_of_edges(level) * (bias / 255), 1 / 255, 1).astype(np.float32)


def _black_fills(tone: Bytes, level: Bytes, side: int) -> NDArray[np.bool_]:
    """Return (h,w) bool: wide dark areas that are ink. `level` is the closing of `tone` by a square of this `side`."""
    lit = float(np.quantile(level, _LIT_QUANTILE))
    near = np.ones((9, 9), np.uint8)
    high, low = cv2.dilate(level, near).astype(np.float32), cv2.erode(level, near).astype(np.float32)
    is_sharp = high > _SHARP * np.maximum(low, 4)
    depth = cv2.subtract(level, tone)
    is_line = (depth > _LINE_CONTRAST * level.astype(np.float32)) & (depth > _LEAST_DEPTH)
    fills = np.zeros(level.shape, bool)
    for share in _DARK_LEVELS:
        dark = ((level < share * lit) & ~fills).astype(np.uint8)
        count, labels = _components(dark)
        areas = np.bincount(labels.ravel(), minlength=count)
        inside = cv2.erode(dark, np.ones((side // 2 + 1,) * 2, np.uint8)) > 0
        edge = (cv2.erode(dark, np.ones((3, 3), np.uint8)) == 0) & (dark > 0)
        cores = np.bincount(labels[inside], minlength=count)
        lines = np.bincount(labels[inside & is_line], minlength=count)
        edges = np.bincount(labels[edge], minlength=count)
        sharp = np.bincount(labels[edge & is_sharp], minlength=count)
        # Hardly any shadow is as dark as the lowest level, and in black each unevenness looks like a line.
        has_lines = (lines > _LINES_INSIDE * cores) & (share > _DARK_LEVELS[0])
        is_fill = (sharp > 0.5 * edges) & ~has_lines & (areas > 0)
        is_fill[0] = False
        fills |= is_fill[labels]
    fills |= _thick_ink(tone, level, side)
    return cv2.dilate(fills.astype(np.uint8), near) > 0


def _thick_ink(tone: Bytes, level: Bytes, side: int) -> NDArray[np.bool_]:
    """Return (h,w) bool: spots of `level` that are dark because ink there is wider than the closing's element."""
    wider = np.ones((_odd(_WIDER * side),) * 2, np.uint8)
    around = cv2.morphologyEx(level, cv2.MORPH_CLOSE, wider).astype(np.float32)
    spots = (level < _SPOT_LEVEL * around).astype(np.uint8)
    count, labels = _components(spots)
    areas = np.bincount(labels.ravel(), minlength=count)
    inked = np.bincount(labels[tone < _INK_LEVEL * level.astype(np.float32)], minlength=count)
    is_ink = inked > _INKED_SHARE * areas
    is_ink[0] = False
    return is_ink[labels]


def _without(level: Array, hidden: NDArray[np.bool_]) -> Array:
    """Return `level` (h,w,3) with the nearest known level where it is `hidden`, blurred there."""
    if not hidden.any() or hidden.all():
        return level
    from scipy.ndimage import distance_transform_edt  # takes long to import, and few pages have such spots

    _, (rows, columns) = distance_transform_edt(hidden, return_indices=True)  # pyright: ignore[reportGeneralTypeIssues]
    filled = level[rows, columns]
    soft = cv2.GaussianBlur(filled, (0, 0), max(level.shape) / 60)
    return np.where(hidden[..., None], soft, filled).astype(np.float32)


def _lower_side_of_edges(level: Array) -> Array:
    """Return `level` with the darker side's level close to a shadow's edge.

    The overview cannot say on which side a pixel of the page lies, and paper brighter than its level is no ink.
    """
    near, wider = np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)
    high, low = cv2.dilate(level, wider).sum(axis=2), cv2.erode(level, wider).sum(axis=2)
    at_edge = high + 1 > _EDGE_RATIO * (low + 1)
    return np.where(at_edge[..., None], cv2.erode(level, near), level).astype(np.float32)


def _components(mask: Bytes) -> tuple[int, NDArray[np.int32]]:
    """Return the number of labels, with 0 for the ground, and the label of each pixel."""
    count, labels = cv2.connectedComponents(mask, connectivity=4)
    return count, np.asarray(labels, np.int32)


def _odd(size: float) -> int:
    return max(3, 2 * int(size / 2) + 1)
