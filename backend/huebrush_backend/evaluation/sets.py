"""Evaluation sets by name: each gives pairs of a drawing to colour and a reference, with the right answer.

A new kind of drawing is a set of its own: a function in `EVALUATION_SETS` that yields `EvaluationPair`. The set
"frozen" never changes, so that its figures can be compared over time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np

from huebrush_backend.evaluation.pairs import FAMILY, SIZE, HeldOutPair, held_out_pair, visible_parts_of
from huebrush_backend.synthesis import ALL_PART_CLASSES, PART_CLASSES, Drawing, Part, color_picture, line_art
from huebrush_backend.synthesis.rich import RICH_KINDS, draw_rich, rich_palette

UNPAINTED = -2
"""Label of examples where nothing is painted."""
GUESSED_PARTS = frozenset({int(Part.EYE_WHITE), int(Part.MOUTH)})
"""Parts of the frozen set whose colour can be guessed without the reference."""


_RICH = 20
"""First purpose of the random numbers of the rich set; the frozen set has smaller ones."""


class PairsError(Exception):
    """A set that cannot be read; the message says what to do."""


@dataclass(frozen=True, eq=False)
class View:
    """A picture that serves as reference.

    `picture`: (h,w,3) uint8, any size. `labels`: its parts, (h,w) integers as in `EvaluationPair.labels`; None if they
    are not known.
    """

    picture: np.ndarray
    labels: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class EvaluationPair:
    """Line art to colour after a reference, and the right colour of each of its parts.

    * `line_art`: (H,W) uint8, black lines on white
    * `labels`: the part of each pixel, (H,W) integers from 0, also under the lines; negative for no part
    * `colors`: the right colour of each part, (parts,3) uint8
    * `part_names`: a word for each part
    * `reference`: another drawing with the same colours
    * `aligned`: the drawing itself, coloured, as reference
    * `contradicting`: a reference whose parts and layout fit the drawing badly; None if the set has none
    * `left_out`: parts that do not count in the headline figures, as they can be guessed without the reference
    * `background`: labels of what does not belong to the figure
    """

    line_art: np.ndarray
    labels: np.ndarray
    colors: np.ndarray
    part_names: tuple[str, ...]
    reference: View
    aligned: View
    contradicting: View | None = None
    left_out: frozenset[int] = frozenset()
    background: frozenset[int] = frozenset()

    @property
    def ink(self) -> np.ndarray:
        """Coverage of the lines, (H,W) uint8."""
        return 255 - self.line_art

    @property
    def truth(self) -> np.ndarray:
        """Return the right answer in flat colours without lines, (H,W,3) uint8."""
        return self.painted(self.colors)

    def painted(self, colors: np.ndarray) -> np.ndarray:
        """Return the drawing with `colors` (parts,3) uint8 for its parts, white where there is none: (H,W,3) uint8."""
        return np.where(self.labels[..., None] < 0, np.uint8(255), colors[self.labels])

    def shown_parts(self, labels: np.ndarray | None) -> np.ndarray:
        """Mark the parts that the label map `labels` shows, (parts,) bool; those of the drawing if it is None."""
        return visible_parts_of(self.labels if labels is None else labels, len(self.colors))


PairSource = Callable[[int, int | None], Iterator[EvaluationPair]]
"""Function that yields the pairs of a set. It gets the set's number, which sets without numbers ignore, and how many
pairs are wanted, None for all."""


def frozen_pairs(number: int, count: int | None) -> Iterator[EvaluationPair]:
    """Yield pairs of the frozen set `number`, without end if `count` is None."""
    for index in _indexes(count):
        yield frozen_pair(number, index)


def _indexes(count: int | None) -> Iterator[int]:
    return iter(itertools.count() if count is None else range(count))


def frozen_pair(number: int, index: int) -> EvaluationPair:
    """Return pair `index` of the frozen set `number`."""
    return as_evaluation_pair(held_out_pair(number, index))


def as_evaluation_pair(pair: HeldOutPair) -> EvaluationPair:
    """Return `pair` in the form that all sets share."""

    def view(drawing: Drawing) -> View:
        return View(color_picture(drawing, pair.palette, ink=True, shading=True), drawing.labels)

    return EvaluationPair(
        line_art=line_art(pair.drawing),
        labels=pair.drawing.labels,
        colors=pair.palette.colors,
        part_names=PART_CLASSES,
        reference=View(pair.reference, pair.reference_drawing.labels),
        aligned=view(pair.drawing),
        contradicting=view(pair.contradicting_drawing),
        left_out=GUESSED_PARTS,
        background=frozenset({int(Part.BACKGROUND)}),
    )


def rich_pairs(number: int, count: int | None) -> Iterator[EvaluationPair]:
    """Yield pairs of the rich set `number`, without end if `count` is None; all kinds of drawing in turn."""
    for index in _indexes(count):
        yield rich_pair(number, index)


def rich_pair(number: int, index: int) -> EvaluationPair:
    """Return pair `index` of the rich set `number`: the reference shows the same subject in another pose."""
    subject, drawn, shown, contradicting, colors = (
        np.random.default_rng([FAMILY, number, index, _RICH + purpose]) for purpose in range(5)
    )
    kind, other_kind = (RICH_KINDS[(index + step) % len(RICH_KINDS)] for step in (0, 1))
    looks, palette = int(subject.integers(2**62)), rich_palette(colors)
    drawing, same = (draw_rich(rng, SIZE, kind, looks) for rng in (drawn, shown))

    def view(seen: Drawing) -> View:
        return View(color_picture(seen, palette), seen.labels)

    return EvaluationPair(
        line_art=line_art(drawing),
        labels=drawing.labels,
        colors=palette.colors,
        part_names=ALL_PART_CLASSES,
        reference=view(same),
        aligned=view(drawing),
        contradicting=view(draw_rich(contradicting, SIZE, other_kind)),
        left_out=GUESSED_PARTS,
        background=frozenset({int(Part.BACKGROUND)}),
    )


def example_pairs(number: int, count: int | None, folder: Path | None = None) -> Iterator[EvaluationPair]:
    """Yield the hand-made examples in `folder`, or in `examples` of the working folder or of the source code.

    Nothing is ever trained on them. Raises PairsError if there are none, or one breaks the rules.
    """
    from huebrush_backend.drawings.examples import read_examples
    from huebrush_backend.drawings.svg_tree import DrawingError

    places = [folder] if folder is not None else [Path("examples"), Path(__file__).parents[3] / "examples"]
    try:
        examples = read_examples(next((place for place in places if place.is_dir()), places[0]))
    except DrawingError as error:
        raise PairsError(str(error)) from error
    for example in examples[:count]:
        lines = (255 * (1 - example.ink)).round().astype(np.uint8)
        inked = (example.truth * (lines[..., None] / 255)).round().astype(np.uint8)
        yield EvaluationPair(
            line_art=lines,
            labels=example.labels,
            colors=example.colors,
            part_names=example.names,
            reference=View(example.reference),
            aligned=View(inked, example.labels),
            background=frozenset({UNPAINTED}),
        )


def held_out_drawings(
    name: str, number: int, count: int | None, folder: Path | None = None
) -> Iterator[EvaluationPair]:
    """Yield pairs `number` of drawings by others, of the tenth of the fetched set `name` that is never trained on.

    Mostly in new colours; the reference is another view of the same drawing. `folder`: where fetched sets lie; None for
    the user's cache. Raises PairsError if the set is not there.
    """
    from huebrush_backend.drawings.sources import SourceError, open_fetched

    try:
        source = open_fetched(name, folder, held_out=True)
        for index in _indexes(count):
            pair = source.pair(number, index, SIZE)
            labels = _signed(pair.labels)
            inked = (pair.target * (1 - pair.ink[..., None])).round().astype(np.uint8)
            yield EvaluationPair(
                line_art=(255 * (1 - pair.ink)).round().astype(np.uint8),
                labels=labels,
                colors=pair.colors,
                part_names=("ground", *(f"part {part}" for part in range(1, len(pair.colors)))),
                reference=View(pair.reference, _signed(pair.reference_labels)),
                aligned=View(inked, labels),
                background=frozenset({0}),
            )
    except SourceError as error:
        raise PairsError(str(error)) from error


def _signed(labels: np.ndarray) -> np.ndarray:
    """Return the labels (H,W) uint8 of a pair of drawings by others as int16, -1 for what is no part."""
    from huebrush_backend.drawings.pairs import UNLABELLED

    return np.where(labels == UNLABELLED, np.int16(-1), labels.astype(np.int16))


EVALUATION_SETS: Mapping[str, PairSource] = MappingProxyType(
    {
        "frozen": frozen_pairs,
        "rich": rich_pairs,
        "examples": example_pairs,
        "fluent": partial(held_out_drawings, "fluent"),
        "noto": partial(held_out_drawings, "noto"),
        "openclipart": partial(held_out_drawings, "openclipart"),
    }
)
"""The sets by their names on the command line."""
