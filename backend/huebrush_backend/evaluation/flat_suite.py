"""Scores flats on pages with known regions, in all sizes and with closed lines, shaded lines, and known gaps."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from huebrush_backend.evaluation import flat_metrics as metrics
from huebrush_backend.evaluation.flat_votes import VoteTally, vote_on
from huebrush_backend.imaging.lineart import ink_coverage
from huebrush_backend.synthesis.flat_gaps import Gap
from huebrush_backend.synthesis.flat_pages import (
    CLOSED_VARIANTS,
    DENSE_VARIANTS,
    GAPPED_VARIANTS,
    SHADED_VARIANTS,
    FlatPage,
    draw_flat_page,
    render_lines,
)

SIZES = {"2k": (1448, 2048), "4k": (2896, 4096), "8.6k": (6071, 8598)}
"""Page sizes by name, in pixels; the largest is B4 at 600 dots per inch."""
LINE_KINDS = {
    "closed": CLOSED_VARIANTS,
    "shaded": SHADED_VARIANTS,
    "dense": DENSE_VARIANTS,
    "gapped": GAPPED_VARIANTS,
}
"""Kinds of line art, each with its variants."""
GAP_STEPS = 5
"""Number of steps, up to the widest gap, by which gaps are grouped."""


@dataclass(frozen=True, eq=False)
class Flats:
    """Flats of a page. `labels` (H, W) int32: the regions. `pixels` (H, W, 4) uint8 RGBA: the flats without lines."""

    labels: np.ndarray
    pixels: np.ndarray


FlatMaker = Callable[[np.ndarray, float, metrics.Chooser], Flats]
"""Function that makes flats of line art (H, W, 4) uint8 RGBA and closes gaps up to a width in pixels."""


@dataclass
class FlatTally:
    """Sums of the measures of `flat_metrics` over pages."""

    pages: int = 0
    regions: int = 0
    right: float = 0.0
    splits: int = 0
    merges: int = 0
    leak_pixels: int = 0
    leak_spots: int = 0
    halo_pixels: int = 0
    gap_count: int = 0
    gap_pixels: int = 0
    gaps_smaller: list[int] = field(default_factory=lambda: [0] * len(metrics.GAP_SIZES))
    lines_identical: bool = True
    right_colors: float = 0.0
    p95: list[float] = field(default_factory=list)
    known_gaps: list[tuple[float, bool]] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: FlatTally) -> None:
        """Add the counts of `other`."""
        for name in ("pages", "regions", "right", "splits", "merges", "leak_pixels", "leak_spots", "halo_pixels",
                     "gap_count", "gap_pixels", "right_colors", "seconds"):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.gaps_smaller = [a + b for a, b in zip(self.gaps_smaller, other.gaps_smaller, strict=True)]
        self.lines_identical &= other.lines_identical
        self.p95 += other.p95
        self.known_gaps += other.known_gaps

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON. Gaps are grouped by width relative to the widest, in GAP_STEPS steps."""
        report: dict[str, Any] = {
            "pages": self.pages,
            "regions": self.regions,
            "regions_right": round(self.right / self.regions, 4) if self.regions else None,
            "splits": self.splits,
            "merges": self.merges,
            "leak_pixels": self.leak_pixels,
            "leak_spots": self.leak_spots,
            "halo_pixels": self.halo_pixels,
            "gap_count": self.gap_count,
            "gap_pixels": self.gap_pixels,
            "gaps_smaller": {str(size): n for size, n in zip(metrics.GAP_SIZES, self.gaps_smaller, strict=True)},
            "line_layer_identical": self.lines_identical,
            "colors_right": round(self.right_colors / self.regions, 4) if self.regions else None,
            "delta_e_p95": round(max(self.p95), 2) if self.p95 else None,
            "seconds": round(self.seconds, 2),
        }
        if self.known_gaps:
            report["known_gaps"] = _gap_curve(self.known_gaps)
        return report


