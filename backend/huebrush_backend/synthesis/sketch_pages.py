"""Drawings as people make them, with known regions: open outlines, double strokes, pencil, construction lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from huebrush_backend.synthesis.flat_inking import ink_page
from huebrush_backend.synthesis.flat_layout import Layout
from huebrush_backend.synthesis.flat_shapes import Shape
from huebrush_backend.synthesis.flat_truth import true_regions
from huebrush_backend.synthesis.flat_variants import on_paper
from huebrush_backend.synthesis.notched_shapes import lay_out_notched
from huebrush_backend.synthesis.parts import Part
from huebrush_backend.synthesis.rich.palette import rich_palette
from huebrush_backend.synthesis.sketch_contours import Opening, open_contours, visible_contours
from huebrush_backend.synthesis.sketch_layout import lay_out_drawing
from huebrush_backend.synthesis.sketch_scribbles import construction_strokes, shading_strokes
from huebrush_backend.synthesis.sketch_strokes import Hand, draw_strokes, grained, strokes_of

OPEN_KINDS = ("outline", "double", "pencil", "construction", "mixed")
"""Kinds of open drawings: clean outlines, sketchy double strokes, pencil with pressure, lines of construction under
clean or sketchy ones, and all of it together."""
CLOSED_KINDS = ("closed", "notched")
"""Kinds whose outlines are closed: the same drawings, and shapes with notches, waists and strokes that end inside."""
SKETCH_KINDS = (*OPEN_KINDS, *CLOSED_KINDS)
_SPACINGS = (0.3, 1.0)
"""Mean length of outline for each opening, in page sizes: of the most and the least open drawings."""
_MOST_WOBBLE = 0.006
"""Farthest that a stroke of a thick pen strays, in page sizes: 5 pixels of 900."""
_CONSTRUCTED = {"construction": 1.0, "mixed": 0.5}
"""Share of a kind's drawings with construction lines."""
_SCRIBBLED = {"double": 0.2, "pencil": 0.4, "mixed": 0.6}
"""Share of a kind's drawings with scribbled shading."""
_BY_HAND = 0.4
"""Share of closed drawings that are inked by a hand that wavers; the others are exact."""
_WHITE_GROUND = 0.45
"""Share of drawings whose background is white."""


@dataclass(frozen=True, eq=False)
class SketchPage:
    """A drawing of which everything is known.

    * `seed`, `kind`: of SKETCH_KINDS
    * `ink`: (H, W) uint8, coverage of the lines as the artist drew them
    * `lines`: (H, W, 4) uint8 sRGB with alpha, the same on paper
    * `truth`: (H, W) int32 region labels; 0 = under the lines of the clean, closed drawing
    * `colors`: (count + 1, 3) uint8 sRGB, the right colour of each region
    * `parts`: (count + 1,) part class of each region
    * `line_width`: in pixels
    * `openings`: where outlines are open
    """

    seed: int
    kind: str
    ink: np.ndarray
    lines: np.ndarray
    truth: np.ndarray
    colors: np.ndarray
    parts: np.ndarray
    line_width: float
    openings: tuple[Opening, ...]

    @property
    def count(self) -> int:
        """Number of regions."""
        return len(self.colors) - 1


def draw_sketch_page(seed: int, width: int, height: int, kind: str | None = None) -> SketchPage:
    """Return drawing number `seed` at `width` x `height` pixels: a pure function of its arguments.

    `kind`: of SKETCH_KINDS; without it, the drawings take turns through OPEN_KINDS. Raises ValueError for another.
    """
    kind = OPEN_KINDS[seed % len(OPEN_KINDS)] if kind is None else kind
    if kind not in SKETCH_KINDS:
        raise ValueError(f"unknown kind of drawing {kind!r}; choose one of {', '.join(SKETCH_KINDS)}")
    rng = np.random.default_rng([seed, 94])
    layout = (lay_out_notched if kind == "notched" else lay_out_drawing)(rng, height / width)
    clean, seen = ink_page(layout.shapes, width, height)
    truth = true_regions(clean, seen)
    parts = np.array([layout.shapes[index].part for index in truth.shapes])
    owners = np.array([layout.shapes[index].owner for index in truth.shapes])
    colors = _colors(rng, parts, owners, layout.owners)
    by_hand = kind in OPEN_KINDS or rng.random() < _BY_HAND
    ink, openings = _drawn(rng, layout, seen, truth.labels, kind) if by_hand else (clean, [])
    return SketchPage(
        seed=seed,
        kind=kind,
        ink=ink,
        lines=on_paper(ink, _tone(rng, kind)),
        truth=truth.labels,
        colors=colors,
        parts=parts,
        line_width=layout.line_width * width,
        openings=tuple(openings),
    )


