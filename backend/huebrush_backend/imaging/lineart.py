"""Ink coverage of any line art: 0 on paper, 1 on full ink.

Line art comes as black lines on white or on a transparent layer, as coloured or grey lines, as light lines on a dark
ground, or as a scan of yellowed, unevenly lit paper. One rule covers all: ink differs from the paper on the ink's side
(darker than light paper, lighter than dark paper). The difference is measured from the paper's local colour and scaled
so that the strongest lines are 1. Clean digital line art keeps its anti-aliased coverage exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.imaging.color import flatten

Array = NDArray[np.float32]

MINIMUM_CONTRAST = 0.04
"""Smallest difference between ink and paper (0..1 of the full range) that counts as a drawing."""

_OVERVIEW_SIZE = 512
_SAMPLED_SIZE = 2048
"""Longer side of a page up to which the overview uses every pixel; for longer pages every second, third …"""
_SAMPLE_PIXELS = 1_500_000
_BAND_ROWS = 64
"""Rows processed at once: few, because memory taken in large pieces is not given back."""
_VISIBLE = 16
"""Alpha (0..255) from which a pixel counts as painted."""


class LineArtError(ValueError):
    """A picture without lines to colorize; the message says why and what to do."""


@dataclass(frozen=True)
class _Paper:
    """The ground under the lines: `color` is (h,w,3) float 0..1, coarse and smooth, or (1,1,3) if it is even."""

    color: Array
    dark: bool
    painted: bool = False


@dataclass(frozen=True, eq=False)
class LineArt:
    """Line art separated from its ground.

    * `ink`: (H,W) float32 coverage, 0 = paper and 1 = full ink
    * `lines`: (H,W,4) uint8 RGBA straight alpha, the lines in their own colours with the paper removed
    * `paper_is_painted`: False for lines on a transparent layer
    * `paper_is_dark`: True for light lines on a dark ground
    """

    ink: NDArray[np.float32]
    lines: NDArray[np.uint8]
    paper_is_painted: bool
    paper_is_dark: bool


def separate_lines(pixels: NDArray[np.uint8]) -> LineArt:
    """Separate lines from paper in (H,W,4) uint8 RGBA line art. Raises the errors of `normalize_line_art`."""
    paper, floor, full = _find_paper(pixels)
    ink = _coverage(pixels, paper, floor, full)
    lines = _without_paper(pixels, paper, ink) if paper.painted else pixels
    return LineArt(ink, lines, paper.painted, paper.dark)


def normalize_line_art(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return ink coverage (H,W) float32, 0 = paper and 1 = full ink, of a line drawing.

    `pixels` is (H,W,4) uint8 RGBA, sRGB with straight alpha. Transparent pixels are paper. The work is done in bands,
    so memory stays near the size of input plus output. Raises `LineArtError` when nothing is drawn and `ValueError` for
    a wrong array.
    """
    return _coverage(pixels, *_find_paper(pixels))


def ink_coverage(pixels: NDArray[np.uint8], workers: int = 2) -> NDArray[np.uint8]:
    """Return ink coverage (H,W) uint8, 0 = paper and 255 = full ink, of (H,W,4) uint8 RGBA line art.

    It equals `normalize_line_art` in whole steps of 1/255, but needs a quarter of its memory and uses `workers`
    threads. Raises the errors of `normalize_line_art`.
    """
    paper, floor, full = _find_paper(pixels)
    height, width = pixels.shape[:2]
    ink = np.empty((height, width), np.uint8)

    def work(top: int) -> None:
        band = _difference(pixels, paper, slice(top, top + _BAND_ROWS))
        scale = 255 / (full - floor)
        # rounds and saturates, so values beyond the range need no clipping
        cv2.convertScaleAbs(np.maximum(band - floor, 0, out=band), ink[top : top + _BAND_ROWS], scale)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(0, height, _BAND_ROWS)))
    return ink


