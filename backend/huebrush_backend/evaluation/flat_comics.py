"""Scores flats on comic pages and strips whose panels, gutters, balloons and colours are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from huebrush_backend.comics.layout import PageLayout, find_layout
from huebrush_backend.engine.page_layout import paper_of, without_lettering
from huebrush_backend.flats.colors.region_colors import FIXED, NONE, RegionColors
from huebrush_backend.flats.layers.paint import color_table, paint
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.flats.regions.paper import set_paper_apart
from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.lineart import ink_coverage
from huebrush_backend.synthesis.comic_pages import KINDS, STRIP, ComicPage, draw_comic_page

SIZE = (900, 1270)
"""Width and height of a page in pixels."""
STRIP_SIZE = (400, 4000)
WRONG = 25.0
"""CIEDE2000 difference from the right colour from which paper is lost."""
PAPER = ("gutters", "balloons")
"""Names of the two kinds of paper that stays unpainted."""
LEAST_PATCH = 9
"""Side in pixels of a 900 pixel page of the square that fits into a patch that counts as lost."""


@dataclass
class ComicTally:
    """Sums over pages, areas in pixels."""

    pages: int = 0
    inside: int = 0
    lost: int = 0
    gutters: int = 0
    gutters_painted: int = 0
    balloons: int = 0
    balloons_painted: int = 0
    panels: int = 0
    panels_right: int = 0
    without_layout: int = 0
    kinds: dict[str, list[float]] = field(default_factory=dict)
    painted: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def add_paper(self, page: ComicPage, opaque: np.ndarray) -> None:
        """Add the gutters and balloons of `page`, of whose flats `opaque` (H,W) bool is painted."""
        self.gutters += int(page.gutters.sum())
        self.gutters_painted += int((page.gutters & opaque).sum())
        self.balloons += int(page.balloons.sum())
        self.balloons_painted += int((page.balloons & opaque).sum())
        for what, places in zip(PAPER, (page.gutters, page.balloons), strict=True):
            of_kind = self.painted.setdefault(what, {})
            painted, area = of_kind.get(page.kind, (0, 0))
            of_kind[page.kind] = painted + int((places & opaque).sum()), area + int(places.sum())

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON; shares of the areas that they are about."""
        return {
            "pages": self.pages,
            "lost": _share(self.lost, self.inside),
            "gutters_painted": _share(self.gutters_painted, self.gutters),
            "balloons_painted": _share(self.balloons_painted, self.balloons),
            "panels": self.panels,
            "panels_right": _share(self.panels_right, self.panels),
            "without_layout": self.without_layout,
            "worst_lost": round(max((max(values) for values in self.kinds.values()), default=0.0), 4),
            "lost_by_kind": {kind: round(float(np.mean(values)), 4) for kind, values in self.kinds.items()},
            **{
                f"{what}_painted_by_kind": {kind: _share(*areas) for kind, areas in self.painted.get(what, {}).items()}
                for what in PAPER
            },
        }


def evaluate_comics(
    pages: int, seed: int, on_step: Callable[[str], None] = lambda what: None, kinds: Sequence[str] = (*KINDS, STRIP)
) -> dict[str, Any]:
    """Score flats on `pages` comic pages of the set `seed`, whose kinds follow one another as in `kinds`.

    Each region gets the right colour of most of its pixels, as from a picture that is right. `on_step` is called with
    a description of each step. Returns shares: `lost`, of the paper in panels, is what differs from the right colour by
    more than `WRONG` in patches that survive an opening by `LEAST_PATCH`; `gutters_painted` and `balloons_painted`, of
    their areas, also for each kind of page; `panels_right`, of the panels, is what one panel of the layout and no other
    covers.
    """
    tally = ComicTally()
    for number in range(pages):
        kind = kinds[number % len(kinds)]
        on_step(f"comic page {number + 1} of {pages}, {kind}")
        width, height = STRIP_SIZE if kind == STRIP else SIZE
        page = draw_comic_page(1000 * seed + number, kind, width, height)
        score(page, tally)
    return tally.summary()


