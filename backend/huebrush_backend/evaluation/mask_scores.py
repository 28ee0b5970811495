"""Scores of masks that separate figures from their background, on drawings whose parts are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from huebrush_backend.evaluation.pages import KnownPage, known_page
from huebrush_backend.imaging.color import with_alpha
from huebrush_backend.imaging.figure_masks import line_art_figure, reference_figure
from huebrush_backend.imaging.lineart import normalize_line_art
from huebrush_backend.synthesis import Part, color_picture, line_art

FIGURE_KINDS = ("bust", "half", "figure")
"""Kinds of drawing that have a figure."""
GROUNDS = ("empty", "backdrop", "scenery")
"""Grounds behind a figure: nothing; a disc, a frame, stripes; ground, sky, houses, trees."""
_SCENERY = (Part.GROUND, Part.FOLIAGE, Part.TRUNK, Part.WALL, Part.ROOF, Part.DOOR, Part.CLOUD, Part.BALLOON)
_FIGURE = (*range(Part.SKIN, Part.BAG + 1), Part.ANIMAL, Part.FLOWER)

Mask = Callable[[np.ndarray], np.ndarray]


def score_figure_masks(
    pages: int,
    seed: int,
    size: int,
    on_page: Callable[[int], None] = lambda done: None,
    of_line_art: Mask = line_art_figure,
    of_reference: Mask = reference_figure,
) -> dict[str, Any]:
    """Return the scores for line art and for references, ready for JSON.

    `pages`: number of pages.
    `seed`: number of the set of pages.
    `size`: page side in pixels.
    `on_page`: called with the number of finished pages.
    `of_line_art`, `of_reference`: functions that find the masks.

    The scores are mean, median and smallest intersection over union of the found and the true mask, for all pages and
    for each ground behind the figure (None where no page has that ground).
    """
    found: dict[str, list[tuple[str, float]]] = {"line_art": [], "reference": []}
    for index in range(pages):
        page = known_page(seed, index, size, FIGURE_KINDS[index % len(FIGURE_KINDS)])
        truth, ground = true_figure(page), ground_of(page)
        lines = line_art(page.drawing)
        ink = normalize_line_art(with_alpha(np.dstack([lines] * 3)))
        picture = with_alpha(color_picture(page.drawing, page.palette))
        found["line_art"].append((ground, overlap(of_line_art(ink) > 127, truth)))
        found["reference"].append((ground, overlap(of_reference(picture) > 127, truth)))
        on_page(index + 1)
    return {
        name: {
            "all": _summary([value for _, value in values]),
            **{ground: _summary([value for behind, value in values if behind == ground]) for ground in GROUNDS},
        }
        for name, values in found.items()
    }


def true_figure(page: KnownPage) -> np.ndarray:
    """Mark the page's figure, and the animal beside it if there is one: (H,W) bool."""
    return np.isin(page.drawing.labels, _FIGURE)


def ground_of(page: KnownPage) -> str:
    """Return the ground behind the page's figure, one of `GROUNDS`."""
    shown = set(np.unique(page.drawing.labels).tolist())
    if shown & set(_SCENERY):
        return "scenery"
    return "backdrop" if Part.BACKDROP in shown else "empty"


def overlap(found: np.ndarray, truth: np.ndarray) -> float:
    """Return the intersection over union of two masks (H,W) bool; 1 when both are empty."""
    union = int((found | truth).sum())
    return float((found & truth).sum() / union) if union else 1.0


def _summary(values: Sequence[float]) -> dict[str, Any]:
    if not values:
        return {"mean_iou": None, "median_iou": None, "least_iou": None, "pages": 0}
    mean, median, least = (round(float(measure(values)), 4) for measure in (np.mean, np.median, np.min))
    return {"mean_iou": mean, "median_iou": median, "least_iou": least, "pages": len(values)}
