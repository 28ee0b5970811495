"""Scores how well pictures keep to the lines: paper in a neighbour's colour, with spills and without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

import cv2
import numpy as np
from huebrush_protocol.parameters import Parameters
from skimage.color import deltaE_ciede2000
from skimage.measure import label

from huebrush_backend.engine.engine import Engine
from huebrush_backend.engine.request import ColorizeRequest, Reference
from huebrush_backend.evaluation.flat_metrics import spread
from huebrush_backend.evaluation.flat_mottles import mottled
from huebrush_backend.evaluation.flat_sketches import ALIKE, closed_page, open_page
from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.evaluation.spilled_pictures import region_borders, spilled_picture
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.flats.regions.gap_width import WidestGap
from huebrush_backend.flats.spills.keep_to_lines import keep_to_lines
from huebrush_backend.flats.spills.mixtures import between
from huebrush_backend.flats.splitting.split_regions import split_by_picture
from huebrush_backend.imaging.lineart import ink_coverage
from huebrush_backend.imaging.upsampling import upsample_to_lines
from huebrush_backend.synthesis.flat_truth import INK
from huebrush_backend.synthesis.sketch_pages import OPEN_KINDS, SketchPage

SEEN = 2.5
"""Difference (CIEDE2000) from a region's own colour up to which paint is its own, whatever its neighbours have."""
HARMED = 3.0
"""Change for the worse (CIEDE2000) of paper that was right from which it counts as harmed."""
OPEN_PAGES, SHADED_PAGES, MODEL_PAGES = 5, 3, 10
"""Every so many pages the outlines are open; shapes have light and shade; the built-in model paints the picture."""
_LIGHT_AND_SHADE = ("cel", "gradient", "shine")
_LEAST_SHADED = 0.003
"""Smallest area of a shape with light and shade, as a share of the page."""
_SIZES = (256, 384, 512)
"""Longer sides of simulated pictures in pixels."""
_JUDGED = 500
"""Longer side in pixels at which pages are judged, at least: every so many pixels of a large page are looked at."""
_SOFT = (0.004, 0.012, 0.04)
"""Widths, in longer sides, over which a region's own tones may run into each other."""
_MOVED = 8.0
"""Pixels of the picture, a latent's cell, by which light and shade may lie off within their own region."""
_STEPS = 4
"""Places that are looked at from a pixel to the farthest that light and shade may have moved."""
_BESIDE = 3
"""Judged pixels beside a line up to which a patch may fade there and still lie over it."""
_ASIDE = 0.5
"""Farthest that a model's spill lies off the line from the region's own colour to the neighbour's, in lengths of it."""
_LEAST_CORE = 60
"""Fewest judged pixels of a region away from its borders whose median tells its colour in a model's picture."""