def score(page: ComicPage, tally: ComicTally) -> None:
    """Make flats of `page` as a job would, and add their measures to `tally`."""
    ink = ink_coverage(page.lines)
    layout = find_layout(ink)
    flats = _flats(page, ink, layout)
    opaque = flats[..., 3] >= 128
    different = np.zeros(ink.shape, bool)
    rows, columns = np.nonzero(page.painted)
    apart = _difference(flats[rows, columns, :3], page.colors[rows, columns])
    different[rows, columns] = (apart > WRONG) | ~opaque[rows, columns]
    side = max(3, round(LEAST_PATCH * min(ink.shape) / SIZE[0]))
    lost = int(cv2.morphologyEx(different.view(np.uint8), cv2.MORPH_OPEN, np.ones((side, side), np.uint8)).sum())
    inside = int(page.painted.sum())
    tally.pages += 1
    tally.inside += inside
    tally.lost += lost
    tally.add_paper(page, opaque)
    tally.panels += len(page.panels)
    tally.panels_right += 0 if layout is None else _panels_right(page, layout)
    tally.without_layout += layout is None
    tally.kinds.setdefault(page.kind, []).append(lost / max(1, inside))


def _flats(page: ComicPage, ink: np.ndarray, layout: PageLayout | None) -> np.ndarray:
    """Return flats (H,W,4) uint8 with the right colour of most of each region, and unpainted paper."""
    bare = ink if layout is None else without_lettering(ink, layout)
    regions = find_regions(bare, WidestGap())
    paper = np.zeros(regions.count + 1, bool)
    if layout is not None:
        regions, paper = set_paper_apart(regions, bare, paper_of(layout))
    colors = _likeliest(regions.labels, page, regions.count)
    sources = np.where(paper, np.uint8(NONE), np.uint8(FIXED))
    chosen = RegionColors(colors, np.ones(len(colors), np.float32), sources, colors.copy())
    return paint(regions.labels, color_table(chosen), hard_edges=False, ink=ink)


def _likeliest(labels: np.ndarray, page: ComicPage, count: int) -> np.ndarray:
    """Return for each region the colour (count+1,3) that most of its paper in panels should have."""
    rgb = page.colors[page.painted].astype(np.int64) @ np.array([65536, 256, 1])
    tones, index = np.unique(rgb, return_inverse=True)
    pairs, number = np.unique(labels[page.painted].astype(np.int64) * len(tones) + index.ravel(), return_counts=True)
    order = np.argsort(number, kind="stable")
    packed = np.full(count + 1, 0x808080, np.int64)
    packed[pairs[order] // len(tones)] = tones[pairs[order] % len(tones)]
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.uint8)


def _difference(found: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return CIEDE2000 between colours (n,3), worked out once for each pair."""
    both = np.concatenate([found, right], axis=1).astype(np.int64) @ (256 ** np.arange(6))
    pairs, inverse = np.unique(both, return_inverse=True)
    split = np.stack([pairs // 256**channel % 256 for channel in range(6)], axis=1).astype(np.uint8)
    return color_difference(split[:, :3], split[:, 3:])[inverse.ravel()]


def _panels_right(page: ComicPage, layout: PageLayout) -> int:
    """Return the number of panels, as far as they are seen, that one panel of `layout` covers nearly alone."""
    rows = ((np.arange(layout.height) + 0.5) * layout.panels.shape[0] / layout.height).astype(int)
    columns = ((np.arange(layout.width) + 0.5) * layout.panels.shape[1] / layout.width).astype(int)
    found = layout.panels[np.ix_(rows, columns)]
    sizes = np.bincount(found.ravel())
    right = 0
    for number in range(1, len(page.panels) + 1):
        plane = page.shown == number
        if not plane.any():
            continue
        counts = np.bincount(found[plane])
        counts[0] = 0
        best = int(counts.argmax())
        right += bool(best and counts[best] >= 0.8 * plane.sum() and counts[best] >= 0.8 * sizes[best])
    return right


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
