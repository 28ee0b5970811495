"""Scores flats that the built-in model colours after a reference: with the reference's own colours, and as painted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import FROM_PICTURE, FROM_REFERENCE, RegionParameters

from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, Reference
from huebrush_backend.evaluation.invented import invented_pixels, paper_of_figure
from huebrush_backend.evaluation.pairs import MAX_SEED, held_out_pair
from huebrush_backend.evaluation.sets import EvaluationPair, View, as_evaluation_pair, rich_pairs
from huebrush_backend.evaluation.statistics import share
from huebrush_backend.imaging.color import color_difference, flatten_on_white, with_alpha
from huebrush_backend.synthesis.flat_truth import INK

MODEL = "demo"
SIZE = 512
"""Side, in pixels, of the pages of the frozen set's kind; those of the rich set have their own."""
STEPS = 8
"""Denoising steps: colours hardly change with more, and a page takes seconds."""
WRONG = 10.0
"""Difference (CIEDE2000) from which a region's colour counts as that of another part."""
LEAST_REGION = 0.0001
"""Smallest share of the page's pixels, 0..1, of a region that is counted."""
OTHER_PAGES = 1000
"""Added to the number of the set: its pages are others than those of `huebrush evaluate` for the same number."""
WAYS = (FROM_REFERENCE, FROM_PICTURE)


@dataclass
class SourceTally:
    """Counts by page for each of WAYS: `regions` that are counted and `wrong` ones, pixels of the figure's `paper` and
    `invented` ones."""

    regions: list[int] = field(default_factory=list)
    paper: list[int] = field(default_factory=list)
    wrong: dict[str, list[int]] = field(default_factory=lambda: {way: [] for way in WAYS})
    invented: dict[str, list[int]] = field(default_factory=lambda: {way: [] for way in WAYS})

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON; shares 0..1, each with its standard error, None where nothing was
        counted. Those of the picture as it was painted end in "_picture", their difference in "_gain"."""
        found: dict[str, Any] = {"pages": len(self.regions), "regions": sum(self.regions)}
        for name, counts, totals in (("wrong", self.wrong, self.regions), ("invented", self.invented, self.paper)):
            figures = {way: share(counts[way], totals) for way in WAYS}
            told = {
                name: figures[FROM_REFERENCE],
                f"{name}_picture": figures[FROM_PICTURE],
                f"{name}_gain": figures[FROM_PICTURE] - figures[FROM_REFERENCE],
            }
            for key, figure in told.items():
                found[key], found[f"{key}_error"] = _rounded(figure.value), _rounded(figure.standard_error)
        return found


def evaluate_reference_colors(
    pages: int, seed: int, on_step: Callable[[str], None] = lambda what: None
) -> dict[str, Any]:
    """Score flats of `pages` drawings of the set `seed`, coloured by the built-in model on the processor.

    Two of three references are other drawings in the same colours, the third is the drawing itself, coloured. Regions
    are the right ones, areas of one part between lines; each counts by the colour that most of it has. A region whose
    part the reference does not show is not counted. `on_step`: called with a description of each step. Returns the
    figures of `SourceTally`, of all pages and of each kind of reference.
    """
    engine = Engine("cpu")
    tallies = {"all": SourceTally(), "other_drawing": SourceTally(), "same_drawing": SourceTally()}
    for number, (pair, view, kind) in enumerate(_pages(pages, seed)):
        on_step(f"reference colours: page {number + 1} of {pages}, {kind.replace('_', ' ')}")
        flats = {way: made_flats(engine, pair.line_art, view.picture, way, seed=number) for way in WAYS}
        for tally in (tallies["all"], tallies[kind]):
            score_sources(pair, view, flats, tally)
    kinds = {kind: tallies[kind].summary() for kind in ("other_drawing", "same_drawing")}
    return {**tallies["all"].summary(), **kinds}


def _pages(pages: int, seed: int) -> Iterator[tuple[EvaluationPair, View, str]]:
    """Yield pages with a reference each: every other one of the frozen set's kind, the others of the rich set's."""
    number = (OTHER_PAGES + seed) % (MAX_SEED + 1)
    rich = rich_pairs(number, (pages + 1) // 2)
    for index in range(pages):
        pair = next(rich) if index % 2 else as_evaluation_pair(held_out_pair(number, index // 2, SIZE))
        same = index % 3 == 2
        yield pair, pair.aligned if same else pair.reference, "same_drawing" if same else "other_drawing"


def made_flats(engine: Engine, line_art: np.ndarray, reference: np.ndarray, way: str, seed: int) -> np.ndarray:
    """Return flats (H,W,4) uint8 of `line_art` (H,W) uint8 as a job makes them, colours from the `reference` (h,w,3) in
    one of WAYS. A second call in another way paints no new picture."""
    regions = RegionParameters(result="flats", hard_edges=True, colors_from=way)
    request = ColorizeRequest(
        model=MODEL,
        line_art=with_alpha(np.repeat(line_art[..., None], 3, axis=2)),
        references=(Reference(with_alpha(reference)),),
        parameters=Parameters(seed=seed, steps=STEPS, panels="off", regions=regions),
    )
    return engine.colorize(request, lambda event: None, lambda: False).layers[0].pixels


def score_sources(pair: EvaluationPair, view: View, flats: dict[str, np.ndarray], tally: SourceTally) -> None:
    """Count wrong regions and invented colours of a page, whose `flats` (H,W,4) are there for each of WAYS."""
    labels = regions_of(pair, view)
    count = int(labels.max())
    part = np.zeros(count + 1, np.intp)
    part[labels.ravel()] = np.maximum(pair.labels.ravel(), 0)
    figure = paper_of_figure(pair.labels, pair.background, pair.ink)
    tally.regions.append(count)
    tally.paper.append(int(figure.sum()))
    for way, pixels in flats.items():
        colors = flatten_on_white(pixels)
        mostly = _commonest(labels, colors, count)
        tally.wrong[way].append(int((color_difference(mostly[1:], pair.colors[part[1:]]) > WRONG).sum()))
        tally.invented[way].append(invented_pixels(colors, figure, view.picture)[0])


def regions_of(pair: EvaluationPair, view: View) -> np.ndarray:
    """Return the right regions of a drawing (H,W) int32, from 1: areas of one part between lines, as far as `view`
    shows the part; 0 elsewhere."""
    free = (pair.ink < INK) & (pair.labels >= 0)
    shown = pair.shown_parts(view.labels)
    labels = np.zeros(free.shape, np.int32)
    count = 0
    for part in np.flatnonzero(shown):
        found, pieces, stats, _ = cv2.connectedComponentsWithStats(
            (free & (pair.labels == part)).view(np.uint8), connectivity=4
        )
        large = np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] >= max(2, LEAST_REGION * free.size)) + 1
        number = np.zeros(found, np.int32)
        number[large] = count + 1 + np.arange(len(large))
        labels += number[pieces]
        count += len(large)
    return labels


def _commonest(labels: np.ndarray, colors: np.ndarray, count: int) -> np.ndarray:
    """Return the commonest of `colors` (H,W,3) uint8 in each region 1..`count` of `labels` (H,W): (count+1,3)."""
    packed = colors.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    codes, number = np.unique((labels.astype(np.int64) << 24 | packed)[labels > 0], return_counts=True)
    found = np.zeros(count + 1, np.int64)
    order = np.argsort(number, kind="stable")  # the commonest is written last and stays
    found[codes[order] >> 24] = codes[order] & 0xFFFFFF
    return np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1).astype(np.uint8)


def _rounded(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
