"""Enlargement of the model's small colour picture to document size along the document's own lines.

The small picture knows which colour goes where; the page's lines say where it ends. Near a line the small picture is a
mixture of both sides and of the line itself. First the line's share is removed from that mixture. Then those pixels get
little weight, and an edge-stopping smoother (`cv2.ximgproc` fast global smoother, guided by the ink) takes their colour
from further inside the same area. Under the ink each side continues to the middle of the line, so no pale seam shows
through anti-aliased or thin strokes.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_INK = 0.06
"""Ink coverage from which a page pixel lies under a line."""
_BARRIER = 8.0
"""Change of ink (0..255) that stops colour: affinity is exp(-change / _BARRIER)."""
_REACH = 1.5
"""Distance over which colour is carried along an area, in pixels of the small picture."""
_TILE = 1024
_ON_LINE_WEIGHT = 0.002
_BESIDE_LINE_WEIGHT = 0.2
_MODEL_BLUR = 0.7
"""Blur of the model's own lines: standard deviation in pixels of the small picture."""
_LEAST_COLOR = 0.35
"""Smallest share of colour in a mixture with a line that is still scaled up to full; a smaller one would become
noise."""


@dataclass(frozen=True)
class _Tile:
    """One tile of the page: `inner` is the part it delivers, `outer` includes the margin it looks at."""

    inner: tuple[slice, slice]
    outer: tuple[slice, slice]

    def crop(self) -> tuple[slice, slice]:
        """Return the position of `inner` within `outer`."""
        rows, columns = (
            slice(inside.start - outside.start, inside.stop - outside.start)
            for inside, outside in zip(self.inner, self.outer, strict=True)
        )
        return rows, columns


