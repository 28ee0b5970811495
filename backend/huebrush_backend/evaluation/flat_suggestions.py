"""Scores places to check and suggestions on drawn pages with simulated pictures, as a person would use them.

A page's picture is right, or has regions in another region's colour, or blotches that no line knows; lines are open,
so that regions run together; there is no palette, one to choose from, or one that is locked, with or without the right
colours. Flats and places come from the engine, by the steps of a user's job.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from huebrush_protocol.palettes.swatches import Swatch
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import WITHOUT_MODEL, RegionFix, RegionParameters
from skimage.color import deltaE_ciede2000

from huebrush_backend.engine.flats import RegionMaker, RegionResult
from huebrush_backend.engine.page_ink import PageInk
from huebrush_backend.engine.picture_cache import ModelPicture
from huebrush_backend.engine.request import ColorizeRequest
from huebrush_backend.evaluation.flat_metrics import spread
from huebrush_backend.evaluation.flat_pictures import Painting
from huebrush_backend.evaluation.flat_sketches import picture_of
from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.flats.palettes.extraction import extract_palette
from huebrush_backend.flats.palettes.palette import Palette, make_palette
from huebrush_backend.imaging.color_codes import pack_rgb, unpack_rgb
from huebrush_backend.imaging.lineart import ink_coverage
from huebrush_backend.synthesis.flat_truth import INK
from huebrush_backend.synthesis.sketch_pages import CLOSED_KINDS, OPEN_KINDS, SketchPage, draw_sketch_page

WRONG = 10.0
"""Difference (CIEDE2000) from the right colour, beyond that of the nearest colour allowed, above which paper is
wrong."""
WORSE = 2e-4
"""Share of the paper that must have become wrong for a page to count as made worse. Less is a line's softness."""
MOST_ROUNDS = 10
"""Times that "All suggestions" is pressed before a page counts as unfinished."""
FIRST = 10
"""Places that a person puts right."""
LEAST_WRONG = 1e-3
"""Share of the paper that must be wrong for a page to count in `first_ten`."""
PALETTES = ("none", "locked", "reduced", "unlocked")
"""Palettes in turn: none; the right colours, locked; the eight that the right page shows most, locked; the right
colours, not locked."""
SHOWING_COLORS = ("two_colors", "lost_color")
"""Kinds of places at which a person sees a shape that has another colour in the picture."""
SIDES = (480, 600, 700, 800, 900)
"""Longer sides of pages in pixels, in turn."""
_REDUCED = 8


@dataclass(frozen=True)
class Manner:
    """Manner in which a page comes about.

    * `is_open`: whether its outlines are open
    * `painting`: how the simulated model paints
    * `regions`: parameters that differ from the usual ones
    """

    is_open: bool
    painting: Painting
    regions: Mapping[str, Any] = field(default_factory=dict)


MANNERS: Mapping[str, Manner] = {
    "open": Manner(True, Painting(384)),
    "wrong": Manner(True, Painting(384, wrong=0.08)),
    "blotches": Manner(False, Painting(384, blotches=0.06)),
    "merged": Manner(True, Painting(384), {"color_borders": False}),
    "gaps": Manner(True, Painting(512, wrong=0.03), {"color_borders": False, "gap": 2.0, "gap_unit": "lines"}),
    "small": Manner(False, Painting(200, blotches=0.02)),
}
"""Manners by name: open lines; wrong regions; blotches; two colours in one region; unclosed gaps; a small picture."""


