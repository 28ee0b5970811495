"""Scores flats of drawings as people make them: open outlines with a right picture, closed ones with a mottled one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from skimage.color import deltaE_ciede2000

from huebrush_backend.evaluation.flat_making import PictureFlats, make_picture_flats
from huebrush_backend.evaluation.flat_metrics import RIGHT, joint_areas, spread
from huebrush_backend.evaluation.flat_mottles import MOTTLES, mottled
from huebrush_backend.evaluation.flat_pale_skin import kept_skin, with_pale_skin
from huebrush_backend.evaluation.flat_pictures import Painting, painted_picture, with_wrong_regions
from huebrush_backend.evaluation.metrics import to_lab
from huebrush_backend.flats.regions.find_regions import find_regions
from huebrush_backend.imaging.color_codes import pack_rgb, unpack_rgb
from huebrush_backend.synthesis.flat_truth import INK
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.sketch_pages import CLOSED_KINDS, OPEN_KINDS, SketchPage, draw_sketch_page

LOST = 25.0
"""Difference (CIEDE2000) from the right colour above which paper counts as lost."""
SOLID = 9 / 900
"""Width, as a share of the page's longer side, of the square that fits into a solid patch of lost paper."""
ALIKE = 10.0
"""Difference (CIEDE2000) below which two regions are of one colour, so that nobody could tell them apart."""
GAPS = (3, 6, 12, 24, 48, 96)
"""Gaps in pixels at which closures are counted."""
_GAP_PAGES = 10
"""Every so many pages, closures are counted at all GAPS."""
_PALE_PAGES = 4
"""Every so many pages, flats are also made with pale skin on white paper."""
LONGER_SIDES = (600, 720, 900, 1100, 1300, 1600)
"""Longer sides of drawings in pixels; each drawing has one of them."""
_ASPECTS = (0.72, 0.8, 1.0, 1.3)
_PICTURE_SIZES = (256, 384, 512)
_MOTTLED = 0.75
"""Share of large shapes that are mottled."""
_OF_GROUNDS = ("gradient", "blotches", "shine")
"""Kinds of mottling of backgrounds; other kinds would be further parts of the drawing there."""
_LEAST_MOTTLED = 0.003
"""Smallest area of a mottled shape, as a share of the page."""


@dataclass
class OpenTally:
    """Sums over open pages.

    * `lost`: for each page, the share of paper that is lost
    * `off_picture`: for each page, the share of paper where the flats are not as the picture
    * `kinds`: kind of each page
    * `regions`, `right`: true regions that are large enough to be seen, and those of them that were found
    * `closures`: for some pages, the number of gaps closed at each of GAPS
    * `pale_kept`: for some pages, how well pale skin and white paper are kept apart (`kept_skin`)
    """

    lost: list[float] = field(default_factory=list)
    off_picture: list[float] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    regions: int = 0
    right: int = 0
    closures: list[list[int]] = field(default_factory=list)
    pale_kept: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON; shares 0..1, None where nothing was counted."""
        by_kind = {
            kind: _mean([lost for lost, own in zip(self.lost, self.kinds, strict=True) if own == kind])
            for kind in sorted(set(self.kinds))
        }
        ordered = [row == sorted(row) for row in self.closures]
        return {
            "pages": len(self.lost),
            "lost": _mean(self.lost),
            "lost_by_kind": by_kind,
            "lost_above_a_tenth": sum(lost > 0.1 for lost in self.lost),
            "off_picture": _mean(self.off_picture),
            "regions": self.regions,
            "regions_right": round(self.right / self.regions, 4) if self.regions else None,
            "monotonic": _mean([float(each) for each in ordered]),
            "pale_skin_kept": _mean(self.pale_kept),
        }


@dataclass
class MottledTally:
    """Sums over closed pages: mottled shapes that the lines enclose, by kind of mottling, and those that were cut."""

    pages: int = 0
    shapes: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    cut_by_lines: int = 0

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON; shares 0..1, None where nothing was counted."""
        shapes, cut = sum(self.shapes.values()), sum(self.cut.values())
        return {
            "pages": self.pages,
            "shapes": shapes,
            "cut": cut,
            "false_borders": round(cut / shapes, 4) if shapes else None,
            "cut_by_kind": {kind: self.cut.get(kind, 0) for kind in sorted(self.shapes)},
            "cut_by_lines": self.cut_by_lines,
        }


