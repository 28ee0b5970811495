"""Ink coverage of any line art: 0 on paper, 1 on full ink.

Line art comes as black lines on white or on a transparent layer, as coloured or grey lines, as light lines on a dark
ground, or as a scan of yellowed, unevenly lit paper. One rule covers all: ink differs from the paper on the ink's side
(darker than light paper, lighter than dark paper). The difference is measured from the paper's local colour and scaled
so that the strongest lines are 1. Clean digital line art keeps its anti-aliased coverage exactly.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.imaging.paper import VISIBLE, Paper, paper_candidates, paper_rows
from huebrush_backend.imaging.ruling import remove_ruling

Array = NDArray[np.float32]

MINIMUM_CONTRAST = 0.04
"""Smallest difference between ink and paper (0..1 of the full range) that counts as a drawing."""

_SAMPLE_PIXELS = 1_500_000
_BAND_ROWS = 64
"""Rows processed at once: few, because memory taken in large pieces is not given back."""


class LineArtError(ValueError):
    """A picture without lines to colorize; the message says why and what to do."""


@dataclass(frozen=True)
class Reading:
    """Choices of the artist for reading line art.

    * `light_lines`: whether the lines are lighter than the paper; None to find out
    * `remove_ruling`: the paper's printed lines, squares or dots are no ink
    """

    light_lines: bool | None = None
    remove_ruling: bool = False


ANY_LINE_ART = Reading()
"""Find out whether the lines are dark or light, and keep all of them."""


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


class FoundPaper(NamedTuple):
    """The paper of a page, and the differences from it, 0..1, that stand for no ink and for full ink."""

    paper: Paper
    floor: float
    full: float


def separate_lines(pixels: NDArray[np.uint8], reading: Reading = ANY_LINE_ART) -> LineArt:
    """Separate lines from paper in (H,W,4) uint8 RGBA line art. Raises the errors of `normalize_line_art`."""
    paper, floor, full = find_paper(pixels, reading)
    ink = _coverage(pixels, paper, floor, full)
    if reading.remove_ruling:
        ink = _drawn_ink(ink)
    lines = _without_paper(pixels, paper, ink) if paper.painted else pixels
    return LineArt(ink, lines, paper.painted, paper.dark)


def normalize_line_art(
    pixels: NDArray[np.uint8], reading: Reading = ANY_LINE_ART, found: FoundPaper | None = None
) -> NDArray[np.float32]:
    """Return ink coverage (H,W) float32, 0 = paper and 1 = full ink, of a line drawing.

    `pixels` is (H,W,4) uint8 RGBA, sRGB with straight alpha. Transparent pixels are paper. `found`: what `find_paper`
    returned for them, if that is known. The work is done in bands, so memory stays near the size of input plus output.
    Raises `LineArtError` when nothing is drawn and `ValueError` for a wrong array.
    """
    ink = _coverage(pixels, *(found or find_paper(pixels, reading)))
    return _drawn_ink(ink) if reading.remove_ruling else ink


def paper_is_dark(pixels: NDArray[np.uint8]) -> bool:
    """Return whether the lines of (H,W,4) uint8 RGBA line art are lighter than the paper.

    Raises the errors of `normalize_line_art`.
    """
    return find_paper(pixels, ANY_LINE_ART).paper.dark


def without_ruling(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return coverage (H,W) float32 0..1 without the paper's printed lines, squares and dots."""
    before = np.rint(ink * 255).astype(np.uint8)
    after = remove_ruling(before)
    return np.where(after < before, after.astype(np.float32) / 255, ink)


def ink_coverage(
    pixels: NDArray[np.uint8], reading: Reading = ANY_LINE_ART, workers: int = 2, found: FoundPaper | None = None
) -> NDArray[np.uint8]:
    """Return ink coverage (H,W) uint8, 0 = paper and 255 = full ink, of (H,W,4) uint8 RGBA line art.

    It equals `normalize_line_art` in whole steps of 1/255, but needs a quarter of its memory and uses `workers`
    threads. `found`, and the errors raised, are those of `normalize_line_art`.
    """
    paper, floor, full = found or find_paper(pixels, reading)
    height, width = pixels.shape[:2]
    ink = np.empty((height, width), np.uint8)

    def work(top: int) -> None:
        band = _difference(pixels, paper, slice(top, top + _BAND_ROWS))
        scale = 255 / (full - floor)
        # rounds and saturates, so values beyond the range need no clipping
        cv2.convertScaleAbs(np.maximum(band - floor, 0, out=band), ink[top : top + _BAND_ROWS], scale)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(0, height, _BAND_ROWS)))
    if reading.remove_ruling:
        ink = remove_ruling(ink)
        cv2.convertScaleAbs(ink, ink, _gain(ink, 255))
    return ink


def find_paper(pixels: NDArray[np.uint8], reading: Reading) -> FoundPaper:
    """Find the paper of (H,W,4) uint8 RGBA line art. Raises the errors of `normalize_line_art`."""
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8:
        raise ValueError(f"line art must be (H,W,4) uint8 RGBA, got {pixels.shape} {pixels.dtype}")
    if 0 in pixels.shape:
        raise LineArtError(Text.of("line_art.no_pixels"))
    if pixels[..., 3].max() < VISIBLE:
        raise LineArtError(Text.of("line_art.transparent"))
    for paper in paper_candidates(pixels, reading.light_lines):
        floor, full, strongest = _ink_range(pixels, paper)
        if reading.remove_ruling:
            full = strongest  # or ruling that covers more than the drawing would be as dark
        if full - floor >= MINIMUM_CONTRAST:
            return FoundPaper(paper, floor, full)
    if reading.light_lines is None:
        raise LineArtError(Text.of("line_art.one_color"))
    raise LineArtError(Text.of("line_art.no_light_lines" if reading.light_lines else "line_art.no_dark_lines"))