def _find_paper(pixels: NDArray[np.uint8]) -> tuple[_Paper, float, float]:
    """Find the paper, and the differences from it that stand for no ink and for full ink."""
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8:
        raise ValueError(f"line art must be (H,W,4) uint8 RGBA, got {pixels.shape} {pixels.dtype}")
    if 0 in pixels.shape:
        raise LineArtError(Text.of("line_art.no_pixels"))
    if pixels[..., 3].max() < _VISIBLE:
        raise LineArtError(Text.of("line_art.transparent"))
    for paper in _paper_candidates(pixels):
        floor, full = _ink_range(pixels, paper)
        if full - floor >= MINIMUM_CONTRAST:
            return paper, floor, full
    raise LineArtError(Text.of("line_art.one_color"))


def _paper_candidates(pixels: NDArray[np.uint8]) -> Iterator[_Paper]:
    """Yield the possible papers, likeliest first."""
    overview = _overview(pixels)
    visible = overview[..., 3] >= _VISIBLE
    white = _Paper(np.ones((1, 1, 3), np.float32), dark=False)
    black = _Paper(np.zeros((1, 1, 3), np.float32), dark=True)
    if visible.mean() > 0.9:
        yield _painted_paper(overview, visible)
        return
    tone = overview[..., :3].mean(axis=2)
    weight = overview[..., 3].astype(np.float32)
    mean_tone = float((tone * weight).sum() / max(weight.sum(), 1))
    if mean_tone < 153:
        yield white
        return
    # Light paint on a transparent layer: a filled figure or a cut-out page (thick), or light lines (thin).
    thick = cv2.erode(visible.astype(np.uint8), np.ones((7, 7), np.uint8))
    if thick.sum() > 0.3 * visible.sum():
        yield _painted_paper(overview, visible, dark=False)
    # Light lines: any tone is ink, so measure against black and let the scale do the rest.
    yield black