def evaluate_open(
    pages: int,
    seed: int,
    on_step: Callable[[str], None] = lambda what: None,
    painting: Painting | None = None,
) -> dict[str, Any]:
    """Score flats of `pages` open drawings of the set `seed`, each with a simulated picture.

    `painting`: what the simulated model paints; by default a right picture, of another size on each page.
    `on_step`: called with a description of each step.
    """
    tally = OpenTally()
    for number in range(pages):
        on_step(f"open: page {number + 1} of {pages}")
        page = open_page(seed, number)
        truth = spread(page.truth)
        picture = picture_of(page, truth, painting)
        flats = make_picture_flats(page.lines, picture)
        tally.lost.append(lost_share(page, truth, flats))
        tally.off_picture.append(off_picture(page, picture, flats))
        tally.kinds.append(page.kind)
        right, count = right_regions(page, truth, flats.regions.labels)
        tally.right += right
        tally.regions += count
        if number % _GAP_PAGES == 0:
            tally.closures.append([len(find_regions(flats.ink, float(gap)).gap_closures) for gap in GAPS])
        if number % _PALE_PAGES == 0:
            page = with_pale_skin(page)
            kept = kept_skin(page, truth, make_picture_flats(page.lines, picture_of(page, truth, painting)).pixels)
            tally.pale_kept += [] if kept is None else [kept]
    return tally.summary()


def evaluate_mottled(pages: int, seed: int, on_step: Callable[[str], None] = lambda what: None) -> dict[str, Any]:
    """Score flats of `pages` closed drawings of the set `seed`, whose pictures are mottled inside the shapes.

    A shape counts if the lines alone enclose it, so that one found region has it and nothing else. It is cut if the
    flats have a border in it. `on_step`: called with a description of each step.
    """
    tally = MottledTally(pages=pages)
    for number in range(pages):
        on_step(f"mottled: page {number + 1} of {pages}")
        page = closed_page(seed, number)
        truth = spread(page.truth)
        picture, kinds = mottled_picture_of(page, truth)
        score_mottled(page, truth, make_picture_flats(page.lines, picture), kinds, tally)
    return tally.summary()


def score_mottled(
    page: SketchPage, truth: np.ndarray, flats: PictureFlats, kinds: Mapping[int, str], tally: MottledTally
) -> None:
    """Count the mottled shapes of a page and those that are cut. `kinds`: kind of mottling by region."""
    core, least = _cores(page, truth)
    by_lines, found = joint_areas(core, flats.by_lines.labels), joint_areas(core, flats.regions.labels)
    for label, kind in kinds.items():
        if label >= len(by_lines):
            continue
        pieces = by_lines[label]
        main = int(pieces.argmax())
        if (np.delete(pieces, main) >= least).any():
            tally.cut_by_lines += 1
        elif int((by_lines[1:, main] >= least).sum()) == 1:
            tally.shapes[kind] = tally.shapes.get(kind, 0) + 1
            if int((found[label] >= least).sum()) > 1:
                tally.cut[kind] = tally.cut.get(kind, 0) + 1


def closed_page(seed: int, number: int) -> SketchPage:
    """Return closed page `number` of the set `seed`, in a size of its own."""
    return draw_sketch_page(1000 * seed + number, *_page_size(seed, number), CLOSED_KINDS[number % len(CLOSED_KINDS)])


def mottled_picture_of(page: SketchPage, truth: np.ndarray) -> tuple[np.ndarray, dict[int, str]]:
    """Return a picture (h,w,3) uint8 sRGB of a page with mottled shapes, and the kind of mottling by region.

    `truth`: the page's labels, also under ink.
    """
    rng = np.random.default_rng([page.seed, 97])
    core, least = _cores(page, truth)
    areas = np.bincount(core.ravel(), minlength=page.count + 1)
    large = np.flatnonzero(areas[1:] >= max(_LEAST_MOTTLED * truth.size, 4 * least)) + 1
    chosen = [int(label) for label in large if rng.random() < _MOTTLED]
    kinds = {
        label: str(rng.choice(list(MOTTLES) if page.parts[label] != Part.BACKGROUND else _OF_GROUNDS))
        for label in chosen
    }
    right = mottled(rng, page.colors[truth], truth, kinds)
    return painted_picture(rng, right, page.ink, int(rng.choice(_PICTURE_SIZES))), kinds


def _page_size(seed: int, number: int) -> tuple[int, int]:
    rng = np.random.default_rng([seed, number, 95])
    longer, aspect = int(rng.choice(LONGER_SIDES)), float(rng.choice(_ASPECTS))
    return (round(longer * aspect), longer) if aspect <= 1 else (longer, round(longer / aspect))