def upsample_to_lines(
    picture: NDArray[np.uint8], ink: NDArray[np.float32], workers: int = 2, pixel: float = 1.0
) -> NDArray[np.uint8]:
    """Enlarge `picture` (h,w,3) uint8 sRGB to the size of `ink` (H,W) float32 coverage 0..1; returns (H,W,3) uint8.

    Both show the same field of view. Colours do not blur across lines and reach under the ink to the middle of each
    line. `pixel`: pixels of `picture` in one that the model painted. `workers` threads process the page in tiles, so
    memory beyond the result stays under about 300 MB whatever the page's size.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ValueError(f"the picture must be (h,w,3) uint8 RGB, got {picture.shape} {picture.dtype}")
    if ink.ndim != 2 or 0 in ink.shape:
        raise ValueError(f"ink must be (H,W), got {ink.shape}")
    picture = without_lines(picture, ink, pixel)
    weights = _trust(ink, picture.shape[:2], pixel)
    weighted = np.dstack([picture.astype(np.float32) * weights[..., None], weights])
    scale = pixel * max(1.0, ink.shape[0] / picture.shape[0], ink.shape[1] / picture.shape[1])
    result = np.empty((*ink.shape, 3), np.uint8)

    def work(tile: _Tile) -> None:
        colors = _colors_of_tile(picture, weighted, ink, tile.outer, scale)
        result[tile.inner] = colors[tile.crop()]

    tiles = list(_tiles(ink.shape, margin=int(6 * _REACH * scale) + 8))
    if workers > 1 and len(tiles) > 1:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, tiles))
    else:
        for tile in tiles:
            work(tile)
    return result


def without_lines(picture: NDArray[np.uint8], ink: Array, pixel: float = 1.0) -> NDArray[np.uint8]:
    """Remove the darkening by the model's own lines from the small picture, if the model drew any.

    Least squares between the pixels beside the lines and the colours further off give the strength of the darkening.
    """
    size = picture.shape[1::-1]
    line_share = cv2.GaussianBlur(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), (0, 0), _MODEL_BLUR * pixel)[
        ..., None
    ]
    mixed = picture.astype(np.float32)
    weights = np.maximum(1 - 3 * line_share, 1e-3) ** 2
    around = (
        cv2.GaussianBlur(mixed * weights, (0, 0), 2.0 * pixel)
        / cv2.GaussianBlur(weights, (0, 0), 2.0 * pixel)[..., None]
    )
    beside = ((line_share > 0.05) & (line_share < 0.6))[..., 0]
    expected = (line_share * around)[beside]
    observed = (around - mixed)[beside]
    darkness = float(np.clip((observed * expected).sum() / max(float((expected**2).sum()), 1e-6), 0, 1))
    colors = mixed / np.maximum(1 - darkness * line_share, _LEAST_COLOR)
    return np.rint(np.clip(colors, 0, 255)).astype(np.uint8)


def _trust(ink: Array, shape: tuple[int, int], pixel: float) -> Array:
    """Return the reliability of each pixel of the small picture, (h,w): low on lines and beside them."""
    drawn = cv2.resize((ink > 0.25).astype(np.uint8) * np.uint8(255), shape[::-1], interpolation=cv2.INTER_AREA)
    on_line = (np.asarray(drawn) > 2).astype(np.uint8)
    side = 2 * round(pixel) + 1
    beside = cv2.dilate(on_line, np.ones((side, side), np.uint8))
    weights = np.ones(shape, np.float32)
    weights[beside > 0] = _BESIDE_LINE_WEIGHT
    weights[on_line > 0] = _ON_LINE_WEIGHT
    return weights


def _tiles(shape: tuple[int, ...], margin: int) -> Iterator[_Tile]:
    height, width = shape
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            bottom, right = min(top + _TILE, height), min(left + _TILE, width)
            outer_rows = slice(max(0, top - margin), min(height, bottom + margin))
            outer_columns = slice(max(0, left - margin), min(width, right + margin))
            yield _Tile((slice(top, bottom), slice(left, right)), (outer_rows, outer_columns))


def _enlarge(small: NDArray, area: tuple[slice, slice], shape: tuple[int, ...], method: int) -> NDArray:
    """Return the area `area` of `small` enlarged to `shape`, without enlarging the rest."""
    rows, columns = area
    step_y, step_x = small.shape[0] / shape[0], small.shape[1] / shape[1]
    transform = np.array(
        [
            [step_x, 0, (columns.start + 0.5) * step_x - 0.5],
            [0, step_y, (rows.start + 0.5) * step_y - 0.5],
        ]
    )
    size = (columns.stop - columns.start, rows.stop - rows.start)
    flags = method | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(small, transform, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _colors_of_tile(
    picture: NDArray[np.uint8], weighted: Array, ink: Array, area: tuple[slice, slice], scale: float
) -> NDArray[np.uint8]:
    """Return the finished colours (h,w,3) uint8 of one tile."""
    plain = _enlarge(picture, area, ink.shape, cv2.INTER_CUBIC)
    guide = np.rint(np.clip(ink[area], 0, 1) * 255).astype(np.uint8)
    under_ink = guide > _INK * 255
    if not under_ink.any():
        return plain
    sums = _enlarge(weighted, area, ink.shape, cv2.INTER_LINEAR)
    trust = sums[..., 3].copy()
    sums[under_ink] *= _ON_LINE_WEIGHT
    spread = cv2.ximgproc.fastGlobalSmootherFilter(guide, sums, (_REACH * scale) ** 2, _BARRIER)
    filled = spread[..., :3] / np.maximum(spread[..., 3:], 1e-9)
    trust = trust[..., None]
    colors = np.clip(plain * trust + filled * (1 - trust), 0, 255)
    colors = np.rint(colors).astype(np.uint8)
    _carry_under_ink(colors, under_ink, reach=max(4.0, 2 * scale))
    return colors


def _carry_under_ink(colors: NDArray[np.uint8], under_ink: NDArray[np.bool_], reach: float) -> None:
    """Give pixels under the ink the colour of the nearest free pixel, in place; wide dark areas keep their own."""
    if under_ink.all():
        return
    distance, labels = cv2.distanceTransformWithLabels(
        under_ink.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = labels.ravel().astype(np.intp, copy=False)
    free = np.flatnonzero(~under_ink)
    # Labels number the free pixels from 1, in OpenCV's own order.
    position = np.zeros(free.size + 1, np.int64)
    position[nearest[free]] = free
    moved = np.flatnonzero(under_ink.ravel() & (distance.ravel() <= reach))
    flat = colors.reshape(-1, 3)
    flat[moved] = flat[position[nearest[moved]]]