def _overview(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a small version of the picture for statistics; colours of transparent pixels do not bleed into it."""
    height, width = pixels.shape[:2]
    scale = min(1.0, _OVERVIEW_SIZE / max(height, width))
    if scale == 1.0:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    step = max(1, max(height, width) // _SAMPLED_SIZE)
    pixels = np.ascontiguousarray(pixels[::step, ::step])
    if pixels[..., 3].min() == 255:
        return _as_bytes(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    alpha = cv2.resize(np.ascontiguousarray(pixels[..., 3]), size, interpolation=cv2.INTER_AREA)
    on_black = cv2.resize(flatten(pixels, (0, 0, 0)), size, interpolation=cv2.INTER_AREA).astype(np.float32)
    color = np.clip(on_black * 255 / np.maximum(alpha[..., None], 1), 0, 255)
    return _as_bytes(np.dstack([color, alpha]))


def _as_bytes(values: NDArray) -> NDArray[np.uint8]:
    return np.rint(values).astype(np.uint8)


def _painted_paper(overview: NDArray[np.uint8], visible: NDArray[np.bool_], dark: bool | None = None) -> _Paper:
    """Estimate the paper of an opaque page, scan or cut-out: its polarity and its smooth local colour."""
    color = (overview[..., :3] / 255).astype(np.float32)
    if dark is None:
        dark = _is_dark(color.mean(axis=2), visible)
    if dark:
        return _Paper(1 - _smooth_surface((1 - color).astype(np.float32), visible), dark, painted=True)
    return _Paper(_smooth_surface(color, visible), dark, painted=True)


def _is_dark(tone: Array, visible: NDArray[np.bool_]) -> bool:
    """Tell light lines on dark from dark lines on light. `tone` is (h,w), 0..1.

    A clear majority of one tone is the paper. Otherwise lines are the thin structures: compare the changes by a closing
    (removes thin dark areas) and an opening (removes thin light areas).
    """
    levels = (tone[visible] * 255).astype(np.uint8)
    threshold, _ = cv2.threshold(levels.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    light_share = float((levels > threshold).mean())
    if light_share == 0 or light_share == 1:
        return bool(levels.mean() < 128)
    if light_share > 0.7:
        return False
    if light_share < 0.3:
        return True
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    dark_thin = float((cv2.morphologyEx(tone, cv2.MORPH_CLOSE, kernel) - tone).sum())
    light_thin = float((tone - cv2.morphologyEx(tone, cv2.MORPH_OPEN, kernel)).sum())
    return light_thin > dark_thin


def _smooth_surface(color: Array, visible: NDArray[np.bool_]) -> Array:
    """Fit light paper under darker ink: (h,w,3) float 0..1, or (1,1,3) if the paper is even.

    A robust quadratic surface finds the paper's pixels even if much of the page is filled black; a wide average of only
    those pixels then follows stains and shadows.
    """
    height, width = color.shape[:2]
    tone = color.mean(axis=2)
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    basis = np.stack([np.ones_like(rows), rows, columns, rows * columns, rows**2, columns**2], axis=-1)
    step = max(1, int(np.sqrt(visible.sum() / 20_000)))
    picked = visible[::step, ::step]
    points, values = basis[::step, ::step][picked], tone[::step, ::step][picked]
    if values.size < 16:
        return np.median(color[visible], axis=0).reshape(1, 1, 3).astype(np.float32)
    weights = np.full(values.shape, 0.02, np.float32)
    weights[values >= np.quantile(values, 0.5)] = 1.0
    coefficients = np.zeros(basis.shape[-1], np.float32)
    spread = 0.1
    for _ in range(12):
        weighted = points * weights[:, None]
        # A small ridge term keeps the surface flat where hardly any paper is seen.
        system = weighted.T @ points + np.diag([0, 1, 1, 1, 1, 1]).astype(np.float32) * 1e-3 * values.size
        coefficients = np.linalg.solve(system, weighted.T @ values)
        residual = values - points @ coefficients
        inside = np.abs(residual) < 0.15
        spread = max(0.01, 1.5 * float(np.median(np.abs(residual[inside])))) if inside.any() else 0.1
        # Ink lies below the paper: reduce the weight of pixels under the surface more than of those above it.
        scale = np.where(residual < 0, spread, 3 * spread)
        weights = (1 / (1 + (residual / scale) ** 2) ** 2).astype(np.float32)
    paper = visible & (np.abs(tone - basis @ coefficients) < max(0.04, 3 * spread))
    if not paper.any():
        return np.median(color[visible], axis=0).reshape(1, 1, 3).astype(np.float32)
    typical = np.median(color[paper], axis=0).astype(np.float32)
    if np.quantile(np.abs(color[paper] - typical).max(axis=1), 0.95) < 1.5 / 255:
        return typical.reshape(1, 1, 3)
    mask = paper.astype(np.float32)
    sigma = max(2.0, 0.03 * max(height, width))
    total = cv2.GaussianBlur(mask, (0, 0), sigma)[..., None]
    local = cv2.GaussianBlur(color * mask[..., None], (0, 0), sigma)
    return ((local + 1e-3 * typical) / (total + 1e-3)).astype(np.float32)


def _difference(pixels: NDArray[np.uint8], paper: _Paper, rows: slice) -> Array:
    """Return the difference of some `rows` of a picture (H,W,4) from the paper, on the ink's side, (rows,W) 0..1.

    It is the root mean square over the channels, so that a pure red or blue line counts nearly as much as a black one.
    """
    some = pixels[rows]
    if paper.color.shape[:2] == (1, 1):
        squares = cv2.LUT(np.ascontiguousarray(some[..., :3]), _squared_contrasts(paper))
        difference = np.asarray(cv2.sqrt(cv2.transform(squares, np.full((1, 3), 1 / 3, np.float32))), np.float32)
    else:
        color = some[..., :3].astype(np.float32) / 255
        contrast = _contrast(color, _paper_rows(paper.color, rows, *pixels.shape[:2]), paper.dark)
        difference = np.sqrt(np.einsum("ijk,ijk->ij", contrast, contrast) / 3).astype(np.float32)
    if not paper.painted or some[..., 3].min() < 255:
        difference *= some[..., 3].astype(np.float32) / 255
    return difference


def _contrast(color: NDArray[np.floating], ground: Array, dark: bool) -> NDArray[np.floating]:
    """Return the difference between `color` and `ground` on the ink's side, as a share of the largest possible,
    0..1."""
    contrast = (color - ground) / (1 - ground + 1e-6) if dark else (ground - color) / (ground + 1e-6)
    return np.clip(contrast, 0, 1, out=contrast)


def _squared_contrasts(paper: _Paper) -> Array:
    """Return the squared contrast of every value 0..255 in every channel on even paper, (1,256,3)."""
    values = np.arange(256, dtype=np.float32).reshape(1, 256, 1) / 255
    return np.square(_contrast(np.repeat(values, 3, axis=2), paper.color, paper.dark)).astype(np.float32)


def _paper_rows(color: Array, rows: slice, height: int, width: int) -> Array:
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


def _ink_range(pixels: NDArray[np.uint8], paper: _Paper) -> tuple[float, float]:
    """Return the difference up to which there is only paper grain, and that of full ink (0, 0 if there is no ink)."""
    height, width = pixels.shape[:2]
    stride = max(1, height * width // _SAMPLE_PIXELS)
    step = _BAND_ROWS * stride
    rows = [slice(top, min(height, top + step), stride) for top in range(0, height, step)]
    sample = np.concatenate([_difference(pixels, paper, some).ravel() for some in rows])
    grain = float(np.quantile(sample[sample <= np.quantile(sample, 0.6)], 0.95))
    floor = 0.0 if grain < 0.5 / 255 else min(3 * grain, 0.3)
    ink = sample[sample > max(floor, 1 / 255)]
    if ink.size < 4:
        ink = _strongest_of_all(pixels, paper)
        ink = ink[ink > max(floor, 1 / 255)]
        if ink.size == 0:
            return 0.0, 0.0
    strongest = float(np.quantile(ink, 0.995))
    full = float(np.quantile(ink[ink >= 0.5 * strongest], 0.9))
    if full < 2 * floor:
        return 0.0, 0.0
    return floor, full


def _strongest_of_all(pixels: NDArray[np.uint8], paper: _Paper) -> Array:
    """Return the strongest differences of every row, as sampled rows could miss a single dot."""
    height = pixels.shape[0]
    return np.concatenate(
        [_difference(pixels, paper, slice(top, top + _BAND_ROWS)).max(axis=1) for top in range(0, height, _BAND_ROWS)]
    )


def _coverage(pixels: NDArray[np.uint8], paper: _Paper, floor: float, full: float) -> Array:
    height, width = pixels.shape[:2]
    ink = np.empty((height, width), np.float32)
    for top in range(0, height, _BAND_ROWS):
        band = _difference(pixels, paper, slice(top, top + _BAND_ROWS))
        np.clip((band - floor) / (full - floor), 0, 1, out=ink[top : top + _BAND_ROWS])
    return ink


def _without_paper(pixels: NDArray[np.uint8], paper: _Paper, ink: Array) -> NDArray[np.uint8]:
    """Undo the mixing of line and paper: the result looks like `pixels` when it is laid over the paper again."""
    height, width = ink.shape
    lines = np.empty((height, width, 4), np.uint8)
    for top in range(0, height, _BAND_ROWS):
        rows = slice(top, top + _BAND_ROWS)
        coverage = ink[rows]
        ground = _paper_rows(paper.color, rows, height, width)
        color = pixels[rows, :, :3].astype(np.float32) / 255
        pure = ground + (color - ground) / np.maximum(coverage, 1 / 255)[..., None]
        lines[rows, :, :3] = np.rint(np.clip(pure, 0, 1) * 255)
        lines[rows, :, 3] = np.rint(coverage * 255)
    return lines
