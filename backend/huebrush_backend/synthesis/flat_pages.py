"""Pages of line art with known regions, at any size and in every kind of line, to test flats with."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from skimage.color import lab2rgb, rgb2lab

from huebrush_backend.synthesis import flat_variants
from huebrush_backend.synthesis.flat_gaps import Gap, bridges, choose_gaps, window_round
from huebrush_backend.synthesis.flat_inking import Inker, ink_page
from huebrush_backend.synthesis.flat_layout import lay_out
from huebrush_backend.synthesis.flat_shapes import Shape
from huebrush_backend.synthesis.flat_truth import Truth, true_regions
from huebrush_backend.synthesis.palette import random_palette

CLOSED_VARIANTS = ("aa", "binary", "grey", "coloured", "transparent", "textured")
"""Variants whose lines are the ends of regions, and nothing else."""
SHADED_VARIANTS = ("hatched", "screentone")
"""Variants that add strokes or dots where no region ends."""
DENSE_VARIANTS = ("dense_screentone", "thick_hatched")
"""Variants that do so with more ink than paper, or with strokes as thick as the lines."""
GAPPED_VARIANTS = ("gapped",)
VARIANTS = (*CLOSED_VARIANTS, *SHADED_VARIANTS, *DENSE_VARIANTS, *GAPPED_VARIANTS)
_WIDEST_GAP = 20 / 8598
"""Widest gap in heights of an upright page: 20 pixels on a B4 page at 600 dots per inch."""
_MOST_GAPS = 60
_SHADES = (0.0, 7.0, -7.0, 13.0, -13.0)
"""Differences in lightness (CIELAB) between consecutive regions, so that neighbours of one part differ in colour."""


@dataclass(frozen=True, eq=False)
class FlatPage:
    """A page of which everything is known.

    * `truth`: (H, W) int32 region labels, 0 = ink
    * `crumbs`: (n,) int64, the pixels, row by row, of slivers that have their shape's label but lie apart from its
      region
    * `colors`: (count + 1, 3) uint8 sRGB, the right colour of each region
    * `parts`: (count + 1,) synthesis.Part of each region
    * `owners`: (count + 1,) figure or background that each region belongs to
    * `ink`: (H, W) uint8, coverage of the unbroken lines
    * `widest_gap`, `line_width`: in pixels
    * `gaps`: gaps of the variant "gapped"
    * `shapes`: from back to front
    * `region_shapes`: (count + 1,) index of each region's shape
    """

    seed: int
    truth: np.ndarray
    crumbs: np.ndarray
    colors: np.ndarray
    parts: np.ndarray
    owners: np.ndarray
    ink: np.ndarray
    widest_gap: float
    gaps: tuple[Gap, ...]
    line_width: float
    shapes: tuple[Shape, ...]
    region_shapes: np.ndarray

    @property
    def regions(self) -> np.ndarray:
        """`truth` without its slivers: (H, W) int32, each region in one piece."""
        return Truth(self.truth, self.region_shapes, self.crumbs).regions()

    @property
    def count(self) -> int:
        """Number of regions."""
        return len(self.colors) - 1


def draw_flat_page(seed: int, width: int, height: int) -> FlatPage:
    """Return page number `seed` at `width` x `height` pixels: a pure function of its arguments."""
    rng = np.random.default_rng([seed, 91])
    layout = lay_out(rng, height / width)
    widest = max(3.0, _WIDEST_GAP * max(height, width))
    ink, seen = ink_page(layout.shapes, width, height)
    joins = bridges(layout.shapes, ink, widest)
    shapes = (*layout.shapes, *joins)
    inker = Inker(shapes, width)
    for join in joins:
        x, y = join.points.mean(0) * width
        window = window_round(x, y, 2 * widest + 8, (width, height))
        ink[window.top : window.bottom, window.left : window.right] = inker.ink(window)
    truth = true_regions(ink, seen)
    del seen
    gaps = choose_gaps(rng=rng, shapes=shapes, ink=ink, labels=truth.regions(), widest=widest, most=_MOST_GAPS)
    parts = np.array([shapes[index].part for index in truth.shapes])
    owners = np.array([shapes[index].owner for index in truth.shapes])
    return FlatPage(
        seed=seed,
        truth=truth.labels,
        crumbs=truth.crumbs,
        colors=_colors(rng, parts, owners, layout.owners),
        parts=parts,
        owners=owners,
        ink=ink,
        widest_gap=widest,
        gaps=tuple(gaps),
        line_width=layout.line_width * width,
        shapes=shapes,
        region_shapes=truth.shapes,
    )


def render_lines(page: FlatPage, variant: str) -> np.ndarray:
    """Return a page's line art (H, W, 4) uint8 RGBA, straight alpha; `variant` is one of VARIANTS.

    Raises ValueError for another variant. The same page and variant give the same bytes.
    """
    rng = np.random.default_rng([page.seed, 92])
    truth = Truth(page.truth, page.region_shapes, page.crumbs)
    match variant:
        case "aa":
            return flat_variants.on_paper(page.ink)
        case "binary":
            return flat_variants.on_paper(flat_variants.binary(page.ink))
        case "grey":
            return flat_variants.grey(page.ink)
        case "coloured":
            return flat_variants.colored(page.ink, rng)
        case "transparent":
            return flat_variants.transparent(page.ink)
        case "textured":
            return flat_variants.on_paper(flat_variants.pencil(page.ink, rng))
        case "hatched":
            return flat_variants.on_paper(
                flat_variants.hatch_shadows(page.ink, truth, page.shapes, page.line_width, page.seed)
            )
        case "screentone":
            return flat_variants.on_paper(
                flat_variants.screentoned(page.ink, truth, page.shapes, page.line_width, page.seed)
            )
        case "dense_screentone":
            return flat_variants.on_paper(
                flat_variants.densely_screentoned(page.ink, truth, page.shapes, page.line_width, page.seed)
            )
        case "thick_hatched":
            return flat_variants.on_paper(
                flat_variants.thickly_hatched(page.ink, truth, page.shapes, page.line_width, page.seed)
            )
        case "gapped":
            return flat_variants.on_paper(gapped_ink(page))
        case _:
            raise ValueError(f"unknown kind of line art {variant!r}; choose one of {', '.join(VARIANTS)}")


def gapped_ink(page: FlatPage) -> np.ndarray:
    """Return the coverage (H, W) uint8 of a page's lines, interrupted at its gaps."""
    height, width = page.ink.shape
    ink = page.ink.copy()
    inker = Inker(page.shapes, width)
    cuts: dict[int, list[tuple[float, float]]] = {}
    for gap in page.gaps:
        cuts.setdefault(gap.shape, []).append(gap.cut)
    for gap in page.gaps:
        window = window_round(gap.x, gap.y, 3 * page.widest_gap + 2 * page.line_width, (width, height))
        ink[window.top : window.bottom, window.left : window.right] = inker.ink(window, cuts)
    return ink


def flats_of(page: FlatPage) -> np.ndarray:
    """Return the right flats (H, W, 3) uint8 sRGB of a page, with black lines."""
    red, green, blue = (page.colors[:, channel][page.truth] for channel in range(3))
    return cv2.merge([red, green, blue])


def _colors(rng: np.random.Generator, parts: np.ndarray, owners: np.ndarray, count: int) -> np.ndarray:
    """Return a colour for each region: its figure's colour for the part, in its own shade."""
    palettes = np.stack([random_palette(rng).colors for _ in range(count)])
    lab = rgb2lab(palettes[owners, parts][None] / 255)[0]
    shade = np.array(_SHADES)[np.arange(len(parts)) % len(_SHADES)]
    lightness = np.where(lab[:, 0] + shade > 96, lab[:, 0] - np.abs(shade) - 4, np.maximum(lab[:, 0] + shade, 8))
    lab[:, 0] = lightness
    colors = np.clip(np.rint(lab2rgb(lab[None])[0] * 255), 0, 255).astype(np.uint8)
    colors[0] = 0
    return colors
