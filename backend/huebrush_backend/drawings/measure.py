"""Measures a drawing: whether it has enough parts with colours to learn from, and lines or borders between them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from huebrush_backend.drawings.border_lines import FINER
from huebrush_backend.drawings.labelled import GROUND, LabelledDrawing
from huebrush_backend.drawings.svg_parts import NO_PART
from huebrush_backend.drawings.svg_tree import DROPPED
from huebrush_backend.imaging.oklab import srgb_to_oklab

VERSION = 1
"""Version of the measures. A change of a figure or of what it means needs a new one, so that sets are measured anew."""
SIZE = 128
PART_SHARE = 0.01
"""Share of the drawn area from which a part counts."""
LEAST_PARTS = 3
LARGEST_PART = 0.85
LEAST_AREA = 0.2
"""Share of the drawing's own box that fills must cover: less is a drawing of lines alone."""
MOST_INK = 0.35
LEAST_COLORED = 2
"""Number of parts that must have a hue."""
_CHROMA = 0.04


@dataclass(frozen=True)
class Measures:
    """Figures of a drawing.

    * `parts`: number of parts that cover at least 1 % of the drawn area
    * `colored`: how many of them have a hue
    * `largest`: share of the drawn area that the largest part covers
    * `area`: share of the drawing's box that is drawn on
    * `ink`: share of the drawn area under lines
    * `shapes`: number of shapes
    * `strokes`: whether strokes are all its lines
    * `incomplete`: whether pictures or patterns in it are not shown
    """

    parts: int
    colored: int
    largest: float
    area: float
    ink: float
    shapes: int
    strokes: bool
    incomplete: bool

    @property
    def is_fit(self) -> bool:
        """Whether the drawing is fit for training and for measuring."""
        return (
            self.parts >= LEAST_PARTS
            and self.colored >= LEAST_COLORED
            and self.largest <= LARGEST_PART
            and self.area >= LEAST_AREA
            and self.ink <= MOST_INK
            and not self.incomplete
        )

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        return asdict(self)


def measure(drawing: LabelledDrawing) -> Measures:
    """Return the figures of `drawing`, as seen at `SIZE` pixels."""
    finer, _, ink = drawing.labels_and_ink(drawing.box, SIZE, SIZE)
    labels = finer[::FINER, ::FINER]
    drawn = labels != GROUND
    total = int(drawn.sum())
    box = min(1.0, min(drawing.box[2:]) / max(drawing.box[2:])) * SIZE * SIZE
    counts = np.bincount(labels[labels > NO_PART], minlength=len(drawing.parts.names))
    large = np.flatnonzero(counts >= max(1.0, PART_SHARE * total))
    lab = srgb_to_oklab(np.array(drawing.parts.colors, np.uint8).reshape(-1, 3)[large])
    patterns = any(paint.pattern for shape in drawing.shapes for paint in (shape.fill, shape.stroke) if paint)
    return Measures(
        parts=len(large),
        colored=int((np.hypot(lab[:, 1], lab[:, 2]) >= _CHROMA).sum()),
        largest=round(float(counts.max(initial=0)) / max(1, total), 4),
        area=round(total / box, 4),
        ink=round(float(ink[drawn].mean()) if total else 0.0, 4),
        shapes=len(drawing.shapes),
        strokes=drawing.has_strokes,
        incomplete=patterns or "image" in drawing.root.get(DROPPED, "").split(),
    )