@dataclass
class SuggestionTally:
    """Sums over pages.

    * `worse`, `unfinished`: numbers of the pages that suggestions made worse, or on which they did not end
    * `suggested`: suggestions of the first round, over all pages
    * `rounds`: most times that "All suggestions" was pressed on a page until none was left
    * `put_right`: for each page with wrong paper, the share of it that "All suggestions" put right
    * `first`: the same for the first places, by manner
    * `places`: entries of each page
    * `clean`: pages with wrong paper on which there was nothing to check
    """

    pages: int = 0
    worse: list[int] = field(default_factory=list)
    unfinished: list[int] = field(default_factory=list)
    suggested: int = 0
    rounds: int = 0
    wrong: list[float] = field(default_factory=list)
    put_right: list[float] = field(default_factory=list)
    first: dict[str, list[float]] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    clean: int = 0

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON; shares 0..1, None where nothing was counted."""
        first = [share for some in self.first.values() for share in some]
        return {
            "pages": self.pages,
            "made_worse": len(self.worse),
            "unfinished": len(self.unfinished),
            "first_ten": _mean(first),
            "first_ten_by_manner": {name: _mean(some) for name, some in self.first.items()},
            "wrong": _mean(self.wrong),
            "suggested": self.suggested,
            "rounds": self.rounds,
            "put_right": _mean(self.put_right),
            "places": _mean([float(count) for count in self.places]),
            "worse_pages": self.worse,
            "unfinished_pages": self.unfinished,
            "clean_but_wrong": self.clean,
        }


@dataclass(frozen=True, eq=False)
class CheckedPage:
    """A page as the engine sees it: `truth` (H,W), its labels also under ink; `picture` (h,w,3); a `palette`."""

    page: SketchPage
    truth: np.ndarray
    picture: np.ndarray
    palette: Palette | None
    regions: RegionParameters

    def request(self, fixes: Sequence[RegionFix] = ()) -> ColorizeRequest:
        """Return the request for flats with `fixes`."""
        regions = replace(self.regions, fixes=tuple(fixes))
        return ColorizeRequest(WITHOUT_MODEL, self.page.lines, (), Parameters(regions=regions))


def evaluate_suggestions(pages: int, seed: int, on_step: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
    """Score places and suggestions on `pages` drawings of the set `seed`. `on_step`: called with a description of each
    step."""
    tally = SuggestionTally()
    for number in range(pages):
        on_step(f"suggestions: page {number + 1} of {pages}")
        score_page(checked_page(seed, number), number, manner_of(number), tally)
    return tally.summary()


def manner_of(number: int) -> str:
    """Return the manner of page `number`."""
    return tuple(MANNERS)[number % len(MANNERS)]


def checked_page(seed: int, number: int) -> CheckedPage:
    """Return page `number` of the set `seed`; it is always the same."""
    manner = MANNERS[manner_of(number)]
    mode = PALETTES[number // len(MANNERS) % len(PALETTES)]
    kinds = OPEN_KINDS if manner.is_open else CLOSED_KINDS
    longer = SIDES[number % len(SIDES)]
    width, height = (longer, longer) if number % 2 else (round(0.75 * longer), longer)
    page = draw_sketch_page(1000 * seed + number, width, height, kinds[number % len(kinds)])
    truth = spread(page.truth)
    palette = None
    if mode == "reduced":
        right = page.colors[truth]
        palette = extract_palette([right], _REDUCED)
    elif mode != "none":
        colors = [(red, green, blue) for red, green, blue in np.unique(page.colors[1:], axis=0).tolist()]
        palette = make_palette([Swatch(color) for color in colors])
    hexes = () if palette is None else tuple(swatch.hex for swatch in palette.swatches)
    regions = RegionParameters(result="flats", palette=hexes, locked=mode != "unlocked", **manner.regions)
    return CheckedPage(page, truth, picture_of(page, truth, manner.painting), palette, regions)


def score_page(checked: CheckedPage, number: int, manner: str, tally: SuggestionTally) -> None:
    """Make a page's flats, put its first places right, and press "All suggestions" until there are none."""
    maker, lines = RegionMaker(), PageInk(ink_coverage(checked.page.lines))

    def make(fixes: Sequence[RegionFix]) -> RegionResult:
        request = checked.request(fixes)
        painted = ModelPicture(checked.picture, request.parameters, None, ())
        return maker.make(request, checked.palette, lines, painted, lambda: None)

    result = make(())
    wrong = wrong_paper(checked, result)
    paper = int((checked.page.ink < INK).sum())
    before, places = float(wrong.sum() / paper), result.flats_report["places_to_check"]
    tally.pages += 1
    tally.places.append(len(places))
    tally.wrong.append(before)
    if before >= LEAST_WRONG:
        left = wrong & ~named_paper(checked.truth, result.labels, places[:FIRST])
        tally.first.setdefault(manner, []).append(1 - float(left.sum() / wrong.sum()))
        tally.clean += not places
    fixes: list[RegionFix] = []
    for round_number in range(MOST_ROUNDS):
        suggested = suggestions(result.flats_report)
        if round_number == 0:
            tally.suggested += len(suggested)
        if not suggested:
            break
        tally.rounds = max(tally.rounds, round_number + 1)
        fixes += suggested
        result = make(fixes)
    else:
        tally.unfinished.append(number)
    after = float(wrong_paper(checked, result).sum() / paper)
    if after > before + WORSE:
        tally.worse.append(number)
    if before >= LEAST_WRONG:
        tally.put_right.append(1 - after / before)