def evaluate_flats(
    make: FlatMaker,
    sizes: Sequence[str],
    variants: Sequence[str],
    pages: int,
    seed: int,
    on_step: Callable[[str], None] = lambda what: None,
) -> dict[str, Any]:
    """Score `make` on pages of each of `sizes` in each of `variants`.

    `make`: makes the flats.
    `sizes`: names in SIZES.
    `variants`: kinds of line art, of flat_pages.VARIANTS.
    `pages`: number of pages of each size and variant.
    `seed`: number of the set of pages; a page depends only on it and on the page's own number.
    `on_step`: called with a description of each step.

    The report has under "sizes" the figures for each size and variant, and the accuracy of colours by vote ("voted",
    from `flat_votes`). It also has totals for the groups of variants "closed", "shaded", "dense" and "gapped",
    each None if `variants` has none of the group. After KeyboardInterrupt it has the sizes that are done, and
    "stopped".
    """
    totals = {group: FlatTally() for group in LINE_KINDS}
    report: dict[str, Any] = {"seed": seed, "pages": pages, "sizes": {}}
    deterministic = None
    for size in sizes:
        width, height = SIZES[size]
        tallies = {variant: FlatTally() for variant in variants}
        votes = VoteTally()
        try:
            for number in range(pages):
                on_step(f"{size}: drawing page {number + 1} of {pages}")
                page = draw_flat_page(page_seed(seed, number), width, height)
                scorer = PageScorer(page)
                for variant in variants:
                    on_step(f"{size}: page {number + 1} of {pages}, {variant}")
                    tallies[variant].add(scorer.score(make, variant))
                on_step(f"{size}: page {number + 1} of {pages}, colours by vote")
                vote_on(page, scorer.truth, votes)
                if deterministic is None:
                    deterministic = scorer.is_deterministic(make, variants[0])
        except KeyboardInterrupt:
            report["stopped"] = True
            break
        report["sizes"][size] = {
            "width": width,
            "height": height,
            "variants": {variant: tally.summary() for variant, tally in tallies.items()},
            "voted": votes.summary(),
        }
        for group, members in LINE_KINDS.items():
            for variant in members:
                if variant in tallies:
                    totals[group].add(tallies[variant])
    report.update({group: total.summary() if total.pages else None for group, total in totals.items()})
    report["deterministic"] = deterministic
    return report


def page_seed(seed: int, number: int) -> int:
    """Return the number of a page in the set `seed`."""
    return 1000 * seed + number


class PageScorer:
    """Scores flats of one page, in any variant of its line art.

    `truth` (H, W) int32: the true label of every pixel; under ink, the label of the nearest region.
    """

    def __init__(self, page: FlatPage) -> None:
        self._page = page
        self.truth = metrics.spread(page.truth)
        self._meets = metrics.neighbours(self.truth, page.count)
        self._choose = metrics.right_colors(page.truth, self.truth, page.colors)

    def score(self, make: FlatMaker, variant: str) -> FlatTally:
        """Make flats of one variant of the line art and return their measures."""
        page = self._page
        lines = render_lines(page, variant)
        before = _sha256(lines)
        begin = time.monotonic()
        flats = make(lines, page.widest_gap, self._choose)
        seconds = time.monotonic() - begin
        identical = _sha256(lines) == before
        coverage = ink_coverage(lines)
        del lines
        regions = metrics.score_regions(page.regions, flats.labels)
        leaks = metrics.leaks(flats.pixels, coverage, page.truth, page.colors, self._meets)
        halo = metrics.halo(
            flats=flats.pixels,
            ink=coverage,
            truth=page.truth,
            spread_labels=self.truth,
            colors=page.colors,
            meets=self._meets,
        )
        gaps = metrics.gaps(flats.pixels, page.truth, coverage)
        colors = metrics.score_colors(flats.pixels, page.truth, page.colors)
        known = page.gaps if variant in GAPPED_VARIANTS else ()
        return FlatTally(
            pages=1,
            regions=page.count,
            right=regions.right * page.count,
            splits=regions.splits,
            merges=regions.merges,
            leak_pixels=int(leaks.sum()),
            leak_spots=metrics.components(leaks),
            halo_pixels=int(halo.sum()),
            gap_count=gaps.count,
            gap_pixels=gaps.pixels,
            gaps_smaller=list(gaps.smaller),
            lines_identical=identical,
            right_colors=colors.right * page.count,
            p95=[colors.p95],
            known_gaps=[(gap.width / page.widest_gap, _is_closed(gap, regions.main)) for gap in known],
            seconds=seconds,
        )

    def is_deterministic(self, make: FlatMaker, variant: str) -> bool:
        """Return whether the same lines give the same bytes twice."""
        lines = render_lines(self._page, variant)
        first, second = (_sha256(make(lines, self._page.widest_gap, self._choose).pixels) for _ in range(2))
        return first == second


def _is_closed(gap: Gap, main: np.ndarray) -> bool:
    return bool(main[gap.regions[0]] != main[gap.regions[1]])


def _gap_curve(gaps: Sequence[tuple[float, bool]]) -> list[dict[str, Any]]:
    steps = [min(GAP_STEPS, max(1, math.ceil(width * GAP_STEPS))) for width, _ in gaps]
    return [
        {
            "up_to_share_of_widest": step / GAP_STEPS,
            "gaps": steps.count(step),
            "closed": sum(closed for at, (_, closed) in zip(steps, gaps, strict=True) if at == step),
        }
        for step in range(1, GAP_STEPS + 1)
        if step in steps
    ]


def _sha256(pixels: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(pixels).data).hexdigest()
