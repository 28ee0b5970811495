"""Evidence of the picture about flats: the measure by which places are ranked and suggestions are judged.

On a grid of cells, those well inside a region show which colour the picture has there. Flats disagree with the picture
where their colour is farther from it than that of the nearest colour allowed. Light and shade, and mottling in patches
that are not solid, do not count. docs/method.md, "Places to check", has the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.cell_grid import cell_grid
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.color_codes import pack_rgb
from huebrush_backend.imaging.oklab import srgb_to_oklab

MOST_CELLS = 300_000
"""Most cells of the grid: places are coarser than the picture."""
CORE_DEPTH = 1.5
"""Distance in cells from lines and borders from which a cell speaks: a model's colours run a little over lines."""
NOTICE = 12.0
"""Difference (CIEDE2000) from which flats disagree with the picture."""
SOLID = 0.01
"""Side of the square that fits into a solid patch, as a share of the side of a square as large as the page."""
SLIM = 3.0
"""Area in such squares from which a slim patch is solid too, as in a strip, if it is `CLEAR`."""
CLEAR = 20.0
"""Difference (CIEDE2000) of a clearly different colour."""
SHADOW, SHINE = 0.5, 0.7
"""Factors of the difference to a colour of the same hue: a darker one may be shadow, a lighter one light."""
_ONE_HUE = 0.9
"""Cosine between the chroma of two colours from which they have one hue."""
_GREY = 0.03
"""Chroma (Oklab) below which a colour has no hue."""
_TONE = 0.02
"""Oklab step in which the picture's colours are gathered into tones."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """The picture on a grid (h,w) over the page.

    * `label`: (h,w) int32, region of each cell; 0 where no cell speaks: near lines, and in regions that do not count
    * `tone`: (h,w) int32, index of the picture's tone there
    * `tones`: (n,3) uint8 sRGB
    * `cell`: (width, height) of a cell in pixels of the page
    * `scale`: (count+1,) float64, pixels of the page that a cell of each region stands for
    * `allowed`: (m,3) uint8 sRGB, the only colours that flats may have, None for any
    * `minor`: (m,) bool, those of them that only small regions may have, see `reference_vote`; None for none
    * `decides`: whether flats should be as the picture; if their colours come from elsewhere too, it only raises doubts
    """

    label: NDArray[np.int32]
    tone: NDArray[np.int32]
    tones: NDArray[np.uint8]
    cell: tuple[float, float]
    scale: NDArray[np.float64]
    allowed: NDArray[np.uint8] | None
    decides: bool = True
    minor: NDArray[np.bool_] | None = None

    def nearest_allowed(self, tone: int, is_large: bool) -> NDArray[np.uint8]:
        """Return the colour (3,) that flats may have and that is nearest to a tone, in a region that `is_large` or
        not."""
        shown, allowed = self.tones[tone], self.allowed
        if allowed is not None and is_large and self.minor is not None and not self.minor.all():
            allowed = allowed[~self.minor]
        if allowed is None or not len(allowed):
            return shown
        return allowed[int(color_difference(shown[None], allowed).argmin())]

    def apart(self, tone: NDArray[np.integer], rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return by how much the colours `rgb` (n,3) are farther from the `tone` (n,) than the nearest allowed one is,
        CIEDE2000 (n,); less where both may be one colour in light and shade."""
        if not len(tone):
            return np.zeros(0)
        code = np.asarray(tone, np.int64) << 24 | pack_rgb(rgb)
        _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
        seen, own = self.tones[tone[first]], rgb[first]
        found = color_difference(own, seen) * shade_factor(own, seen)
        if self.allowed is not None and len(self.allowed):
            shown, back = np.unique(np.asarray(tone)[first], return_inverse=True)
            found = found - color_difference(self.tones[shown][:, None], self.allowed[None]).min(axis=1)[back]
        return np.maximum(found, 0)[inverse.reshape(-1)]

    def disagreement(self, colors: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the difference (h,w), CIEDE2000, of flats in these `colors` (count+1,3) from the picture; 0 if nobody
        notices it, no cell speaks, or the patch is not solid."""
        rows, columns = np.nonzero(self.label)
        found = np.zeros(self.label.shape, np.float32)
        found[rows, columns] = self.apart(self.tone[rows, columns], colors[self.label[rows, columns]])
        found[found < NOTICE] = 0
        side = max(2, round(SOLID * float(np.sqrt(found.size))))
        square = np.ones((side, side), np.uint8)
        solid = np.asarray(cv2.morphologyEx((found > 0).view(np.uint8), cv2.MORPH_OPEN, square), np.uint8)
        solid |= _slim(found, SLIM * side * side)
        found[solid == 0] = 0
        return found


def gather_evidence(
    picture: NDArray[np.uint8],
    regions: Regions,
    ink: NDArray[np.uint8],
    counted: NDArray[np.bool_],
    allowed: NDArray[np.uint8] | None = None,
    speaking: NDArray[np.bool_] | None = None,
    spilled: float = 0.0,
    decides: bool = True,
    minor: NDArray[np.bool_] | None = None,
) -> Evidence:
    """Return the evidence of `picture` (h,w,3) uint8 sRGB about the regions `counted` (count+1,).

    `ink`: (H,W) uint8, coverage of the page's lines. `allowed`: (m,3), the only colours that flats may have.
    `speaking`: (h,w) bool, where the picture says anything, None for everywhere. `spilled`: how far its colours may
    run over lines, as a share of the longer side. `decides`: whether flats should be as the picture. `minor`: (m,), see
    `Evidence`.
    """
    height, width = picture.shape[:2]
    ratio = min(1.0, (MOST_CELLS / (height * width)) ** 0.5, ink.shape[0] / height, ink.shape[1] / width)
    rows, columns = max(1, round(height * ratio)), max(1, round(width * ratio))
    if (rows, columns) != (height, width):
        picture = np.asarray(cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    if speaking is not None and (rows, columns) != (height, width):
        speaking = cv2.resize(speaking.view(np.uint8), (columns, rows), interpolation=cv2.INTER_NEAREST) > 0
    grid = cell_grid(regions.labels, ink, rows, columns)
    speaks = (grid.depth >= max(CORE_DEPTH, spilled * max(rows, columns))) & counted[grid.label]
    label = np.where(speaks if speaking is None else speaks & speaking, grid.label, 0).astype(np.int32)
    step = np.rint(srgb_to_oklab(picture) / _TONE).astype(np.int64) + 128
    code = (step[..., 0] << 32 | step[..., 1] << 16 | step[..., 2]).ravel()
    _, first, tone = np.unique(code, return_index=True, return_inverse=True)
    cells = np.bincount(label.ravel(), minlength=regions.count + 1)
    return Evidence(
        label=label,
        tone=tone.reshape(rows, columns).astype(np.int32),
        tones=picture.reshape(-1, 3)[first],
        cell=(ink.shape[1] / columns, ink.shape[0] / rows),
        scale=regions.areas / np.maximum(cells, 1),
        allowed=allowed,
        decides=decides,
        minor=minor,
    )


def shade_factor(own: NDArray[np.uint8], seen: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the factors (n,) of the differences between flats' colours `own` (n,3) and colours of the picture `seen`
    (n,3): 1 but where one may be the other in light or shade."""
    one, other = srgb_to_oklab(own), srgb_to_oklab(seen)
    chroma = np.hypot(one[:, 1], one[:, 2]), np.hypot(other[:, 1], other[:, 2])
    cosine = (one[:, 1:] * other[:, 1:]).sum(axis=1) / np.maximum(chroma[0] * chroma[1], 1e-6)
    grey = np.maximum(*chroma) < _GREY
    one_hue = grey | ((np.minimum(*chroma) >= _GREY) & (cosine >= _ONE_HUE))
    return np.where(one_hue, np.where(other[:, 0] < one[:, 0], SHADOW, SHINE), 1.0)


def _slim(far: NDArray[np.float32], least: float) -> NDArray[np.uint8]:
    """Return (h,w) uint8: 1 in connected patches of `far` (h,w) above `CLEAR` that have `least` cells or more."""
    count, patch, stats, _ = cv2.connectedComponentsWithStats((far >= CLEAR).view(np.uint8), connectivity=4)
    large = np.asarray(stats)[:, cv2.CC_STAT_AREA] >= least
    large[0] = False
    return large[np.asarray(patch, np.int32)].view(np.uint8) if count > 1 else np.zeros(far.shape, np.uint8)
