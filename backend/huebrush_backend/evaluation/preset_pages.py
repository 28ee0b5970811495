"""Pages to measure presets on: what each preset is for, drawn, with a reference and the right colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from huebrush_backend.evaluation.flat_metrics import spread
from huebrush_backend.evaluation.flat_pictures import smooth_noise
from huebrush_backend.evaluation.flat_sketches import open_page
from huebrush_backend.evaluation.pairs import CANDIDATES, held_out_pair, visible_parts_of
from huebrush_backend.evaluation.sets import as_evaluation_pair, rich_pair
from huebrush_backend.imaging.color import with_alpha
from huebrush_backend.imaging.color_codes import pack_rgb
from huebrush_backend.synthesis import color_picture, draw
from huebrush_backend.synthesis.comic_pages import KINDS, draw_comic_page
from huebrush_backend.synthesis.flat_truth import INK

OTHER_PAGES = 3000
"""Added to the number of the set: the pages are others than those of the other evaluations for the same number."""
INKED_SIDE, REFERENCE_SIDE = 512, 512
"""Sides in pixels of drawings of the frozen set's kind, and of the references of comic pages."""
COMIC_SIZE = (600, 847)
"""Width and height of a comic page in pixels."""
GAPS = 8
"""Gaps that are cut into the lines of half of the inked drawings."""
_GAP = 0.012
"""Width of such a gap, as a share of the drawing's side: 6 pixels of 512."""
_DARKER, _SHADOWS = 0.15, 6
"""Soft shadows in the references of sketches: usual loss of brightness, and how many lie along the longer side."""
_GAPS_OF, _REFERENCE_OF, _SHADE_OF = 111, 112, 113
"""Last numbers of the seeds of random numbers."""


@dataclass(frozen=True, eq=False)
class PresetPage:
    """A page to colour after a reference.

    * `lines`: (H,W,4) uint8 sRGB with alpha
    * `reference`: (h,w,3) uint8 sRGB
    * `right`: (H,W,3) uint8, the right colour of each pixel
    * `judged`: (H,W) bool, the paper that is compared with it
    * `paper`: (H,W) bool, what should stay unpainted; False everywhere for a drawing
    """

    lines: np.ndarray
    reference: np.ndarray
    right: np.ndarray
    judged: np.ndarray
    paper: np.ndarray


def inked_page(seed: int, number: int) -> PresetPage:
    """Return an inked drawing, small or rich in turn, with gaps in the lines of every other two.

    The reference is another drawing in the same colours. Parts that it does not show are not judged.
    """
    pages = OTHER_PAGES + seed
    if number % 2:
        pair = rich_pair(pages, number // 2)
    else:
        pair = as_evaluation_pair(held_out_pair(pages, number // 2, INKED_SIDE))
    tone = pair.line_art.copy()
    if number % 4 >= 2:
        rows, columns = np.nonzero(pair.ink >= INK)
        radius = max(1, round(_GAP * len(tone) / 2))
        for index in np.random.default_rng([seed, number, _GAPS_OF]).integers(0, len(rows), GAPS):
            cv2.circle(tone, (int(columns[index]), int(rows[index])), radius, 255, cv2.FILLED)
    shown = pair.shown_parts(pair.reference.labels)[np.maximum(pair.labels, 0)]
    return PresetPage(
        lines=_line_art(tone),
        reference=pair.reference.picture,
        right=pair.truth,
        judged=(pair.ink < INK) & (pair.labels >= 0) & shown,
        paper=np.zeros(tone.shape, bool),
    )


def sketched_page(seed: int, number: int) -> PresetPage:
    """Return an open sketch; the kinds of sketch take turns.

    The reference is the same drawing, coloured, shaded softly and mirrored.
    """
    page = open_page(OTHER_PAGES + seed, number)
    right = page.colors[spread(page.truth)]
    height, width = page.ink.shape
    rng = np.random.default_rng([seed, number, _SHADE_OF])
    shade = _DARKER * np.clip(smooth_noise(rng, (width, height), max(1, max(width, height) // _SHADOWS)), 0, 2)
    inked = right * (1 - shade[..., None]) * (1 - page.ink[..., None] / np.float32(255))
    return PresetPage(
        lines=page.lines,
        reference=np.ascontiguousarray(np.rint(inked[:, ::-1]).astype(np.uint8)),
        right=right,
        judged=page.ink < INK,
        paper=np.zeros(page.ink.shape, bool),
    )


def comic_page(seed: int, number: int) -> PresetPage:
    """Return a comic page; the kinds of page take turns.

    The reference is a whole figure in the same colours, as on a character sheet: of a few, the one that shows most of
    what the panels have. Colours that it does not show are not judged.
    """
    page = draw_comic_page(1000 * (OTHER_PAGES + seed) + number, KINDS[number % len(KINDS)], *COMIC_SIZE)
    rng = np.random.default_rng([seed, number, _REFERENCE_OF])
    right = pack_rgb(page.colors)
    best = None
    for _ in range(CANDIDATES):
        drawing = draw(rng, REFERENCE_SIDE, kind="figure")
        shown = pack_rgb(page.palette.colors[visible_parts_of(drawing.labels)])
        judged = page.painted & np.isin(right, shown)
        if best is None or judged.sum() > best[1].sum():
            best = drawing, judged
    assert best is not None
    return PresetPage(
        lines=page.lines,
        reference=color_picture(best[0], page.palette),
        right=page.colors,
        judged=best[1],
        paper=page.gutters | page.balloons,
    )


def _line_art(tone: np.ndarray) -> np.ndarray:
    return with_alpha(np.repeat(tone[..., None], 3, axis=2))


PRESET_PAGES: Mapping[str, Callable[[int, int], PresetPage]] = MappingProxyType(
    {"inks": inked_page, "sketch": sketched_page, "comic": comic_page}
)
"""Functions that draw page `number` of the set `seed`, by the preset that the pages are for. The same arguments give
the same page."""