def _difference(pixels: NDArray[np.uint8], paper: Paper, rows: slice) -> Array:
    """Return the difference of some `rows` of a picture (H,W,4) from the paper, on the ink's side, (rows,W) 0..1.

    It is the root mean square over the channels, so that a pure red or blue line counts nearly as much as a black one.
    """
    some = pixels[rows]
    if paper.color.shape[:2] == (1, 1):
        squares = cv2.LUT(np.ascontiguousarray(some[..., :3]), _squared_contrasts(paper))
        difference = np.asarray(cv2.sqrt(cv2.transform(squares, np.full((1, 3), 1 / 3, np.float32))), np.float32)
    else:
        color = some[..., :3].astype(np.float32) / 255
        contrast = _contrast(color, paper_rows(paper.color, rows, *pixels.shape[:2]), paper.dark)
        difference = np.sqrt(np.einsum("ijk,ijk->ij", contrast, contrast) / 3).astype(np.float32)
    if not paper.painted or some[..., 3].min() < 255:
        difference *= some[..., 3].astype(np.float32) / 255
    return difference


def _contrast(color: NDArray[np.floating], ground: Array, dark: bool) -> NDArray[np.floating]:
    """Return the difference between `color` and `ground` on the ink's side, as a share of the largest possible,
    0..1."""
    contrast = (color - ground) / (1 - ground + 1e-6) if dark else (ground - color) / (ground + 1e-6)
    return np.clip(contrast, 0, 1, out=contrast)


def _squared_contrasts(paper: Paper) -> Array:
    """Return the squared contrast of every value 0..255 in every channel on even paper, (1,256,3)."""
    values = np.arange(256, dtype=np.float32).reshape(1, 256, 1) / 255
    return np.square(_contrast(np.repeat(values, 3, axis=2), paper.color, paper.dark)).astype(np.float32)


def _ink_range(pixels: NDArray[np.uint8], paper: Paper) -> tuple[float, float, float]:
    """Return the difference up to which there is only paper grain, that of full ink, and that of the strongest.

    All are 0 if there is no ink.
    """
    height, width = pixels.shape[:2]
    stride = max(1, height * width // _SAMPLE_PIXELS)
    step = _BAND_ROWS * stride
    rows = [slice(top, min(height, top + step), stride) for top in range(0, height, step)]
    sample = np.concatenate([_difference(pixels, paper, some).ravel() for some in rows])
    # Where ink covers much of the page, less of it is paper whose grain can be seen.
    paper_share = float((sample < 0.35 * np.quantile(sample, 0.995)).mean())
    lower = np.quantile(sample, min(0.6, 0.8 * paper_share))
    grain = float(np.quantile(sample[sample <= lower], 0.95))
    floor = 0.0 if grain < 0.5 / 255 else min(3 * grain, 0.3)
    ink = sample[sample > max(floor, 1 / 255)]
    if ink.size < 4:
        ink = _strongest_of_all(pixels, paper)
        ink = ink[ink > max(floor, 1 / 255)]
        if ink.size == 0:
            return 0.0, 0.0, 0.0
    strongest = float(np.quantile(ink, 0.995))
    full = float(np.quantile(ink[ink >= 0.5 * strongest], 0.9))
    if full < 2 * floor:
        return 0.0, 0.0, 0.0
    return floor, full, max(full, strongest)


def _drawn_ink(ink: Array) -> Array:
    """Return coverage (H,W) float 0..1 without ruling, in which strong lines of the drawing are full ink."""
    drawn = without_ruling(ink)
    return np.minimum(drawn * _gain(drawn, 1), 1).astype(np.float32)


def _gain(ink: NDArray, most: float) -> float:
    """Return the factor that makes the usual strong line of coverage (H,W), 0..`most`, full ink."""
    sample = ink[:: max(1, ink.size // _SAMPLE_PIXELS)]
    strong = sample[sample >= 0.5 * most]
    return most / float(np.quantile(strong, 0.9)) if strong.size >= 4 else 1.0


def _strongest_of_all(pixels: NDArray[np.uint8], paper: Paper) -> Array:
    """Return the strongest differences of every row, as sampled rows could miss a single dot."""
    height = pixels.shape[0]
    return np.concatenate(
        [_difference(pixels, paper, slice(top, top + _BAND_ROWS)).max(axis=1) for top in range(0, height, _BAND_ROWS)]
    )


def _coverage(pixels: NDArray[np.uint8], paper: Paper, floor: float, full: float) -> Array:
    height, width = pixels.shape[:2]
    ink = np.empty((height, width), np.float32)
    for top in range(0, height, _BAND_ROWS):
        band = _difference(pixels, paper, slice(top, top + _BAND_ROWS))
        np.clip((band - floor) / (full - floor), 0, 1, out=ink[top : top + _BAND_ROWS])
    return ink


def _without_paper(pixels: NDArray[np.uint8], paper: Paper, ink: Array) -> NDArray[np.uint8]:
    """Undo the mixing of line and paper: the result looks like `pixels` when it is laid over the paper again."""
    height, width = ink.shape
    lines = np.empty((height, width, 4), np.uint8)
    for top in range(0, height, _BAND_ROWS):
        rows = slice(top, top + _BAND_ROWS)
        coverage = ink[rows]
        ground = paper_rows(paper.color, rows, height, width)
        color = pixels[rows, :, :3].astype(np.float32) / 255
        pure = ground + (color - ground) / np.maximum(coverage, 1 / 255)[..., None]
        lines[rows, :, :3] = np.rint(np.clip(pure, 0, 1) * 255)
        lines[rows, :, 3] = np.rint(coverage * 255)
    return lines