@dataclass
class SpilledTally:
    """Sums over pages: shares of the paper that are spilled before and after, and harmed; and ΔE from what is right."""

    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    harmed: list[float] = field(default_factory=list)
    difference: list[tuple[float, float]] = field(default_factory=list)

    def add(self, page: SpilledPage, before: np.ndarray, after: np.ndarray) -> None:
        """Count a page's picture (H,W,3) uint8 on its paper, `before` and `after` spills are pulled back."""
        was, off = page.spilled(before)
        now, still_off = page.spilled(after)
        paper = max(1, int(page.paper.sum()))
        self.before.append(float(was.sum()) / paper)
        self.after.append(float(now.sum()) / paper)
        self.harmed.append(float((page.paper & ~was & (still_off > off + HARMED)).sum()) / paper)
        self.difference.append((float(off[page.paper].mean()), float(still_off[page.paper].mean())))

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON; shares 0..1, None where nothing was counted."""
        differences = np.array(self.difference).reshape(-1, 2)
        return {
            "pages": len(self.before),
            "before": _mean(self.before),
            "after": _mean(self.after),
            "harmed": _mean(self.harmed),
            "delta_e_before": _mean(differences[:, 0].tolist(), 2),
            "delta_e_after": _mean(differences[:, 1].tolist(), 2),
        }


class SpilledPage:
    """A page of which it is known which colours each place of its paper may have.

    * `paper`: (h,w) bool, pixels that are judged
    """

    def __init__(
        self,
        page: SketchPage,
        truth: np.ndarray,
        own: Sequence[np.ndarray],
        colors: np.ndarray,
        right_known: bool = True,
        moved: float = 0.0,
    ) -> None:
        """Prepare what pictures of `page` are compared with.

        * `truth`: (H,W), labels, also under ink
        * `own`: pictures (H,W,3) uint8 of colours that a place may have; it may also have mixtures of each with the
          next, and the region's main colour
        * `colors`: (count+1,3) uint8, the regions' main colours
        * `right_known`: whether `own` is what is right. If it is only what a model painted, a patch that lies over no
          line of the neighbour it looks like, is larger than that or has a third colour, is the region's own paint: it
          has two colours.
        * `moved`: pixels of the page by which a region's own tones may lie off: a shadow that ends a bit too early or
          too late is no spill, even if it is nearer to a neighbour's colour than to the lit tone that belongs there
        """
        self._step = max(1, round(max(truth.shape) / _JUDGED))
        self._across = round(page.line_width / self._step) + _BESIDE
        self._right_known = right_known
        self.paper = (page.ink < INK)[:: self._step, :: self._step]
        self._truth = truth[:: self._step, :: self._step]
        self._own = [self._judged(each).astype(np.float32) for each in own]
        self._tones = to_lab(self._judged(own[0]))
        self._moved = moved / self._step
        self._colors = to_lab(colors[None])[0]
        self._plain = self._colors[self._truth]
        self._neighbours = _neighbours(truth, self._colors)

    def spilled(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (h,w) bool, the paper whose colour in `picture` (H,W,3) is nearer to a neighbour's than to its own,
        and its difference (CIEDE2000) from its own, (h,w)."""
        seen = self._judged(picture)
        lab = to_lab(seen)
        off = np.minimum(deltaE_ciede2000(lab, self._plain), self._off(seen, lab))
        result = np.zeros(self.paper.shape, bool)
        odd = self.paper & (off > SEEN)
        for region, others in enumerate(self._neighbours):
            if not len(others):
                continue
            rows, columns = np.nonzero(odd & (self._truth == region))
            if not len(rows):
                continue
            apart = deltaE_ciede2000(lab[rows, columns][:, None], self._colors[others][None])
            nearer = apart.min(axis=1) < off[rows, columns]
            nearer[nearer] = apart[nearer].min(axis=1) < self._off_nearby(lab, rows[nearer], columns[nearer])
            like = np.zeros(self.paper.shape, np.int32)
            other = others[apart.argmin(axis=1)]
            if not self._right_known:
                nearer &= _on_the_way(lab[rows, columns], self._colors[region], self._colors[other])
            like[rows[nearer], columns[nearer]] = other[nearer]
            result |= like > 0 if self._right_known else self._over_lines(like)
        return result, off

    def _off(self, picture: np.ndarray, lab: np.ndarray) -> np.ndarray:
        """Return the difference (h,w) of a `picture` (h,w,3), `lab` in CIELAB, from `own` and the mixtures between."""
        off = np.asarray(deltaE_ciede2000(lab, to_lab(self._own[0].astype(np.uint8))))
        for one, other in pairwise(self._own):
            step = other - one
            share = np.einsum("ijk,ijk->ij", picture - one, step)
            share = np.clip(share / np.maximum(np.einsum("ijk,ijk->ij", step, step), 1), 0, 1)
            nearest = np.rint(one + share[..., None] * step).astype(np.uint8)
            off = np.minimum(off, deltaE_ciede2000(lab, to_lab(nearest)))
        return off

    def _off_nearby(self, lab: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the least difference (n,) of colours of `lab` (h,w,3), at `rows` and `columns` (n,), from the tones
        that their own region has at most as far away as its tones may have moved."""
        best = np.full(len(rows), np.inf)
        steps = np.linspace(-self._moved, self._moved, 2 * _STEPS + 1)
        for down, right in product(steps, steps) if self._moved > 0 else ():
            if np.hypot(down, right) > self._moved:
                continue
            beside = np.clip(rows + round(down), 0, len(lab) - 1), np.clip(columns + round(right), 0, lab.shape[1] - 1)
            own = self._truth[beside] == self._truth[rows, columns]
            tones = self._tones[beside][own]
            best[own] = np.minimum(best[own], deltaE_ciede2000(lab[rows[own], columns[own]], tones))
        return best

    def _over_lines(self, like: np.ndarray) -> np.ndarray:
        """Return (h,w) bool: the patches that lie over a line of the region that they look like, and are no larger.

        `like` (h,w): the neighbour whose colour paper of one region has, 0 for none.
        """
        patches = np.asarray(label(like, connectivity=2, background=0))
        counted = np.zeros(int(patches.max()) + 1, bool)
        area = np.bincount(patches.ravel())
        for other in np.unique(like[like > 0]).tolist():
            source = self._truth == other
            beside = cv2.dilate(source.view(np.uint8), np.ones((2 * self._across + 1,) * 2, np.uint8)) > 0
            found = np.unique(patches[beside & (like == other)])
            counted[found] = area[found] <= source.sum()
        return counted[patches]

    def _judged(self, picture: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(picture[:: self._step, :: self._step])


def evaluate_spilled(pages: int, seed: int, on_step: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
    """Score pictures of `pages` drawings of the set `seed`; a few are the built-in model's, which are counted apart.

    `on_step`: called with a description of each step.
    """
    tallies = {name: SpilledTally() for name in ("simulated", "plain", "shaded", "open", "open_shaded", "model")}
    engine = Engine("cpu")
    for number in range(pages):
        on_step(f"spilled: page {number + 1} of {pages}")
        page = spilled_page(seed, number)
        truth = spread(page.truth)
        if number % MODEL_PAGES == MODEL_PAGES - 1:
            before, after = model_pictures(engine, page, truth)
            tallies["model"].add(_as_painted(page, truth, before), before, after)
            continue
        right, kind = right_picture(page, truth, number)
        picture = spilled_picture_of(page, truth, right)
        before, after = kept_pictures(page, picture)
        moved = _MOVED * max(truth.shape) / max(picture.shape[:2])
        known = SpilledPage(page, truth, [right, *_softened(right, truth)], page.colors, moved=moved)
        for name in ("simulated", kind):
            tallies[name].add(known, before, after)
    figures = tallies.pop("simulated").summary()
    return {**figures, "pages": pages, "by_kind": {name: tally.summary() for name, tally in tallies.items()}}


def spilled_page(seed: int, number: int) -> SketchPage:
    """Return page `number` of the set `seed`: closed, but for every OPEN_PAGES-th, open in one way after the other."""
    if not _is_open(number):
        return closed_page(seed, number)
    return open_page(seed, number, OPEN_KINDS[number // OPEN_PAGES % len(OPEN_KINDS)])


def right_picture(page: SketchPage, truth: np.ndarray, number: int) -> tuple[np.ndarray, str]:
    """Return the right colours (H,W,3) uint8 of page `number`, and its kind: "plain", "shaded", "open" or
    "open_shaded"."""
    right = page.colors[truth]
    if number % SHADED_PAGES == SHADED_PAGES - 1:
        rng = np.random.default_rng([page.seed, 99])
        areas = np.bincount(truth.ravel(), minlength=page.count + 1)
        large = np.flatnonzero(areas[1:] >= _LEAST_SHADED * truth.size) + 1
        right = mottled(rng, right, truth, {int(label): str(rng.choice(_LIGHT_AND_SHADE)) for label in large})
        return right, "open_shaded" if _is_open(number) else "shaded"
    return right, "open" if _is_open(number) else "plain"


def _is_open(number: int) -> bool:
    return number % OPEN_PAGES == 1


def spilled_picture_of(page: SketchPage, truth: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the picture (h,w,3) uint8 that a simulated model paints of a page. It is always the same.

    `truth`: the page's labels, also under ink. `right` (H,W,3) uint8: its right colours.
    """
    rng = np.random.default_rng([page.seed, 100])
    return spilled_picture(rng, right, truth, page.colors, page.ink, int(rng.choice(_SIZES)))


def kept_pictures(page: SketchPage, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a model's `picture` (h,w,3) at the page's size, as it is and kept to the lines, by the steps of a job."""
    ink = ink_coverage(page.lines)
    coverage = np.asarray(ink / np.float32(255), np.float32)
    regions = split_by_picture(find_regions(ink, WidestGap(None)), ink, picture)
    kept = keep_to_lines(picture, regions, ink)
    after = upsample_to_lines(kept, coverage, pixel=kept.shape[0] / picture.shape[0])
    return upsample_to_lines(picture, coverage), after


def model_pictures(engine: Engine, page: SketchPage, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the built-in model's picture of a page after its own colours, as it is and kept to the lines."""
    reference = page.colors[truth][:, ::-1]
    opaque = np.dstack([reference, np.full(truth.shape, 255, np.uint8)])
    pictures = []
    for kept in (False, True):
        parameters = Parameters(seed=page.seed, steps=8, panels="off", keep_to_lines=kept)
        request = ColorizeRequest("demo", page.lines, (Reference(opaque),), parameters)
        result = engine.colorize(request, lambda event: None, lambda: False)
        pictures.append(np.ascontiguousarray(result.layers[0].pixels[..., :3]))
    return pictures[0], pictures[1]


def _as_painted(page: SketchPage, truth: np.ndarray, picture: np.ndarray) -> SpilledPage:
    """Return a page whose regions have the colours that a model's `picture` (H,W,3) has away from their borders."""
    border = np.zeros(truth.shape, np.uint8)
    rows, columns, rows2, columns2 = region_borders(truth)
    border[rows, columns] = border[rows2, columns2] = 1
    depth = np.asarray(cv2.distanceTransform(1 - border, cv2.DIST_L2, 3))
    colors = np.zeros((page.count + 1, 3), np.uint8)
    known = np.zeros(page.count + 1, bool)
    for region in range(1, page.count + 1):
        inside = (truth == region) & (page.ink < INK)
        core = inside & (depth >= 0.5 * depth[inside].max(initial=0))
        known[region] = int(core.sum()) >= _LEAST_CORE
        if known[region]:
            colors[region] = np.median(picture[core], axis=0)
    # Of a region too small for the model nobody can say what it painted there: it counts as right.
    own = np.where(known[truth][..., None], colors[truth], picture)
    colors[~known] = colors[known][0] if known.any() else 0
    return SpilledPage(page, np.where(known[truth], truth, 0), [own], colors, right_known=False)


def _on_the_way(seen: np.ndarray, own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return (n,) bool: which colours `seen` (n,3) lie between `own` (3,) and `other` (n,3), in CIELAB.

    The rest are third colours, which are merely not as far from the other.
    """
    _, aside, square = between(seen, np.broadcast_to(own, seen.shape), other)
    return aside <= _ASIDE**2 * square


def _neighbours(truth: np.ndarray, lab: np.ndarray) -> list[np.ndarray]:
    """Return for each region the regions beside it in `truth` (H,W) that are not alike. `lab` (count+1,3): colours."""
    rows, columns, rows2, columns2 = region_borders(truth)
    touch = np.zeros((len(lab), len(lab)), bool)
    touch[truth[rows, columns], truth[rows2, columns2]] = True
    touch |= touch.T
    touch[0] = touch[:, 0] = False
    touch &= np.asarray(deltaE_ciede2000(lab[:, None], lab[None])) >= ALIKE
    return [np.flatnonzero(row) for row in touch]


def _softened(right: np.ndarray, truth: np.ndarray) -> list[np.ndarray]:
    """Return `right` (H,W,3) uint8 with the tones of each region run into each other, over several widths."""
    results = [right.copy() for _ in _SOFT]
    for region in range(1, int(truth.max()) + 1):
        mask = (truth == region).astype(np.uint8)
        left, top, width, height = cv2.boundingRect(mask)
        window = np.s_[top : top + height, left : left + width]
        inside = mask[window].astype(np.float32)
        painted = right[window].astype(np.float32) * inside[..., None]
        if not width or not np.ptp(right[window][inside > 0], axis=0).any():
            continue
        for result, share in zip(results, _SOFT, strict=True):
            sigma = share * max(truth.shape)
            weight = np.maximum(cv2.GaussianBlur(inside, (0, 0), sigma), 1e-6)
            soft = cv2.GaussianBlur(painted, (0, 0), sigma) / weight[..., None]
            result[window][inside > 0] = np.clip(np.rint(soft), 0, 255).astype(np.uint8)[inside > 0]
    return results


def _mean(values: list[float], digits: int = 4) -> float | None:
    return round(float(np.mean(values)), digits) if values else None