def suggestions(report: Mapping[str, Any]) -> list[RegionFix]:
    """Return the corrections that "All suggestions" makes."""
    found = []
    for place in report["places_to_check"]:
        for fix in place["fixes"]:
            if fix["suggested"]:
                ends = [(fix["x"], fix["y"], fix["x2"], fix["y2"]), *map(tuple, fix["more"])]
                found += [RegionFix(fix["kind"], *points, color=fix["color"]) for points in ends]
    return found


def wrong_paper(checked: CheckedPage, result: RegionResult) -> np.ndarray:
    """Mark the paper whose flats are wrong, (H,W) bool: farther from the right colour than the nearest one allowed."""
    height, width = checked.truth.shape
    flats = np.full((height, width, 3), 255, np.uint8)
    for layer in result.layers:
        rows, columns = slice(layer.y, layer.y + layer.pixels.shape[0]), slice(layer.x, layer.x + layer.pixels.shape[1])
        opaque = layer.pixels[..., 3] > 127
        flats[rows, columns][opaque] = layer.pixels[opaque][:, :3]
    right, found = pack_rgb(checked.page.colors[checked.truth]).astype(np.int64), pack_rgb(flats).astype(np.int64)
    pairs, where = np.unique((right << 24 | found).ravel(), return_inverse=True)
    lab = to_lab(unpack_rgb(pairs >> 24))
    apart = np.asarray(deltaE_ciede2000(lab, to_lab(unpack_rgb(pairs & 0xFFFFFF))))
    if checked.palette is not None and checked.regions.locked:
        swatches = to_lab(checked.palette.colors)
        apart = apart - np.asarray(deltaE_ciede2000(lab[:, None], swatches[None])).min(axis=1)
    return (apart > WRONG)[where.reshape(height, width)] & (checked.page.ink < INK)


def named_paper(truth: np.ndarray, labels: np.ndarray, places: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Mark the paper that a person puts right who looks at `places`, (H,W) bool.

    `truth`, `labels`: (H,W), true regions and those of the flats. At each spot that is what belongs to the flats'
    region at its point and lies in its box; where a second colour is shown, the whole of the true shape at its point.
    """
    marked = np.zeros(labels.shape, bool)
    height, width = labels.shape
    shapes = []
    for place in places:
        for left, top, wide, high, x, y in place["spots"]:
            window = slice(max(0, top), max(0, top + high)), slice(max(0, left), max(0, left + wide))
            row, column = min(int(y), height - 1), min(int(x), width - 1)
            marked[window] |= labels[window] == labels[row, column]
            if place["kind"] in SHOWING_COLORS:
                shapes.append(int(truth[row, column]))
    return marked | np.isin(truth, [shape for shape in shapes if shape > 0])


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None