def open_page(seed: int, number: int, kind: str | None = None) -> SketchPage:
    """Return page `number` of the set `seed`, in a size of its own; of a `kind` of OPEN_KINDS, by default in turn."""
    kind = kind or OPEN_KINDS[number % len(OPEN_KINDS)]
    return draw_sketch_page(1000 * seed + number, *_page_size(seed, number), kind)


def picture_of(page: SketchPage, truth: np.ndarray, painting: Painting | None = None) -> np.ndarray:
    """Return the picture (h,w,3) uint8 sRGB that a simulated model paints of a page. It is always the same.

    `truth`: the page's labels, also under ink. `painting`: by default a right picture, of the page's own size.
    """
    rng = np.random.default_rng([page.seed, 96])
    size = int(rng.choice(_PICTURE_SIZES))
    painting = painting or Painting(size=size)
    colors = with_wrong_regions(rng, page.colors, painting.wrong)
    return painted_picture(rng, colors[truth], page.ink, painting.size, painting.blotches)


def lost_share(page: SketchPage, truth: np.ndarray, flats: PictureFlats) -> float:
    """Return the share 0..1 of the paper that is lost: painted in another colour than the right one, in solid patches.

    Patches are solid where they survive an opening by a square of the side SOLID.
    """
    lost = lost_paper(page, truth, flats.pixels)
    return float(lost.sum() / max(1, int((page.ink < INK).sum())))


def lost_paper(page: SketchPage, truth: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Mark the paper of a page that is lost in its flats' `pixels` (H, W, 4): (H, W) bool."""
    height, width = truth.shape
    right, found = pack_rgb(page.colors[truth]).astype(np.int64), pack_rgb(pixels[..., :3]).astype(np.int64)
    found[pixels[..., 3] == 0] = 0xFFFFFF
    pairs, where = np.unique((right << 24 | found).ravel(), return_inverse=True)
    apart = deltaE_ciede2000(to_lab(unpack_rgb(pairs >> 24)), to_lab(unpack_rgb(pairs & 0xFFFFFF)))
    wrong = (np.asarray(apart) > LOST)[where.reshape(height, width)] & (page.ink < INK)
    return cv2.morphologyEx(wrong.astype(np.uint8), cv2.MORPH_OPEN, _solid(width, height)).astype(np.bool_)


def off_picture(page: SketchPage, picture: np.ndarray, flats: PictureFlats) -> float:
    """Return the share 0..1 of the paper whose flats differ from the `picture` (h,w,3) by more than LOST, in solid
    patches; measured at the picture's size. Unlike `lost_share` this needs no right colours."""
    height, width = picture.shape[:2]
    size = (width, height)
    paper = cv2.resize(page.ink, size, interpolation=cv2.INTER_AREA) < INK
    painted = cv2.resize(flats.pixels[..., :3], size, interpolation=cv2.INTER_AREA)
    apart = np.asarray(deltaE_ciede2000(to_lab(painted), to_lab(picture)))
    off = cv2.morphologyEx(((apart > LOST) & paper).astype(np.uint8), cv2.MORPH_OPEN, _solid(width, height))
    return float(off.sum() / max(1, int(paper.sum())))


def right_regions(page: SketchPage, truth: np.ndarray, labels: np.ndarray) -> tuple[int, int]:
    """Return the number of true regions that were found, and of all that are large enough to be seen.

    Large enough is a region in which a square of the side SOLID fits. It is found if one found region covers RIGHT of
    its paper without the seams along the lines, and is the main one of no other true region of another colour.
    """
    core, least = _cores(page, truth)
    joint = joint_areas(core, labels)[1:]
    areas = joint.sum(1)
    large = np.flatnonzero(areas >= least)
    main = joint.argmax(1)
    lab = to_lab(page.colors[1:])
    right = 0
    for region in large:
        others = large[(main[large] == main[region]) & (large != region)]
        clash = len(others) > 0 and (deltaE_ciede2000(lab[others], lab[[region]]) >= ALIKE).any()
        right += bool(joint[region].max() >= RIGHT * areas[region] and not clash)
    return right, len(large)


def _cores(page: SketchPage, truth: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the true labels (H, W) int32 without seams of half the width SOLID along the lines, and the pixels of a
    square of that side."""
    square = _solid(*truth.shape[::-1])
    core = np.zeros_like(truth)
    inside = cv2.erode((page.truth > 0).astype(np.uint8), square).astype(np.bool_) & (page.ink < INK)
    core[inside] = truth[inside]
    return core, square.size


def _solid(width: int, height: int) -> np.ndarray:
    side = max(3, round(SOLID * max(width, height)))
    return np.ones((side, side), np.uint8)


def _mean(values: list[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None