def _drawn(
    rng: np.random.Generator, layout: Layout, seen: np.ndarray, truth: np.ndarray, kind: str
) -> tuple[np.ndarray, list[Opening]]:
    """Draw the visible lines of a layout by hand: coverage (H, W) uint8, and the openings."""
    height, width = seen.shape
    line_width, size = layout.line_width * width, max(width, height)
    spacing = size * float(np.exp(rng.uniform(*np.log(_SPACINGS))))
    contours, openings = visible_contours(layout.shapes, seen), []
    if kind in OPEN_KINDS:
        contours, openings = open_contours(rng, contours, line_width, spacing)
    hand = _hand(rng, kind, size)
    hand = replace(hand, wobble=min(hand.wobble, _MOST_WOBBLE * size / line_width))
    strokes = strokes_of(rng, contours, hand, line_width)
    if rng.random() < _CONSTRUCTED.get(kind, 0):
        strokes += construction_strokes(rng, layout.shapes, line_width, hand.darkness, width, height)
    if rng.random() < _SCRIBBLED.get(kind, 0):
        strokes += shading_strokes(rng, truth, line_width, hand.darkness)
    ink = np.maximum(draw_strokes(strokes, width, height), _solids(layout.shapes, seen, hand.darkness))
    return (grained(rng, ink, hand.grain) if hand.grain else ink), openings


def _hand(rng: np.random.Generator, kind: str, size: int) -> Hand:
    if kind in CLOSED_KINDS:
        wobble, pressure = float(rng.uniform(0, 0.4)), float(rng.uniform(0, 0.3))
        return Hand(wobble=wobble, overshoot=(0.8, 1.5), pressure=pressure, thinnest=0.75)
    if kind == "outline" or (kind == "construction" and rng.random() < 0.5):
        return Hand(tips=float(rng.choice((0.0, 3.0))), wobble=float(rng.uniform(0, 0.3)))
    double = Hand(
        repeats=(2, int(rng.integers(2, 5))),
        stretch=size * float(rng.uniform(0.08, 0.3)),
        wobble=float(rng.uniform(0.35, 1.1)),
        overshoot=(-1.5, float(rng.uniform(1, 6))),
        pressure=0.3,
        tips=float(rng.uniform(2, 10)),
        darkness=float(rng.uniform(0.75, 1)),
    )
    if kind in ("double", "construction"):
        return double
    return Hand(
        repeats=(1, 2) if kind == "pencil" else double.repeats,
        stretch=size * float(rng.uniform(0.15, 0.5)),
        wobble=float(rng.uniform(0.1, 0.5)) if kind == "pencil" else double.wobble,
        overshoot=(-1.5, float(rng.uniform(0.5, 4))),
        pressure=float(rng.uniform(0.5, 1)),
        tips=float(rng.uniform(5, 20)),
        darkness=float(rng.uniform(0.65, 1)),
        grain=float(rng.uniform(0.3, 1)),
    )


def _solids(shapes: Sequence[Shape], seen: np.ndarray, darkness: float) -> np.ndarray:
    """Return the coverage (H, W) uint8 of shapes that are full of ink, where nothing hides them."""
    result = np.zeros(seen.shape, np.uint8)
    for index, shape in enumerate(shapes):
        if shape.solid:
            one = np.zeros(seen.shape, np.uint8)
            fixed = np.rint((shape.points * seen.shape[1] - 0.5) * 16).astype(np.int32)
            cv2.fillPoly(one, [fixed], round(255 * darkness), cv2.LINE_AA, 4)
            np.maximum(result, np.where(seen <= index + 1, one, 0), out=result)
    return result


def _tone(rng: np.random.Generator, kind: str) -> int:
    """Return the grey of the lines: ink is black, pencils are greyer."""
    return int(rng.integers(30, 90)) if kind in ("pencil", "mixed") else 0


def _colors(rng: np.random.Generator, parts: np.ndarray, owners: np.ndarray, count: int) -> np.ndarray:
    """Return a colour for each region (count + 1, 3) uint8: its figure's colour for the part."""
    palettes = np.stack([rich_palette(rng).colors for _ in range(count)])
    if rng.random() < _WHITE_GROUND:
        palettes[:, Part.BACKGROUND] = 255
    colors = palettes[owners, parts].astype(np.uint8)
    colors[0] = 0
    return colors
