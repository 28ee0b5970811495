"""The paper of a coloured picture without transparency: its colour, and how unevenly it is lit.

Paper is light, without much colour, and lies at the picture's edge. It is found by a fit of its brightness with a
smooth surface that paint, which is darker, does not pull down.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.imaging.oklab import srgb_to_oklab

COARSE = 192
"""Longer side in cells of the grid on which the paper is looked for."""
FRAME = 0.04
"""Width, as a share of the longer side, of the edge at which paper is looked for."""
LEAST_FRAME = 0.25
"""Smallest share of the edge that must be paper."""
LIGHTEST, PALEST = 0.72, 0.045
"""Oklab lightness from which a place may be paper, and chroma up to which it may."""
WHITEST = 0.9
"""Oklab lightness that paper has at least where most light falls."""
COOLEST = 0.02
"""Largest Oklab chroma there of bluish paper; yellowish paper may have `PALEST`."""
BRIGHT, DARK = 0.03, 0.012
"""Differences of the logarithm of brightness from the fit, above and below, within which a place is paper."""
EVEN = 0.03
"""Range of the logarithm of brightness up to which light counts as even: then no colour is changed."""
EVEN_SHARE = 0.5
"""Share of the pale places at the edge that have one brightness where light is even."""
DIFFERENT, MOST_DIFFERENT = 0.022, 0.06
"""Oklab distance from paper from which a pixel is paint: on clean paper, and at most on paper with grain or noise."""
_ROUNDS = 12


@dataclass(frozen=True, eq=False)
class PicturePaper:
    """Paper of a picture.

    * `tint`: (3,) uint8 sRGB, its usual colour
    * `light`: (k,l) float32, brightness on a coarse grid relative to the usual one, None for even light
    * `noise`: Oklab distance from `tint` within which nearly all of its pixels lie
    """

    tint: NDArray[np.uint8]
    light: NDArray[np.float32] | None
    noise: float

    def evened(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture `rgb` (h,w,3) uint8 as it would look in even light."""
        if self.light is None:
            return np.ascontiguousarray(rgb)
        height, width = rgb.shape[:2]
        light = cv2.resize(self.light, (width, height), interpolation=cv2.INTER_LINEAR)
        result = np.empty_like(rgb)
        for top in range(0, height, 256):
            rows = slice(top, top + 256)
            result[rows] = np.clip(np.rint(rgb[rows] / light[rows, :, None]), 0, 255)
        return result

    def differs(self, rgb: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Return (h,w) bool: where the evened picture `rgb` (h,w,3) is paint."""
        paper = srgb_to_oklab(self.tint)
        least = min(max(DIFFERENT, self.noise), MOST_DIFFERENT)
        result = np.empty(rgb.shape[:2], bool)
        for top in range(0, rgb.shape[0], 256):
            rows = slice(top, top + 256)
            result[rows] = np.linalg.norm(srgb_to_oklab(rgb[rows]) - paper, axis=2) > least
        return result


def find_paper(rgb: NDArray[np.uint8]) -> PicturePaper | None:
    """Return the paper of a picture (h,w,3) uint8 sRGB; None if it is painted all over."""
    height, width = rgb.shape[:2]
    ratio = min(1.0, COARSE / max(height, width))
    size = (max(2, round(width * ratio)), max(2, round(height * ratio)))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    lab = srgb_to_oklab(small)
    pale = (lab[..., 0] >= LIGHTEST) & (np.hypot(lab[..., 1], lab[..., 2]) <= PALEST)
    edge = np.ones(pale.shape, bool)
    wide = max(1, round(FRAME * max(pale.shape)))
    edge[wide:-wide, wide:-wide] = False
    if pale[edge].mean() < LEAST_FRAME:
        return None
    brightness = np.log(np.maximum(small.astype(np.float32).mean(axis=2), 1))
    fitted, inside = _even(brightness, pale, edge)
    if inside is None:
        fitted, inside = _fit(brightness, pale, pale & edge)
    if (inside & edge).sum() < LEAST_FRAME * edge.sum():
        return None
    usual = float(np.median(fitted))
    light = np.exp(fitted - usual).astype(np.float32)
    uneven = float(fitted[inside].max() - fitted[inside].min()) > EVEN
    level = light if uneven else np.ones_like(light)
    tint = np.median(small[inside] / level[inside][:, None], axis=0)
    brightest = np.clip(np.rint(tint * level[inside].max()), 0, 255).astype(np.uint8)
    lightness, _, blueness = srgb_to_oklab(brightest)
    chroma = float(np.hypot(*srgb_to_oklab(brightest)[1:]))
    if lightness < WHITEST or chroma > (COOLEST if blueness < 0 else PALEST):
        return None  # a painted ground, such as a pale sky
    paper = PicturePaper(np.clip(np.rint(tint), 0, 255).astype(np.uint8), light if uneven else None, 0.0)
    return PicturePaper(paper.tint, paper.light, _noise(rgb, paper, inside))


def _even(
    values: NDArray[np.float32], usable: NDArray[np.bool_], edge: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
    """Return the commonest of `values` (k,l) at the edge everywhere, and the cells that have it; None instead of these
    if it is not clearly the commonest, as in uneven light."""
    seen = np.sort(values[usable & edge])
    last = np.searchsorted(seen, seen + 2 * DARK, side="right")
    first = int((last - np.arange(len(seen))).argmax())
    level = np.full(values.shape, np.median(seen[first : last[first]]), np.float32)
    is_even = last[first] - first >= EVEN_SHARE * len(seen)
    return level, usable & (np.abs(values - level) <= DARK) if is_even else None


def _fit(
    values: NDArray[np.float32], usable: NDArray[np.bool_], start: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Fit the upper level of `values` (k,l) by a surface of second order. Returns it, and which cells lie on it."""
    rows, columns = values.shape
    down, across = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    terms = np.stack([np.ones_like(down), down, across, down**2, down * across, across**2], axis=-1).astype(np.float32)
    level = np.full(values.shape, np.quantile(values[start], 0.8), np.float32)
    spread = 0.15  # wide at first, so that a slope of the light is found
    for number in range(_ROUNDS):
        residual = values - level
        weight = np.where(residual > 0, 1.0, np.exp(-((residual / spread) ** 2))) * usable
        chosen = weight > 0.01
        order = slice(0, 3 if number < _ROUNDS // 2 else 6)
        design = terms[chosen][:, order] * np.sqrt(weight[chosen])[:, None]
        ridge = 1e-3 * np.eye(design.shape[1], dtype=np.float32) * len(design)
        ridge[0, 0] = 0
        factors = np.linalg.lstsq(
            design.T @ design + ridge, design.T @ (values[chosen] * np.sqrt(weight[chosen])), rcond=None
        )[0]
        level = (terms[..., order] @ factors).astype(np.float32)
        spread = max(DARK, spread * 0.7)
    residual = values - level
    return level, usable & (residual < BRIGHT) & (residual > -2 * DARK)


def _noise(rgb: NDArray[np.uint8], paper: PicturePaper, inside: NDArray[np.bool_]) -> float:
    """Return the Oklab distance from the paper's tint within which nearly all pixels of the cells `inside` lie."""
    height, width = rgb.shape[:2]
    core = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8))
    if not core.any():
        core = inside.astype(np.uint8)
    wide = np.asarray(cv2.resize(core, (width, height), interpolation=cv2.INTER_NEAREST)) > 0
    step = max(1, int(np.sqrt(height * width / 400_000)))
    sample = paper.evened(rgb)[::step, ::step][wide[::step, ::step]]
    if not len(sample):
        return 0.0
    return float(np.percentile(np.linalg.norm(srgb_to_oklab(sample) - srgb_to_oklab(paper.tint), axis=1), 95))
